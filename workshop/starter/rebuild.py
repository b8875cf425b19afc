"""``python -m workshop.starter.rebuild``: the built-in bundle from its weights, by today's graph.

For a change of the graph alone, or of what the card says: nothing is trained that ships. What
hangs on the pair's graph is measured again; p(hateful) must come out as it did.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf

from moderation.starter import bundle_path
from moderation.starter.stored import open_weights
from schemas.card import Card
from workshop.starter import bundle as bundles
from workshop.starter import measure_pairs, pair_mix, stages, train_pairs
from workshop.starter.card import Findings, make_card
from workshop.starter.data import Pairs
from workshop.starter.examples import WrongSets, read_pairs
from workshop.starter.meme_sentences import checked
from workshop.starter.model import StarterModel
from workshop.starter.pair_base import BaseRecipe

_LOG = logging.getLogger(__name__)
_UNMOVED = 1e-5


def build_again(bundle: Path, out: Path, *, pairs: str) -> None:
    """Writes a bundle with the weights of ``bundle``.

    Args:
        bundle: to take them from.
        out: folder of the new one; must not exist, or be empty.
        pairs: the labelled pairs that it was trained on, a run of ``pipelines.preprocess``.

    Raises:
        FileExistsError: ``out`` holds something.
        ValueError: the pairs are others, or p(hateful) moved.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out}: the folder is not empty")
    card = Card.model_validate_json((bundle / "card.json").read_text("utf-8"))
    labelled, told = read_pairs(pairs)
    if told.entry() not in card.trained_on:
        raise WrongSets(f"{pairs}: the bundle was trained on another {told.source.name}")
    weights, shape = open_weights(bundle)
    model = StarterModel(weights, shape, bundle / "assets")
    expect_hateful_unmoved(model, tf.saved_model.load(str(bundle)))
    findings = _findings(model, card, labelled)
    bundles.write(out, make_card(findings, version=bundles.VERSION), model)
    _LOG.info("written: %s", out)


def expect_hateful_unmoved(model: Any, old: Any) -> None:
    """That ``model`` says of every text of the check what the loaded bundle ``old`` says.

    Raises:
        ValueError: its log-odds moved by more than arithmetic does.
    """
    texts = tf.constant(checked()[1].texts)
    apart = float(tf.reduce_max(tf.abs(model.hate_logits(texts) - old.hate_logits(texts))))
    if not apart <= _UNMOVED:
        raise ValueError(f"hateful moved by {apart:g} in log-odds: train the bundle again")


def _findings(model: StarterModel, card: Card, pairs: Pairs) -> Findings:
    plan, plain = card.training["plan"], card.metrics["entailment_of_plain_sentences"]
    trained = stages.pairs_trained(model, pairs, recipe=_recipe(plan["pairs"]))
    _LOG.info("entailment: macro-F1 %s", trained.figures["macro_f1"])
    kept = {"class_weights": card.metrics["entailment"]["class_weights"]}  # as they lie in it
    mix = pair_mix.Mix(plain["share_of_the_comparison"], plain["temperature"])
    held_back = stages.held_back_pairs(
        plan["seed"], plan.get("held_back_pairs", stages.Plan().held_back_pairs)
    )
    _, found = measure_pairs.measure(model, held_back, mix=mix)
    hateful = next(task for task in card.tasks if task.name == "hateful")
    return Findings(
        trained_on=card.trained_on,
        metrics=card.metrics
        | {
            "entailment": trained.figures | kept,
            "entailment_of_plain_sentences": plain | found,
        },
        training=card.training,
        hateful_calibration=hateful.calibration,
        hateful_threshold=hateful.thresholds["hateful"],
        entailment_thresholds=trained.thresholds,
        has_eye="eye_on_its_stand_in_label" in card.metrics,
    )


def _recipe(told: dict[str, Any]) -> train_pairs.PairsRecipe:
    return train_pairs.PairsRecipe(**{**told, "base": BaseRecipe(**told["base"])})


def main(arguments: Sequence[str] | None = None) -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="python -m workshop.starter.rebuild")
    parser.add_argument("--bundle", type=Path, default=bundle_path(), help="whose weights")
    parser.add_argument("--output", type=Path, required=True, help="folder of the new bundle")
    parser.add_argument("--examples", required=True, help="the set of labelled pairs")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    build_again(given.bundle, given.output, pairs=given.examples)


if __name__ == "__main__":
    main()
