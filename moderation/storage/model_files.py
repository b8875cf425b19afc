"""The files of a model, wherever it lies: a local directory, or one on an object store."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from moderation.storage import files

_BLOCK_BYTES = 1 << 20


def model_files(directory: str) -> dict[str, str]:
    """Every file below a directory: relative name to full path; dot files are left out.

    Returns an empty dict where there is nothing.
    """
    start = f"{directory.rstrip('/')}/"
    named = {path.removeprefix(start): path for path in files.list_files(start)}
    return {
        name: named[name]
        for name in sorted(named)
        if name and not name.endswith("/") and not any(map(_is_hidden, name.split("/")))
    }


def local_copy(directory: str) -> str:
    """A local directory with the same files; removed when the process ends.

    A local directory is returned as it is.
    """
    if not files.is_remote(directory):
        return directory
    target = tempfile.mkdtemp(prefix="bundle-")
    atexit.register(shutil.rmtree, target, ignore_errors=True)
    for name, path in model_files(directory).items():
        copy = Path(target, name)
        if not copy.resolve().is_relative_to(Path(target).resolve()):
            raise ValueError(f"{name!r} leads out of the bundle")
        copy.parent.mkdir(parents=True, exist_ok=True)
        with files.open_read(path) as source, copy.open("wb") as sink:
            shutil.copyfileobj(source, sink, _BLOCK_BYTES)
    return target


def _is_hidden(name: str) -> bool:
    return name.startswith(".")
