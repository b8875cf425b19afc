from __future__ import annotations

import re

import pytest

from moderation.evaluation.figures.compare import compare
from moderation.evaluation.figures.evaluate import evaluate
from moderation.evaluation.page.page import render
from schemas.export import DeadLetterTotal
from schemas.metrics import (
    BaselineTotals,
    Bootstrap,
    Comparison,
    Evaluation,
    ScoredBy,
    SideAccount,
    Submission,
)
from schemas.records import Kind
from tests.evaluation.samples import scored

BAD = '<img src=x onerror="alert(1)">'


def evaluation(text: str = "plain") -> Evaluation:
    """An evaluation with everything a page can show, ``text`` wherever text comes from outside."""
    truth, p = scored(120, 2)
    names = ("no", text)
    differences = compare(truth, p, p[::-1], names, replicates=40)
    return Evaluation(
        run_id="r1",
        status="refused",
        refusal=text,
        started_at="2026-01-01T00:00:00+00:00",
        finished_at="2026-01-01T00:01:00+00:00",
        reconciles=True,
        scored_by=[
            ScoredBy(path=text, run_id=text, model_name=text, model_fingerprint=text,
                     policy_version=text, rows=120)
        ],
        label_files=[text],
        labels=SideAccount(read=121, rows={"evaluated": 120, "dead_letter_in_run": 1}),
        verdicts=SideAccount(read=120, rows={"evaluated": 120}),
        lost_in_run={text: 1},
        dead_letters=[DeadLetterTotal(stage=text, code=text, rows=1)],
        tasks=[
            evaluate(truth, p, names, task=text, kind=Kind.MEME, replicates=40,
                  slices={text: [text] * 60 + ["other"] * 60})
        ],
        baseline=BaselineTotals(
            path=text,
            run_id=text,
            model=[text],
            comparisons=[
                Comparison(task=text, kind=Kind.MEME, items=120, only_here=0, only_in_baseline=0,
                           relabelled=0, refusal=None, differences=differences,
                           bootstrap=Bootstrap(replicates=40, seed=0))
            ],
        ),
        submission=Submission(source=text, task=text, rows=3, threshold=0.5, without_verdict=1,
                              examples=[text]),
        notes=[text],
        options={},
    )  # fmt: skip


def test_the_page_shows_figures_with_intervals_slices_comparison_and_account() -> None:
    made = evaluation()
    page = render(made, {"0": {"roc": b"<svg/>"}})
    overall = made.tasks[0].overall
    assert overall.roc_auc.interval_95 is not None
    low, high = overall.roc_auc.interval_95
    assert f"{overall.roc_auc.value:.3f}" in page
    assert f"{low:.3f} to {high:.3f}" in page
    assert "dead letters of the run" in page
    assert "no measurable difference" in page or "better" in page or "worse" in page
    assert 'aria-label="roc"' in page
    assert "Not committed." in page


def test_nothing_from_outside_is_markup() -> None:
    page = render(evaluation(BAD), {"0": {}})
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x") > 10


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = render(evaluation(), {"0": {"roc": b"<svg/>"}})
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("title", ["Accuracy", "Macro-F1", "ROC AUC", "Log loss", "Slices"])
def test_every_part_has_its_heading(title: str) -> None:
    assert title in render(evaluation(), {"0": {}})
