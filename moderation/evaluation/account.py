"""The account of an evaluation: its report, and why it may not be committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from moderation.audit.losses import unreadable_files
from moderation.audit.tally import Tally
from moderation.evaluation.facts import Facts
from moderation.evaluation.figures.measure import Measured
from moderation.evaluation.pairing.pairing import OfLabel, OfScore
from moderation.evaluation.pairing.tables import ITEMS
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.runs.gates import Gates
from moderation.storage.shards import Shard
from schemas.export import DeadLetterTotal
from schemas.metrics import (
    BaselineTotals,
    Bootstrap,
    Comparison,
    Evaluation,
    SideAccount,
    Submission,
    TaskMetrics,
)
from schemas.records import Kind


def build_evaluation(
    facts: Facts,
    tally: Tally,
    measured: Iterable[Measured],
    shards: Sequence[Shard],
    *,
    finished_at: str,
) -> Evaluation:
    """The report, with the refusal where there is one."""
    found = sorted(measured, key=lambda each: (each.metrics.task, each.metrics.kind or ""))
    tasks = [each.metrics for each in found]
    labels = _side(tally, "labels", [what.value for what in OfLabel])
    verdicts = _side(tally, "verdicts", [what.value for what in OfScore])
    submission = _submission(facts, tally)
    imbalance = _imbalance(facts, tally, labels, verdicts, tasks, shards)
    refusal = imbalance or _broken(facts, (labels, verdicts), tasks, submission, tally)
    return Evaluation(
        run_id=facts.run_id,
        status="refused" if refusal else "committed",
        refusal=refusal,
        started_at=facts.started_at,
        finished_at=finished_at,
        reconciles=imbalance is None,
        scored_by=[
            each.model_copy(update={"rows": tally.of("read_of", "verdicts").get(each.path, 0)})
            if facts.score_rows is None
            else each
            for each in facts.scored_by
        ],
        label_files=list(facts.label_files),
        labels=labels,
        verdicts=verdicts,
        lost_in_run=tally.of("lost"),
        dead_letters=[
            DeadLetterTotal(stage=stage, code=code, rows=rows)
            for (stage, code), rows in tally.family("dead").items()
        ],
        unreadable=unreadable_files(tally),
        tasks=tasks,
        baseline=_baseline(facts, tally, found),
        submission=submission,
        notes=list(facts.notes),
        options=facts.options,
    )


def _side(tally: Tally, side: str, names: Iterable[str]) -> SideAccount:
    rows = tally.of(side)
    return SideAccount(
        read=tally.counts["read", side], rows={name: rows.get(name, 0) for name in names}
    )


def _imbalance(
    facts: Facts,
    tally: Tally,
    labels: SideAccount,
    verdicts: SideAccount,
    tasks: Sequence[TaskMetrics],
    shards: Sequence[Shard],
) -> str | None:
    """Why the books do not reconcile; None where they do.

    Readers, join, sinks and figures count each for themselves.
    """
    written = Counter[str]()
    for shard in shards:
        written[shard.table] += shard.rows
    evaluated = labels.rows[OfLabel.EVALUATED.value]
    checks = [
        ("labels", labels.read, sum(labels.rows.values())),
        ("verdicts", verdicts.read, sum(verdicts.rows.values())),
        ("items", evaluated, written[ITEMS.table]),
        ("figures", evaluated, sum(task.overall.items for task in tasks)),
        ("dead letters", sum(tally.family("dead").values()), written[DEAD_LETTERS.table]),
    ]
    if facts.score_rows is not None:
        checks.append(("the runs' verdicts", facts.score_rows, verdicts.read))
    if facts.label_rows is not None:
        checks.append(("the set's examples", facts.label_rows, labels.read))
    for what, due, found in checks:
        if due != found:
            return f"the books do not reconcile: {due:,} rows of {what} are due, {found:,} found"
    return None


def _broken(
    facts: Facts,
    sides: tuple[SideAccount, SideAccount],
    tasks: Sequence[TaskMetrics],
    submission: Submission | None,
    tally: Tally,
) -> str | None:
    labels, verdicts = sides
    twice = [name for name, sets in Counter((t.task, t.kind) for t in tasks).items() if sets > 1]
    if twice:
        sets = [task.labels for task in tasks if (task.task, task.kind) == twice[0]]
        return (
            f"task {twice[0][0]!r} was scored with different labels ({sets[0]} and {sets[1]}): "
            "evaluate those scores apart"
        )
    if why := Gates(max_unreadable_files=facts.max_unreadable_files).files_lost(tally):
        return why
    if submission and (submission.without_verdict or tally.counts["wanted", "dead_lettered"]):
        return _no_submission(submission, tally.counts["wanted", "dead_lettered"])
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


def _no_submission(submission: Submission, bad_rows: int) -> str:
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


def _comparison(kind: str, task: str, tally: Tally, found: Measured | None) -> Comparison:
    counts = tally.of("former", kind, task)
    shared = counts.get("shared", 0)
    refusal = None
    if not shared or found is None:
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
        bootstrap=(found.compared_by if found else None) or Bootstrap(replicates=0, seed=0),
        differences=found.differences if found else [],
    )
