"""The tweet pairs' pictures."""

from __future__ import annotations

from functools import partial

from workshop.sample.drawing import animals, cards, charts, places, things
from workshop.sample.drawing.picture import Picture

_JAZZ = ("Friday 14 June · 8 pm", "Mill Park bandstand", "Free entry")
_HOURS = [("Monday to Friday", "9 am - 10 pm"), ("Saturday", "10 am - 6 pm")]
_HOURS += [("Sunday", "closed")]
_TRAINS = [
    ("09:42", "Harbour", "4", "35 min late"),
    ("09:50", "Brookfield", "1", "on time"),
    ("10:05", "Northgate", "3", "on time"),
    ("10:12", "Hillside", "2", "on time"),
]
_SERVICES = ("Log in", "Payments", "Tracking", "Messages", "Map")

PAIR_PICTURES = (
    Picture(
        "scoreboard_full_time.png",
        (partial(cards.scoreboard, "Northgate Rovers", "Harbour Town", (2, 1), note="FULL TIME"),),
        palette=True,
    ),
    Picture("football_pitch.jpg", (places.football_pitch,)),
    Picture("weather_sun.png", (partial(cards.weather, "Brookfield", sunny=True),)),
    Picture("weather_rain.jpg", (partial(cards.weather, "Brookfield", sunny=False),)),
    Picture(
        "chart_bicycles.png",
        (
            partial(
                charts.bars,
                "Bicycle trips in Brookfield",
                {"2021": 120, "2022": 178, "2023": 240, "2024": 310},
                unit="thousands a year",
            ),
        ),
        palette=True,
    ),
    Picture("train_board.png", (partial(cards.departures, _TRAINS),), palette=True),
    Picture(
        "app_ticket.webp",
        (partial(cards.ticket, "09:42", "Harbour", platform="2", state="Departed on time"),),
    ),
    Picture(
        "poster_jazz.jpg",
        (
            partial(
                cards.poster,
                "Jazz in the park",
                _JAZZ,
                colours=("#3a1c71", "#d76d77"),
                accent="#ffcf6b",
            ),
        ),
    ),
    Picture(
        "notice_cancelled.png",
        (
            partial(
                cards.notice,
                "Concert cancelled",
                "Jazz in the park on Friday 14 June will not take place. "
                "We are sorry. A new date is not known.",
                colour="#b3404a",
            ),
        ),
        palette=True,
    ),
    Picture(
        "news_bridge_open.jpg",
        (
            partial(
                cards.news,
                "Harbour Bridge is open again: traffic flows in both directions",
                town="HARBOUR",
                colours=("#8ecae6", "#e3f2f9"),
                is_open=True,
            ),
        ),
    ),
    Picture(
        "news_bridge_closed.jpg",
        (
            partial(
                cards.news,
                "Harbour Bridge stays closed until spring, city says",
                town="HARBOUR",
                colours=("#9aa5b1", "#d7dce1"),
                is_open=False,
            ),
        ),
    ),
    Picture("library_hours.png", (partial(cards.opening_hours, _HOURS),), palette=True),
    Picture("cat_biscuit.jpg", (animals.cat,)),
    Picture(
        "poster_market.jpg",
        (
            partial(
                cards.poster,
                "Farmers' market",
                ("Sunday · 9 am - 1 pm", "Old town hall", "40 stalls"),
                colours=("#2d6a4f", "#95d5b2"),
                accent="#ffd166",
            ),
        ),
    ),
    Picture("new_desk.webp", (things.desk,)),
    Picture(
        "chart_coffee.png",
        (
            partial(
                charts.pie,
                "How the town drinks its coffee",
                {"Black": 34, "With milk": 41, "Espresso": 17, "Not at all": 8},
                unit="answers of 812 people",
            ),
        ),
        palette=True,
    ),
    Picture(
        "app_status_up.png",
        (
            partial(
                cards.status_page,
                [(name, True) for name in _SERVICES],
                title="All systems work",
            ),
        ),
        palette=True,
    ),
    Picture(
        "app_status_down.png",
        (
            partial(
                cards.status_page,
                [(name, name not in ("Log in", "Payments")) for name in _SERVICES],
                title="Outage since 14:05",
            ),
        ),
        palette=True,
    ),
    Picture("flooded_underpass.jpg", (places.rain_street,)),
    Picture("sunrise_hills.jpg", (places.hills,), turned=True),
    Picture(
        "chart_temperature.png",
        (
            partial(
                charts.curve,
                "Water temperature at the lido",
                {"May": 15.2, "Jun": 18.9, "Jul": 22.4, "Aug": 22.8, "Sep": 19.1, "Oct": 14.6},
                unit="degrees Celsius, monthly mean",
            ),
        ),
        palette=True,
    ),
    Picture("moon_eclipse.webp", (places.night_sky,)),
)

INLINE_PICTURES = (
    Picture(
        "park_poll.png",
        (
            partial(
                charts.pie,
                "What should the old car park become?",
                {"A park": 62, "Housing": 23, "A car park": 15},
                unit="answers of 2,140 residents",
            ),
        ),
        palette=True,
    ),
    Picture(
        "poster_run.jpg",
        (
            partial(
                cards.poster,
                "Town run",
                ("Sunday 22 September", "5 km and 10 km", "Start: Mill Lane"),
                colours=("#0b486b", "#3b8686"),
                accent="#f9d423",
            ),
        ),
    ),
    Picture("plant.jpg", (things.plant,)),
    Picture(
        "scoreboard_blues.png",
        (partial(cards.scoreboard, "Hillside Blues", "Mill Reds", (3, 0), note="CUP FINAL"),),
        palette=True,
    ),
)
"""Not files: their bytes lie inside the Parquet file."""
