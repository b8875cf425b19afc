"""A cat and a dog, 600 × 450 pixels each."""

from __future__ import annotations

from workshop.sample.drawing.sketch import INK, Sketch

WIDTH, HEIGHT = 600, 450


def cat() -> Sketch:
    """An orange cat in a cardboard box."""
    s = Sketch(WIDTH, HEIGHT, ("#dfeaf2", "#f6f1e7"))
    s.box((0, 350, 600, 450), "#c9a77c")
    fur, dark = "#e39a4f", "#c97b31"
    s.oval((205, 215, 395, 420), fur)
    for side in (-1, 1):
        tip = 300 + side * 88
        s.shape([(300 + side * 30, 130), (tip, 70), (300 + side * 92, 175)], fur)
        s.shape([(300 + side * 48, 132), (tip - side * 6, 92), (300 + side * 80, 160)], "#f4c9a8")
    s.oval((200, 110, 400, 275), fur)
    for x in (276, 300, 324):
        s.line([(x, 118), (x, 148)], dark, width=7)
    for side in (-1, 1):
        s.oval((300 + side * 45 - 20, 170, 300 + side * 45 + 20, 208), "#f7f3d0")
        s.oval((300 + side * 45 - 8, 170, 300 + side * 45 + 8, 208), INK)
        for lift in (-10, 4, 18):
            s.line([(300 + side * 40, 232), (300 + side * 125, 226 + lift)], "#fff6ea", width=2)
    s.shape([(288, 216), (312, 216), (300, 230)], "#c2605a")
    s.arc((276, 222, 300, 246), (0, 180), INK, width=3)
    s.arc((300, 222, 324, 246), (0, 180), INK, width=3)
    s.box((150, 310, 450, 440), "#b98a56")
    s.shape([(150, 310), (90, 280), (110, 340), (150, 350)], "#a97b49")
    s.shape([(450, 310), (510, 280), (490, 340), (450, 350)], "#a97b49")
    s.box((270, 360, 330, 400), "#d8b98c", radius=4)
    for x in (220, 345):
        s.oval((x, 292, x + 40, 330), fur)
    return s


def dog_on_call() -> Sketch:
    """A dog in a video call, microphone off."""
    s = Sketch(WIDTH, HEIGHT, ("#2a2f3a", "#1c2029"))
    s.box((20, 20, 580, 380), "#8fb8c9", radius=10)
    s.box((60, 50, 180, 190), "#e9dcc0", radius=4)
    s.oval((180, 250, 420, 470), "#8a5a3c")
    s.box((0, 381, 600, 450), "#1c2029")
    s.oval((205, 100, 395, 310), "#9a6a48")
    for side in (-1, 1):
        s.oval((300 + side * 105 - 36, 110, 300 + side * 105 + 36, 250), "#6d452c")
        s.disc(300 + side * 42, 180, 15, "#ffffff")
        s.disc(300 + side * 42, 183, 9, INK)
    s.oval((245, 205, 355, 310), "#d9b48f")
    s.oval((276, 212, 324, 244), INK)
    s.line([(300, 244), (300, 268)], INK, width=4)
    s.arc((262, 250, 300, 286), (0, 180), INK, width=4)
    s.arc((300, 250, 338, 286), (0, 180), INK, width=4)
    s.oval((286, 270, 314, 312), "#e2777a")
    s.box((36, 340, 130, 370), "#10131a", radius=6)
    s.text((83, 355), "Rex", size=17, fill="#ffffff", anchor="mm")
    for x, colour in ((220, "#d64545"), (300, "#4a5160"), (380, "#4a5160")):
        s.disc(x, 415, 24, colour)
    s.box((214, 400, 226, 420), "#ffffff", radius=6)
    s.line([(206, 430), (234, 400)], "#ffffff", width=3)
    s.box((288, 406, 306, 424), "#ffffff", radius=3)
    s.shape([(308, 412), (316, 406), (316, 424), (308, 418)], "#ffffff")
    s.box((371, 408, 389, 422), "#ffffff", radius=3)
    return s
