"""A small original sample: records of both kinds and their pictures."""

from __future__ import annotations

from pathlib import Path

SAMPLE_DIR = Path(__file__).resolve().parent
"""Where the record files lie; their image paths are relative to it."""


def sample_inputs() -> tuple[str, ...]:
    """The record files, as ``--input`` takes them."""
    names = ("tweet_pairs.csv", "memes.jsonl", "inline_pairs.parquet")
    return tuple(str(SAMPLE_DIR / name) for name in names)
