"""The loop: resumable after any epoch, to the bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from moderation.training.checkpoint import Checkpoints, identity
from moderation.training.data import Examples, open_examples
from moderation.training.errors import TrainingError
from moderation.training.fit import Outcome, train
from moderation.training.network import Network, build_network
from moderation.training.recipes import load_recipe
from moderation.training.steps import batches_per_epoch, whole_steps
from pipelines.command.usage import in_flags
from tests.pipelines.trainings import meme_set

RECIPE = {
    "modalities": "text", "text.dim": 8, "fusion.project_to": 8, "fusion.hidden": [8],
    "fusion.dropout": 0.4, "training.epochs": 5, "training.frozen_epochs": 2,
    "training.batch_size": 4, "training.accumulate": 3, "training.learning_rate": 0.02,
    "training.plateau_patience": 1, "training.early_stopping": None,
}  # fmt: skip
"""With all that an epoch may hand on to the next: a rest, moments, half a step, a slower rate."""


class Cut(Exception):
    """The process ends here."""


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    tf.config.experimental.enable_op_determinism()
    path = meme_set(tmp_path_factory.mktemp("set"), rows=60)
    return open_examples([str(path)], load_recipe("hateful_memes_concat", RECIPE))


def trained(
    examples: Examples, folder: Path, *, cut_after: int | None = None
) -> tuple[Network, Outcome]:
    """A new network, trained; as a new process would build it."""

    def log(line: str) -> None:
        if cut_after is not None and line.startswith(f"epoch {cut_after} "):
            raise Cut

    recipe = examples.recipe
    network = build_network(recipe, labels=examples.labels, texts=examples.texts("train"))
    checkpoints = Checkpoints(folder, belongs_to=identity(recipe, examples.digest))
    return network, train(network, examples, checkpoints, log=log)


@pytest.fixture(scope="module")
def whole(examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, Outcome]:
    """A training that nothing cut."""
    return trained(examples, tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("epoch", [1, 2, 4])
def test_a_training_cut_after_any_epoch_ends_with_the_same_weights(
    epoch: int, examples: Examples, whole: tuple[Network, Outcome], tmp_path: Path
) -> None:
    with pytest.raises(Cut):
        trained(examples, tmp_path, cut_after=epoch)

    network, outcome = trained(examples, tmp_path)

    undisturbed, its_outcome = whole
    assert outcome.progress.resumed_after == [epoch]
    assert replace(outcome.progress, resumed_after=[]) == its_outcome.progress
    for mine, its in zip(network.model.weights, undisturbed.model.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(its), err_msg=mine.path)


def test_the_best_epochs_weights_are_kept(whole: tuple[Network, Outcome]) -> None:
    progress = whole[1].progress
    losses = [epoch["val_loss"] for epoch in progress.history]

    assert progress.epoch == len(losses) == 5
    assert losses[progress.best_epoch - 1] == min(losses)


def test_checkpoints_of_other_examples_are_refused(examples: Examples, tmp_path: Path) -> None:
    with pytest.raises(Cut):
        trained(examples, tmp_path, cut_after=1)
    others = Checkpoints(tmp_path, belongs_to=identity(examples.recipe, "other examples"))

    with pytest.raises(TrainingError, match="other examples"):
        others.progress()


def test_a_checkpoint_that_broke_is_one_sentence(tmp_path: Path) -> None:
    broken = Checkpoints(tmp_path, belongs_to="this")
    (tmp_path / "last.npz").write_bytes(b"PK\x03\x04 the rest was lost")

    with pytest.raises(TrainingError, match="cannot be read"):
        broken.progress()


def test_scores_that_are_no_number_after_the_last_step_stop_the_training(
    examples: Examples, tmp_path: Path
) -> None:
    """The step that spoils the weights is the last: no loss tells of it."""
    fast = examples.recipe.training.model_copy(
        update={"learning_rate": 1e30, "batch_size": 64, "accumulate": 1, "epochs": 1}
    )
    recipe = examples.recipe.model_copy(update={"training": fast})

    with pytest.raises(TrainingError, match="validation score is no number after epoch 1"):
        trained(replace(examples, recipe=recipe), tmp_path)


def test_an_epoch_makes_a_step_at_least(examples: Examples) -> None:
    few = examples.recipe.training.model_copy(update={"accumulate": 1_000})
    wanted = examples.recipe.model_copy(update={"training": few})

    recipe, warning = whole_steps(replace(examples, recipe=wanted))

    batches = batches_per_epoch(examples.label_indices("train"), few)
    assert recipe.training.accumulate == batches > 1
    assert warning is not None
    assert in_flags(warning).endswith(f"going on with --accumulate {batches}")
    assert whole_steps(replace(examples, recipe=recipe)) == (recipe, None)


def test_curves_are_written_for_tensorboard(examples: Examples, tmp_path: Path) -> None:
    network = build_network(examples.recipe, labels=examples.labels, texts=examples.texts("train"))
    checkpoints = Checkpoints(tmp_path / "c", belongs_to="this")

    train(network, examples, checkpoints, log=lambda _: None, tensorboard=str(tmp_path / "t"))

    (path,) = (tmp_path / "t").iterdir()
    events = tf.compat.v1.train.summary_iterator(str(path))
    tags = {value.tag for event in events for value in event.summary.value}
    assert {"loss", "val_loss", "val_macro_f1", "val_f1/1", "val_precision/0"} <= tags
