"""Items go through the inference step in lists."""

from __future__ import annotations

from typing import Any

from moderation.records.items import Item
from moderation.verdicts.item_lists import ByKind, FullLists
from schemas.records import Kind


def test_lists_of_any_length_become_lists_of_one_length_in_order() -> None:
    lists = FullLists[int](4)
    given = [*lists.add([0, 1, 2]), *lists.add([]), *lists.add([3, 4, 5, 6, 7, 8]), *lists.rest()]
    assert given == [[0, 1, 2, 3], [4, 5, 6, 7], [8]]
    assert [*lists.rest()] == []


def test_every_item_comes_out_once_and_under_its_kind() -> None:
    kinds = [Kind.MEME if at % 3 else Kind.TWEET_PAIR for at in range(20)]
    items = [Item(str(at), kind, {}, ()) for at, kind in enumerate(kinds)]
    step = ByKind(5)
    step.start_bundle()
    given: list[Any] = [*step.process(items[:9]), *step.process(items[9:])]
    assert [len(each.value) for each in given] == [5] * 3
    given += [*step.finish_bundle()]
    found = {(each.tag, item.content_key) for each in given for item in _list(each.value)}
    assert found == {(item.kind.value, item.content_key) for item in items}
    assert sum(len(_list(each.value)) for each in given) == 20


def _list(value: Any) -> list[Item]:
    found: list[Item] = getattr(value, "value", value)
    return found
