"""Reads pictures in child processes: a death, a hang or a refusal costs one picture's text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moderation.images.processes.calls import (
    Call,
    ChildDiedError,
    ChildError,
    ChildMemoryError,
    ChildTimeoutError,
    Job,
    Limits,
)
from moderation.images.processes.cores import cores
from moderation.images.processes.pool import ProcessPool
from moderation.ocr import settings
from moderation.ocr.assemble import reading_of
from moderation.ocr.model import OcrError
from moderation.ocr.types import Ending, Line, Reading
from moderation.option_error import option
from moderation.profiling.meter import meter
from schemas.profile import ProfileStage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

READ = "moderation.ocr.in_child:read"
NAME = "text"
_BLANK, _WHITE = 64, 255


@dataclass(frozen=True, slots=True)
class ReadText:
    """What a picture is asked for where its text is wanted: see ``moderation.images.further``."""

    processes: int = 0
    """That read at once; 0: one per core that this process may use."""
    processor_s: float = 20.0
    """Of the processor, for one picture."""
    clock_s: float = 90.0
    """By the clock."""
    memory_bytes: int = 1 << 30
    """Of address space, beside what the loaded networks take."""
    function: str = READ
    """``module:name`` of what the processes run."""

    @property
    def name(self) -> str:
        """Under which an image has its ``Reading``."""
        return NAME

    @property
    def least_px(self) -> int:
        """Of the longer side."""
        return settings.LARGER_PX

    def open(self) -> Reader:
        """Processes are started when the first picture comes."""
        return Reader(self)


class Reader:
    """A pool of processes that read. Thread-safe; never raises for a picture."""

    def __init__(self, asked: ReadText) -> None:
        self._asked = asked
        most = asked.processes or cores()
        self._pool = ProcessPool(most, function=asked.function)
        self._limits = Limits(
            memory_bytes=asked.memory_bytes,
            processor_s=asked.processor_s,
            clock_s=asked.clock_s,
        )

    def make(self, pixels: NDArray[np.uint8]) -> Reading:
        """The text of a picture: uint8 ``[height, width, 3]``, RGB."""
        height, width = pixels.shape[:2]
        if min(height, width) < settings.LEAST_PX:
            return Reading(Ending.EMPTY)
        job = Job(self._asked.function, {"width": width})
        try:
            made = self._pool.run(Call(job, pixels.tobytes(), self._limits))
            meter.add(ProfileStage.EXTRACT, child_ns=made.processor_ns)
        except ChildTimeoutError:
            return Reading(Ending.TIMED_OUT)
        except (ChildDiedError, ChildMemoryError):
            return Reading(Ending.CRASHED)
        except ChildError:
            return Reading(Ending.FAILED)
        return reading_of([*_lines(json.loads(made.facts))], width=width, height=height)

    def close(self) -> None:
        """End the processes."""
        self._pool.close()


def expect_works(asked: ReadText) -> None:
    """Have a blank picture read, in a process that is ended again.

    Raises:
        OcrError: no process that reads can be started here.
    """
    pool = ProcessPool(1, function=asked.function)
    job = Job(asked.function, {"width": _BLANK})
    limits = Limits(asked.memory_bytes, asked.processor_s, asked.clock_s)
    try:
        pool.run(Call(job, bytes([_WHITE]) * (3 * _BLANK * _BLANK), limits))
    except ChildError as error:
        raise OcrError(f"{option('ocr')} auto: pictures cannot be read here: {error}") from error
    finally:
        pool.close()


def _lines(found: list[list[Any]]) -> Iterator[Line]:
    for text, score, corners in found:
        across, down = zip(*corners, strict=True)
        yield Line(
            text=text,
            score=score,
            left=min(across),
            top=min(down),
            right=max(across),
            bottom=max(down),
        )
