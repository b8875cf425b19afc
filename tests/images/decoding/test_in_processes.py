"""Decoders in processes of their own: the same pixels, and one picture's failure for a death."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from moderation.images.decoding.decode import decode
from moderation.images.decoding.gate import PixelGate
from moderation.images.decoding.in_processes import DECODE, ProcessDecoder
from moderation.images.decoding.limits import DecodeLimits, ProcessLimits
from moderation.images.stats import StatsCollector
from moderation.images.types import DecodedImage, ImageError, ImageFailure, ImageOutcome, Target
from schemas.codes import Code, Stage
from tests.faults.pictures import encoded, jpeg, png

PICTURE = "tests.images.processes.stand_ins:picture"
SMALL = Target(16, 24)
PIXELS = 1500 * 1000
"""Just under the cap of these tests: where memory is short, a decoder says so in its own way."""
CAP = DecodeLimits(max_pixels=PIXELS + 1000)
SHORT = ProcessLimits(small_pixels=CAP.max_pixels, small_bytes=1 << 20)
SHORT_FOR_GOOD = ProcessLimits(
    small_pixels=CAP.max_pixels, small_bytes=1 << 20, bytes_per_pixel=1, other_bytes=1 << 20
)


class Bench:
    """A decoder and what it counts."""

    def __init__(
        self,
        *,
        function: str = DECODE,
        limits: DecodeLimits = CAP,
        costs: ProcessLimits | None = None,
    ) -> None:
        self.stats = StatsCollector()
        self.decoder = ProcessDecoder(
            2,
            limits=limits,
            gate=PixelGate(100_000_000),
            stats=self.stats,
            process_limits=costs or ProcessLimits(clock_s=10.0),
            function=function,
        )

    def decode(self, data: bytes, target: Target = SMALL) -> ImageOutcome:
        return self.decoder.decode(data, hashlib.sha256(data).hexdigest(), target)

    def lost(self) -> int:
        return self.stats.total().decoders_lost


@pytest.fixture(scope="module", autouse=True)
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A child that compiles what it imports has room left over, which would add to small limits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("bytecode")))
        first = Bench()
        first.decode(png(4, 4))
        first.decoder.close()
        yield


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.decoder.close()


@pytest.fixture
def standing_in() -> Iterator[Bench]:
    made = Bench(function=PICTURE, costs=ProcessLimits(processor_s=0.3, clock_s=1.0))
    yield made
    made.decoder.close()


def noise(kind: str, size: tuple[int, int] = (1500, 1000), **options: object) -> bytes:
    """A picture with so little of a pattern that it is quick to make."""
    tile = np.random.default_rng(3).integers(0, 255, (10, 15, 3), dtype=np.uint8)
    image = Image.fromarray(tile).resize(size, Image.Resampling.BILINEAR)
    return encoded(image, kind, **options)  # type: ignore[arg-type]


FORMATS = {
    "PNG": lambda: noise("PNG", compress_level=1),
    "baseline JPEG": lambda: noise("JPEG"),
    "progressive JPEG": lambda: noise("JPEG", progressive=True),
    "WEBP": lambda: noise("WEBP", method=0),
}
FULL = Target(32, 32, reduced_decode=False)


def test_pixels_and_failures_are_those_of_a_thread_to_the_last_bit(bench: Bench) -> None:
    pictures = [
        jpeg(300, 200),
        png(40, 30),
        encoded(Image.new("F", (20, 20), 0.5), "TIFF"),
        encoded(Image.new("I;16", (20, 20), 4000), "PNG"),
        encoded(Image.new("CMYK", (20, 20), (1, 2, 3, 4)), "JPEG"),
        encoded(Image.new("RGBA", (20, 20), (1, 2, 3, 4)), "WEBP"),
        png(40, 30)[:60],
        jpeg()[:40],
        b"",
        b"<html>",
        png(2000, 1000),
        *(make() for make in FORMATS.values()),
    ]
    for data in pictures:
        here, there = decode(data, SMALL, CAP), bench.decode(data)
        if isinstance(here, DecodedImage):
            assert isinstance(there, DecodedImage), there
            np.testing.assert_array_equal(here.pixels, there.pixels)
            assert not there.pixels.flags.writeable
            names = ("sha256", "bytes", "width", "height", "format")
            assert all(getattr(here, name) == getattr(there, name) for name in names)
        else:
            assert here == there
    assert bench.lost() == 0
    assert sum(bench.stats.total().decode_ms) == len(pictures)


@pytest.mark.parametrize("name", FORMATS)
def test_a_picture_that_failed_for_want_of_memory_is_tried_with_more(name: str) -> None:
    short, data = Bench(costs=SHORT), FORMATS[name]()
    outcome, here = short.decode(data, FULL), decode(data, FULL)
    again = short.decoder._pool.started
    short.decoder.close()
    assert isinstance(outcome, DecodedImage), outcome
    assert isinstance(here, DecodedImage)
    np.testing.assert_array_equal(outcome.pixels, here.pixels)
    assert again == 2, "it did not fail the first time"


@pytest.mark.parametrize("name", FORMATS)
def test_want_of_memory_is_never_called_damage(name: str) -> None:
    short = Bench(costs=SHORT_FOR_GOOD)
    outcome = short.decode(FORMATS[name](), FULL)
    short.decoder.close()
    assert isinstance(outcome, ImageFailure)
    assert outcome.code is Code.TOO_MANY_PIXELS
    assert "memory" in outcome.message


def test_damage_is_called_damage_though_memory_was_short() -> None:
    whole = FORMATS["progressive JPEG"]()
    broken = whole[:2000] + b"\xff\xc4\x00\x04\x00\x00" + whole[2006:]
    expected = decode(broken, FULL, CAP)
    short = Bench(costs=SHORT)
    outcome = short.decode(broken, FULL)
    short.decoder.close()
    assert outcome == expected or (
        isinstance(expected, DecodedImage) and isinstance(outcome, DecodedImage)
    )


def test_a_large_picture_asks_first_and_is_decoded_once(bench: Bench) -> None:
    large = Bench(costs=ProcessLimits(small_pixels=1000))
    outcome = large.decode(png(200, 100))
    assert isinstance(outcome, DecodedImage)
    assert large.decoder._pool.started == 1
    large.decoder.close()


def test_a_death_is_one_pictures_failure_and_it_is_tried_twice(standing_in: Bench) -> None:
    with ThreadPoolExecutor(2) as threads:
        data = [b"x" * (1 + n) if n != 7 else b"end-by SIGSEGV" for n in range(20)]
        found = list(threads.map(standing_in.decode, data))
    for number, outcome in enumerate(found):
        if number == 7:
            assert isinstance(outcome, ImageFailure)
            assert (outcome.code, outcome.stage) == (Code.DECODER_CRASHED, Stage.DECODE)
            assert "SIGSEGV" in outcome.message
            assert not outcome.retryable
        else:
            assert isinstance(outcome, DecodedImage)
            assert (outcome.pixels == number + 1).all()
            assert outcome.pixels.shape == (16, 24, 3)
    assert standing_in.lost() == 2


def test_a_picture_that_is_decoded_the_second_time_is_an_image(
    standing_in: Bench, tmp_path: Path
) -> None:
    outcome = standing_in.decode(f"exit-once {tmp_path / 'been'}".encode())
    assert isinstance(outcome, DecodedImage)
    assert standing_in.lost() == 1


@pytest.mark.parametrize("words", [b"sleep 60", b"spin 60"])
def test_a_decoder_that_takes_too_long_is_ended(standing_in: Bench, words: bytes) -> None:
    outcome = standing_in.decode(words)
    assert isinstance(outcome, ImageFailure)
    assert outcome.code is Code.DECODE_TIMEOUT
    assert outcome.retryable
    assert standing_in.lost() == 1
    assert isinstance(standing_in.decode(b"next"), DecodedImage)


def test_where_there_are_no_processes_threads_decode_and_a_line_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench(function="no_such_module:decode")
    with caplog.at_level(logging.ERROR):
        assert isinstance(bench.decode(png(30, 20)), DecodedImage)
        assert isinstance(bench.decode(jpeg(30, 20)), DecodedImage)
    bench.decoder.close()
    (line,) = [record.getMessage() for record in caplog.records]
    assert "no_such_module" in line
    assert sum(bench.stats.total().decode_ms) == 2


def test_a_closed_decoder_says_so(bench: Bench) -> None:
    bench.decoder.close()
    with pytest.raises(ImageError, match="closed"):
        bench.decode(png())
