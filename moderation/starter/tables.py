"""Reads the tables of a bundle's text graph, which lie beside it as assets."""

from __future__ import annotations

from pathlib import Path


def read_table(path: Path) -> dict[str, str]:
    """A table of ``key TAB value`` lines."""
    lines = path.read_bytes().decode("utf-8").split("\n")
    return dict(line.split("\t", 1) for line in lines if line)


def read_vocabulary(path: Path) -> dict[str, int]:
    """Token to id, from a ``vocab.txt`` with one token a line."""
    lines = path.read_bytes().decode("utf-8").rstrip("\n").split("\n")
    return {token: index for index, token in enumerate(lines)}
