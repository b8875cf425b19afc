"""A committed run with a review queue, as the scoring job writes it; and its server, a process."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from moderation.verdicts.run_tables import VERDICT_SCHEMA
from schemas.manifest import InputEntry, Manifest, OutputEntry

ROOT = Path(__file__).resolve().parents[3]
_LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")


def reviewable(
    folder: Path, items: int, *, run_id: str = "night", topics: tuple[str, ...] = ()
) -> Path:
    """A run of so many memes, each with a picture of its own, all of them for people.

    ``topics``: labels of a second task, of which any number may hold.
    """
    rows = [
        {"id": str(n), "img": f"{n}.png", "text": f"meme number {n} says {'so ' * (n % 9)}much"}
        for n in range(items)
    ]
    records = folder / "memes.jsonl"
    records.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for n in range(items):
        Image.new("RGB", (64 + n, 48), (5 * n % 256, 90, 200 - n)).save(folder / f"{n}.png")
    run = folder / "runs" / f"run_id={run_id}"
    verdicts = [_verdict(n, folder, run_id, str(records)) for n in range(items)]
    (run / "verdicts").mkdir(parents=True)
    (run / "review_queue").mkdir()
    table = pa.Table.from_pylist(verdicts, schema=VERDICT_SCHEMA)
    pq.write_table(table, run / "verdicts" / "part-00000-of-00001.parquet")
    queue = [_entry(verdict, row["text"]) for verdict, row in zip(verdicts, rows, strict=True)]
    if topics:
        for entry in queue:
            entry["probabilities"] |= {f"topic.{each}": 0.2 for each in topics}
            entry["multi_label"] = ["topic"]
    lines = "".join(json.dumps(entry) + "\n" for entry in queue)
    (run / "review_queue" / "part-00000-of-00001.jsonl").write_text(lines)
    _commit(run, run_id, records, items)
    return run


def _verdict(n: int, folder: Path, run_id: str, source: str) -> dict[str, Any]:
    p = 0.5 + n / 1000
    image = {
        "field": "img",
        "reference": f"{n}.png",
        "status": "ok",
        "sha256": hashlib.sha256((folder / f"{n}.png").read_bytes()).hexdigest(),
    }
    return {
        "item_id": str(n),
        "kind": "meme",
        "content_key": hashlib.md5(str(n).encode()).hexdigest(),
        "source": source,
        "row": n + 1,
        "probabilities": {"hateful.not_hateful": 1 - p, "hateful.hateful": p},
        "other_flags": {},
        "is_hateful": True,
        "decision": "review",
        "reasons": ["review_band:is_hateful"],
        "modalities": ["text", "img"],
        "images": [image],
        "hash_matches": [],
        "extras": "{}",
        "reused": False,
        "model_fingerprint": "sha256:m",
        "policy_version": "p",
        "run_id": run_id,
        "scored_at": "2026-01-01T00:00:00.000+00:00",
    }


def _entry(verdict: dict[str, Any], text: str) -> dict[str, Any]:
    taken = (
        "item_id", "kind", "content_key", "reasons", "probabilities", "images", "source", "row",
        "run_id", "model_fingerprint", "policy_version",
    )  # fmt: skip
    margin = verdict["probabilities"]["hateful.hateful"] - 0.5
    entry = {name: verdict[name] for name in taken}
    entry["probabilities"] = dict(verdict["probabilities"])
    return {**entry, "texts": {"text": text}, "margin": margin}


def _commit(run: Path, run_id: str, records: Path, rows: int) -> None:
    def output(path: Path) -> OutputEntry:
        data = path.read_bytes()
        name = path.relative_to(run).as_posix()
        digest = hashlib.sha256(data).hexdigest()
        return OutputEntry(path=name, rows=rows, bytes=len(data), sha256=digest)

    digest = hashlib.sha256(records.read_bytes()).hexdigest()
    size = records.stat().st_size
    manifest = Manifest(
        run_id=run_id,
        status="committed",
        refusal=None,
        started_at="2026-01-01T00:00:00+00:00",
        finished_at="2026-01-01T00:01:00+00:00",
        inputs=[InputEntry(path=str(records), bytes=size, rows=rows, digest=f"sha256:{digest}")],
        outputs=[output(path) for path in sorted(run.glob("*/*"))],
        options={},
        versions={},
        model_name="model",
        model_fingerprint="sha256:m",
        policy_version="p",
        policy_digest="sha256:p",
    )
    data = manifest.model_dump_json().encode()
    (run / "manifest.json").write_bytes(data)
    marker = {"manifest_sha256": hashlib.sha256(data).hexdigest()}
    (run / "_SUCCESS").write_text(json.dumps(marker))


def _interruptible() -> None:
    """Undo what a shell does to what it starts in the background: it ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Server:
    """The command in a process of its own."""

    def __init__(self, *argv: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.review", *argv],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_interruptible,
        )
        self.said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if found := _LINK.search(line):
                self.link = found[0]
                return
        raise AssertionError(f"it did not start: {self.process.communicate()[1]}")

    @property
    def origin(self) -> str:
        """What the page's addresses begin with."""
        return self.link.partition("/?")[0]

    def kill(self) -> None:
        """At once, with nothing said."""
        self.process.kill()
        self.process.communicate()


@contextlib.contextmanager
def serving(*argv: str) -> Iterator[Server]:
    """A server that is gone afterwards."""
    server = Server(*argv)
    try:
        yield server
    finally:
        server.kill()
