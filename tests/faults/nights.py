"""A night's records, commands over them, and what must hold of a run whatever befell it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from moderation.models.bundle import open_bundle
from moderation.runs.journal import Journal
from moderation.verdicts.judgement import Judgement
from pipelines.verify.__main__ import main as verify
from tests.faults.forks import Before, Child, Forks

Outcomes = Counter[tuple[str, int]]
"""How many outcomes a row has: by its source's name and its number, from 1."""


def records(count: int, *, word: str = "meme", pictures: Sequence[str] = ()) -> list[str]:
    """Lines of JSON: distinct memes, every ninth a copy of another, every fourteenth broken."""
    lines = []
    for n in range(count):
        told = {"id": n, "img": None, "text": f"{word} {n - n % 9 if n % 9 == 4 else n}"}
        if pictures:
            told["img"] = pictures[n % len(pictures)]
        lines.append("{broken" if n % 14 == 13 else json.dumps(told))
    return lines


def write(path: Path, lines: Iterable[str]) -> Path:
    """One line a record."""
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@dataclass(eq=False)
class Night:
    """Starts of one run under a folder, all with the same id unless told."""

    forks: Forks
    folder: Path
    model: str
    slice_rows: int = 60
    starts: int = 0

    @property
    def output(self) -> Path:
        """Where the runs lie."""
        return self.folder / "runs"

    def run(self, run_id: str = "t") -> Path:
        """A run's directory."""
        return self.output / f"run_id={run_id}"

    def start(
        self, *inputs: Path, flags: Sequence[str] = (), run_id: str | None = "t",
        before: Sequence[Before] = (),
    ) -> Child:  # fmt: skip
        """A start of ``pipelines.score`` in a process of its own."""
        self.starts += 1
        argv = ["--runner=DirectRunner", "--input", *map(str, inputs), "--model", self.model]
        argv += ["--output", str(self.output), "--slice_rows", str(self.slice_rows)]
        argv += ["--run_id", run_id] * (run_id is not None)
        told = self.folder / "told" / str(self.starts)
        return self.forks.start("pipelines.score", [*argv, *flags], told, before=before)

    def journal(self, run_id: str = "t") -> dict[str, str]:
        """By journal file and content key joined: when the item was scored."""
        journal = Journal(str(self.run(run_id) / "_staging/journal"), fingerprint(self.model))
        return {
            f"{Path(path).name} {key.hex()}": Judgement.of_stored(key.hex(), data).scored_at
            for path in journal.files()
            for key, data in journal.entries(path)
        }


def fingerprint(model: str) -> str:
    """Of the bundle, as verdicts have it."""
    return open_bundle(model).fingerprint


def sound(run: Path) -> bool:
    """Whether ``pipelines.verify`` finds no fault."""
    return verify([str(run)]) == 0


def verdicts(run: Path) -> list[dict[str, Any]]:
    """Of a run."""
    rows: list[dict[str, Any]] = [
        row
        for file in sorted(run.glob("verdicts/*.parquet"))
        for row in pq.read_table(file).to_pylist()
    ]
    return rows


def letters(run: Path) -> list[dict[str, Any]]:
    """Of a run."""
    files = sorted(run.glob("dead_letters/*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def outcomes(run: Path) -> Outcomes:
    """Of a run's rows."""
    told = [*verdicts(run), *letters(run)]
    return Counter((Path(each["source"]).name, each["row"]) for each in told)


def each_once(*inputs: Path) -> Outcomes:
    """What a run over these must have: one outcome a row."""
    return Counter(
        (path.name, row)
        for path in inputs
        for row in range(1, len(path.read_text().splitlines()) + 1)
    )
