"""Decoding in processes of their own: one that dies is one picture's failure."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace

from moderation.images.decoding.decoders import CLOSED, ThreadDecoder
from moderation.images.decoding.gate import PixelGate
from moderation.images.decoding.limits import (
    DEFAULT_PROCESS_LIMITS,
    MOST_BYTES_PER_PIXEL,
    OUT_OF_MEMORY,
    DecodeLimits,
    ProcessLimits,
)
from moderation.images.decoding.pixels import larger_of, most_bytes, pixels_of, size_of
from moderation.images.processes.calls import (
    Call,
    ChildDiedError,
    ChildError,
    ChildMemoryError,
    ChildRaisedError,
    ChildTimeoutError,
    ClosedError,
    Job,
    Limits,
    Made,
    NoChildError,
)
from moderation.images.processes.pool import ProcessPool
from moderation.images.stats import StatsCollector
from moderation.images.types import DecodedImage, ImageError, ImageFailure, ImageOutcome, Target
from moderation.profiling.meter import meter
from schemas.codes import Code
from schemas.profile import ProfileStage

DECODE = "moderation.images.decoding.in_child:decode"
_MEMORY_STEP = 1 << 20
"""Limits are equal for most pictures: a child need not set a new one for each."""
_log = logging.getLogger(__name__)


class ProcessDecoder:
    """Decodes in child processes: what one does to its process ends as that picture's failure.

    A picture that ended its process, or that failed where want of memory may be the reason, is
    tried once more: alone, in a new process, with memory for the largest picture that is taken.

    Args:
        processes: at once.
        function: ``module:name`` of what they run, for tests.
    """

    def __init__(
        self,
        processes: int,
        *,
        limits: DecodeLimits,
        gate: PixelGate,
        stats: StatsCollector,
        process_limits: ProcessLimits = DEFAULT_PROCESS_LIMITS,
        function: str = DECODE,
    ) -> None:
        self.threads = processes + 2  # they read the next pictures, so that no child waits for one
        self._limits = limits
        self._gate = gate
        self._stats = stats
        self._costs = process_limits
        self._function = function
        self._pool = ProcessPool(processes, function=function)
        self._jobs: dict[tuple[Target, int], Job] = {}
        self._known_limits: dict[int, Limits] = {}
        self._instead: ThreadDecoder | None = None

    def decode(self, data: bytes, sha256: str, target: Target) -> ImageOutcome:
        """In a child process; raises ``ImageError`` once closed."""
        if self._instead is not None:
            return self._instead.decode(data, sha256, target)
        work = _Work(data, target)
        try:
            outcome = self._outcome(work, sha256)
        except ClosedError:
            raise ImageError(Code.CONNECTION, CLOSED) from None
        except NoChildError as error:
            if self._pool.started:
                outcome = ImageFailure(Code.RESOURCE_EXHAUSTED, f"not decoded: {error}")
            else:
                return self._without_processes(error).decode(data, sha256, target)
        self._stats.decoded(seconds=work.seconds, size=len(data))
        meter.add(ProfileStage.DECODE, child_ns=work.processor_ns)
        return outcome

    def close(self) -> None:
        """End the processes."""
        self._pool.close()

    def _outcome(self, work: _Work, sha256: str) -> ImageOutcome:
        try:
            made = self._first(work) or self._again(work)
        except ChildTimeoutError as error:
            return ImageFailure(Code.DECODE_TIMEOUT, f"decoding takes too long ({error})")
        except ChildMemoryError:
            return OUT_OF_MEMORY
        except ChildDiedError as error:
            return ImageFailure(Code.DECODER_CRASHED, f"the decoder broke down, twice ({error})")
        except ChildRaisedError as error:
            return ImageFailure(Code.CORRUPT, f"the decoder broke ({error})")
        kind, first, second, last = made.facts.decode(errors="replace").split(" ", 3)
        if kind == "failed":
            return ImageFailure(Code(first), last)
        name, larger_width = last.split(" ")
        rgb, own = made.payload or b"", size_of(work.target)
        return DecodedImage(
            pixels=pixels_of(rgb[:own], work.target),
            sha256=sha256,
            bytes=len(work.data),
            width=int(first),
            height=int(second),
            format=name,
            larger=larger_of(rgb[own:], int(larger_width)),
        )

    def _first(self, work: _Work) -> Made | None:
        """What comes of a decode beside others; None where that says nothing of the picture."""
        granted = self._costs.small_pixels
        try:
            made = self._ask(work, granted, self._costs.memory_bytes(granted))
            if made.facts.startswith(b"wants "):
                granted = int(made.facts[6:])
                with self._gate(granted):
                    made = self._ask(work, granted, self._costs.memory_bytes(granted))
        except (ChildDiedError, ChildMemoryError):
            return None
        return None if _may_want(made, self._costs.memory_bytes(granted) // 2) else made

    def _again(self, work: _Work) -> Made:
        """Alone, in a new process, with all the memory that a picture may have."""
        memory = self._costs.most_bytes(self._limits.max_pixels)
        made = self._ask(work, self._limits.max_pixels, memory, alone=True)
        if _may_want(made, memory):
            raise ChildMemoryError("it failed, and may have wanted more")
        return made

    def _ask(self, work: _Work, granted: int, memory_bytes: int, *, alone: bool = False) -> Made:
        call = Call(
            job=self._job(work.target, granted),
            data=work.data,
            limits=self._within(memory_bytes + 4 * len(work.data)),
            max_payload_bytes=most_bytes(work.target),
        )
        try:
            made = self._pool.run_alone(call) if alone else self._pool.run(call)
        except ChildError as error:
            work.seconds += error.seconds
            if isinstance(error, ChildDiedError | ChildTimeoutError):
                self._stats.add(decoders_lost=1)
                _log.warning("a decoder was lost: %s", error)
            raise
        work.seconds += made.seconds
        work.processor_ns += made.processor_ns
        return made

    def _within(self, memory_bytes: int) -> Limits:
        steps = -(-memory_bytes // _MEMORY_STEP)
        if steps not in self._known_limits:
            self._known_limits[steps] = Limits(
                memory_bytes=steps * _MEMORY_STEP,
                processor_s=self._costs.processor_s,
                clock_s=self._costs.clock_s,
            )
        return self._known_limits[steps]

    def _job(self, target: Target, granted: int) -> Job:
        known = self._jobs.get((target, granted))
        if known is None:
            fields = asdict(replace(target, further=()))
            del fields["further"]
            arguments = {"target": fields, "limits": asdict(self._limits), "granted": granted}
            known = Job(self._function, {**arguments, "larger_px": target.larger_px})
            if granted == self._costs.small_pixels:
                self._jobs[target, granted] = known
        return known

    def _without_processes(self, error: NoChildError) -> ThreadDecoder:
        _log.error("pictures are decoded inside the worker, which one of them may end: %s", error)
        self._instead = ThreadDecoder(
            self.threads, limits=self._limits, gate=self._gate, stats=self._stats
        )
        return self._instead


@dataclass(slots=True)
class _Work:
    data: bytes
    target: Target
    seconds: float = 0.0
    """Spent on it in processes, by the clock."""
    processor_ns: int = 0
    """Of theirs."""


def _may_want(made: Made, memory_bytes: int) -> bool:
    """Whether a failure may be one of memory: decoders have other words for that too."""
    if not made.facts.startswith(b"failed corrupt "):
        return False
    pixels = int(made.facts.split(b" ", 3)[2])
    return pixels * MOST_BYTES_PER_PIXEL > memory_bytes
