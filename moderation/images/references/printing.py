"""What of a reference may be printed: no query, fragment, userinfo or inline bytes.

Where a query begins is read as the fetcher reads it. An object of a store and a file have none:
``?`` and ``#`` belong to their names, and a name that is cut would be another's.
"""

from __future__ import annotations

import re

from moderation.images.references.data_uris import (
    base64_uri,
    begins_an_image,
    is_data_uri,
    safe_data_uri,
    trimmed,
)

MAX_PRINTED_CHARS = 500

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_URL = re.compile(
    r"(?i)(?:https?|gs|file):|(?:[a-z][a-z0-9+.-]*:){0,2}[a-z][a-z0-9+.-]*\s*:\s*[/\\]\s*[/\\]"
    r"|[/\\]{2}"
)
"""One within another's scheme (``jdbc:``, ``blob:``) as well."""
_NAMES_WHOLE = re.compile(r"(?i)(?:gs|s3[an]?|file):")
_BEFORE_AUTHORITY = re.compile(r"(?:[^:/\\?#]{0,40}:)?[/\\\s]*")
_PORT = re.compile(r"(?:\[[^\]]*\]|[^:]*)(?::[0-9]*)?\Z")
_INNER_USERINFO = re.compile(r"(:[/\\]{2})[^/\\?#@]*@")
"""Of a URL within another's path."""
_STORE_USERINFO = re.compile(r"\A([^:]*:[/\\]{2})[^/]*(?:@|:[^?#]*@)")
"""No bucket has a colon in its name; an object may have one, and an ``@`` too."""
_NO_PORT = re.compile(r"((?::|^)[/\\]+)(?!\[)[^/\\:]*:(?![0-9]*(?:[/\\]|$))[^/\\]*")
"""What a password with ``?`` or ``#`` in it leaves before them."""
_SIGNED = re.compile(
    r"(?i)[?&;](?:x-(?:amz|goog)-[a-z-]{1,40}|signature|sig|awsaccesskeyid|googleaccessid"
    r"|(?:access_)?token)="
)
"""Of links that were signed; a name that holds one is hardly a name."""
_QUERY = re.compile("[?#]")
_USERINFO = re.compile(r":[/\\]{2}[^\s/\\?#@]{1,200}@")
_SCHEME = r"[a-z][a-z0-9+.-]{0,30}:"
_SLASHES = r"(?:\\?/|\\{1,2}){2}"
_ANY_URL = re.compile(
    rf"{_SCHEME}{_SLASHES}[^\s\"'<>]*|\bhttps?:[^\s\"'<>,]+|(?<![:/\w]){_SLASHES}[^\s\"'<>]*",
    re.IGNORECASE,
)
"""Wherever it stands; in JSON slashes may be escaped, and backslashes are."""
_QUOTED_URL = re.compile(rf"([\"'])(\s*(?:{_SCHEME})?{_SLASHES}[^\"'<>]*)", re.IGNORECASE)
"""Between quotes a blank or a line break is part of it."""
_ANY_QUERY = re.compile(r"\?[\w.%-]{1,100}=[^\s\"',<>]*")
"""Of a URL that a blank cut in two."""
_ANY_DATA_URI = re.compile(
    r"data:[^\s,;\"']{0,100}(?:\s*;[^,;\"']{0,100}){0,8},"
    r"(?:[A-Za-z0-9+/=%_-]|\\[nrt/]|\s+(?=[A-Za-z0-9+/_-]{40}))*",
    re.IGNORECASE,
)
_ANY_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{64,}={0,2}")
_MAY_TELL = re.compile(r"(?i)://|\bhttps?:|\bdata:|(?<![:/\w])(?://|\\\\)")
"""A name of a file may hold ``?`` or ``#``: what tells no link is left alone."""
_TELLING = frozenset("?#@")
_MAX_CHARS = 8192
"""No longer URL is fetched."""
_BREAKS = re.compile(r"[\t\r\n]")


def bears_secret(text: str) -> bool:
    """Whether a link with a signature, a password or a user stands anywhere in a text."""
    return _SIGNED.search(text) is not None or _USERINFO.search(text) is not None


def is_url(text: str) -> bool:
    """Whether a trimmed text begins as a URL, of whatever scheme."""
    return _URL.match(_BREAKS.sub("", text)) is not None


def without_secrets(reference: str) -> str:
    """A reference without what only its fetcher may know; as it came where it holds no such."""
    text = trimmed(reference)
    if is_data_uri(text):
        return safe_data_uri(text)
    if (uri := base64_uri(text)) is not None:
        return safe_data_uri(uri)
    if not is_url(text):
        return redact_line(reference) if "://" in text or bears_secret(text) else reference
    whole = _BREAKS.sub("", text)
    if not _TELLING & {*whole} and not _SIGNED.search(whole):
        return reference
    whole = _short(whole)
    safe = _named(whole) if _NAMES_WHOLE.match(whole) else _plain(whole)
    return reference if safe == whole else safe


def redact_line(line: str) -> str:
    """Any text, as a row that could not be parsed: the same taken out wherever it stands."""
    line = _ANY_DATA_URI.sub("data:…", _short(line))
    line = _QUOTED_URL.sub(lambda found: found[1] + _unescaped(found[2]), line)
    line = _ANY_QUERY.sub("", _ANY_URL.sub(lambda found: _unescaped(found[0]), line))
    return _ANY_BASE64.sub(
        lambda found: "base64:…" if begins_an_image(found[0]) else found[0], line
    )


def safe_message(text: str) -> str:
    """A message that names what was given, without what only a fetcher may know of it."""
    return redact_line(text) if _MAY_TELL.search(text) else text


def _short(text: str) -> str:
    return text if len(text) <= _MAX_CHARS else text[:_MAX_CHARS] + "…"


def _named(url: str) -> str:
    bare = _STORE_USERINFO.sub(r"\1", url)
    return _QUERY.split(bare, maxsplit=1)[0] if _SIGNED.search(bare) else bare


def _plain(url: str) -> str:
    shown = _SIGNED.split(_QUERY.split(url, maxsplit=1)[0], maxsplit=1)[0]
    bare = _INNER_USERINFO.sub(r"\1", _without_userinfo(shown))
    return _NO_PORT.sub(r"\1…", bare, count=1)


def _without_userinfo(url: str) -> str:
    """``url`` without what stands before its host, a password with slashes in it included."""
    start = _BEFORE_AUTHORITY.match(url)
    place = start.end() if start else 0
    rest = url[place:]
    authority = re.split(r"[/\\]", rest, maxsplit=1)[0]
    host_and_port = "@" not in authority and _PORT.match(authority)
    at = (authority if "@" in authority else "" if host_and_port else rest).rfind("@")
    return url[:place] + rest[at + 1 :]


def safe_reference(reference: str) -> str:
    """A reference that may be printed, on one line, cut where it is long."""
    text = CONTROL.sub("\N{REPLACEMENT CHARACTER}", trimmed(without_secrets(reference)))
    return text if len(text) <= MAX_PRINTED_CHARS else text[:MAX_PRINTED_CHARS] + "…"


def _unescaped(url: str) -> str:
    bare = without_secrets(url.replace("\\/", "/"))
    return url if bare == url.replace("\\/", "/") else bare
