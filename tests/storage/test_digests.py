"""An input's version: what is told of a change, and what is none."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation.storage.digests import changes, versions

DAY_S = 86_400


def old_file(path: Path, content: bytes = b"row\n" * 100) -> Path:
    """A file whose last change lies far enough back for its stamp to be trusted."""
    path.write_bytes(content)
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - DAY_S))
    return path


def cut(path: Path) -> None:
    os.truncate(path, 40)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"row\n")


def replace(path: Path) -> None:
    other = path.with_name("draft")
    other.write_bytes(b"ROW\n" * 100)
    os.replace(other, path)


def overwrite_and_hide_it(path: Path) -> None:
    before = path.stat()
    with path.open("r+b") as file:
        file.write(b"ROW\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("fresh", [False, True], ids=["old", "fresh"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (cut, "400 bytes .* has 40 bytes"),
        (grow, "400 bytes .* has 404 bytes"),
        (replace, "400 bytes .* has 400 bytes"),
        (overwrite_and_hide_it, "400 bytes .* has 400 bytes"),
        (os.unlink, "400 bytes .* cannot be read any more"),
    ],
)
def test_a_file_with_other_content_is_told(
    tmp_path: Path, change: Callable[[Path], None], told: str, fresh: bool
) -> None:
    path = old_file(tmp_path / "a.jsonl")
    if fresh:
        path.write_bytes(path.read_bytes())
    kept = old_file(tmp_path / "kept.jsonl")
    before = versions([str(path), str(kept)])
    change(path)
    (found,) = changes(before)
    assert found.startswith(str(path))
    assert re.search(told, found)


def test_the_same_content_is_no_change_whoever_touched_or_rewrote_it(tmp_path: Path) -> None:
    touched, rewritten = old_file(tmp_path / "touched"), old_file(tmp_path / "rewritten")
    before = versions([str(touched), str(rewritten)])
    os.utime(touched)
    rewritten.write_bytes(rewritten.read_bytes())
    assert changes(before) == []


def test_a_file_that_was_not_there_is_no_change_until_it_comes(tmp_path: Path) -> None:
    before = versions([str(tmp_path / "late")])
    assert changes(before) == []
    (tmp_path / "late").write_bytes(b"x")
    assert "had nothing to read and has 1 bytes" in changes(before)[0]
