"""Several sets as one stream of examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.training.batches import Batches, raw_batches
from moderation.training.data import Examples, label_counts, open_examples, rows_of_kind
from moderation.training.errors import TrainingError
from moderation.training.label_counts import expect_pictures, untaught
from moderation.training.recipes import load_recipe
from pipelines.command.usage import in_flags
from tests.pipelines.trainings import SIDE, meme_set, pair_set, preprocessed


@pytest.fixture(scope="module")
def memes(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(meme_set(tmp_path_factory.mktemp("one"), rows=40, pictures=True))


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Memes of the same labels; none has a picture."""
    return str(meme_set(tmp_path_factory.mktemp("two"), rows=24, plain=False))


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Memes of other labels."""
    records = [
        {
            "id": str(number),
            "img": None,
            "text": f"words {number}",
            "label": ("cats", "dogs")[number % 2],
        }
        for number in range(24)
    ]
    return str(preprocessed(tmp_path_factory.mktemp("topics"), records))


def opened(*paths: str, preset: str = "hateful_memes_concat", **changes: Any) -> Examples:
    size = {"image.height": SIDE, "image.width": SIDE}
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    return open_examples(paths, load_recipe(preset, size | dotted))


def order(examples: Examples, epoch: int) -> list[bytes]:
    batches, _ = Batches(examples, lambda raw: raw).training(epoch=epoch)
    return [text for inputs, _, _ in batches for text in inputs["text"].numpy().tolist()]


def test_two_sets_are_one_stream(memes: str, more: str) -> None:
    one, other, both = opened(memes), opened(more), opened(memes, more)

    assert both.rows("train") == one.rows("train") + other.rows("train")
    assert sorted(both.texts("train")) == sorted([*one.texts("train"), *other.texts("train")])
    assert both.digest not in (one.digest, other.digest)


def test_an_epochs_order_follows_from_the_seed_and_its_number_alone(memes: str, more: str) -> None:
    first, again = opened(memes, more), opened(memes, more)

    seventh = order(first, 7)

    assert seventh == order(again, 7)
    assert seventh != order(first, 8)
    assert seventh != order(opened(memes, more, training__seed=2), 7)


def test_steps_are_as_many_as_batches(memes: str) -> None:
    examples = opened(memes, training__balance="oversample", training__batch_size=8)

    batches, steps = Batches(examples, lambda raw: raw).training(epoch=0)

    targets = [target.numpy() for _, target, _ in batches]
    assert len(targets) == steps
    counts = np.concatenate(targets).sum(axis=0)
    assert counts[0] == counts[1]


def test_an_absent_image_is_zeros_and_said_to_be_absent(memes: str, more: str) -> None:
    raw = next(iter(raw_batches(opened(memes, more), split="train", batch_size=100)))

    there, pixels = raw["image_present"].numpy() > 0, raw["image"].numpy()
    assert 0 < there.sum() < len(there)
    assert pixels.dtype == np.uint8
    assert pixels[~there].max() == 0
    assert pixels[there].max(axis=(1, 2, 3)).min() > 0


def test_images_of_another_size_are_resized_with_a_warning(memes: str) -> None:
    right = opened(memes)
    other = opened(memes, image__height=48, image__width=40)

    assert right.resized is None
    assert other.resized is not None
    assert "preprocess with --image_size 48x40" in in_flags(other.resized)
    raw = next(iter(raw_batches(other, split="train", batch_size=2)))
    assert raw["image"].shape == (2, 48, 40, 3)


def test_nothing_is_said_of_the_size_where_the_images_are_left_out(memes: str) -> None:
    assert opened(memes, image__height=48, modalities="text").resized is None


def test_sets_whose_labels_differ_are_refused(memes: str, topics: str) -> None:
    with pytest.raises(TrainingError, match=r"cats.*dogs.*the same labels$") as refused:
        opened(memes, topics)
    assert in_flags(refused.value).endswith("preprocess them with the same --labels")


def test_labels_come_from_the_set(topics: str) -> None:
    assert opened(topics, preset="roberta_vit").labels == ("cats", "dogs")


def test_a_set_of_another_kind_is_refused(tmp_path: Path) -> None:
    pairs = pair_set(tmp_path, rows=18)

    with pytest.raises(TrainingError, match="tweet_pair"):
        opened(str(pairs))


def test_a_folder_that_is_no_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="run directory of preprocess"):
        opened(str(tmp_path))


def test_only_examples_of_the_recipes_kind_are_counted(tmp_path: Path) -> None:
    pair = {"text_2": "no dog", "image_1": None, "image_2": None, "label": "Contradictory"}
    pairs = [{"id_1": f"a{n}", "id_2": f"b{n}", "text_1": f"dog {n}", **pair} for n in range(10)]
    posts = [{"id": str(n), "img": None, "text": f"word {n}", "label": n % 2} for n in range(40)]
    examples = opened(str(preprocessed(tmp_path, [*pairs, *posts])))

    told = [label_counts(examples, split) for split in ("train", "val", "test")]

    assert sum(map(sum, told)) == 40
    assert sum(examples.rows(split) for split in ("train", "val", "test")) == 50
    assert label_counts(examples, "no_such_split") == (0, 0)


def test_labels_without_an_example_to_learn_from_are_warned_of() -> None:
    assert untaught(("fire, smoke", "flood"), (3, 1)) is None
    assert "holds no 'fire, smoke':" in str(untaught(("fire, smoke", "flood"), (0, 4)))


def test_labels_and_presence_are_read_once_and_narrowed_to_the_kind(memes: str, more: str) -> None:
    examples, without = opened(memes, more), opened(more)

    first = examples.label_indices("train")

    tokens = [int(raw["label_index"]) for raw in examples.encoded("train")]
    assert first.tolist() == tokens
    assert first.dtype == np.int64
    assert examples.has_missing_images("train")
    assert without.has_missing_images("train")
    assert not opened(more, modalities="text").has_missing_images("train")


def test_a_network_for_images_is_not_trained_where_there_are_none(memes: str, more: str) -> None:
    few, none = opened(memes, more), opened(more)
    assert expect_pictures(opened(memes)) is None
    assert expect_pictures(opened(more, modalities="text")) is None
    assert few.with_an_image("train") == opened(memes).with_an_image("train") > 0
    assert none.with_an_image("train") == 0

    told = str(expect_pictures(none))
    rows = rows_of_kind(none, "train")
    assert told.startswith(f"warning: 0 of {rows} examples of split 'train' have an image")
    with pytest.raises(TrainingError) as refused:
        expect_pictures(opened(more, modalities="image"))
    told = in_flags(refused.value)
    assert told.startswith(f"none of the {rows} examples of split 'train' has an image, and --mod")
    assert "stats.json" in told
