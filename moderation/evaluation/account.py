"""The account of an evaluation: its report, and why it may not be committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from moderation.audit.losses import unreadable_files
from moderation.audit.tally import Tally
from moderation.evaluation.facts import Facts
from moderation.evaluation.figures.measure import Measured
from moderation.evaluation.pairing.grouping import How
from moderation.evaluation.pairing.item_table import ITEMS
from moderation.evaluation.pairing.settle_item import OfLabel, OfScore
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.runs.gates import Gates
from moderation.runs.report import ClosingRun, Refusal
from schemas.export import DeadLetterTotal
from schemas.metrics import (
    BaselineTotals,
    Bootstrap,
    Comparison,
    Evaluation,
    GroupedBy,
    SideAccount,
    Submission,
    TaskMetrics,
)
from schemas.records import Kind


def in_order(measured: Iterable[Measured]) -> list[Measured]:
    """Tasks by their names."""
    return sorted(measured, key=lambda each: (each.metrics.task, each.metrics.kind or ""))


def build_evaluation(run: ClosingRun, facts: Facts, measured: Sequence[Measured]) -> Evaluation:
    """The report of an evaluation that is about to be committed or refused."""
    tally = run.tally
    read = tally.of("read_of", "verdicts")
    return Evaluation(
        **run.stamp(),
        reconciles=run.reconciles,
        scored_by=[
            each.model_copy(update={"rows": read.get(each.path, 0)})
            if facts.score_rows is None
            else each
            for each in facts.scored_by
        ],
        label_files=list(facts.label_files),
        labels=_labels(tally),
        verdicts=_verdicts(tally),
        lost_in_run=tally.of("lost"),
        dead_letters=[
            DeadLetterTotal(stage=stage, code=code, rows=rows)
            for (stage, code), rows in tally.family("dead").items()
        ],
        unreadable=unreadable_files(tally),
        grouped_by=_grouped_by(facts, tally),
        decided_by=facts.decided_by,
        tasks=[each.metrics for each in measured],
        baseline=_baseline(facts, tally, measured),
        submission=_submission(facts, tally),
        notes=list(facts.notes),
        options=run.header.options,
    )


def why_refused(run: ClosingRun, facts: Facts, tasks: Sequence[TaskMetrics]) -> Refusal | None:
    """Why the evaluation must not be committed; None where books and gates hold."""
    return Refusal.unreconciled(_imbalance(run, facts, tasks)) or Refusal.gate(
        _scored_twice(tasks)
        or Gates(max_unreadable_files=facts.max_unreadable_files).files_lost(run.tally)
        or _no_submission(_submission(facts, run.tally), run.tally)
        or _uncovered(facts, run.tally)
        or _ungrouped(facts, run.tally)
    )


def _grouped_by(facts: Facts, tally: Tally) -> GroupedBy:
    found = tally.of("grouped")
    return GroupedBy(
        column=facts.group_column, **{how.value: found.get(how.value, 0) for how in How}
    )


def _ungrouped(facts: Facts, tally: Tally) -> str | None:
    found = tally.of("grouped")
    if not facts.group_asked or not found or found.get(How.GIVEN.value):
        return None
    return (
        f"no labelled row has a value in the column {facts.group_column!r} that groups were to be "
        "told by, nor in its extras: name another, or none for item by item"
    )


def _labels(tally: Tally) -> SideAccount:
    return _side(tally, "labels", [what.value for what in OfLabel])


def _verdicts(tally: Tally) -> SideAccount:
    return _side(tally, "verdicts", [what.value for what in OfScore])


def _side(tally: Tally, side: str, names: Iterable[str]) -> SideAccount:
    rows = tally.of(side)
    return SideAccount(
        read=tally.counts["read", side], rows={name: rows.get(name, 0) for name in names}
    )


def _imbalance(run: ClosingRun, facts: Facts, tasks: Sequence[TaskMetrics]) -> str | None:
    """Why the books do not reconcile; None where they do.

    Readers, join, sinks and figures count each for themselves.
    """
    labels, verdicts, written = _labels(run.tally), _verdicts(run.tally), run.written()
    evaluated = labels.rows[OfLabel.EVALUATED.value]
    dead = sum(run.tally.family("dead").values())
    checks = [
        ("labels", labels.read, sum(labels.rows.values())),
        ("verdicts", verdicts.read, sum(verdicts.rows.values())),
        ("items", evaluated, written[ITEMS.table]),
        ("figures", evaluated, sum(task.overall.items for task in tasks)),
        ("dead letters", dead, written[DEAD_LETTERS.table]),
    ]
    if facts.score_rows is not None:
        checks.append(("the runs' verdicts", facts.score_rows, verdicts.read))
    if facts.label_rows is not None:
        checks.append(("the set's examples", facts.label_rows, labels.read))
    for what, due, got in checks:
        if due != got:
            return f"the books do not reconcile: {due:,} rows of {what} are due, {got:,} found"
    return None


def _scored_twice(tasks: Sequence[TaskMetrics]) -> str | None:
    twice = [name for name, sets in Counter((t.task, t.kind) for t in tasks).items() if sets > 1]
    if not twice:
        return None
    sets = [task.labels for task in tasks if (task.task, task.kind) == twice[0]]
    return (
        f"task {twice[0][0]!r} was scored with different labels ({sets[0]} and {sets[1]}): "
        "evaluate those scores apart"
    )


def _uncovered(facts: Facts, tally: Tally) -> str | None:
    labels, verdicts = _labels(tally), _verdicts(tally)
    if labels.read and not labels.rows["evaluated"]:
        bad = "; dead_letters/ lists what is wrong with rows" if tally.family("dead") else ""
        return (
            f"no labelled item could be evaluated (labels: {_told(labels)}; scores: "
            f"{_told(verdicts)}): do ids and --tasks fit?{bad}"
        )
    wanted = labels.read - labels.rows["unlabelled"]
    got = labels.rows["evaluated"] + labels.rows["duplicate"]
    if wanted and got / wanted < facts.min_coverage:
        return (
            f"{got:,} of {wanted:,} labelled rows could be evaluated ({got / wanted:.1%}), under "
            f"--min_coverage {facts.min_coverage:g}"
        )
    return None


def _told(side: SideAccount) -> str:
    return ", ".join(f"{rows:,} {name}" for name, rows in side.rows.items() if rows) or "none"


def _no_submission(submission: Submission | None, tally: Tally) -> str | None:
    bad_rows = tally.counts["wanted", "dead_lettered"]
    if not (submission and (submission.without_verdict or bad_rows)):
        return None
    told = []
    if submission.without_verdict:
        more = submission.without_verdict - len(submission.examples)
        tail = f" and {more:,} more" if more > 0 else ""
        told.append(
            f"{submission.without_verdict:,} rows have no verdict: "
            f"{', '.join(submission.examples)}{tail}"
        )
    if bad_rows:
        told.append(f"{bad_rows:,} rows name no meme")
    listed = "dead_letters lists them. Score them first"
    return f"--submission_for {submission.source}: {'; '.join(told)}; {listed}"


def _submission(facts: Facts, tally: Tally) -> Submission | None:
    if facts.submission is None:
        return None
    counts = tally.of("submission")
    examples = tally.examples.get(("submission", "without_verdict"), [])
    return Submission(
        source=facts.submission.source,
        task=facts.submission.task,
        rows=counts.get("written", 0),
        threshold=facts.submission.threshold,
        without_verdict=counts.get("without_verdict", 0),
        examples=[f"{item_id} (row {row})" for _, row, item_id, _ in examples],
    )


def _baseline(facts: Facts, tally: Tally, measured: Sequence[Measured]) -> BaselineTotals | None:
    if facts.baseline is None:
        return None
    counts = Counter[tuple[str, str]]()
    for (kind, task, _), rows in tally.family("former").items():
        counts[kind, task] += rows
    by_task = {(each.metrics.kind or "", each.metrics.task): each for each in measured}
    return BaselineTotals(
        path=facts.baseline.path,
        run_id=facts.baseline.run_id,
        model=list(facts.baseline.model),
        comparisons=[
            _comparison(kind, task, tally, by_task.get((kind, task)))
            for kind, task in sorted(counts)
        ],
    )


def _comparison(kind: str, task: str, tally: Tally, measured: Measured | None) -> Comparison:
    counts = tally.of("former", kind, task)
    shared = counts.get("shared", 0)
    refusal = None
    if not shared or measured is None:
        refusal = "the two evaluations share no item of this task"
        if counts.get("other_labels"):
            refusal = "the two evaluations have different labels for this task"
    return Comparison(
        task=task,
        kind=Kind(kind) if kind else None,
        items=shared,
        only_here=counts.get("only_here", 0) + counts.get("other_labels", 0),
        only_in_baseline=counts.get("only_in_baseline", 0) + counts.get("other_labels", 0),
        relabelled=counts.get("relabelled", 0),
        refusal=refusal,
        bootstrap=(measured.compared_by if measured else None) or Bootstrap(replicates=0, seed=0),
        differences=measured.differences if measured else [],
    )
