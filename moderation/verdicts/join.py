"""Rows meet their item's judgement: verdicts, review entries and dead letters come out."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from apache_beam.pvalue import TaggedOutput
from pydantic_core import from_json

from moderation.audit.drift.counts import count_lost
from moderation.audit.drift.families import block_of
from moderation.audit.hash_banks import show_match
from moderation.audit.keyed.members import MemberItems, SliceBy
from moderation.audit.keyed.posted import PostedItems
from moderation.audit.progress import progress
from moderation.audit.tally_transforms import Tallying
from moderation.records.items import Record
from moderation.records.layout import Layout
from moderation.storage.bundle_end import at_end
from moderation.storage.packing import node_of
from moderation.storage.row_packs import LEAST_BUCKETS, open_packs
from moderation.storage.shards import Rows
from moderation.verdicts.decide import Judge, Outcome
from moderation.verdicts.fate import Fate
from moderation.verdicts.judgement import Judgement
from moderation.verdicts.lost_rows import LostRows
from moderation.verdicts.outcome_counts import OutcomeCounts
from moderation.verdicts.posts import posted
from moderation.verdicts.run_tables import (
    VERDICT_COLUMNS,
    judged_part,
    packed_part,
    review_row,
)
from moderation.verdicts.shown.choose import chosen, facts_of, places_of, show
from schemas.precision import Precision
from schemas.records import TEXT_FIELDS

VERDICTS, REVIEWS, REJECTED = "verdicts", "reviews", "rejected"
POSTS, MEMBERS = "posts", "members"
"""What is summed by texts and pictures, and by slices."""
_BATCH_ROWS = 2_048
_MOST_HELD = 32_768

_KeyedRecord = tuple[str, tuple[Any, ...]]


class Stamp(NamedTuple):
    """What every row of a run carries, in the order of a verdict's last columns."""

    run_id: str
    model_fingerprint: str
    policy_version: str
    precision: str = Precision.FLOAT32.value


@dataclass(eq=False)
class FanOut(Tallying):
    """``(bucket, {"records", "judgements"})`` → rows of the tables, and a ``Tally`` a bundle.

    Both sides are packs (``moderation.storage.row_packs``); verdicts come as ``Rows``. However many
    rows share an item, a pack of them is in memory at a time, and people see the item once: the
    review queue shows the first of its rows and says how many there are.
    """

    judge: Judge
    stamp: Stamp
    layout: Layout
    keep_text: bool = False
    """Whether verdicts have what was read from pictures."""
    lost: LostRows | None = None
    """What became of rows without a judgement; None: every row has one."""
    ranges: int = LEAST_BUCKETS
    """That texts, pictures and slices are dealt into to be summed: ``moderation.audit.keyed``."""
    slice_by: SliceBy | None = None
    """Columns that the run is sliced by."""
    _posts: PostedItems = field(init=False)
    _members: MemberItems | None = field(default=None, init=False)

    def start_bundle(self) -> None:
        """As of ``Tallying``."""
        super().start_bundle()
        self._posts = PostedItems(self.ranges)
        self._members = MemberItems(self.slice_by, self.ranges) if self.slice_by else None

    def finish_bundle(self) -> Iterator[TaggedOutput]:
        """As of ``Tallying``; and what is held to be summed elsewhere."""
        yield from super().finish_bundle()
        for output in self._let_go():
            yield TaggedOutput(output.tag, at_end(output.value))

    def process(self, joined: tuple[int, dict[str, Iterable[bytes]]]) -> Iterator[TaggedOutput]:
        """Decide once for each item, then write every row."""
        _, sides = joined
        fates: dict[str, Fate] = {}
        gone = set[str]()
        for packed in open_packs(sides["judgements"]):
            if packed[0] not in fates:
                fates[packed[0]] = self._fate(Judgement.unpack(packed))
        self._choose(fates)
        for rows in _batches(open_packs(sides["records"])):
            verdicts = []
            for key, packed in rows:
                fate = fates.get(key)
                if fate is None and self.lost:
                    if key not in gone:
                        gone.add(key)
                        count_lost(self._tally, block_of(key), dead=True)
                    yield TaggedOutput(REJECTED, self.lost.letter(Record.unpack(packed)))
                    continue
                if fate is None:
                    raise RuntimeError(f"no judgement reached item {key}: rows would be lost")
                fate.count(packed)
                if fate.rows == 1:
                    fate.texts = self._texts(fate.judgement, Record.body_of(packed))
                if fate.outcome is None:
                    yield TaggedOutput(REJECTED, fate.letter(Record.unpack(packed)))
                    continue
                if self._members is not None:
                    fate.slices = fate.slices or Counter()
                    fate.slices.update(self._members.codes(Record.extras_of(packed)))
                verdicts.append(packed_part(packed) + fate.shared)
                if fate.to_be_shown:
                    fate.see(Record.unpack(packed))
            if verdicts:
                yield TaggedOutput(VERDICTS, Rows(VERDICT_COLUMNS, verdicts))
                progress.written(len(verdicts))
        yield from self._end([fate for fate in fates.values() if fate.rows])

    def _fate(self, judgement: Judgement) -> Fate:
        if judgement.failure:
            return Fate(judgement)
        outcome = self.judge.decide(
            judgement.kind,
            judgement.probabilities,
            content_key=judgement.content_key,
            image_missing=judgement.image_missing,
            matches=judgement.matches,
        )
        shared = judged_part(judgement, outcome, stamp=self.stamp, keep_text=self.keep_text)
        return Fate(judgement, outcome, shared)

    def _choose(self, fates: Mapping[str, Fate]) -> None:
        """Find the items that the audit may show, before their rows go by."""
        offered = {
            key: places_of(self.judge, fate.judgement, fate.outcome)
            for key, fate in fates.items()
            if fate.outcome and fate.outcome.reasons
        }
        for key, places in chosen(offered, self._tally.shown).items():
            fates[key].places = places

    def _end(self, fates: Iterable[Fate]) -> Iterator[TaggedOutput]:
        counts = OutcomeCounts(self.judge.card)
        for fate in fates:
            counts.images(fate.judgement)
            if fate.outcome:
                counts.verdict(fate.judgement, fate.outcome, rows=fate.rows, texts=fate.texts)
                self._hold(fate, fate.outcome)
            else:
                counts.lost(fate.judgement, fate.texts)
            if fate.to_be_seen and fate.first:
                yield TaggedOutput(REVIEWS, self._entry(fate, fate.first))
            if fate.first and fate.judgement.matches:
                self._show_matches(fate.judgement, fate.first)
            if fate.first and fate.outcome and fate.places:
                self._show(fate, fate.first, fate.outcome)
        counts.add_to(self._tally)
        if max(len(self._posts), len(self._members or ())) >= _MOST_HELD:
            yield from self._let_go()

    def _let_go(self) -> Iterator[TaggedOutput]:
        for keyed in self._posts.packs():
            yield TaggedOutput(POSTS, keyed)
        for keyed in self._members.packs() if self._members is not None else ():
            yield TaggedOutput(MEMBERS, keyed)

    def _hold(self, fate: Fate, outcome: Outcome) -> None:
        item = node_of(fate.judgement.content_key)
        if self._members is not None:
            self._members.add(item, fate.slices or {}, outcome.flags)
        self._posts.add(
            item,
            posted(fate.judgement, fate.texts, shown=fate.is_told),
            rows=fate.rows,
            decision=outcome.decision,
            item_id=fate.item_id,
        )

    def _entry(self, fate: Fate, first: Record) -> dict[str, Any]:
        values = packed_part(first.pack()) + fate.shared
        verdict = dict(zip(VERDICT_COLUMNS, values, strict=True))
        tasks = self.judge.card.tasks_for(fate.judgement.kind)
        return review_row(
            verdict,
            self._texts(fate.judgement, first.body),
            copies=fate.rows,
            margin=fate.outcome.margin if fate.outcome else None,
            multi_label=[task.name for task in tasks if task.multi_label],
        )

    def _texts(self, judgement: Judgement, body: str) -> dict[str, str]:
        """By field, as the record has them or as they were read from its picture."""
        fields = from_json(body)
        if self.layout.columns:
            fields = self.layout.rename(fields)
        read = (judgement.reading.text if judgement.reading else None) or ""
        return {name: _text(fields.get(name)) or read for name in TEXT_FIELDS[judgement.kind]}

    def _show_matches(self, judgement: Judgement, first: Record) -> None:
        """A match is shown with both texts: pictures on one template say different things."""
        text = " / ".join(filter(None, self._texts(judgement, first.body).values()))
        for match in judgement.matches:
            show_match(self._tally, match, (first.source, first.row, first.item_id), text)

    def _show(self, fate: Fate, first: Record, outcome: Outcome) -> None:
        judgement = fate.judgement
        texts = {name: str(text) for name, text in self._texts(judgement, first.body).items()}
        show(
            self._tally.shown,
            fate.places,
            facts_of(judgement, outcome, texts),
            judge=self.judge,
            content_key=judgement.content_key,
            copies=fate.rows,
            first=(first.source, first.row, first.item_id),
        )


def _text(value: Any) -> str:
    """Of a field that may hold a number."""
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


def _batches(rows: Iterator[_KeyedRecord]) -> Iterator[list[_KeyedRecord]]:
    while some := list(itertools.islice(rows, _BATCH_ROWS)):
        yield some
