"""What a run says, whatever engine it ran on: without times, and without what no row depends on."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow.parquet as pq

CLOSE = 2e-6
"""By how much a probability may differ."""
TIMES = {"scored_at", "started_at", "run_started_at", "finished_at", "created_at"}
TIMES |= {"fetch_ms", "decode_ms"}
OF_A_PROCESS = {"fetch_cache_hits", "decode_cache_hits", "peak_bytes_in_flight"}
"""What a worker spared itself: two processes have a cache each."""
OF_BYTES = {"sha256", "bytes", "manifest_sha256", "content_digest"}
"""Of files that hold times."""
PAGES = (".html", ".md", ".svg")
"""The same figures once more, for people."""


def contents(files: Mapping[str, bytes], *, rename: Mapping[str, str]) -> dict[str, Any]:
    """A run's tables as rows in an order of their own, its documents, and digests of the rest.

    Args:
        files: of the run's directory, by their path in it.
        rename: places that differ between runs, and what stands for each.
    """
    found: dict[str, Any] = {}
    tables: dict[str, list[Any]] = {}
    for path, data in sorted(files.items()):
        name = path.split("/")[0]
        if path.endswith(PAGES):
            found[path] = "a page"
        elif path.endswith(".parquet"):
            tables.setdefault(f"{name}/*.parquet", []).extend(_table(data))
        elif path.endswith((".jsonl", ".csv")) and "/" in path:
            lines = data.decode().splitlines()
            rows = [json.loads(line) for line in lines] if path.endswith(".jsonl") else lines
            tables.setdefault(f"{name}/*", []).extend(rows)
        elif path.endswith(".json"):
            found[path] = json.loads(data)
        else:
            found[path] = data if path != "_SUCCESS" else "a marker"
    found |= tables
    told: dict[str, Any] = {path: _plain(each, rename) for path, each in found.items()}
    if "manifest.json" in told:
        told["manifest.json"]["outputs"] = _rows_written(told["manifest.json"]["outputs"])
    return {
        path: sorted(each, key=_order) if path in tables else each for path, each in told.items()
    }


def wherever(job: str, held: Mapping[str, Any]) -> dict[str, Any]:
    """Of a run's contents what its inputs' place does not change.

    An item's key is made of where its pictures lie, and by the key samples are drawn for people,
    which a policy's figures count; pictures of a store stay there when a set is exported.
    """
    if job == "score":
        names = ("source", "row", "item_id", "probabilities", "entailment_label", "is_hateful")
        rows = held["verdicts/*.parquet"]
        told = [{name: row[name] for name in names} for row in rows]
        account = held["audit.json"]["account"]
        letters = [{**each, "record": None} for each in held["dead_letters/*"]]
        return {"account": account, "letters": letters, "verdicts": sorted(told, key=_order)}
    if job == "export":
        rows = [(row["provenance"]["item_id"], row["label"]) for row in held["data/*.parquet"]]
        counts = ("rows", "rows_by_label", "verdicts", "decisions", "agreement", "dead_letters")
        return {"labels": sorted(rows), **{name: held["export.json"][name] for name in counts}}
    return {name: _without(each, {"fetching", "digest", "policy"}) for name, each in held.items()}


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(each, names) for key, each in value.items() if key not in names}
    return [_without(each, names) for each in value] if isinstance(value, list) else value


def differences(one: Any, other: Any, at: str = "") -> Iterator[str]:
    """Where two runs differ, and in what."""
    if isinstance(one, float) and isinstance(other, (float, int)):
        both_nan = one != one and other != other
        if not (both_nan or math.isclose(one, other, rel_tol=0, abs_tol=CLOSE)):
            yield f"{at}: {one!r} and {other!r}"
    elif isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            if key not in one or key not in other:
                yield f"{at}/{key}: only {'there' if key in other else 'here'}"
            else:
                yield from differences(one[key], other[key], f"{at}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, at=f"{at}[{place}]")
    elif one != other:
        yield f"{at}: {str(one)[:200]} and {str(other)[:200]}"


def _table(data: bytes) -> list[dict[str, Any]]:
    return [
        {name: dict(value) if name == "probabilities" else value for name, value in row.items()}
        for row in pq.read_table(io.BytesIO(data)).to_pylist()
    ]


def _plain(value: Any, rename: Mapping[str, str]) -> Any:
    """Places by one name, and nothing that may differ."""
    if isinstance(value, dict):
        left_out = TIMES | OF_A_PROCESS | OF_BYTES
        return {
            _plain(key, rename): _plain(each, rename)
            for key, each in value.items()
            if key not in left_out
        }
    if isinstance(value, list):
        return [_plain(each, rename) for each in value]
    if isinstance(value, str):
        for place, name in rename.items():
            value = value.replace(place, name)
    return value


def _rows_written(outputs: list[dict[str, Any]]) -> dict[str, int]:
    """By table: how many files a table has is the engine's to say."""
    rows: dict[str, int] = {}
    for each in outputs:
        name = each["path"].split("/")[0]
        rows[name] = rows.get(name, 0) + (each["rows"] or 0)
    return rows


def _order(row: Any) -> str:
    """By all that is no fraction."""
    return json.dumps(_without_fractions(row), sort_keys=True, default=str)


def _without_fractions(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_fractions(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_fractions(each) for each in value]
    return None if isinstance(value, float) else value
