from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.audit.keyed.posted import Posted, PostedItems
from moderation.audit.keyed.ranges import KeepRanges, SumRanges, sum_kept
from moderation.audit.keyed.repeats import MOST, RepeatsPart, SumRepeats, repeated_content
from schemas.policy import Decision

RANGES = 4
texts = st.integers(0, 6)
posts = st.lists(st.tuples(texts, texts).map(lambda two: Posted(*two)), min_size=1, max_size=2)
items = st.lists(st.tuples(posts, st.integers(1, 4), st.sampled_from(Decision)), max_size=30)
Item = tuple[int, list[Posted], int, Decision]


def packs(some: Sequence[Item]) -> list[tuple[str, bytes]]:
    held = PostedItems(RANGES)
    for item, posted, rows, decision in some:
        held.add(item, posted, rows=rows, decision=decision, item_id=f"id-{item}")
    return list(held.packs())


def summed(bundles: Sequence[Sequence[Item]], folder: Path) -> RepeatsPart:
    """As a run in slices sums them."""
    for bundle in bundles:
        keeping = KeepRanges(str(folder))
        keeping.start_bundle()
        for keyed in packs(bundle):
            keeping.process(keyed)
        keeping.finish_bundle()
    return sum_kept(str(folder), SumRepeats())


def by_hand(some: Sequence[Item], side: int) -> list[tuple[Any, ...]]:
    rows: dict[int, int] = defaultdict(int)
    having, others = defaultdict(set), defaultdict(set)
    for item, posted, count, _ in some:
        for key in {each[side] for each in posted} - {0}:
            rows[key] += count
            having[key].add(item)
        for each in posted:
            others[each[side]] |= {each[1 - side]} - {0}
    return sorted(
        (f"{key:016x}", count, len(having[key]), len(others[key])) for key, count in rows.items()
    )


@settings(max_examples=40)
@given(items, st.integers(1, 6), st.randoms(use_true_random=False))
def test_any_split_in_any_order_gives_the_exact_sums(
    tmp_path_factory: Any, some: list[Any], bundles: int, rng: random.Random
) -> None:
    numbered = [(at, *each) for at, each in enumerate(some)]
    shuffled = rng.sample(numbered, len(numbered))
    parts = [shuffled[at::bundles] for at in range(bundles)]
    found = summed(parts, tmp_path_factory.mktemp("kept"))
    assert found == summed([numbered], tmp_path_factory.mktemp("kept"))
    for side, told in enumerate(found):
        expected = by_hand(numbered, side)
        assert told.distinct == len(expected)
        assert told.rows == sum(each[1] for each in expected)
        assert sorted((e.digest, e.rows, e.items, e.others) for e in told.most) == [
            each for each in expected if each[1] > 1
        ]


def test_an_item_that_two_bundles_have_rows_of_is_one(tmp_path: Path) -> None:
    post = [Posted(7, 8)]
    texts, _ = summed([[(1, post, 2, Decision.CLEAR)], [(1, post, 3, Decision.CLEAR)]], tmp_path)
    assert [(each.rows, each.items, each.others) for each in texts.most] == [(5, 1, 1)]


def test_the_most_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    some = [(key, [Posted(key, 0)], key, Decision.CLEAR) for key in range(1, 40)]
    texts, pictures = summed([some], tmp_path)
    assert (texts.distinct, texts.repeated, pictures.distinct) == (39, 38, 0)
    assert [each.rows for each in texts.most] == list(range(39, 39 - MOST, -1))


def test_the_text_and_the_example_are_those_of_a_flagged_item_where_there_is_one() -> None:
    some: list[Item] = [
        (1, [Posted(5, 1)], 2, Decision.CLEAR),
        (9, [Posted(5, 2, "buy " * 200)], 1, Decision.FLAG),
        (2, [Posted(6, 2)], 4, Decision.CLEAR),
    ]
    with beam.Pipeline(runner="BundleBasedDirectRunner") as pipeline:
        total = pipeline | beam.Create(packs(some)) | SumRanges(SumRepeats())
        told = total | beam.Map(
            lambda part: [
                (each.item_id, each.rows, each.rows_flagged, (each.text or "")[:4])
                for each in repeated_content(part).texts.most
            ]
        )
        assert_that(told, equal_to([[("id-2", 4, 0, ""), ("id-9", 3, 1, "buy ")]]))
