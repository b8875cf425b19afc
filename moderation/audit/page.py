"""``audit.html``: the audit as one self-contained page. Everything from a record is escaped."""

from __future__ import annotations

from moderation.audit.images import none_had, outcomes, remedy
from moderation.pages.render import render as render_page
from schemas.audit import Audit


def render(audit: Audit) -> str:
    """The page of a run that is over, committed or not."""
    images = outcomes(audit.images)
    return render_page(
        "audit.html.j2",
        run=audit,
        audit=audit,
        no_image=none_had(images),
        image_remedy=remedy(images),
        verdict_rows=audit.account.read - audit.account.dead_lettered,
    )
