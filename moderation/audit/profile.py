"""From a summed tally to the profile of a run."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.audit.tally import Tally
from moderation.profiling.meter import (
    CLOCK,
    ENCODER,
    ITEMS,
    PROCESSOR,
    SIGNATURE,
    STAGE,
    WHOLE,
)
from schemas.audit import Account
from schemas.profile import (
    EncoderProfile,
    Profile,
    ProfileStage,
    SignatureProfile,
    StageProfile,
)

FAMILY = "profile"
_BESIDE = frozenset({ProfileStage.FETCH, ProfileStage.DECODE, ProfileStage.EXTRACT})
_OF_ROWS = (ProfileStage.READ, ProfileStage.JOIN, ProfileStage.DECIDE, ProfileStage.WRITE)
_S = 1_000_000_000


def profile_of(tally: Tally, books: Account) -> Profile | None:
    """The run's profile; None where nothing was measured."""
    whole = tally.of(FAMILY, WHOLE)
    if not whole:
        return None
    clock, processor = whole.get(CLOCK, 0), whole.get(PROCESSOR, 0)
    spent = {stage: tally.of(FAMILY, STAGE, stage.value) for stage in ProfileStage}
    for stage in _OF_ROWS:
        if spent[stage]:
            spent[stage][ITEMS] = books.read
    spent[ProfileStage.WAIT] |= {ITEMS: books.scored} if spent[ProfileStage.WAIT] else {}
    if feed := spent[ProfileStage.FEED]:  # within a call
        infer = spent[ProfileStage.INFER]
        feed[ITEMS] = infer.get(ITEMS, 0)
        infer[CLOCK] = max(0, infer.get(CLOCK, 0) - feed.get(CLOCK, 0))
    spent[ProfileStage.ENGINE] = {
        CLOCK: max(0, clock - _sum(spent, CLOCK)),
        PROCESSOR: max(0, processor - sum(each.get(PROCESSOR, 0) for each in spent.values())),
        ITEMS: books.read,
    }
    return Profile(
        clock_s=_seconds(clock),
        processor_s=_seconds(processor),
        stages=[_stage(stage, each, whole=processor) for stage, each in spent.items() if each],
        encoders=_encoders(tally),
        signatures=_signatures(tally),
    )


def _sum(spent: Mapping[ProfileStage, Mapping[str, int]], what: str) -> int:
    return sum(each.get(what, 0) for stage, each in spent.items() if stage not in _BESIDE)


def _stage(stage: ProfileStage, spent: Mapping[str, int], *, whole: int) -> StageProfile:
    items, processor = spent.get(ITEMS, 0), spent.get(PROCESSOR, 0)
    return StageProfile(
        stage=stage,
        items=items,
        clock_s=_seconds(spent.get(CLOCK, 0)),
        processor_s=_seconds(processor),
        share=round(processor / whole, 4) if whole else 0.0,
        processor_us_per_item=round(processor / items / 1000, 2) if items else None,
        beside=stage in _BESIDE,
    )


def _encoders(tally: Tally) -> list[EncoderProfile]:
    found: dict[str, dict[str, int]] = {}
    for (name, what), number in tally.family(FAMILY, ENCODER).items():
        found.setdefault(name, {})[what] = number
    return [
        EncoderProfile(
            fields=name,
            asked=counts.get("asked", 0),
            encoded=counts.get("encoded", 0),
            repeated=counts.get("repeated", 0),
            known=counts.get("known", 0),
        )
        for name, counts in found.items()
    ]


def _signatures(tally: Tally) -> list[SignatureProfile]:
    return [
        SignatureProfile(tasks=tasks, two_steps=how == "two_steps", why=why)
        for tasks, how, why in tally.family(FAMILY, SIGNATURE)
    ]


def _seconds(nanoseconds: int) -> float:
    return round(nanoseconds / _S, 4)
