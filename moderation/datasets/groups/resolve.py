"""Contradicting labels for one content, and the group of every row that stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsSingleton, TaggedOutput
from pydantic_core import to_json

from moderation.audit.tally_transforms import TALLY, Tallying
from moderation.datasets.groups.components import Groups
from moderation.datasets.labels import Vocabulary, most_labels
from moderation.datasets.rows import REJECTED, Row, by_bucket
from moderation.datasets.splits.rules import Splits
from moderation.records.dead_letters.history import History
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.labels import place_of
from moderation.storage.packing import Pack, PackBy, node_of, open_all
from schemas.codes import Code, Stage
from schemas.datasets import OnConflict
from schemas.records import DEFAULT_TASKS, Kind

KEPT, CONFLICTS, WEIGHTS = "kept", "conflicts", "weights"
_LISTED = 100
_ROWS_PER_PACK = 2_048
_OF_LETTERS = ("body", "redacted", "history")


@dataclass(frozen=True, slots=True)
class Kept:
    """Which label stands, and why not another."""

    label: str | None
    reason: str


@dataclass(eq=False, repr=False)
class ResolveGroups(beam.PTransform):
    """``{"rows", "groups", "vocabulary"}`` → packs of rows that stay, under ``kept``.

    Beside them ``conflicts``: rows of that table; ``weights``: ``(group, rows)`` of contents that
    are not alone; ``rejected`` and ``tally``. Rows lose what only a dead letter needs, and gain
    ``label_index`` (where they have several labels ``labels``, a multi-hot), ``group``, ``links``
    and ``split`` (by the group's hash) with ``alone``, the split that their content would be in
    by itself.
    """

    rule: OnConflict
    splits: Splits
    buckets: int

    def expand(self, sides: Mapping[str, Any]) -> Any:
        """Rows meet the groups of their contents."""
        packed = sides["rows"] | "PackRows" >> beam.ParDo(
            PackBy(partial(by_bucket, buckets=self.buckets))
        )
        return (
            {"rows": packed, "groups": sides["groups"]}
            | "MeetGroups" >> beam.CoGroupByKey()
            | "Settle"
            >> beam.ParDo(
                _Resolve(self.rule, self.splits), vocabulary=AsSingleton(sides["vocabulary"])
            ).with_outputs(CONFLICTS, WEIGHTS, REJECTED, TALLY, main=KEPT)
        )


@dataclass(eq=False)
class _Resolve(Tallying):
    """One bucket of rows and groups at a time; the side input is the vocabulary."""

    rule: OnConflict
    splits: Splits

    def process(
        self, joined: tuple[int, dict[str, Iterable[Any]]], vocabulary: Vocabulary
    ) -> Iterator[Any]:
        """One bucket: some thousand rows."""
        _, sides = joined
        groups = Groups.of(sides["groups"])
        self._tally.add("unsettled", rows=groups.unsettled)
        packs: Iterable[Pack] = sides["rows"]
        by_content: dict[str, list[Row]] = {}
        for row in open_all(packs):
            if strange := _spell(row, vocabulary[row["kind"]]):
                yield TaggedOutput(REJECTED, _unknown(row, strange, vocabulary[row["kind"]]))
            else:
                by_content.setdefault(row["key"], []).append(row)
        staying: list[Row] = []
        for key, rows in by_content.items():
            rows.sort(key=lambda row: (row["source"], row["row"]))
            yield from self._content(key, rows, groups, vocabulary, staying)
            if len(staying) >= _ROWS_PER_PACK:
                yield Pack.of(staying)
                staying = []
        if staying:
            yield Pack.of(staying)

    def _content(
        self,
        key: str,
        rows: list[Row],
        groups: Groups,
        vocabulary: Vocabulary,
        staying: list[Row],
    ) -> Iterator[TaggedOutput]:
        labels = Counter(row["label"] for row in rows)
        kept = _kept(labels, rows, self.rule)
        if len(labels) > 1:
            yield TaggedOutput(CONFLICTS, self._conflict(key, rows, labels, kept))
        node = node_of(key)
        root = groups.roots.get(node, node)
        links = sorted(link.value for link in groups.links.get(node, ()))
        self._tally.add("groups", rows=root == node)
        if (links or len(rows) > 1) and labels[kept.label or ""]:
            yield TaggedOutput(WEIGHTS, (root, labels[kept.label or ""]))
        alone, together = self.splits.by_hash(node), self.splits.by_hash(root)
        for row in rows:
            if row["label"] != kept.label:
                message = f"{kept.reason}; the row says {row['label']!r}"
                yield TaggedOutput(REJECTED, _letter(row, Code.CONFLICTING_LABEL, message))
                continue
            stays = {k: v for k, v in row.items() if k not in _OF_LETTERS}
            staying.append(
                {
                    **stays,
                    **_placed(row, vocabulary),
                    "group": root,
                    "links": links,
                    "split": together,
                    "alone": alone,
                }
            )

    def _conflict(
        self, key: str, rows: list[Row], labels: Counter[str], kept: Kept
    ) -> dict[str, Any]:
        stay = labels[kept.label] if kept.label is not None else 0
        self._tally.add("conflict", "contents")
        self._tally.add("conflict", "rows", rows=len(rows))
        self._tally.add("conflict", "rows_kept", rows=stay)
        self._tally.add("conflict", "rows_dropped", rows=len(rows) - stay)
        names = ("item_id", "label", "source", "row")
        return {
            "content_key": key,
            "kind": rows[0]["kind"],
            "labels": dict(sorted(labels.items())),
            "kept": kept.label,
            "rows": [{name: row[name] for name in names} for row in rows[:_LISTED]],
        }


def _kept(labels: Counter[str], rows: list[Row], rule: OnConflict) -> Kept:
    if len(labels) == 1:
        return Kept(rows[0]["label"], "")
    told = ", ".join(f"{label!r} {count}×" for label, count in sorted(labels.items()))
    said = f"rows with this content say {told}"
    if rule is OnConflict.KEEP_FIRST:
        return Kept(rows[0]["label"], f"{said}, and the first one's label stays")
    if rule is OnConflict.MAJORITY:
        label, count = labels.most_common(1)[0]
        if 2 * count > len(rows):
            return Kept(label, f"{said}, and the majority's label stays")
        return Kept(None, f"{said}, and there is no majority")
    return Kept(None, said)


def _spell(row: Row, labels: Sequence[str]) -> list[str]:
    """Give the row's labels the set's spelling; those that are none of the set's come back."""
    several = "names" in row
    task = None if several else DEFAULT_TASKS[Kind(row["kind"])]
    names = row["names"] if several else [row["label"]]
    places = [place_of(name, labels, task, yes_or_no=not several) for name in names]
    strange = [name for name, place in zip(names, places, strict=True) if place is None]
    if not strange:
        spelled = sorted({labels[place] for place in places if place is not None})
        row["label"] = to_json(spelled).decode() if several else spelled[0]
        if several:
            row["names"] = spelled
    return strange


def _placed(row: Row, vocabulary: Vocabulary) -> dict[str, Any]:
    labels = vocabulary[row["kind"]]
    if "names" not in row:
        return {"label_index": list(labels).index(row["label"])}
    hot = [int(name in row["names"]) for name in labels]
    return {"labels": hot + [0] * (most_labels(vocabulary) - len(hot))}


def _unknown(row: Row, strange: Sequence[str], labels: Sequence[str]) -> DeadLetter:
    message = f"the label {strange[0]!r:.80} is none of {', '.join(labels)}"
    return _letter(row, Code.UNKNOWN_LABEL, message)


def _letter(row: Row, code: Code, message: str) -> DeadLetter:
    return DeadLetter(
        source=row["source"],
        row=row["row"],
        stage=Stage.PREPROCESS,
        code=code,
        message=message,
        item_id=row["item_id"],
        kind=Kind(row["kind"]),
        body=row["body"],
        redacted=tuple(row["redacted"]),
        history=History(*row["history"]) if row["history"] else None,
    )
