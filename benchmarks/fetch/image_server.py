"""A server of made-up photographs on loopback: quick, plain, and the same for everyone.

``python -m benchmarks.fetch.image_server --count 800 --kilobytes 400`` prints its port and
serves ``/0.jpg`` … ``/799.jpg`` until its standard input ends, with ``--folder`` the files of those
names. ``/tiny/N.png`` is a PNG of a few hundred bytes, another for every N. ``--latency_ms`` holds
every answer back, as a far host does.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import struct
import sys
import threading
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
_PNG = b"\x89PNG\r\n\x1a\n"


def photographs(count: int, kilobytes: int) -> list[bytes]:
    """JPEGs of about that size, all different: clouds with grain, as a camera would leave them."""
    rng = np.random.default_rng(20)
    side = int((kilobytes * 1000 * 2.45) ** 0.5)
    bases = [_photograph(rng, side) for _ in range(min(count, 16))]
    return [_marked(bases[number % len(bases)], number) for number in range(count)]


def _photograph(rng: np.random.Generator, side: int) -> bytes:
    clouds = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8))
    large = clouds.resize((side * 4 // 3, side), Image.Resampling.BICUBIC)
    grain = rng.normal(0, 14, (large.height, large.width, 3))
    noisy = np.clip(np.asarray(large) + grain, 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noisy).save(stream, "JPEG", quality=85)
    return stream.getvalue()


def _marked(jpeg: bytes, number: int) -> bytes:
    """The same picture as another file: a comment sets it apart."""
    comment = b"%08d" % number
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]


def tiny(number: int) -> bytes:
    """A PNG of 8 × 8 pixels whose colour is its number."""
    row = b"\0" + number.to_bytes(3, "big") * 8
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(row * 8, 1)),
            (b"IEND", b""),
        )
    )
    return _PNG + body


class _Connection(asyncio.Protocol):
    def __init__(self, images: list[bytes], latency_s: float) -> None:
        self._images = images
        self._latency_s = latency_s
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            request, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
            self._answer(request.split(b" ", 2)[1].split(b"?")[0])

    def _answer(self, path: bytes) -> None:
        number = int(path.split(b"/")[-1].split(b".")[0] or b"0")
        if path.startswith(b"/tiny/"):
            kind, body = b"image/png", tiny(number % (1 << 24))
        else:
            kind, body = b"image/jpeg", self._images[number % len(self._images)]
        answer = [_HEAD % (kind, len(body)), body]
        if self._latency_s:
            asyncio.get_running_loop().call_later(self._latency_s, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: list[bytes]) -> None:
        if not self._transport.is_closing():
            self._transport.writelines(answer)


async def serve(images: list[bytes], latency_s: float) -> None:
    """Listen until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Connection(images, latency_s), "127.0.0.1", 0, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    over = asyncio.Event()
    threading.Thread(
        target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(over.set)), daemon=True
    ).start()
    await over.wait()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=800)
    parser.add_argument("--kilobytes", type=int, default=400)
    parser.add_argument("--folder", type=Path, help="of 0.jpg, 1.jpg, …; default: made up")
    parser.add_argument("--latency_ms", type=float, default=0.0)
    options = parser.parse_args()
    if options.folder:
        images = [(options.folder / f"{n}.jpg").read_bytes() for n in range(options.count)]
    else:
        images = photographs(options.count, options.kilobytes)
    asyncio.run(serve(images, options.latency_ms / 1000))


if __name__ == "__main__":
    main()
