"""Objects of Google Cloud Storage by its own client: conditions, and one request an object.

Beam's calls know no conditions, make a client for each call, and look for an object's name before
they delete it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from moderation.storage.stores import StoreError, expect_reachable

SCHEME = "gs://"
GIVE_UP_S = 300.0
"""A store that answers 429 or 5xx is asked again for so long, at growing intervals."""
_THREADS = 8


def blob(path: str) -> Any:
    """An object of that name, there or not."""
    bucket, _, name = path[len(SCHEME) :].partition("/")
    return _bucket(bucket).blob(name)


def exists(path: str) -> bool:
    """Whether an object is there."""
    with told_as_files(path):
        return bool(blob(path).exists(retry=retry()))


def read(path: str) -> bytes:
    """An object's bytes; raises ``FileNotFoundError``."""
    with told_as_files(path):
        return bytes(blob(path).download_as_bytes(retry=retry()))


def write(path: str, data: bytes) -> None:
    """Write an object, whole."""
    with told_as_files(path):
        blob(path).upload_from_string(data, retry=retry())


def names(folder: str) -> list[str]:
    """Paths of the objects below a folder, sorted."""
    bucket, _, name = f"{folder.rstrip('/')}/"[len(SCHEME) :].partition("/")
    with told_as_files(folder):
        found = [
            f"{SCHEME}{bucket}/{each.name}" for each in _bucket(bucket).list_blobs(prefix=name)
        ]
    return sorted(found)


def generation(path: str) -> int:
    """Of the object that is there now; 0 where none is, as conditions have it."""
    found = blob(path)
    try:
        with told_as_files(path):
            found.reload(retry=retry())
    except FileNotFoundError:
        return 0
    return int(found.generation)


def copy(source: str, target: str, *, over: int | None = None) -> bool:
    """Copy an object within the store; its target is replaced whole, or not at all.

    Args:
        source: must be there.
        target: ``gs://…`` as well.
        over: the generation that may be replaced, 0 for none; None for any.

    Returns:
        Whether it was done: not where the source is gone, or the target another than ``over``.
    """
    target_blob, source_blob = blob(target), blob(source)
    token: str | None = None
    try:
        while True:
            with told_as_files(target):
                token, _, _ = target_blob.rewrite(
                    source_blob, token=token, if_generation_match=over, retry=retry()
                )
            if token is None:
                return True
    except (FileNotFoundError, Moved):
        return False


def delete(paths: Iterable[str]) -> None:
    """Delete objects, several at once; what is gone already is no error."""
    doomed = list(paths)
    if doomed:
        with ThreadPoolExecutor(min(_THREADS, len(doomed)), "delete") as pool:
            list(pool.map(_delete, doomed))


class Moved(StoreError):
    """Another object is there than a condition names."""


@contextlib.contextmanager
def told_as_files(path: str) -> Iterator[None]:
    """The client's errors as those of files, with the path.

    Raises:
        FileNotFoundError: no such object.
        Moved: the object is not the one that a condition names.
        StoreError: whatever else the store answers.
    """
    from google.api_core.exceptions import GoogleAPIError, NotFound, PreconditionFailed

    try:
        yield
    except NotFound as error:
        raise FileNotFoundError(f"{path} is not there") from error
    except PreconditionFailed as error:
        raise Moved(f"{path} is another one now") from error
    except GoogleAPIError as error:
        raise StoreError(f"{path}: {error}") from error


def _delete(path: str) -> None:
    with contextlib.suppress(FileNotFoundError), told_as_files(path):
        blob(path).delete(retry=retry())


def retry() -> Any:
    """How calls are tried again that end the same where they are done twice."""
    from google.cloud.storage.retry import DEFAULT_RETRY

    return DEFAULT_RETRY.with_timeout(GIVE_UP_S)


def _bucket(name: str) -> Any:
    expect_reachable(f"{SCHEME}{name}")
    # a client finds the emulator as it is made, and its connections are one process's
    return _client(os.environ.get("STORAGE_EMULATOR_HOST"), os.getpid()).bucket(name)


@lru_cache(maxsize=1)
def _client(host: str | None, process: int) -> Any:
    from google.auth.exceptions import DefaultCredentialsError
    from google.cloud import storage

    try:
        return storage.Client()
    except DefaultCredentialsError:  # what is public can be read all the same
        return storage.Client.create_anonymous_client()
