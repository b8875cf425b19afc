"""What stands beside Python: where each program is, and why an engine is left out without it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

PRISM_LACKING = "needs Prism: install Go, then make engines builds it"
FLINK_LACKING = "needs Flink's jar: install Java 17 and Maven, then make engines builds it"


def prism() -> str | None:
    """Beam's Prism, as ``PRISM`` names it or beside this Python; None where it is not."""
    named = os.environ.get("PRISM")
    beside = Path(sys.executable).parent / "prism"
    return named or (str(beside) if beside.exists() else shutil.which("prism"))


def flink() -> Path | None:
    """The jar that ``deploy/flink/build.sh`` printed, in ``FLINK_JAR``; None where none was."""
    named = os.environ.get("FLINK_JAR")
    return Path(named) if named and Path(named).exists() and shutil.which("java") else None
