"""Scenes out of doors, 600 × 450 pixels each."""

from __future__ import annotations

import math
import random

from workshop.sample.drawing.sketch import Sketch

WIDTH, HEIGHT = 600, 450


def hills() -> Sketch:
    """Sunrise over three ranges of hills."""
    s = Sketch(WIDTH, HEIGHT, ("#f7b267", "#fde8c9"))
    s.disc(420, 190, 74, "#fff3d6")
    s.disc(420, 190, 56, "#ffd166")
    for height, depth, colour in ((250, 38, "#8fae8b"), (300, 46, "#5f8f6b"), (360, 34, "#2f6b4f")):
        ridge = [
            (x, height + depth * math.sin(x / 90 + height) + 12 * math.sin(x / 31 + height))
            for x in range(0, WIDTH + 10, 10)
        ]
        s.shape([*ridge, (WIDTH, HEIGHT), (0, HEIGHT)], colour)
    for x in (70, 102, 128, 505, 540):
        _fir(s, x, 400 + x % 7 * 3)
    return s


def rain_street() -> Sketch:
    """A flooded underpass in heavy rain, with a barrier across the road."""
    s = Sketch(WIDTH, HEIGHT, ("#5c6b7a", "#93a3b1"))
    s.box((0, 70, WIDTH, 190), "#3c4652")
    s.box((0, 182, WIDTH, 196), "#2c343d")
    s.box((110, 196, 490, 330), "#1d232a")
    s.shape([(110, 330), (490, 330), (600, 450), (0, 450)], "#4c82a8")
    for y, wide in ((352, 90), (378, 140), (408, 190), (434, 230)):
        for x in (300 - wide, 300 + wide * 0.3):
            s.arc((x, y, x + 80, y + 14), (180, 360), "#a9cbe2", width=3)
    s.box((120, 290, 480, 316), "#f4f1ea", radius=4)
    for x in range(130, 480, 60):
        s.shape([(x, 316), (x + 22, 290), (x + 46, 290), (x + 24, 316)], "#d64545")
    s.box((150, 316, 162, 360), "#30363d")
    s.box((438, 316, 450, 360), "#30363d")
    s.box((236, 100, 364, 160), "#1f5fa8", radius=6)
    s.text((300, 130), "Mill Road", size=24, fill="#ffffff", anchor="mm")
    _rain(s, seed=5)
    return s


def football_pitch() -> Sketch:
    """A pitch from the stand, under floodlights."""
    s = Sketch(WIDTH, HEIGHT, ("#0d1b2e", "#27405f"))
    for x in (60, 540):
        s.line([(x, 40), (x, 190)], "#9aa5b1", width=5)
        s.box((x - 34, 22, x + 34, 52), "#e9eef4", radius=4)
        for lamp in (-20, 0, 20):
            s.disc(x + lamp, 37, 8, "#fffbe0")
    crowd = random.Random(11)
    for row in range(5):
        for x in range(0, WIDTH, 12):
            s.disc(
                x + row % 2 * 6,
                120 + row * 13,
                5,
                crowd.choice(("#d9594c", "#e8e2d0", "#39495c", "#4d7ea8", "#e3b34d")),
            )
    s.shape([(0, 190), (600, 190), (600, 450), (0, 450)], "#2f8f4e")
    for index in range(0, 8, 2):
        top, low = 75 * index, 120 * index - 180
        s.shape([(top, 190), (top + 75, 190), (low + 120, 450), (low, 450)], "#38a05a")
    for y, width in ((196, 3), (300, 4)):
        s.line([(0, y), (600, y)], "#f5f7f2", width=width)
    s.arc((205, 255, 395, 345), (0, 360), "#f5f7f2", width=4)
    for x, y, shirt in (
        (150, 330, "#d9594c"),
        (260, 270, "#d9594c"),
        (420, 350, "#f0f0f0"),
        (470, 250, "#f0f0f0"),
        (345, 390, "#d9594c"),
    ):
        _player(s, x, y, shirt)
    s.disc(318, 318, 8, "#ffffff")
    return s


def night_sky() -> Sketch:
    """The moon half in shadow above roofs."""
    s = Sketch(WIDTH, HEIGHT, ("#0b1026", "#2b3467"))
    stars = random.Random(3)
    for _ in range(90):
        s.disc(stars.uniform(0, 600), stars.uniform(0, 330), stars.uniform(0.6, 1.8), "#e8ecff")
    s.disc(300, 170, 92, "#f3e9c6")
    for x, y, radius in ((270, 140, 16), (330, 200, 22), (305, 120, 10), (262, 205, 12)):
        s.disc(x, y, radius, "#dccfa2")
    s.disc(356, 138, 90, "#151b3b")
    roofs = [(0, 400), (60, 350), (120, 400), (170, 400), (170, 370), (260, 370), (260, 400)]
    roofs += [(330, 340), (400, 400), (470, 400), (470, 360), (560, 360), (560, 400), (600, 380)]
    s.shape([*roofs, (600, 450), (0, 450)], "#0a0c18")
    for x, y in ((50, 410), (205, 395), (330, 395), (500, 388)):
        s.box((x, y, x + 16, y + 20), "#f7c65b")
    return s


def town_at_night() -> Sketch:
    """A hospital with lit windows under a small moon."""
    s = Sketch(WIDTH, HEIGHT, ("#141a3a", "#48538f"))
    s.disc(520, 70, 30, "#f3e9c6")
    s.box((0, 300, 130, 450), "#1d2447")
    s.box((470, 270, 600, 450), "#1d2447")
    s.box((130, 150, 470, 450), "#dfe4f2")
    s.box((130, 150, 470, 168), "#aab4d4")
    for row in range(3):
        for column in range(6):
            lit = (row * 5 + column * 3) % 4 != 0
            left, top = 155 + column * 51, 225 + row * 62
            s.box((left, top, left + 32, top + 40), "#ffd873" if lit else "#56618f", radius=3)
    s.box((276, 160, 324, 208), "#ffffff", radius=6)
    s.box((294, 166, 306, 202), "#d64545")
    s.box((282, 178, 318, 190), "#d64545")
    for x in (30, 80, 500, 560):
        s.box((x, 330, x + 18, 352), "#f7c65b")
    return s


def road() -> Sketch:
    """A road that forks four ways, seen over a dashboard."""
    s = Sketch(WIDTH, HEIGHT, ("#9ed0f0", "#e8f5fc"))
    s.box((0, 215, 600, 450), "#86b36b")
    for middle in (60, 235, 365, 540):
        s.shape([(middle - 9, 215), (middle + 9, 215), (350, 450), (250, 450)], "#5a6068")
    s.shape([(225, 450), (375, 450), (330, 300), (270, 300)], "#5a6068")
    for y in (312, 336, 364):
        s.shape([(297, y), (303, y), (304, y + 14), (296, y + 14)], "#f4f1ea")
    s.box((0, 385, 600, 450), "#23272e")
    s.box((205, 300, 395, 430), "#14171c", radius=14)
    s.box((217, 312, 383, 418), "#dff0e3", radius=6)
    s.line([(300, 410), (300, 378), (258, 378), (258, 350), (336, 350), (336, 330)], "#2f7de1")
    s.disc(336, 330, 8, "#d64545")
    return s


def railway() -> Sketch:
    """A train on a stone viaduct at dusk."""
    s = Sketch(WIDTH, HEIGHT, ("#f2a65a", "#f7dcb4"))
    s.shape([(0, 300), (150, 210), (280, 290), (420, 190), (600, 300)], "#b08968")
    s.box((0, 250, 600, 280), "#8a7a6d")
    for x in range(20, 600, 115):
        s.box((x, 280, x + 30, 450), "#8a7a6d")
        s.arc((x + 14, 272, x + 131, 392), (180, 360), "#8a7a6d", width=18)
    s.box((70, 190, 530, 246), "#a23b3b", radius=10)
    s.shape([(530, 190), (566, 246), (520, 246)], "#a23b3b")
    for x in range(92, 500, 46):
        s.box((x, 202, x + 30, 222), "#fff1c9", radius=3)
    for x in range(100, 530, 40):
        s.disc(x, 248, 8, "#33302c")
    s.box((0, 420, 600, 450), "#5b7f95")
    return s


def barrier() -> Sketch:
    """A closed road barrier in front of an empty plain."""
    s = Sketch(WIDTH, HEIGHT, ("#b8bfc6", "#e4e1d8"))
    s.box((0, 270, 600, 450), "#a8a58f")
    s.shape([(270, 270), (330, 270), (470, 450), (130, 450)], "#6d7178")
    s.box((60, 190, 96, 410), "#3c4652")
    s.disc(78, 216, 9, "#d64545")
    s.box((70, 236, 590, 266), "#f4f1ea")
    for x in range(100, 590, 80):
        s.shape([(x, 266), (x + 24, 236), (x + 60, 236), (x + 36, 266)], "#d64545")
    s.disc(330, 251, 44, "#f4f1ea")
    s.disc(330, 251, 38, "#c23434")
    s.box((302, 243, 358, 259), "#f4f1ea", radius=3)
    return s


def car() -> Sketch:
    """A small car parked across two spaces."""
    s = Sketch(WIDTH, HEIGHT, ("#cfe3ef", "#eef4f2"))
    s.box((0, 250, 600, 450), "#83898f")
    for x in (60, 230, 400, 570):
        s.shape([(x, 262), (x + 8, 262), (x + 34, 450), (x + 20, 450)], "#f4f1ea")
    s.box((130, 250, 470, 350), "#e0574f", radius=34)
    s.shape([(200, 256), (240, 180), (370, 180), (425, 256)], "#e0574f")
    s.shape([(218, 252), (250, 194), (300, 194), (300, 252)], "#cfe9f7")
    s.shape([(312, 252), (312, 194), (362, 194), (402, 252)], "#cfe9f7")
    for x in (205, 398):
        s.disc(x, 350, 40, "#23272e")
        s.disc(x, 350, 17, "#c9ced4")
    s.disc(456, 290, 11, "#fff1a8")
    return s


def house() -> Sketch:
    """A house from which a drill can be heard."""
    s = Sketch(WIDTH, HEIGHT, ("#bfe3f2", "#eef7ee"))
    s.box((0, 350, 600, 450), "#7fb069")
    s.box((180, 200, 420, 370), "#f2e3c6")
    s.shape([(155, 205), (300, 100), (445, 205)], "#b4533c")
    s.box((276, 280, 324, 370), "#7a4a32", radius=3)
    for x in (205, 345):
        s.box((x, 235, x + 50, 280), "#8fc1dc", edge="#ffffff")
    for x, y, size in ((470, 170, 30), (515, 130, 38), (95, 160, 34)):
        s.text((x, y), "DRRR", size=size, fill="#c23434", anchor="mm", bold=True)
    return s


def _fir(s: Sketch, x: float, foot: float) -> None:
    s.box((x - 3, foot - 10, x + 3, foot + 6), "#4a3a2a")
    for lift, half in ((0, 18), (18, 14), (34, 9)):
        tip = foot - 34 - lift
        s.shape([(x - half, foot - 6 - lift), (x + half, foot - 6 - lift), (x, tip)], "#1f4d3a")


def _rain(s: Sketch, *, seed: int) -> None:
    drops = random.Random(seed)
    for _ in range(170):
        x, y = drops.uniform(-20, 620), drops.uniform(-10, 440)
        s.line([(x, y), (x - 5, y + 17)], "#c9d8e4", width=1.6)


def _player(s: Sketch, x: float, y: float, shirt: str) -> None:
    s.oval((x - 14, y + 34, x + 14, y + 42), "#25703d")
    s.line([(x - 5, y + 18), (x - 8, y + 37)], "#1d232a", width=6)
    s.line([(x + 5, y + 18), (x + 8, y + 37)], "#1d232a", width=6)
    s.box((x - 11, y - 8, x + 11, y + 20), shirt, radius=6)
    s.disc(x, y - 17, 8, "#c98f6b")
