from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from moderation.training.batches import multiplicity
from moderation.training.errors import TrainingError
from moderation.training.fit import out_of_memory
from moderation.training.learning_rate import Rate
from moderation.training.losses import class_weights
from moderation.training.progress import Progress
from moderation.training.recipes import load_recipe
from pipelines.command.usage import in_flags
from schemas.recipe import TrainingSpec

LABELS = np.array([0] * 30 + [1] * 10 + [2] * 5)


def figures(loss: float) -> dict[str, float]:
    return {"loss": loss, "val_loss": loss, "val_macro_f1": 1 - loss}


def test_training_stops_once_nothing_got_better_for_so_many_epochs() -> None:
    training = TrainingSpec(epochs=50, early_stopping=2)
    progress = Progress()

    for loss in (0.9, 0.5, 0.6, 0.7):
        assert not progress.is_over(training)
        progress.take(figures(loss), training)

    assert progress.is_over(training)
    assert progress.best_epoch == 2


def test_the_rate_is_halved_on_a_plateau() -> None:
    training = TrainingSpec(epochs=50, schedule="plateau", plateau_patience=2)
    progress = Progress()

    for loss in (0.5, 0.6, 0.6, 0.6, 0.6):
        progress.take(figures(loss), training)

    assert progress.rate_scale == 0.25


def test_progress_comes_back_as_it_was() -> None:
    progress = Progress()
    progress.take(figures(0.4), TrainingSpec())

    assert Progress.from_json(progress.to_json()) == progress


def test_undersampling_takes_as_many_of_every_label_and_others_each_epoch() -> None:
    first = multiplicity(LABELS, balance="undersample", seed=1)
    second = multiplicity(LABELS, balance="undersample", seed=2)

    assert Counter(np.repeat(LABELS, first).tolist()) == {0: 5, 1: 5, 2: 5}
    assert first.tolist() != second.tolist()
    assert first.tolist() == multiplicity(LABELS, balance="undersample", seed=1).tolist()


def test_oversampling_loses_nothing_and_evens_out() -> None:
    times = multiplicity(LABELS, balance="oversample", seed=1)

    assert Counter(np.repeat(LABELS, times).tolist()) == {0: 30, 1: 30, 2: 30}
    assert times.min() >= 1


def test_class_weights_give_every_label_the_same_say() -> None:
    weights = class_weights((30, 10, 0))

    assert weights[2] == 0
    assert 30 * weights[0] == pytest.approx(10 * weights[1])


def test_the_rate_warms_up_and_ends_at_nothing() -> None:
    rate = Rate(1.0, steps=100, warmup_share=0.1, linear=True)

    told = [float(rate(step)) for step in (0, 9, 55, 100)]

    assert told == pytest.approx([0.1, 1.0, 0.5, 0.0], abs=0.02)


def test_out_of_memory_names_a_batch_size_that_learns_the_same() -> None:
    assert "try --batch_size 8 --accumulate 4, which" in in_flags(out_of_memory(16, 2))
    assert "try batch_size 8 accumulate 4, which" in str(out_of_memory(16, 2))
    assert "single example" in str(out_of_memory(1, 1))


def test_a_single_value_of_a_preset_can_be_changed() -> None:
    recipe = load_recipe("mmbt", {"training.epochs": 3, "image.grid": [2, 4]})

    assert (recipe.training.epochs, recipe.image.grid if recipe.image else None) == (3, (2, 4))


def test_a_value_that_does_not_hold_is_named() -> None:
    with pytest.raises(TrainingError, match=r"training\.epochs"):
        load_recipe("mmbt", {"training.epochs": 0})


def test_an_unknown_preset_lists_those_that_there_are() -> None:
    with pytest.raises(TrainingError, match="entailment_tfhub"):
        load_recipe("nothing")
