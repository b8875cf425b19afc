"""A night beside the committed one before."""

from __future__ import annotations

from moderation.audit.drift.compare import compare
from moderation.nights.read_night import ReadNight
from moderation.verdicts.baseline import changes
from moderation.verdicts.run_drift import spelled
from schemas.drift import Compared, Distance, DistanceName, Drift
from schemas.nights import Night, NightDrift, NightFigure

_NIGHTS = 499
"""Drawn where a run was not compared with the one before: of a year there are 365 such."""
_SHOWN = (DistanceName.L_INF, DistanceName.PSI, DistanceName.DIFFERENCE)


def beside(night: ReadNight, before: ReadNight) -> Night:
    """The night with what changed since the one before."""
    now, then = night.night, before.night
    return now.model_copy(
        update={
            "changes": changes(then.made_with, now.made_with),
            "drift": _drift(night, before),
        }
    )


def _drift(night: ReadNight, before: ReadNight) -> NightDrift:
    """As the run itself was compared, where that was with this night."""
    baseline, own = before.night.run_id, night.drift
    if own and own.baseline == baseline and own.path == before.path:
        return _told(baseline, own.measures, own.not_compared, own)
    if not (night.blocks and before.blocks):
        lacking = night if not night.blocks else before
        why = f"run {lacking.night.run_id} is from before items were counted for comparison"
        return NightDrift(baseline=baseline, figures=[], alarms=[], not_compared=[why])
    found = compare(night.blocks, before.blocks, nights=_NIGHTS)
    made = Drift(baseline=baseline, measures=found.measures)
    return _told(baseline, found.measures, found.not_compared, made)


def _told(
    baseline: str, measures: list[Compared], not_compared: list[str], drift: Drift
) -> NightDrift:
    figures = [
        _figure(measure, distance)
        for measure in measures
        for distance in measure.distances
        if distance.name in _SHOWN
    ]
    alarms = [spelled(measure, distance) for measure, distance in drift.alarms]
    return NightDrift(baseline=baseline, figures=figures, alarms=alarms, not_compared=not_compared)


def _figure(measure: Compared, distance: Distance) -> NightFigure:
    return NightFigure(
        of=measure.of,
        name=measure.name,
        distance=distance.name,
        value=distance.value,
        alarm=distance.alarm,
    )
