"""The command line's parser: one line for an error, and the actions that print and end."""

from __future__ import annotations

import argparse
import platform
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

from moderation.images.references.printing import safe_message
from pipelines.command.usage import near

_NO_VALUE = re.compile(r"ignored explicit argument\b")
_SAID = {True: ("true", "True"), False: ("false", "False")}
"""How a switch's value may be spelled; a template gives every parameter one."""


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line: all flags before it would hide what is wrong.

    It takes no abbreviations; words of a flag are joined by underscores, as Beam's are.
    """

    def __init__(self, *, prog: str, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(prog=prog, allow_abbrev=False, **kwargs)

    @property
    def job(self) -> str:
        """The job's short name, as every message of it begins."""
        return self.prog.rsplit(".", 1)[-1]

    @property
    def flags(self) -> list[str]:
        """Every flag that the parser knows, as it is written."""
        return [flag for flag in self._option_string_actions if "=" not in flag]

    def take_words(self, switch: argparse.Action) -> None:
        """Let a switch be given as ``--switch=true`` and ``--switch=false`` as well."""
        for value, words in _SAID.items():
            says = _Said(switch.option_strings, switch.dest, value)
            for flag in switch.option_strings:
                self._option_string_actions.update({f"{flag}={word}": says for word in words})

    def error(self, message: str) -> NoReturn:
        """Say it and exit with 2."""
        said = _NO_VALUE.sub("takes no value, or true or false, and was given", message)
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


class _Said(argparse.Action):
    """Sets a switch to what its value says; the last word holds."""

    def __init__(self, option_strings: Sequence[str], dest: str, value: bool) -> None:
        super().__init__(option_strings, dest, nargs=0, const=value)

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, *_: Any
    ) -> None:
        setattr(namespace, self.dest, self.const)


class VersionFlag(argparse.Action):
    """Prints the versions of the project and of what it stands on, and ends."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **kwargs)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        known = versions(("moderation-pipeline", "apache-beam", "tensorflow"))
        sys.stdout.write("\n".join(f"{name} {number}" for name, number in known.items()) + "\n")
        parser.exit()


class BeamHelpWanted(Exception):
    """Somebody asked for Beam's own flags, which are known only once Beam is loaded."""


class BeamHelp(argparse.Action):
    """Raises ``BeamHelpWanted``."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **kwargs)

    def __call__(self, *_: Any) -> None:
        raise BeamHelpWanted


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Python's version and those of the packages that are installed."""
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
