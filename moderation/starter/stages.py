"""The stages of a build: hate, pairs, eye, then the figures of the finished model."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import tensorflow as tf

from moderation.starter import (
    contrast,
    data,
    eye,
    judge_hate,
    pictures,
    same_picture,
    sources,
    train_hate,
    train_pairs,
)
from moderation.starter.card import Findings
from moderation.starter.encoder import BertShape, Weights, read_shape, read_weights
from moderation.starter.forest import forest_weights, train_forest
from moderation.starter.model import StarterModel
from schemas.records import ENTAILMENT_LABELS

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files that a bundle is built from."""

    minilm: Path
    hatemoji: Path
    edos: Path
    davidson: Path
    entailment: tuple[Path, ...]
    memes: Path | None = None
    meme_images: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides what comes out, but for the data."""

    hate: train_hate.Recipe = field(default_factory=train_hate.Recipe)
    pairs: train_pairs.ForestRecipe = field(default_factory=train_pairs.ForestRecipe)
    eye_epochs: int = 40
    seed: int = 7


class Stages:
    """Trains part by part; ``model`` is always the model as far as it is trained."""

    def __init__(self, inputs: Inputs, plan: Plan, assets: Path) -> None:
        self._inputs, self._plan, self._assets = inputs, plan, assets
        self._shape: BertShape = read_shape(inputs.minilm)
        self._weights: Weights = read_weights(inputs.minilm)
        self._metrics: dict[str, Any] = {}
        self._trained_on: list[dict[str, Any]] = []

    def model(self) -> StarterModel:
        """With the weights trained so far."""
        return StarterModel(self._weights, self._shape, self._assets)

    def run(self, started: float) -> Findings:
        """All stages; ``started`` is the monotonic time that the build began at."""
        hate = self._train_hate()
        thresholds = self._train_pairs()
        self._train_eye()
        model = self.model()
        own = contrast.draw(len(hate[0].validation.texts), Random(self._plan.seed), held_back=True)
        head = judge_hate.calibrate(model, hate[0].validation + own)
        self._metrics["hateful"] = judge_hate.measure(model, hate, own=own, head=head)
        self._metrics["share_of_ordinary_posts_flagged_hateful"] = {
            name: judge_hate.share_flagged(model, texts, head)
            for name, texts in self._ordinary().items()
        }
        return Findings(
            trained_on=self._trained_on,
            metrics=self._metrics,
            training=self._training(started),
            hateful_calibration=head.calibration,
            hateful_threshold=head.threshold,
            entailment_thresholds=thresholds,
            has_eye=self._inputs.memes is not None,
        )

    def _ordinary(self) -> dict[str, tuple[str, ...]]:
        neither = data.read_davidson_neither(self._inputs.davidson)
        pairs = data.read_pairs(self._inputs.entailment, ENTAILMENT_LABELS)
        return {
            "davidson, neither hate nor offensive/validation": neither.validation.texts,
            "davidson, neither hate nor offensive/test": neither.test.texts,
            "first tweets of the entailment pairs, none seen by the hate heads": pairs.first,
        }

    def _train_hate(self) -> list[data.Splits]:
        given = self._inputs
        sets = [
            data.read_hatemoji(given.hatemoji),
            data.read_edos(given.edos),
            data.read_davidson(given.davidson),
        ]
        known = (sources.HATEMOJI, sources.EDOS, sources.DAVIDSON)
        for source, path, splits in zip(
            known, (given.hatemoji, given.edos, given.davidson), sets, strict=True
        ):
            self._note(source, path, len(splits.train.texts))
        rows = self._plan.hate.contrast_texts * self._plan.hate.epochs
        self._note(sources.CONTRAST, Path(contrast.__file__), rows)
        trained = train_hate.train(
            self._weights,
            self._shape,
            sets,
            ordinary=data.read_davidson_neither(given.davidson).train,
            tokenise=tokeniser(self.model()),
            recipe=self._plan.hate,
            log=_LOG.info,
        )
        self._weights = {**self._weights, **trained}
        return sets

    def _train_pairs(self) -> dict[str, float]:
        recipe = self._plan.pairs
        pairs = data.read_pairs(self._inputs.entailment, ENTAILMENT_LABELS)
        for path in self._inputs.entailment:
            self._note(
                sources.ENTAILMENT, path, len(data.read_pairs([path], ENTAILMENT_LABELS).labels)
            )
        features = _batched(self.model().pair_features, pairs.first, pairs.second)
        judged = train_pairs.cross_validate(features, pairs.labels, recipe=recipe)
        forest = train_forest(
            features, pairs.labels, trees=recipe.trees, leaf=recipe.leaf, seed=recipe.seed
        )
        self._weights = {**self._weights, **forest_weights(forest)}
        self._metrics["entailment"] = judged.figures
        _LOG.info("entailment: macro-F1 %s", judged.figures["macro_f1"])
        return judged.thresholds

    def _train_eye(self) -> None:
        self._weights = {**self._weights, **same_picture.HAND_SET, **eye.initial(self._plan.seed)}
        if self._inputs.memes is None:
            return
        memes = data.read_memes(self._inputs.memes, self._inputs.meme_images)
        self._note(sources.MEMES, self._inputs.memes, len(memes.labels))
        read = pictures.read_pictures(memes.paths)
        line, figures = same_picture.fit(read, self._plan.seed)
        pixels = np.stack([pictures.to_pixels(picture) for picture in read])
        trained, stand_in = eye.train_and_judge(
            pixels, memes.labels, epochs=self._plan.eye_epochs, seed=self._plan.seed
        )
        self._weights = {**self._weights, **line, **trained}
        self._metrics["same_picture"] = figures
        self._metrics["eye_on_its_stand_in_label"] = stand_in
        _LOG.info("eye: %s; same picture: %s", stand_in, figures)

    def _note(self, source: sources.Source, path: Path, rows: int) -> None:
        entry = {key: value for key, value in asdict(source).items() if key != "credit"}
        self._trained_on.append(entry | data.describe(path, rows))

    def _training(self, started: float) -> dict[str, Any]:
        import emoji
        import sklearn

        weights = data.describe(self._inputs.minilm / "model.safetensors", len(self._weights))
        return {
            "encoder": {"file": weights["file"], "sha256": weights["sha256"]},
            "plan": asdict(self._plan),
            "versions": {
                "python": platform.python_version(),
                "tensorflow": tf.__version__,
                "numpy": np.__version__,
                "scikit-learn": sklearn.__version__,
                "emoji": emoji.__version__,
            },
            "wall_time_s": round(time.monotonic() - started),
        }


def tokeniser(model: StarterModel) -> train_hate.Tokenise:
    """Texts to lists of ids, by the graph itself."""

    def tokenise(texts: Sequence[str]) -> list[list[int]]:
        parts = (texts[start : start + 256] for start in range(0, len(texts), 256))
        return [ids for part in parts for ids in model.token_ids(tf.constant(part)).to_list()]

    return tokenise


def _batched(run: Callable[..., Any], *columns: Sequence[str]) -> Any:
    return np.concatenate(
        [
            run(*(tf.constant(column[start : start + 64]) for column in columns)).numpy()
            for start in range(0, len(columns[0]), 64)
        ]
    )
