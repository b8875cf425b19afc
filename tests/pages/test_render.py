"""What holds for every page and card, whoever tells it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import jinja2
import pytest

import moderation.pages
from moderation.pages import shown
from moderation.pages.charts.whisker import whisker
from moderation.pages.render import render
from schemas.metrics import Difference, Figure

FOLDER = Path(moderation.pages.__file__).parent


def test_a_name_that_nobody_told_is_an_error_and_no_gap() -> None:
    with pytest.raises(jinja2.UndefinedError, match="audit"):
        render("audit.html.j2")


@pytest.mark.parametrize("page", ["audit.html.j2", "evaluation.html.j2"])
def test_every_page_extends_the_one_layout_and_brings_no_style_of_its_own(page: str) -> None:
    source = (FOLDER / page).read_text(encoding="utf-8")
    assert source.startswith('{% extends "page.html.j2" %}')
    assert "<style" not in source
    assert "<html" not in source


def test_pages_import_what_draws_them_and_the_contract_alone() -> None:
    imported = {
        node.module
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    roots = {name.split(".")[0] for name in imported if not name.startswith("moderation.pages")}
    assert roots <= sys.stdlib_module_names | {"jinja2", "markupsafe", "pygal", "schemas"}


def test_no_other_module_makes_templates_of_its_own() -> None:
    root = FOLDER.parent
    others = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if FOLDER not in path.parents and "jinja2" in path.read_text(encoding="utf-8")
    ]
    assert not others


def test_a_name_in_markdown_breaks_no_table_and_starts_no_markup() -> None:
    assert shown.line("a|b\n<i> [x](y) `c` #d") == r"a\|b \<i\> \[x\](y) \`c\` \#d"
    assert shown.line("evening feed, 2026") == "evening feed, 2026"


def test_what_is_not_there_is_a_dash_and_not_a_nought() -> None:
    assert [shown.three(None), shown.four(None), shown.change(None), shown.share(0, 0)] == ["–"] * 4
    assert [shown.three(0.0), shown.change(0.0), shown.share(0, 3)] == ["0.000", "+0.000", "0.0%"]


def test_a_whisker_stands_between_its_ends_and_a_difference_around_the_middle() -> None:
    assert whisker(Figure(value=0.5, interval_95=(0.25, 1.5), replicates=9)) == {
        "low": 40, "value": 80, "high": 160,
    }  # fmt: skip
    gain = Difference(
        figure="f1",
        value=0.6,
        baseline=0.6,
        difference=0.0,
        interval_95=(-0.1, 0.1),
        replicates=9,
        verdict="no measurable difference",
    )
    assert whisker(gain, 0.2) == {"low": 40, "value": 80, "high": 120}
    assert whisker(Figure(value=0.5, interval_95=None, replicates=9)) is None
