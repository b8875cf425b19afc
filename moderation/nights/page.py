"""``nights.html``: a folder's runs as one self-contained page. Everything from a run is escaped."""

from __future__ import annotations

from moderation.pages.render import render as render_page
from schemas.nights import Nights, NightState


def render(nights: Nights) -> str:
    """The page of all nights."""
    committed = [night for night in nights.nights if night.state is NightState.COMMITTED]
    flags = dict.fromkeys(each.flag for night in committed for each in night.flags)
    return render_page("nights.html.j2", nights=nights, committed=committed, flags=list(flags))
