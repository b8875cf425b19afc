"""What a picture of the sample is: what is drawn, which words stand on it, how it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workshop.sample.drawing.sketch import INK, Sketch


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture to draw."""

    name: str
    """File name; the suffix says how it is stored."""
    frames: tuple[Callable[[], Sketch], ...]
    """What draws it; several make an animation."""
    caption: tuple[str, ...] = ()
    """A meme's words, top and bottom; together they are the record's ``text``."""
    band: bool = False
    """True: the words stand black on a white band above the scene."""
    turned: bool = False
    """True: stored lying on its side, with the EXIF tag that says so, as telephones do."""
    palette: bool = False
    """True: stored with a palette of 64 colours."""


def captioned(picture: Picture, scene: Sketch) -> Sketch:
    """The scene with the picture's words on it."""
    if not picture.caption:
        return scene
    if picture.band:
        framed = Sketch(scene.width, scene.height + 110, ("#ffffff",))
        framed.paste(scene, (0, 110))
        words = " ".join(picture.caption)
        framed.paragraph((24, 8, scene.width - 24, 102), words, size=36, fill=INK)
        return framed
    scene.caption((16, 8, scene.width - 16, 108), picture.caption[0])
    if len(picture.caption) > 1:
        low = scene.height
        scene.caption((16, low - 108, scene.width - 16, low - 8), picture.caption[1])
    return scene
