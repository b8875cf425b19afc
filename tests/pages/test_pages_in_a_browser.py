"""The pages as a person has them: in a browser, at two widths, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moderation.audit.page import render
from tests.audit.test_page import HOSTILE, an_audit
from tests.browser import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "audit.html"
    path.write_text(render(an_audit(text=HOSTILE, refusal=HOSTILE)), encoding="utf-8")
    return path.as_uri()


def test_nothing_from_a_record_runs_or_asks_for_anything(browser: Browser, hostile: str) -> None:
    with opened(browser, hostile) as view:
        assert view.page.title() == "Audit of run run-1"
        assert not view.noticed
