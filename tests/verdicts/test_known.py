from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to

from moderation.ocr.types import Ending, Reading
from moderation.records.items import Item
from moderation.runs.committed import RunError
from moderation.runs.journal import Entry, Journal
from moderation.storage.listing import input_file
from moderation.verdicts.judgement import Failure, Judgement, Origin
from moderation.verdicts.known import MeetIndex, MeetSources, Met
from moderation.verdicts.known_index import KnownIndex
from moderation.verdicts.known_sources import KnownSources, queued_texts, stored_verdicts
from schemas.card import Card
from schemas.codes import Code, Stage
from schemas.images import ImageReport, ImageStatus
from schemas.records import Kind
from tests.models.fakes import both_kinds_card

CARD = Card.model_validate(both_kinds_card())


def key_of(number: int) -> str:
    return f"{number * 7919:032x}"


def judged(number: int, *, p: float = 0.25) -> Judgement:
    """A meme's, with a picture."""
    report = ImageReport(
        field="img",
        reference="a.png",
        status=ImageStatus.OK,
        sha256="ab",
        bytes=3,
        width=1,
        height=2,
    )
    return Judgement(
        key_of(number), Kind.MEME, ("text", "img"), (report,), "2026-01-01", {"hateful": (1 - p, p)}
    )


def item(number: int) -> Item:
    return Item(key_of(number), Kind.MEME, {"text": "t"}, ())


def entry(judgement: Judgement) -> Entry:
    return Entry(bytes.fromhex(judgement.content_key), judgement.stored())


def index_in(folder: Path) -> KnownIndex:
    return KnownIndex(str(folder / "known.sqlite")).create()


def test_a_judgement_is_stored_to_the_last_bit() -> None:
    failure = Failure(Stage.FETCH, Code.TIMEOUT, "too slow", 3)
    lost = Judgement(key_of(1), Kind.TWEET_PAIR, (), (), "2026-01-01", failure=failure)
    for one in (judged(1, p=0.1 + 0.2), lost):
        assert Judgement.of_stored(one.content_key, one.stored()) == one
        assert Judgement.unpack(one.pack()) == one
    with pytest.raises(ValueError, match="values to unpack"):
        Judgement.of_stored(key_of(1), b'["meme", []]')


def test_the_index_knows_who_judged_and_which_slice_met_an_item(tmp_path: Path) -> None:
    index = index_in(tmp_path)
    index.add_own([entry(judged(1, p=0.5))])
    index.add_reused([(entry(judged(n)), f"run{n}") for n in (1, 2, 3)], taken_from="/runs/last")
    keys = [key_of(n) for n in (1, 2, 4)]
    found = index.find(keys, in_slice=1)
    assert found[key_of(1)] == judged(1, p=0.5)  # its own goes before another run's
    assert found[key_of(2)].origin == Origin("run2", "/runs/last")
    assert set(found) == {key_of(1), key_of(2)}
    assert index.find(keys, in_slice=1) == found
    assert [index.find(keys, in_slice=2)[key_of(n)].counted for n in (1, 2)] == [True, True]
    index.add_own([entry(judged(4))], in_slice=2)
    assert not index.find([key_of(4)], in_slice=2)[key_of(4)].counted
    assert index.find([key_of(4)], in_slice=3)[key_of(4)].counted
    assert len(index) == 4


def test_two_connections_write_beside_each_other(tmp_path: Path) -> None:
    one, other = index_in(tmp_path), index_in(tmp_path)
    for start in range(0, 2_000, 100):
        one.add_own([entry(judged(n)) for n in range(start, start + 50)], in_slice=1)
        other.add_own([entry(judged(n)) for n in range(start + 50, start + 100)], in_slice=1)
    assert len(other) == 2_000
    assert len(one.find([key_of(n) for n in range(3_000)], in_slice=2)) == 2_000


@pytest.mark.parametrize("by", ["index", "join"])
def test_items_meet_what_is_known(tmp_path: Path, by: str) -> None:
    sources = KnownSources(Journal(str(tmp_path / "journal"), "model"), (), CARD)
    assert not sources.any()
    sources.journal.append([entry(judged(n)) for n in range(40)])
    sources.journal.append([entry(judged(n)) for n in range(30, 60)])
    Journal(sources.journal.folder, "another").append([entry(judged(n)) for n in (70, 71)])
    assert sources.any()
    if by == "index":
        index = index_in(tmp_path)
        assert sources.load(index) == 60
        index.close()
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        meet = MeetIndex(index, 1) if by == "index" else MeetSources(sources)
        lists = [[item(n) for n in range(50, 70)], [item(n) for n in range(70, 80)]]
        met = pipeline | beam.Create(lists) | meet | beam.FlatMap(lambda some: map(_told, some))
        expected = [(key_of(n), judged(n) if n < 60 else None) for n in range(50, 80)]
        assert_that(met | beam.Map(repr), equal_to([*map(repr, expected)]))


def _told(met: Met) -> tuple[str, Judgement | None]:
    return met[0].content_key, met[1]


@pytest.mark.parametrize("name", ["part.parquet", "part.jsonl"])
def test_verdicts_that_were_damaged_since_are_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b'{"content_key": "ab"}\n')
    with pytest.raises(RunError, match=rf"{name} cannot be read.*leave the run out"):
        list(stored_verdicts(input_file(str(path), 22), CARD, {}))
    path.unlink()
    with pytest.raises(RunError, match="No such file"):
        list(stored_verdicts(input_file(str(path), 22), CARD, {}))


def test_a_text_that_verdicts_do_not_keep_is_taken_from_the_queue(tmp_path: Path) -> None:
    queue, verdicts = tmp_path / "queue.jsonl", tmp_path / "verdicts.jsonl"
    shown = {key_of(1): ("ocr", "WHEN THE"), key_of(2): ("record", "typed")}
    waiting = [
        {"content_key": key, "text_source": source, "texts": {"text": text}}
        for key, (source, text) in shown.items()
    ]
    queue.write_text("\n".join(map(json.dumps, waiting)))
    row = {"kind": "meme", "modalities": ["text"], "images": [], "scored_at": "now"}
    row |= {"probabilities": {}, "run_id": "last"}
    endings = {1: "read", 2: None, 3: "read", 4: "empty"}
    told = [{**row, "content_key": key_of(n), "reading": end} for n, end in endings.items()]
    verdicts.write_text("\n".join(map(json.dumps, told)))
    texts = queued_texts([input_file(str(queue), 1)])
    assert texts == {key_of(1): "WHEN THE"}
    [batch] = stored_verdicts(input_file(str(verdicts), 1), CARD, texts)
    found = [Judgement.of_stored(key.hex(), stored).reading for (key, stored), _ in batch]
    assert found == [
        Reading(Ending.READ, "WHEN THE"),
        None,
        Reading(Ending.READ),
        Reading(Ending.EMPTY),
    ]
    queue.write_text('{"text_source": "ocr"}')
    with pytest.raises(RunError, match=r"queue\.jsonl cannot be read"):
        queued_texts([input_file(str(queue), 1)])


def test_an_index_that_vanished_is_no_empty_one(tmp_path: Path) -> None:
    index_in(tmp_path).close()
    (tmp_path / "known.sqlite").unlink()
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        KnownIndex(str(tmp_path / "known.sqlite")).open()
