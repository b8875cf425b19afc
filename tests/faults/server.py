"""An HTTP server of plain sockets whose every path is one fault.

    with FaultServer() as server:
        server.url("/slow/body")

It writes bytes as they are, so that it can lie where an HTTP library would not.
It listens on loopback alone, every fault ends by itself after ``patience_s``, and
leaving the block closes whatever is open.

Paths:
    /image[?…]             a JPEG, or ``server.files[path]`` where a test put something there
    /status/404            that status; ``?retry_after=…`` adds the header as it is
    /flaky/2/500/key       that status twice, then the image; counted by key
    /reset-then-ok/1/key   a reset connection once, then the image
    /redirect?to=URL       302; ``&status=301`` and the like
    /redirect/loop         to itself
    /redirect/chain/3      three redirects, then the image
    /redirect/nowhere      302 without Location
    /slow/headers, /slow/body, /slow/404 (its body), /slow/drip/0.05 (a byte each so many seconds)
    /endless, /endless/chunked
    /length/short          announces half of what comes, and sends the rest a little later
    /length/short-at-once  the same in one piece
    /length/long           announces twice what comes, then closes
    /reset                 resets the connection in the middle of the body
    /close                 closes without a word
    /garbage               answers in no known protocol
    /headers/endless       headers without end
    /encoded/gzip, …/members, …/deflate, …/raw-deflate, …/bomb, …/cut, …/broken, …/lie,
        …/utf-8, …/br
    /wrong-type            HTML that calls itself image/jpeg
    /image-as-text         a JPEG that calls itself text/html
    /empty, /no-content
    /bodyless/304          a status that has no body, with one in the same piece
    /chunked               the image in chunks
    /partial               206 although nobody asked
"""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import struct
import threading
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from time import time
from types import TracebackType
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.faults.pictures import jpeg

_REASONS = {200: "OK", 302: "Found", 404: "Not Found"}


class FaultServer:
    """Serves in threads of its own from ``__enter__`` to ``__exit__``."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        certificate: tuple[Path, Path] | None = None,
        patience_s: float = 20.0,
    ) -> None:
        self.files: dict[str, bytes] = {}
        self.image = jpeg()
        self.hits: Counter[str] = Counter()
        self.seen_headers: deque[dict[str, str]] = deque(maxlen=1000)
        self.connections = 0
        self.open_at_once = 0
        self.most_open_at_once = 0
        self.patience_s = patience_s
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.scheme = "http" if certificate is None else "https"
        self.host = host
        self._server = _Listener(self, host, certificate)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def url(self, path: str, *, host: str | None = None) -> str:
        """An absolute URL of this server, under its address or under a name."""
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{self.scheme}://{name}:{self.port}{path}"

    @property
    def open_connections(self) -> int:
        """Connections that neither side has closed."""
        with self.lock:
            return len(self._server.open)

    def __enter__(self) -> FaultServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.close_all()
        self._thread.join()


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(
        self, owner: FaultServer, host: str, certificate: tuple[Path, Path] | None
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.owner = owner
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*certificate)
        self.open: set[socket.socket] = set()
        super().__init__((host, 0), _Connection)

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        request.settimeout(self.owner.patience_s)
        try:
            if self._tls is not None:
                request = self._tls.wrap_socket(request, server_side=True)
            with self.owner.lock:
                self.open.add(request)
                self.owner.connections += 1
            _Connection(request, client_address, self)
        except OSError:  # the client went away, which is its right
            pass
        finally:
            with self.owner.lock:
                self.open.discard(request)
            request.close()

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    def close_all(self) -> None:
        with self.owner.lock:
            for each in list(self.open):
                each.close()
        self.server_close()


class _Connection(socketserver.StreamRequestHandler):
    """One connection, kept alive until a fault or the client ends it."""

    server: _Listener
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.owner = self.server.owner
        self.alive = True
        while self.alive and not self.owner.stopping.is_set():
            line = self.rfile.readline(65536).decode("latin-1")
            if not line.strip():
                return
            headers = dict(self._headers())
            self.target = line.split(" ")[1]
            self.path = urlsplit(self.target).path
            self.query = {k: v[0] for k, v in parse_qs(urlsplit(self.target).query).items()}
            with self.owner.lock:
                self.owner.hits[self.path] += 1
                self.owner.seen_headers.append(headers)
                self.owner.open_at_once += 1
                self.owner.most_open_at_once = max(
                    self.owner.most_open_at_once, self.owner.open_at_once
                )
            try:
                self._answer()
            finally:
                with self.owner.lock:
                    self.owner.open_at_once -= 1

    def _headers(self) -> Iterator[tuple[str, str]]:
        while line := self.rfile.readline(65536).decode("latin-1").strip():
            name, _, value = line.partition(":")
            yield name.lower(), value.strip()

    def _answer(self) -> None:
        if self.path in self.owner.files:
            self.reply(self.owner.files[self.path])
            return
        for prefix, fault in self.FAULTS.items():
            if self.path == prefix or self.path.startswith(prefix + "/"):
                fault(self, *self.path[len(prefix) + 1 :].split("/"))
                return
        self.reply(b"no such path", status=404)

    # What the faults are made of

    def send(self, data: bytes) -> None:
        self.wfile.write(data)

    def head(self, status: int, *headers: str) -> None:
        lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}", *headers, "", ""]
        self.send("\r\n".join(lines).encode("latin-1"))

    def reply(self, body: bytes, *headers: str, status: int = 200) -> None:
        self.head(status, f"Content-Length: {len(body)}", *headers)
        self.send(body)

    def wait(self, seconds: float | None = None) -> None:
        self.owner.stopping.wait(self.owner.patience_s if seconds is None else seconds)

    def end(self) -> None:
        self.alive = False

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.request.close()
        self.end()

    def _nth(self, key: str) -> int:
        with self.owner.lock:
            self.owner.hits[key] += 1
            return self.owner.hits[key]

    # The faults

    def ok(self, *_: str) -> None:
        self.reply(self.owner.image, "Content-Type: image/jpeg")

    def status(self, status: str, *_: str) -> None:
        headers = []
        if "retry_after" in self.query:
            headers.append(f"Retry-After: {self.query['retry_after']}")
        if "retry_after_date_s" in self.query:
            moment = time() + float(self.query["retry_after_date_s"])
            headers.append(f"Retry-After: {formatdate(moment, usegmt=True)}")
        self.reply(b"", *headers, status=int(status))

    def flaky(self, times: str, status: str, key: str) -> None:
        if self._nth("flaky " + key) <= int(times):
            self.status(status)
        else:
            self.ok()

    def reset_then_ok(self, times: str, key: str) -> None:
        if self._nth("reset " + key) <= int(times):
            self.reset()
        else:
            self.ok()

    def redirect(self, *rest: str) -> None:
        status = int(self.query.get("status", "302"))
        if rest == ("loop",):
            self.reply(b"", "Location: /redirect/loop", status=status)
        elif rest == ("nowhere",):
            self.reply(b"", status=status)
        elif rest[0] == "chain":
            left = int(rest[1]) - 1
            to = f"/redirect/chain/{left}" if left else "/image"
            self.reply(b"moved", f"Location: {to}", status=status)
        else:
            self.reply(b"", f"Location: {self.query['to']}", status=status)

    def slow(self, part: str, every_s: str = "0.05") -> None:
        if part == "headers":
            self.wait()
            return
        if part == "404":
            self.head(404, "Content-Length: 1000")
            self.wait()
            return
        body = self.owner.image
        self.head(200, f"Content-Length: {len(body)}")
        if part == "body":
            self.send(body[: len(body) // 2])
            self.wait()
            return
        for at in range(min(len(body), int(self.owner.patience_s / float(every_s)))):
            self.send(body[at : at + 1])
            self.wait(float(every_s))
            if self.owner.stopping.is_set():
                return

    def endless(self, kind: str = "") -> None:
        self.head(200, "Transfer-Encoding: chunked" if kind else "Connection: close")
        block = self.owner.image + bytes(1 << 16)
        frame = f"{len(block):x}\r\n".encode() + block + b"\r\n" if kind else block
        for _ in range(2000):
            if self.owner.stopping.is_set():
                break
            self.send(frame)
        self.end()

    def length(self, kind: str) -> None:
        body = self.owner.image
        if kind == "short":
            self.head(200, f"Content-Length: {len(body) // 2}")
            self.send(body[: len(body) // 2])
            self.wait(0.2)
            self.send(body[len(body) // 2 :])
        elif kind == "short-at-once":
            self.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) // 2) + body)
            self.end()
        else:
            self.head(200, f"Content-Length: {len(body) * 2}")
            self.send(body)
            self.end()

    def reset_body(self, *_: str) -> None:
        body = self.owner.image
        self.head(200, f"Content-Length: {len(body)}")
        self.send(body[: len(body) // 2])
        self.wait(0.05)
        self.reset()

    def close(self, *_: str) -> None:
        self.end()

    def garbage(self, *_: str) -> None:
        self.send(b"220 mail.example ESMTP ready\r\n")
        self.end()

    def endless_headers(self, *_: str) -> None:
        self.send(b"HTTP/1.1 200 OK\r\n")
        for number in range(200_000):
            if self.owner.stopping.is_set():
                break
            self.send(b"X-%d: %s\r\n" % (number, b"a" * 1000))
        self.end()

    def encoded(self, kind: str) -> None:
        image = self.owner.image
        made: dict[str, tuple[Callable[[], bytes], str]] = {
            "gzip": (lambda: gzip.compress(image), "gzip"),
            "members": (lambda: gzip.compress(image[:100]) + gzip.compress(image[100:]), "gzip"),
            "deflate": (lambda: zlib.compress(image), "deflate"),
            "raw-deflate": (lambda: zlib.compress(image)[2:-4], "deflate"),
            "bomb": (bomb, "gzip"),
            "cut": (lambda: gzip.compress(image)[:-40], "gzip"),
            "broken": (lambda: gzip.compress(image)[:10] + b"\xff" * 100, "gzip"),
            "lie": (lambda: image, "gzip"),
            "utf-8": (lambda: image, "utf-8"),
            "br": (lambda: b"\x8b\x03\x80" + image[:50], "br"),
        }
        body, name = made[kind][0](), made[kind][1]
        self.reply(body, f"Content-Encoding: {name}")

    def wrong_type(self, *_: str) -> None:
        self.reply(b"<!DOCTYPE html><title>Sign in</title>", "Content-Type: image/jpeg")

    def image_as_text(self, *_: str) -> None:
        self.reply(self.owner.image, "Content-Type: text/html")

    def empty(self, *_: str) -> None:
        self.reply(b"", "Content-Type: image/jpeg")

    def no_content(self, *_: str) -> None:
        self.head(204)

    def bodyless(self, status: str, *_: str) -> None:
        body = self.owner.image
        head = f"HTTP/1.1 {status} Status\r\nContent-Length: {len(body)}\r\n\r\n"
        self.send(head.encode() + body)

    def chunked(self, *_: str) -> None:
        body = self.owner.image
        self.head(200, "Transfer-Encoding: chunked")
        for at in range(0, len(body), 700):
            part = body[at : at + 700]
            self.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        self.send(b"0\r\n\r\n")

    def partial(self, *_: str) -> None:
        self.reply(self.owner.image[:100], "Content-Range: bytes 0-99/2000", status=206)

    FAULTS: ClassVar[dict[str, Callable[..., None]]] = {
        "/image": ok,
        "/status": status,
        "/flaky": flaky,
        "/reset-then-ok": reset_then_ok,
        "/redirect": redirect,
        "/slow": slow,
        "/endless": endless,
        "/length": length,
        "/reset": reset_body,
        "/close": close,
        "/garbage": garbage,
        "/headers/endless": endless_headers,
        "/encoded": encoded,
        "/wrong-type": wrong_type,
        "/image-as-text": image_as_text,
        "/empty": empty,
        "/no-content": no_content,
        "/bodyless": bodyless,
        "/chunked": chunked,
        "/partial": partial,
    }


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """Thirty megabytes of zeros in thirty kilobytes of gzip."""
    return gzip.compress(bytes(30 << 20), 9)
