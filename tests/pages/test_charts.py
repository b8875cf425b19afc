"""Charts as parts of a page: what is drawn, what is told, and what never comes through."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from moderation.pages.charts.latencies import Latency, latencies
from moderation.pages.charts.nights import nights
from moderation.pages.charts.plot import plot
from moderation.pages.charts.scores import coarser, is_steep, scores
from moderation.pages.palette import DARK, LIGHT
from moderation.pages.render import render
from schemas.figures import Proportion

FORBIDDEN = re.compile(r"<script|<style|style=|<!--|\bon\w+=|https?:")
MARKUP = "</svg><script>alert(1)</script>"


def rectangles(svg: str, series: int) -> list[dict[str, str]]:
    group = ElementTree.fromstring(svg).find(f".//g[@class='serie-{series}']")
    assert group is not None
    return [rect.attrib for rect in group.iter("rect")]


def test_a_bar_a_bin_and_the_fullest_is_the_highest() -> None:
    drawn = rectangles(scores([0, 2, 4, 1], label="x"), 1)
    heights = [float(each["height"]) for each in drawn]
    assert len(heights) == 3, "an empty bin has no bar"
    assert heights[0] / heights[1] == pytest.approx(0.5, abs=0.01)
    assert heights[2] / heights[1] == pytest.approx(0.25, abs=0.01)


def test_the_threshold_and_the_band_stand_where_they_are() -> None:
    svg = scores([5] * 10, label="x", thresholds=[0.7], bands=[(0.6, 0.8)])
    (band,), bars, (line,) = (rectangles(svg, series) for series in range(3))
    left, right = float(bars[0]["x"]), float(bars[-1]["x"]) + float(bars[-1]["width"])

    def place(x: float) -> float:
        return 0.004 + (x - left) / (right - left) * 0.992

    assert place(float(band["x"])) == pytest.approx(0.6, abs=0.003)
    assert place(float(band["x"]) + float(band["width"])) == pytest.approx(0.8, abs=0.003)
    assert place(float(line["x"]) + float(line["width"]) / 2) == pytest.approx(0.7, abs=0.003)
    assert "flagged from 0.70 on; people decide from 0.60 to 0.80" in svg


def test_without_a_flag_there_is_neither_line_nor_band() -> None:
    svg = scores([5] * 10, label="x")
    assert "serie-0" not in svg
    assert "serie-2" not in svg


def test_where_one_bin_has_nearly_all_the_rest_is_still_seen() -> None:
    counts = [90_000, 120, 40, 9, 3]
    assert is_steep(counts)
    heights = [float(each["height"]) for each in rectangles(scores(counts, label="x"), 1)]
    assert min(heights) > 0.1 * max(heights)
    assert not is_steep([9, 4, 3])


def test_fine_bins_become_fewer_and_lose_nothing() -> None:
    assert coarser([1] * 1_000, 40) == [25] * 40
    assert coarser([1, 2, 3], 40) == [1, 2, 3]
    assert coarser([1, 2, 3, 4, 5], 2) == [1, 2, 3, 4, 5], "5 bins are no two equal ones"


@pytest.mark.parametrize("counts", [[], [0, 0], [1], [10**12, 0, 3]])
def test_any_counts_make_a_chart(counts: list[int]) -> None:
    svg = scores(counts, label=MARKUP, thresholds=[1.0], bands=[(0.9, 1.1)])
    assert ElementTree.fromstring(svg)


def test_nothing_that_a_policy_bars_comes_through_and_text_is_text() -> None:
    for svg in (
        scores([3, 4], label=MARKUP, thresholds=[0.5]),
        latencies([1, 2, 3], [10, 2000], label=MARKUP),
    ):
        assert not FORBIDDEN.search(svg.replace("&lt;script", ""))
        assert "&lt;script&gt;" in svg


def test_times_are_told_by_the_bounds_that_hold_half_and_nearly_all() -> None:
    times = Latency(
        title="t", one="fetch", many="fetches", counts=[50, 40, 6, 4], bounds_ms=[10, 200, 5000]
    )
    assert (times.half, times.most) == ("10 ms", "5 s")
    longest = Latency(
        title="t", one="fetch", many="fetches", counts=[0, 0, 0, 4], bounds_ms=[10, 200, 5000]
    )
    assert longest.half == "more than 5 s"
    assert "10 50, 200 40" in latencies(times.counts, times.bounds_ms, label="t")


def test_each_night_has_a_dot_with_its_interval_and_a_missing_one_a_gap() -> None:
    shares = [
        Proportion(value=0.04, interval_95=(0.02, 0.08), hits=4, of=100),
        None,
        Proportion(value=0.06, interval_95=(0.03, 0.1), hits=6, of=100),
        Proportion(value=0.05, interval_95=None, hits=5, of=100),
    ]
    svg = nights(["a", "b", "c", "d"], shares, label=MARKUP)
    assert "night by night: a 4.0%, c 6.0%, d 5.0%" in svg
    assert not FORBIDDEN.search(svg.replace("&lt;script", ""))
    intervals, joined = (
        [
            path.get("d", "")
            for path in ElementTree.fromstring(svg).findall(f".//g[@class='{name}']/path")
        ]
        for name in ("serie-0", "serie-1")
    )
    assert len(intervals) == 2
    assert [path.count(" ") for path in joined if " L" in path] == [3], "c and d, and not a and c"


def test_a_plot_takes_the_colours_of_the_page_and_ids_of_its_own() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'viewBox="0 0 9 9"><style>*{x:y}</style><script>alert(1)</script>'
        f'<defs><path id="m" d="M 0 0" style="stroke: {LIGHT["blue"]}; behavior: url(x)"/></defs>'
        '<use xlink:href="#m"/><use xlink:href="https://example.org/#m"/>'
        '<path onclick="alert(1)" clip-path="url(#c)" style="fill: #ffffff"/>'
        "<text style=\"font: 9px 'DejaVu Sans'; text-anchor: middle\">a &lt;b&gt;</text></svg>"
    )
    drawn = plot(svg.encode(), told="what", name="p1")
    assert not FORBIDDEN.search(drawn)
    assert "behavior" not in drawn
    assert 'stroke="var(--blue)"' in drawn
    assert 'fill="none"' in drawn
    assert '<text font-size="9" text-anchor="middle">a &lt;b&gt;</text>' in drawn
    assert re.findall(r'id="p1-m"|href="#p1-m"|clip-path="url\(#p1-c\)"', drawn) == [
        'id="p1-m"', 'href="#p1-m"', 'clip-path="url(#p1-c)"',
    ]  # fmt: skip


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_text_is_told_from_its_paper(palette: dict[str, str]) -> None:
    for name in ("ink", "dim", "blue", "red", "amber", "green"):
        for ground in ("paper", "card"):
            assert contrast(palette[name], palette[ground]) >= 4.5, (name, ground)


def contrast(one: str, other: str) -> float:
    """As WCAG 2.1 computes it."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_both_palettes_have_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert all(f"--{name}:" in render("style.css.j2", light=LIGHT, dark=DARK) for name in LIGHT)
