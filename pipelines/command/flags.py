"""What the command lines have in common: checked types, shared groups, one error."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from moderation.images.printing import safe_message
from moderation.records.layout import LayoutError
from moderation.runs.directory import RunDirectoryError
from moderation.storage.places import PlaceError, place, printable
from pipelines.command.did_you_mean import near

EPILOG = """\
Flags that are not ours go to Beam: --runner, --direct_num_workers, --project, --region,
--temp_location, --setup_file, --flink_master and so on; --help_beam lists them all.

exit codes: 0 done; 1 failed; 2 usage: a flag or an input cannot be used, nothing was read;
3 a gate broke: the run is written down but not committed.
"""


_NO_VALUE = re.compile(r"ignored explicit argument\b")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]*(/.*)?")


class UsageError(ValueError):
    """A flag, or flags together, that cannot be used; the message has value, reason and remedy."""


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line: all flags before it would hide what is wrong."""

    @property
    def job(self) -> str:
        """The job's short name, as every message of it begins."""
        return self.prog.rsplit(".", 1)[-1]

    def error(self, message: str) -> NoReturn:
        """Say it and exit with 2."""
        said = _NO_VALUE.sub("takes no value, and was given", message)
        self.exit(2, f"{self.job}: error: {safe_message(said)} (see --help)\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        known = [*map(str, action.choices or ())]
        if not known or value in known:
            return super()._check_value(action, value)
        close = near(str(value).lower(), known)
        hint = f"; did you mean {close}?" if close else ""
        raise argparse.ArgumentError(
            action, f"invalid choice: {value!r} (choose from {', '.join(known)}){hint}"
        )


def new_parser(prog: str, description: str) -> argparse.ArgumentParser:
    """A parser that takes no abbreviations; words are joined by underscores, as Beam's are."""
    return OneLineParser(
        prog=prog,
        description=description,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


class VersionFlag(argparse.Action):
    """Prints the versions of the project and of what it stands on, and ends."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **kwargs)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from pipelines.command.settled import versions

        known = versions(("moderation-pipeline", "apache-beam", "tensorflow"))
        sys.stdout.write("\n".join(f"{name} {number}" for name, number in known.items()) + "\n")
        parser.exit()


def parse_ports(ports: str) -> tuple[int, ...]:
    """``"80,443"`` as numbers; raises ``UsageError``."""
    try:
        numbers = tuple(int(port) for port in ports.split(","))
    except ValueError:
        raise UsageError("write port numbers with commas, as in 80,443") from None
    if not all(0 < port < 65536 for port in numbers):
        raise UsageError("a port lies between 1 and 65535")
    return numbers


def parse_buckets(text: str) -> tuple[str, ...] | None:
    """``"one,other/folder"`` as buckets, ``"any"`` as None; raises ``UsageError``."""
    names = tuple(name.removeprefix("gs://").strip("/") for name in split_list(text))
    if not names or not all(map(_BUCKET.fullmatch, names)):
        raise UsageError("write BUCKET or BUCKET/FOLDER with commas, or 'any'")
    return None if names == ("any",) else names


def parse_size(size: str) -> tuple[int, int]:
    """``"224x224"`` as height and width; raises ``UsageError``."""
    height, _, width = size.partition("x")
    if not (height.isdecimal() and width.isdecimal() and int(height) and int(width)):
        raise UsageError("write height and width in pixels, as in 224x224")
    return int(height), int(width)


def absolute(path: str) -> str:
    """A type for argparse: a path, a folder, a pattern that holds from any working directory."""
    try:
        return place(path)
    except PlaceError as error:
        raise argparse.ArgumentTypeError(f"{printable(path)!r}: {error}") from None


def image_folder(path: str) -> str:
    """A type for argparse: the folder that image paths start from."""
    if "://" in path and not path.startswith(("gs://", "file://")):
        raise argparse.ArgumentTypeError(
            f"{printable(path)!r}: images start from a folder here or on gs://; records name "
            "images elsewhere by their whole URL"
        )
    return absolute(path)


def model_place(model: str) -> str:
    """A type for argparse: ``starter``, or a model's directory."""
    return model if model == "starter" else absolute(model)


def split_list(text: str | None) -> tuple[str, ...]:
    """Parts between commas, without blanks around them."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def group(parser: argparse.ArgumentParser, title: str) -> Callable[..., Any]:
    """A titled group's ``add_argument``."""
    return parser.add_argument_group(title).add_argument


def checked(check: Callable[[str], Any]) -> Callable[[str], str]:
    """A type for argparse that keeps the text and says why it is wrong."""

    def take(text: str) -> str:
        try:
            check(text)
        except (LayoutError, RunDirectoryError, UsageError) as error:
            raise argparse.ArgumentTypeError(f"{text!r}: {_bare(str(error))}") from None
        return text

    return take


def _bare(message: str) -> str:
    """A message without the flag and value that argparse says before it."""
    return message.split(": ", 1)[-1] if message.startswith("--") else message


def integer(low: int, high: int | None = None) -> Callable[[str], int]:
    """A type for argparse: whole numbers in a range."""

    def take(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        _expect_range(text, value, low, high)
        return value

    return take


def number(low: float, high: float) -> Callable[[str], float]:
    """A type for argparse: numbers in a range."""

    def take(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
        _expect_range(text, value, low, high)
        return value

    return take


def _expect_range(text: str, value: float, low: float, high: float | None) -> None:
    if not low <= value or (high is not None and not value <= high):
        span = f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"
        raise argparse.ArgumentTypeError(f"{text} is out of range: it must be {span}")


class BeamHelp(argparse.Action):
    """Prints the flags of the installed Beam, and ends."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **kwargs)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from pipelines.command.beam_options import beam_parser

        beam_parser().print_help()
        parser.exit()
