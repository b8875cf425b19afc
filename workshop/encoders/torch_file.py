"""Torch's first file format read without torch: tensors, and no object of any other kind.

Five pickles (a magic number, a version, sizes, the tensors by name, the storages' keys), then each
storage as its count (int64) and its numbers. A tensor is a strided view of a storage.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

Array = np.ndarray[Any, Any]
_MAGIC, _VERSION = 0x1950A86A20F9469CFC6C, 1001
_STORAGES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class NotATorchFileError(ValueError):
    """The file holds something else, or something beside tensors."""


@dataclass(frozen=True, slots=True)
class _View:
    """A tensor before its storage is read; strides count numbers, not bytes."""

    key: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_tensors(path: Path) -> dict[str, Array]:
    """Tensors by name, float32 or int64, in the order of the file.

    Raises:
        NotATorchFileError: it is of another format, or names a class that no tensor needs.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        try:
            return _read(file)
        except (pickle.UnpicklingError, EOFError, KeyError, TypeError, ValueError) as error:
            raise NotATorchFileError(f"{path} is no file of tensors: {error}") from error


def _read(file: BinaryIO) -> dict[str, Array]:
    if _Plain(file).load() != _MAGIC or _Plain(file).load() != _VERSION:
        raise NotATorchFileError("it is not in torch's first format")
    if not _Plain(file).load()["little_endian"]:
        raise NotATorchFileError("its numbers are big-endian")
    tensors = _Tensors(file)
    views = tensors.load()
    storages = {}
    for key in _Plain(file).load():
        (count,) = np.frombuffer(file.read(8), "<i8")
        dtype, expected = tensors.storages[key]
        found = file.read(int(count) * dtype.itemsize)
        if count != expected or len(found) != count * dtype.itemsize:
            raise NotATorchFileError(f"storage {key} is cut short")
        storages[key] = np.frombuffer(found, dtype)
    return {name: _viewed(storages[view.key], view) for name, view in views.items()}


def _viewed(storage: Array, view: _View) -> Array:
    last = view.offset + sum(
        stride * (size - 1) for stride, size in zip(view.strides, view.shape, strict=True)
    )
    if min((view.offset, *view.strides)) < 0 or last >= len(storage):
        raise NotATorchFileError(f"a tensor reaches beyond storage {view.key}")
    steps = [stride * storage.itemsize for stride in view.strides]
    seen = np.lib.stride_tricks.as_strided(storage[view.offset :], view.shape, steps)
    return np.array(seen)


class _Plain(pickle.Unpickler):
    """Numbers, strings and their containers."""

    def find_class(self, module: str, name: str) -> Any:
        """Nothing is one."""
        raise pickle.UnpicklingError(f"it names {module}.{name}")


class _Tensors(_Plain):
    """Tensors by name, as views of storages that come later."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, tuple[np.dtype[Any], int]] = {}

    def find_class(self, module: str, name: str) -> Any:
        """What a tensor is written with, each as a harmless stand-in."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _view
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        return super().find_class(module, name)

    def persistent_load(self, pid: Any) -> str:
        """``("storage", class, key, device, count, …)`` → its key."""
        _, dtype, key, _, count, *_ = pid
        if not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError(f"storage {key} is of no known type")
        self.storages[key] = (dtype, int(count))
        return str(key)


def _view(key: str, offset: int, shape: Any, strides: Any, *_: Any) -> _View:
    return _View(key, int(offset), tuple(shape), tuple(strides))
