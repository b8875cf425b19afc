"""What Beam's calls on Google Cloud Storage leave out: conditions, and one request an object."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any

SCHEME = "gs://"
_THREADS = 8


def blob(path: str) -> Any:
    """An object of that name, there or not."""
    bucket, _, name = path[len(SCHEME) :].partition("/")
    return _client().bucket(bucket).blob(name)


def generation(path: str) -> int:
    """Of the object that is there now; 0 where none is, as conditions have it."""
    found = blob(path)
    try:
        found.reload()
    except _not_found():
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
            token, _, _ = target_blob.rewrite(
                source_blob, token=token, if_generation_match=over, retry=_retry()
            )
            if token is None:
                return True
    except moved():
        return False


def delete(paths: Iterable[str]) -> None:
    """Delete objects, several at once; what is gone already is no error."""
    each: list[Callable[[], None]] = [partial(_delete, path) for path in paths]
    if each:
        with ThreadPoolExecutor(min(_THREADS, len(each)), "delete") as pool:
            list(pool.map(lambda call: call(), each))


def _delete(path: str) -> None:
    try:
        blob(path).delete(retry=_retry())
    except _not_found():
        pass


def _retry() -> Any:
    from google.cloud.storage.retry import DEFAULT_RETRY

    return DEFAULT_RETRY


def _not_found() -> type[Exception]:
    from google.api_core.exceptions import NotFound

    return NotFound  # type: ignore[no-any-return]


def moved() -> tuple[type[Exception], ...]:
    """What a call raises whose object is gone, or not the one that its condition names."""
    from google.api_core.exceptions import NotFound, PreconditionFailed

    return (NotFound, PreconditionFailed)


@lru_cache(maxsize=1)
def _client() -> Any:
    from google.cloud import storage

    return storage.Client()
