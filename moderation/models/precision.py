"""In which precision a thread's calls to TensorFlow compute (decision 0049).

TensorFlow rewrites a graph for mixed precision when a function is first called under an option that
travels with each call. The public switch is the process's, but a thread that called anything before
keeps what it had; so the option is set here for the calling thread, and is exact for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from moderation.models.runtime import import_tensorflow
from moderation.models.types import ModelError
from moderation.option_error import option
from schemas.precision import Precision

TOLERANCE = 0.01
"""How far a probability in bfloat16 may lie from the one in float32, absolute."""

_UNITS = {"avx512_bf16", "amx_bf16"}
_CPUINFO = Path("/proc/cpuinfo")


class _Thread(threading.local):
    precision = Precision.FLOAT32
    plain: Any = None
    """TensorFlow's options of a call, as they were before the first change."""


_thread = _Thread()


def units(cpuinfo: Path = _CPUINFO) -> frozenset[str]:
    """What of the processor multiplies bfloat16; none where that cannot be told."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(_UNITS & set(flags.partition(":")[2].split()))


def expect_units(precision: Precision, *, cpuinfo: Path = _CPUINFO) -> None:
    """Held against the machine before a model computes on it.

    Raises:
        ModelError: TensorFlow would compute in float32 here, and not say so.
    """
    if precision is Precision.FLOAT32 or units(cpuinfo) or has_gpus():
        return
    raise ModelError(
        f"{option('precision')} {precision.value}: this machine has neither a processor with "
        f"{' or '.join(sorted(_UNITS))} (the flags of {cpuinfo}) nor a GPU, so TensorFlow would "
        "compute in float32 here and in bfloat16 elsewhere. Use machines that have them, or "
        f"{option('precision')} {Precision.FLOAT32.value}"
    )


def current() -> Precision:
    """What this thread computes in."""
    return _thread.precision


@contextmanager
def computing(precision: Precision) -> Iterator[None]:
    """Calls to TensorFlow compute in the precision, in this thread alone.

    A function that was called in both is rewritten once for each.
    """
    before = _thread.precision
    _switch(precision)
    try:
        yield
    finally:
        _switch(before)


def _switch(precision: Precision) -> None:
    if precision is _thread.precision:
        return
    import_tensorflow()
    from tensorflow.python.eager.context import context

    if _thread.precision is Precision.FLOAT32:
        _thread.plain = context().function_call_options
    mixed = precision is Precision.BFLOAT16
    context().function_call_options = _mixed(_thread.plain) if mixed else _thread.plain
    _thread.precision = precision


def _mixed(plain: Any) -> Any:
    """Options of a call with the rewriting that this machine's devices know."""
    from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2
    from tensorflow.python.eager.context import FunctionCallOptions

    config = config_pb2.ConfigProto.FromString(plain.config_proto_serialized)
    rewrite = config.graph_options.rewrite_options
    name = "auto_mixed_precision" if has_gpus() else "auto_mixed_precision_onednn_bfloat16"
    setattr(rewrite, name, rewriter_config_pb2.RewriterConfig.ON)
    return FunctionCallOptions(executor_type=plain.executor_type, config_proto=config)


def has_gpus() -> bool:
    """Whether models compute on GPUs here."""
    return bool(import_tensorflow().config.list_physical_devices("GPU"))
