"""Files that want time, memory or a place on disk, each decoded in a process of its own."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from moderation.images.decoding.decode import decode
from moderation.images.decoding.gate import PixelGate
from moderation.images.decoding.limits import DecodeLimits
from moderation.images.types import ImageFailure, Target
from schemas.codes import Code
from tests.faults.pictures import encoded, jpeg, png

ROOT = Path(__file__).parents[3]
HARNESS = ROOT / "benchmarks" / "fetch" / "decoder_suites.py"
MIB = 1 << 20
HEAD = b"\x89PNG\r\n\x1a\n"
LARGE = (7000, 7100)


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(*chunks: bytes, size: tuple[int, int] = (8, 8)) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(8 * 25)))
    return b"".join([HEAD, header, *chunks, pixels, chunk(b"IEND")])


def with_scans(times: int) -> bytes:
    """A progressive JPEG whose last scan, a few hundred bytes, comes again and again."""
    data = encoded(Image.new("L", (5000, 5000), 128), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * times + b"\xff\xd9"


def webp_canvas(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff_of(entries: dict[int, tuple[int, int]], data: bytes) -> bytes:
    rows = [struct.pack("<HHII", tag, 4, *rest) for tag, rest in sorted(entries.items())]
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(rows)) + b"".join(rows) + bytes(4) + data


def tiff_strips(count: int) -> bytes:
    entries = {256: (1, 20), 257: (1, count), 258: (1, 8), 259: (1, 1), 262: (1, 1), 277: (1, 1)}
    entries |= {278: (1, 1), 273: (count, 122), 279: (count, 122)}
    return tiff_of(entries, bytes(4 * count + 8))


def gif_of(blocks: bytes) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", 8, 8, 0x80, 0, 0) + bytes(6)
    return head + blocks + b"," + struct.pack("<HHHHB", 0, 0, 8, 8, 0) + b"\2\2\x84\x01\0;"


def comments(count: int) -> bytes:
    return gif_of(b"!\xfe\1a\0" * count)


def large(mode: str, value: object, kind: str, **options: object) -> bytes:
    return encoded(Image.new(mode, LARGE, value), kind, **options)  # type: ignore[arg-type]


GIF_FRAME = b"," + struct.pack("<HHHHB", 60000, 60000, 5000, 5000, 0) + b"\2\2\x84\1\0"
SLOW = {"decode_timeout", "ok"}
"""What takes long may get through on a fast machine."""
HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "a million texts": (lambda: png_of(chunk(b"tEXt", b"a\0") * 1_300_000), SLOW),
    "gigabytes of text": (
        lambda: png_of(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(900_000))) * 3000),
        {"corrupt"},
    ),
    "a large profile": (
        lambda: png_of(chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(200 * MIB)))),
        {"corrupt"},
    ),
    "4 gigapixels of PNG": (lambda: png_of(size=(65535, 65535)), {"too_many_pixels"}),
    "4 gigapixels of WEBP": (lambda: webp_canvas(1 << 22, 1 << 10), {"too_many_pixels"}),
    "scans without end": (lambda: with_scans(5000), {"too_many_pixels"}),
    "two million TIFF strips": (lambda: tiff_strips(2_000_000), {"unsupported_format"}),
    "hardly a TIFF": (lambda: tiff_of({256: (1, 8)}, b""), {"corrupt", "unsupported_format"}),
    "a GIF of comments": (lambda: comments(2_500_000), SLOW),
    "a GIF frame outside": (lambda: gif_of(GIF_FRAME), {"too_many_pixels", "corrupt"}),
    "a million segments": (
        lambda: jpeg()[:2] + b"\xff\xe9\0\2" * 4_700_000 + jpeg()[2:],
        {"unsupported_format"},
    ),
    "50 MP with alpha": (
        lambda: large("RGBA", (1, 2, 3, 4), "PNG", compress_level=1),
        {"ok"},
    ),
    "50 MP of floats": (lambda: large("F", 0.5, "TIFF", compression="tiff_lzw"), {"ok"}),
    "50 MP of WEBP": (lambda: large("RGB", (1, 2, 3), "WEBP", method=0), {"ok"}),
}


@pytest.mark.slow
def test_no_hostile_file_takes_its_process_its_time_or_its_memory(tmp_path: Path) -> None:
    for name, (make, _) in HOSTILE.items():
        (tmp_path / name).write_bytes(make())
    lines = run_harness(tmp_path)
    found = {Path(line["file"]).name: line["outcome"].split(":")[0] for line in lines}
    for name, (_, expected) in HOSTILE.items():
        assert found[name] in expected, name


@pytest.mark.slow
@pytest.mark.skipif(
    "MODERATION_ROBUSTNESS_DATA" not in os.environ,
    reason="MODERATION_ROBUSTNESS_DATA names no folder of decoder suites",
)
def test_every_file_of_the_decoder_suites_ends_as_an_image_or_a_code() -> None:
    lines = run_harness(Path(os.environ["MODERATION_ROBUSTNESS_DATA"]))
    assert len(lines) > 100


def run_harness(folder: Path) -> list[dict[str, str]]:
    """Its exit status says that each file kept to 5 s of work, 1 GiB, no disk, a living process."""
    done = subprocess.run(
        [sys.executable, str(HARNESS), "--each", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert not {"Traceback", "Warning"} & set(done.stderr.replace(":", " ").split())
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_the_clock_ends_a_decode_at_the_next_bytes_it_asks_for() -> None:
    outcome = decode(png(400, 400), Target(8, 8), DecodeLimits(timeout_s=-1.0))
    assert isinstance(outcome, ImageFailure)
    assert outcome.code is Code.DECODE_TIMEOUT
    assert outcome.retryable


def test_the_gate_lets_so_many_pixels_in_and_one_large_image_alone() -> None:
    gate = PixelGate(100)
    inside, most, lock = [0], [0], threading.Lock()

    def work(pixels: int) -> None:
        with gate(pixels):
            with lock:
                inside[0] += pixels
                most[0] = max(most[0], inside[0])
            with lock:
                inside[0] -= pixels

    threads = [threading.Thread(target=work, args=(pixels,)) for pixels in (40, 60, 30, 70) * 25]
    threads.append(threading.Thread(target=work, args=(100,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert most[0] <= 100
    work(1000)
    assert inside[0] == 0
