"""TensorFlow, imported late, quietly, and with GPU memory taken only as needed."""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_prepared: list[Any] = []

_CHATTER = re.compile(
    r"^(WARNING: All log messages before absl::InitializeLog"
    r"|[IWE]\d{4} |\d{4}-\d\d-\d\d .*: [IWE] )"
)
"""Lines that TensorFlow's C++ writes to stderr while it is imported, before any level counts."""


def import_tensorflow(*, verbose: bool = False) -> Any:
    """The ``tensorflow`` module, ready to load SavedModels.

    The first call in a process imports it and makes every GPU's memory grow on
    demand, which must be set before a GPU is first used.

    Args:
        verbose: leaves TensorFlow's own messages alone.
    """
    with _lock:
        if not _prepared:
            _prepared.append(_prepare(verbose=verbose))
        return _prepared[0]


def load_tensorflow(*, verbose: bool = False) -> Any:
    """The ``tensorflow`` module as it comes: imported, and nothing done with it.

    A process may be forked now, and no more once :func:`import_tensorflow` looked for GPUs.
    """
    if not verbose:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if verbose or "tensorflow" in sys.modules:
        import tensorflow
    else:
        with _without_chatter():
            import tensorflow
    return tensorflow


def _prepare(*, verbose: bool) -> Any:
    tensorflow = load_tensorflow(verbose=verbose)
    if not verbose:
        tensorflow.get_logger().setLevel(logging.ERROR)
    _grow_on_demand(tensorflow)
    return tensorflow


def register_text_operations() -> None:
    """Makes TensorFlow know the operations of ``tensorflow_text``, which a SavedModel may call.

    Raises:
        ImportError: it is not installed, or for another minor version of TensorFlow.
    """
    with _lock:
        import tensorflow_text  # noqa: F401


def _grow_on_demand(tensorflow: Any) -> None:
    for device in tensorflow.config.list_physical_devices("GPU"):
        try:
            tensorflow.config.experimental.set_memory_growth(device, True)
        except RuntimeError as error:
            _log.warning("%s was used before its memory could be made to grow: %s", device, error)


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Holds back what is written to file descriptor 2, and afterwards writes what is no chatter."""
    try:
        sys.stderr.flush()
        stderr = os.dup(2)
    except (OSError, ValueError, AttributeError):
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            for line in held.read().decode("utf-8", "replace").splitlines(keepends=True):
                if not _CHATTER.match(line):
                    sys.stderr.write(line)
