"""Options, declared once: a field is a flag, its default, its check, and a manifest's key.

A group of flags is a frozen dataclass: the type says what a flag takes, and the docstring below the
field is its help. A command's options inherit from its groups, in the order of ``--help``::

    class Images(Options):
        TITLE = "images"

        image_retries: Annotated[int, integer(0, 20)] = 3
        "further tries where trying again may help (default: %(default)s)"

    class ScoreOptions(Records, Model, Images, …, Terminal): ...

    options, beam_flags = ScoreOptions.parse(["--image_retries", "5", "--runner=DirectRunner"])
    options.image_retries  # 5
    options.as_dict()      # for the manifest
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise
from typing import (
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from moderation.images.references.printing import without_secrets
from pipelines.command.parser import OneLineParser
from pipelines.command.values import Value

EPILOG = """\
Flags that are not ours go to Beam: --runner, --direct_num_workers, --project, --region,
--temp_location, --setup_file, --flink_master and so on; --help_beam lists them all.

exit codes: 0 done; 1 failed; 2 usage: a flag or an input cannot be used, nothing was read;
3 a gate broke: the run is written down but not committed.
"""
_Own = TypeVar("_Own", bound="Options")


class Words(NamedTuple):
    """What a command calls things in the help of groups that several commands have."""

    made: str = ""
    """``run``, ``export``: what a run id names."""
    committed: str = ""
    per: str = ""
    """What the failure budget is a share of."""
    unreadable: str = "none with a budget for dead letters, else any number"
    """How many files may be unreadable, where no flag says it."""
    empty: str = ""
    """What ``--allow_empty`` does."""
    checks: str = ""
    """What ``--dry_run`` does."""
    pictures: str = ""
    """What is made of pictures among the inputs."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What groups and commands have in common. Without slots, so that groups can be joined."""

    NAME: ClassVar[str]
    """Of a command, as in ``python -m pipelines.NAME``, and as its messages begin."""
    DESCRIPTION: ClassVar[str]
    EPILOG: ClassVar[str] = EPILOG
    TITLE: ClassVar[str] = ""
    """Of a group; one without goes on in the group before it."""
    WORDS: ClassVar[Words] = Words()
    ACTIONS: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Flags of a group that print something and end, behind its options."""

    def check(self) -> None:
        """What flags ask of each other; raises ``UsageError``."""

    def as_dict(self) -> dict[str, Any]:
        """For the manifest; passwords and query strings of URLs do not go there."""
        names = (name for group in _groups(type(self)) for name in names_of(group))
        return {name: _printable(getattr(self, name)) for name in names}

    @classmethod
    def parser(cls) -> OneLineParser:
        """The flags in groups, as ``--help`` shows them."""
        made = OneLineParser(
            prog=f"python -m pipelines.{cls.NAME}", description=cls.DESCRIPTION, epilog=cls.EPILOG
        )
        defaults = {each.name: None if each.default == () else each.default for each in fields(cls)}
        add = made.add_argument
        titled: dict[str, Any] = {}
        for group in _groups(cls):
            if title := vars(group).get("TITLE"):
                shown = titled.get(title) or made.add_argument_group(title)
                titled[title] = shown
                add = shown.add_argument
            for name, (names, how) in _arguments(group).items():
                flag = add(*names, dest=name, default=defaults[name], **how)
                vars(flag).update(cls.WORDS._asdict())
                if flag.const is True:
                    made.take_words(flag)
            for name, action in vars(group).get("ACTIONS", {}).items():
                add(name, **action)
        return made

    @classmethod
    def parse(cls: type[_Own], argv: Sequence[str] | None) -> tuple[_Own, list[str]]:
        """Checked options, and what is left for Beam; ``None``: the process's own flags.

        Raises:
            UsageError: where flags cannot be used together.
            SystemExit: after ``--help``, or with 2 where a flag's value is wrong.
        """
        known, rest = cls.parser().parse_known_args(argv)
        given = {name: _flat(value) for name, value in vars(known).items() if value is not None}
        made = cls(**given)
        made.check()
        return made, rest


def names_of(group: type[Options]) -> list[str]:
    """The options that a group declares; one whose default it only changes is another's."""
    inherited = {each.name for base in group.__mro__[1:-1] for each in fields(base)}
    return [each.name for each in fields(group) if each.name not in inherited]


def _groups(command: type[Options]) -> Iterator[Any]:
    """A command's groups, and their groups, from left to right."""
    for base in command.__bases__:
        if base is not Options:
            yield from _groups(base)
    yield command


@cache
def _arguments(group: Any) -> dict[str, tuple[tuple[str, ...], dict[str, Any]]]:
    """By option of a group, the flag's names, and how ``add_argument`` is told of it."""
    own = names_of(group)
    if not own:
        return {}
    hints, told = get_type_hints(group, include_extras=True), _docstrings(group)
    found = {name: _argument(name, hints[name]) for name in own}
    return {name: (names, {"help": told.get(name), **how}) for name, (names, how) in found.items()}


def _argument(name: str, hint: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    """What a field's type is for ``add_argument``: the flag's names, and how it is read."""
    if type(None) in get_args(hint):
        hint = next(each for each in get_args(hint) if each is not type(None))
    if hint is bool:
        return (f"--{name}",), {"action": "store_true"}
    if get_origin(hint) is Literal:
        return (f"--{name}",), {"choices": get_args(hint)}
    kind, value = get_args(hint)
    assert isinstance(value, Value), f"{name}: a field is bool, Literal or Annotated with a Value"
    several = {"nargs": "+", "action": "append"} if get_origin(kind) is tuple else {}
    shown = {"metavar": value.shown} if value.shown else {}
    how = {"type": value.read, "choices": value.choices, **shown, **several, **value.how}
    return () if value.positional else value.names or (f"--{name}",), how


def _docstrings(group: type[Options]) -> dict[str, str]:
    """By field, the string below it. From the source: Python itself drops it."""
    body = next(each.body for each in _classes(group.__module__) if each.name == group.__name__)
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


@cache
def _classes(module: str) -> list[ast.ClassDef]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return [each for each in tree.body if isinstance(each, ast.ClassDef)]


def _flat(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    lists = ([each] if isinstance(each, str) else each for each in value)
    return tuple(part for parts in lists for part in parts)


def _printable(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_printable(each) for each in value]
    return without_secrets(value) if isinstance(value, str) and "://" in value else value
