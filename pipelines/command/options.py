"""Options, declared once: a field is a flag, its check, help and default, and a manifest's key.

A group of flags is a frozen dataclass, and a command's options inherit from the groups it has, in
the order in which ``--help`` shows them::

    class ScoreOptions(Records, Model, Images, …, Terminal): ...

    options, beam_flags = ScoreOptions.parse(["--input", "posts.jsonl", "--runner=DirectRunner"])
    options.input        # ("/…/posts.jsonl",)
    options.as_dict()    # for the manifest
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, NamedTuple, TypeVar

from moderation.images.printing import without_secrets
from pipelines.command.parser import OneLineParser
from pipelines.command.values import Value

EPILOG = """\
Flags that are not ours go to Beam: --runner, --direct_num_workers, --project, --region,
--temp_location, --setup_file, --flink_master and so on; --help_beam lists them all.

exit codes: 0 done; 1 failed; 2 usage: a flag or an input cannot be used, nothing was read;
3 a gate broke: the run is written down but not committed.
"""
_ARGUMENT, _SETS = "argument", "sets"
_Own = TypeVar("_Own", bound="Options")


def option(
    value: Value, told: str | None = None, *, default: Any = None, sets: str = "", **how: Any
) -> Any:
    """A field that is a flag with a value.

    Args:
        value: what it takes.
        told: its help; ``%(default)s`` and the command's own ``WORDS`` may stand in it.
        default: the field's, where the flag is not given.
        sets: what the library calls that which the value sets, where it is not the field's name.
        how: more for ``add_argument``; ``names``: the flag's, where they are not the field's.
    """
    shown = {"metavar": value.shown} if value.shown else {}
    taken = {"type": value.read, "choices": value.choices, **shown}
    return _field(default, sets, {"help": told, **taken, **how})


def several(value: Value, told: str, **how: Any) -> Any:
    """A field that is a flag with one value or more, which may be repeated; a tuple of all."""
    return option(value, told, default=(), **{"nargs": "+", "action": "append", **how})


def switch(told: str | None = None, *, default: bool | None = False, sets: str = "") -> Any:
    """A field that is a flag without a value."""
    return _field(default, sets, {"help": told, "action": "store_true"})


def _field(default: Any, sets: str, argument: Mapping[str, Any]) -> Any:
    return field(default=default, metadata={_ARGUMENT: argument, _SETS: sets})


class Words(NamedTuple):
    """What a command calls things in the help of groups that several commands have."""

    made: str = ""
    """``run``, ``export``: what a run id names."""
    committed: str = ""
    per: str = ""
    """What the failure budget is a share of."""
    empty: str = ""
    """What ``--allow_empty`` does."""
    checks: str = ""
    """What ``--dry_run`` does."""


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
        names = (name for group in _groups(type(self)) for name in group.arguments)
        return {name: _printable(getattr(self, name)) for name in names}

    def settings(self) -> dict[str, Any]:
        """Values by what they set in the library, of the options that say it."""
        said = {each.metadata.get(_SETS): each.name for each in fields(self)}
        return {sets: getattr(self, name) for sets, name in said.items() if sets}

    @classmethod
    def parser(cls) -> OneLineParser:
        """The flags in groups, as ``--help`` shows them."""
        made = OneLineParser(
            prog=f"python -m pipelines.{cls.NAME}", description=cls.DESCRIPTION, epilog=cls.EPILOG
        )
        defaults = {each.name: None if each.default == () else each.default for each in fields(cls)}
        add = made.add_argument
        for group in _groups(cls):
            if group.title:
                add = made.add_argument_group(group.title).add_argument
            for name, argument in group.arguments.items():
                how: dict[str, Any] = {"dest": name, "default": defaults[name], **argument}
                flag = add(*how.pop("names", (f"--{name}",)), **how)
                vars(flag).update(cls.WORDS._asdict())
            for name, action in group.actions.items():
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


class _Group(NamedTuple):
    title: str
    arguments: dict[str, Mapping[str, Any]]
    """What each field is for ``add_argument``."""
    actions: Mapping[str, Mapping[str, Any]]


def _groups(command: type[Options]) -> Iterator[_Group]:
    """The groups that a command inherits from; a field is in the one that declares its flag."""
    for each in command.__mro__[:-1]:
        known = {one.name: one.metadata.get(_ARGUMENT) for one in fields(each)}
        own = {name: known.get(name) for name in inspect.get_annotations(each)}
        arguments = {name: how for name, how in own.items() if how}
        yield _Group(vars(each).get("TITLE", ""), arguments, vars(each).get("ACTIONS", {}))


def _flat(value: Any) -> Any:
    return tuple(part for parts in value for part in parts) if isinstance(value, list) else value


def _printable(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_printable(each) for each in value]
    return without_secrets(value) if isinstance(value, str) and "://" in value else value
