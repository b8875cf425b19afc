"""A real Chromium for the tests of pages: one a module, and what is looked for on every page.

The fixture ``browser`` is a module's, for Playwright's loop runs until it is stopped, and no other
loop can be run in that thread meanwhile.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE, DESK = 390, 1280
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_BEYOND = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const told = each => each.outerHTML.slice(0, 120);
    const scrolls = each => each && (
        getComputedStyle(each).overflowX !== 'visible' || scrolls(each.parentElement));
    const out = [...document.body.querySelectorAll('*')]
        .filter(each => each.getBoundingClientRect().right > width + 1)
        .filter(each => !scrolls(each.parentElement));
    return [`${document.documentElement.scrollWidth} px wide`, ...out.slice(0, 5).map(told)];
}"""


@dataclass(frozen=True, slots=True)
class View:
    """A page that is open, and what it did that was not its business."""

    page: Page
    noticed: list[str] = field(default_factory=list)
    """Requests to elsewhere, dialogs, errors of scripts, complaints of the console."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"none of {', '.join(NAMES)} is on the PATH")
    api = pytest.importorskip("playwright.sync_api", reason="a browser is driven with playwright")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@contextmanager
def opened(
    browser: Browser, url: str, *, width: int = DESK, dark: bool = False, own: str = ""
) -> Iterator[View]:
    """A page in a profile of its own.

    Args:
        browser: the fixture of that name.
        url: of the page, as in ``path.as_uri()``.
        width: of the window, pixels.
        dark: whether the person likes dark pages.
        own: what the addresses begin with that the page may ask; nothing but ``url`` by default.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
    )
    try:
        view = View(context.new_page())
        _watch(view, own or url)
        view.page.goto(url)
        yield view
    finally:
        context.close()


def _watch(view: View, own: str) -> None:
    def said(what: str) -> None:
        view.noticed.append(what[:300])

    def dialog(asked: Any) -> None:
        said(f"dialog: {asked.message}")
        asked.dismiss()

    page = view.page
    page.on("dialog", dialog)
    page.on("pageerror", lambda error: said(f"script: {error}"))
    page.on("console", lambda line: line.type in ("error", "warning") and said(line.text))
    page.on("popup", lambda other: said(f"window: {other.url}"))
    page.on(
        "request",
        lambda asked: asked.url.startswith((own, "data:")) or said(f"request: {asked.url}"),
    )


def beyond(page: Page) -> list[str]:
    """What makes the document wider than the window; empty where nothing does."""
    found: list[str] = page.evaluate(_BEYOND)
    return found


def serious(page: Page) -> list[str]:
    """What axe-core finds of serious or critical impact, one line a finding.

    It looks at what is there: open what is folded first.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:160]} "
        f"({len(each['nodes'])} in all)"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
