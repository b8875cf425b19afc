"""The pipeline of ``pipelines.score``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.utils.shared import Shared

from moderation.audit.keyed.ranges import KeyedSum, SumRanges
from moderation.audit.keyed.repeats import SumRepeats
from moderation.audit.keyed.slices import SumSlices
from moderation.audit.profile_taps import TakeProfile
from moderation.audit.tally_transforms import TALLY
from moderation.images.prefetch import FETCHING, SumDoorStats
from moderation.records import read
from moderation.records.parked_rows import Part
from moderation.review.write import ReviewTasks
from moderation.runs.close import CloseRun, RunParts
from moderation.storage.row_packs import PackKeyed
from moderation.verdicts import join, score
from moderation.verdicts.decide import Judge
from moderation.verdicts.keep import SliceNotes
from moderation.verdicts.known import KNOWN, UNKNOWN, MeetSources
from moderation.verdicts.known_pictures import PartKnown, PictureRule
from moderation.verdicts.run_report import REPEATS, SLICES
from moderation.verdicts.run_tables import REVIEW_QUEUE
from moderation.verdicts.stored_scores import TakeStored
from pipelines.score.plan import RunPlan
from pipelines.score.profiling import measured
from pipelines.score.shown_items import look_at_shown

_BUCKETS_OF_A_SLICE = 64
"""At most."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What of a run one pipeline does; by default all of it, with nothing known before."""

    parts: tuple[Part, ...] | None = None
    """Of the inputs."""
    limit: int | None = None
    """Rows."""
    meet: Any = None
    """A transform by which items meet what is known of them."""
    notes: SliceNotes | None = None
    """Where later stretches look."""
    shared_door: Shared = field(default_factory=Shared)


def build(pipeline: Any, plan: RunPlan) -> None:
    """Lay the whole job out on one pipeline."""
    meet = MeetSources(plan.known) if plan.known.any() else None
    stretch = Stretch(limit=plan.options.limit, meet=meet)
    parts = lay_out(pipeline, plan, stretch)
    tasks = parts.tables[REVIEW_QUEUE.table] | "Tasks" >> ReviewTasks(plan.report.review)
    summed = parts.sides[FETCHING] | "SumStats" >> beam.CombineGlobally(SumDoorStats())
    sums = {
        side: parts.sides[name] | f"Sum/{side}" >> SumRanges(how)
        for name, (side, how) in ranged_sums(plan).items()
    }
    sides = {FETCHING: summed, **sums}
    parts = parts._replace(tables={**parts.tables, **tasks}, sides=sides)
    _ = parts | "Close" >> CloseRun(
        plan.header,
        plan.report,
        profiled=plan.options.profile,
        of_tally=look_at_shown(plan, stretch.shared_door),
    )
    profile(pipeline, plan)


def ranged_sums(plan: RunPlan) -> dict[str, tuple[str, KeyedSum[Any]]]:
    """What is summed by ranges of keys: sides of a stretch, and of the run what they sum up to."""
    sums: dict[str, tuple[str, KeyedSum[Any]]] = {join.POSTS: (REPEATS, SumRepeats())}
    if by := plan.report.slice_by:
        sums[join.MEMBERS] = (SLICES, SumSlices(by, min(plan.buckets, _BUCKETS_OF_A_SLICE)))
    return sums


def lay_out(pipeline: Any, plan: RunPlan, stretch: Stretch) -> RunParts:
    """From records to what a run is closed with, from top to bottom as the rows flow."""
    options, policy = plan.options, plan.policy.policy
    judge = Judge(policy, plan.bundle.card)
    bundle, run_id = plan.bundle, plan.directory.run_id
    stamp = join.Stamp(run_id, bundle.fingerprint, policy.version, bundle.precision.value)

    summed = ranged_sums(plan)
    buckets = plan.buckets if stretch.parts is None else min(plan.buckets, _BUCKETS_OF_A_SLICE)

    rows = pipeline | "Read" >> read.ReadRecords(
        plan.header.inputs,
        plan.validator,
        max_row_bytes=plan.max_row_bytes,
        limit=stretch.limit,
        parts=stretch.parts,
        buckets=buckets,
    )
    distinct = rows[read.ITEMS] | "Distinct" >> read.OnePerKey()
    judged = (_stored if plan.lost else _judged)(distinct, plan, stretch, buckets)
    judgements = judged.judgements | "Judged" >> beam.Flatten()
    decided = (
        {"records": rows[read.RECORDS], "judgements": judgements}
        | "Join" >> beam.CoGroupByKey()
        | "Decide"
        >> beam.ParDo(
            join.FanOut(
                judge,
                stamp,
                options.layout(),
                options.keep_text,
                lost=plan.lost,
                ranges=buckets,
                slice_by=plan.report.slice_by,
            )
        ).with_outputs(join.VERDICTS, join.REVIEWS, join.REJECTED, *summed, TALLY)
    )
    return RunParts(
        tables={"verdicts": decided[join.VERDICTS], REVIEW_QUEUE.table: decided[join.REVIEWS]},
        rejected=(rows[read.REJECTED], decided[join.REJECTED]),
        tallies=(decided[TALLY], *_taps(rows[read.COUNTS], *judged.fetching[:1], plan=plan)),
        counts=(rows[read.COUNTS],),
        sides={
            FETCHING: judged.fetching | "Fetching" >> beam.Flatten(pipeline=pipeline),
            **{name: decided[name] for name in summed},
        },
    )


class _Judged(NamedTuple):
    judgements: tuple[Any, ...]
    """Packs."""
    fetching: tuple[Any, ...] = ()
    """What the door counted."""


def _judged(items: Any, plan: RunPlan, stretch: Stretch, buckets: int) -> _Judged:
    """Items by the model, but for those of which enough is known."""
    met = _met(items, plan, stretch, buckets)
    scored = met.unknown | "Score" >> _hinted(
        score.ScoreItems(
            plan.bundle,
            plan.door,
            batch_size=plan.options.batch_size,
            journal=plan.known.journal,
            buckets=buckets,
            notes=stretch.notes,
            read=plan.read,
            hashes=plan.banks.hashes,
            shared_door=stretch.shared_door,
        ),
        plan.options.accelerator,
    )
    return _Judged((scored[score.JUDGEMENTS], *met.known), (scored[FETCHING], *met.fetching))


def _stored(items: Any, plan: RunPlan, stretch: Stretch, buckets: int) -> _Judged:
    """Items by the scores that there are, and no others."""
    met = items | "Known" >> (stretch.meet or MeetSources(plan.known))
    return _Judged((met | "Stored" >> TakeStored(buckets),))


def profile(pipeline: Any, plan: RunPlan) -> None:
    """Have what was laid out measured, where that was asked for."""
    if plan.options.profile:
        measured(pipeline, run_id=plan.directory.run_id)


def _taps(*ends: Any, plan: RunPlan) -> Iterator[Any]:
    """Tallies of what workers spent, from collections that each bundle ends in."""
    if plan.options.profile:
        for number, end in enumerate(ends):
            yield end | f"Profile/{number}" >> beam.ParDo(TakeProfile(plan.directory.run_id))


class _Met(NamedTuple):
    unknown: Any
    """Items to score."""
    known: tuple[Any, ...] = ()
    """Judgements that there are already."""
    fetching: tuple[Any, ...] = ()
    """What the door counted when it looked at pictures again."""


def _met(items: Any, plan: RunPlan, stretch: Stretch, buckets: int) -> _Met:
    if stretch.meet is None:
        return _Met(items)
    rule = PictureRule(plan.options.reuse_images)
    parked = plan.validator.parking.folder
    met = (
        items
        | "Known" >> stretch.meet
        | "Part"
        >> beam.ParDo(
            PartKnown(
                rule,
                parked,
                plan.door,
                plan.banks.hashes,
                keep_text=plan.options.keep_text,
                shared=stretch.shared_door,
            )
        ).with_outputs(KNOWN, UNKNOWN, FETCHING)
    )
    known = met[KNOWN] | "PackKnown" >> PackKeyed(buckets)
    return _Met(met[UNKNOWN], (known,), (met[FETCHING],))


def _hinted(transform: Any, accelerator: str | None) -> Any:
    """The hint sits on fetch, decode and model together: pixels stay on the worker."""
    return transform.with_resource_hints(accelerator=accelerator) if accelerator else transform
