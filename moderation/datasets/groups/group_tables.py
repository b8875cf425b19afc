"""The side tables of a set: contradicting labels, and groups of several contents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.combiners import Top

from moderation.audit.tally_transforms import TALLY, Tallying
from moderation.storage.packing import Pack, PackBy, open_all
from moderation.storage.shards import TableLayout

CONFLICTS = TableLayout("conflicts")
GROUPS = TableLayout("groups")
LARGEST = "largest"
_LISTED, _LARGEST = 100, 20


class Member(NamedTuple):
    """A row in a group of several contents."""

    group: int
    item_id: str
    content_key: str
    label: str
    split: str
    links: list[str]
    moved: bool
    """Whether its group brought it into another split."""


@dataclass(eq=False, repr=False)
class ListGroups(beam.PTransform):
    """Packs of rows → ``groups``: rows of the table; ``largest``: a list; ``tally``.

    Of the largest groups come ``(rows, contents, group)``.
    """

    buckets: int

    def expand(self, packs: Any) -> dict[str, Any]:
        """Members meet in their group's bucket."""
        listed = (
            packs
            | "Members" >> beam.FlatMap(members)
            | "PackMembers" >> beam.ParDo(PackBy(partial(_by_group, buckets=self.buckets)))
            | "MeetMembers" >> beam.GroupByKey()
            | "List" >> beam.ParDo(_ListGroups()).with_outputs(TALLY, LARGEST, main=GROUPS.table)
        )
        return {
            GROUPS.table: listed[GROUPS.table],
            LARGEST: listed[LARGEST] | "Largest" >> Top.Of(_LARGEST),
            TALLY: listed[TALLY],
        }


def members(pack: Pack) -> Iterator[Member]:
    """Rows that are of a group of several."""
    for row in pack.open():
        if row["links"]:
            yield Member(
                group=row["group"],
                item_id=row["item_id"],
                content_key=row["key"],
                label=row["label"],
                split=row["split"],
                links=row["links"],
                moved=row["split"] != (row["given"] or row["alone"]),
            )


def _by_group(member: Member, buckets: int) -> tuple[int, Member]:
    return member.group % buckets, member


class _ListGroups(Tallying):
    """``(bucket, packs of members)`` → rows of ``groups/``.

    A group of which one content alone was written is no leak and not listed.
    """

    def process(self, keyed: tuple[int, Iterable[Pack]]) -> Iterator[Any]:
        groups: dict[int, list[Member]] = {}
        for values in open_all(keyed[1]):
            member = Member(*values)
            groups.setdefault(member.group, []).append(member)
        for group, rows in groups.items():
            contents = len({member.content_key for member in rows})
            if contents > 1:
                name = f"{group:016x}"
                yield _group_row(name, sorted(rows), contents)
                self._tally.add("group", "several")
                self._tally.add("group", "rows", rows=len(rows))
                yield TaggedOutput(LARGEST, (len(rows), contents, name))


def _group_row(name: str, rows: list[Member], contents: int) -> dict[str, Any]:
    return {
        "group": name,
        "split": rows[0].split,
        "rows": len(rows),
        "contents": contents,
        "links": sorted({link for member in rows for link in member.links}),
        "rows_moved": sum(member.moved for member in rows),
        "items": [
            {"item_id": each.item_id, "content_key": each.content_key, "label": each.label}
            for each in rows[:_LISTED]
        ],
    }
