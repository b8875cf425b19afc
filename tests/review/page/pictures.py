"""A page over a queue made by hand, with pictures that are made up; and a browser's manners."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from flask.testing import FlaskClient

from moderation.review.page.app import create_app
from moderation.review.page.desk import Desk
from moderation.review.page.guard import Guard
from moderation.review.page.pictures import Gone, Picture
from moderation.review.page.renditions import MakeRenditions
from schemas.images import ImageReport
from schemas.verdicts import ReviewEntry
from tests.review.queues import desk

TOKEN = "t" * 43
ORIGIN = "http://localhost"


def board() -> Any:
    """Black and red squares, whose edges a blur takes away: uint8 ``[96, 160, 3]``."""
    rows, columns = np.indices((96, 160)) // 4
    pixels = np.zeros((96, 160, 3), np.uint8)
    pixels[(rows + columns) % 2 == 0] = (255, 0, 0)
    return pixels


class FakePictures:
    """Every picture is the same, but for those that are said to be gone."""

    def __init__(self, gone: str = "") -> None:
        self.gone = gone
        self.asked: list[str] = []

    def get(self, entry: ReviewEntry, image: ImageReport) -> Future[Picture]:
        """At once."""
        self.asked.append(entry.item_id)
        told: Future[Picture] = Future()
        made = Gone(self.gone) if self.gone else MakeRenditions().open().make(board())
        told.set_result(made)
        return told


@dataclass
class Browser:
    """A client that came by the link and said a name, and sends what a browser sends."""

    app: Flask
    desk: Desk
    client: FlaskClient
    form_token: str
    name: str = "Ada"

    def post(self, path: str, **form: Any) -> Any:
        """A form of ours."""
        mine = {"form_token": self.form_token, "reviewer": self.name}
        return self.client.post(path, data={**mine, **form}, headers={"Origin": ORIGIN})

    def get(self, path: str, **headers: str) -> Any:
        """A page."""
        return self.client.get(path, headers=headers)


def served(
    folder: Path, entries: Sequence[ReviewEntry], *, gone: str = "", **options: Any
) -> Browser:
    """The page, and a browser in front of it."""
    at, guard = desk(folder, entries, **options), Guard(TOKEN)
    app = create_app(at, FakePictures(gone), guard)
    browser = Browser(app, at, app.test_client(), guard.form_token)
    assert browser.get(f"/?token={TOKEN}").status_code == 200
    assert browser.post("/reviewer", name="Ada").status_code == 303
    return browser


def another(of: Browser, name: str) -> Browser:
    """Somebody else's browser."""
    browser = Browser(of.app, of.desk, of.app.test_client(), of.form_token, name)
    browser.get(f"/?token={TOKEN}")
    browser.post("/reviewer", name=name)
    return browser


def pictured(**changes: Any) -> dict[str, Any]:
    """What makes an entry name a picture."""
    image = {"field": "img", "reference": "a.png", "status": "ok", "sha256": "0" * 64, **changes}
    return {"images": [image]}
