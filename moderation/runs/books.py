"""What a job's report says that its tables must hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from schemas.audit import Audit, DeadLetterCount
from schemas.datasets import DatasetStats
from schemas.export import DeadLetterTotal, ExportReport, NoDecision
from schemas.metrics import Evaluation

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The figures of a report that can be recounted."""

    run_id: str
    status: str
    sums: Mapping[str, tuple[int, int]]
    """By the words of an equation, its two sides."""
    read: int | None = None
    """Rows of the inputs, where the manifest counts the same ones."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """By table."""
    by_key: Mapping[str, Counter[Key]] = field(default_factory=dict)
    """By table, rows by the columns of ``KEYS``."""


KEYS: Mapping[str, Key] = {
    "verdicts": ("kind", "decision"),
    "dead_letters": ("stage", "code"),
    "decisions": ("status",),
    "diff": ("change",),
    "items": ("task",),
}
"""Columns of few values, by which a table's rows are counted."""


def of_score(audit: Audit) -> Books:
    """``audit.json``."""
    terms = audit.account
    out = terms.scored + terms.reused + terms.duplicates
    equation = "read = scored + reused + duplicates + dead_lettered"
    decided = {
        (kind, decision): rows
        for kind, by_decision in audit.decisions.items()
        for decision, rows in by_decision.items()
    }
    return Books(
        run_id=audit.run_id,
        status=audit.status,
        sums={
            equation: (terms.read, out + terms.dead_lettered),
            "rows of all decisions = verdicts": (sum(decided.values()), out),
            "rows of all kinds = verdicts": (sum(audit.rows_by_kind.values()), out),
        },
        read=terms.read,
        rows={"verdicts": out, "dead_letters": terms.dead_lettered},
        by_key={
            "verdicts": Counter(decided),
            "dead_letters": _by_code(audit.dead_letters),
        },
    )


def of_preprocess(stats: DatasetStats) -> Books:
    """``stats.json``."""
    terms = stats.account
    splits = {f"examples/{name}": split.rows for name, split in stats.splits.items()}
    return Books(
        run_id=stats.run_id,
        status=stats.status,
        sums={
            "read = written + dead_lettered": (terms.read, terms.written + terms.dead_lettered),
            "rows of all splits = written": (sum(splits.values()), terms.written),
        },
        read=terms.read,
        rows={
            **splits,
            "dead_letters": terms.dead_lettered,
            "conflicts": stats.conflicts.contents,
            "groups": stats.grouping.groups_of_several,
        },
        by_key={"dead_letters": _by_code(stats.dead_letters)},
    )


def of_export(report: ExportReport) -> Books:
    """``export.json``."""
    kinds = {f"data/{kind.value}": sum(n.values()) for kind, n in report.rows_by_label.items()}
    splits = {
        f"data/{kind.value}-{split}": rows
        for kind, by_split in report.rows_by_split.items()
        for split, rows in by_split.items()
    }
    tables = splits or kinds
    rowless = {"dead_lettered", *(each.value for each in NoDecision)}
    statuses = {(name,): n for name, n in report.decisions.items() if name not in rowless}
    diff = report.diff
    changes = ("added", "removed", "relabelled") if diff else ()
    return Books(
        run_id=report.run_id,
        status=report.status,
        sums={
            "verdicts_read = verdicts": (report.verdicts_read, sum(report.verdicts.values())),
            "decisions_read = decisions": (report.decisions_read, sum(report.decisions.values())),
            "rows = exported verdicts": (report.rows, report.verdicts.get("exported", 0)),
            "rows of all labels = rows": (sum(kinds.values()), report.rows),
            "rows of all splits = rows": (sum(tables.values()), report.rows),
        },
        by_key={
            "dead_letters": _by_code(report.dead_letters),
            "decisions": Counter(statuses),
            "diff": Counter({(name,): getattr(diff, name) for name in changes}),
        },
        rows=tables,
    )


def of_evaluate(figures: Evaluation) -> Books:
    """``metrics.json``."""
    items = Counter[Key]()
    for each in figures.tasks:
        items[each.task,] += each.overall.items
    return Books(
        run_id=figures.run_id,
        status=figures.status,
        sums={
            "labels read = labels": (figures.labels.read, sum(figures.labels.rows.values())),
            "verdicts read = verdicts": (
                figures.verdicts.read,
                sum(figures.verdicts.rows.values()),
            ),
        },
        rows={"submission": figures.submission.rows} if figures.submission else {},
        by_key={"items": items, "dead_letters": _by_code(figures.dead_letters)},
    )


def _by_code(letters: Iterable[DeadLetterCount | DeadLetterTotal]) -> Counter[Key]:
    return Counter({(each.stage, each.code): each.rows for each in letters})


REPORTS: Mapping[str, tuple[type[BaseModel], Callable[..., Books]]] = {
    "audit.json": (Audit, of_score),
    "stats.json": (DatasetStats, of_preprocess),
    "export.json": (ExportReport, of_export),
    "metrics.json": (Evaluation, of_evaluate),
}
"""The report of each job, by which a manifest tells whose run it is."""
