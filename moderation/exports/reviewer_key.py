"""Reviewers' names: written nowhere, told apart by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from typing import Literal

from moderation.option_error import OptionError, option
from moderation.storage import files

KEY_VARIABLE = "MODERATION_REVIEWER_KEY"
_MIN_KEY_BYTES = 16


class ReviewerKeyError(OptionError, ValueError):
    """A key that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ReviewerKey:
    """The secret that turns a name into a hash. Its text form never shows it."""

    key: bytes = field(repr=False)
    origin: Literal["given", "random"]

    def hash(self, reviewer: str) -> str:
        """HMAC-SHA256 of a name, cut to 32 hex digits."""
        name = reviewer.encode("utf-8", errors="surrogatepass")
        return hmac.new(self.key, name, hashlib.sha256).hexdigest()[:32]


def load_key(path: str | None) -> ReviewerKey:
    """The key in a file, else in ``MODERATION_REVIEWER_KEY``, else a random one for this export.

    Raises:
        ReviewerKeyError: where a key is there and cannot be read or is too short to be one.
    """
    if path is None:
        text = os.environ.get(KEY_VARIABLE, "")
        if not text:
            return ReviewerKey(secrets.token_bytes(32), "random")
        return _checked(text.encode(), KEY_VARIABLE)
    try:
        data = files.read_bytes(path)
    except OSError as error:
        raise ReviewerKeyError(
            f"{option('reviewer_key_file')} {path!r} cannot be read: {error.strerror or error}"
        ) from error
    return _checked(data, f"{option('reviewer_key_file')} {path!r}")


def _checked(data: bytes, where: str) -> ReviewerKey:
    key = data.strip()
    if len(key) < _MIN_KEY_BYTES:
        raise ReviewerKeyError(
            f"{where}: {len(key)} bytes are too short for a key: take 32 random ones, as of "
            "`openssl rand -hex 32`"
        )
    return ReviewerKey(key, "given")
