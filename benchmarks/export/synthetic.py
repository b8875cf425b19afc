"""A committed run of many synthetic verdicts, its records, and decisions about some of them."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from moderation.records.content_key import content_key
from moderation.verdicts.run_tables import VERDICT_SCHEMA
from schemas.manifest import InputEntry, Manifest, OutputEntry
from schemas.records import ENTAILMENT_LABELS, Kind

ROWS_PER_FILE = 250_000
_BATCH_ROWS = 25_000
_REVIEWERS = [f"reviewer-{number}@platform.example" for number in range(40)]
_PROVEN = "f" * 64


def make(folder: Path, *, rows: int, reviewed: float = 0.2, seed: int = 7) -> Path:
    """Write records, a run over them and decisions; returns the run's directory.

    Args:
        folder: where ``records/``, ``runs/`` and ``decisions.jsonl`` go.
        rows: items, half tweet pairs and half memes.
        reviewed: share of them that reviewers decided, by one to three people.
        seed: of everything random.
    """
    rng = random.Random(seed)
    words = [
        "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 9)))
        for _ in range(20_000)
    ]
    run = folder / "runs" / "run_id=synthetic"
    (run / "verdicts").mkdir(parents=True)
    (folder / "records").mkdir()
    inputs, outputs = [], []
    with (folder / "decisions.jsonl").open("w") as decisions:
        for kind in Kind:
            for part, start in enumerate(range(0, rows // 2, ROWS_PER_FILE)):
                count = min(ROWS_PER_FILE, rows // 2 - start)
                records = folder / "records" / f"{kind.value}-{part}.parquet"
                verdicts = run / "verdicts" / f"{kind.value}-{part}.parquet"
                _write(kind, start, count, records, verdicts, words, rng, decisions, reviewed)
                inputs.append(
                    InputEntry(
                        path=str(records),
                        bytes=records.stat().st_size,
                        rows=count,
                        digest=f"sha256:{_sha256(records)}",
                    )
                )
                outputs.append(
                    OutputEntry(
                        path=f"verdicts/{verdicts.name}",
                        rows=count,
                        bytes=verdicts.stat().st_size,
                        sha256=_sha256(verdicts),
                    )
                )
    manifest = Manifest(
        run_id="synthetic", status="committed", refusal=None,
        started_at="2026-01-01T00:00:00+00:00", finished_at="2026-01-01T02:00:00+00:00",
        inputs=inputs, outputs=outputs, options={}, versions={},
        model_name="synthetic", model_fingerprint=_PROVEN,
        policy_version="default-1", policy_digest=f"sha256:{_PROVEN}",
    )  # fmt: skip
    data = manifest.model_dump_json(indent=2).encode()
    (run / "manifest.json").write_bytes(data)
    marker = {"run_id": "synthetic", "manifest_sha256": hashlib.sha256(data).hexdigest()}
    (run / "_SUCCESS").write_text(json.dumps(marker))
    return run


def _write(
    kind: Kind, start: int, count: int, records: Path, verdicts: Path,
    words: list[str], rng: random.Random, decisions: Any, reviewed: float,
) -> None:  # fmt: skip
    writer: pq.ParquetWriter | None = None
    with pq.ParquetWriter(verdicts, VERDICT_SCHEMA, compression="zstd") as verdict_writer:
        for offset in range(0, count, _BATCH_ROWS):
            rows = range(offset, min(offset + _BATCH_ROWS, count))
            made = [_item(kind, start + row, words, rng) for row in rows]
            table = pa.Table.from_pylist(made)
            if writer is None:
                writer = pq.ParquetWriter(records, table.schema, compression="zstd")
            writer.write_table(table)
            judged = [
                _verdict(kind, record, str(records), row + 1, rng)
                for row, record in zip(rows, made, strict=True)
            ]
            verdict_writer.write_table(pa.Table.from_pylist(judged, schema=VERDICT_SCHEMA))
            for verdict in judged:
                if rng.random() < reviewed:
                    decisions.writelines(_decisions(kind, verdict["item_id"], rng))
    assert writer is not None
    writer.close()


def _item(kind: Kind, number: int, words: list[str], rng: random.Random) -> dict[str, Any]:
    text = " ".join(rng.choices(words, k=18))
    extras = {"created_at": "2026-01-01T00:00:00Z", "lang": "en", "source": f"feed-{number % 50}"}
    if kind is Kind.MEME:
        url = f"https://images.example/{number}.jpg"
        return {"id": f"{10**9 + number}", "img": url, "text": text, **extras}
    first = 10**18 + 2 * number
    return {
        "id_1": str(first), "text_1": text, "image_1": f"https://images.example/{first}.jpg",
        "id_2": str(first + 1), "text_2": " ".join(rng.choices(words, k=18)),
        "image_2": f"https://images.example/{first + 1}.jpg", **extras,
    }  # fmt: skip


def _verdict(
    kind: Kind, record: dict[str, Any], source: str, row: int, rng: random.Random
) -> dict[str, Any]:
    if kind is Kind.MEME:
        item_id, texts, fields = record["id"], {"text": record["text"]}, ("img",)
        p = rng.random()
        probabilities = {"hateful.not_hateful": 1 - p, "hateful.hateful": p}
    else:
        item_id = f"{record['id_1']}:{record['id_2']}"
        texts = {name: record[name] for name in ("text_1", "text_2")}
        fields = ("image_1", "image_2")
        parts = [rng.random() for _ in ENTAILMENT_LABELS]
        probabilities = {
            f"entailment.{name}": part / sum(parts)
            for name, part in zip(ENTAILMENT_LABELS, parts, strict=True)
        }
    images = {field: record[field] for field in fields}
    return {
        "item_id": item_id, "kind": kind.value, "content_key": content_key(kind, texts, images),
        "source": source, "row": row, "probabilities": probabilities, "other_flags": {},
        "decision": "clear", "reasons": [], "modalities": [*texts, *images],
        "images": [
            {
                "field": field, "reference": url, "status": "ok", "bytes": 1, "width": 1,
                "height": 1, "sha256": hashlib.sha256(url.encode()).hexdigest(),
            }
            for field, url in images.items()
        ],
        "label": None, "extras": "{}", "reused": False, "model_fingerprint": _PROVEN,
        "policy_version": "default-1", "run_id": "synthetic",
        "scored_at": "2026-01-01T01:00:00.000+00:00",
    }  # fmt: skip


def _decisions(kind: Kind, item_id: str, rng: random.Random) -> Iterator[str]:
    task = "hateful" if kind is Kind.MEME else "entailment"
    labels = ("0", "1") if kind is Kind.MEME else ENTAILMENT_LABELS
    usual = rng.choice(labels)
    for reviewer in rng.sample(_REVIEWERS, k=rng.choice((1, 1, 2, 3))):
        label = usual if rng.random() < 0.85 else rng.choice(labels)
        yield json.dumps({
            "item_id": item_id, "task": task, "label": label, "reviewer": reviewer,
            "decided_at": f"2026-01-0{rng.randint(2, 9)}T0{rng.randint(0, 9)}:00:00Z",
        }) + "\n"  # fmt: skip


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
