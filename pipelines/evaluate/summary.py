"""The few lines at the end of an evaluation."""

from __future__ import annotations

from moderation.runs.directory import RunDirectory
from pipelines.command.summary_lines import left_out_lines, loss_lines
from schemas.metrics import (
    Comparison,
    Evaluation,
    Figure,
    PolicyFigures,
    Proportion,
    TaskMetrics,
)

_TWO = (("roc_auc", "ROC AUC"), ("pr_auc", "PR AUC"), ("accuracy", "accuracy"), ("ece", "ECE"))
_MANY = (("macro_f1", "macro-F1"), ("accuracy", "accuracy"), ("weighted_f1", "weighted F1"))
_SEVERAL = (("micro_f1", "micro-F1"), ("samples_f1", "F1 by item"), ("hamming_loss", "Hamming"))


def summary(directory: RunDirectory, seconds: float) -> str:
    """What was evaluated, how good it is, what was left out, and where the page lies."""
    report = Evaluation.model_validate(directory.read_json("metrics.json"))
    lines = [f"evaluation {report.run_id} committed in {seconds:.1f} s (start-up included)", ""]
    for title, side in (("labels", report.labels), ("scores", report.verdicts)):
        told = ", ".join(f"{rows:,} {name}" for name, rows in side.rows.items() if rows)
        lines.append(f"  {title:<8} {side.read:,}: {told or 'none'}")
    for task in report.tasks:
        lines += _task(task)
    lines += [f"  warning: --slice_by {column}: no row has a value" for column in _empty(report)]
    if report.baseline:
        lines += ["", f"  against {report.baseline.run_id}:"]
        for each in report.baseline.comparisons:
            lines += _comparison(each)
    if report.submission:
        name = directory.file("submission.csv")
        lines += ["", f"  submission  {report.submission.rows:,} rows in {name}"]
    lines += left_out_lines(directory)
    lines += loss_lines(report.unreadable)
    if report.dead_letters:
        told = ", ".join(f"{each.rows:,} {each.code}" for each in report.dead_letters[:10])
        lines.append(f"  dead letters: {told}")
    lines += ["", f"  page     {directory.file('evaluation.html')}"]
    return "\n".join([*lines, f"  figures  {directory.file('metrics.json')}"])


def _empty(report: Evaluation) -> list[str]:
    """Columns to slice by that no evaluated row has: a name that was misspelt, as a rule."""
    slices = [each for task in report.tasks for each in task.slices]
    having = {each.column for each in slices if each.value is not None or each.merged_values}
    return sorted({each.column for each in slices} - having)


def _task(task: TaskMetrics) -> list[str]:
    overall = task.overall
    groups = f" in {overall.groups:,} independent groups" if overall.groups else ""
    lines = ["", f"  {task.task}: {overall.items:,} items{groups}, 95 % intervals"]
    lines += _policy(overall.policy) if overall.policy else []
    for name, title in _TWO if task.positive else (*_MANY, *(_SEVERAL if task.multi_label else ())):
        lines.append(f"    {title:<12} {_told(getattr(task.overall, name))}")
    lines += [f"    F1 of {each.label}: {_told(each.f1)}" for each in task.overall.labels]
    return lines


def _policy(policy: PolicyFigures) -> list[str]:
    """What the policy does, before what the model alone would."""
    flagged = next(each for each in policy.decisions if each.decision == "flag")
    named = (
        ("precision of flagging", flagged.due),
        ("recall of flagging", flagged.of_due),
        ("reviewers' load", policy.review_load),
    )
    lines = [f"    {title:<22} {_told(figure)}" for title, figure in named]
    for each in policy.flags:
        lines.append(
            f"    {each.flag:<22} precision {_told(each.precision)}, recall {_told(each.recall)}"
        )
        if each.disagrees:
            lines.append(
                f"  warning: {each.flag} of {each.disagrees:,} items is not what their "
                "probabilities say"
            )
    if policy.label_disagrees:
        lines.append(
            f"  warning: entailment_label of {policy.label_disagrees:,} items is not the likeliest "
            "of their probabilities"
        )
    return [*lines, "    the model alone, at the likeliest label:"]


def _told(figure: Figure | Proportion) -> str:
    if figure.value is None:
        return "undefined"
    told, interval = f"{figure.value:.3f}", figure.interval_95
    if interval:
        return f"{told} ({interval[0]:.3f} to {interval[1]:.3f})"
    return f"{told} (too few groups for an interval)" if figure.why == "few_groups" else told


def _comparison(each: Comparison) -> list[str]:
    if each.refusal:
        return [f"    {each.task}: {each.refusal}"]
    wanted = ("accuracy", "macro_f1", "roc_auc")
    return [f"    {each.task}, {each.items:,} shared items"] + [
        f"      {one.figure:<10} {one.difference:+.3f} "
        f"({one.interval_95[0]:+.3f} to {one.interval_95[1]:+.3f}): {one.verdict}"
        for one in each.differences
        if one.figure in wanted and one.difference is not None and one.interval_95
    ]
