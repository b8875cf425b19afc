"""Objects indoors, 600 × 450 pixels each."""

from __future__ import annotations

from workshop.sample.drawing.sketch import INK, Sketch

WIDTH, HEIGHT = 600, 450


def desk() -> Sketch:
    """A tidy desk by a window."""
    s = Sketch(WIDTH, HEIGHT, ("#efe6d8", "#e5d8c4"))
    s.box((60, 40, 240, 210), "#bfe0ef", edge="#ffffff")
    s.shape([(62, 208), (120, 150), (170, 185), (238, 140), (238, 208)], "#8fb98a")
    s.line([(150, 42), (150, 208)], "#ffffff", width=5)
    s.box((30, 320, 570, 345), "#9c6b43")
    for x in (60, 520):
        s.box((x, 345, x + 20, 450), "#7f5535")
    _laptop(s, 300, 320, screen="#2c3b52")
    for y, wide, colour in ((206, 90, "#7fd1ae"), (224, 115, "#e8e8e8"), (242, 60, "#f2c14e")):
        s.box((232, y, 232 + wide, y + 8), colour, radius=4)
    s.box((500, 276, 538, 320), "#d9594c", radius=5)
    s.arc((526, 284, 556, 310), (270, 90), "#d9594c", width=6)
    s.box((96, 290, 150, 320), "#d3d7dd", radius=4)
    for x, colour in ((104, "#f2c14e"), (118, "#4d7ea8"), (134, "#d9594c")):
        s.line([(x + 4, 290), (x, 240)], colour, width=5)
    return s


def laptop() -> Sketch:
    """A laptop whose screen is full of green ticks."""
    s = Sketch(WIDTH, HEIGHT, ("#33415c", "#1d2536"))
    s.box((0, 380, 600, 450), "#6b4f3a")
    s.box((110, 60, 490, 340), "#0e141f", radius=14, edge="#9aa5b1")
    for row in range(6):
        y = 88 + row * 40
        s.disc(150, y + 8, 12, "#2fa866")
        s.line([(144, y + 8), (149, y + 13), (157, y + 2)], "#ffffff", width=3)
        s.box((178, y, 178 + (210, 160, 250, 190, 230, 120)[row], y + 15), "#3e4a60", radius=7)
    s.shape([(80, 380), (520, 380), (490, 340), (110, 340)], "#9aa5b1")
    s.box((250, 362, 350, 372), "#737d8a", radius=4)
    return s


def television() -> Sketch:
    """A television in a dark room, a clock beside it."""
    s = Sketch(WIDTH, HEIGHT, ("#1a1730", "#2d2550"))
    s.shape([(130, 300), (470, 300), (600, 450), (0, 450)], "#3a3168")
    s.box((140, 90, 460, 290), "#0c0b16", radius=8)
    s.box((152, 102, 448, 278), "#5a9bd5", radius=4)
    s.shape([(152, 278), (240, 190), (310, 250), (370, 180), (448, 278)], "#2f6b8f")
    s.disc(390, 140, 20, "#fbe3a1")
    s.shape([(280, 160), (280, 220), (330, 190)], "#ffffff")
    s.box((200, 290, 400, 304), "#17142a")
    s.box((480, 120, 580, 170), "#0c0b16", radius=8)
    s.text((530, 145), "3:07", size=32, fill="#ff6b5e", anchor="mm", bold=True)
    s.oval((215, 372, 385, 470), "#15122a")
    s.disc(300, 355, 42, "#15122a")
    return s


def plant() -> Sketch:
    """A pot plant that hangs its leaves."""
    s = Sketch(WIDTH, HEIGHT, ("#f7efe0", "#eadfc8"))
    s.box((0, 370, 600, 450), "#b58b64")
    for side in (-1, 1):
        for reach, drop in ((110, 300), (70, 340), (150, 250)):
            tip = (300 + side * reach, drop)
            s.line([(300, 260), (300 + side * reach * 0.6, 190), tip], "#6f8f4a", width=6)
            s.oval((tip[0] - 18, drop - 8, tip[0] + 18, drop + 46), "#a5a04c")
    s.line([(300, 270), (306, 170), (330, 150)], "#6f8f4a", width=7)
    s.oval((318, 140, 360, 176), "#8fae55")
    s.shape([(235, 270), (365, 270), (345, 390), (255, 390)], "#c4643f")
    s.box((225, 258, 375, 284), "#d97b52", radius=5)
    s.disc(278, 325, 7, INK)
    s.disc(322, 325, 7, INK)
    s.arc((280, 345, 320, 375), (200, 340), INK, width=4)
    return s


def printer() -> Sketch:
    """A printer with a crumpled page and a red light."""
    s = Sketch(WIDTH, HEIGHT, ("#d7e3ec", "#f2f2ee"))
    s.box((0, 360, 600, 450), "#a7b0b8")
    s.shape([(210, 180), (225, 70), (380, 70), (390, 180)], "#ffffff")
    s.box((130, 170, 470, 370), "#4b5563", radius=18)
    s.box((130, 170, 470, 220), "#374151", radius=18)
    s.disc(430, 196, 10, "#ff5a4f")
    s.box((160, 188, 270, 206), "#9fe3c0", radius=3)
    s.text((215, 197), "PAPER JAM?", size=13, fill=INK, anchor="mm")
    s.box((180, 290, 420, 304), "#1f2937", radius=6)
    page = [(200, 298), (260, 304), (330, 296), (400, 300), (420, 350), (385, 400), (330, 385)]
    s.shape([*page, (270, 410), (205, 380), (180, 345)], "#ffffff")
    for x, y in ((225, 340), (300, 330), (350, 360), (265, 370)):
        s.line([(x, y), (x + 34, y + 8)], "#c2c8d0", width=3)
    return s


def monitor() -> Sketch:
    """A monitor with a yellow note on its edge."""
    s = Sketch(WIDTH, HEIGHT, ("#e6ecf2", "#d5dde6"))
    s.box((0, 385, 600, 450), "#b9946b")
    s.box((110, 60, 490, 310), "#1f2630", radius=12)
    s.box((124, 74, 476, 296), "#3a6ea5", radius=4)
    s.disc(300, 150, 34, "#e8eef4")
    s.oval((240, 190, 360, 270), "#e8eef4")
    s.box((124, 230, 476, 296), "#3a6ea5")
    s.box((205, 236, 395, 266), "#ffffff", radius=6)
    for x in range(222, 380, 15):
        s.disc(x, 251, 4, INK)
    s.box((270, 310, 330, 360), "#1f2630")
    s.box((210, 358, 390, 374), "#1f2630", radius=6)
    s.shape([(410, 215), (520, 205), (530, 310), (420, 320)], "#ffe066")
    for y, wide in ((240, 80), (258, 60), (276, 72)):
        s.line([(432, y), (432 + wide, y - 6)], "#6b5d1d", width=3)
    return s


def mug(*, drink: str, cup: str, wall: tuple[str, str]) -> Sketch:
    """A mug on a table; ``drink`` and ``cup`` are colours."""
    s = Sketch(WIDTH, HEIGHT, wall)
    s.box((0, 350, 600, 450), "#8f6846")
    s.oval((180, 372, 440, 410), "#75523a")
    s.arc((370, 215, 470, 325), (250, 110), cup, width=22)
    s.box((200, 190, 400, 390), cup, radius=26)
    s.oval((200, 165, 400, 220), cup)
    s.oval((214, 174, 386, 212), drink)
    for x in (255, 300, 345):
        s.arc((x - 14, 100, x + 14, 130), (90, 270), "#ffffff", width=5)
        s.arc((x - 14, 70, x + 14, 100), (270, 90), "#ffffff", width=5)
    return s


def umbrella() -> Sketch:
    """An umbrella at home on its hook, rain behind the window."""
    s = Sketch(WIDTH, HEIGHT, ("#f0e4d4", "#e7d6bf"))
    s.box((300, 50, 540, 330), "#7f93a5", edge="#ffffff")
    for index in range(46):
        x, y = 312 + index * 53 % 215, 60 + index * 37 % 240
        s.line([(x, y), (x - 4, y + 16)], "#dbe7f0", width=2)
    s.line([(420, 52), (420, 328)], "#ffffff", width=6)
    s.box((0, 395, 600, 450), "#a9825b")
    s.box((110, 80, 190, 92), "#7f5535", radius=4)
    s.arc((136, 84, 166, 118), (0, 180), "#30363d", width=6)
    s.line([(150, 116), (150, 370)], "#30363d", width=5)
    s.shape([(150, 350), (122, 150), (150, 135), (178, 150)], "#c8443c")
    s.shape([(150, 350), (150, 135), (178, 150)], "#a83730")
    return s


def pizza(*, missing: int) -> Sketch:
    """A pizza in eight pieces, ``missing`` of them gone."""
    s = Sketch(WIDTH, HEIGHT, ("#3d5a4c", "#2b4438"))
    s.disc(300, 230, 180, "#e9e4d8")
    for piece in range(missing, 8):
        turn = (piece * 45 - 90, piece * 45 - 45)
        s.slice((140, 70, 460, 390), turn, "#d9a05b")
        s.slice((160, 90, 440, 370), turn, "#f2c14e")
    for x, y, first in ((345, 135, 0), (395, 195, 1), (390, 270, 2), (335, 320, 3)):
        if first >= missing:
            s.disc(x, y, 19, "#c23b2e")
    for x, y in ((262, 322), (205, 270), (203, 188), (258, 140)):
        s.disc(x, y, 19, "#c23b2e")
        s.disc(x + 26, y + 14, 7, "#3f7d4a")
    return s


def blackboard() -> Sketch:
    """A blackboard with a sum on it."""
    s = Sketch(WIDTH, HEIGHT, ("#e8dcc6", "#dccba9"))
    s.box((50, 50, 550, 370), "#8a6340", radius=6)
    s.box((66, 66, 534, 354), "#24493a")
    s.text((300, 165), "3 + 4 x 5 = 23", size=46, fill="#e9efe6", anchor="mm")
    s.line([(160, 310), (160, 230), (290, 310), (160, 310)], "#e9efe6", width=4)
    s.text((420, 270), "12 x 12 = ?", size=32, fill="#cfdccb", anchor="mm")
    s.box((80, 370, 520, 382), "#6f4d31")
    s.box((120, 360, 170, 370), "#f4f1ea", radius=3)
    return s


def door() -> Sketch:
    """A closed door at the end of a bare corridor."""
    s = Sketch(WIDTH, HEIGHT, ("#9aa0a8", "#c8c9c4"))
    s.shape([(0, 450), (190, 350), (410, 350), (600, 450)], "#70706c")
    s.shape([(0, 0), (190, 60), (190, 350), (0, 450)], "#83888f")
    s.shape([(600, 0), (410, 60), (410, 350), (600, 450)], "#83888f")
    s.box((235, 100, 365, 350), "#5b4636")
    for top in (118, 236):
        s.box((252, top, 348, top + 96), "#6b5442", radius=3)
    s.disc(348, 226, 8, "#d9c27a")
    return s


def pan() -> Sketch:
    """A pot that burns on a cooker."""
    s = Sketch(WIDTH, HEIGHT, ("#e9eff2", "#d6dee2"))
    s.box((0, 330, 600, 450), "#eceff1")
    s.box((120, 326, 480, 350), "#2c3238", radius=4)
    for x in (170, 430):
        s.disc(x, 400, 18, "#aab2b8")
        s.line([(x, 400), (x + 10, 390)], "#5b646b", width=4)
    s.box((205, 220, 395, 326), "#7b858d", radius=12)
    s.box((195, 212, 405, 234), "#8f9aa2", radius=8)
    s.line([(395, 250), (500, 232)], "#30363d", width=16)
    for x, y, radius in ((250, 180, 34), (300, 140, 46), (360, 100, 40), (320, 66, 30)):
        s.disc(x, y, radius, "#6a7178")
    for x in (236, 280, 324, 364):
        s.shape([(x - 14, 214), (x + 14, 214), (x + 2, 168)], "#ef7f1a")
        s.shape([(x - 7, 214), (x + 7, 214), (x + 1, 188)], "#ffd35c")
    return s


def _laptop(s: Sketch, middle: float, foot: float, *, screen: str) -> None:
    s.box((middle - 95, foot - 135, middle + 95, foot - 12), "#30363d", radius=8)
    s.box((middle - 87, foot - 127, middle + 87, foot - 20), screen, radius=3)
    s.box((middle - 115, foot - 12, middle + 115, foot), "#b9c0c7", radius=4)
