"""Paths and patterns: what a path names, and what ``*``, ``?``, ``[…]`` and ``**`` match.

A name that exists as it stands is taken as a name, in every part of a path; only what does not is
a pattern. ``*`` and ``?`` stop at ``/``; ``**`` is any folders, or none.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator

from moderation.storage.trees import Entry, Tree

_MAGIC = re.compile(r"[*?[]")
_ANY_DEPTH = "**"


def is_hidden(name: str) -> bool:
    """Whether a name is by convention none of the data: dot files, ``_SUCCESS``, ``_temporary``.

    A partition's folder (``_day=1``) is data.
    """
    return name.startswith(".") or (name.startswith("_") and "=" not in name)


def expand(tree: Tree, path: str) -> Iterator[tuple[Entry, bool]]:
    """What a path or pattern names: each entry, and whether it was found by a pattern.

    A hidden name that a pattern asks for, as ``.*.jsonl`` does, is as good as named.
    """
    whole = tree.entry(path)
    if whole is not None:
        yield whole, False
        return
    root, names = tree.split(path)
    if any(map(_MAGIC.search, names)):
        for entry in _expand(tree, root, _apart(names)):
            asked = is_hidden(entry.name) and names[-1].startswith(entry.name[0])
            yield entry, not asked


def folders_below(tree: Tree, folder: str) -> Iterator[Entry]:
    """A folder and all below it, hidden ones and their contents left out, each once.

    Hidden ones come too, as entries to tell; they are not gone into.
    """
    seen = {tree.real(folder)}
    waiting = [Entry(folder, True)]
    while waiting:
        here = waiting.pop()
        yield here
        if here.path != folder and is_hidden(here.name):
            continue
        for child in tree.children(here.path):
            if child.folder and (real := tree.real(child.path)) not in seen:
                seen.add(real)
                waiting.append(child)


def _apart(names: list[str]) -> list[str]:
    """``**`` within a name, as in ``**.jsonl``, as a part of its own before the rest."""
    apart: list[str] = []
    for name in names:
        if _ANY_DEPTH in name and name != _ANY_DEPTH:
            apart += [_ANY_DEPTH, re.sub(r"\*\*+", "*", name)]
        else:
            apart.append(name)
    return apart


def _expand(tree: Tree, folder: str, names: list[str]) -> Iterator[Entry]:
    for place, name in enumerate(names):
        rest = names[place + 1 :]
        if not _MAGIC.search(name):
            folder = f"{folder}/{name}"
            continue
        literal = None if name == _ANY_DEPTH else tree.entry(f"{folder}/{name}")
        if literal is not None:
            folder = literal.path
            continue
        yield from _matched(tree, folder, name, rest)
        return
    entry = tree.entry(folder)
    if entry is not None:
        yield entry


def _matched(tree: Tree, folder: str, name: str, rest: list[str]) -> Iterator[Entry]:
    found = tree.entry(folder)
    if found is None or not found.folder:
        return
    if name == _ANY_DEPTH:
        for each in folders_below(tree, folder):
            if each.path == folder or not is_hidden(each.name):
                yield from _expand(tree, each.path, rest) if rest else tree.children(each.path)
        return
    prefix = name[: _MAGIC.search(name).start()]  # type: ignore[union-attr]
    for child in tree.children(folder, prefix=prefix):
        if not fnmatch.fnmatchcase(child.name, name):
            continue
        if not rest:
            yield child
        elif child.folder and (not is_hidden(child.name) or child.name[0] == name[0]):
            yield from _expand(tree, child.path, rest)
