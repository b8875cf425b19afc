"""The client's reading of a response, told of answers that may have no body and have one.

What follows such a status is no HTTP, and a parser that meets both in one piece of the stream tells
of the second alone: a plain 304 would look like a broken connection, and be tried again.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from aiohttp import TCPConnector
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

BODYLESS = frozenset({204, 304})
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})[ \r\n]")


class StatusKeeper(ResponseHandler):
    """A response handler whose error carries the status that came before what broke it."""

    _head = b""

    def data_received(self, data: bytes) -> None:
        """Remember how this piece of the stream begins, then read it."""
        self._head = data[:16]
        super().data_received(data)

    def set_exception(self, exc: Any, *cause: Any) -> None:
        """Let an error that follows a status without a body name that status."""
        status = _STATUS.match(self._head)
        if status and int(status[1]) in BODYLESS and isinstance(exc, HttpProcessingError):
            exc = HttpProcessingError(code=int(status[1]), message=exc.message, headers=exc.headers)
        super().set_exception(exc, *cause)


def keep_status(connector: TCPConnector) -> TCPConnector:
    """Give a connector this handler; it must belong to the running event loop."""
    loop = connector._loop
    connector._factory = functools.partial(StatusKeeper, loop=loop)
    return connector
