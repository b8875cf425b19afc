"""The head of a model's card is what the Hub's own library reads."""

from __future__ import annotations

from pathlib import Path

import moderation.starter
from moderation.pages.front_matter import front_matter
from moderation.training.card_facts import card_facts
from schemas.card import Card

BUNDLE = Path(moderation.starter.__file__).parent / "bundle"


def card(**changes: object) -> Card:
    made = Card.model_validate_json((BUNDLE / "card.json").read_bytes())
    return made.model_copy(update=changes)


def test_the_hubs_library_reads_the_figures_of_the_test_split() -> None:
    from huggingface_hub import ModelCard

    found = {"value": 0.75, "interval_95": [0.7, 0.8]}
    split = {"items": 20, "groups": 9, "labels": {}, "roc_auc": found, "f1": None}
    made = card(metrics={"test": split, "reliability": {}}, licence="Apache-2.0")
    data = ModelCard(f"---\n{front_matter(card_facts(made))}---\n\n# It\n").data
    assert (data.license, data.pipeline_tag) == ("apache-2.0", "text-classification")
    [figure] = data.eval_results or []
    assert (figure.metric_type, figure.metric_value, figure.dataset_split) == (
        "roc_auc",
        0.75,
        "test",
    )


def test_a_card_without_a_test_split_has_no_figures_to_tell() -> None:
    facts = card_facts(card(metrics={}))
    assert "model-index" not in facts
    assert facts["license"] == "other"
