"""The join: an item's scores, its labels, its dead letters and its former scores meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.audit.tally_transforms import TALLY, Tallying
from moderation.evaluation.figures.blocks import block_key, make_block
from moderation.evaluation.pairing.grouping import GroupBy, placed
from moderation.evaluation.pairing.item_table import item_row
from moderation.evaluation.pairing.settle_item import Pair, Rules, Settled, settle
from moderation.evaluation.pairing.side_rows import (
    FormerRow,
    LabelRow,
    LostRow,
    ScoreRow,
    WantedRow,
)
from moderation.evaluation.submission import Answer, answer
from moderation.records.dead_letters.letter import DeadLetter
from moderation.storage.packing import Pack, open_all
from schemas.codes import Code, Stage
from schemas.records import Kind

BLOCKS, ITEMS, REJECTED, ANSWERS = "blocks", "items", "rejected", "answers"
CONTENTS = "contents"
SCORES, LABELS, LOST, FORMER, WANTED = "scores", "labels", "lost", "former", "wanted"
MODALITIES = "modalities"
"""A slice that the verdict knows: what the model was shown."""

Side = Mapping[str, Iterable[Pack]]
_Former = dict[tuple[str, str, str], FormerRow]


@dataclass(slots=True)
class _Rows:
    """Everything about one item id."""

    scores: list[ScoreRow] = field(default_factory=list)
    labels: list[LabelRow] = field(default_factory=list)
    lost: list[LostRow] = field(default_factory=list)
    wanted: list[WantedRow] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class PairItems(beam.PTransform):
    """``{side: (bucket, Pack)}`` → ``blocks``: ``(key, Block)``, and by tag what lies beside them.

    ``items``: rows of the table; ``rejected``: ``DeadLetter``; ``answers``: packs of ``Answer``;
    ``contents``: ``Content`` of items that are grouped by it; ``tally``: one a bundle.
    """

    rules: Rules
    """Which label answers which task."""
    slice_columns: tuple[str, ...]
    """Names, in the order of ``LabelRow.slices``."""
    submission_task: str | None
    """The task that a submission is of."""
    compare: bool
    """Whether there is an earlier evaluation."""
    group_by: GroupBy

    def expand(self, sides: Mapping[str, Any]) -> Any:
        """Whatever is about an item meets in its bucket."""
        pair = PairBucket(
            self.rules, self.slice_columns, self.submission_task, self.compare, self.group_by
        )
        beside = (ITEMS, REJECTED, ANSWERS, CONTENTS, TALLY)
        return (
            sides
            | "Join" >> beam.CoGroupByKey()
            | "Pair" >> beam.ParDo(pair).with_outputs(*beside, main=BLOCKS)
        )


@dataclass(eq=False)
class PairBucket(Tallying):
    """``(bucket, {side: packs})`` → what ``PairItems`` gives."""

    rules: Rules
    slice_columns: tuple[str, ...]
    submission_task: str | None
    compare: bool
    group_by: GroupBy

    def process(self, joined: tuple[int, Side]) -> Iterator[Any]:
        """Settle every item of the bucket."""
        bucket, sides = joined
        former = _former(sides.get(FORMER, ()))
        pairs: dict[str, list[Pair]] = defaultdict(list)
        nodes: dict[str, list[int]] = defaultdict(list)
        answers: list[Answer] = []
        for _, rows in sorted(_rows(sides).items()):
            for kind, settled in self._settled(rows):
                self._count(settled)
                yield from map(_unknown_label, settled.unknown)
                for pair in settled.pairs:
                    key = block_key(pair)
                    pairs[key].append(pair)
                    node, how, content = placed(pair, kind, self.group_by)
                    nodes[key].append(node)
                    self._tally.add("grouped", how.value)
                    if content is not None:
                        yield TaggedOutput(CONTENTS, content)
                    yield TaggedOutput(
                        ITEMS, item_row(pair, kind, self._slices(pair), self.slice_columns)
                    )
            for wanted in rows.wanted:
                answers.append(answer(wanted, rows.scores, self.submission_task or ""))
                if answers[-1].p is None:
                    yield _unanswered(wanted)
        for key, of_task in sorted(pairs.items()):
            yield key, self._block(bucket, of_task, former, nodes[key])
        for kind, task, _ in former:
            self._tally.add("former", kind, task, "only_in_baseline")
        if answers:
            yield TaggedOutput(ANSWERS, (None, Pack.of(answers)))

    def _settled(self, rows: _Rows) -> Iterator[tuple[str, Settled]]:
        """The rows of each kind; those that do not say go with the only kind there is."""
        named = [row.kind for row in rows.scores] + [row.kind for row in rows.labels]
        kinds = {kind for kind in named if kind}
        only = next(iter(kinds)) if len(kinds) == 1 else ""
        for kind in sorted(kinds | {""}):
            labels = [_with_kind(row, kind) for row in rows.labels if (row.kind or only) == kind]
            scores = [row for row in rows.scores if (row.kind or only) == kind]
            if labels or scores:
                lost = [row for row in rows.lost if row.kind in (kind, None)]
                yield kind, settle(labels, scores, lost, self.rules)

    def _count(self, settled: Settled) -> None:
        for side, counts in (("labels", settled.labels), ("verdicts", settled.scores)):
            for what, rows in counts.items():
                self._tally.add(side, what.value, rows=rows)
        for code, rows in settled.lost.items():
            self._tally.add("lost", code, rows=rows)

    def _slices(self, pair: Pair) -> list[str | None]:
        given = zip(self.slice_columns, pair.label.slices, strict=True)
        return [
            pair.score.modalities if column == MODALITIES and value is None else value
            for column, value in given
        ]

    def _block(
        self, bucket: int, pairs: Sequence[Pair], former: _Former, nodes: Sequence[int]
    ) -> Any:
        by_item = [self._slices(pair) for pair in pairs]
        return make_block(
            bucket,
            pairs,
            slices=[[row[column] for row in by_item] for column in range(len(self.slice_columns))],
            former=[self._former_of(pair, former) for pair in pairs] if self.compare else None,
            nodes=nodes,
            targets=self.rules.targets,
        )

    def _former_of(self, pair: Pair, former: _Former) -> Any:
        """The pair's former probabilities, taken out of ``former``; None where it has none."""
        kind = pair.label.kind or pair.score.kind or ""
        row = former.pop((kind, pair.task, pair.label.item_id), None)
        if row is None:
            self._tally.add("former", kind, pair.task, "only_here")
            return None
        names = {label for label, _ in pair.probabilities}
        if {label for label, _ in row.probabilities} != names:
            self._tally.add("former", kind, pair.task, "other_labels")
            return None
        self._tally.add("former", kind, pair.task, "shared")
        if row.label != truth_text(pair):
            self._tally.add("former", kind, pair.task, "relabelled")
        return row.probabilities


def truth_text(pair: Pair) -> str:
    """The label as the items' table writes it."""
    return str(item_row(pair, "", [], ())["label"])


def _rows(sides: Side) -> dict[str, _Rows]:
    by_item: dict[str, _Rows] = defaultdict(_Rows)
    for values in open_all(sides.get(LABELS, ())):
        label = LabelRow(*values)
        by_item[label.item_id].labels.append(label)
    for values in open_all(sides.get(SCORES, ())):
        score = ScoreRow(*values)
        by_item[score.item_id].scores.append(score)
    for values in open_all(sides.get(WANTED, ())):
        wanted = WantedRow(*values)
        by_item[wanted.item_id].wanted.append(wanted)
    for values in open_all(sides.get(LOST, ())):
        lost = LostRow(*values)
        if lost.item_id in by_item:
            by_item[lost.item_id].lost.append(lost)
    return by_item


def _former(packs: Iterable[Pack]) -> _Former:
    rows = (FormerRow(*values) for values in open_all(packs))
    return {(row.kind, row.task, row.item_id): row for row in rows}


def _with_kind(row: LabelRow, kind: str) -> LabelRow:
    return row if row.kind or not kind else row._replace(kind=kind)


def _unknown_label(unknown: tuple[LabelRow, str, list[str]]) -> TaggedOutput:
    row, task, names = unknown
    hint = ", or 0 and 1" if len(names) == 2 else ""
    label = row.label if isinstance(row.label, str) else "|".join(row.label or ())
    return TaggedOutput(
        REJECTED,
        DeadLetter(
            source=row.source,
            row=row.row,
            item_id=row.item_id,
            kind=Kind(row.kind) if row.kind else None,
            stage=Stage.EVALUATE,
            code=Code.UNKNOWN_LABEL,
            message=f"{label[:100]!r} is no label of {task!r}: {names}{hint}",
        ),
    )


def _unanswered(row: WantedRow) -> TaggedOutput:
    return TaggedOutput(
        REJECTED,
        DeadLetter(
            source=row.source,
            row=row.row,
            item_id=row.item_id,
            kind=Kind.MEME,
            stage=Stage.EVALUATE,
            code=Code.UNKNOWN_ITEM,
            message="the submission wants this meme, and no verdict, or contradicting ones, has it",
        ),
    )
