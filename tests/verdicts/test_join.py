from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest

from moderation.audit.tally import Tally
from moderation.audit.tally_transforms import TALLY
from moderation.ocr.types import Ending, Reading
from moderation.records.items import Record
from moderation.records.layout import Layout
from moderation.storage.row_packs import pack_rows
from moderation.storage.shards import Rows
from moderation.verdicts.join import REJECTED, REVIEWS, VERDICTS, FanOut, Stamp
from moderation.verdicts.judgement import Failure, Judgement, Origin, absent
from schemas.codes import Code, Stage
from schemas.records import Kind
from tests.verdicts.test_decide import judge

CLEAR, BORDERLINE, LOST = "0" * 31 + "a", "f" * 32, "b" * 32


def judged(key: str, p: float = 0.1, **values: Any) -> Judgement:
    images, scores = (absent("img"),), {"hateful": (1 - p, p)}
    return Judgement(key, Kind.MEME, ("text",), images, "2026", scores, **values)


def record(row: int, *, source: str = "a.jsonl") -> Record:
    body = f'{{"id":{row},"img":null,"text":"text of {row}"}}'
    return Record(source, row, str(row), Kind.MEME, None, "{}", body, ())


def fanned(
    judgements: Iterable[Judgement],
    records: Iterable[tuple[str, Record]],
    *,
    keep_text: bool = False,
) -> tuple[dict[str, list[Any]], FanOut]:
    """What comes out by tag, verdicts row by row; and the transform with its tally."""
    fan_out = FanOut(judge(), Stamp("run", "model", "policy"), Layout(), keep_text)
    fan_out.start_bundle()
    packs = {
        "judgements": [pack_rows([each.pack()]) for each in judgements],
        "records": [pack_rows([(key, each.pack())]) for key, each in records],
    }
    found = defaultdict(list)
    for output in fan_out.process((3, packs)):
        value = output.value
        if isinstance(value, Rows):
            found[output.tag] += [dict(zip(value.columns, v, strict=True)) for v in value.values]
        else:
            found[output.tag].append(value)
    return found, fan_out


def tally_of(fan_out: FanOut) -> Tally:
    [told] = [each.value for each in fan_out.finish_bundle() if each.tag == TALLY]
    found: Tally = told.value
    return found


def account(fan_out: FanOut) -> dict[str, int]:
    return dict(tally_of(fan_out).of("account"))


def test_every_row_gets_the_verdict_of_its_item() -> None:
    rows = [(CLEAR, record(1)), (BORDERLINE, record(2)), (CLEAR, record(3))]
    found, fan_out = fanned([judged(CLEAR), judged(BORDERLINE, 0.45)], rows)
    assert [(v["row"], v["item_id"], v["content_key"]) for v in found[VERDICTS]] == [
        (1, "1", CLEAR),
        (2, "2", BORDERLINE),
        (3, "3", CLEAR),
    ]
    assert found[VERDICTS][1]["probabilities"]["hateful.hateful"] == 0.45
    assert account(fan_out) == {"scored": 2, "duplicates": 1}


def test_people_see_the_first_of_an_items_rows_whatever_their_order() -> None:
    rows = [(BORDERLINE, record(5)), (BORDERLINE, record(2)), (BORDERLINE, record(9))]
    found, _ = fanned([judged(BORDERLINE, 0.45)], rows)
    [entry] = found[REVIEWS]
    assert (entry["row"], entry["texts"], entry["copies"]) == (2, {"text": "text of 2"}, 3)


def test_rows_of_an_item_that_failed_are_letters() -> None:
    failure = Failure(Stage.FETCH, Code.TIMEOUT, "too slow", attempts=3)
    lost = Judgement(LOST, Kind.MEME, (), (absent("img"),), "2026", failure=failure)
    found, fan_out = fanned([lost, judged(CLEAR)], [(LOST, record(1)), (CLEAR, record(2))])
    [letter] = found[REJECTED]
    assert (letter.row, letter.code, letter.attempts) == (1, Code.TIMEOUT, 3)
    assert [verdict["row"] for verdict in found[VERDICTS]] == [2]
    assert account(fan_out) == {"scored": 1}


def test_what_is_judged_twice_counts_once() -> None:
    found, fan_out = fanned([judged(CLEAR), judged(CLEAR)], [(CLEAR, record(1))])
    assert len(found[VERDICTS]) == 1
    assert account(fan_out) == {"scored": 1}


def test_an_item_that_another_run_judged_or_an_earlier_slice_had_is_counted_as_that() -> None:
    reused = judged(CLEAR, origin=Origin("night-1", "/runs/night-1"))
    before = judged(BORDERLINE, counted=True)
    found, fan_out = fanned([reused, before], [(CLEAR, record(1)), (BORDERLINE, record(2))])
    assert [(v["reused"], v["reused_from"]) for v in found[VERDICTS]] == [
        (True, "night-1"),
        (False, None),
    ]
    assert account(fan_out) == {"reused": 1, "duplicates": 1}


def test_a_row_without_a_judgement_stops_the_run() -> None:
    with pytest.raises(RuntimeError, match="rows would be lost"):
        fanned([judged(CLEAR)], [(LOST, record(1))])


@pytest.mark.parametrize("keep_text", [False, True])
def test_what_was_read_is_shown_to_people_and_written_down_only_where_asked(
    keep_text: bool,
) -> None:
    read = judged(BORDERLINE, 0.45, reading=Reading(Ending.READ, "WHEN THE cat", 0.9))
    row = record(1)._replace(body='{"id":1,"img":"a.png","text":null}')
    found, fan_out = fanned(
        [read, judged(CLEAR)], [(BORDERLINE, row), (CLEAR, record(2))], keep_text=keep_text
    )
    one, other = found[VERDICTS]
    assert (one["text_source"], one["reading"]) == ("ocr", "read")
    assert one["text_read"] == ("WHEN THE cat" if keep_text else None)
    assert (other["text_source"], other["reading"], other["text_read"]) == ("record", None, None)
    [entry] = found[REVIEWS]
    assert (entry["texts"], entry["text_source"]) == ({"text": "WHEN THE cat"}, "ocr")
    assert tally_of(fan_out).of("reading") == {"read": 1}


def test_a_text_that_is_a_number_is_counted_and_shown_as_its_digits() -> None:
    row = record(1)._replace(body='{"id":1,"img":null,"text":2026}')
    found, fan_out = fanned([judged(BORDERLINE, 0.45)], [(BORDERLINE, row)])
    assert found[REVIEWS][0]["texts"] == {"text": "2026"}
    assert account(fan_out) == {"scored": 1}
