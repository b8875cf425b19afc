"""The few lines at the end of an export."""

from __future__ import annotations

from moderation.exports.bank import MADE, WITHOUT_HASH
from moderation.exports.card import CARD
from moderation.exports.gates import USABLE
from moderation.runs.directory import RunDirectory
from pipelines.command.summary_lines import left_out_lines, loss_lines, many
from schemas.codes import Stage
from schemas.export import Agreement, ExportReport


def summary(directory: RunDirectory, seconds: float) -> str:
    """What was read, taken and left out, and where the set lies."""
    report = ExportReport.model_validate(directory.read_json("export.json"))
    rate = report.verdicts_read / seconds if seconds else 0.0
    left_out = {name: rows for name, rows in report.verdicts.items() if name != "exported"}
    lines = [
        f"export {report.run_id} committed in {seconds:.1f} s ({rate:,.1f} verdicts/s, start-up "
        "included)",
        "",
        f"  rows {report.rows:,} of {report.verdicts_read:,} verdicts; left out: {_told(left_out)}",
        f"  decisions {report.decisions_read:,}: {_told(report.decisions)}",
    ]
    lines += _unusable(report)
    for kind, labels in report.rows_by_label.items():
        lines.append(f"  {kind.value.replace('_', ' ')}s: {_told(labels)}")
    if report.rows_by_label_source.get("pseudo"):
        lines.append(f"  pseudo-labelled: {report.rows_by_label_source['pseudo']:,}")
    lines += map(_agreement, report.agreement)
    if report.held_out:
        lines.append(f"  held out: {_told(report.held_out.rows_excluded)}")
    if report.texts_lost:
        lines.append(
            f"  warning: {many(report.texts_lost, 'row')} without the text that was read from the "
            "picture: score with --keep_text"
        )
    if report.bank:
        lines.append(f"  bank: {_told(report.bank)}  {directory.file('bank/')}")
        if report.bank.get(WITHOUT_HASH) and not report.bank.get(MADE):
            lines.append("  warning: no picture has a hash: score with --write_hashes")
    elif bank := report.options.get("bank"):
        lines.append(f"  warning: the bank is empty: people gave no item the label {bank}")
    if report.diff:
        lines.append(
            f"  against {report.diff.previous_run_id}: {report.diff.added:,} added, "
            f"{report.diff.removed:,} removed, {report.diff.relabelled:,} relabelled"
        )
    lines += left_out_lines(directory)
    lines += loss_lines(report.unreadable)
    if report.dead_letters:
        lines.append("  dead letters:")
        lines += [
            f"    {letter.rows:>8,}  {letter.code} ({letter.stage})"
            for letter in report.dead_letters[:10]
        ]
    if report.reviewers_key == "random" and report.decisions_read:
        lines.append(
            "  reviewers are hashed with a key of this export alone: give a key to compare"
        )
    lines += ["", f"  card   {directory.file(CARD)}", f"  data   {directory.file('data/')}"]
    return "\n".join(lines)


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{rows:,} {name}" for name, rows in counts.items()) or "none"


def _unusable(report: ExportReport) -> list[str]:
    """A warning of decisions that could not be used."""
    lost = {
        letter.code: letter.rows
        for letter in report.dead_letters
        if letter.stage == Stage.DECIDE.value and letter.code not in USABLE
    }
    if not lost:
        return []
    return [
        f"  warning: {sum(lost.values()):,} of {report.decisions_read:,} decisions could not "
        f"be used: {_told(lost)}; dead_letters/ says why of each"
    ]


def _agreement(each: Agreement) -> str:
    alpha = each.krippendorff_alpha
    told = "undefined" if alpha is None else f"{alpha:.3f}"
    return (
        f"  agreement on {each.task}: Krippendorff's alpha {told} "
        f"over {each.items:,} items, {each.unanimous:,} unanimous"
    )
