"""Designed pictures as accounts post them: scoreboards, weather, news, posters, screens."""

from __future__ import annotations

from workshop.sample.drawing.sketch import GREY, INK, PAPER, Sketch


def scoreboard(home: str, away: str, score: tuple[int, int], *, note: str) -> Sketch:
    """A result card, 640 × 360."""
    s = Sketch(640, 360, ("#12263f", "#1f4068"))
    s.box((0, 0, 640, 56), "#e8b23a")
    s.text((320, 28), note, size=24, anchor="mm", bold=True)
    for x, name, colour in ((140, home, "#d9594c"), (500, away, "#f0f0f0")):
        s.shape([(x - 42, 100), (x + 42, 100), (x + 42, 160), (x, 200), (x - 42, 160)], colour)
        s.text((x, 140), name[0], size=44, anchor="mm", bold=True)
        s.paragraph((x - 125, 212, x + 125, 290), name, size=26, fill="#ffffff", centred=True)
    s.box((232, 110, 408, 214), "#0b1729", radius=12)
    s.text((320, 162), f"{score[0]} : {score[1]}", size=64, fill="#ffffff", anchor="mm", bold=True)
    s.text((320, 328), "Mill Lane · 4,812 in the ground", size=18, fill="#b9c7d8", anchor="mm")
    return s


def weather(place: str, *, sunny: bool) -> Sketch:
    """A forecast for one day, 600 × 400."""
    s = Sketch(600, 400, ("#3fa7e0", "#bfe6fb") if sunny else ("#4b5a6b", "#8797a6"))
    s.text((36, 30), place, size=34, fill="#ffffff", bold=True)
    s.text((36, 74), "Saturday", size=22, fill="#eef6fb")
    if sunny:
        s.disc(430, 160, 92, "#ffe9a8")
        s.disc(430, 160, 70, "#ffcf3f")
    else:
        for x, y, radius in ((380, 150, 48), (440, 120, 62), (500, 155, 46)):
            s.disc(x, y, radius, "#dfe6ec")
        s.box((380, 150, 500, 201), "#dfe6ec", radius=20)
        for x in range(378, 520, 26):
            s.line([(x, 222), (x - 12, 252)], "#bfe0ff", width=5)
    s.text((36, 130), "27°" if sunny else "12°", size=110, fill="#ffffff", bold=True)
    words = "Sunshine all day" if sunny else "Heavy rain all day"
    s.text((36, 258), words, size=26, fill="#ffffff")
    s.box((24, 310, 576, 380), "#ffffff", radius=12)
    degrees = (16, 21, 26, 27, 23) if sunny else (9, 10, 12, 12, 10)
    for index, (hour, degree) in enumerate(zip((6, 9, 12, 15, 18), degrees, strict=True)):
        x = 78 + index * 111
        s.text((x, 330), f"{hour:02d}:00", size=17, fill=GREY, anchor="mm")
        s.text((x, 356), f"{degree}°", size=22, anchor="mm", bold=True)
    return s


def departures(rows: list[tuple[str, str, str, str]]) -> Sketch:
    """A station's board, 640 × 400; rows are time, place, platform, remark."""
    s = Sketch(640, 400, ("#10131a",))
    s.box((0, 0, 640, 64), "#1c5fa8")
    s.text((28, 32), "Departures", size=30, fill="#ffffff", anchor="lm", bold=True)
    s.text((612, 32), "09:31", size=28, fill="#ffd35c", anchor="rm")
    for x, head in ((28, "Time"), (128, "To"), (340, "Plat."), (420, "Remark")):
        s.text((x, 92), head, size=17, fill="#8a909c", anchor="lm")
    for index, (time, place, platform, remark) in enumerate(rows):
        y = 136 + index * 58
        s.box((16, y - 25, 624, y + 25), "#1a1f2a" if index % 2 else "#151a24", radius=4)
        late = "late" in remark
        for x, words in ((28, time), (128, place), (352, platform)):
            s.text((x, y), words, size=25, fill="#ffd35c", anchor="lm")
        s.text((420, y), remark, size=23, fill="#ff7a6b" if late else "#9fe3c0", anchor="lm")
    return s


def poster(title: str, lines: tuple[str, ...], *, colours: tuple[str, str], accent: str) -> Sketch:
    """An event's poster, 480 × 640."""
    s = Sketch(480, 640, colours)
    for index in range(5):
        reach = 130 + 30 * index
        s.arc((150 - reach, 560 - reach, 150 + reach, 560 + reach), (180, 360), accent, width=9)
    s.disc(385, 120, 62, accent)
    s.paragraph((40, 60, 330, 260), title, size=62, fill="#ffffff", bold=True)
    s.box((40, 276, 150, 284), accent)
    s.box((40, 470, 440, 600), PAPER, radius=10)
    for index, line in enumerate(lines):
        s.text((240, 502 + index * 33), line, size=24, anchor="mm", bold=index == 0)
    return s


def news(headline: str, *, town: str, colours: tuple[str, str], is_open: bool) -> Sketch:
    """A news card with a bridge on it, 640 × 420."""
    s = Sketch(640, 420, colours)
    s.box((0, 205, 640, 280), "#4f7d96")
    for x in (150, 490):
        s.box((x - 9, 40, x + 9, 250), "#5d4a43")
        for reach in (40, 80, 120):
            s.line([(x, 50), (x - reach, 186)], "#5d4a43", width=3)
            s.line([(x, 50), (x + reach, 186)], "#5d4a43", width=3)
    s.box((0, 186, 640, 204), "#473832")
    if is_open:
        for x, colour in ((90, "#d9594c"), (250, "#f2c14e"), (400, "#e9eef4"), (560, "#4d7ea8")):
            s.box((x, 164, x + 52, 184), colour, radius=7)
            s.box((x + 10, 154, x + 42, 170), colour, radius=5)
    else:
        for x in (60, 270, 480):
            s.box((x, 158, x + 100, 174), "#f4f1ea")
            for step in range(0, 100, 34):
                s.box((x + step, 158, x + step + 17, 174), "#d64545")
    s.box((0, 270, 640, 420), PAPER)
    s.box((0, 270, 640, 276), "#c23434")
    s.box((28, 292, 176, 320), "#c23434")
    s.text((102, 306), f"{town} NEWS", size=16, fill="#ffffff", anchor="mm", bold=True)
    s.paragraph((28, 328, 612, 408), headline, size=32, bold=True)
    return s


def notice(title: str, body: str, *, colour: str) -> Sketch:
    """A short announcement, 600 × 400."""
    s = Sketch(600, 400, (colour,))
    s.box((28, 28, 572, 372), PAPER, radius=16)
    s.disc(92, 100, 36, colour)
    s.text((92, 100), "!", size=44, fill="#ffffff", anchor="mm", bold=True)
    s.paragraph((148, 60, 548, 140), title, size=38, bold=True)
    s.paragraph((60, 160, 540, 340), body, size=27)
    return s


def opening_hours(hours: list[tuple[str, str]]) -> Sketch:
    """A library's hours beside a shelf, 640 × 400."""
    s = Sketch(640, 400, ("#f3ead9",))
    s.box((0, 0, 230, 400), "#6b4a34")
    colours = ("#d9594c", "#f2c14e", "#4d7ea8", "#7fb069", "#e9e2d0", "#9a6a9a")
    for shelf in range(3):
        s.box((0, 120 + shelf * 126, 230, 134 + shelf * 126), "#4a3324")
        x = 14
        for book in range(8):
            wide = 16 + (book * 5 + shelf * 7) % 14
            high = 68 + (book * 11 + shelf * 5) % 32
            foot = 120 + shelf * 126
            s.box((x, foot - high, x + wide, foot), colours[(book + shelf) % 6], radius=2)
            x += wide + 3
    s.text((262, 40), "Town Library", size=36, bold=True)
    s.text((262, 88), "New hours from Monday", size=22, fill="#c23434")
    for index, (days, time) in enumerate(hours):
        y = 160 + index * 62
        s.line([(262, y + 30), (608, y + 30)], "#d8cbb3", width=1.5)
        s.text((262, y), days, size=21, anchor="lm")
        s.text((608, y), time, size=23, anchor="rm", bold=True)
    return s


def status_page(rows: list[tuple[str, bool]], *, title: str) -> Sketch:
    """A made-up app's status page on a telephone, 400 × 640."""
    good = all(works for _, works in rows)
    s = Sketch(400, 640, ("#eef1f5",))
    s.box((0, 0, 400, 36), "#20242c")
    s.text((20, 18), "14:20", size=15, fill="#ffffff", anchor="lm")
    s.box((346, 12, 376, 25), "#9fe3c0", radius=3)
    s.box((0, 36, 400, 104), "#ffffff")
    s.disc(40, 70, 17, "#6c4ed9")
    s.text((70, 70), "Parcelbox status", size=22, anchor="lm", bold=True)
    s.box((20, 126, 380, 226), "#2fa866" if good else "#d64545", radius=14)
    s.paragraph((44, 136, 356, 216), title, size=28, fill="#ffffff", bold=True)
    for index, (name, works) in enumerate(rows):
        y = 246 + index * 72
        s.box((20, y, 380, y + 60), "#ffffff", radius=10)
        s.text((40, y + 30), name, size=21, anchor="lm")
        s.disc(350, y + 30, 10, "#2fa866" if works else "#d64545")
    return s


def ticket(time: str, place: str, *, platform: str, state: str) -> Sketch:
    """A train ticket in an app, 400 × 560."""
    s = Sketch(400, 560, ("#2b59c3", "#16357a"))
    s.text((28, 40), "My journey", size=28, fill="#ffffff", anchor="lm", bold=True)
    s.box((24, 80, 376, 520), "#ffffff", radius=18)
    s.text((52, 128), time, size=64, anchor="lm", bold=True)
    s.text((52, 184), f"to {place}", size=28, anchor="lm")
    s.box((52, 216, 348, 264), "#2fa866", radius=10)
    s.text((200, 240), state, size=24, fill="#ffffff", anchor="mm", bold=True)
    s.text((52, 300), f"Platform {platform}", size=24, fill=GREY, anchor="lm")
    for row in range(12):
        for column in range(12):
            corner = (row < 3 or row > 8) and (column < 3 or column > 8) and row + column < 18
            if corner or (row * 7 + column * 5 + row * column) % 3 == 0:
                left, top = 122 + column * 13, 340 + row * 13
                s.box((left, top, left + 13, top + 13), INK)
    return s
