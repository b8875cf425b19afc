"""The step of a run that looks at the items its audit shows once more."""

from __future__ import annotations

from typing import Any

from apache_beam.utils.shared import Shared

from moderation.verdicts.shown.look import LOOKED, LookAtShown, Looking
from pipelines.score.plan import RunPlan


def look_at_shown(plan: RunPlan, shared_door: Shared) -> dict[str, Any]:
    """By its side's name, as ``RunParts.of_tally`` has it; nothing where nobody wants it.

    Args:
        plan: of the run.
        shared_door: of the steps that had the pictures before, which may still have them.
    """
    options = plan.options
    looking = Looking(
        plan.bundle,
        plan.door,
        batch_size=options.batch_size,
        why=not options.no_why,
        thumbnails=not options.no_thumbnails,
        shared_door=shared_door,
    )
    if not looking.anything:
        return {}
    step: Any = LookAtShown(looking)
    if looking.why and options.accelerator:
        step = step.with_resource_hints(accelerator=options.accelerator)
    return {LOOKED: step}
