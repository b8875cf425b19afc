"""What is read in a picture does not hang on what else is made of it."""

from __future__ import annotations

import pytest

from moderation.hashes.making import PictureHashing
from moderation.images.types import Target
from moderation.ocr.reader import ReadText


@pytest.mark.parametrize("plain", [False, True])
def test_a_picture_is_read_at_one_size_whether_it_is_hashed_or_not(plain: bool) -> None:
    alone = Target(2, 2, further=(ReadText(),))
    hashed = Target(2, 2, further=(ReadText(), PictureHashing(plain=plain)))
    assert alone.larger_px == hashed.larger_px
