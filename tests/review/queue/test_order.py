from __future__ import annotations

from moderation.review.queue.items import QueueItem
from moderation.review.queue.order import in_order, share_of
from tests.review.queues import key_of, meme


def test_nearest_the_threshold_comes_first_and_what_has_no_margin_last() -> None:
    entries = [meme(1, 0.7), meme(2, 0.49), meme(3, margin=None), meme(4, 0.55)]
    ordered = in_order(map(QueueItem.of, entries))
    assert [item.item_id for item in ordered] == ["2", "4", "1", "3"]


def test_each_sample_is_spread_evenly_so_that_whoever_stops_has_seen_its_share() -> None:
    near = [meme(number, 0.5 + number / 1000) for number in range(60)]
    clear = [meme(100 + n, reasons=["quality_sample"]) for n in range(30)]
    flagged = [meme(200 + n, reasons=["is_hateful", "flag_sample"]) for n in range(10)]
    ordered = in_order(map(QueueItem.of, [*flagged, *near, *clear]))
    for seen in range(10, 101, 10):
        first = [item.stratum for item in ordered[:seen]]
        assert abs(first.count("quality_sample:meme") - 0.3 * seen) <= 1
        assert abs(first.count("flag_sample:meme:is_hateful") - 0.1 * seen) <= 1
    margins = [item.margin for item in ordered if item.stratum == "review"]
    assert margins == sorted(margins)


def test_the_order_hangs_on_no_order_of_files_and_a_content_comes_once() -> None:
    entries = [meme(n, reasons=["quality_sample"]) for n in range(20)] + [meme(30), meme(30)]
    one = in_order(map(QueueItem.of, entries))
    other = in_order(map(QueueItem.of, reversed(entries)))
    assert [item.content_key for item in one] == [item.content_key for item in other]
    assert len(one) == 21


def test_shares_for_two_uses_do_not_hang_together() -> None:
    keys = [key_of(number) for number in range(4_000)]
    one = {key for key in keys if share_of(key, "one") < 0.1}
    other = {key for key in keys if share_of(key, "other") < 0.1}
    assert 320 < len(one) < 480
    assert len(one & other) < 80


def test_an_item_keeps_all_of_its_entry() -> None:
    entry = meme(1, texts={"text": "ä ‮ 🙂" * 1000}, multi_label=["hateful"], copies=7)
    assert QueueItem.of(entry).entry() == entry
