from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.audit.keyed.members import MemberItems, SliceBy
from moderation.audit.keyed.ranges import KeepRanges, SumRanges, sum_kept
from moderation.audit.keyed.slices import SlicesPart, SumSlices
from moderation.audit.slice_columns import SliceError, parse_slices
from moderation.audit.slice_values import value_of
from schemas.slices import SliceKind

BY = SliceBy(parse_slices("lang,user"), ("is_a", "is_b"), least_items=2, most=3)
HOW = SumSlices(BY, 4)
Row = tuple[int, dict[str, Any]]
rows = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.fixed_dictionaries(
            {"lang": st.sampled_from(["en", "da", None])}, optional={"user": st.integers(0, 9)}
        ),
    ),
    max_size=40,
)


def flags_of(item: int) -> dict[str, bool]:
    return {"is_a": item % 3 == 0} if item % 2 else {"is_a": item % 4 == 0, "is_b": True}


def packs(some: Sequence[Row]) -> list[tuple[str, bytes]]:
    held = MemberItems(BY, 4)
    slices: dict[int, Counter[int]] = defaultdict(Counter)
    for item, fields in some:
        slices[item].update(held.codes(json.dumps(fields)))
    for item, codes in slices.items():
        held.add(item, codes, flags_of(item))
    return list(held.packs())


def summed(bundles: Sequence[Sequence[Row]], folder: Path) -> SlicesPart:
    for bundle in bundles:
        keeping = KeepRanges(str(folder / "members"))
        keeping.start_bundle()
        for keyed in packs(bundle):
            keeping.process(keyed)
        keeping.finish_bundle()
    return sum_kept(str(folder / "members"), HOW)


@settings(max_examples=40)
@given(rows, st.integers(1, 6), st.randoms(use_true_random=False))
def test_any_split_in_any_order_gives_the_exact_sums(
    tmp_path_factory: Any, some: list[Row], bundles: int, rng: random.Random
) -> None:
    shuffled = rng.sample(some, len(some))
    found = summed([shuffled[at::bundles] for at in range(bundles)], tmp_path_factory.mktemp("m"))
    assert found == summed([some], tmp_path_factory.mktemp("m"))
    for column, part in zip(("lang", "user"), found, strict=True):
        items, many = defaultdict(set), Counter[Any]()
        for item, fields in some:
            value = fields.get(column)
            items[None if value is None else str(value)].add(item)
            many[None if value is None else str(value)] += 1
        assert (part.slices, part.rows) == (len(items), len(some))
        assert part.small == sum(len(each) < 2 for each in items.values())
        assert len(part.kept) == min(3, part.slices - part.small)
        for each in part.kept:
            mine = items[each.name.text]
            told = [flags_of(item) for item in mine]
            assert (each.rows, each.items) == (many[each.name.text], len(mine))
            assert each.flags == tuple(
                (sum(f in flags for flags in told), sum(flags.get(f, False) for flags in told))
                for f in BY.flags
            )


def test_an_engine_sums_what_local_files_do(tmp_path: Path) -> None:
    some = [(at % 7, {"lang": "en" if at % 3 else "da", "user": at}) for at in range(30)]
    expected = summed([some[:11], some[11:]], tmp_path)
    with beam.Pipeline(runner="BundleBasedDirectRunner") as pipeline:
        both = [*packs(some[:20]), *packs(some[20:])]
        assert_that(pipeline | beam.Create(both) | SumRanges(HOW), equal_to([expected]))


def test_a_column_of_ids_is_counted_and_keeps_few(tmp_path: Path) -> None:
    some = [(at, {"lang": "en", "user": f"u{at // 3}"}) for at in range(3_000)]
    _, users = summed([some], tmp_path)
    assert (users.slices, users.rows, users.small) == (1_000, 3_000, 0)
    assert [each.name.text for each in users.kept] == ["u0", "u1", "u10"]


@pytest.mark.parametrize(
    ("value", "hour", "week"),
    [
        ("2026-11-01T23:30:00-05:00", "2026-11-02T04", "2026-W45"),
        ("2026-11-01 23:30:00.123456Z", "2026-11-01T23", "2026-W44"),
        ("2026-11-01", "2026-11-01T00", "2026-W44"),
        ("20:30", None, None),
        ("Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20", "2018-W41"),
        ("Wed, 10 Oct 2018 22:19:24 +0200", "2018-10-10T20", "2018-W41"),
        (1_541_016_000, "2018-10-31T20", "2018-W44"),
        ("1541016000000", "2018-10-31T20", "2018-W44"),
        ("2026-13-41", None, None),
        (True, None, None),
        ("yesterday", None, None),
    ],
)
def test_times_are_told_in_utc_however_they_are_written(
    value: Any, hour: str | None, week: str | None
) -> None:
    by_hour, by_week = parse_slices("at:hour,at:week")
    assert value_of({"at": value}, by_hour).text == hour
    assert value_of({"at": value}, by_week).text == week
    if hour is None:
        assert value_of({"at": value}, by_hour).kind is SliceKind.NO_TIME


def test_nothing_is_a_slice_of_its_own() -> None:
    [column] = parse_slices("lang")
    kinds = {value_of(fields, column).kind for fields in ({}, {"lang": None}, {"lang": ""})}
    assert kinds == {SliceKind.MISSING}
    assert value_of({"lang": "missing"}, column).kind is SliceKind.VALUE
    assert value_of({"lang": [1, "a"]}, column).text == '[1,"a"]'


@pytest.mark.parametrize(
    ("asked", "told"),
    [("at:minute", "hour|day|week|month"), (":day", "':day'"), ("lang,lang", "named twice")],
)
def test_what_is_no_column_is_told(asked: str, told: str) -> None:
    with pytest.raises(SliceError, match=told.replace("|", r"\|")):
        parse_slices(asked)
