"""Object stores through Beam, whose calls take a pattern where we have a name."""

from __future__ import annotations

import functools
import importlib.util
import os
import queue
import re
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

_WAIT_S = 10.0
_GCS = ("storage.googleapis.com", 443)
_MAGIC = re.compile(r"[*?[]")
NEEDS_EXTRA = "gs:// needs the gcp extra: make gcp, or pip install '.[gcp]' in the project's folder"


class StoreError(OSError):
    """A store that cannot be asked; the message says what to do."""


def literally(path: str) -> str:
    """A path as a pattern that matches it and nothing else, for Beam's calls that take patterns."""
    return _MAGIC.sub(lambda found: f"[{found[0]}]", path)


def match_literally(path: str, *, below: bool) -> Iterator[tuple[str, int]]:
    """Names and sizes: of the object of that very name, or of all whose names begin so.

    Raises:
        OSError: where the store cannot be asked.
    """
    from apache_beam.io.filesystems import FileSystems

    expect_reachable(path)
    pattern = f"{literally(path)}**" if below else literally(path)
    for found in FileSystems.match([pattern])[0].metadata_list:
        if found.path.startswith(path) if below else found.path == path:
            yield found.path, found.size_in_bytes


def expect_reachable(path: str) -> None:
    """Raise ``StoreError`` where a store's client is missing or its address does not answer.

    The client itself would go on trying for minutes. Nothing is asked of a local path.
    """
    if path.startswith("gs://"):
        _expect_client()
        _expect_answer(*_address())


@functools.cache
def _expect_client() -> None:
    try:
        there = importlib.util.find_spec("google.cloud.storage")
    except ModuleNotFoundError:
        there = None
    if there is None:
        raise StoreError(NEEDS_EXTRA)


def _address() -> tuple[str, int]:
    """Where requests to the store go first: an emulator, a proxy, or the store."""
    emulator = os.environ.get("STORAGE_EMULATOR_HOST")
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    for url in filter(None, (emulator, proxy)):
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.hostname:
            return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    return _GCS


@functools.cache
def _expect_answer(host: str, port: int) -> None:
    answers: queue.SimpleQueue[OSError | None] = queue.SimpleQueue()

    def connect() -> None:
        try:
            socket.create_connection((host, port), timeout=_WAIT_S).close()
        except OSError as error:
            answers.put(error)
        else:
            answers.put(None)

    # a name that no server resolves blocks beyond any timeout of a socket
    threading.Thread(target=connect, daemon=True).start()
    try:
        error = answers.get(timeout=_WAIT_S)
    except queue.Empty:
        error = TimeoutError(f"no answer within {_WAIT_S:g} s")
    if error is not None:
        raise StoreError(
            f"the store does not answer ({host}:{port}: {error}): check the network"
        ) from error
