"""A claim in Google Cloud Storage, which has no locks: an object that only one start can make.

Every write names the generation that it replaces, so of two that try only one goes through. Who
owns a claim renews it while it lives; one that was not renewed for long is a dead process's and may
be taken over, after which its former owner's next write, the one before its commit too, fails.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moderation.storage.google_store import Moved, blob, retry, told_as_files

RENEW_S, DEAD_S = 60.0, 600.0
"""A claim is renewed so often, and dead after so long: clocks may be some minutes apart."""
_TRIES = 20
Told = dict[str, Any]


class Held(RuntimeError):
    """Somebody else, who lives, has the claim."""

    def __init__(self, told: Told, age_s: float) -> None:
        super().__init__("held")
        self.told, self.age_s = told, age_s


@dataclass(frozen=True, slots=True)
class Found:
    """A claim as it was read."""

    told: Told
    generation: int
    age_s: float


def take(path: str, told: Told, *, is_dead: Any) -> None:
    """Make the claim, or take over a dead one's.

    Args:
        path: ``gs://…``.
        told: what the claim says; its ``token`` is the owner's.
        is_dead: of a claim that was read: whether its owner is known to be gone.

    Raises:
        Held: somebody else lives and has it.
    """
    for _ in range(_TRIES):
        found = read(path)
        stranger = found is not None and found.told.get("token") != told["token"]
        if found and stranger and found.age_s < DEAD_S and not is_dead(found.told):
            raise Held(found.told, found.age_s)
        if _written(path, told, over=found.generation if found else 0):
            return
    raise OSError(f"{path} changes faster than it can be claimed")


def keep(path: str, token: str, **changes: Any) -> bool:
    """Renew the claim, or change what it says; False where it is not the token's any more."""
    for _ in range(_TRIES):
        found = read(path)
        if found is None or found.told.get("token") != token:
            return False
        if _written(path, {**found.told, **changes}, over=found.generation):
            return True
    raise OSError(f"{path} changes faster than it can be renewed")


def release(path: str, token: str) -> None:
    """Take the claim away, if it is the token's."""
    found = read(path)
    if found is not None and found.told.get("token") == token:
        with contextlib.suppress(FileNotFoundError, Moved), told_as_files(path):
            blob(path).delete(if_generation_match=found.generation, retry=retry())


@contextlib.contextmanager
def renewed(path: str, token: str, *, every_s: float = RENEW_S) -> Iterator[None]:
    """Renew the claim from a thread while the block runs."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(every_s):
            with contextlib.suppress(Exception):  # a store that stumbles is asked again in time
                if not keep(path, token):
                    return

    thread = threading.Thread(target=renew, name="claim", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def read(path: str) -> Found | None:
    """The claim as it is now; None where there is none."""
    for _ in range(_TRIES):
        claim = blob(path)
        try:
            with told_as_files(path):
                claim.reload(retry=retry())
                generation, updated = int(claim.generation), claim.updated
                data = claim.download_as_bytes(if_generation_match=generation, retry=retry())
        except FileNotFoundError:
            return None
        except Moved:
            continue
        try:
            told = json.loads(data)
        except ValueError:
            told = {}
        now = datetime.datetime.now(datetime.timezone.utc)
        return Found(
            told=told if isinstance(told, dict) else {},
            generation=generation,
            age_s=(now - updated).total_seconds(),
        )
    raise OSError(f"{path} changes faster than it can be read")


def _written(path: str, told: Told, *, over: int) -> bool:
    try:
        with told_as_files(path):
            blob(path).upload_from_string(
                json.dumps(told) + "\n", if_generation_match=over, retry=retry()
            )
    except (FileNotFoundError, Moved):
        return False
    return True
