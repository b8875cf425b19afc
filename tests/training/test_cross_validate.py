"""Every example is scored by a network that has not seen it, nor what is like it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from moderation.training.cross_validate import Scored, cross_validate
from moderation.training.data import Examples, open_examples
from moderation.training.errors import TrainingError
from moderation.training.held_out import settle, write
from moderation.training.pooled import pooled
from moderation.training.recipes import load_recipe
from tests.pipelines.trainings import meme_set

FOLDS = 3
RECIPE = {
    "modalities": "text", "text.dim": 8, "fusion.project_to": 8, "fusion.hidden": [],
    "training.epochs": 2, "training.batch_size": 16, "training.accumulate": 1,
    "training.learning_rate": 0.05, "training.balance": "none",
}  # fmt: skip


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    path = meme_set(tmp_path_factory.mktemp("set"), rows=60)
    return open_examples([str(path)], load_recipe("hateful_memes_concat", RECIPE))


@pytest.fixture(scope="module")
def scored(examples: Examples) -> Scored:
    return cross_validate(examples, folds=FOLDS, log=lambda _: None)


def test_each_example_is_scored_once_and_groups_stay_together(
    examples: Examples, scored: Scored
) -> None:
    rows = sum(examples.rows(split) for split in ("train", "val", "test"))

    assert len(scored.item_ids) == len(set(scored.item_ids)) == rows
    np.testing.assert_allclose(scored.probabilities.sum(axis=1), 1)
    assert (scored.probabilities > 0).all()
    for group in np.unique(scored.groups):
        assert len(np.unique(scored.fold[scored.groups == group])) == 1
    assert sorted(np.unique(scored.fold)) == list(range(FOLDS))
    assert scored.labels == ("not_hateful", "hateful")


def test_rows_of_a_pool_are_those_of_its_splits(examples: Examples) -> None:
    pool = pooled(examples)
    truth = pool.label_indices("train")
    first = np.arange(len(truth)) % 2 == 0
    dealt = pool.dealt({"train": first, "test": ~first})

    found = [example["label_index"] for example in dealt.encoded("test").as_numpy_iterator()]

    np.testing.assert_array_equal(found, truth[~first])
    np.testing.assert_array_equal(dealt.label_indices("test"), truth[~first])
    assert dealt.item_ids("test") == pool.item_ids("train")[1::2]
    assert list(dealt.texts("train")) == list(pool.texts("train"))[::2]
    assert dealt.rows("train") + dealt.rows("test") == len(truth)


def test_what_holds_for_others_is_learnt(scored: Scored) -> None:
    assert roc_auc_score(scored.truth, scored.probabilities[:, 1]) > 0.8


def test_a_label_with_too_few_groups_is_told(examples: Examples) -> None:
    with pytest.raises(TrainingError, match="too few groups of examples for 40 folds"):
        cross_validate(examples, folds=40, log=lambda _: None)


def test_the_file_is_what_an_evaluation_takes(
    examples: Examples, scored: Scored, tmp_path: Path
) -> None:
    file = write(scored, examples.recipe, tmp_path / "tried")

    with file.open(encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = list(csv.DictReader(lines))
    assert [row["item_id"] for row in rows] == scored.item_ids
    place = {label: number for number, label in enumerate(scored.labels)}
    assert [place[row["label"]] for row in rows] == scored.truth.tolist()
    found = [[float(row["p_not_hateful"]), float(row["p_hateful"])] for row in rows]
    np.testing.assert_array_equal(found, scored.probabilities)
    with pytest.raises(TrainingError, match="is there already"):
        settle(tmp_path / "tried", overwrite=False)
    settle(tmp_path / "tried", overwrite=True)
    (tmp_path / "other").mkdir()
    settle(tmp_path / "other", overwrite=False)
    (tmp_path / "other" / "notes.txt").touch()
    with pytest.raises(TrainingError, match="replaces a cross-validation"):
        settle(tmp_path / "other", overwrite=True)
