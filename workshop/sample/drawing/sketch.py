"""A small drawing board: shapes and text in pixels of the finished picture.

Everything is drawn at twice the size and scaled down once, which smooths edges.
Only Pillow's built-in font is used, so every machine draws the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw, ImageFont

SCALE = 2

Colour = str | tuple[int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

INK = "#20242c"
PAPER = "#fbfaf6"
GREY = "#8a909c"


class Sketch:
    """One picture while it is drawn. Coordinates and sizes are in finished pixels."""

    def __init__(self, width: int, height: int, colours: Sequence[Colour] = (PAPER,)) -> None:
        """Start with one flat colour, or with two as a gradient from top to bottom."""
        self.width, self.height = width, height
        size = (width * SCALE, height * SCALE)
        self._image = Image.new("RGB", size, colours[0])
        if len(colours) > 1:
            ramp = Image.linear_gradient("L").resize(size)
            self._image.paste(Image.new("RGB", size, colours[1]), mask=ramp)
        self._draw = ImageDraw.Draw(self._image)

    def finish(self) -> Image.Image:
        """The picture, RGB, at its finished size."""
        return self._image.resize((self.width, self.height), Image.Resampling.LANCZOS)

    def paste(self, other: Sketch, at: tuple[int, int]) -> None:
        """Lay another sketch onto this one."""
        self._image.paste(other._image, (at[0] * SCALE, at[1] * SCALE))

    def box(self, box: Box, fill: Colour, *, radius: float = 0, edge: Colour | None = None) -> None:
        """A rectangle ``(left, top, right, bottom)``, with round corners where asked."""
        self._draw.rounded_rectangle(
            _scaled(box), radius * SCALE, fill=fill, outline=edge, width=2 * SCALE if edge else 0
        )

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """A filled circle around ``(x, y)``."""
        self.oval((x - radius, y - radius, x + radius, y + radius), fill)

    def oval(self, box: Box, fill: Colour) -> None:
        """A filled ellipse inside a box."""
        self._draw.ellipse(_scaled(box), fill=fill)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def line(self, points: Sequence[Point], fill: Colour, *, width: float = 3) -> None:
        """A line through points, with round joints and ends."""
        self._draw.line(
            [(x * SCALE, y * SCALE) for x, y in points],
            fill=fill,
            width=round(width * SCALE),
            joint="curve",
        )
        for x, y in points:
            self.disc(x, y, width / 2 - 0.25, fill)

    def arc(
        self, box: Box, degrees: tuple[float, float], fill: Colour, *, width: float = 3
    ) -> None:
        """Part of an ellipse's edge; degrees run clockwise from three o'clock."""
        self._draw.arc(_scaled(box), *degrees, fill=fill, width=round(width * SCALE))

    def slice(self, box: Box, degrees: tuple[float, float], fill: Colour) -> None:
        """A piece of a pie."""
        self._draw.pieslice(_scaled(box), *degrees, fill=fill, outline=PAPER, width=2 * SCALE)

    def text(
        self,
        at: Point,
        words: str,
        *,
        size: float,
        fill: Colour = INK,
        anchor: str = "la",
        bold: bool = False,
    ) -> None:
        """One line; ``anchor`` as Pillow has it: ``mm`` is centred on the point."""
        weight = size * SCALE / 44 if bold else 0
        self._draw.text(
            (at[0] * SCALE, at[1] * SCALE),
            words,
            font=_font(size),
            fill=fill,
            anchor=anchor,
            stroke_width=weight,
            stroke_fill=fill,
        )

    def paragraph(
        self,
        box: Box,
        words: str,
        *,
        size: float,
        fill: Colour = INK,
        bold: bool = False,
        centred: bool = False,
    ) -> None:
        """Words wrapped into a box, vertically centred, smaller where they do not fit."""
        left, top, right, bottom = box
        lines, size = _fit(words, right - left, bottom - top, size)
        step = size * 1.22
        y = (top + bottom) / 2 - step * (len(lines) - 1) / 2
        for line in lines:
            at = ((left + right) / 2, y) if centred else (left, y)
            self.text(at, line, size=size, fill=fill, bold=bold, anchor="mm" if centred else "lm")
            y += step

    def caption(self, box: Box, words: str, *, size: float = 44) -> None:
        """White letters with a dark rim, as memes have them."""
        left, top, right, bottom = box
        lines, size = _fit(words, right - left, bottom - top, size)
        step = size * 1.18
        y = (top + bottom) / 2 - step * (len(lines) - 1) / 2
        for line in lines:
            at = ((left + right) / 2 * SCALE, y * SCALE)
            for rim, colour in ((size * SCALE / 9, "#101010"), (size * SCALE / 50, "#ffffff")):
                self._draw.text(
                    at,
                    line,
                    font=_font(size),
                    fill=colour,
                    anchor="mm",
                    stroke_width=rim,
                    stroke_fill=colour,
                )
            y += step


def _scaled(box: Box) -> Box:
    left, top, right, bottom = box
    return left * SCALE, top * SCALE, right * SCALE, bottom * SCALE


def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size * SCALE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType: the samples cannot be drawn")
    return font


def _fit(words: str, width: float, height: float, size: float) -> tuple[list[str], float]:
    """Lines that fit the box, and the size in pixels at which they do."""
    while True:
        lines = list(_wrap(words, width, size))
        widest = max(_font(size).getlength(line) / SCALE for line in lines)
        if size <= 10 or (len(lines) * size * 1.22 <= height and widest <= width):
            return lines, size
        size *= 0.94


def _wrap(words: str, width: float, size: float) -> Iterable[str]:
    font = _font(size)
    for paragraph in words.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) / SCALE > width:
                yield line
                line = word
            else:
                line = longer
        yield line
