"""The journal of a run: what was judged, written down while the run goes on.

A flush is one small Arrow file that is there as a whole or not at all. Its name has the digest of
its bytes, the model and how many entries there are: one that a power cut spoiled does not answer to
its name, and what a journal holds is told by a listing. Entries may come twice; any one will do.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as compute

from moderation.runs.journal_files import answers_to, journal_files, name_of
from moderation.storage import files

MOST_ENTRIES, MOST_SECONDS = 1_000, 5.0
"""That wait for a flush."""
_VERSION = b"1"
_SCHEMA = pa.schema(
    [
        pa.field("content_key", pa.binary(16), nullable=False),
        pa.field("model_fingerprint", pa.string(), nullable=False),
        pa.field("judgement", pa.binary(), nullable=False),
    ],
    metadata={b"journal": _VERSION},
)
_THREADS = 8

_logger = logging.getLogger(__name__)


class Entry(NamedTuple):
    """One judged item."""

    key: bytes
    """Its content key."""
    judgement: bytes


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one run and one model, in a folder of its own, local or remote."""

    folder: str
    model_fingerprint: str
    """And what else tells apart who may score otherwise (``Bundle.identity``)."""

    def append(self, entries: list[Entry]) -> None:
        """Write entries down, as one file."""
        keys, judgements = zip(*entries, strict=True)
        batch = pa.record_batch(
            [
                pa.array(keys, pa.binary(16)),
                pa.repeat(pa.scalar(self.model_fingerprint), len(entries)),
                pa.array(judgements, pa.binary()),
            ],
            schema=_SCHEMA,
        )
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_stream(sink, _SCHEMA, options=options) as writer:
            writer.write_batch(batch)
        data = sink.getvalue().to_pybytes()
        name = name_of(data, model_fingerprint=self.model_fingerprint, entries=len(entries))
        files.write_once(f"{self.folder}/{name}", data)

    def files(self) -> list[str]:
        """Its whole files, as far as names tell."""
        return journal_files(self.folder)

    def read(self, paths: list[str]) -> Iterator[list[Entry]]:
        """Entries of this model, a file at a time; what cannot be read is passed over, and said."""
        with ThreadPoolExecutor(_THREADS, "journal") as pool:
            for start in range(0, len(paths), _THREADS):
                yield from pool.map(self.entries, paths[start : start + _THREADS])

    def entries(self, path: str) -> list[Entry]:
        """Entries of this model in one file; none where it cannot be read, with a word."""
        try:
            data = files.read_bytes(path)
            if not answers_to(data, path):
                raise ValueError("its content is not what its name says")
            table = pa.ipc.open_stream(data).read_all()
            if (table.schema.metadata or {}).get(b"journal") != _VERSION:
                raise ValueError("another version of the pipeline wrote it")
        except (OSError, ValueError, pa.ArrowException) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            _logger.warning("journal file %s is passed over: %s", path, reason)
            return []
        own = compute.equal(table["model_fingerprint"], self.model_fingerprint)
        kept = table.filter(own)
        columns = (kept["content_key"].to_pylist(), kept["judgement"].to_pylist())
        return [Entry(key, judgement) for key, judgement in zip(*columns, strict=True)]


@dataclass(slots=True)
class JournalWriter:
    """Holds entries back for a moment and appends them by number and by time."""

    append: Callable[[list[Entry]], None]
    clock: Callable[[], float] = time.monotonic
    _held: list[Entry] = field(default_factory=list)
    _since: float = 0.0

    def add(self, entry: Entry) -> None:
        """Take one more."""
        if not self._held:
            self._since = self.clock()
        self._held.append(entry)
        self.tick()

    def tick(self) -> None:
        """Flush where enough entries, or the first of them long enough, have waited."""
        if len(self._held) >= MOST_ENTRIES or (
            self._held and self.clock() - self._since >= MOST_SECONDS
        ):
            self.flush()

    def flush(self) -> None:
        """Append what waits."""
        if self._held:
            self.append(self._held)
            self._held = []
