"""A proxy before a store: for a while it answers 503 in the store's place."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit

_PASSED_ON = ("Content-Type", "Content-Range", "Location", "Range", "ETag")


class Hindrance:
    """Listens on loopback from ``__enter__`` to ``__exit__``; ``url`` stands for the store's.

    Args:
        store: the address of the store.
        hinders: of a request's number, from 1, and its line: whether 503 is the answer.
    """

    def __init__(self, store: str, hinders: Callable[[int, str], bool]) -> None:
        self.requests: list[str] = []
        self.hindered = 0
        self.lock = threading.Lock()
        self.hinders = hinders
        self.store = urlsplit(store).netloc
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Hindrance:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    owner: Hindrance
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        line = f"{self.command} {self.path}"
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        with self.owner.lock:
            self.owner.requests.append(line)
            hindered = self.owner.hinders(len(self.owner.requests), line)
            self.owner.hindered += hindered
        if hindered:
            self._answer(503, b"come back later", {})
        else:
            self._pass_on(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _pass_on(self, body: bytes) -> None:
        connection = http.client.HTTPConnection(self.owner.store, timeout=30)
        kept = {name: value for name, value in self.headers.items() if name != "Host"}
        connection.request(self.command, self.path, body, kept)
        answer = connection.getresponse()
        data = answer.read()
        headers = {name: value for name in _PASSED_ON if (value := answer.headers[name])}
        for name, value in answer.headers.items():
            if name.lower().startswith("x-goog-"):
                headers[name] = value
        connection.close()
        self._answer(answer.status, data, headers)

    def _answer(self, code: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
