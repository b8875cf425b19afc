"""The closing step of a small run of score, without a pipeline around it."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moderation.audit.tally import Tally
from moderation.runs.close import close
from moderation.runs.commit import as_json
from moderation.runs.directory import RunDirectory
from moderation.runs.header import RunHeader
from moderation.runs.marker import manifest_of
from moderation.runs.publish import expect_ours, resumed
from moderation.runs.report import ClosingRun, Place, Refusal, Report
from moderation.runs.verify import verify
from moderation.storage import files
from moderation.storage.digests import Version
from moderation.storage.input_files import Format, InputFile
from moderation.storage.shards import Shard, StagedFile, TableLayout
from tests.runs import scored

VERDICTS, LETTERS = TableLayout("verdicts"), TableLayout("dead_letters")
QUEUE = TableLayout("review_queue")
SOURCE = "/in.jsonl"


@dataclass(frozen=True, slots=True)
class Scored(Report):
    """The audit that fits the rows of ``scored``."""

    why_not: str | None

    @property
    def layouts(self) -> tuple[TableLayout, ...]:
        return VERDICTS, QUEUE

    def refusal(self, run: ClosingRun) -> Refusal | None:
        return Refusal.gate(self.why_not)

    def places(self, run: ClosingRun) -> Iterable[Place]:
        return map(Place.of, (VERDICTS, LETTERS, QUEUE))

    def files(self, run: ClosingRun) -> Iterable[tuple[str, bytes]]:
        stamp = {"status": run.stamp()["status"], "finished_at": run.finished_at}
        yield "audit.json", as_json(scored.AUDIT.model_copy(update=stamp))
        yield "audit.html", f"<p>{run.header.policy_version}".encode()


def stage(directory: RunDirectory, policy: str, *, parts: int) -> list[Shard]:
    """The rows of a run, each marked with the policy; its verdicts in so many files."""
    queued = {name: scored.verdict(3)[name] for name in scored.QUEUED}
    verdicts = [scored.verdict(0), scored.verdict(1), scored.verdict(1, row=3)]
    verdicts += [scored.verdict(3, decision="review")]
    verdicts = [each | {"policy_version": policy} for each in verdicts]
    written = [(VERDICTS, verdicts[part::parts]) for part in range(parts)]
    written += [(LETTERS, [scored.LETTER]), (QUEUE, [queued | {"texts": {}, "copies": 1}])]
    return [_staged(layout, rows, f"{directory.staging}/out") for layout, rows in written]


def commit_run(
    directory: RunDirectory, policy: str, *, parts: int = 2, why_not: str | None = None
) -> None:
    """Stage and close a run whose rows are marked with a policy."""
    close_run(directory, policy, stage(directory, policy, parts=parts), why_not=why_not)


def close_run(
    directory: RunDirectory, policy: str, shards: list[Shard], *, why_not: str | None = None
) -> None:
    """What an engine does last, and may do again."""
    header = RunHeader(
        directory=directory,
        started_at="",
        inputs=(InputFile(path=SOURCE, bytes=1, format=Format.JSONL),),
        left_out=(),
        options={},
        versions={},
        policy_version=policy,
    )
    run = ClosingRun(
        header=header,
        finished_at="2026-01-02T00:00:00+00:00",
        tally=Tally(),
        rows=Counter({SOURCE: 5}),
        shards=tuple(shards),
        sides={},
    )
    if not resumed(directory):
        expect_ours(directory)
        close(run, Scored(why_not), [Version(SOURCE, 1, None, None)])


def _staged(layout: TableLayout, rows: list[dict[str, Any]], folder: str) -> Shard:
    file = StagedFile(layout, folder)
    for row in rows:
        file.add(row)
    return file.close()


def rows(path: str) -> set[str]:
    """Policies in the rows of a committed run, found by its manifest; none where none is there.

    Where a file is gone, or another than the manifest says, another run took its place: again.
    """
    for _ in range(20):
        try:
            if (found := _rows(path)) is not None:
                return found
        except FileNotFoundError:
            pass
    raise AssertionError(f"{path} is never whole")


def _rows(path: str) -> set[str] | None:
    manifest, found = manifest_of(path), set()
    for entry in manifest.outputs if manifest else ():
        data = files.read_bytes(f"{path}/{entry.path}")
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            return None
        if entry.path.startswith("verdicts/"):
            found |= {json.loads(line)["policy_version"] for line in data.splitlines()}
    return found


def faults(path: str) -> list[str]:
    """What ``verify`` says."""
    found: list[str] = []
    verify(path, lambda fault: found.append(str(fault)))
    return found


def names(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(
        os.path.relpath(os.path.join(base, name), folder)
        for base, _, found in os.walk(folder)
        for name in found
    )
