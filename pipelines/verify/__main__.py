"""Whether committed runs, of any job, are what they were when they were committed.

``python -m pipelines.verify 'runs/run_id=*'``
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from pipelines.command import ending, stopping
from pipelines.command.run import DONE, FAILED, USAGE, say
from pipelines.command.usage import UsageError
from pipelines.verify.options import VerifyOptions, parse

_STOPPED = "nothing was changed; the same command starts anew"


def main(argv: Sequence[str] | None = None) -> int:
    """Look through the runs; return the exit code (0 sound, 1 faults or failed, 2 usage)."""
    if argv is None:
        stopping.begin()
    try:
        options = parse(argv)
        ending.quieten(verbose=False)
        with stopping.telling(lambda: _STOPPED):
            return _verify(options)
    except UsageError as error:
        return say(f"verify: error: {error}", USAGE)
    except KeyboardInterrupt:
        return say(f"\nstopped: {_STOPPED}", stopping.code_of(signal.SIGINT))
    except ModuleNotFoundError as error:
        return say(f"verify: failed: {error}: a run of preprocess needs the data extra", FAILED)
    except Exception as error:  # a store that is down, a folder that is closed
        return say(f"verify: failed: {ending.cause(error)}", FAILED)


def _verify(options: VerifyOptions) -> int:
    from pipelines.verify.look import look_through, matched  # pyarrow comes with it

    found = [look_through(run, most=options.max_faults) for run in matched(options.runs)]
    lines = [line for each in found for line in each.lines()]
    sound = sum(not each.faults for each in found)
    if len(found) > 1:
        lines.append(f"{sound:,} of {len(found):,} runs are sound")
    return say("\n".join(lines), DONE if sound == len(found) else FAILED)


if __name__ == "__main__":
    sys.exit(main())
