"""What a start finds of earlier ones that did not end, and what of it goes.

A committed run is left alone, whatever the start is to become: only its successor's commit takes
it away.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from moderation.runs import marker
from moderation.runs.directory import (
    CLAIM,
    MANIFEST,
    MARKER,
    OWN,
    REFUSED,
    STAGING,
    RunDirectory,
)
from moderation.storage import files

_TREE = re.compile(r"\.[0-9a-f]{8}\.next")
_COPY = re.compile(r"data/images(?:\.([0-9a-f]{8}))?/")
_EVERY_JOBS = frozenset((MARKER, MANIFEST, STAGING, CLAIM, REFUSED))


def clear(directory: RunDirectory, own: Iterable[str] = OWN, *, overwrite: bool) -> None:
    """Make room for a start: what uncommitted ones left goes, and nothing else.

    Only who holds the claim may call this: what it finds committed, nobody else takes back. What
    a dead start has ready to commit goes first, so that it cannot commit any more. Its journal
    stays, and so does everything of a committed run.

    Args:
        directory: the start's.
        own: files and folders of the job; marker and staging area are every job's.
        overwrite: whether a committed run may be replaced later.

    Raises:
        RunCommitted: a committed run lies here, and ``overwrite`` was not given.
    """
    directory.clear_staging()
    for tree in trees_beside(directory.path):
        drop_tree(directory, tree, own)
    directory.expect_free(overwrite=overwrite)
    files.delete_tree(directory.file(REFUSED))
    if directory.committed:
        drop_replaced(directory, own)
        return
    for name in (MANIFEST, *own):
        files.delete_tree(directory.file(name))


def drop_replaced(directory: RunDirectory, own: Iterable[str] = ()) -> None:
    """Delete what a committed run replaced file by file; its reports get their usual names too."""
    path = directory.path
    for usual, name in stale(path).items():
        files.write_bytes(directory.file(usual), files.read_bytes(directory.file(name)))
    files.delete_files(f"{path}/{name}" for name in replaced(path, own))


def stale(path: str) -> dict[str, str]:
    """Usual names of reports under which the replaced run's lie still, and the files they are of.

    Of a run that replaced another file by file; its reports have their usual names as well.
    """
    return {
        marker.usual(name): name
        for name in marker.named(path) or ()
        if "/" not in name
        and marker.usual(name) != name
        and not _same(f"{path}/{marker.usual(name)}", f"{path}/{name}")
    }


def _same(one: str, other: str) -> bool:
    """Whether both have the same bytes; so they have where there is nothing to compare with."""
    try:
        wanted = files.read_bytes(other)
    except OSError:
        return True
    return files.exists(one) and files.read_bytes(one) == wanted


def trees_beside(path: str) -> list[str]:
    """Folders beside a local run that were to change places with it, or did."""
    output, name = os.path.split(path)
    if files.is_remote(path) or not os.path.isdir(output):
        return []
    start = f".{name}"
    return sorted(
        f"{output}/{each}"
        for each in os.listdir(output)
        if each.startswith(start) and _TREE.fullmatch(each[len(start) :])
    )


def drop_tree(directory: RunDirectory, tree: str, own: Iterable[str]) -> None:
    """Delete a folder that changed places with the run, or was to; what is not ours comes back."""
    ours = {*_EVERY_JOBS, *own, *_tops(marker.named(tree)), *_tops(marker.named(directory.path))}
    for name in sorted(os.listdir(tree)):
        if name not in ours:
            _bring_back(f"{tree}/{name}", directory.file(name))
    files.delete_tree(tree)


def foreign(path: str, own: Iterable[str]) -> list[str]:
    """Names in a local run's directory that no run wrote."""
    ours = {*_EVERY_JOBS, *own, *_tops(marker.named(path))}
    return sorted(name for name in os.listdir(path) if name not in ours)


def replaced(path: str, own: Iterable[str] = ()) -> list[str]:
    """Files beside a committed run's that an earlier or a dead start wrote, relative to it.

    Where a run was replaced file by file, that is whatever lies among its files and is not named
    by its manifest; elsewhere what has the name of a start that was to replace it so.
    """
    named = marker.named(path)
    if named is None:
        return []
    token = marker.in_place(path)
    tops = {*own, *map(marker.usual, _tops(named))} - {MARKER}
    kept = {*named, *(marker.usual(name) for name in named if "/" not in name)}
    by_folder = files.is_remote(path)
    found = (file[len(path) + 1 :] for file in files.list_files(path))
    ours = (name for name in found if marker.usual(name.split("/")[0]) in tops and name not in kept)
    return [name for name in ours if _is_left(name, token, by_folder=by_folder)]


def _is_left(name: str, token: str | None, *, by_folder: bool) -> bool:
    if copy := _COPY.match(name):
        return token is not None and copy[1] != token and by_folder
    return token is not None or marker.usual(name) != name


def _tops(named: Iterable[str] | None) -> set[str]:
    return {name.split("/")[0] for name in named or ()}


def _bring_back(source: str, target: str) -> None:
    """Move a file or a folder's files to where they were, unless newer ones lie there."""
    for path in files.list_files(source) if os.path.isdir(source) else [source]:
        place = target + path[len(source) :]
        if not os.path.lexists(place) or _age(path) > _age(place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.replace(path, place)


def _age(path: str) -> int:
    return os.lstat(path).st_mtime_ns
