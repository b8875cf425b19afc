"""The join: an item's verdicts, its record, its decisions and its former label meet.

What comes out is a row of the training set to be, or an account of why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsDict, AsList, TaggedOutput

from moderation.audit.tally_transforms import TALLY, Tallying
from moderation.exports.agreement import count_votes
from moderation.exports.decisions import DecisionRow, refused
from moderation.exports.differ import DIFFERING, differing
from moderation.exports.held_out import HELD_OUT, HeldOut, HeldOutItem, digest_of
from moderation.exports.input_rows import RecordRow, VerdictRow
from moderation.exports.item_sides import (
    DECISIONS,
    FORMER,
    RECORDS,
    VERDICTS,
    ItemSides,
    image_names,
    is_far,
    items_of,
    pictures_of,
    to_place,
)
from moderation.exports.limits import label_group, rank_of
from moderation.exports.runs import Runs
from moderation.exports.selection_rules import (
    Chosen,
    Heard,
    Selection,
    Why,
    choose,
    hear,
    in_window,
    labels_of,
)
from moderation.exports.training_rows import RowMaker, decision_row, source_group
from moderation.records.dead_letters.letter import DeadLetter
from moderation.storage.packing import Pack
from schemas.codes import Code, Stage
from schemas.images import ImageStatus
from schemas.records import TEXT_FIELDS, Kind

SELECTED, REJECTED, DECIDED, PROBLEMS = "selected", "rejected", "decided", "problems"

Problems = Mapping[int, tuple[str, str]]
"""By source: code and message of what is wrong with it."""

_FAILED = ImageStatus.FAILED.value
_UNNAMED = "a file that the run's manifest does not name"


@dataclass(eq=False, repr=False)
class SelectItems(beam.PTransform):
    """Four sides of packs, ``problems`` and ``held_out`` → what ``MeetDecisions`` gives, by tag."""

    runs: Runs
    rules: Selection
    maker: RowMaker
    source_column: str
    similarity: float

    def expand(self, sides: Mapping[str, Any]) -> Any:
        """Whatever is about an item meets in its bucket."""
        return (
            {name: sides[name] for name in (VERDICTS, RECORDS, DECISIONS, FORMER)}
            | "Join" >> beam.CoGroupByKey()
            | "Settle"
            >> beam.ParDo(
                MeetDecisions(
                    self.runs, self.rules, self.maker, self.source_column, self.similarity
                ),
                problems=AsDict(sides[PROBLEMS]),
                held_out=AsList(sides[HELD_OUT]),
            ).with_outputs(SELECTED, REJECTED, DECIDED, DIFFERING, TALLY)
        )


@dataclass(eq=False)
class MeetDecisions(Tallying):
    """``(bucket, {"verdicts", "records", "decisions", "former"})`` of packs → selected rows.

    Tags: ``selected``: ``(bucket, Pack)`` of rows in the order of their ranks; ``rejected``:
    ``DeadLetter``; ``decided``, ``differing``: rows of tables; ``tally``: one a bundle.
    """

    runs: Runs
    rules: Selection
    maker: RowMaker
    source_column: str
    similarity: float
    """Of texts, from which a row is too near a held-out item."""
    _held_out: HeldOut = field(default_factory=lambda: HeldOut((), text_similarity=1.0), init=False)
    _held_out_digest: str = field(default=digest_of(()), init=False)

    def process(
        self,
        joined: tuple[int, dict[str, Iterable[Pack]]],
        problems: Problems,
        held_out: Sequence[HeldOutItem],
    ) -> Iterator[TaggedOutput]:
        """Settle every item of the bucket."""
        bucket, sides = joined
        self._take(held_out)
        selected: list[dict[str, Any]] = []
        for item_id, item in sorted(items_of(sides).items()):
            heard = hear(item.decisions, item.verdicts, self.rules)
            yield from self._unheard(heard)
            if not item.verdicts:
                yield from self._dropped(item_id, item, Why.NOT_IN_RUNS)
                continue
            self._tally.add("verdict", Why.OTHER_VERDICT.value, rows=len(item.verdicts) - 1)
            chosen = choose(item.verdicts, heard, self.rules)
            yield from self._voted(chosen)
            row = self._selected(chosen, item, problems)
            if isinstance(row, dict):
                selected.append(row)
                continue
            if isinstance(row, DeadLetter):
                yield TaggedOutput(REJECTED, row)
            why = Why.DEAD_LETTERED if isinstance(row, DeadLetter) else row
            self._tally.add("verdict", why.value)
            yield from self._dropped(item_id, item, why)
        if selected:
            selected.sort(key=lambda row: (row["rank"], row["item_id"]))
            yield TaggedOutput(SELECTED, (bucket, Pack.of(selected)))

    def _take(self, items: Sequence[HeldOutItem]) -> None:
        """Index the held-out items, once for this worker."""
        digest = digest_of(items)
        if digest != self._held_out_digest:
            self._held_out = HeldOut(items, text_similarity=self.similarity)
            self._held_out_digest = digest

    def _selected(
        self, chosen: Chosen, item: ItemSides, problems: Problems
    ) -> dict[str, Any] | Why | DeadLetter:
        if chosen.why is not Why.EXPORTED:
            return chosen.why
        verdict = chosen.verdict
        record = item.records.get(verdict.where)
        if record is None or not self._same_content(record, verdict):
            return self._lost(verdict, record, problems)
        record = record.with_text(verdict.text_read)
        if not in_window(chosen, record, self.rules):
            return Why.OUTSIDE_WINDOW
        match = self._held_out.match(
            verdict.content_key,
            images=image_names(verdict, record),
            texts=[record.values[name] for name in TEXT_FIELDS[Kind(record.kind)]],
        )
        if match:
            self._tally.add("held_out", match)
            return Why.HELD_OUT
        if verdict.text_lost:
            self._tally.add("text", "lost")
        return {
            "item_id": verdict.item_id,
            "rank": rank_of(verdict.item_id, pseudo=chosen.pseudo),
            "kind": verdict.kind,
            "label": chosen.label,
            "label_source": "pseudo" if chosen.pseudo else "reviewed",
            "source": source_group(record, self.source_column, self.runs),
            "by_label": label_group(verdict.kind, chosen.label or ""),
            "run": verdict.run,
            "former": item.former.label if item.former else None,
            "images": to_place(record),
            "sha256s": {
                name: sha256
                for name, _, sha256 in verdict.images
                if sha256 and name in to_place(record)
            },
            "lost": [name for name, status, _ in verdict.images if status == _FAILED],
            "pictures": pictures_of(verdict, record),
            "hashes": verdict.hashes,
            "labels": labels_of(chosen, self.rules),
            "task": chosen.task,
            "model_labels": [label for label, _ in verdict.tasks[chosen.task]],
            "far_images": len([where for where in record.images.values() if is_far(where)]),
            "row": self.maker.row(chosen, record),
        }

    def _same_content(self, record: RecordRow, verdict: VerdictRow) -> bool:
        """Whether the row is what was judged: its file's digest says so, or else its content."""
        known = verdict.source >= 0 and self.runs.sources[verdict.source].digest is not None
        return known or record.content_key == verdict.content_key

    def _lost(
        self, verdict: VerdictRow, record: RecordRow | None, problems: Problems
    ) -> DeadLetter:
        path = self.runs.path_of(verdict.source) or verdict.first_source or _UNNAMED
        why = "is another one now" if record else "is not there any more"
        default = (Code.SOURCE_CHANGED.value, f"row {verdict.row} of {path} {why}")
        files = self.runs.source_ids[verdict.run].values()
        places = sorted(files) if verdict.first_source else [verdict.source]
        code, message = next((problems[each] for each in places if each in problems), default)
        return DeadLetter(
            source=path,
            row=verdict.row,
            item_id=verdict.item_id,
            kind=Kind(verdict.kind),
            stage=Stage.EXPORT,
            code=Code(code),
            message=message,
        )

    def _unheard(self, heard: Heard) -> Iterator[TaggedOutput]:
        for decision, code, message in heard.refused:
            yield TaggedOutput(REJECTED, refused(decision, code, message))
        for status, decisions in (
            ("after_until", heard.after_until),
            ("other_task", heard.other_task),
            ("withdrawn", heard.withdrawn),
        ):
            yield from self._decided(decisions, status)

    def _voted(self, chosen: Chosen) -> Iterator[TaggedOutput]:
        vote = chosen.vote
        if vote is None:
            return
        count_votes(self._tally, chosen.task, vote.votes)
        yield from self._decided(vote.superseded, "superseded")
        if chosen.why is Why.TIED:
            shown = ", ".join(f"{label} {count}" for label, count in sorted(vote.votes.items()))
            code = Code.TIED_DECISIONS
            message = f"as many reviewers gave one label as another ({shown}): one more must decide"
        elif chosen.why is Why.AMBIGUOUS_ITEM:
            code = Code.AMBIGUOUS_ITEM
            message = (
                "a run judged several contents under this id, and a decision does not say which "
                "it means: score them with ids that differ"
            )
        else:
            yield from self._decided(vote.counted, "counted")
            return
        for decision in vote.counted:
            yield TaggedOutput(REJECTED, refused(decision, code, message))

    def _decided(self, decisions: Iterable[DecisionRow], status: str) -> Iterator[TaggedOutput]:
        for decision in decisions:
            self._tally.add("decision", status)
            yield TaggedOutput(DECIDED, decision_row(decision, status))

    def _dropped(self, item_id: str, item: ItemSides, why: Why) -> Iterator[TaggedOutput]:
        """An item that the former set had and this one will not."""
        if item.former is not None:
            yield from differing(
                self._tally,
                item_id,
                item.former.kind,
                label=None,
                previous=item.former.label,
                reason=why,
            )
