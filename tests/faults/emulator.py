"""A store that speaks as Google's does, for one script in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Emulated = Callable[[str], list[str]]
"""A script, that finds an empty ``bucket`` of that name → the lines that it printed."""

_BEFORE = """
import os
from gcp_storage_emulator.server import create_server
server = create_server("127.0.0.1", 0, in_memory=True, default_bucket="bucket")
server.start()
host, port = server._api._httpd.socket.getsockname()
os.environ["STORAGE_EMULATOR_HOST"] = f"http://127.0.0.1:{port}"
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
bucket = storage.Client(project="test", credentials=AnonymousCredentials()).bucket("bucket")
"""
_AFTER = """
server.stop()
sys.stdout.flush()
os._exit(0)
"""


def run(script: str) -> list[str]:
    """What the script prints. A process that ends early fails the test that asked."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import sys{_BEFORE}{script}{_AFTER}"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "NO_GCE_CHECK": "true", "GOOGLE_CLOUD_PROJECT": "test"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()
