from __future__ import annotations

from typing import Any

import pytest
import yaml

from moderation.exports.card import render_card
from moderation.exports.front_matter import size_category
from moderation.exports.set_contents import SetContents
from moderation.exports.set_tables import SetTables
from schemas.export import Agreement, DiffTotals, ExportReport, HeldOutTotals, RunUsed
from schemas.manifest import OutputEntry
from schemas.records import Kind

HEADINGS = (
    "# Dataset Card for ",
    "## Dataset Details",
    "### Dataset Description",
    "### Dataset Sources",
    "## Uses",
    "### Direct Use",
    "### Out-of-Scope Use",
    "## Dataset Structure",
    "## Dataset Creation",
    "### Curation Rationale",
    "### Source Data",
    "#### Data Collection and Processing",
    "#### Who are the source data producers?",
    "### Annotations",
    "#### Annotation process",
    "#### Who are the annotators?",
    "#### Personal and Sensitive Information",
    "## Bias, Risks, and Limitations",
    "### Recommendations",
    "## Citation",
    "## More Information",
    "## Dataset Card Authors",
    "## Dataset Card Contact",
)
"""Of Hugging Face's template, huggingface_hub/templates/datasetcard_template.md."""


def report(**changes: Any) -> ExportReport:
    values: dict[str, Any] = {
        "run_id": "r",
        "name": "a set",
        "version": "1.0",
        "status": "committed",
        "refusal": None,
        "started_at": "2026-01-01T00:00:00+00:00",
        "finished_at": "2026-01-01T00:01:00+00:00",
        "rows": 30,
        "rows_by_label": {Kind.MEME: {"0": 20, "1": 10}},
        "rows_by_label_source": {"reviewed": 25, "pseudo": 5},
        "rows_by_source": {"upload": 30},
        "sources_left_out": 0,
        "verdicts_read": 100,
        "verdicts": {"exported": 30, "not_reviewed": 70},
        "decisions_read": 60,
        "decisions": {"counted": 60},
        "tied_items": 0,
        "reviewers_key": "given",
        "agreement": [
            Agreement(task="hateful", items=9, decisions=18, unanimous=8, krippendorff_alpha=0.8)
        ],
        "dead_letters": [],
        "images_copied": 29,
        "images_left": 1,
        "held_out": None,
        "diff": None,
        "runs": [
            RunUsed(
                run_id="s",
                path="/p",
                verdicts=100,
                model_name="m",
                model_fingerprint="f" * 64,
                policy_version="p",
                policy_digest="d",
                rows=30,
            )
        ],
        "content_digest": "sha256:0",
        "options": {"pseudo_label_above": 0.97},
    }
    return ExportReport(**{**values, **changes})


def contents(tables: SetTables, **rows: int) -> SetContents:
    """A set with one file a table, by the table's name with ``_`` for ``-``."""
    placed = {
        f"data/{name}": [
            OutputEntry(path=f"data/{name}-00000-of-00001.{suffix}", rows=n, bytes=n, sha256="0")
            for suffix in tables.formats
        ]
        for name, n in ((name.replace("__", "-"), n) for name, n in rows.items())
    }
    return SetContents.of(tables, {"meme": ("0", "1"), "tweet_pair": ("A", "B", "C")}, placed)


def render(
    *, rows: dict[str, int] | None = None, licence: str = "cc-by-4.0", **changes: Any
) -> str:
    tables = SetTables(("parquet", "jsonl"), splits=("train", "validation", "test"))
    found = contents(tables, **(rows or {"meme__train": 30}))
    return render_card(report(**changes), found, tables=tables, licence=licence)


def facts(card: str) -> dict[str, Any]:
    _, matter, _ = card.split("---\n", 2)
    loaded: dict[str, Any] = yaml.safe_load(matter)
    return loaded


def test_the_card_has_the_headings_of_the_template_in_their_order() -> None:
    lines = render().splitlines()
    places = [next(n for n, line in enumerate(lines) if line.startswith(h)) for h in HEADINGS]
    assert places == sorted(places)


def test_the_front_matter_is_yaml_that_says_where_the_data_lies() -> None:
    told = facts(render())
    assert told["license"] == "cc-by-4.0"
    assert told["size_categories"] == ["n<1K"]
    assert told["configs"] == [
        {
            "config_name": "meme",
            "data_files": [{"split": "train", "path": "data/meme-train-*.parquet"}],
            "default": True,
        }
    ]
    assert told["annotations_creators"] == ["machine-generated", "expert-generated"]


def test_one_config_is_the_default_and_splits_have_the_hubs_names() -> None:
    rows = {"meme__test": 2, "meme__train": 8, "tweet_pair__train": 50, "tweet_pair__validation": 9}
    told = facts(render(rows=rows))
    assert [config.get("default") for config in told["configs"]] == [True, None]
    assert [config["config_name"] for config in told["configs"]] == ["tweet_pair", "meme"]
    splits = [[each["split"] for each in config["data_files"]] for config in told["configs"]]
    assert splits == [["train", "validation"], ["train", "test"]]
    pairs = told["dataset_info"][0]
    label = next(each for each in pairs["features"] if each["name"] == "label")
    assert label["dtype"]["class_label"]["names"] == {"0": "A", "1": "B", "2": "C"}


@pytest.mark.parametrize(
    ("licence", "told"),
    [
        ("CC-BY-4.0", {"license": "cc-by-4.0"}),
        ("unknown", {"license": "unknown"}),
        ("Our own, 2026", {"license": "other", "license_name": "our-own-2026"}),
    ],
)
def test_a_licence_that_is_no_id_has_a_name_beside_it(licence: str, told: dict[str, str]) -> None:
    found = facts(render(licence=licence))
    assert {name: found.get(name) for name in told} == told


def test_figures_are_those_of_the_report() -> None:
    card = render()
    assert "| meme | 1 | 10 | 33.3% |" in card
    assert "| hateful | 9 | 18 | 88.9% | 0.800 |" in card
    assert "for 5 rows nobody" in card
    assert "at a probability of 0.97 or more" in card


def test_a_set_without_pseudo_labels_agreement_or_images_does_not_speak_of_them() -> None:
    card = render(rows_by_label_source={"reviewed": 30}, agreement=[], images_left=0)
    assert "pseudo" not in card.lower()
    assert "agreement is unknown" in card
    assert "go stale" not in card


def test_held_out_items_and_changes_are_told() -> None:
    held_out = HeldOutTotals(
        files=["test.jsonl"],
        items=12,
        images=11,
        images_unread=1,
        text_similarity=0.8,
        rows_excluded={"image": 2, "near_text": 3},
    )
    diff = DiffTotals(
        previous="/old",
        previous_run_id="old",
        added=4,
        removed=3,
        relabelled=2,
        unchanged=1,
        removed_because={"held_out": 3},
    )
    card = render(held_out=held_out, diff=diff)
    assert "Kept apart from 12 held-out items" in card
    assert "5 rows were left out (2 by image, 3 by near_text)" in card
    assert "4 added, 3 removed, 2 relabelled, 1 as before" in card
    assert "| held_out | 3 |" in card


def test_names_from_the_data_break_no_table_and_start_no_markup() -> None:
    nasty = "a|b\n| c <img src=x onerror=alert(1)> [x](http://e) `d` {{ 7*7 }} # h"
    card = render(rows_by_source={nasty: 30}, name=nasty)
    [row] = [line for line in card.splitlines() if line.startswith("| a")]
    assert row.replace("\\|", "").count("|") == 3
    assert "<img" not in card.split("---\n", 2)[2].replace("\\<", "")
    assert "49" not in card


@pytest.mark.parametrize(
    ("rows", "name"), [(0, "n<1K"), (1_000, "1K<n<10K"), (5_000_000, "1M<n<10M"), (10**12, "n>1B")]
)
def test_sizes_go_by_the_hubs_names(rows: int, name: str) -> None:
    assert size_category(rows) == name
