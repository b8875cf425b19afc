"""``DATASET.md``: the data card, under the headings of Hugging Face's template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from moderation.pages.render import render
from schemas.export import ExportReport

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
)


def render_card(report: ExportReport, *, licence: str, formats: Sequence[str]) -> str:
    """The card as Markdown with YAML front matter; names from the data are escaped."""
    options = report.options
    return render(
        "DATASET.md.j2",
        report=report,
        report_licence=licence,
        front_matter=front_matter(report, licence=licence, formats=formats),
        formats=list(formats),
        columns=list(options.get("keep_columns") or ()),
        copied_images=options.get("images") != "keep",
        pseudo_label_above=options.get("pseudo_label_above"),
    )


def front_matter(report: ExportReport, *, licence: str, formats: Sequence[str]) -> str:
    """The YAML that Hugging Face's tools read, without its fences."""
    creators = {"reviewed": "expert-generated", "pseudo": "machine-generated"}
    makers = [creators[name] for name in sorted(report.rows_by_label_source)]
    facts: dict[str, Any] = {
        "pretty_name": report.name,
        "license": licence,
        "version": report.version,
        "size_categories": [size_category(report.rows)],
        "task_categories": ["text-classification", "image-classification"],
        "annotations_creators": makers or ["no-annotation"],
        "tags": ["content-moderation", "multimodal"],
        "configs": [
            {"config_name": kind.value, "data_files": f"data/{kind.value}-*.{formats[0]}"}
            for kind in report.rows_by_label
        ],
    }
    text: str = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True)
    return text


def size_category(rows: int) -> str:
    """Hugging Face's name for a size."""
    return next((name for limit, name in _SIZES if rows < limit), "n>1B")
