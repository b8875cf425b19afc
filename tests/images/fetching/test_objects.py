"""Objects of ``gs://``: through stores that behave and one that does not."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from moderation.images.door import ImageDoor
from moderation.images.references import locate
from moderation.images.types import ImageOutcome
from schemas.codes import Code
from tests.faults.pictures import jpeg
from tests.faults.store import Store
from tests.images.doors import TARGET, failure, image, options


class StatusError(Exception):
    """An exception as cloud clients raise it: with the status as ``code``."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.code = status


class FakeStore:
    """Objects in memory; an exception in place of bytes is raised."""

    def __init__(self, objects: dict[str, bytes | Exception | list[bytes | Exception]]) -> None:
        self._objects = objects
        self._lock = threading.Lock()
        self.reads: Counter[str] = Counter()

    def read(self, location: str, max_bytes: int) -> bytes:
        with self._lock:
            self.reads[location] += 1
            found = self._objects.get(location, FileNotFoundError(location))
            if isinstance(found, list):
                found = found[min(self.reads[location], len(found)) - 1]
        if isinstance(found, Exception):
            raise found
        return found[:max_bytes]


def get(door: ImageDoor, location: str) -> ImageOutcome:
    return door.submit(locate("img", location, root="/"), TARGET).result(timeout=30)


def test_a_path_of_windows_means_the_object_where_no_name_has_backslashes() -> None:
    store = FakeStore({"gs://b/img/a.jpg": jpeg()})
    with ImageDoor(options(), store=store) as door:
        assert image(get(door, "gs://b/img\\a.jpg")).format == "JPEG"
        assert failure(get(door, "gs://b/img\\none.jpg")).code is Code.NOT_FOUND


def test_an_object_is_an_image_like_any_other_and_is_read_once() -> None:
    store = FakeStore({"gs://b/a.jpg": jpeg()})
    with ImageDoor(options(), store=store) as door:
        found = [image(get(door, "gs://b/a.jpg")) for _ in range(3)]
        stats = door.stats()
    assert (found[0].format, found[0].bytes) == ("JPEG", len(jpeg()))
    assert store.reads == {"gs://b/a.jpg": 1}
    assert (stats.sources, stats.fetches, stats.fetch_cache_hits) == ({"gs": 3}, 1, 2)


@pytest.mark.parametrize(
    ("found", "code", "attempts"),
    [
        (FileNotFoundError("x"), Code.NOT_FOUND, 1),
        (StatusError(404), Code.NOT_FOUND, 1),
        (PermissionError("x"), Code.FORBIDDEN, 1),
        (StatusError(403), Code.FORBIDDEN, 1),
        (StatusError(416), Code.EMPTY, 1),
        (StatusError(503), Code.STORAGE, 3),
        (OSError("x"), Code.STORAGE, 3),
        (ValueError("secret"), Code.STORAGE, 3),
        (b"", Code.EMPTY, 1),
        (b"\xff\xd8\xff" * 500_000, Code.TOO_LARGE_BYTES, 1),
        (b"hello", Code.UNSUPPORTED_FORMAT, 1),
    ],
)
def test_what_a_store_does_has_its_code(
    found: bytes | Exception, code: Code, attempts: int
) -> None:
    with ImageDoor(options(), store=FakeStore({"gs://b/a": found})) as door:
        outcome = failure(get(door, "gs://b/a"))
    assert (outcome.code, outcome.attempts) == (code, attempts)
    assert "secret" not in outcome.message


def test_a_store_that_stumbles_is_asked_again() -> None:
    store = FakeStore({"gs://b/a": [StatusError(503), OSError("x"), jpeg()]})
    with ImageDoor(options(), store=store) as door:
        image(get(door, "gs://b/a"))
        assert door.stats().retries == 2


def test_a_store_that_hangs_is_left_after_the_deadline() -> None:
    hang = threading.Event()

    class HangingStore:
        def read(self, location: str, max_bytes: int) -> bytes:
            hang.wait(10)
            raise OSError(location)

    try:
        with ImageDoor(options(timeout_s=0.3), store=HangingStore()) as door:
            assert failure(get(door, "gs://b/a")).code is Code.TIMEOUT
    finally:
        hang.set()


def test_a_bucket_is_read(store: Store) -> None:
    images = {"a.jpg": jpeg(), "empty.jpg": b"", "large.jpg": bytes(2000)}
    for name, data in images.items():
        store.put(f"set/{name}", data)
    found = []
    with ImageDoor(options(timeout_s=30, retries=0, max_bytes=1999)) as door:
        for name in ("a.jpg", "missing.jpg", "empty.jpg", "large.jpg"):
            asked = door.submit(locate("img", name, root=store.path("set")), TARGET)
            outcome = asked.result(timeout=60)
            found.append(getattr(outcome, "format", None) or outcome.code.value)
    assert found == ["JPEG", "not_found", "empty", "too_large_bytes"]


@pytest.mark.parametrize(
    ("buckets", "read"),
    [
        (None, {"mine", "mine/in", "other"}),
        ((), set()),
        (("mine",), {"mine", "mine/in"}),
        (("mine/in", "min"), {"mine/in"}),
    ],
)
def test_objects_are_read_from_the_buckets_that_are_named_alone(
    buckets: tuple[str, ...] | None, read: set[str]
) -> None:
    places = {"mine": "gs://mine/a", "mine/in": "gs://mine/in/a", "other": "gs://other/a"}
    store = FakeStore({location: jpeg() for location in places.values()})
    with ImageDoor(options(image_buckets=buckets), store=store) as door:
        found = {place: get(door, location) for place, location in places.items()}
    assert {place for place, outcome in found.items() if hasattr(outcome, "pixels")} == read
    for place in set(places) - read:
        refused = failure(found[place])
        assert (refused.code, refused.code.retryable) == (Code.BLOCKED_BUCKET, False)
        assert "--image_buckets" in refused.message
    assert set(store.reads) == {places[place] for place in read}  # the others were not asked for


def test_a_bucket_that_cannot_be_one_is_told() -> None:
    with pytest.raises(ValueError, match="image_buckets holds 'gs://b'"):
        options(image_buckets=("gs://b",))
