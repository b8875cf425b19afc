"""``NAME=FILE``: a bank of known pictures as a flag names it."""

from __future__ import annotations

import re
from typing import NamedTuple

from moderation.storage.places import place
from pipelines.command.usage import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_KINDS = ("pdq", "md5", "sha256")


class BankPlace(NamedTuple):
    """One file of a bank."""

    name: str
    kind: str | None
    """What its hashes are, where it is said."""
    file: str


def parse_bank(text: str) -> str:
    """``NAME=FILE`` with the file as it holds from any folder; raises ``UsageError``."""
    name, kind, file = bank_place(text)
    return f"{name}={f'{kind}:' if kind else ''}{place(file)}"


def bank_place(text: str) -> BankPlace:
    """The parts of ``NAME=FILE``; raises ``UsageError``."""
    name, equals, file = text.partition("=")
    if not equals or not file or not _NAME.fullmatch(name):
        raise UsageError(
            "write NAME=FILE, as in known=hashes.csv; a name has letters, digits, '_', '.' and '-'"
        )
    kind, colon, rest = file.partition(":")
    if colon and kind in _KINDS:
        return BankPlace(name, kind, rest)
    return BankPlace(name, None, file)
