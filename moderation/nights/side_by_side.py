"""All nights of a folder, one after the other: one is in memory at a time, with the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from moderation.nights.agree import Agreements
from moderation.nights.find import Standing, run_folders, standing
from moderation.nights.night_drift import beside
from moderation.nights.people import Decided
from moderation.nights.read_night import ReadNight, read_night
from moderation.runs.committed import RunError
from schemas.nights import Night, Nights, NightState

_THREADS = 8
_BEGAN = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d))?")


def side_by_side(
    runs_dir: str, *, name: str, decided: Decided, decisions_files: Sequence[str] = ()
) -> Nights:
    """The runs of a folder in the order in which they began.

    Args:
        runs_dir: local or remote.
        name: of the option whose value it is.
        decided: what people decided.
        decisions_files: where that stands.

    Raises:
        RunError: there are no runs, or what people saw cannot be read.
    """
    found = sorted(_standings(run_folders(runs_dir, name=name)), key=_begun)
    agreements, passed_over = Agreements(decided), {}
    nights: list[Night] = []
    before: ReadNight | None = None
    for each, read in zip(found, map(read_night, found), strict=True):
        if isinstance(read, str):
            passed_over[each.run_id] = read
            continue
        night = beside(read, before) if before and read.night.account else read.night
        if night.state is NightState.COMMITTED:
            before = read
            agreement = agreements.add(read) if decided.count else []
            night = night.model_copy(update={"agreement": agreement})
        nights.append(night)
    if not nights:
        raise RunError(
            f"{runs_dir} holds no runs of pipelines.score, only: "
            + "; ".join(f"{run} ({what})" for run, what in list(passed_over.items())[:3])
        )
    return Nights(
        runs_dir=runs_dir,
        nights=nights,
        passed_over=passed_over,
        decisions_files=list(decisions_files),
        agreement=agreements.over_all(),
        decisions=decided.count,
        decisions_unmatched=agreements.unmatched(),
        decisions_unusable=decided.unusable,
        problems=decided.problems,
    )


def _standings(paths: Iterable[str]) -> Iterator[Standing]:
    with ThreadPoolExecutor(_THREADS, "runs") as pool:  # a store answers one question slowly
        yield from pool.map(standing, paths)


def _begun(found: Standing) -> tuple[str, str]:
    """When a run began: by its manifest or journal, else by the date that its id begins with."""
    told = found.manifest.started_at if found.manifest else found.started_at
    moment = _BEGAN.match(told or "") or _BEGAN.match(found.run_id)
    return "".join(part or "00" for part in moment.groups()) if moment else "", found.run_id
