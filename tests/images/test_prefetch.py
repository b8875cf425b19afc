"""Images fetched ahead for elements of any kind."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from apache_beam.pvalue import TaggedOutput

from moderation.images.door import DoorOptions
from moderation.images.prefetch import FETCHING, PrefetchImages, Requests
from moderation.images.types import DecodedImage, ImageFailure, ImageRef, Target
from tests.faults.pictures import png

SMALL = Target(8, 8)


def of_paths(paths: tuple[str, ...]) -> Requests:
    """The element is the paths of its images."""
    return {path: (ImageRef("img", path, path, None), SMALL) for path in paths}


def test_elements_come_in_order_with_what_they_asked_for(tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{number}.png") for number in range(5)]
    for number, path in enumerate(paths[:4]):
        Path(path).write_bytes(png(10 + number, 10))
    elements = [(paths[0],), (), (paths[1], paths[4]), (paths[2],), (paths[3],)]
    step: PrefetchImages = pickle.loads(pickle.dumps(PrefetchImages(of_paths, DoorOptions(), 2)))
    step.setup()
    step.start_bundle()
    early = [found for element in elements for found in step.process(element)]
    late: list[Any] = list(step.finish_bundle())

    assert len(early) == len(elements) - 2
    found = early + [each.value for each in late[:-1]]
    assert [element for element, _ in found] == elements
    pair = found[2][1]
    assert isinstance(pair[paths[1]], DecodedImage)
    assert isinstance(pair[paths[4]], ImageFailure)
    counts = late[-1]
    assert isinstance(counts, TaggedOutput)
    assert counts.tag == FETCHING
    assert counts.value.value.outcomes == {"ok": 4, "not_found": 1}


def test_what_a_failed_bundle_left_in_flight_is_forgotten(tmp_path: Path) -> None:
    step = PrefetchImages(of_paths, DoorOptions(), 2)
    step.setup()
    step.start_bundle()
    assert list(step.process((str(tmp_path / "gone.png"),))) == []
    step.start_bundle()
    assert [each.tag for each in step.finish_bundle()] == [FETCHING]
