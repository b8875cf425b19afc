"""Who may talk to the page: who has its link, from a browser on this machine.

The link's token becomes a cookie that is sent to this page alone. A name that an attacker lets
point at this machine is no name of ours; a form that another page sends has neither origin nor
token.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Request, Response

HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_SAFE = frozenset({"GET", "HEAD"})


class RefusedError(Exception):
    """A request that is not answered; ``status`` is HTTP's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Guard:
    """Made of the token in the link."""

    token: str = field(repr=False)

    @property
    def cookie(self) -> str:
        """The cookie's name: of another start of the server it is another."""
        return f"review_{self._made('name')[:8]}"

    @property
    def form_token(self) -> str:
        """What every form of ours has in it."""
        return self._made("form")

    def opens(self, token: str | None) -> bool:
        """Whether it is the link's token."""
        return token is not None and _equal(token, self.token)

    def let_in(self, response: Response) -> Response:
        """Give the browser what it needs from now on."""
        response.set_cookie(
            self.cookie, self._made("cookie"), httponly=True, samesite="Strict", path="/"
        )
        return response

    def is_in(self, cookies: Mapping[str, str]) -> bool:
        """Whether a browser came by the link."""
        return _equal(cookies.get(self.cookie, ""), self._made("cookie"))

    def check_host(self, request: Request) -> None:
        """Raise ``RefusedError`` for a request to a name that is not this machine's own."""
        host = request.headers.get("Host", "")
        name, colon, port = host.rpartition(":")
        if (name if colon and port.isdigit() else host).lower() not in HOSTS:
            raise RefusedError(421, "This page is at 127.0.0.1 alone.")

    def check_sender(self, request: Request) -> None:
        """Raise ``RefusedError`` for a change that no page of ours asks for."""
        if request.method in _SAFE:
            return
        origin = urlsplit(request.headers.get("Origin", ""))
        if origin.netloc != request.headers.get("Host", "") or origin.scheme not in _SCHEMES:
            raise RefusedError(403, "The form was sent by another page.")
        if not _equal(request.form.get("form_token", ""), self.form_token):
            raise RefusedError(
                403, "The form is of an earlier start of the server: reload the page."
            )

    def _made(self, what: str) -> str:
        return hmac.new(self.token.encode(), what.encode(), hashlib.sha256).hexdigest()


_SCHEMES = ("http", "https")


def _equal(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), ours.encode())


def protect(response: Response, *, style_hash: str) -> Response:
    """Headers of every answer: nothing is kept, framed, guessed, or loaded from elsewhere."""
    response.headers.update(
        {
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                f"default-src 'none'; script-src 'self'; style-src 'self' '{style_hash}'; "
                "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                "frame-ancestors 'none'"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
    )
    return response
