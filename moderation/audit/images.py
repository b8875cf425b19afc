"""What became of the images that records name, for the gate and for the lines on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from moderation.audit.tally import Tally
from schemas.codes import Code, Stage

OK = "ok"
_FAILED = "failed:"
_REMEDIES = {
    Code.NOT_FOUND.value: "see --image_root and --image_template",
    Code.OUTSIDE_ROOT.value: "see --image_root and --allow_outside_root",
    Code.BLOCKED_ADDRESS.value: "see --allow_private_hosts and --allow_hosts",
    Code.BLOCKED_HOST.value: "see --allow_hosts, --deny_hosts and --allowed_ports",
    Code.BLOCKED_BUCKET.value: "see --image_buckets",
    Code.FORBIDDEN.value: "see what the account of this run may read",
    Code.TIMEOUT.value: "see --image_timeout_s",
    Code.TOO_LARGE_BYTES.value: "see --max_image_mb",
    Code.TOO_MANY_PIXELS.value: "see --max_image_megapixels",
    **dict.fromkeys(
        (Code.DNS.value, Code.CONNECTION.value, Code.TLS.value, Code.HOST_GIVEN_UP.value),
        "see whether this machine reaches the hosts, or --egress_proxy",
    ),
}


def outcomes(statuses: Mapping[str, int]) -> dict[str, int]:
    """Images that were wanted: ``ok``, then what failed by code, the most frequent first.

    Args:
        statuses: counts by ``ok``, ``failed:CODE``, and what is left out here: ``absent``, where
            a record names no image, and ``unused``, where the model takes none.
    """
    lost = {
        status.removeprefix(_FAILED): count
        for status, count in statuses.items()
        if status.startswith(_FAILED) and count
    }
    ordered = sorted(lost.items(), key=lambda each: (-each[1], each[0]))
    had = statuses.get(OK, 0)
    return ({OK: had} if had else {}) | dict(ordered)


def statuses_by_field(fields: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Several fields' statuses as one."""
    total = Counter[str]()
    for statuses in fields:
        total.update(statuses)
    return dict(total)


def statuses_of_letters(letters: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """Statuses of images whose rows were lost with them, from letters' stage, code and rows."""
    stages = (Stage.FETCH.value, Stage.DECODE.value)
    lost = Counter[str]()
    for stage, code, rows in letters:
        if stage in stages and code != Code.NO_IMAGE.value:
            lost[_FAILED + code] += rows
    return dict(lost)


def letters_of(tally: Tally) -> list[tuple[str, str, int]]:
    """Stage, code and rows of the dead letters of a tally, but for those that were passed on."""
    passed_on = tally.family("passed_on")
    return [
        (stage, code, rows - passed_on.get((stage, code), 0))
        for (stage, code), rows in tally.family("dead").items()
    ]


def missing(counts: Mapping[str, int]) -> int:
    """How many of the images that were wanted could not be had."""
    return sum(counts.values()) - counts.get(OK, 0)


def listed(counts: Mapping[str, int], *, most: int = 6) -> str:
    """Outcomes in words, as in ``60 ok, 2 not_found``."""
    parts = [f"{count:,} {name}" for name, count in counts.items()]
    rest = sum([*counts.values()][most:])
    return ", ".join(parts[:most]) + (f", {rest:,} others" if rest else "")


def none_had(counts: Mapping[str, int]) -> str:
    """What to say where images were wanted and not one could be had; empty otherwise."""
    wanted = sum(counts.values())
    return f"none of {wanted:,} images could be had" if wanted and OK not in counts else ""


def remedy(counts: Mapping[str, int]) -> str:
    """What to look at, by what made most images fail; empty where nothing is known to help."""
    first = next((code for code in counts if code != OK), OK)
    return _REMEDIES.get(first, "") if 2 * counts.get(first, 0) > missing(counts) else ""
