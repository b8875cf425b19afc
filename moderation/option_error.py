"""Options in the library's errors: named here, spelled by who shows them.

The library has options, its callers have flags, keywords or fields of a form::

    raise PolicyError(f"{option('policy')} {path!r} is not YAML")

    str(error)                            # "policy 'p.yaml' is not YAML"
    error.told(lambda name: f"--{name}")  # "--policy 'p.yaml' is not YAML"
"""

from __future__ import annotations

import re
from collections.abc import Callable

_MARK = "\0"
"""Stands in no argument, path or text that a command could be given."""
_MARKED = re.compile(f"{_MARK}(\\w+){_MARK}")


def option(name: str) -> str:
    """The option in a message of an ``OptionError``."""
    return f"{_MARK}{name}{_MARK}"


def spelled(text: str, spell: Callable[[str], str]) -> str:
    """A text whose options are marked, with each as its reader writes it."""
    return _MARKED.sub(lambda found: spell(found[1]), text)


class OptionError(Exception):
    """An option that cannot be used; the message says why, and what to do."""

    def told(self, spell: Callable[[str], str]) -> str:
        """The message, with each option as the caller's people write it."""
        return spelled(super().__str__(), spell)

    def __str__(self) -> str:
        return self.told(str)


def marked(error: Exception) -> str:
    """What an error says, for the message of another ``OptionError``: its options stay marked."""
    return error.told(option) if isinstance(error, OptionError) else str(error)
