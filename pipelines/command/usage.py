"""What is wrong with a command line, in one line; and what a word that nobody knows was to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from moderation.option_error import OptionError

_TAKE_FILES = ("--input", "--run", "--verdicts", "--examples")


class UsageError(ValueError):
    """A flag, or flags together, that cannot be used; the message has value, reason and remedy."""

    @classmethod
    def of(cls, error: Exception) -> UsageError:
        """The library's error, as it is said of flags."""
        return cls(in_flags(error))


def in_flags(error: Exception) -> str:
    """A message of the library's, with its options as this command line spells them."""
    return error.told(lambda name: f"--{name}") if isinstance(error, OptionError) else str(error)


def unknown_word(word: str, *, ours: Sequence[str], beams: Sequence[str] | None = None) -> str:
    """What is wrong with a word that is left over, and the nearest one that is known.

    Args:
        word: the first of those that no parser took.
        ours: names of our flags.
        beams: names of Beam's; None where the command takes none of them.
    """
    flag = word.split("=")[0]
    if not word.startswith("-"):
        takes = next((name for name in _TAKE_FILES if name in ours), None)
        hint = f": a file is given with its flag, as in {takes} {word}" if takes else ""
        return f"{word!r} follows no flag{hint} (see --help)"
    close = near(flag, ours) or near(flag, beams or ())
    hint = f"; did you mean {close}?" if close else ""
    what = "no flag of this command" if beams is None else "neither a flag of ours nor of Beam's"
    return f"{flag!r} is {what}{hint} (see --help)"


def near(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like this one; None where none does."""
    names = [name for name in known if len(name) > 2]  # to one of two letters all are near
    return next(iter(difflib.get_close_matches(word, names, n=1)), None)
