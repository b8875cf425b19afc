"""Who is named in a text goes out of it: mentions, e-mail addresses, phone numbers, links.

For what is shown of records, not for what is judged. It has nothing to do with
``moderation.images.references.printing``, which keeps secrets of addresses out of every file,
asked for or not.

What it looks for is how people write such things, so it misses what they disguise and takes out
what merely looks like it; names of people in running text stay. Of the two errors it prefers the
second, but for plain numbers: years, dates, times, counts and ids of posts stay.
"""

from __future__ import annotations

import re

LINK, E_MAIL, MENTION, PHONE = "[link]", "[e-mail]", "[mention]", "[phone]"

_AT = "[@\N{FULLWIDTH COMMERCIAL AT}\N{SMALL COMMERCIAL AT}]"
_LETTER = r"(?:\w|[^\x00-\x7f\s\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f\uff00-\uff20])"
"""A sign of a name in any script: vowel signs of Indic scripts are no ``\\w``."""

_URL = re.compile(
    r"(?:\b(?:h(?:tt|xx)ps?|ftp)\s?:\s?[/\\]{2}|(?<![\w@.])www\.)[^\s<>\"]+", re.IGNORECASE
)
_ENDINGS = "com|org|net|info|biz|io|me|ly|gg|tv|app|dev|xyz|online|shop|site|de|fr|uk|ru|in|br|jp"
_BARE = re.compile(
    r"(?<![\w@./-])(?:[\w-]{1,63}\.){1,4}(?:"
    r"(?:com|org|net|info)\b(?![\w@-])(?:[/?#][^\s<>\"]*)?"
    rf"|(?:{_ENDINGS}|co)/[^\s<>\"]+)",
    re.IGNORECASE,
)
"""Without a scheme: by its ending, or by the path behind a name of a host."""
_CLOSING = ".,;:!?)]}'\"\u2019\u201d\u2026"
"""What ends a sentence around a link is none of it."""
_ADDRESS = re.compile(
    rf"(?<![\w.+@-])(?:mailto:)?[\w.+%'-]{{1,64}}{_AT}\[?[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,5}}\]?"
    r"|(?<![\w.+-])[\w.+-]{1,64}\s?[\[({]\s?at\s?[\])}]\s?[\w-]{1,63}"
    r"(?:\s?(?:[\[({]\s?dot\s?[\])}]|\.)\s?[\w-]{1,63}){1,4}",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?<![\w@])(?:/?[ru]/\w{{3,21}}\b|{_AT}{_LETTER}{{1,64}}(?:[.-]{_LETTER}{{1,64}}){{0,3}}"
    rf"(?:{_AT}[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,4}})?)"
)
_GAP = r"[\s.\-/\N{NO-BREAK SPACE}\u2010-\u2015]"
_CALL = (
    r"(?:tel|telephone|phone|mobile|cell|call|text|sms|fax|whatsapp|viber|signal"
    "|telefon|handy|t\N{LATIN SMALL LETTER E WITH ACUTE}l"
    "|\N{BLACK TELEPHONE}|\N{TELEPHONE RECEIVER}|\N{MOBILE PHONE})"
)
_NUMBER = re.compile(
    rf"""(?<![\w.,:/+\-])(?:
      (?:\+|00(?=[1-9]))\s?(?!\d{{1,3}}[\s.]000)
        \(?[1-9](?:(?:{_GAP}?\(0\))?(?:{_GAP}|[()]){{0,3}}\d){{6,14}}
    | (?:1{_GAP})?(?:\(\d{{3}}\){_GAP}?|\d{{3}}{_GAP})\d{{3}}{_GAP}\d{{4}}
    | \(?0[1-9]\d{{0,4}}\)?{_GAP}{{1,2}}\d{{3,8}}(?:{_GAP}\d{{2,5}}){{0,3}}
    | 0[1-9](?:{_GAP}\d{{2}}){{4}}
    | 0[1-9]\d{{8,10}}
    | [6-9]\d{{4}}{_GAP}\d{{5}}
    )(?![\d]|[.,:/]\d)""",
    re.VERBOSE,
)
_CALLED = re.compile(
    rf"(\b{_CALL}\b|[\N{{BLACK TELEPHONE}}\N{{TELEPHONE RECEIVER}}\N{{MOBILE PHONE}}])"
    r"([^\w\n+(]{0,4}(?:me|us|at|on|now)?[^\w\n+(]{0,3})"
    rf"(\+?\(?\d(?:{_GAP}?[()]?\d){{6,14}})(?![\d]|[.,:/]\d)",
    re.IGNORECASE,
)
_LEAST_DIGITS, _MOST_DIGITS = 8, 15


def redact(text: str) -> str:
    """The text with ``[mention]``, ``[e-mail]``, ``[phone]`` and ``[link]`` in their places.

    >>> redact("@ann wrote to ann@example.org on 2026-11-28: call +49 151 2345 6789")
    '[mention] wrote to [e-mail] on 2026-11-28: call [phone]'
    """
    text = _URL.sub(_link, text)
    text = _ADDRESS.sub(E_MAIL, text)
    text = _BARE.sub(_link, text)
    text = _NAMED.sub(MENTION, text)
    text = _CALLED.sub(rf"\1\2{PHONE}", text)
    return _NUMBER.sub(_phone, text)


def _link(found: re.Match[str]) -> str:
    url = found[0]
    return LINK + url[len(url.rstrip(_CLOSING)) :]


def _phone(found: re.Match[str]) -> str:
    digits = sum(map(str.isdigit, found[0]))
    return PHONE if _LEAST_DIGITS <= digits <= _MOST_DIGITS else found[0]
