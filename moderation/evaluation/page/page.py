"""``evaluation.html``: an evaluation as one self-contained page. Everything is escaped."""

from __future__ import annotations

import base64
import importlib.resources
from collections.abc import Mapping

from schemas.metrics import Difference, Evaluation, Figure, Proportion

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
_ACCOUNTS = {
    "evaluated": "evaluated",
    "dead_letter_in_run": "dead letters of the run",
    "without_verdict": "without a verdict",
    "without_label": "without a label",
    "other_task": "judged on another task",
    "duplicate": "said again",
    "conflicting": "contradicting each other",
    "verdict_conflicting": "with contradicting verdicts",
    "label_unusable": "whose label cannot be used",
    "unlabelled": "without a label",
    "dead_lettered": "dead letters",
}
_WHISKER = 160


def render(evaluation: Evaluation, plots: Mapping[str, Mapping[str, bytes]]) -> str:
    """The page, without scripts and without anything from elsewhere.

    Args:
        evaluation: what is told.
        plots: SVG by the task's place among the tasks (as text) and the plot's name.
    """
    import jinja2

    source = importlib.resources.files("moderation.evaluation.page") / "evaluation.html.j2"
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=_count, three=_three, interval=_interval, whisker=_whisker, change=_change
    )
    template = environment.from_string(source.read_text(encoding="utf-8"))
    return template.render(
        evaluation=evaluation,
        figures=FIGURES,
        accounts=_ACCOUNTS,
        whisker_width=_WHISKER,
        plots={
            task: {name: base64.b64encode(svg).decode() for name, svg in drawn.items()}
            for task, drawn in plots.items()
        },
    )


def _count(number: int) -> str:
    return f"{number:,}"


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(found: Figure | Proportion | Difference) -> str:
    if found.interval_95 is None:
        return ""
    sign = "+" if isinstance(found, Difference) else ""
    low, high = found.interval_95
    return f"{low:{sign}.3f} to {high:{sign}.3f}"


def _change(value: float | None) -> str:
    return "–" if value is None else f"{value:+.3f}"


def _whisker(
    found: Figure | Proportion | Difference, reach: float | None = None
) -> dict[str, float] | None:
    """Places of a figure and its interval's ends on a line; with ``reach`` from − to + of it."""
    value = found.difference if isinstance(found, Difference) else found.value
    if value is None or found.interval_95 is None:
        return None

    def place(number: float) -> float:
        share = number if reach is None else (number / reach + 1) / 2
        return round(_WHISKER * min(max(share, 0.0), 1.0), 2)

    low, high = found.interval_95
    return {"low": place(low), "value": place(value), "high": place(high)}
