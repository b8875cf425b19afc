"""The pages as a person has them: in a browser, at two widths, light and dark, and on paper."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moderation.audit.page import render as render_audit
from moderation.evaluation.page.page import render as render_evaluation
from moderation.evaluation.page.plots import plots_of
from moderation.nights.page import render as render_nights
from schemas.audit import Audit
from schemas.nights import Nights
from tests.browser import DESK, PHONE, beyond, opened, serious
from tests.evaluation.page.test_page import evaluation
from tests.pages.filled import filled

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)></bdi></code></td></table>"
    "\u202eesrever\u2066 \u0000{{ 7 * 7 }} javascript:alert(3) " + "w" * 300
)
FROM_RECORDS = {"message", "item_id", "text", "bank_text", "value", "digest", "examples"}
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
BUCKETS = {"bounds_ms": [1, 10, 100], "fetch_ms": [9, 9, 9, 9], "decode_ms": [0, 9, 9, 9]}


def an_audit(text: str = HOSTILE, *, long: int = 0) -> Audit:
    """Everything there is to tell; texts of records are ``long`` characters longer."""

    def told(name: str) -> str:
        if name in ("thumbnail", "content_key"):
            return PIXEL if name == "thumbnail" else "key"
        return text + ("long " * (long // 5) if name in FROM_RECORDS else "")

    made = filled(Audit, text=told)
    named = {"name": text, "version": text, "digest": text, "fingerprint": text}
    return made.model_copy(
        update={
            "fetching": made.fetching | BUCKETS,
            "model": made.model | named,
            "text_reader": named,
        }
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of pages whose records are hostile."""
    folder = tmp_path_factory.mktemp("pages")
    made = evaluation(HOSTILE)
    plots = {str(place): plots_of(task) for place, task in enumerate(made.tasks)}
    told = {
        "audit": render_audit(an_audit()),
        "evaluation": render_evaluation(made, plots),
        "nights": render_nights(filled(Nights, text=lambda _: HOSTILE)),
    }
    for name, page in told.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in told}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", ["audit", "evaluation", "nights"])
def test_nothing_runs_nothing_breaks_out_and_everyone_can_read_it(
    browser: Browser, pages: dict[str, str], name: str, width: int, dark: bool
) -> None:
    with opened(browser, pages[name], width=width, dark=dark) as view:
        assert not view.noticed, "nothing runs, nothing is asked for, no policy is broken"
        assert beyond(view.page) == []
        view.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert beyond(view.page) == []
        if dark == (width == DESK):
            assert serious(view.page) == []


def test_a_text_that_runs_backwards_turns_nothing_behind_it(
    browser: Browser, pages: dict[str, str]
) -> None:
    left = """() => [...document.querySelectorAll('th code, th bdi, td bdi, p bdi')].every(each => {
        const alone = getComputedStyle(each).unicodeBidi;
        return alone === 'isolate';
    })"""
    with opened(browser, pages["audit"]) as view:
        assert view.page.evaluate(left)


def test_long_texts_of_records_are_cut_and_the_page_stays_small(browser: Browser) -> None:
    page = render_audit(an_audit(long=100_000))
    assert len(page.encode()) < 2_000_000
    assert "characters more)" in page


def test_a_thousand_slices_are_there_and_cost_no_second(browser: Browser, tmp_path: Path) -> None:
    made = an_audit("is_hateful")
    assert made.slices
    many = made.slices.slices[:1] * 1_000
    made = made.model_copy(update={"slices": made.slices.model_copy(update={"slices": many})})
    path = tmp_path / "audit.html"
    path.write_text(render_audit(made), encoding="utf-8")
    assert path.stat().st_size < 2_000_000
    with opened(browser, path.as_uri()) as view:
        session = view.page.context.new_cdp_session(view.page)
        session.send("Performance.enable")
        view.page.reload()
        told = session.send("Performance.getMetrics")["metrics"]
        spent = {each["name"]: each["value"] for each in told}
        assert spent["LayoutDuration"] + spent["RecalcStyleDuration"] < 1
        assert view.page.locator("#slices details tbody tr").count() == 2 * 992


def test_headings_go_down_one_by_one_and_every_link_leads_somewhere(
    browser: Browser, pages: dict[str, str]
) -> None:
    for url in pages.values():
        with opened(browser, url) as view:
            levels = view.page.eval_on_selector_all(
                "h1, h2, h3, h4", "all => all.map(each => Number(each.tagName[1]))"
            )
            assert levels[0] == 1
            assert levels.count(1) == 1
            assert all(after <= before + 1 for before, after in pairwise(levels))
            lost = view.page.eval_on_selector_all(
                "a[href]", "all => all.filter(each => !document.querySelector(each.hash)).length"
            )
            assert lost == 0


def test_paper_is_light_has_its_bars_and_needs_few_sheets(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "audit.html"
    path.write_text(render_audit(an_audit("is_hateful")), encoding="utf-8")
    with opened(browser, path.as_uri(), dark=True) as view:
        view.page.emulate_media(media="print")
        ground = "getComputedStyle(document.body).backgroundColor"
        assert view.page.evaluate(ground) == "rgb(255, 255, 255)"
        bar = "getComputedStyle(document.querySelector('.bars .red')).fill"
        assert view.page.evaluate(bar) == "rgb(180, 42, 32)"
        assert (
            view.page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
        )
        pdf = view.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 10
