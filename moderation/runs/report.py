"""What a job says of a run that is over, and why it may not be committed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.audit.tally import Tally
from moderation.option_error import spelled
from moderation.runs.header import RunHeader
from moderation.storage.shards import Shard, TableLayout
from schemas.manifest import OutputEntry, Parent, RefusalCode, ReusedRun

SCORED_IN, TAKEN_FROM = "scored_in", "taken_from"
"""Families of a tally: reused items by the id of the run that scored them, and by the path of the
run that had them."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run is not committed."""

    code: RefusalCode
    reason: str

    def spelled(self, form: str) -> Refusal:
        """With options as ``form`` has them, where the reason marks them."""
        return Refusal(self.code, spelled(self.reason, form.format))

    @classmethod
    def unreconciled(cls, why: str | None) -> Refusal | None:
        """Of what is wrong with the books; None where nothing is."""
        return cls(RefusalCode.UNRECONCILED, why) if why else None

    @classmethod
    def gate(cls, why: str | None) -> Refusal | None:
        """Of a limit that was not kept; None where all were."""
        return cls(RefusalCode.GATE, why) if why else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the staged files of a table go: ``STEM-00000-of-00001.EXTENSION`` and on."""

    table: str
    extension: str
    stem: str
    numbered: bool = True
    """Otherwise the stem is the name of the one file."""
    empty: TableLayout | None = None
    """Of a table that has a file even where it has no rows."""

    @classmethod
    def of(cls, layout: TableLayout) -> Place:
        """A folder of the run directory, named after its table; never without a file."""
        return cls(layout.table, layout.extension, f"{layout.table}/part", empty=layout)

    def shards_among(self, shards: Iterable[Shard]) -> list[Shard]:
        """The table's, in the order they came."""
        return [s for s in shards if (s.table, s.extension) == (self.table, self.extension)]

    def name(self, number: int, of: int) -> str:
        """The final name of one file."""
        return (
            f"{self.stem}-{number:05d}-of-{of:05d}.{self.extension}" if self.numbered else self.stem
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingRun:
    """A run whose rows are all through: what its report is made of."""

    header: RunHeader
    finished_at: str
    tally: Tally
    rows: Counter[str]
    """Rows read, by source, as the readers counted them."""
    shards: tuple[Shard, ...]
    """Every staged file, in the order of their staged names."""
    sides: Mapping[str, list[Any]]
    """What is special to the job, as it came."""
    parents: tuple[Parent, ...] = ()
    """Earlier runs whose dead letters were read."""
    refusal: Refusal | None = None
    placed: Mapping[str, list[OutputEntry]] = field(default_factory=dict)
    """Files under their final names, by the stem of their place."""

    @property
    def read(self) -> int:
        """Rows read."""
        return self.rows.total()

    @property
    def reused(self) -> list[ReusedRun]:
        """Runs whose scores were offered, and how many items took theirs."""
        taken = self.tally.of(TAKEN_FROM)
        return [
            ReusedRun(
                run_id=run.manifest.run_id,
                path=run.path,
                model_fingerprint=run.manifest.model_fingerprint,
                precision=run.precision,
                items=taken.get(run.path, 0),
            )
            for run in self.header.reused
        ]

    @property
    def reconciles(self) -> bool:
        """Whether the books do."""
        return self.refusal is None or self.refusal.code is not RefusalCode.UNRECONCILED

    def only(self, side: str) -> Any:
        """The one value of a side that has one."""
        [value] = self.sides[side]
        return value

    def written(self) -> Counter[str]:
        """Rows by table, as the sinks counted them."""
        rows = Counter[str]()
        for shard in self.shards:
            rows[shard.table] += shard.rows
        return rows

    def stamp(self) -> dict[str, Any]:
        """The fields that begin every report: which run, when, and how it ended."""
        return {
            "run_id": self.header.run_id,
            "status": "refused" if self.refusal else "committed",
            "refusal": self.refusal.reason if self.refusal else None,
            "started_at": self.header.started_at,
            "finished_at": self.finished_at,
        }


class Report(ABC):
    """What is special to a job at its end. Implementations are frozen and picklable."""

    __slots__ = ()

    @property
    @abstractmethod
    def layouts(self) -> tuple[TableLayout, ...]:
        """Of the tables whose rows come as they are; dead letters have their own."""

    def beside(self, run: ClosingRun) -> Mapping[str, list[Any]]:
        """Further sides of the run, made before anything is decided or moved.

        A close that is tried again asks again, when staged files may have gone to their places.
        """
        return {}

    @abstractmethod
    def refusal(self, run: ClosingRun) -> Refusal | None:
        """Why the run must not be committed; None where books and gates hold."""

    @abstractmethod
    def places(self, run: ClosingRun) -> Iterable[Place]:
        """Where staged files go, in the order of the manifest."""

    @abstractmethod
    def files(self, run: ClosingRun) -> Iterable[tuple[str, bytes]]:
        """Names and contents of the files that tell of the run."""

    def rows_of_inputs(self, run: ClosingRun) -> Mapping[str, int]:
        """What the manifest says was read of each input."""
        return run.rows
