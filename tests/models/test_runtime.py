"""GPUs, on a machine without one: what TensorFlow is told of each before it is first used."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from moderation.models.runtime import _grow_on_demand


@dataclass
class Devices:
    """What of ``tensorflow.config`` is asked, with devices of the test's."""

    gpus: list[str]
    used: tuple[str, ...] = ()
    grown: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def experimental(self) -> SimpleNamespace:
        return SimpleNamespace(set_memory_growth=self._set)

    def list_physical_devices(self, kind: str) -> list[str]:
        return self.gpus if kind == "GPU" else ["cpu"]

    def _set(self, device: str, grow: bool) -> None:
        if device in self.used:
            raise RuntimeError("must be set before GPUs have been initialized")
        self.grown.append((device, grow))


def test_the_memory_of_every_gpu_is_taken_as_needed() -> None:
    devices = Devices(["gpu:0", "gpu:1"])
    _grow_on_demand(SimpleNamespace(config=devices))
    assert devices.grown == [("gpu:0", True), ("gpu:1", True)]


def test_a_gpu_that_was_used_before_is_told_and_costs_the_others_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    devices = Devices(["gpu:0", "gpu:1"], used=("gpu:0",))
    with caplog.at_level(logging.WARNING):
        _grow_on_demand(SimpleNamespace(config=devices))
    assert devices.grown == [("gpu:1", True)]
    assert "gpu:0 was used before" in caplog.text


def test_tensorflow_comes_without_keras_which_is_there_when_asked_for() -> None:
    code = """
import sys
from moderation.models.runtime import load_tensorflow, register_text_operations
tensorflow = load_tensorflow()
register_text_operations()
assert "keras" not in sys.modules and "tensorflow_text" not in sys.modules
from tensorflow.python.framework import op_def_registry
assert op_def_registry.get("NormalizeUTF8") is not None
import keras, tensorflow_text
assert tensorflow.keras.layers.Dense is keras.layers.Dense
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
