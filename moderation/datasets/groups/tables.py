"""The side tables of a set: contradicting labels, and groups of several contents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.audit.tallying import TALLY, Tallying
from moderation.storage.packing import Pack, open_all
from moderation.storage.shards import Layout

CONFLICTS = Layout("conflicts")
GROUPS = Layout("groups")
LARGEST = "largest"
_LISTED = 100


class GroupMember(beam.DoFn):
    """Packs of rows, of groups of several → ``(group, what the table says of them)``."""

    def process(self, pack: Pack) -> Iterator[tuple[int, list[Any]]]:
        for row in pack.open():
            if row["links"]:
                moved = row["split"] != (row["given"] or row["alone"])
                told = [row["item_id"], row["key"], row["label"], row["split"], row["links"], moved]
                yield row["group"], [row["group"], told]


def by_bucket(member: tuple[int, list[Any]], buckets: int) -> tuple[int, list[Any]]:
    """A member under its group's bucket."""
    group, told = member
    return group % buckets, told


class TellGroups(Tallying):
    """``(bucket, packs of members)`` → rows of ``groups/``.

    ``largest``: ``(rows, contents, group)``. A group of which one content alone was written is
    no leak and not listed.
    """

    def process(self, keyed: tuple[int, Iterable[Pack]]) -> Iterator[Any]:
        groups: dict[int, list[Any]] = {}
        for group, told in open_all(keyed[1]):
            groups.setdefault(group, []).append(told)
        for group, rows in groups.items():
            contents = len({told[1] for told in rows})
            if contents < 2:
                continue
            rows.sort()
            name = f"{group:016x}"
            yield {
                "group": name,
                "split": rows[0][3],
                "rows": len(rows),
                "contents": contents,
                "links": sorted({link for told in rows for link in told[4]}),
                "rows_moved": sum(told[5] for told in rows),
                "items": [
                    {"item_id": told[0], "content_key": told[1], "label": told[2]}
                    for told in rows[:_LISTED]
                ],
            }
            self._tally.add("group", "several")
            self._tally.add("group", "rows", rows=len(rows))
            yield TaggedOutput(LARGEST, (len(rows), contents, name))


__all__ = ["CONFLICTS", "GROUPS", "LARGEST", "TALLY", "GroupMember", "TellGroups", "by_bucket"]
