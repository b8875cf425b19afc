"""What the measurement stood on."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("tensorflow", "apache-beam", "keras", "pillow")


def facts(cpuinfo: Path = Path("/proc/cpuinfo")) -> dict[str, str]:
    """Processor, cores, versions."""
    text = cpuinfo.read_text(errors="replace") if cpuinfo.exists() else ""
    lines = dict(line.partition(":")[::2] for line in text.splitlines() if ":" in line)
    named = {name.strip(): value.strip() for name, value in lines.items()}
    return {
        "processor": named.get("model name", platform.processor() or "unknown"),
        "bf16 units": " ".join(sorted(_bf16(named.get("flags", "")))) or "none",
        "cores": str(len(os.sched_getaffinity(0))),
        "python": sys.version.split()[0],
        **{name: _version(name) for name in _PACKAGES},
    }


def load() -> float:
    """Processes that ran or waited to run, over the last minute."""
    return os.getloadavg()[0]


def _bf16(flags: str) -> set[str]:
    return {"avx512_bf16", "amx_bf16"} & set(flags.split())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
