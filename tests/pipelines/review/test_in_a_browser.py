"""A reviewer's session in a real browser, by keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import DESK, PHONE, beyond, browser, opened, serious
from tests.pipelines.exports import House
from tests.pipelines.review.runs import Server, reviewable, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["browser"]


def lines(folder: Path) -> list[dict[str, Any]]:
    path = folder / "runs" / "decisions" / "night.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def expect_property(page: Page, selector: str, name: str, value: Any) -> None:
    """Sooner or later. ``wait_for_function`` has the page evaluate a text, which its policy forbids
    wherever the first look is not enough."""
    from playwright.sync_api import expect

    expect(page.locator(selector)).to_have_js_property(name, value, timeout=30_000)


def sign_in(page: Page, name: str) -> None:
    page.wait_for_selector("#name:focus")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    settle(page)


def settle(page: Page) -> None:
    """Until the page takes answers."""
    page.wait_for_selector("form.decide")
    page.wait_for_timeout(160)


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)
    settle(page)


@pytest.fixture(scope="module")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server]]:
    """A server over seven memes."""
    folder = tmp_path_factory.mktemp("seven")
    with serving(str(reviewable(folder, 7))) as server:
        yield folder, server


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_session_by_keyboard(browser: Any, seven: tuple[Path, Server], width: int) -> None:
    folder, server = seven
    name = f"Ada at {width}"
    loaded: list[str] = []
    with opened(browser, server.link, width=width, own=server.origin) as view:
        page = view.page
        page.on("request", lambda asked: loaded.append(asked.url))
        sign_in(page, name)
        assert beyond(page) == []
        assert serious(page) == []
        assert not any("clear=1" in url for url in loaded)
        page.keyboard.press("v")
        expect_property(page, "img[data-picture]", "complete", True)
        assert any("clear=1" in url for url in loaded)
        shown = page.evaluate("document.querySelector('img[data-picture]').naturalWidth")
        assert shown == page.evaluate("+document.querySelector('img[data-picture]').width")
        page.keyboard.press("n")
        page.keyboard.type("2 us, no answer")  # keys of a note are no answers
        page.keyboard.press("Escape")
        press(page, "2")
        page.keyboard.press("g")
        expect_property(page, "[data-grey]", "ariaPressed", "true")
        press(page, "s")
        assert "grey=1" in page.get_attribute("img[data-picture]", "src")
        assert page.inner_text("progress") is not None
        press(page, "u")
        assert page.get_by_role("status").inner_text().startswith("Taken back")
        press(page, "u")
        assert page.input_value("textarea") == "2 us, no answer"
        press(page, "1")
        assert beyond(page) == []
        assert serious(page) == []
        assert view.noticed == []
    mine = [line for line in lines(folder) if line["reviewer"] == name]
    assert [(line["entry"], line["label"], line["note"]) for line in mine] == [
        ("decided", "hateful", "2 us, no answer"),
        ("skipped", None, None),
        ("withdrawn", None, None),
        ("withdrawn", None, None),
        ("decided", "not_hateful", "2 us, no answer"),
    ]


def test_a_key_that_is_held_down_or_pressed_twice_decides_one_item(
    browser: Any, seven: tuple[Path, Server]
) -> None:
    folder, server = seven
    with opened(browser, server.link, own=server.origin) as view:
        page = view.page
        sign_in(page, "Ben")
        with page.expect_navigation():
            for _ in range(3):  # the second and third are repeats
                page.keyboard.down("2")
            page.keyboard.up("2")
        settle(page)
    assert len([line for line in lines(folder) if line["reviewer"] == "Ben"]) == 1


def test_any_number_of_answers_by_keyboard(browser: Any, tmp_path: Path) -> None:
    run = reviewable(
        tmp_path, 2, topics=("advert", "satire", "news", "fiction", "sport", "art", "a")
    )
    with (
        serving(str(run)) as server,
        opened(browser, server.link, width=PHONE, own=server.origin) as view,
    ):
        page = view.page
        sign_in(page, "Ada")
        assert beyond(page) == []
        assert serious(page) == []
        for key in ("2", "3", "5", "4", "4"):
            page.keyboard.press(key)
        press(page, "Enter")
        for key in ("1", "3", "0", "Enter"):  # none of these takes away what was ticked
            page.keyboard.press(key)
        page.wait_for_selector("text=Nothing left")
        assert serious(page) == []
        assert view.noticed == []
    assert [line["label"] for line in lines(tmp_path)] == [
        "hateful", ["advert", "news"], "not_hateful", [],
    ]  # fmt: skip


def test_without_scripts_the_forms_do_the_same(browser: Any, seven: tuple[Path, Server]) -> None:
    folder, server = seven
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(server.link)
        page.fill("#name", "Cy")
        page.click("text=Begin")
        page.click("text=Show pictures")
        assert "clear=1" in page.get_attribute("img", "src")
        page.click("text=Grey")
        assert "grey=1" in page.get_attribute("img", "src")
        page.click("button:has-text('not_hateful')")
        page.click("button:has-text('Undo')")
    finally:
        context.close()
    mine = [line["entry"] for line in lines(folder) if line["reviewer"] == "Cy"]
    assert mine == ["decided", "withdrawn"]


@pytest.mark.slow
def test_fifty_decisions_outlive_a_server_that_is_killed_twice(
    browser: Any, tmp_path: Path
) -> None:
    run = reviewable(tmp_path, 50)
    for stop, width in ((17, DESK), (34, PHONE), (50, DESK)):
        with (
            serving(str(run)) as server,
            opened(browser, server.link, width=width, own=server.origin) as view,
        ):
            page = view.page
            sign_in(page, "Ada")
            while (done := len(lines(tmp_path))) < stop:
                with page.expect_navigation():
                    page.keyboard.press("12"[done % 2])
                page.wait_for_timeout(160)
            server.kill()
    found = lines(tmp_path)
    assert [line["item_id"] for line in found] == [str(n) for n in range(50)]
    done = House(tmp_path, "").export(
        "set", "--run", str(run), "--decisions", str(tmp_path / "runs" / "decisions")
    )
    assert done.code == 0
    assert done.report["decisions"] == {"counted": 50}
    assert done.labels == {str(n): str(n % 2) for n in range(50)}
