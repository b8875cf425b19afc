from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from moderation.evaluation.figures.blocks import block_key, join_blocks, make_block, read_key
from moderation.evaluation.pairing.settle_item import Pair
from moderation.evaluation.pairing.side_rows import LabelRow, ScoreRow


def pair(item: int, p: float, *, swapped: bool = False) -> Pair:
    given: Any = [("no", 1 - p), ("yes", p)]
    label = LabelRow(str(item), "meme", "l", item, None, "1", ["de"])
    truth = frozenset({0 if swapped else 1})
    tasks = {"hateful": given[::-1] if swapped else given}
    return Pair(ScoreRow(str(item), "meme", "s", item, tasks, None), label, "hateful", truth)


def test_labels_in_another_order_are_the_same_labels() -> None:
    pairs = [pair(0, 0.1), pair(1, 0.2, swapped=True), pair(2, 0.3)]
    assert len({block_key(each) for each in pairs}) == 1
    block = make_block(0, pairs, slices=[], former=None)
    assert block.names == ("no", "yes")
    assert block.p[:, 1].tolist() == [0.1, 0.2, 0.3]
    assert block.truth.tolist() == [[False, True]] * 3


def test_a_key_says_what_its_items_share() -> None:
    assert read_key(block_key(pair(0, 0.1))) == ("meme", "hateful", ["no", "yes"])


def test_blocks_join_in_the_order_of_their_buckets() -> None:
    blocks = [
        make_block(
            bucket,
            [pair(bucket, bucket / 10, swapped=bucket == 2), pair(bucket + 50, 0.5)],
            slices=[["de" if bucket % 2 else None, "en"]],
            former=[[("no", 0.5), ("yes", 0.5)], None],
        )
        for bucket in range(5)
    ]
    one = join_blocks(blocks, multi_label=False)
    random.Random(0).shuffle(blocks)
    other = join_blocks(blocks, multi_label=False)
    assert one.sample.p[::2, 1] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])
    assert (one.sample.p == other.sample.p).all()
    values = [one.slices[0].values[code] for code in one.slices[0].codes]
    assert values == [None, "en", "de", "en", None, "en", "de", "en", None, "en"]
    assert one.former_p is not None
    assert np.isnan(one.former_p[1::2]).all()
    assert (one.former_p[::2] == 0.5).all()
