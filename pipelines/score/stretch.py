"""The pipeline of ``pipelines.score``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.utils.shared import Shared

from moderation.audit.tally_transforms import TALLY
from moderation.images.prefetch import FETCHING, SumDoorStats
from moderation.records import read
from moderation.records.parked_rows import Part
from moderation.runs.close import CloseRun, RunParts
from moderation.storage.row_packs import PackKeyed
from moderation.verdicts import join, score
from moderation.verdicts.decide import Judge
from moderation.verdicts.keep import SliceNotes
from moderation.verdicts.known import KNOWN, UNKNOWN, MeetSources, PartKnown
from pipelines.score.plan import RunPlan

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
    parts = lay_out(pipeline, plan, Stretch(limit=plan.options.limit, meet=meet))
    summed = parts.sides[FETCHING] | "SumStats" >> beam.CombineGlobally(SumDoorStats())
    _ = parts._replace(sides={FETCHING: summed}) | "Close" >> CloseRun(plan.header, plan.report)


def lay_out(pipeline: Any, plan: RunPlan, stretch: Stretch) -> RunParts:
    """From records to what a run is closed with, from top to bottom as the rows flow."""
    options, policy = plan.options, plan.policy.policy
    judge = Judge(policy, plan.bundle.card)
    stamp = join.Stamp(plan.directory.run_id, plan.bundle.fingerprint, policy.version)

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
    unknown, known = _met(distinct, stretch, buckets)
    scored = unknown | "Score" >> _hinted(
        score.ScoreItems(
            plan.bundle,
            plan.door,
            batch_size=options.batch_size,
            journal=plan.known.journal,
            buckets=buckets,
            notes=stretch.notes,
            shared_door=stretch.shared_door,
        ),
        options.accelerator,
    )
    judgements = (scored[score.JUDGEMENTS], *known) | "Judged" >> beam.Flatten()
    decided = (
        {"records": rows[read.RECORDS], "judgements": judgements}
        | "Join" >> beam.CoGroupByKey()
        | "Decide"
        >> beam.ParDo(join.FanOut(judge, stamp, options.layout())).with_outputs(
            join.VERDICTS, join.REVIEWS, join.REJECTED, TALLY
        )
    )
    return RunParts(
        tables={"verdicts": decided[join.VERDICTS], "review_queue": decided[join.REVIEWS]},
        rejected=(rows[read.REJECTED], decided[join.REJECTED]),
        tallies=(decided[TALLY],),
        counts=(rows[read.COUNTS],),
        sides={FETCHING: scored[FETCHING]},
    )


def _met(items: Any, stretch: Stretch, buckets: int) -> tuple[Any, tuple[Any, ...]]:
    """Items to score, and judgements that there are already."""
    if stretch.meet is None:
        return items, ()
    met = (
        items
        | "Known" >> stretch.meet
        | "Part" >> beam.ParDo(PartKnown()).with_outputs(KNOWN, UNKNOWN)
    )
    return met[UNKNOWN], (met[KNOWN] | "PackKnown" >> PackKeyed(buckets),)


def _hinted(transform: Any, accelerator: str | None) -> Any:
    """The hint sits on fetch, decode and model together: pixels stay on the worker."""
    return transform.with_resource_hints(accelerator=accelerator) if accelerator else transform
