"""The commit of an export: names for its files, report, data card, manifest, marker.

As with a scored run: everything may run again after a crash in its middle, and ``_SUCCESS``
comes last, downstream of every sink.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.audit.tally import Tally
from moderation.datasets.export.card import render_card
from moderation.datasets.export.report import (
    ExportFacts,
    build_report,
    held_out_counts,
    imbalance,
)
from moderation.datasets.export.rows import DEAD_LETTERS, DECISIONS, DIFF
from moderation.records.files import InputFile
from moderation.runs import storage
from moderation.runs.commit import RunRefused
from moderation.runs.directory import RunDirectory
from moderation.runs.shards import Layout, Shard, StagedFile
from schemas.export import ExportReport
from schemas.manifest import InputEntry, Manifest, OutputEntry
from schemas.records import Kind

DATA = "data"
_OWN = (
    "_SUCCESS",
    "_staging",
    DATA,
    "decisions",
    "diff",
    "dead_letters",
    "export.json",
    "DATASET.md",
    "manifest.json",
)


@dataclass(frozen=True, slots=True)
class ExportLimits:
    """What an export must keep to be committed."""

    max_dead_letter_ratio: float = 1.0
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class ExportCommitPlan:
    """Everything about the export that was known before its first row."""

    directory: RunDirectory
    facts: ExportFacts
    inputs: tuple[InputFile, ...]
    layouts: dict[tuple[Kind, str], Layout]
    formats: tuple[str, ...]
    licence: str
    limits: ExportLimits
    versions: dict[str, str]


def clear(directory: RunDirectory) -> None:
    """Delete what an export writes, its marker first, and nothing else."""
    for name in _OWN:
        storage.delete_tree(directory.file(name))


class CommitExport(beam.DoFn):
    """One element in; staged shards, counts and the tally as side inputs; the directory out."""

    def __init__(
        self, plan: ExportCommitPlan, clock: Callable[[], datetime.datetime] | None = None
    ) -> None:
        self._plan = plan
        self._clock = clock or _utc_now

    def process(
        self,
        _: Any,
        shards: Iterable[Shard],
        counts: Iterable[int],
        digests: Iterable[tuple[str, str | None]],
        tally: Tally,
        held_out: Sequence[tuple[Any, ...]],
        unread: Iterable[str],
    ) -> Iterator[str]:
        """Check the books, give files their names, write report, card and manifest, mark.

        Raises:
            RunRefused: where the books do not reconcile or a limit broke; report and manifest
                say so, and there is no marker.
        """
        plan = self._plan
        shards = sorted(shards, key=lambda shard: shard.path)
        held = held_out_counts(held_out, [*unread])
        decisions_read = sum(counts)
        refusal = self._refusal(tally, shards, decisions_read) or _unread(held.rows_unread)
        outputs = self._place(shards)
        report = build_report(
            tally,
            facts=plan.facts,
            verdicts_read=plan.facts.runs.verdicts,
            decisions_read=decisions_read,
            held_out=held,
            refusal=refusal,
            finished_at=self._clock().isoformat(timespec="seconds"),
            content_digest=_content_digest(outputs),
        )
        card = render_card(report, licence=plan.licence, formats=plan.formats)
        outputs += [
            self._write("export.json", _json(report.model_dump(mode="json"))),
            self._write("DATASET.md", card.encode()),
        ]
        manifest = self._manifest(report, dict(digests), outputs)
        entry = self._write("manifest.json", _json(manifest.model_dump(mode="json")))
        storage.delete_tree(plan.directory.staging)
        if refusal:
            raise RunRefused(refusal)
        marker = {
            "run_id": plan.directory.run_id,
            "committed_at": report.finished_at,
            "manifest_sha256": entry.sha256,
        }
        self._write("_SUCCESS", _json(marker))
        yield plan.directory.path

    def _refusal(self, tally: Tally, shards: Sequence[Shard], decisions_read: int) -> str | None:
        written = Counter[tuple[str, str]]()
        for layout in self._plan.layouts.values():
            written[layout.table, layout.extension] += 0
        for shard in shards:
            if (shard.table, shard.extension) in written:
                written[shard.table, shard.extension] += shard.rows
        read = self._plan.facts.runs.verdicts
        return imbalance(
            tally, verdicts_read=read, decisions_read=decisions_read, written=written
        ) or _broken(tally, decisions_read, self._plan.limits)

    def _place(self, shards: Sequence[Shard]) -> list[OutputEntry]:
        """Move staged shards to their names; side tables without rows get one empty file."""
        entries = []
        layouts = [(layout, True) for layout in self._plan.layouts.values()]
        sides = [DECISIONS, DEAD_LETTERS] + ([DIFF] if self._plan.facts.previous else [])
        for layout, is_data in layouts + [(layout, False) for layout in sides]:
            mine = [s for s in shards if (s.table, s.extension) == (layout.table, layout.extension)]
            if not mine and not is_data:
                mine = [StagedFile(layout, f"{self._plan.directory.staging}/out").close()]
            for index, shard in enumerate(mine):
                part = f"{index:05d}-of-{len(mine):05d}.{shard.extension}"
                name = f"{DATA}/{shard.table}-{part}" if is_data else f"{shard.table}/part-{part}"
                storage.move(shard.path, self._plan.directory.file(name))
                entries.append(
                    OutputEntry(path=name, rows=shard.rows, bytes=shard.bytes, sha256=shard.sha256)
                )
        return entries

    def _write(self, name: str, data: bytes) -> OutputEntry:
        storage.write_bytes(self._plan.directory.file(name), data)
        digest = hashlib.sha256(data).hexdigest()
        return OutputEntry(path=name, rows=None, bytes=len(data), sha256=digest)

    def _manifest(
        self, report: ExportReport, digests: dict[str, str | None], outputs: list[OutputEntry]
    ) -> Manifest:
        plan = self._plan
        rows = {
            f"{run.path}/{entry.path}": entry.rows or 0
            for run in plan.facts.runs.runs
            for entry in run.manifest.outputs
        }
        return Manifest(
            run_id=report.run_id,
            status=report.status,
            refusal=report.refusal,
            started_at=report.started_at,
            finished_at=report.finished_at,
            inputs=[
                InputEntry(
                    path=file.path,
                    bytes=file.bytes,
                    rows=rows.get(file.path, 0),
                    digest=digests.get(file.path),
                )
                for file in plan.inputs
            ],
            outputs=outputs,
            options=report.options,
            versions=plan.versions,
            model_name=_joined(run.model_name for run in report.runs),
            model_fingerprint=_joined(run.model_fingerprint for run in report.runs),
            policy_version=_joined(run.policy_version for run in report.runs),
            policy_digest=_joined(run.policy_digest for run in report.runs),
        )


def _broken(tally: Tally, decisions_read: int, limits: ExportLimits) -> str | None:
    verdicts = tally.of("verdict")
    exported, lost = verdicts.get("exported", 0), verdicts.get("dead_lettered", 0)
    if not exported and not limits.allow_empty:
        told = ", ".join(f"{name} {rows:,}" for name, rows in verdicts.items())
        return f"no row was selected ({told}): --allow_empty commits such a set"
    dead = sum(rows for (stage, _), rows in tally.family("dead").items() if stage == "decide")
    for what, bad, of in (
        ("decisions", dead, decisions_read),
        ("selected rows", lost, lost + exported),
    ):
        if bad > limits.max_dead_letter_ratio * of:
            return (
                f"{bad:,} of {of:,} {what} are dead letters ({bad / of:.1%}), over the failure "
                f"budget --max_dead_letter_ratio {limits.max_dead_letter_ratio:g}"
            )
    return None


def _unread(rows: Sequence[str]) -> str | None:
    if not rows:
        return None
    return (
        "--exclude holds rows that are no records, so nothing can be kept apart from them: "
        f"{rows[0]}"
    )


def _content_digest(outputs: Sequence[OutputEntry]) -> str:
    lines = [f"{entry.path} {entry.sha256}" for entry in outputs if entry.path.startswith("data/")]
    return f"sha256:{hashlib.sha256(chr(10).join(sorted(lines)).encode()).hexdigest()}"


def _joined(values: Iterable[str]) -> str:
    return "+".join(sorted(set(values)))


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
