"""Whether committed runs, of any job, are what they were when they were committed.

``python -m pipelines.verify 'runs/run_id=*'``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pipelines.command.run import DONE, FAILED, say
from pipelines.command.without_beam import run_without_beam
from pipelines.verify.options import VerifyOptions


def main(argv: Sequence[str] | None = None) -> int:
    """Look through the runs; return the exit code (0 sound, 1 faults or failed, 2 usage)."""
    return run_without_beam(VerifyOptions, _verify, argv)


def _verify(options: VerifyOptions) -> int:
    from pipelines.verify.look import look_through, matched  # pyarrow comes with it

    try:
        found = [look_through(run, most=options.max_faults) for run in matched(options.runs)]
    except ModuleNotFoundError as error:
        return say(f"verify: failed: {error}: a run of preprocess needs the data extra", FAILED)
    lines = [line for each in found for line in each.lines()]
    sound = sum(not each.faults for each in found)
    if len(found) > 1:
        lines.append(f"{sound:,} of {len(found):,} runs are sound")
    return say("\n".join(lines), DONE if sound == len(found) else FAILED)


if __name__ == "__main__":
    sys.exit(main())
