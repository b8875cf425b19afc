"""A dead letter's line, and what is counted of it."""

from __future__ import annotations

from typing import Any

from moderation.audit.tally import Tally
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.dead_letters.write import ToDeadLetters
from moderation.records.items import Record
from moderation.records.rows import BadRow
from schemas.codes import Code, Stage
from schemas.records import Kind

RECORD = Record("a.jsonl", 3, "7", Kind.MEME, None, "{}", '{"id":"7","img":"x"}', ("img",))


def written(*letters: DeadLetter) -> tuple[list[dict[str, Any]], Tally]:
    step = ToDeadLetters("r", "2026-01-31T02:00:00+00:00")
    step.start_bundle()
    lines = [line for letter in letters for line in step.process(letter)]
    (tally,) = step.finish_bundle()
    return lines, tally.value.value


def test_a_records_letter_holds_it_as_it_came() -> None:
    letter = DeadLetter.of(RECORD, Code.TIMEOUT, "late", stage=Stage.FETCH, attempts=4)
    (line,), _ = written(letter)
    assert line["record"] == {"id": "7", "img": "x"}
    assert (line["run_id"], line["source"], line["row"], line["item_id"]) == (
        "r",
        "a.jsonl",
        3,
        "7",
    )
    assert (line["stage"], line["code"], line["attempts"]) == ("fetch", "timeout", 4)
    assert (line["retryable"], line["redacted"]) == (True, ["img"])


def test_a_row_that_is_no_json_keeps_its_text_without_secrets() -> None:
    raw = "1,https://h.example/a.jpg?sig=secret"
    (line,), _ = written(DeadLetter.of_bad_row(BadRow("a.csv", 1, Code.INVALID_CSV, "bad", raw)))
    assert line["record"] == "1,https://h.example/a.jpg"
    assert line["stage"] == "read"


def test_letters_are_counted_by_stage_code_and_source_and_lost_rows_beside_them() -> None:
    lost = BadRow("b.parquet", None, Code.UNREADABLE_FILE, "b.parquet breaks off", lost=9)
    letters = [DeadLetter.of(RECORD, Code.MISSING_FIELD, "none"), DeadLetter.of_bad_row(lost)]
    _, tally = written(*letters)
    assert tally.of("account") == {"dead_lettered": 2}
    assert tally.family("dead") == {
        ("read", "unreadable_file"): 1,
        ("validate", "missing_field"): 1,
    }
    assert tally.of("source_dead") == {"a.jsonl": 1, "b.parquet": 1}
    assert tally.of("unreadable", "rows") == {"b.parquet": 9}
