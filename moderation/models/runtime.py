"""TensorFlow, imported late, quietly, and with GPU memory taken only as needed."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
    if "tensorflow" in sys.modules:
        import tensorflow
    elif verbose:
        with _without_keras():
            import tensorflow
    else:
        with _without_keras(), _without_chatter():
            import tensorflow
    return tensorflow


@contextmanager
def _without_keras() -> Iterator[None]:
    """Keeps TensorFlow from importing Keras, and with it scikit-learn and SciPy, ahead of any use.

    It does so as its last act, and passes over it where there is none. Afterwards ``import keras``
    and ``tensorflow.keras`` work as ever; a SavedModel's signatures need neither.
    """
    if "keras" in sys.modules:
        yield
        return
    sys.modules["keras"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["keras"]


def _prepare(*, verbose: bool) -> Any:
    tensorflow = load_tensorflow(verbose=verbose)
    if not verbose:
        tensorflow.get_logger().setLevel(logging.ERROR)
    _grow_on_demand(tensorflow)
    return tensorflow


def register_text_operations() -> None:
    """Makes TensorFlow know the operations of ``tensorflow_text``, which a SavedModel may call.

    They lie in libraries beside its Python modules, which would import Keras and are not needed.

    Raises:
        ImportError: it is not installed, or for another minor version of TensorFlow.
    """
    found = importlib.util.find_spec("tensorflow_text")
    if found is None:
        raise ImportError("tensorflow-text is not installed")
    tensorflow = load_tensorflow()
    with _lock:
        for folder in found.submodule_search_locations or ():
            for library in sorted(Path(folder, "python").rglob("*.so")):
                try:
                    tensorflow.load_op_library(str(library))
                except tensorflow.errors.OpError as error:
                    raise ImportError(f"{library.name}: {error.message}") from error


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
