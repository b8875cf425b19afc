"""One run's report → its night, and what the next night is compared with."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from moderation.nights.find import Standing
from moderation.runs.committed import table_files
from moderation.runs.marker import usual
from moderation.storage import files
from moderation.storage.input_files import InputFile
from moderation.verdicts.baseline import AUDIT, made_with
from schemas.audit import Account
from schemas.distributions import FlagRate
from schemas.drift import BlockCounts, Drift
from schemas.figures import Proportion
from schemas.manifest import Manifest
from schemas.moments import parse_moment
from schemas.nights import Night, NightCost, NightFlag, NightState

_BLOCKS = TypeAdapter(tuple[BlockCounts, ...])
_FLAGS = TypeAdapter(tuple[FlagRate, ...])
_COUNTS = TypeAdapter(dict[str, int])
_NESTED = TypeAdapter(dict[str, dict[str, int]])


class ReadNight(NamedTuple):
    """A night, and what is needed of it beside."""

    night: Night
    path: str
    blocks: tuple[BlockCounts, ...] = ()
    drift: Drift | None = None
    """As the run itself was compared."""
    flags: tuple[FlagRate, ...] = ()
    queue: tuple[InputFile, ...] = ()
    """Files of its review queue."""


def read_night(found: Standing) -> ReadNight | str:
    """The night of a run; a text where the run is none of scoring: what it is instead."""
    manifest = found.manifest
    if manifest is None:
        night = Night(
            run_id=found.run_id, state=found.state, why=found.why, started_at=found.started_at
        )
        return ReadNight(night, found.path)
    name = next((e.path for e in manifest.outputs if usual(e.path) == AUDIT), None)
    if name is None:
        reports = [e.path for e in manifest.outputs if e.path.endswith(".json")]
        return f"no run of pipelines.score: it wrote {', '.join(reports) or 'no report'}"
    try:
        told = from_json(files.read_bytes(f"{found.folder}/{name}"))
        return _read(found, manifest, told)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        why = f"its {AUDIT} cannot be read: {_line(error)}"
        night = Night(
            run_id=manifest.run_id,
            state=NightState.UNREADABLE,
            why=why,
            started_at=manifest.started_at,
        )
        return ReadNight(night, found.path)


def _read(found: Standing, manifest: Manifest, told: Mapping[str, Any]) -> ReadNight:
    flags = _FLAGS.validate_python((told.get("distributions") or {}).get("flags") or ())
    drift = told.get("drift")
    letters = [(each["code"], each["rows"]) for each in told["dead_letters"]]
    dead: dict[str, int] = {}
    for code, rows in letters:
        dead[code] = dead.get(code, 0) + rows
    night = Night(
        run_id=manifest.run_id,
        state=found.state,
        why=found.why,
        started_at=manifest.started_at,
        finished_at=manifest.finished_at,
        account=Account.model_validate(told["account"]),
        decisions=_NESTED.validate_python(told["decisions"]),
        flags=_raised(flags, _NESTED.validate_python(told["flags"])),
        dead_letters=_COUNTS.validate_python(dead),
        images=_COUNTS.validate_python(told["images"]),
        made_with=made_with(manifest, manifest.hash_banks),
        cost=_cost(manifest, told),
    )
    return ReadNight(
        night=night,
        path=found.path,
        blocks=_BLOCKS.validate_python(told.get("blocks") or ()),
        drift=Drift.model_validate(drift) if drift else None,
        flags=flags,
        queue=tuple(table_files(found.folder, manifest, "review_queue")),
    )


def _raised(
    flags: tuple[FlagRate, ...], by_row: Mapping[str, Mapping[str, int]]
) -> list[NightFlag]:
    """By distinct item where that was counted, else by row and without an interval."""
    if flags:
        return [NightFlag(flag=each.flag, raised=each.raised) for each in flags]
    return [
        NightFlag(flag=flag, raised=_plain(sides.get("true", 0), sum(sides.values())), by_row=True)
        for flag, sides in by_row.items()
    ]


def _plain(hits: int, of: int) -> Proportion:
    value = hits / of if of else None
    return Proportion(value=value, interval_95=None, hits=hits, of=of, why="unreliable")


def _cost(manifest: Manifest, told: Mapping[str, Any]) -> NightCost:
    fetching, profile = told.get("fetching") or {}, told.get("profile") or {}
    return NightCost(
        wall_s=_seconds(manifest.started_at, manifest.finished_at),
        processor_s=profile.get("processor_s"),
        fetches=fetching.get("fetches"),
        fetched_bytes=fetching.get("bytes"),
    )


def _seconds(start: str, end: str) -> float | None:
    try:
        passed: datetime.timedelta = parse_moment(end) - parse_moment(start)
        return passed.total_seconds()
    except (ValueError, OverflowError):
        return None


def _line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return (str(error).splitlines() or [type(error).__name__])[0]
