"""What a run is to compute in, as far as it is known before the model is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from moderation.models.precision import expect_units
from moderation.models.types import ModelError
from moderation.runs.committed import CommittedRun
from moderation.runs.directory import RunDirectory
from moderation.runs.journal_files import begun_in
from schemas.precision import Precision, PrecisionFacts

AUTO = "auto"


def precision_asked(
    given: str, fingerprint: str, *, directory: RunDirectory, reused: Sequence[CommittedRun]
) -> tuple[PrecisionFacts, bool]:
    """The precision, and whether it is still to be measured on the machine that works.

    ``auto`` stays with what was begun, then with what may be carried over: scores of the other
    precision would have to be made anew.

    Args:
        given: the option.
        fingerprint: of the model.
        directory: of the run, which may have a journal.
        reused: runs that are offered, the newest first.
    """
    if given != AUTO:
        facts = PrecisionFacts(used=Precision(given), asked=given, why="asked for")
        return facts, False
    if begun := begun_in(directory.journal):
        return _auto(begun, "as this run was begun"), False
    same = next((r for r in reused if r.manifest.model_fingerprint == fingerprint), None)
    if same is None:
        return _auto(Precision.FLOAT32, "nothing is measured where others do the work"), True
    why = f"as run {same.manifest.run_id}, whose scores are carried over"
    try:
        expect_units(same.precision)
    except ModelError:
        why = f"this machine cannot compute in {same.precision.value}, {why}"
        return _auto(Precision.FLOAT32, why), False
    return _auto(same.precision, why), False


def _auto(used: Precision, why: str) -> PrecisionFacts:
    return PrecisionFacts(used=used, asked=AUTO, why=why)
