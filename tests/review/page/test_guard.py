"""Who is let in, and what every answer says to the browser."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest

from tests.review.page.pictures import ORIGIN, TOKEN, Browser, another, pictured, served
from tests.review.queues import key_of, meme


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return served(tmp_path, [meme(1, **pictured()), meme(2)])


PAGES = ["/", "/reviewer", f"/item/{key_of(1)}", f"/picture/{key_of(1)}/img", "/nowhere"]


@pytest.mark.parametrize("path", PAGES)
def test_without_the_link_nothing_is_shown(browser: Browser, path: str) -> None:
    stranger = browser.app.test_client()
    for asked in (path, f"{path}?token=wrong", f"{path}?token="):
        answer = stranger.get(asked)
        assert answer.status_code == 403
        assert "text 1" not in answer.text
    assert browser.get(path).status_code in (200, 404)


def test_the_token_opens_the_front_door_alone(browser: Browser) -> None:
    stranger = browser.app.test_client()
    assert stranger.get(f"/item/{key_of(1)}?token={TOKEN}").status_code == 403
    assert stranger.post("/?token=" + TOKEN).status_code in (403, 405)
    assert stranger.get(f"/?token={TOKEN}").status_code == 200
    assert stranger.get("/").status_code == 200


def test_the_cookie_is_for_this_page_alone_and_not_the_token(browser: Browser) -> None:
    answer = browser.app.test_client().get(f"/?token={TOKEN}")
    cookie: Any = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        cookie.load(header)
    [(_, morsel)] = cookie.items()
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Strict", "/")
    assert TOKEN not in morsel.value


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("localhost:9", True),
        ("[::1]:8000", True),
        ("rebound.example", False),
        ("127.0.0.1.rebound.example:8000", False),
        ("localhost.", False),
        ("10.0.0.1:8000", False),
        ("", False),
    ],
)
def test_only_this_machines_own_names_are_answered(browser: Browser, host: str, ours: bool) -> None:
    answer = browser.get(f"/?token={TOKEN}", Host=host)
    assert answer.status_code == (200 if ours else 421)
    assert ("Set-Cookie" in answer.headers) is ours


@pytest.mark.parametrize("path", ["/reviewer", "/undo", "/grey", f"/item/{key_of(1)}"])
@pytest.mark.parametrize(
    ("headers", "form_token"),
    [
        ({}, "right"),
        ({"Origin": "null"}, "right"),
        ({"Origin": "http://other.example"}, "right"),
        ({"Origin": "http://localhost:9"}, "right"),
        ({"Origin": "file://localhost"}, "right"),
        ({"Origin": ORIGIN}, "wrong"),
        ({"Origin": ORIGIN}, ""),
    ],
)
def test_a_change_that_another_page_asks_for_is_refused(
    browser: Browser, path: str, headers: dict[str, str], form_token: str
) -> None:
    form = {"form_token": browser.form_token if form_token == "right" else form_token}
    form |= {"q0": "1", "reviewer": "Ada", "name": "Eve"}
    assert browser.client.post(path, data=form, headers=headers).status_code == 403
    assert browser.desk.progress("Ada").yours == 0


@pytest.mark.parametrize(
    "path", [*PAGES, "/review.js", "/item/0", f"/picture/{key_of(1)}/other", "/undo"]
)
def test_every_answer_is_kept_nowhere_and_runs_nothing(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"].startswith("'self' 'sha256-")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_asks_for_more_than_the_policy_gives(browser: Browser) -> None:
    for path in ("/", "/reviewer", "/nowhere"):
        text = browser.get(path).text
        assert "style=" not in text
        assert "onclick" not in text
        assert "http-equiv" not in text
        assert "no-referrer" not in text  # with it a browser sends no origin
        assert text.count("<script") == text.count('<script src="/review.js" defer></script>')


def test_a_form_that_is_too_large_is_refused(browser: Browser) -> None:
    answer = browser.post(f"/item/{key_of(1)}", q0="1", note="x" * 100_000)
    assert answer.status_code == 413
    assert browser.desk.progress("Ada").yours == 0


def test_several_names_work_side_by_side(browser: Browser) -> None:
    other = another(browser, "Ben")
    browser.post(f"/item/{key_of(1)}", q0="1")
    other.post(f"/item/{key_of(2)}", q0="0")
    assert browser.desk.progress("Ada").yours == browser.desk.progress("Ben").yours == 1
