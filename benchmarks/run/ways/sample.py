"""The built-in sample scored by a fresh process: from its start to its end, start-up and all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Any

from clocks import cost, given, tell


def main(job: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "pipelines.score", "--runner=DirectRunner", "--no_progress"]
    command += ["--output", job["output"], "--run_id", "r"]

    def work() -> None:
        shutil.rmtree(job["output"], ignore_errors=True)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"pipelines.score ended with {done.returncode}: {done.stderr[-2000:]}")

    work()  # writes bytecode where none is yet, which a machine does once
    tell(cost(work))


if __name__ == "__main__":
    main(given())
