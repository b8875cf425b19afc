from __future__ import annotations

from pathlib import Path
from typing import Any

from moderation.exports.read_records import ReadSources, Wanted, WantedItems
from moderation.records.layout import Layout
from moderation.records.spans import Span
from moderation.runs.committed import Source
from moderation.storage.listing import find_inputs
from moderation.storage.packing import Pack, digest64
from moderation.storage.parking import Parking
from tests.exports.verdicts import said


def wanted(*batches: list[str]) -> Wanted:
    """As an engine would: every batch on a worker of its own, then all together."""
    combine = WantedItems()
    packs = [Pack.of([said("1", item_id=item_id) for item_id in batch]) for batch in batches]
    workers = [combine.add_input(combine.create_accumulator(), (0, pack)) for pack in packs]
    return combine.extract_output(combine.merge_accumulators(workers))


def read(
    folder: Path, lines: list[str], which: Wanted | None, *, text_reader: str = ""
) -> list[Any]:
    path = folder / "records.jsonl"
    path.write_text("\n".join(lines) + "\n")
    [file] = find_inputs((str(path),)).files
    source = Source(file, None, Layout(), 1 << 20, text_reader)
    step = ReadSources(Parking(str(folder / "inline")))
    return [row for _, row in step.process((0, source, Span(file)), which)]


def meme(item_id: str, img: str = "null") -> str:
    return f'{{"id": {item_id}, "text": "t", "img": {img}}}'


def test_wanted_items_are_those_of_all_decisions_once_each() -> None:
    found = wanted(["a", "b", "a"], ["c", "b"], [])
    assert found.tolist() == sorted(digest64(item_id) for item_id in "abc")


def test_only_wanted_records_are_read_and_only_their_images_parked(tmp_path: Path) -> None:
    inline = '"data:image/png;base64,iVBORw0KGgo="'
    lines = [meme("1"), meme("2", inline), meme('"3"'), meme("4.0"), meme("5", inline)]
    rows = read(tmp_path, lines, wanted(["1", "3", "4", "5"]))
    assert [(row.item_id, row.row) for row in rows] == [("1", 1), ("3", 3), ("4", 4), ("5", 5)]
    assert len(read(tmp_path, lines, None)) == 5
    assert read(tmp_path, lines, wanted([])) == []


def test_rows_that_are_no_records_are_passed_over(tmp_path: Path) -> None:
    lines = ["{", "[]", '{"x": 1}', meme("null"), meme("9" * 5000), meme("[1]"), meme("7")]
    for which in (None, wanted(["7", "None"])):
        assert [row.item_id for row in read(tmp_path, lines, which)] == ["7"]


def test_a_text_that_was_read_from_a_picture_stands_in_for_none_and_for_no_other(
    tmp_path: Path,
) -> None:
    lines = [
        '{"id": 1, "img": "a.png", "text": null}',
        '{"id": 2, "img": "a.png", "text": "typed"}',
    ]
    none, typed = read(tmp_path, lines, None)
    assert none.with_text("read").values == {"id": "1", "text": "read"}
    assert none.with_text(None) is none
    assert typed.with_text("read") is typed


def test_records_without_text_have_the_content_key_that_they_were_judged_under(
    tmp_path: Path,
) -> None:
    lines = ['{"id": 1, "img": "a.png", "text": null}', '{"id": 2, "img": "a.png", "text": ""}']
    plain, by_reader = read(tmp_path, lines, None), read(tmp_path, lines, None, text_reader="d1")
    assert by_reader[0].content_key != plain[0].content_key
    assert by_reader[1].content_key == plain[1].content_key
    assert by_reader[0].values == {"id": "1", "text": ""}
