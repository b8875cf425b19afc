"""Google's object store on loopback: fake-gcs-server, which honours preconditions of uploads.

``make test`` installs it beside Python where Go is there. It is one process a test session, in
memory; each test has a bucket of its own. ``Hindrance`` stands before it as a store that stumbles.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = "fake-gcs-server"
LACKING = "needs fake-gcs-server: install Go, then make test installs it"
_PASS = Path(__file__).with_name("store_pass.json")
"""Nobody's, and good for ever: without one Beam looks for some for twenty seconds."""
_START_S, _TRIES = 20.0, 5


@dataclass(frozen=True, slots=True)
class Store:
    """One bucket, and how commands come to have it for Google's."""

    url: str
    bucket: str

    @property
    def environment(self) -> dict[str, str]:
        """Variables of a process that is to find the store."""
        return {
            "STORAGE_EMULATOR_HOST": self.url,
            "NO_GCE_CHECK": "true",
            "GOOGLE_CLOUD_PROJECT": "test",
            "GOOGLE_APPLICATION_CREDENTIALS": str(_PASS),
        }

    def path(self, name: str) -> str:
        """``gs://…`` of an object."""
        return f"gs://{self.bucket}/{name}"

    def put(self, name: str, data: bytes) -> None:
        """Write an object."""
        self._client().blob(name).upload_from_string(data)

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """What lies below a prefix, by the rest of its name."""
        found = list(self._client().list_blobs(prefix=prefix))
        return {each.name.removeprefix(prefix): each.download_as_bytes() for each in found}

    def _client(self) -> Any:
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import storage

        client = storage.Client(
            project="test",
            credentials=AnonymousCredentials(),
            client_options={"api_endpoint": self.url},
        )
        return client.bucket(self.bucket)

    def make(self) -> Store:
        """Make the bucket."""
        self._client().create()
        return self


def program() -> str | None:
    """Where the server is installed; None where it is not."""
    beside = Path(sys.executable).parent / PROGRAM
    return str(beside) if beside.exists() else shutil.which(PROGRAM)


@contextmanager
def serve(found: str) -> Iterator[str]:
    """A server with nothing in it, at the address that is given, until the block ends."""
    process, url = _started(found)
    try:
        yield url
    finally:
        process.kill()
        process.wait()


def fresh_bucket(url: str) -> Store:
    """A bucket that nobody else has."""
    return Store(url, f"b-{uuid.uuid4().hex[:12]}").make()


def _started(found: str) -> tuple[subprocess.Popen[bytes], str]:
    for _ in range(_TRIES):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ["-backend", "memory", "-scheme", "http", "-log-level", "error"]
        address = ["-host", "127.0.0.1", "-port", str(port)]
        process = subprocess.Popen([found, *options, *address])
        if _answers(process, port):
            return process, f"http://127.0.0.1:{port}"
        process.kill()
        process.wait()
    raise RuntimeError(f"{found} does not start")


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    end = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return process.poll() is None
    return False
