from __future__ import annotations

import random
from typing import Any

import pytest

from tests.pipelines.evaluations import Desk, Evaluated, memes, pairs, score


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def plain(desk: Desk) -> Evaluated:
    """By one worker, of files in order."""
    return desk.evaluate(*inputs(desk))


def inputs(desk: Desk, *, parts: int = 3, shuffled: bool = False) -> list[str]:
    """Scores and labels with everything that must not depend on order, in several files."""
    labels, scores = memes(300)
    more_labels, more_scores = pairs(60)
    scores += [*more_scores, *scores[:20], score("7", 0.123), score("nobody", 0.5)]
    labels += [*more_labels, *labels[40:60], {**labels[70], "label": 1 - labels[70]["label"]}]
    if shuffled:
        random.Random(0).shuffle(scores)
        random.Random(1).shuffle(labels)
    name = "shuffled" if shuffled else "sorted"
    told = [desk.jsonl(f"{name}-s{k}.jsonl", scores[k::parts]) for k in range(parts)]
    true = [desk.jsonl(f"{name}-l{k}.jsonl", labels[k::parts]) for k in range(parts)]
    return ["--scores", *told, "--labels", *true, "--slice_by", "lang"]


def same(one: Evaluated, other: Evaluated) -> None:
    """Figures, intervals, curves and accounts to the last digit."""
    assert (one.code, other.code) == (0, 0)
    assert other.figures == one.figures
    assert (other.report.labels, other.report.verdicts) == (one.report.labels, one.report.verdicts)


@pytest.mark.parametrize(
    "flags",
    [
        ["--direct_num_workers", "2", "--direct_running_mode", "multi_threading"],
        pytest.param(
            ["--direct_num_workers", "2", "--direct_running_mode", "multi_processing"],
            marks=pytest.mark.slow,
        ),
    ],
    ids=["threads", "processes"],
)
def test_engines_and_workers_measure_the_same(
    desk: Desk, plain: Evaluated, flags: list[str]
) -> None:
    same(plain, desk.evaluate(*inputs(desk), *flags, run_id=flags[-1]))


def test_the_order_of_rows_and_their_files_does_not_matter(desk: Desk, plain: Evaluated) -> None:
    same(plain, desk.evaluate(*inputs(desk, parts=5, shuffled=True), run_id="shuffled"))


def test_equal_inputs_make_equal_plots_and_items(desk: Desk, plain: Evaluated) -> None:
    again = desk.evaluate(*inputs(desk), run_id="again")

    def written(done: Evaluated, pattern: str) -> dict[str, Any]:
        return {file.name: file.read_bytes() for file in done.path.glob(pattern)}

    for pattern in ("plots/*.svg", "items/*.parquet"):
        assert written(again, pattern) == written(plain, pattern) != {}
