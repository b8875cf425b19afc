"""The facts at the head of a set's ``README.md``: what the Hub and ``datasets`` read of a set."""

from __future__ import annotations

from typing import Any

from moderation.exports.hub_features import yaml_features
from moderation.exports.set_contents import KindContents, SetContents
from moderation.pages.front_matter import licence_facts
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
_CREATORS = {"reviewed": "expert-generated", "pseudo": "machine-generated"}


def set_facts(report: ExportReport, contents: SetContents, *, licence: str) -> dict[str, Any]:
    """Each kind is a config of its own; the one with the most rows is the default."""
    makers = [_CREATORS[name] for name in sorted(report.rows_by_label_source)]
    default = max(contents.kinds, key=_rows, default=None)
    facts: dict[str, Any] = {
        "pretty_name": report.name,
        **licence_facts(licence),
        "version": report.version,
        "size_categories": [size_category(report.rows)],
        "task_categories": ["text-classification", "image-classification"],
        "annotations_creators": makers or ["no-annotation"],
        "tags": ["content-moderation", "multimodal"],
        "configs": [_config(kind, default=kind is default) for kind in contents.kinds],
    }
    if contents.format == "parquet":
        facts["dataset_info"] = [
            {"config_name": kind.kind.value, "features": yaml_features(kind.features)}
            for kind in contents.kinds
        ]
    return facts


def size_category(rows: int) -> str:
    """The Hub's name for a size."""
    return next((name for limit, name in _SIZES if rows < limit), "n>1B")


def _config(kind: KindContents, *, default: bool) -> dict[str, Any]:
    files = [
        {"split": split.split, "path": split.paths[0] if len(split.paths) == 1 else split.paths}
        for split in kind.splits
    ]
    config: dict[str, Any] = {"config_name": kind.kind.value, "data_files": files}
    return {**config, "default": True} if default else config


def _rows(kind: KindContents) -> int:
    return sum(split.rows for split in kind.splits)
