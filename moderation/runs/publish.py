"""The one step after which a run is final, and what follows it.

Everything that a dead start could still publish lies in the staging area or in a folder of its own
beside the run, under its token. A later start takes these away before anything else, so that one
that was only asleep finds them gone and cannot commit any more.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable

from moderation.runs import leftovers, marker
from moderation.runs.claim import seal
from moderation.runs.destination import Destination, tree_beside
from moderation.runs.directory import CLAIM, MARKER, RunDirectory
from moderation.storage import files
from moderation.storage.exchange import exchange


class RunRefused(RuntimeError):
    """The run is over, its books are written, and it was not committed."""


def expect_ours(directory: RunDirectory) -> None:
    """Raise ``RunRefused`` where another start of the run took the directory."""
    if not seal(directory):
        raise _taken(directory)


def publish(destination: Destination, data: bytes) -> None:
    """Make the files at a destination the run's.

    Args:
        destination: holds everything that the marker's manifest names.
        data: of the marker.

    Raises:
        RunRefused: another start of the run took the directory.
    """
    directory, former = destination.directory, marker.named(destination.directory.path)
    try:
        if destination.tree:
            _fill_up(destination, data)
            expect_ours(directory)
            os.rename(destination.root, destination.tree)
            exchange(destination.tree, directory.path)
        else:
            _put(directory, data)
    except FileNotFoundError as error:
        raise _taken(directory) from error
    finish(directory, former=former or ())


def resumed(directory: RunDirectory) -> bool:
    """Whether this start committed already, or does now what was left of it.

    An engine may do the step again after a crash in its middle.
    """
    tree = tree_beside(directory)
    if directory.committed_by != directory.token:
        if files.is_remote(tree) or not os.path.isdir(tree):
            return False
        expect_ours(directory)
        exchange(tree, directory.path)
    finish(directory)
    return True


def finish(directory: RunDirectory, *, former: Iterable[str] = ()) -> None:
    """Drop what a run that is final no longer needs, the run that it replaced above all."""
    for tree in leftovers.trees_beside(directory.path):
        leftovers.drop_tree(directory, tree, ())
    leftovers.drop_replaced(directory, {name.split("/")[0] for name in former})
    files.delete_tree(directory.staging)


def _put(directory: RunDirectory, data: bytes) -> None:
    """Move the marker to its place, from where a later start would have taken it away."""
    draft, place = f"{directory.staging}/marker.{directory.short_token}", directory.file(MARKER)
    files.write_bytes(draft, data)
    over = files.version(place)
    expect_ours(directory)
    if not files.replace(draft, place, over=over) and directory.committed_by != directory.token:
        raise _taken(directory)


def _fill_up(destination: Destination, data: bytes) -> None:
    """Complete the tree: the marker, the claim's lock, and what others put beside the run."""
    directory, root = destination.directory, destination.root
    files.write_bytes(f"{root}/{MARKER}", data)
    shutil.copymode(directory.path, root)
    with contextlib.suppress(FileNotFoundError):  # nobody claimed it
        _link(directory.file(CLAIM), f"{root}/{CLAIM}")
    for name in leftovers.foreign(directory.path, own=os.listdir(root)):
        source, target = directory.file(name), f"{root}/{name}"
        with contextlib.suppress(OSError):  # what cannot be linked is moved, once it was replaced
            if os.path.isdir(source) and not os.path.islink(source):
                shutil.copytree(
                    source, target, symlinks=True, copy_function=_link, dirs_exist_ok=True
                )
            else:
                _link(source, target)


def _link(source: str, target: str) -> None:
    with contextlib.suppress(FileExistsError):
        os.link(source, target, follow_symlinks=False)


def _taken(directory: RunDirectory) -> RunRefused:
    return RunRefused(
        f"{directory.path} was taken by a later start with the same --run_id, which owns what "
        "lies there now"
    )
