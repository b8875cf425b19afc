"""An object store on loopback that speaks as much of Google's JSON API as its clients ask here.

Unlike emulators that can be had, it honours ``ifGenerationMatch``. ``python -m tests.faults.store``
serves until it is killed and prints its port.
"""

from __future__ import annotations

import base64
import datetime
import email
import email.policy
import hashlib
import json
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import google_crc32c

API = "/storage/v1/b/"


@dataclass
class Stored:
    """One object."""

    data: bytes
    generation: int
    updated: datetime.datetime


@dataclass
class Objects:
    """All buckets' objects, by bucket and name."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    objects: dict[tuple[str, str], Stored] = field(default_factory=dict)
    uploads: dict[str, tuple[str, dict[str, str], bytes]] = field(default_factory=dict)
    generation: int = 1000

    def put(self, bucket: str, name: str, data: bytes, query: dict[str, str]) -> tuple[int, Any]:
        with self.lock:
            if not self.matches(bucket, name, query):
                return 412, error(412, "conditionNotMet")
            self.generation += 1
            now = datetime.datetime.now(datetime.timezone.utc)
            self.objects[bucket, name] = Stored(data, self.generation, now)
            return 200, self.resource(bucket, name)

    def matches(self, bucket: str, name: str, query: dict[str, str]) -> bool:
        wanted = query.get("ifGenerationMatch")
        stored = self.objects.get((bucket, name))
        return wanted is None or int(wanted) == (stored.generation if stored else 0)

    def resource(self, bucket: str, name: str) -> dict[str, Any]:
        stored = self.objects[bucket, name]
        time = stored.updated.isoformat().replace("+00:00", "Z")
        digest = hashlib.md5(stored.data, usedforsecurity=False).digest()
        return {
            "kind": "storage#object",
            "bucket": bucket,
            "name": name,
            "size": str(len(stored.data)),
            "generation": str(stored.generation),
            "metageneration": "1",
            "updated": time,
            "timeCreated": time,
            "md5Hash": base64.b64encode(digest).decode(),
            "crc32c": base64.b64encode(google_crc32c.Checksum(stored.data).digest()).decode(),
            "etag": str(stored.generation),
        }

    def answer(self, method: str, target: str, body: bytes, kind: str) -> tuple[int, Any]:
        """Status, and JSON as a dict or the object's bytes."""
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query))
        upload, path = url.path.startswith("/upload"), url.path[url.path.index(API) + len(API) :]
        bucket, _, rest = path.partition("/")
        if not rest:
            return 200, {"kind": "storage#bucket", "name": bucket, "id": bucket}
        if upload:
            return self.upload(method, bucket, query, body, kind)
        if rest == "o":
            return self.list(bucket, query.get("prefix", ""))
        rewrites = "/rewriteTo/b/" in rest
        verb = "/rewriteTo/b/" if rewrites else "/copyTo/b/"
        name, _, other = rest[len("o/") :].partition(verb)
        name = urllib.parse.unquote(name)
        with self.lock:
            if (bucket, name) not in self.objects:
                return 404, error(404, "notFound")
            if other:
                to, _, new = other.partition("/o/")
                data = self.objects[bucket, name].data
                code, found = self.put(to, urllib.parse.unquote(new), data, query)
                told = {"done": True, "resource": found, "totalBytesRewritten": len(data)}
                return code, {**told, "objectSize": len(data)} if rewrites and code < 300 else found
            if not self.matches(bucket, name, query):
                return 412, error(412, "conditionNotMet")
            if method == "DELETE":
                del self.objects[bucket, name]
                return 204, b""
            if query.get("alt") == "media":
                return 200, self.objects[bucket, name].data
            return 200, self.resource(bucket, name)

    def list(self, bucket: str, prefix: str) -> tuple[int, Any]:
        with self.lock:
            names = sorted(n for b, n in self.objects if b == bucket and n.startswith(prefix))
            return 200, {
                "kind": "storage#objects",
                "items": [self.resource(bucket, n) for n in names],
            }

    def upload(
        self, method: str, bucket: str, query: dict[str, str], body: bytes, kind: str
    ) -> tuple[int, Any]:
        if query.get("uploadType") == "multipart":
            head = f"Content-Type: {kind}\r\n\r\n".encode()
            message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
            told, content = (part.get_payload(decode=True) for part in message.iter_parts())
            return self.put(bucket, json.loads(told)["name"], content, query)
        if method == "POST":
            name = query.get("name") or json.loads(body)["name"]
            key = str(len(self.uploads))
            self.uploads[key] = (name, query, b"")
            return 200, {"session": key}
        name, conditions, data = self.uploads[query["upload_id"]]
        self.uploads[query["upload_id"]] = (name, conditions, data + body)
        if kind.endswith("/*"):  # a Content-Range of unknown end: more will come
            return 308, {"received": len(data + body)}
        return self.put(bucket, name, data + body, conditions)


def error(code: int, reason: str) -> dict[str, Any]:
    """An error as the API tells it."""
    return {"error": {"code": code, "message": reason, "errors": [{"reason": reason}]}}


class Handler(BaseHTTPRequestHandler):
    """HTTP around ``Objects``."""

    protocol_version = "HTTP/1.1"
    objects = Objects()

    def do_GET(self) -> None:
        self.handle_one()

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def handle_one(self) -> None:
        body = self.read_body()
        if self.path.startswith("/batch"):
            self.batch(body)
            return
        resumed = "upload_id=" in self.path
        kind = self.headers["Content-Range" if resumed else "Content-Type"] or ""
        code, found = self.objects.answer(self.command, self.path, body, kind)
        headers = {}
        if isinstance(found, dict) and "session" in found:
            host = f"http://{self.headers['Host']}"
            headers["Location"] = f"{host}{self.path}&upload_id={found['session']}"
        if code == 308:
            headers["Range"] = f"bytes=0-{found['received'] - 1}"
        if code == 200 and isinstance(found, bytes) and (wanted := self.headers["Range"]):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            if int(first) >= len(found):
                code, found = 416, b""
            else:
                stop = min(int(last) + 1, len(found)) if last else len(found)
                headers["Content-Range"] = f"bytes {first}-{stop - 1}/{len(found)}"
                code, found = 206, found[int(first) : stop]
        self.reply(code, found, headers)

    def read_body(self) -> bytes:
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def batch(self, body: bytes) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        parts = []
        for part in message.iter_parts():
            line, _, rest = part.get_payload(decode=True).partition(b"\n")
            method, target, *_ = line.decode().split()
            content = rest.partition(b"\r\n\r\n")[2] or rest.partition(b"\n\n")[2]
            target = urllib.parse.urlsplit(target)._replace(scheme="", netloc="").geturl()
            code, found = self.objects.answer(method, target, content, "")
            parts.append(
                f"--batch\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 {code} OK\r\n"
                f"Content-Type: application/json\r\n\r\n{json.dumps(found) if found else ''}\r\n"
            )
        data = ("".join(parts) + "--batch--\r\n").encode()
        self.reply(200, data, {"Content-Type": 'multipart/mixed; boundary="batch"'})

    def reply(self, code: int, found: Any, headers: dict[str, str]) -> None:
        data = found if isinstance(found, bytes) else json.dumps(found).encode()
        kind = "application/octet-stream" if isinstance(found, bytes) else "application/json"
        self.send_response(code)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        if code != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if code != 204:
            self.wfile.write(data)


def serve() -> ThreadingHTTPServer:
    """A server on a free port, not yet serving."""
    handler = type("Handler", (Handler,), {"objects": Objects()})
    return ThreadingHTTPServer(("127.0.0.1", 0), handler)


if __name__ == "__main__":
    server = serve()
    print(server.server_address[1], flush=True)
    server.serve_forever()
