from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipelines.command.work_folder import work_folder

_HOLDS = """
from pipelines.command.work_folder import work_folder
with work_folder() as folder:
    print(folder, flush=True)
    input()
"""


def test_a_folder_goes_with_its_block_and_what_a_killed_process_left_goes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDS],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    theirs = Path(process.stdout.readline().strip())
    assert theirs.is_dir()
    with work_folder() as ours:
        assert list(Path(ours).iterdir()) == []
        assert theirs.is_dir()  # its owner lives
    assert not Path(ours).exists()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with work_folder():
        assert not theirs.exists()
    assert list(tmp_path.iterdir()) == []
