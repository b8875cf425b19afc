"""A picture without its borders, and its mirror."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from moderation.hashes.borders import without_borders
from moderation.hashes.views import picture_views
from schemas.hashes import MatchedAs
from tests.hashes.test_pdq import distance, picture


def jpeg(pixels: np.ndarray, quality: int = 60) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))


def bordered(
    inner: np.ndarray, sides: tuple[int, int, int, int], colour: tuple[int, int, int]
) -> np.ndarray:
    """With so many lines more at top, bottom, left and right."""
    top, bottom, left, right = sides
    height, width = inner.shape[:2]
    whole = np.empty((height + top + bottom, width + left + right, 3), np.uint8)
    whole[:] = colour
    whole[top : top + height, left : left + width] = inner
    return whole


@pytest.mark.parametrize("sides", [(120, 0, 0, 0), (0, 90, 0, 0), (40, 40, 40, 40), (0, 0, 200, 9)])
@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (20, 90, 160)])
def test_bars_and_frames_are_cut_off(
    sides: tuple[int, int, int, int], colour: tuple[int, int, int]
) -> None:
    inner = picture(600, 700)
    found = without_borders(jpeg(bordered(inner, sides, colour)))
    assert np.abs(np.array(found[-1].shape[:2]) - inner.shape[:2]).max() <= 4


def test_a_bar_inside_a_frame_is_cut_off_too() -> None:
    inner = picture(600, 700)
    barred = bordered(inner, (100, 0, 0, 0), (255, 255, 255))
    framed = bordered(barred, (20, 20, 20, 20), (0, 0, 0))
    assert [each.shape for each in without_borders(framed)] == [barred.shape, inner.shape]


def test_a_bar_beside_a_border_of_the_pictures_own_is_cut_off_by_itself() -> None:
    own = bordered(picture(500, 600), (0, 60, 0, 0), (250, 250, 250))
    barred = bordered(own, (90, 0, 0, 0), (255, 255, 255))
    assert own.shape in [each.shape for each in without_borders(barred)]


@pytest.mark.parametrize("value", [0, 255])
def test_a_picture_of_one_colour_keeps_it(value: int) -> None:
    assert without_borders(np.full((400, 300, 3), value, np.uint8)) == []


def test_a_picture_without_borders_has_none() -> None:
    assert without_borders(picture(600, 700)) == []


def test_a_small_thing_on_a_wide_ground_is_the_picture_with_it() -> None:
    whole = np.full((600, 600, 3), 250, np.uint8)
    whole[280:330, 100:500] = picture(50, 400)
    assert without_borders(whole) == []


def test_each_view_is_near_what_it_is_named_for() -> None:
    inner = picture(600, 700)
    framed = bordered(inner, (80, 80, 80, 80), (255, 255, 255))
    views = {view.seen_as: view.pdq for view in picture_views(framed)}
    known = picture_views(inner, plain=True)[0].pdq
    assert [*views] == [
        MatchedAs.PICTURE,
        MatchedAs.MIRROR,
        MatchedAs.WITHOUT_BORDERS,
    ]
    assert distance(views[MatchedAs.PICTURE], known) > 31
    assert distance(views[MatchedAs.WITHOUT_BORDERS], known) <= 4
    turned = {
        view.seen_as: view.pdq for view in picture_views(np.ascontiguousarray(inner[:, ::-1]))
    }
    assert distance(turned[MatchedAs.MIRROR], known) <= 4
    assert [view.seen_as for view in picture_views(inner)] == [MatchedAs.PICTURE, MatchedAs.MIRROR]
