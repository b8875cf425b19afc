"""A package index on loopback, and small wheels written by hand for it."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from threading import Thread


def wheel(name: str, version: str, *metadata: str, tag: str = "py3-none-any") -> tuple[str, bytes]:
    """File name and bytes of a wheel that holds one empty module; ``metadata`` are its lines."""
    head = [f"Name: {name}", f"Version: {version}", *metadata]
    return _packed(name, version, tag, {f"{name}.py": b""}, metadata="\n".join(head))


def sdist(name: str, version: str) -> tuple[str, bytes]:
    """File name and bytes of a source distribution that setuptools builds."""
    setup = f"from setuptools import setup\nsetup(name={name!r}, version={version!r})\n"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in {"setup.py": setup, "PKG-INFO": f"Name: {name}\n"}.items():
            entry = tarfile.TarInfo(f"{name}-{version}/{path}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return f"{name}-{version}.tar.gz", buffer.getvalue()


def packed_again(name: str) -> tuple[str, bytes]:
    """The wheel of a distribution that this environment holds, for an index without a network."""
    installed = distribution(name)
    files: dict[str, bytes] = {}
    for path in installed.files or ():
        at = path.locate()
        if ".dist-info/" in str(path) or "__pycache__" in str(path):
            continue
        script = str(path).startswith("..")
        inside = f"{name}-{installed.version}.data/scripts/{path.name}" if script else str(path)
        files[inside] = at.read_bytes()
    tags = (installed.read_text("WHEEL") or "").split("Tag: ")[1:]
    entry_points = installed.read_text("entry_points.txt") or ""
    return _packed(
        name,
        installed.version,
        tags[0].strip(),
        files,
        metadata=f"Name: {name}\nVersion: {installed.version}",
        entry_points=entry_points,
    )


def _packed(
    name: str,
    version: str,
    tag: str,
    files: Mapping[str, bytes],
    *,
    metadata: str,
    entry_points: str = "",
) -> tuple[str, bytes]:
    info = f"{name}-{version}.dist-info"
    whole = dict(files) | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\n{metadata}\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    if entry_points:
        whole[f"{info}/entry_points.txt"] = entry_points.encode()
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in whole.items())
    whole[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in whole.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o100755 << 16  # programs stay programs
            archive.writestr(entry, data)
    return f"{name}-{version}-{tag}.whl", buffer.getvalue()


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def locked(*wheels: tuple[str, bytes]) -> str:
    """The lines of a lock, as `make lock` writes them."""
    lines = []
    for name, data in wheels:
        package, version = name.removesuffix(".tar.gz").split("-")[:2]
        digest = hashlib.sha256(data).hexdigest()
        lines.append(f"{package}=={version} \\\n    --hash=sha256:{digest}\n")
    return "".join(lines)


@dataclass(frozen=True)
class Index:
    """Serves ``files`` as PEP 503 has it; ``asked`` holds every file that was fetched."""

    files: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The address, as long as the block runs."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, self))
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/simple/"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Pages(BaseHTTPRequestHandler):
    def __init__(self, index: Index, *arguments: object) -> None:
        self.index = index
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        kind, _, name = self.path.strip("/").partition("/")
        if kind == "simple" and name:
            names = [x for x in self.index.files if x.split("-")[0] == name.replace("-", "_")]
            page = "".join(f'<a href="/files/{x}">{x}</a>\n' for x in names)
            self._answer(page.encode() if names else None, "text/html")
        else:
            if self.command == "GET":
                self.index.asked.append(name)
            self._answer(self.index.files.get(name), "application/octet-stream")

    do_HEAD = do_GET

    def _answer(self, body: bytes | None, kind: str) -> None:
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        pass
