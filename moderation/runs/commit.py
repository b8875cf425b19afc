"""The commit: the one place where a run becomes final, downstream of every sink.

Everything here may run again after a crash in its middle: moves that were done are passed
over, files are written whole or not at all, and ``_SUCCESS`` comes last.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.audit.build import RunFacts, build_audit
from moderation.audit.images import outcomes
from moderation.audit.report import render
from moderation.audit.tally import Tally
from moderation.records.read import RowCount
from moderation.runs import closing
from moderation.runs.closing import RunRefused
from moderation.runs.directory import RunDirectory
from moderation.runs.gates import Gates
from moderation.storage.digests import Version
from moderation.storage.input_files import InputFile
from moderation.storage.shards import Layout, Shard
from schemas.audit import Audit
from schemas.manifest import LeftOut, Manifest, OutputEntry

__all__ = ["Commit", "CommitPlan", "RunRefused"]


@dataclass(frozen=True, slots=True)
class CommitPlan:
    """Everything about the run that was known before its first row."""

    directory: RunDirectory
    layouts: tuple[Layout, ...]
    files: tuple[InputFile, ...]
    left_out: tuple[LeftOut, ...]
    gates: Gates
    facts: RunFacts
    options: dict[str, Any]
    versions: dict[str, str]
    policy_digest: str


class Commit(beam.DoFn):
    """One element in; the staged shards, counts and tallies as side inputs; ``_SUCCESS`` out."""

    def __init__(self, plan: CommitPlan, clock: Callable[[], datetime.datetime] | None = None):
        self._plan = plan
        self._clock = clock or closing.utc_now

    def process(
        self,
        _: Any,
        shards: Iterable[Shard],
        counts: Iterable[RowCount],
        digests: Iterable[Version],
        tally: Tally,
        fetching: dict[str, Any],
    ) -> Iterator[str]:
        """Check the books, give files their names, write audit and manifest, mark.

        Raises:
            RunRefused: where the books do not reconcile or a gate broke; audit and manifest
                say so, and there is no marker.
        """
        plan, directory = self._plan, self._plan.directory
        closing.expect_ours(directory)
        closing.expect_unchanged(digests)
        rows, shards = closing.count_rows(counts), [*shards]
        finished_at = self._clock().isoformat(timespec="seconds")
        refusal = (
            _imbalance(shards, tally, rows)
            or plan.gates.broken(tally, sum(rows.values()))
            or plan.gates.images_lost(outcomes(tally.of("image")))
        )
        outputs = closing.place_tables(directory, plan.layouts, shards)
        audit = build_audit(
            tally,
            rows,
            facts=plan.facts,
            fetching=fetching,
            refusal=refusal,
            finished_at=finished_at,
            left_out=plan.left_out,
        )
        outputs += [
            closing.write_json(directory, "audit.json", audit.model_dump(mode="json")),
            closing.write(directory, "audit.html", render(audit).encode()),
        ]
        closing.close(directory, self._manifest(audit, rows, digests, outputs))
        yield directory.path

    def _manifest(
        self,
        audit: Audit,
        rows: Counter[str],
        digests: Iterable[Version],
        outputs: list[OutputEntry],
    ) -> Manifest:
        plan = self._plan
        return Manifest(
            run_id=audit.run_id,
            status=audit.status,
            refusal=audit.refusal,
            started_at=audit.started_at,
            finished_at=audit.finished_at,
            inputs=closing.input_entries(plan.files, rows=rows, digests=digests),
            left_out=list(plan.left_out),
            outputs=outputs,
            options=plan.options,
            versions=plan.versions,
            model_name=str(plan.facts.model.get("name")),
            model_fingerprint=str(plan.facts.model.get("fingerprint")),
            policy_version=str(plan.facts.policy.get("version")),
            policy_digest=plan.policy_digest,
        )


def _imbalance(shards: list[Shard], tally: Tally, rows: Counter[str]) -> str | None:
    """Why the books do not reconcile; None where they do.

    Three independent counts must agree: the reader's, the join's and the sinks'.
    """
    read = sum(rows.values())
    terms = tally.of("account")
    out = sum(terms.values())
    written = Counter[str]()
    for shard in shards:
        written[shard.table] += shard.rows
    if read != out:
        return (
            f"the books do not reconcile: read {read:,} rows, accounted for {out:,} "
            f"({', '.join(f'{name} {count:,}' for name, count in terms.items())})"
        )
    dead = terms.get("dead_lettered", 0)
    for table, expected in (("verdicts", out - dead), ("dead_letters", dead)):
        if written[table] != expected:
            return (
                f"the books do not reconcile: {expected:,} rows are due in {table}, "
                f"{written[table]:,} were written"
            )
    return None
