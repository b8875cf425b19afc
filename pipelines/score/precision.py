"""What a run computes in: settled once at launch, told to every worker (decision 0049)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from moderation.models.bundle import Bundle
from moderation.models.calls import Result
from moderation.models.halving import Tally
from moderation.models.loading import load, warm_up
from moderation.models.precision import expect_units, has_gpus
from moderation.models.precision_probe import LEAST_ITEMS, ROUND_ROWS, Scoring, choose, compare
from moderation.models.scorer import Scorer, plain_message
from moderation.models.types import ModelError, ModelItem
from moderation.verdicts.first_items import first_items
from pipelines.command.usage import UsageError
from pipelines.score.plan import RunPlan
from schemas.precision import Precision, PrecisionFacts
from schemas.records import Kind

_ITEMS = 256
"""With fewer, measuring takes longer than it saves."""


def settle(plan: RunPlan, *, verbose: bool) -> RunPlan:
    """Load the model where it will work, and choose what it computes in where that is open.

    Raises:
        UsageError: the model does not work here, or not in the precision that was asked for.
    """
    kinds = list(dict.fromkeys(task.kind for task in plan.bundle.card.tasks))
    try:
        warm_up(plan.bundle, kinds, verbose=verbose)
    except ModelError as error:
        raise UsageError.of(error) from error
    if not plan.measure:
        return plan
    facts = _measured(plan)
    if facts.used is not Precision.FLOAT32:
        try:
            warm_up(replace(plan.bundle, precision=facts.used), kinds, verbose=verbose)
        except ModelError as error:
            why = f"{facts.why}, but {str(error).splitlines()[0]}"
            facts = facts.model_copy(update={"used": Precision.FLOAT32, "why": why})
    return computing_in(plan, facts)


def computing_in(plan: RunPlan, facts: PrecisionFacts) -> RunPlan:
    """The plan with a precision that was measured: every worker is told, every row says it."""
    bundle = replace(plan.bundle, precision=facts.used)
    journal = replace(plan.known.journal, model_fingerprint=bundle.identity)
    return replace(
        plan,
        bundle=bundle,
        header=replace(plan.header, precision=facts),
        known=replace(plan.known, journal=journal),
    )


def _measured(plan: RunPlan) -> PrecisionFacts:
    """Float32 but where bfloat16 was seen to be better; never raises for want of it."""
    try:
        expect_units(Precision.BFLOAT16)
    except ModelError:
        return _plain("this machine's processor does not multiply bfloat16")
    try:
        items = first_items(
            plan.header.inputs,
            plan.validator,
            plan.bundle.card,
            plan.door,
            wanted=_ITEMS,
            rows=plan.options.limit,
            max_row_bytes=plan.max_row_bytes,
        )
        return chosen(plan.bundle, items)
    except Exception as error:  # the run itself is to meet whatever it was, row by row
        return _plain(f"bfloat16 could not be tried: {plain_message(error)}")


def chosen(bundle: Bundle, items: Mapping[Kind, Sequence[ModelItem]]) -> PrecisionFacts:
    """What is better for a model that is loaded, by some items of each kind."""
    if not items:
        return _plain(f"fewer than {_ITEMS} different items in the first rows: too few to measure")
    for kind, some in items.items():
        if len(some) < LEAST_ITEMS:
            return _plain(f"{len(some)} {kind.value}s in the first rows: too few to measure")
    loaded = load(bundle)

    def scoring(kind: Kind) -> Scoring:
        calls = loaded.scorer(kind).calls
        scorers = {precision: Scorer(calls, precision) for precision in Precision}

        def score(some: Sequence[ModelItem], precision: Precision) -> Sequence[Result]:
            return scorers[precision].score(some, batch_size=ROUND_ROWS, tally=Tally())

        return score

    spent = time.perf_counter if has_gpus() else time.process_time
    return choose({kind: compare(some, scoring(kind), spent=spent) for kind, some in items.items()})


def _plain(why: str) -> PrecisionFacts:
    return PrecisionFacts(used=Precision.FLOAT32, asked="auto", why=why)
