"""What the policy does: flags and decisions as verdicts have them, or decided again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.metrics import PolicyFigures
from tests.pipelines.evaluations import Desk, verdict

POLICY = """\
version: strict
flags:
  is_hateful:
    task: hateful
    label: hateful
    threshold: 0.3
    review_band: {below: 0.1, above: 0.1}
"""


def decided(place: int, p: float, *, flag: bool, decision: str, label: int) -> dict[str, Any]:
    return verdict(
        str(place), p, is_hateful=flag, decision=decision, label=str(label),
        extras='{"lang": "%s"}' % ("de" if place % 2 else "en"),
    )  # fmt: skip


@pytest.fixture
def told() -> list[dict[str, Any]]:
    """Forty items: the likeliest flagged, the next for people; two flags the other way round."""
    made = []
    for place in range(40):
        p = round(0.02 + 0.024 * place, 4)
        flag, decision = p >= 0.7, "flag" if p >= 0.7 else "review" if p >= 0.5 else "clear"
        made.append(decided(place, p, flag=flag, decision=decision, label=int(place % 4 != 0)))
    for place in (2, 38):
        made[place]["is_hateful"] = not made[place]["is_hateful"]
    return made


def policy_of(done: Any) -> PolicyFigures:
    found = done.task.overall.policy
    assert found is not None
    return found


def test_flags_and_decisions_are_measured_as_the_verdicts_have_them(
    desk: Desk, told: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    done = desk.evaluate("--verdicts", desk.run("one", told), "--slice_by", "lang")

    assert done.code == 0
    found = policy_of(done)
    (flag,) = found.flags
    raised = [row for row in told if row["is_hateful"]]
    hits = sum(row["label"] == "1" for row in raised)
    assert (flag.precision.hits, flag.precision.of) == (hits, len(raised))
    assert flag.recall.of == sum(row["label"] == "1" for row in told)
    assert flag.disagrees == 2
    by = {each.decision: each for each in found.decisions}
    for name, each in by.items():
        rows = [row for row in told if row["decision"] == name]
        assert (each.share.hits, each.share.of) == (len(rows), 40)
        assert each.due.hits == sum(row["label"] == "1" for row in rows)
    assert found.review_load == by["review"].share
    assert found.review_load.interval_95 is not None
    sliced = [each.figures.policy for each in done.task.slices]
    assert sum(each.items for each in sliced if each) == 40
    assert "is_hateful of 2 items is not what their probabilities say" in capsys.readouterr().out
    page = (done.path / "evaluation.html").read_text()
    assert page.index("What the policy does") < page.index("The model alone")


def test_another_policy_decides_again_from_the_stored_scores(
    desk: Desk, told: list[dict[str, Any]], tmp_path: Path
) -> None:
    path = tmp_path / "strict.yaml"
    path.write_text(POLICY)

    done = desk.evaluate("--verdicts", desk.run("one", told), "--policy", str(path))

    found = policy_of(done)
    p = [row["probabilities"]["hateful.hateful"] for row in told]
    (flag,) = found.flags
    assert (flag.threshold, flag.disagrees) == (0.3, 0)
    assert flag.raised == sum(each >= 0.3 for each in p)
    assert found.review_load.hits == sum(0.2 <= each < 0.4 for each in p)
    assert done.report.decided_by is not None
    assert (done.report.decided_by.version, done.report.decided_by.again) == ("strict", True)


def test_a_policy_whose_threshold_nobody_knows_is_refused_with_the_remedy(
    desk: Desk, told: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "open.yaml"
    path.write_text(POLICY.replace("    threshold: 0.3\n", ""))

    done = desk.evaluate("--verdicts", desk.run("one", told), "--policy", str(path))

    assert done.code == 2
    assert "name its bundle with --thresholds" in capsys.readouterr().err


def test_scores_of_another_system_have_no_policy(desk: Desk) -> None:
    from tests.pipelines.evaluations import memes

    labels, scores = memes(20)
    done = desk.evaluate(
        "--scores", desk.csv("s.csv", scores), "--labels", desk.jsonl("l.jsonl", labels)
    )
    assert done.task.overall.policy is None
    assert done.report.decided_by is None
