"""``python -m workshop.starter.build``: the built-in bundle from its own sets of examples.

A build that was cut short goes on by itself after its longest stage.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from moderation.runs.claim import RunClaimed, held
from pipelines.command import ending, stopping
from pipelines.command.parser import OneLineParser
from pipelines.command.values import path

DONE, FAILED, USAGE = 0, 1, 2
_LOG = logging.getLogger("workshop.starter.build")
_EPILOG = """\
exit codes: 0 done; 1 failed: no bundle was written; 2 usage: a flag or a folder cannot be used.
moderation/starter/README.md says which sets it learns from, and how they are made.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Build; return the exit code (0 done, 1 failed, 2 usage)."""
    if argv is None:
        stopping.begin()
    given = parser().parse_args(argv)
    ending.quieten(given.verbose)
    output = Path(os.path.abspath(given.output))
    try:
        with (
            stopping.telling(lambda: _stopped(output)),
            held(str(lock_of(output)), what=f"--output {str(output)!r}"),
        ):
            return _build(given, output)
    except KeyboardInterrupt:
        return _say(f"\nstopped: {_stopped(output)}", stopping.code_of(signal.SIGINT))
    except RunClaimed as error:
        return _say(f"build: error: {error}", USAGE)
    except FileExistsError as error:
        return _say(f"build: error: {error}: name another --output", USAGE)
    except OSError as error:
        told = ending.cause(error, folder=str(output.parent))
        return _say(f"build: failed: {told}\n{_stopped(output)}", FAILED)
    except ValueError as error:
        return _say(f"build: failed: {error}", FAILED)


def parser() -> argparse.ArgumentParser:
    """All flags."""
    made = OneLineParser(
        prog="python -m workshop.starter.build",
        description="Train the built-in model on its sets of examples; write its bundle.",
        epilog=_EPILOG,
    )
    add = made.add_argument
    add("--examples", nargs="+", type=path("DIR").read, required=True, metavar="DIR",
        help="committed runs of pipelines.preprocess, in any order")  # fmt: skip
    add("--encoder", type=Path, required=True, metavar="FOLDER",
        help="the text encoder in Hugging Face layout (all-MiniLM-L6-v2)")  # fmt: skip
    add("--begin_with", type=Path, metavar="BUNDLE",
        help="train the hate layers of this bundle further, not the encoder's")  # fmt: skip
    add("--output", required=True, metavar="DIR",
        help="the bundle's directory; must not exist, or be empty")  # fmt: skip
    add("--no_progress", action="store_true", help="say nothing of what is done")
    add("--verbose", action="store_true", help="let TensorFlow talk")
    return made


def lock_of(output: Path) -> Path:
    """The folder that one build of ``output`` holds, for no other to go on from its stages."""
    return output.with_name(f"{output.name}.building")


def _build(given: argparse.Namespace, output: Path) -> int:
    from moderation.models.runtime import import_tensorflow

    if not given.no_progress:
        logging.getLogger("workshop").setLevel(logging.INFO)
    _LOG.info("loading TensorFlow")
    import_tensorflow(verbose=given.verbose).config.experimental.enable_op_determinism()
    from workshop.starter import bundle

    bundle.train_from_examples(
        given.examples, output, encoder=given.encoder, begin_with=given.begin_with
    )
    return _say(f"bundle: {output}", DONE)


def _stopped(output: Path) -> str:
    """What is safe, and how to go on, when a build ends before it is done."""
    if (output / "card.json").is_file():
        return f"a whole bundle lies in {output}"
    return f"{output} is not made; the same command goes on after the last stage that was kept"


def _say(text: str, code: int) -> int:
    (sys.stderr if code else sys.stdout).write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
