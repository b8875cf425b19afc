"""Pictures as inputs: a folder or a pattern of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.records.spans import plan_spans, read_span
from moderation.storage.input_files import Format, InputError
from moderation.storage.listing import find_inputs, input_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pictures"
    for name in ("b.JPG", "a.png", "deep/a.webp", ".hidden.jpg", "notes.txt"):
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not looked at")
    return made


def ids(*paths: Path | str) -> list[str]:
    return sorted(file.item_id for file in find_inputs(map(str, paths), pictures=True).files)


def test_a_folder_of_pictures_gives_each_an_id_from_its_path(folder: Path) -> None:
    assert ids(folder) == ["pictures/a.png", "pictures/b.JPG", "pictures/deep/a.webp"]
    found = find_inputs([str(folder)], pictures=True)
    assert {file.format for file in found.files} == {Format.PICTURE}
    assert [(each.why, each.files) for each in found.left_out] == [
        (".txt files", 1),
        ("hidden files", 1),
    ]


def test_patterns_and_names_give_the_same_ids_as_their_folder(folder: Path) -> None:
    assert ids(folder / "*.png") == ["pictures/a.png"]
    assert ids(folder / "**" / "*.webp") == ["pictures/deep/a.webp"]
    assert ids(folder / "b.JPG", folder / "a.png") == ["pictures/a.png", "pictures/b.JPG"]


def test_beside_records_pictures_are_theirs(folder: Path) -> None:
    (folder / "memes.jsonl").write_text('{"id": 1, "img": "a.png", "text": "as it came"}\n')
    found = find_inputs([str(folder)], pictures=True)
    assert [file.path for file in found.files] == [str(folder / "memes.jsonl")]
    assert ".png files" in {each.why for each in found.left_out}
    assert ids(folder / "memes.jsonl", folder / "*.png") == ["", "pictures/a.png"]


def test_who_does_not_ask_for_pictures_gets_none(folder: Path) -> None:
    with pytest.raises(InputError, match="holds no file that can be read"):
        find_inputs([str(folder)])


def test_a_picture_is_one_row_without_text_and_is_not_opened(tmp_path: Path) -> None:
    path = str(tmp_path / "lang=en" / "is: it.png")
    file = input_file(path, 9, item_id="lang=en/is: it.png")
    [span] = plan_spans(file)
    [row] = read_span(span, max_row_bytes=100)
    assert row.fields == {
        "id": "lang=en/is: it.png",
        "img": "./is: it.png",
        "text": None,
        "lang": "en",
    }
    assert (row.source, row.row) == (path, 1)
