"""Decisions that changed between two runs, for items that both saw.

Both tables of verdicts are read, their content keys and decisions alone. Of large runs a sample is
looked at, the same contents of both: keys are digests, so those below a bound are as good as drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.compute as compute
import pyarrow.parquet as pq
from pydantic_core import from_json

from moderation.storage import files
from moderation.storage.input_files import Format, InputFile
from schemas.drift import ChangedDecisions
from schemas.policy import Decision

MOST_ROWS = 500_000
"""Of a run, that are looked at; what is held of each is 9 bytes."""
_DECISIONS = tuple(Decision)
_CODES = {decision.value: code for code, decision in enumerate(_DECISIONS)}
_BATCH_ROWS = 65_536
_HEX = 16
"""Digits of a content key that tell items apart here: the last; the first ones draw the sample."""


class _Decided(NamedTuple):
    keys: npt.NDArray[np.uint64]
    """Of distinct items, rising."""
    codes: npt.NDArray[np.uint8]


def changed_decisions(
    before: Sequence[InputFile], now: Sequence[InputFile], *, rows: int, most: int = MOST_ROWS
) -> ChangedDecisions:
    """The cross-table of both runs' decisions.

    Args:
        before: tables of an earlier run's verdicts.
        now: of a run's, be they staged.
        rows: of the larger of both.
        most: of these, that are looked at.

    Raises:
        OSError, ValueError, KeyError: a file is not there, or is no table of verdicts.
    """
    share = min(1.0, most / max(rows, 1))
    bound = None if share == 1 else f"{int(share * 16**_HEX):016x}"
    was, now_is = _decided(before, bound), _decided(now, bound)
    both, at, now_at = np.intersect1d(
        was.keys, now_is.keys, assume_unique=True, return_indices=True
    )
    table = np.zeros((len(_DECISIONS), len(_DECISIONS)), dtype=np.int64)
    np.add.at(table, (was.codes[at], now_is.codes[now_at]), 1)
    return ChangedDecisions(
        items=len(both),
        only_before=len(was.keys) - len(both),
        only_now=len(now_is.keys) - len(both),
        sampled=share,
        counts={
            one: {other: int(table[i, j]) for j, other in enumerate(_DECISIONS)}
            for i, one in enumerate(_DECISIONS)
        },
    )


def _decided(tables: Iterable[InputFile], bound: str | None) -> _Decided:
    keys: list[npt.NDArray[np.uint64]] = [np.empty(0, dtype=np.uint64)]
    codes: list[npt.NDArray[np.uint8]] = [np.empty(0, dtype=np.uint8)]
    for table in tables:
        for some, decisions in _columns(table, bound):
            keys.append(np.fromiter((int(k[-_HEX:], 16) for k in some), np.uint64, len(some)))
            codes.append(np.fromiter((_CODES[d] for d in decisions), np.uint8, len(some)))
    distinct, first = np.unique(np.concatenate(keys), return_index=True)
    return _Decided(distinct, np.concatenate(codes)[first])


def _columns(table: InputFile, bound: str | None) -> Iterator[tuple[list[str], list[str]]]:
    """Content keys below the bound, and decisions, some thousand rows at a time."""
    with files.open_read(table.path) as stream:
        if table.format is not Format.PARQUET:
            while lines := stream.readlines(1 << 20):
                rows = [_row(line) for line in lines]
                kept = [row for row in rows if bound is None or row[0] < bound]
                yield [key for key, _ in kept], [decision for _, decision in kept]
            return
        parquet = pq.ParquetFile(stream)
        names = ["content_key", "decision"]
        for batch in parquet.iter_batches(batch_size=_BATCH_ROWS, columns=names):
            kept_batch: Any = batch
            if bound is not None:
                kept_batch = batch.filter(compute.less(batch["content_key"], bound))
            yield kept_batch["content_key"].to_pylist(), kept_batch["decision"].to_pylist()


def _row(line: bytes) -> tuple[str, str]:
    told = from_json(line)
    return told["content_key"], told["decision"]
