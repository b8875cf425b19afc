"""Runnable pipelines, one module each: options, ``build()``, ``main()``. No domain logic."""

from __future__ import annotations

import sys

if sys.argv[:1] == ["-m"]:  # ``python -m pipelines.NAME`` looks for its module: a command begins
    from pipelines.command import stopping

    stopping.begin()
