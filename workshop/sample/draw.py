"""``python -m workshop.sample.draw --out DIR``: draw the sample's pictures again.

Writes ``images/`` and ``inline_pairs.parquet`` below DIR. The records in the CSV and
the JSONL file are written by hand and stay as they are.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

from PIL import Image

from workshop.sample.drawing.inline_pairs import write_pairs
from workshop.sample.drawing.meme_pictures import MEME_PICTURES
from workshop.sample.drawing.pair_pictures import INLINE_PICTURES, PAIR_PICTURES
from workshop.sample.drawing.picture import Picture, captioned

_FORMATS = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".gif": "GIF"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 84, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 82, "method": 6},
    "GIF": {"optimize": True},
}
_COLOURS = 64
_ORIENTATION = 0x0112
_TURN_LEFT_TO_SHOW = 8


def encode(picture: Picture) -> bytes:
    """Draw one picture and store it as its name and marks say."""
    frames = [captioned(picture, frame()).finish() for frame in picture.frames]
    form = _FORMATS[Path(picture.name).suffix]
    options = dict(_OPTIONS[form])
    first = frames[0]
    if picture.turned:
        first = first.transpose(Image.Transpose.ROTATE_270)
        exif = Image.Exif()
        exif[_ORIENTATION] = _TURN_LEFT_TO_SHOW
        options["exif"] = exif
    if picture.palette or form == "GIF":
        frames = [frame.quantize(_COLOURS, dither=Image.Dither.NONE) for frame in frames]
        first = frames[0]
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:], "duration": 700, "loop": 0}
    stream = io.BytesIO()
    first.save(stream, form, **options)
    return stream.getvalue()


def draw_all(out: Path) -> None:
    """Write every picture, the two broken files among them, and the Parquet file."""
    images = out / "images"
    images.mkdir(parents=True, exist_ok=True)
    for picture in PAIR_PICTURES + MEME_PICTURES:
        (images / picture.name).write_bytes(encode(picture))
    whole = (images / "football_pitch.jpg").read_bytes()
    (images / "broken_upload.jpg").write_bytes(whole[: len(whole) // 3])
    (images / "not_a_picture.png").write_text("This is a text file that calls itself a picture.\n")
    inline = {picture.name: encode(picture) for picture in INLINE_PICTURES}
    write_pairs(out / "inline_pairs.parquet", inline)


def main(arguments: list[str] | None = None) -> None:
    """Draw into the directory that ``--out`` names."""
    parser = argparse.ArgumentParser(prog="python -m workshop.sample.draw", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="directory to write to")
    draw_all(parser.parse_args(arguments).out)


if __name__ == "__main__":
    main()
