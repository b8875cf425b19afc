"""One reading of a URL, strict, so that what is judged is what is connected to.

Most ways around an address filter live between two parsers that read one URL
differently. Here there is one: it takes a URL apart once, refuses what is
ambiguous (userinfo, backslashes, control characters, a second colon), and
writes the host in its one canonical form, the way the WHATWG URL standard
does: percent-decoded, mapped by UTS #46 (full-width digits and IDN), and, if
it ends in a number, read as IPv4 in all its shorthand, octal and hexadecimal
forms. The HTTP client is handed the canonical URL only.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urljoin

import idna

from moderation.images.types import ImageError
from schemas.codes import Code

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_CHARS = 8192  # RFC 9110, 4.1 asks for 8,000 octets at least

_URL = re.compile(r"(?i)(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?\Z", re.DOTALL)
_HOST_PORT = re.compile(r"(\[[^\[\]]*\]|[^:]*)(?::([0-9]{0,5}))?\Z")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_NUMBER = re.compile(r"[0-9]+\Z|0x[0-9a-f]*\Z")
_SAFE = "!#$%&'()*+,/:;=?@[]~|"


@dataclass(frozen=True, slots=True)
class Url:
    """An absolute ``http`` or ``https`` URL, taken apart, in canonical form."""

    scheme: str
    host: str
    """Lower-case ASCII name without a final dot, or an IP address without brackets."""
    port: int
    target: str
    """Path and query, percent-encoded; starts with a slash."""
    address: ipaddress.IPv4Address | ipaddress.IPv6Address | None
    """Where the host is an address and no name."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"

    def join(self, location: str) -> Url:
        """The URL a ``Location`` header leads to; raises ``ImageError`` like ``parse_url``."""
        try:  # RFC 9110, 10.2.2: Location is a reference, resolved by RFC 3986, 5.2
            joined = urljoin(str(self), location.strip(" \t"))
        except ValueError:
            raise _invalid("redirected to a URL that cannot be read") from None
        return parse_url(joined)


def parse_url(text: str) -> Url:
    """Read an absolute ``http(s)`` URL; raises ``ImageError(INVALID_REFERENCE)``."""
    if len(text) > MAX_URL_CHARS:
        raise _invalid(f"URL is longer than {MAX_URL_CHARS} characters")
    match = _URL.match(text.strip(" \t\r\n"))
    if match is None:
        raise _invalid("not an absolute http or https URL")
    scheme, authority = match[1].lower(), match[2]  # RFC 3986, 3.1: schemes have no case
    if "@" in authority:  # RFC 3986, 3.2.1: userinfo; 7.5 on what it gives away
        raise _invalid("URL carries credentials; they are never sent")
    if "\\" in authority or _CONTROL.search(authority):
        raise _invalid("host holds characters that parsers read differently")
    parts = _HOST_PORT.match(authority)  # RFC 3986, 3.2.2 host, 3.2.3 port: empty is the default
    if parts is None:
        raise _invalid("host and port cannot be read")
    port = int(parts[2]) if parts[2] else DEFAULT_PORTS[scheme]
    if not 0 < port < 65536:
        raise _invalid(f"port {port} does not exist")
    host, address = canonical_host(parts[1])
    try:  # RFC 3986, 2.1: what is no URL character is percent-encoded, as UTF-8
        target = quote((match[3] or "/") + (match[4] or ""), safe=_SAFE)
    except UnicodeEncodeError:
        raise _invalid("URL holds half a character (a lone surrogate)") from None
    return Url(scheme=scheme, host=host, port=port, target=target, address=address)


def canonical_host(
    host: str,
) -> tuple[str, ipaddress.IPv4Address | ipaddress.IPv6Address | None]:
    """The one form of a host, and its address where it is one.

    Raises ``ImageError(INVALID_REFERENCE)`` for what names no host.
    """
    if host.startswith("["):  # RFC 3986, 3.2.2: an IP literal
        address = _ipv6(host[1:-1])
        return str(address), address
    name = _ascii(host)
    labels = name.split(".")
    if _NUMBER.match(labels[-1]):  # WHATWG URL, 3.5: a host that ends in a number is IPv4
        number = _ipv4(labels)
        return str(number), number
    # RFC 1035, 2.3.4 for the lengths; an underscore is no host name (RFC 1123, 2.1), yet in use.
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        raise _invalid("host is no valid name")
    return name, None


def _ascii(host: str) -> str:
    try:
        name = unquote_to_bytes(host).decode("utf-8")
        if not name.isascii():
            name = _idna(name)
    except (UnicodeError, IndexError):
        raise _invalid("host is no valid international name") from None
    return name.lower().removesuffix(".")


def _idna(name: str) -> str:
    # RFC 5895 leaves the mapping open; the WHATWG URL standard takes that of UTS #46.
    mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
    if mapped.isascii():
        return mapped
    try:  # RFC 5891, 4: registration rules; RFC 3492 for the letters
        return idna.encode(mapped).decode("ascii")
    except idna.IDNAError:  # emoji and the like: registered under the older rules
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
            for label in mapped.split(".")
        )


def _ipv4(labels: list[str]) -> ipaddress.IPv4Address:
    """IPv4 as ``inet_aton`` reads it: 1–4 numbers, octal and hex, the last one filling up."""
    try:
        numbers = [_number(label) for label in labels]
    except ValueError:
        raise _invalid("host ends in a number but is no IPv4 address") from None
    *heads, tail = numbers
    if len(numbers) > 4 or any(head > 255 for head in heads) or tail >= 256 ** (5 - len(numbers)):
        raise _invalid("host ends in a number but is no IPv4 address")
    value = sum(head << (24 - 8 * place) for place, head in enumerate(heads)) + tail
    return ipaddress.IPv4Address(value)


def _number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:], 16) if len(label) > 2 else 0
    if not label.isdecimal():
        raise ValueError(label)
    return int(label, 8 if len(label) > 1 and label.startswith("0") else 10)


def _ipv6(text: str) -> ipaddress.IPv6Address:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        raise _invalid("host in brackets is no IPv6 address") from None
    if address.scope_id is not None:
        raise _invalid("IPv6 address carries a zone")  # RFC 6874 is not for URLs from others
    return address


def _invalid(message: str) -> ImageError:
    return ImageError(Code.INVALID_REFERENCE, message)
