"""``README.md`` of a set: the Hub's front matter, and a card under the headings of its template."""

from __future__ import annotations

from moderation.exports.front_matter import set_facts
from moderation.exports.set_contents import SetContents
from moderation.exports.set_tables import SetTables
from moderation.pages.front_matter import front_matter
from moderation.pages.render import render
from schemas.export import ExportReport

CARD = "README.md"


def render_card(
    report: ExportReport, contents: SetContents, *, tables: SetTables, licence: str
) -> str:
    """The card as Markdown with YAML front matter; names from the data are escaped."""
    options = report.options
    return render(
        "set_card.md.j2",
        report=report,
        report_licence=licence,
        front_matter=front_matter(set_facts(report, contents, licence=licence)),
        contents=contents,
        formats=list(tables.formats),
        columns=list(tables.columns),
        splits=list(tables.splits),
        copied_images=options.get("images") != "keep",
        pseudo_label_above=options.get("pseudo_label_above"),
    )
