"""Training: epoch by epoch, each measured on the validation split, resumable after any of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from moderation.option_error import option
from moderation.training import data, losses
from moderation.training.checkpoint import Checkpoints
from moderation.training.epoch_figures import epoch_figures
from moderation.training.errors import TrainingError
from moderation.training.interrupts import heeded
from moderation.training.learning_rate import Rate
from moderation.training.network import Network
from moderation.training.progress import Progress
from moderation.training.scorer import Held, Scorer
from moderation.training.steps import batches_per_epoch

Log = Callable[[str], None]
_LABELS_TOLD = 8


@dataclass(frozen=True)
class Outcome:
    """What training gave."""

    progress: Progress
    steps_per_epoch: int
    scorer: Scorer
    """Of the network with its best weights."""


def train(
    network: Network,
    examples: data.Examples,
    checkpoints: Checkpoints,
    *,
    log: Log,
    tensorboard: str | None = None,
    show_progress: bool = False,
    held: Held | None = None,
) -> Outcome:
    """Train until the epochs are over or nothing gets better; the model has the best weights.

    Args:
        network: freshly built.
        examples: with a ``train`` and a ``val`` split.
        checkpoints: goes on from its last one, where there is one.
        log: takes one line an epoch.
        tensorboard: folder for its logs.
        show_progress: a bar on stderr.
        held: what an earlier training prepared of the same examples (:class:`.Scorer`).

    Raises:
        TrainingError: the loss is no number any more, memory does not suffice, or a checkpoint is
            not this training's.
    """
    scorer = Scorer(network, examples, held)
    return _Trainer(network, scorer, examples, checkpoints, log, tensorboard, show_progress).run()


class _Trainer:
    def __init__(
        self,
        network: Network,
        scorer: Scorer,
        examples: data.Examples,
        checkpoints: Checkpoints,
        log: Log,
        tensorboard: str | None,
        show_progress: bool,
    ) -> None:
        self._network = network
        self._examples = examples
        self._checkpoints = checkpoints
        self._log = log
        self._writer = tf.summary.create_file_writer(tensorboard) if tensorboard else None
        self._show = show_progress
        self._training = network.recipe.training
        self._scorer = scorer
        self._indices = examples.label_indices("train")
        self._truth = examples.label_indices("val")
        self._steps = 0
        self._rate: Rate | None = None
        self._optimizer: Any = None

    def run(self) -> Outcome:
        progress = self._begin()
        while not progress.is_over(self._training):
            if progress.epoch == self._training.frozen_epochs and progress.epoch:
                self._compile(frozen=False)
            figures = self._epoch(progress)
            best = progress.take(figures, self._training)
            self._checkpoints.save(self._network.model, self._optimizer, progress, best=best)
            self._tell(figures, progress, best=best)
        self._checkpoints.restore_best(self._network.model)
        if progress.epoch < self._training.epochs:
            self._log(progress.ended(self._training))
        return Outcome(progress, self._steps, self._scorer)

    def _begin(self) -> Progress:
        progress = self._checkpoints.progress() if self._checkpoints.exist else Progress()
        rests = max(progress.epoch - 1, 0) if progress.epoch else 0
        frozen = rests < self._training.frozen_epochs and self._training.frozen_epochs > 0
        self._compile(frozen=frozen)
        if progress.epoch:
            self._checkpoints.restore(self._network.model, self._optimizer)
            progress.resumed_after.append(progress.epoch)
            self._log(f"going on after epoch {progress.epoch}")
        else:
            self._scorer.settle()
        return progress

    def _compile(self, *, frozen: bool) -> None:
        training, model = self._training, self._scorer.learner.model
        self._network.set_encoders_trainable(not frozen)
        first = training.frozen_epochs
        epochs = first if frozen else training.epochs - first
        self._steps = batches_per_epoch(self._indices, training)
        self._rate = Rate(
            training.learning_rate,
            steps=self._steps * epochs,
            warmup_share=training.warmup_share,
            linear=training.schedule == "linear",
        )
        self._optimizer = _optimizer(training, self._rate)
        recipe = self._network.recipe
        positive_weights = None
        if recipe.loss.name == "class_weighted" and recipe.activation == "sigmoid":
            counts = self._indices.sum(axis=0).tolist()
            positive_weights = losses.positive_weights(counts, len(self._indices))
        loss = losses.make_loss(
            recipe.loss, activation=recipe.activation, positive_weights=positive_weights
        )
        model.compile(self._optimizer, loss, jit_compile=training.xla)
        self._optimizer = model.optimizer  # mixed precision wraps it
        self._optimizer.build(model.trainable_variables)

    def _epoch(self, progress: Progress) -> dict[str, Any]:
        assert self._rate is not None  # compiled before
        self._rate.scale.assign(progress.rate_scale)
        batches, steps = self._scorer.batches.training(epoch=progress.epoch)
        with heeded() as heed:
            watch = _Watch(steps, progress.epoch + 1, heed, show=self._show)
            try:
                learner = self._scorer.learner.model
                history = learner.fit(batches, verbose=0, callbacks=[watch])
                figures = self._judge(progress.epoch + 1)
            except tf.errors.ResourceExhaustedError as error:
                size, accumulate = self._training.batch_size, self._training.accumulate
                raise out_of_memory(size, accumulate) from error
            finally:
                watch.close()
            heed()
        return {"loss": float(history.history["loss"][-1]), **figures}

    def _judge(self, epoch: int) -> dict[str, Any]:
        logits = self._scorer.logits("val")
        if not np.isfinite(logits).all():
            raise diverged(f"a validation score is no number after epoch {epoch}", self._optimizer)
        return epoch_figures(
            logits,
            self._truth,
            self._network.labels,
            activation=self._network.recipe.activation,
        )

    def _tell(self, figures: dict[str, Any], progress: Progress, *, best: bool) -> None:
        shown = ("loss", "val_loss", "val_macro_f1", "val_auroc")
        told = ", ".join(f"{name} {_told(figures[name])}" for name in shown)
        labels = ", ".join(
            f"{label} {_told(each['f1'])}"
            for label, each in list(figures["val_labels"].items())[:_LABELS_TOLD]
        )
        mark = " (best)" if best else ""
        self._log(f"epoch {progress.epoch} of {self._training.epochs}: {told}; F1 {labels}{mark}")
        if self._writer is None:
            return
        with self._writer.as_default():
            for name, value in figures.items():
                if isinstance(value, float):
                    tf.summary.scalar(name, value, step=progress.epoch)
            for label, each in figures["val_labels"].items():
                for name, value in each.items():
                    if value is not None:
                        tf.summary.scalar(f"val_{name}/{label}", value, step=progress.epoch)
        self._writer.flush()


def diverged(what: str, optimizer: Any) -> TrainingError:
    """What to say when a figure is no number."""
    return TrainingError(
        f"{what}, at a learning rate of {float(optimizer.learning_rate):.3g}: try a tenth of "
        f"{option('learning_rate')}, {option('clip_norm')} 1, or leave "
        f"{option('mixed_precision')} away, and start anew with {option('overwrite')} "
        f"({option('resume')} would take the same steps again)"
    )


def out_of_memory(batch_size: int, accumulate: int) -> TrainingError:
    """What to say when a batch does not fit."""
    if batch_size == 1:
        return TrainingError(
            "memory does not suffice for a single example: take smaller encoders or images, "
            f"freeze the encoders, or use {option('mixed_precision')}"
        )
    half = batch_size // 2
    return TrainingError(
        f"memory does not suffice for batches of {batch_size}: try {option('batch_size')} {half} "
        f"{option('accumulate')} {accumulate * 2}, which learns the same, or "
        f"{option('mixed_precision')}; add {option('overwrite')} where an epoch was done already"
    )


def _optimizer(training: Any, rate: Any) -> Any:
    options: dict[str, Any] = {
        "learning_rate": rate,
        "global_clipnorm": training.clip_norm,
        "gradient_accumulation_steps": training.accumulate if training.accumulate > 1 else None,
    }
    if training.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(weight_decay=training.weight_decay, **options)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        return optimizer
    return keras.optimizers.Adam(weight_decay=training.weight_decay or None, **options)


class _Watch(keras.callbacks.Callback):
    """Shows the bar, stops at a loss that is no number, and where Ctrl-C was lost on the way."""

    def __init__(self, steps: int, epoch: int, heed: Callable[[], None], *, show: bool) -> None:
        super().__init__()
        self._epoch = epoch
        self._heed = heed
        self._bar = tqdm(
            total=steps, desc=f"epoch {epoch}", unit="batch", disable=not show, leave=False
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Look at the loss."""
        self._heed()
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            what = f"the loss is {loss} in batch {batch + 1} of epoch {self._epoch}"
            raise diverged(what, self.model.optimizer)
        self._bar.set_postfix_str(f"loss {loss:.4f}", refresh=False)
        self._bar.update()

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


def _told(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
