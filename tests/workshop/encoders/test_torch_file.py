"""Torch's first file format, read without torch and without making objects."""

from __future__ import annotations

import pickle
import sys
import types
from collections import OrderedDict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workshop.encoders.torch_file import NotATorchFileError, read_tensors

PROTOCOL = 2
NUMBERS = np.arange(24, dtype="<f4")


class FloatStorage:
    """Stands for torch's class of that name."""


def _rebuild_tensor_v2(*_: Any) -> None:
    """Stands for torch's function of that name."""


@pytest.fixture(autouse=True)
def torchs_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules of torch's names, for pickle to write references to them."""
    for module, name, each in (
        ("torch", "FloatStorage", FloatStorage),
        ("torch._utils", "_rebuild_tensor_v2", _rebuild_tensor_v2),
    ):
        made = types.ModuleType(module)
        setattr(made, name, each)
        monkeypatch.setattr(each, "__module__", module)
        monkeypatch.setitem(sys.modules, module, made)


class Tensor:
    """What torch writes of a tensor: a function's name and a view of a storage."""

    def __init__(self, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> None:
        self.view = (offset, shape, strides)

    def __reduce__(self) -> Any:
        return _rebuild_tensor_v2, (Storage(), *self.view, False, OrderedDict())


class Storage:
    """The one storage of these files."""


class Writer(pickle.Pickler):
    def persistent_id(self, each: Any) -> Any:
        if isinstance(each, Storage):
            return ("storage", FloatStorage, "7", "cpu", len(NUMBERS), None)
        return None


def written(path: Path, tensors: Any, *, numbers: Any = NUMBERS) -> Path:
    with path.open("wb") as file:
        for each in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(each, file, PROTOCOL)
        Writer(file, PROTOCOL).dump(tensors)
        pickle.dump(["7"], file, PROTOCOL)
        file.write(np.int64(len(NUMBERS)).tobytes() + numbers.tobytes())
    return path


def test_tensors_are_strided_views_of_their_storage(tmp_path: Path) -> None:
    tensors = OrderedDict(
        rows=Tensor(0, (2, 3), (3, 1)), columns=Tensor(4, (2, 3), (1, 2)), one=Tensor(9, (), ())
    )

    found = read_tensors(written(tmp_path / "weights.pth", tensors))

    assert list(found) == ["rows", "columns", "one"]
    np.testing.assert_array_equal(found["rows"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(found["columns"], [[4, 6, 8], [5, 7, 9]])
    assert found["one"] == 9


@pytest.mark.parametrize(
    ("tensors", "numbers", "message"),
    [
        ({"x": Fraction(1, 3)}, NUMBERS, "it names fractions.Fraction"),
        ({"x": Tensor(20, (5,), (1,))}, NUMBERS, "reaches beyond storage 7"),
        ({"x": Tensor(3, (2,), (-1,))}, NUMBERS, "reaches beyond storage 7"),
        ({"x": Tensor(0, (1,), (1,))}, NUMBERS[:-1], "storage 7 is cut short"),
    ],
)
def test_a_file_of_anything_else_is_refused(
    tensors: Any, numbers: Any, message: str, tmp_path: Path
) -> None:
    path = written(tmp_path / "weights.pth", tensors, numbers=numbers)

    with pytest.raises(NotATorchFileError, match=message):
        read_tensors(path)


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(b"PK\x03\x04 an archive")

    with pytest.raises(NotATorchFileError, match="is no file of tensors"):
        read_tensors(path)
