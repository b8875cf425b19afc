"""The stages of a build: hate, pairs, pictures, then the figures of the finished model."""

from __future__ import annotations

import hashlib
import logging
import platform
import time
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from moderation.starter.encoder import BertShape, Weights
from workshop.starter import (
    hate_figures,
    hate_stage,
    measure_pairs,
    meme_sentences,
    pair_places,
    pair_stage,
    picture_net,
    pictures,
    same_picture,
    sources,
    train_hate,
    train_pair_net,
    train_pairs,
    variants,
)
from workshop.starter.card import Findings
from workshop.starter.data import Sets, TrainedOn
from workshop.starter.hugging_face import read_shape, read_weights
from workshop.starter.model import StarterModel
from workshop.starter.sentences import Corpus
from workshop.starter.tokens import tokeniser

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides what comes out, but for the data."""

    hate: train_hate.Recipe = field(default_factory=train_hate.Recipe)
    hate_further: train_hate.Recipe = field(default_factory=train_hate.further)
    """Where the hate stage begins with a bundle, instead of ``hate``."""
    hate_kept_share: float = 0.5
    """Of that bundle's weights, beside those that were trained further."""
    pairs: train_pair_net.NetRecipe = field(default_factory=train_pair_net.NetRecipe)
    pairs_further: train_pair_net.NetRecipe = field(default_factory=train_pair_net.further)
    """Where the net that reads pairs begins with a bundle's."""
    labelled_pairs: train_pairs.PairsRecipe = field(default_factory=train_pairs.PairsRecipe)
    held_back_pairs: int = 600
    eye_epochs: int = 40
    eye_folds: int = 5
    seed: int = 7


class Stages:
    """Trains part by part; ``model`` is always the model as far as it is trained."""

    def __init__(self, sets: Sets, plan: Plan, *, encoder: Path, assets: Path,
                 keep: Path | None = None, begin_with: Path | None = None) -> None:  # fmt: skip
        """``encoder`` is a folder in Hugging Face layout; ``keep`` is where stages are kept.

        ``begin_with`` is a bundle whose hate layers and heads are trained further.
        """
        self._begun = hate_stage.begin_with(begin_with) if begin_with else None
        self._sets, self._plan, self._folder, self._keep = sets, plan, encoder, keep
        self._assets = assets
        self._shape: BertShape = read_shape(encoder)
        self._weights: Weights = read_weights(encoder)
        self._published, self._begin_with = self._weights, begin_with
        self._pairs_recipe = plan.pairs
        self._metrics: dict[str, Any] = {}
        self._made: tuple[Weights, StarterModel] | None = None

    def model(self) -> StarterModel:
        """With the weights trained so far: one model, and its graphs, until there are others."""
        if self._made is None or self._made[0] is not self._weights:
            self._made = self._weights, self._model(compact=True)
        return self._made[1]

    def _model(self, *, compact: bool) -> StarterModel:
        return StarterModel(self._weights, self._shape, self._assets, compact=compact)

    def run(self, started: float) -> Findings:
        """All stages; ``started`` is the monotonic time that the build began at."""
        self._train_hate()
        thresholds = self._train_pairs()
        self._train_eye()
        self._weigh_forms()
        head, found = hate_figures.measured(self.model(), self._sets, seed=self._plan.seed)
        self._metrics |= found
        return Findings(
            trained_on=self._trained_on(),
            metrics=self._metrics,
            training=self._training(started),
            hateful_calibration=head.calibration,
            hateful_threshold=head.threshold,
            entailment_thresholds=thresholds,
            has_eye=self._sets.memes is not None,
        )

    def _train_hate(self) -> None:
        begun = self._begun
        trained = hate_stage.train(
            {**self._weights, **(begun.weights if begun else {})},
            self._shape,
            self._sets.hate,
            recipe=self._hate_recipe(),
            tokenise=tokeniser(self._assets, repaired=True),
            keep=self._keep,
        )
        if begun:
            share = self._plan.hate_kept_share
            trained = hate_stage.between(begun.weights, trained, kept_share=share)
        self._weights = {**self._weights, **trained}

    def _hate_recipe(self) -> train_hate.Recipe:
        return self._plan.hate_further if self._begun else self._plan.hate

    def _train_pairs(self) -> dict[str, float]:
        model, plan = self.model(), self._plan
        drawn_from = pair_stage.sources(self._sets, model)
        start = pair_stage.start(self._begin_with, self._published, model, seed=plan.pairs.seed)
        self._pairs_recipe = plan.pairs_further if start.from_bundle else plan.pairs
        trained = pair_stage.train(
            self._weights,
            model,
            drawn_from,
            start=start.weights,
            recipe=self._pairs_recipe,
            tokenise=tokeniser(self._assets, repaired=False),
            keep=self._keep,
        )
        stack = pair_stage.stack(model, self._sets, drawn_from, recipe=plan.labelled_pairs)
        self._weights = {**self._weights, **trained, **stack.weights}
        model = self.model()
        self._metrics["entailment"] = stack.figures | measure_pairs.of_labelled(
            model, self._sets.pairs, stack.unseen, drawn_from.labelled_held_back
        )
        kept = measure_pairs.held_back(drawn_from, count=plan.held_back_pairs, seed=plan.seed)
        thresholds, found = measure_pairs.measure(model, kept)
        self._metrics |= found
        _LOG.info("entailment: macro-F1 %s", stack.figures["macro_f1"])
        return thresholds

    def _train_eye(self) -> None:
        self._weights = {
            **self._weights,
            **same_picture.HAND_SET,
            **picture_net.initial(self._plan.seed),
        }
        plan, memes = self._plan, self._sets.memes
        if memes is None:
            return
        shown = pictures.as_pictures(memes.images)
        line, figures = same_picture.fit(shown, self._plan.seed)
        pixels = np.stack([pictures.to_pixels(picture) for picture in shown])
        trained, unseen, stand_in = picture_net.train_and_measure(
            pixels, memes.labels, epochs=plan.eye_epochs, folds=plan.eye_folds, seed=plan.seed
        )
        self._weights = {**self._weights, **line, **trained}
        self._metrics["same_picture"] = figures
        self._metrics["eye_on_its_stand_in_label"] = stand_in
        self._metrics["with_and_without_pictures"] = variants.with_and_without(
            self.model(), memes, unseen
        )
        _LOG.info("eye: %s; same picture: %s", stand_in, figures)

    def _weigh_forms(self) -> None:
        """Size, speed and quality of forms of the model, on rows no head was trained on."""
        self._metrics["size_speed_quality"] = variants.measure(
            self._weights,
            compact=self.model(),
            full=self._model(compact=False),
            rows=self._sets.hate.heads[0].validation + meme_sentences.checked()[1],
        )

    def _trained_on(self) -> list[dict[str, Any]]:
        hate, pairs = self._hate_recipe(), self._pairs_recipe
        memes_drawn = hate.mix.contrast_texts * hate.epochs
        pairs_drawn = pairs.mixture.own * pairs.epochs
        drawn = [
            _own(sources.CONTRAST, meme_sentences.SENTENCES, memes_drawn),
            _own(sources.PAIR_FORMS, pair_places.SENTENCES, pairs_drawn),
        ]
        return [given.entry() for given in (*self._sets.trained_on, *drawn)]

    def _training(self, started: float) -> dict[str, Any]:
        weights = self._folder / "model.safetensors"
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        libraries = ("tensorflow", "keras", "numpy", "scikit-learn", "emoji")
        return {
            "encoder": {"file": weights.name, "sha256": digest},
            "plan": asdict(self._plan),
            "hate_begun_with": self._begun.told() if self._begun else None,
            "pairs_begun_with_it": self._pairs_recipe is self._plan.pairs_further,
            "versions": {"python": platform.python_version()}
            | {name: metadata.version(name) for name in libraries},
            "wall_time_s": round(time.monotonic() - started),
        }


def _own(source: sources.Source, corpus: Corpus, rows: int) -> TrainedOn:
    return TrainedOn(source, corpus.name, rows, corpus.digest())
