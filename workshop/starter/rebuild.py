"""``python -m workshop.starter.rebuild``: the built-in bundle from its weights, by today's graph.

For a change of the graph alone, or of what the card says: nothing is trained that ships. What
hangs on the pair's graph is measured again; p(hateful) must come out as it did, unless it is said
that it may move: then its line is fitted and its figures are measured again.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tensorflow as tf

from moderation.starter import bundle_path
from moderation.starter.stored import open_weights
from schemas.card import Card
from workshop.starter import bundle as bundles
from workshop.starter import hate_figures, measure_pairs, pair_stage, word_list
from workshop.starter.card import Findings, make_card
from workshop.starter.data import Sets
from workshop.starter.examples import WrongSets, read_sets
from workshop.starter.meme_sentences import checked
from workshop.starter.model import StarterModel

_LOG = logging.getLogger(__name__)
_UNMOVED = 1e-5


def build_again(
    bundle: Path, out: Path, *, examples: Sequence[str], hateful_moves: bool = False
) -> None:
    """Writes a bundle with the weights of ``bundle``.

    Args:
        bundle: to take them from.
        out: folder of the new one; must not exist, or be empty.
        examples: the sets that it was trained on, runs of ``pipelines.preprocess``.
        hateful_moves: the graph is to say something else of texts than it did.

    Raises:
        FileExistsError: ``out`` holds something.
        ValueError: a set is another, or p(hateful) moved and was not to.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out}: the folder is not empty")
    card = Card.model_validate_json((bundle / "card.json").read_text("utf-8"))
    sets = read_sets(examples)
    for told in sets.trained_on:
        if told.entry() not in card.trained_on:
            raise WrongSets(f"{told.file}: the bundle was trained on another {told.source.name}")
    old = tf.saved_model.load(str(bundle))
    with tempfile.TemporaryDirectory() as scratch:
        assets = _assets(bundle, Path(scratch) / "assets", sets)
        model = StarterModel(*open_weights(bundle, old), assets)
        if not hateful_moves:
            expect_hateful_unmoved(model, old)
        findings = _findings(model, card, sets)
        if hateful_moves:
            findings = _with_hateful(findings, model, sets)
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
        raise ValueError(
            f"hateful moved by {apart:g} in log-odds: train the bundle again, or say "
            "--hateful_moves where that is what the change of the graph is for"
        )


def _assets(bundle: Path, folder: Path, sets: Sets) -> Path:
    """The bundle's tables, and a list of words where it is from before there was one."""
    shutil.copytree(bundle / "assets", folder)
    if not (folder / word_list.FILE).is_file():
        word_list.write(folder, sets.hate)
    return folder


def _with_hateful(findings: Findings, model: StarterModel, sets: Sets) -> Findings:
    head, figures = hate_figures.measured(model, sets, seed=findings.training["plan"]["seed"])
    return replace(
        findings,
        metrics={**findings.metrics, **figures},
        hateful_calibration=head.calibration,
        hateful_threshold=head.threshold,
    )


def _findings(model: StarterModel, card: Card, sets: Sets) -> Findings:
    plan = card.training["plan"]
    kept = measure_pairs.held_back(
        pair_stage.sources(sets, model), count=plan["held_back_pairs"], seed=plan["seed"]
    )
    thresholds, found = measure_pairs.measure(model, kept)
    plain = found["entailment_of_plain_sentences"]
    _LOG.info("own check: macro-F1 %s", plain["own_check"]["macro_f1"])
    hateful = next(task for task in card.tasks if task.name == "hateful")
    return Findings(
        trained_on=card.trained_on,
        metrics=card.metrics | found,
        training=card.training,
        hateful_calibration=hateful.calibration,
        hateful_threshold=hateful.thresholds["hateful"],
        entailment_thresholds=thresholds,
        has_eye="eye_on_its_stand_in_label" in card.metrics,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="python -m workshop.starter.rebuild")
    parser.add_argument("--bundle", type=Path, default=bundle_path(), help="whose weights")
    parser.add_argument("--output", type=Path, required=True, help="folder of the new bundle")
    parser.add_argument("--examples", required=True, nargs="+", help="the sets of the build")
    parser.add_argument("--hateful_moves", action="store_true",
        help="p(hateful) is to move: fit its line and measure its figures again")  # fmt: skip
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    build_again(
        given.bundle,
        given.output,
        examples=given.examples,
        hateful_moves=given.hateful_moves,
    )


if __name__ == "__main__":
    main()
