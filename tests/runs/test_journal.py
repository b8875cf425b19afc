from __future__ import annotations

import logging
from pathlib import Path

import pytest

from moderation.runs.directory import RunDirectory
from moderation.runs.journal import MOST_ENTRIES, MOST_SECONDS, Entry, Journal, JournalWriter
from moderation.runs.journal_files import judged_by, judged_items, newest_unfinished, note_start


def entries(count: int, *, start: int = 0) -> list[Entry]:
    return [Entry(n.to_bytes(16, "big"), b'{"n": %d}' % n) for n in range(start, start + count)]


def everything(journal: Journal) -> list[Entry]:
    return [entry for batch in journal.read(journal.files()) for entry in batch]


def test_what_is_appended_is_read_again_by_the_model_that_wrote_it(tmp_path: Path) -> None:
    journal, other = (Journal(str(tmp_path), model) for model in ("one", "other"))
    journal.append(entries(5))
    journal.append(entries(3, start=5))
    other.append(entries(2, start=90))
    assert sorted(everything(journal)) == entries(8)
    assert sorted(everything(other)) == entries(2, start=90)
    assert judged_by(str(tmp_path), "one") == (8, 2)
    assert judged_items(str(tmp_path)) == 10


def test_the_same_flush_again_is_the_same_file(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path), "one")
    journal.append(entries(5))
    journal.append(entries(5))
    assert everything(journal) == entries(5)


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: bytes(len(data))])
def test_a_file_that_is_not_what_its_name_says_is_passed_over_with_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: object
) -> None:
    journal = Journal(str(tmp_path), "one")
    journal.append(entries(4))
    [file] = tmp_path.iterdir()
    file.write_bytes(spoil(file.read_bytes()))  # type: ignore[operator]
    journal.append(entries(2, start=4))
    with caplog.at_level(logging.WARNING):
        assert everything(journal) == entries(2, start=4)
    assert f"{file.name} is passed over" in caplog.text


def test_entries_are_flushed_by_number_and_by_time() -> None:
    flushed: list[int] = []
    now = 0.0
    writer = JournalWriter(lambda held: flushed.append(len(held)), clock=lambda: now)
    for entry in entries(MOST_ENTRIES + 2):
        writer.add(entry)
    assert flushed == [MOST_ENTRIES]
    now += MOST_SECONDS
    writer.tick()
    assert flushed == [MOST_ENTRIES, 2]
    now += MOST_SECONDS
    writer.tick()
    writer.flush()
    assert flushed == [MOST_ENTRIES, 2]


def test_the_newest_start_that_did_not_commit_is_found_by_its_moment(tmp_path: Path) -> None:
    assert newest_unfinished(str(tmp_path / "none")) is None
    for run_id, moment in (("z", "2026-01-01"), ("a", "2026-01-03"), ("m", "2026-01-02")):
        note_start(RunDirectory(str(tmp_path), run_id), f"{moment}T00:00:00+00:00")
    found = newest_unfinished(str(tmp_path))
    assert found is not None
    assert found.run_id == "a"
    (tmp_path / "run_id=a" / "_SUCCESS").write_text("{}")
    found = newest_unfinished(str(tmp_path))
    assert found is not None
    assert found.run_id == "m"
