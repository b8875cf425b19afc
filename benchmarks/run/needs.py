"""What a row cannot do without, and why it is not run where that is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks.run.settings import Settings

Need = Callable[[Settings], str | None]
"""Why a row is not run; None: it can be."""

CPUINFO = Path("/proc/cpuinfo")
_BF16 = {"avx512_bf16", "amx_bf16"}


def bf16(settings: Settings, *, cpuinfo: Path = CPUINFO) -> str | None:
    """A processor that multiplies bfloat16; on a GPU the processor does not matter."""
    if settings.gpu:
        return None
    lines = cpuinfo.read_text(errors="replace").splitlines() if cpuinfo.exists() else []
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    if _BF16 & set(flags):
        return None
    return f"the processor has neither {' nor '.join(sorted(_BF16))}"


def before(settings: Settings) -> str | None:
    """A checkout of an older build."""
    if settings.before is None:
        return "no older build: give --before CHECKOUT"
    if not (settings.before / "pipelines").is_dir():
        return f"--before {settings.before}: no checkout, it has no folder pipelines"
    return None


def ray(settings: Settings) -> str | None:
    """An environment with Ray."""
    return _imports("ray_python", settings.ray_python, "ray.data, tensorflow, tensorflow_text, PIL")


def img2dataset(settings: Settings) -> str | None:
    """An environment with img2dataset."""
    return _imports("img2dataset_python", settings.img2dataset_python, "img2dataset")


def no_gpu_asked(settings: Settings) -> str | None:
    """For rows that no GPU changes."""
    return "no model of it would use a GPU: measured without --gpu" if settings.gpu else None


def gpu_found(settings: Settings) -> str | None:
    """For rows with a model: what --gpu promises is there."""
    return _no_gpu() if settings.gpu else None


@cache
def _no_gpu() -> str | None:
    code = "import tensorflow as tf; print(len(tf.config.list_physical_devices('GPU')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if done.returncode:
        return f"TensorFlow does not start: {_last(done.stderr)}"
    return None if int(done.stdout.split()[-1]) else "TensorFlow finds no GPU here"


@cache
def _imports(option: str, python: Path | None, modules: str) -> str | None:
    if python is None:
        return f"no environment: give --{option} PYTHON"
    if not os.access(python, os.X_OK):
        return f"--{option} {python}: no such program"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(python), "-c", f"import {modules}"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    return f"--{option} {python}: {_last(done.stderr)}" if done.returncode else None


def _last(told: str) -> str:
    return (told.strip().splitlines() or ["it said nothing"])[-1]
