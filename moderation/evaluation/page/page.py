"""``evaluation.html``: an evaluation as one self-contained page. Everything is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from moderation.pages.charts.plot import plot
from moderation.pages.render import render as render_page
from schemas.metrics import Evaluation

FIGURES = {
    "accuracy": "Accuracy",
    "macro_f1": "Macro-F1",
    "weighted_f1": "Weighted F1",
    "micro_f1": "Micro-F1",
    "samples_f1": "F1 by item",
    "hamming_loss": "Hamming loss",
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC (average precision)",
    "log_loss": "Log loss",
    "brier": "Brier score",
    "ece": "Calibration error (ECE)",
}
_A_TABLE_HERE = "confusion"
_ACCOUNTS = {
    "evaluated": "evaluated",
    "dead_letter_in_run": "dead letters of the run",
    "without_verdict": "without a verdict",
    "without_label": "without a label",
    "other_task": "judged on another task",
    "without_scores": "decided without the model, for a known picture",
    "duplicate": "said again",
    "conflicting": "contradicting each other",
    "verdict_conflicting": "with contradicting verdicts",
    "label_unusable": "whose label cannot be used",
    "unlabelled": "without a label",
    "dead_lettered": "dead letters",
}


def render(evaluation: Evaluation, plots: Mapping[str, Mapping[str, bytes]]) -> str:
    """The page.

    Args:
        evaluation: what is told.
        plots: SVG by the task's place among the tasks (as text) and the plot's name.
    """
    return render_page(
        "evaluation.html.j2",
        run=evaluation,
        evaluation=evaluation,
        figures=FIGURES,
        accounts=_ACCOUNTS,
        plots={task: dict(_inline(task, drawn)) for task, drawn in plots.items()},
    )


def _inline(task: str, drawn: Mapping[str, bytes]) -> Iterator[tuple[str, Markup]]:
    """All but the confusion, which the page has as a table."""
    for name, svg in drawn.items():
        if name != _A_TABLE_HERE:
            told = name.partition(".")[0].replace("_", " ")
            yield name, plot(svg, told=told, name=f"plot-{task}-{name.replace('.', '-')}")
