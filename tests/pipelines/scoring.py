"""What tests of scoring need: records, and what a finished run left."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from PIL import Image

from pipelines.score.__main__ import main
from tests.faults.forks import Child


@dataclass(frozen=True)
class Finished:
    """A run that is over: its exit code and everything in its directory."""

    code: int
    path: Path

    def json(self, name: str) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.path / name).read_text())
        return loaded

    @property
    def account(self) -> dict[str, int]:
        found: dict[str, int] = self.json("audit.json")["account"]
        return found

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        if list(self.path.glob("verdicts/*.jsonl")):
            return self._lines("verdicts")
        rows = pq.read_table(self.path / "verdicts").to_pylist()
        return [{**row, "probabilities": dict(row["probabilities"])} for row in rows]

    @property
    def letters(self) -> list[dict[str, Any]]:
        return self._lines("dead_letters")

    @property
    def reviews(self) -> list[dict[str, Any]]:
        return self._lines("review_queue")

    def _lines(self, table: str) -> list[dict[str, Any]]:
        files = sorted(self.path.glob(f"{table}/*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]


Score = Callable[..., Finished]


def starts(folder: Path, model: str) -> Score:
    """Runs the job as the command line does, in this process; the run's directory comes back."""

    def run(*flags: str, run_id: str = "t", **options: Any) -> Finished:
        argv = ["--runner=DirectRunner", "--output", str(folder), "--run_id", run_id]
        if "--model" not in flags:
            argv += ["--model", model]
        return Finished(main([*argv, *flags]), folder / f"run_id={run_id}")

    return run


def ten_pictures(folder: Path) -> Path:
    """Grey pictures in a new folder, dark to bright: ``0.png`` to ``9.png``."""
    folder.mkdir()
    for index in range(10):
        Image.new("RGB", (40, 30), (25 * index,) * 3).save(folder / f"{index}.png")
    return folder


def json_lines(child: Child) -> list[dict[str, Any]]:
    """All that a command wrote, each line of which must be JSON."""
    return [json.loads(line) for line in (*child.told.splitlines(), *child.said.splitlines())]


def write_jsonl(path: Path, rows: list[dict[str, Any] | str]) -> str:
    """Rows as JSON lines; a string is written as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def memes(count: int, *, folder: str = "", start: int = 0) -> list[dict[str, Any] | str]:
    """Distinct memes in the Hateful Memes layout over the ten pictures."""
    return [
        {"id": index, "img": f"{folder}{index % 10}.png", "text": f"meme {index}"}
        for index in range(start, start + count)
    ]
