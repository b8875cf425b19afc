from __future__ import annotations

from pathlib import Path

import pytest

from moderation.storage.exchange import can_exchange, exchange, put_in_place


def folder(path: Path, text: str) -> Path:
    path.mkdir(parents=True)
    (path / "file").write_text(text)
    return path


def test_two_folders_change_places(tmp_path: Path) -> None:
    one, other = folder(tmp_path / "one", "1"), folder(tmp_path / "other", "2")
    if not can_exchange(str(tmp_path / "a"), str(tmp_path / "b")):
        pytest.skip("this file system has no exchange")
    exchange(str(one), str(other))
    assert ((one / "file").read_text(), (other / "file").read_text()) == ("2", "1")
    with pytest.raises(FileNotFoundError):
        exchange(str(one), str(tmp_path / "none"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other"]


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_takes_a_place_that_is_free_or_not(tmp_path: Path, there: bool) -> None:
    new, place = folder(tmp_path / "work" / "new", "new"), tmp_path / "place"
    if there:
        folder(place, "old")
    put_in_place(str(new), str(place))
    assert (place / "file").read_text() == "new"
    assert list((tmp_path / "work").iterdir()) == []
