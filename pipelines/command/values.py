"""What a flag takes: how its value is shown, read and checked. Nothing heavy is imported."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from moderation.storage.places import PlaceError, place, printable
from pipelines.command.usage import UsageError, in_flags
from schemas.records import Kind

TASKS = "tweet_pair=entailment,meme=hateful"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]*(/.*)?")


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What a flag takes. ``read`` raises ``ArgumentTypeError`` with the value and the reason."""

    shown: str | None = None
    read: Callable[[str], Any] = str
    choices: tuple[str, ...] | None = None
    names: tuple[str, ...] = ()
    """The flag's, where they are not the field's."""
    positional: bool = False
    """Given without a flag."""
    how: Mapping[str, Any] = field(default_factory=dict)
    """More for ``add_argument``."""


def text(shown: str | None = None, *, names: tuple[str, ...] = (), **how: Any) -> Value:
    """Any text."""
    return Value(shown, names=names, how=how)


def one_of(words: Iterable[Enum]) -> Value:
    """One of an enum's words; a ``Literal`` needs no ``Value``."""
    return Value(choices=tuple(each.value for each in words))


def integer(low: int, high: int | None = None, *, shown: str | None = "N") -> Value:
    """Whole numbers in a range."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        _expect_range(text, value, low, high)
        return value

    return Value(shown, read)


def number(low: float, high: float, shown: str | None = None) -> Value:
    """Numbers in a range."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
        _expect_range(text, value, low, high)
        return value

    return Value(shown, read)


def _expect_range(text: str, value: float, low: float, high: float | None) -> None:
    if not low <= value or (high is not None and not value <= high):
        span = f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"
        raise argparse.ArgumentTypeError(f"{text} is out of range: it must be {span}")


def checked(check: Callable[[str], Any], shown: str, *, names: tuple[str, ...] = ()) -> Value:
    """Text that is kept as it is once a check has taken it; the check raises ``ValueError``."""
    return parsed(lambda text: (check(text), text)[1], shown, names=names)


def parsed(parse: Callable[[str], Any], shown: str, *, names: tuple[str, ...] = ()) -> Value:
    """What ``parse`` makes of the text; it raises ``ValueError``."""

    def read(text: str) -> Any:
        try:
            return parse(text)
        except PlaceError as error:
            raise argparse.ArgumentTypeError(f"{printable(text)!r}: {error}") from None
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r}: {in_flags(error)}") from None

    return Value(shown, read, names=names)


def path(shown: str, *, names: tuple[str, ...] = ()) -> Value:
    """A path, a folder, a pattern; kept as it holds from any working directory."""
    return Value(shown, parsed(place, shown).read, names=names)


def folders(shown: str) -> Value:
    """Folders and patterns that stand without a flag; kept as they come."""
    return Value(shown, positional=True)


def folder(shown: str) -> Value:
    """One folder that stands without a flag; kept as it comes."""
    return Value(shown, positional=True)


def model_place(model: str) -> str:
    """``starter``, or a model's directory; raises ``PlaceError``."""
    return model if model == "starter" else place(model)


def run_place(run: str) -> str:
    """``latest``, or a run's directory; raises ``PlaceError``."""
    return run if run == "latest" else place(run)


def baseline_place(run: str) -> str:
    """``none``, or a run's directory; raises ``PlaceError``."""
    return run if run == "none" else place(run)


def image_folder(path: str) -> str:
    """The folder that image paths start from; raises ``PlaceError``."""
    if "://" in path and not path.startswith(("gs://", "file://")):
        raise PlaceError(
            "images start from a folder here or on gs://; records name images elsewhere by their "
            "whole URL"
        )
    return place(path)


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


def parse_names(text: str) -> tuple[str, ...]:
    """Names of columns; raises ``UsageError`` where one is named twice."""
    names = split_list(text)
    if len(set(names)) != len(names):
        raise UsageError("a column is named twice")
    return names


def expect_no_job_labels(text: str) -> None:
    """Raise ``UsageError`` for labels of a job at its engine, which go by the same flag in Beam."""
    if text.lstrip().startswith("{") or any("=" in part for part in split_list(text)):
        raise UsageError(
            "names of labels are wanted here, as in yes,no; a label of the job at its engine is "
            "given as --label KEY=VALUE"
        )


def parse_tasks(text: str) -> dict[Kind, str]:
    """``"meme=hateful"`` as the task that a kind's label answers; raises ``UsageError``."""
    tasks: dict[Kind, str] = {}
    for pair in split_list(text):
        kind, equals, task = pair.partition("=")
        if not equals or not task or kind not in [each.value for each in Kind]:
            raise UsageError(f"write KIND=TASK, as in {TASKS}")
        tasks[Kind(kind)] = task
    if not tasks:
        raise UsageError(f"name a task for a kind at least, as in {TASKS}")
    return tasks


def split_list(text: str | None) -> tuple[str, ...]:
    """Parts between commas, without blanks around them."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
