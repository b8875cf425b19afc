"""The few lines at the end of a run."""

from __future__ import annotations

from moderation.audit.images import outcomes
from moderation.runs.directory import RunDirectory
from pipelines.command.summary_lines import (
    image_lines,
    left_out_lines,
    loss_lines,
    many,
    parent_lines,
)
from schemas.audit import Audit
from schemas.manifest import Manifest
from schemas.precision import Precision, PrecisionFacts


def summary(directory: RunDirectory, seconds: float) -> str:
    """What was read, decided, flagged and lost, and where the report lies."""
    audit = Audit.model_validate(directory.read_json("audit.json"))
    books = audit.account
    lines = [
        _first_line(audit, seconds),
        "",
        f"  read {books.read:,} = scored {books.scored:,} + reused {books.reused:,} "
        f"+ duplicates {books.duplicates:,} + dead-lettered {books.dead_lettered:,}",
    ]
    lines += parent_lines(audit.parents)
    lines += [f"  reused {run.items:,} scores of {run.path}" for run in audit.reused]
    for kind, decisions in audit.decisions.items():
        shown = ", ".join(f"{decisions[name]:,} {name}" for name in _ORDER if name in decisions)
        lines.append(f"  decided, {kind.replace('_', ' ')}s: {shown}")
    raised = {flag: sides.get("true", 0) for flag, sides in audit.flags.items()}
    if raised:
        lines.append("  raised: " + ", ".join(f"{rows:,} {flag}" for flag, rows in raised.items()))
    instead = "verdicts are by texts alone" if books.scored + books.reused else "none was judged"
    lines += image_lines(outcomes(audit.images), instead=instead)
    lines += precision_lines(audit.precision)
    lines += _reading_lines(audit) + _bank_lines(audit) + drift_lines(audit)
    lines += left_out_lines(directory)
    lines += loss_lines(audit.unreadable)
    if audit.dead_letters:
        lines.append("  dead letters:")
        lines += [
            f"    {letter.rows:>8,}  {letter.code} ({letter.stage})"
            for letter in audit.dead_letters[:10]
        ]
    lines += ["", f"  report    {directory.file('audit.html')}"]
    lines += [f"  verdicts  {directory.file('verdicts/')}"]
    named = _rows_of_outputs(directory)
    waiting = sum(rows for file, rows in named.items() if file.startswith(_QUEUE))
    if waiting:
        queue = f"({many(waiting, 'distinct item')} for people)"
        lines += [f"  review    {directory.file('review_queue/')} {queue}"]
        if any(file.startswith(_TASKS) for file in named):
            lines += [f"  tasks     {directory.file(_TASKS)}, to import"]
    return "\n".join(lines)


def _first_line(audit: Audit, seconds: float) -> str:
    if not seconds:
        return f"run {audit.run_id} was committed at {audit.finished_at}"
    rate = audit.account.read / seconds
    return (
        f"run {audit.run_id} committed in {seconds:.1f} s ({rate:,.1f} rows/s, start-up included)"
    )


def precision_lines(facts: PrecisionFacts | None) -> list[str]:
    """What the model computed in, where that is not what it always was, or was measured."""
    if facts is None or (facts.used is Precision.FLOAT32 and not facts.rows):
        return []
    return [f"  precision {facts.used.value}: {facts.why}"]


def _reading_lines(audit: Audit) -> list[str]:
    """What became of pictures whose records have no text."""
    if not audit.readings:
        return []
    told = ", ".join(f"{n:,} {ending.replace('_', ' ')}" for ending, n in audit.readings.items())
    return [f"  texts read from pictures: {told}"]


def _bank_lines(audit: Audit) -> list[str]:
    """What banks of known pictures found."""
    lines = []
    for bank in audit.hash_banks:
        found = ", ".join(f"{n:,} as {how.replace('_', ' ')}" for how, n in bank.rows.items())
        spared = f"; {many(bank.blocked, 'item')} decided without the model" * bool(bank.blocked)
        lines.append(f"  known pictures of {bank.name}: {found or 'none'}{spared}")
    return lines


def drift_lines(audit: Audit) -> list[str]:
    """What differs from the run before, and whose decisions changed."""
    drift = audit.drift
    if drift is None or drift.baseline is None:
        return []
    named = [f"{measure.words}, {distance.name.value}" for measure, distance in drift.alarms[:3]]
    more = f" and {len(drift.alarms) - 3:,} more" * (len(drift.alarms) > 3)
    told = f"{many(len(drift.alarms), 'alarm')}: {'; '.join(named)}{more}" if named else "none"
    if not drift.measures:
        told = f"no figure could be compared ({'; '.join(drift.not_compared[:1])})"
    lines = [f"  drift since {drift.baseline}: {told}"]
    if drift.decisions and drift.decisions.changed:
        both = drift.decisions
        sample = " in a sample" * (both.sampled < 1)
        items = f"{both.changed:,} of {both.items:,} items that both saw{sample}"
        lines.append(f"    {items} have another decision")
    return lines


def _rows_of_outputs(directory: RunDirectory) -> dict[str, int]:
    """Rows by file, as the manifest counts them."""
    manifest = Manifest.model_validate(directory.read_json("manifest.json"))
    return {file.path: file.rows or 0 for file in manifest.outputs}


_ORDER = ("flag", "review", "clear")
_QUEUE, _TASKS = "review_queue/", "review_tasks/"
