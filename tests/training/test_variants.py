"""Options in every combination that makes sense; a clear error for the others."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from moderation.training import export
from moderation.training.augmentation import augmented
from moderation.training.errors import TrainingError
from moderation.training.modality_dropout import ModalityDropout
from tests.training import batches, tiny
from tests.training.building import Built, fresh

BOTH = ("entailment_kerashub", "hateful_memes_concat", "mmbt", "roberta_vit")


@pytest.mark.parametrize("fusion", ["late", "concat", "cross_attention"])
@pytest.mark.parametrize("preset", tiny.PRESETS)
def test_one_flag_changes_the_fusion_of_any_preset(preset: str, fusion: str, built: Built) -> None:
    network = built(preset, fusion__name=fusion)

    assert batches.logits(network, batches.raw(network.recipe)).shape == (4, 3)


def test_a_pair_of_texts_and_images_fits_mmbt(built: Built) -> None:
    network = built("entailment_kerashub", fusion__name="mmbt", image__grid=[2, 3])
    given = batches.raw(network.recipe)
    segments = network.factors.combine.get_layer("segments")  # type: ignore[union-attr]

    assert batches.logits(network, given).shape == (4, 3)
    assert segments.table.shape[0] == 4


def test_mmbts_segments_begin_as_berts(built: Built) -> None:
    network = built("entailment_kerashub", fusion__name="mmbt", image__grid=[2, 3])
    table = network.factors.combine.get_layer("segments").table  # type: ignore[union-attr]
    published = network.encoders[0].segment_embedding.embeddings.numpy()

    np.testing.assert_array_equal(table.numpy(), published[[0, 1, 1, 1]])


@pytest.mark.parametrize("modality", ["text", "image"])
@pytest.mark.parametrize("preset", ["entailment_kerashub", "hateful_memes_concat", "roberta_vit"])
def test_one_modality_alone_takes_no_input_of_the_other(
    preset: str, modality: str, built: Built
) -> None:
    network = built(preset, modalities=modality)
    given = batches.raw(network.recipe)

    assert {name.split("_")[0] for name in given} == {modality}
    assert batches.logits(network, given).shape == (4, 3)


@pytest.mark.parametrize("preset", BOTH)
def test_an_absent_image_has_no_say_whatever_its_pixels(preset: str, built: Built) -> None:
    network = built(preset)
    one, other = (batches.raw(network.recipe, presence=(0, 1, 0, 1), seed=seed) for seed in (1, 2))
    other |= {name: value for name, value in one.items() if name.startswith("text")}
    first, second = batches.logits(network, one), batches.logits(network, other)

    np.testing.assert_allclose(first[::2], second[::2], atol=1e-6)
    assert np.abs(first[1::2] - second[1::2]).max() > 1e-3


@pytest.mark.parametrize("fusion", ["late", "concat", "cross_attention", "mmbt"])
def test_one_absent_image_of_two_has_no_say_either(fusion: str, built: Built) -> None:
    network = built("entailment_kerashub", fusion__name=fusion, image__grid=[2, 3])
    one, other = (batches.raw(network.recipe, seed=seed) for seed in (1, 2))
    for given in (one, other):
        given["image_2_present"] = tf.zeros(4)
    second = one | {"image_2": other["image_2"]}
    first = one | {"image_1": other["image_1"]}

    said = batches.logits(network, one)
    np.testing.assert_allclose(batches.logits(network, second), said, atol=1e-6)
    assert np.abs(batches.logits(network, first) - said).max() > 1e-3


@pytest.mark.parametrize("preset", ["entailment_kerashub", "entailment_tfhub"])
@pytest.mark.parametrize("field", ["image_1", "image_2", "text_1", "text_2"])
def test_both_images_and_both_texts_are_used(preset: str, field: str, built: Built) -> None:
    network = built(preset)
    one, other = (batches.raw(network.recipe, seed=seed) for seed in (1, 2))

    changed = batches.logits(network, one | {field: other[field]})

    assert np.abs(changed - batches.logits(network, one)).max() > 1e-3


@pytest.mark.parametrize("fusion", ["late", "concat", "cross_attention", "mmbt"])
def test_modality_dropout_works_in_every_fusion(fusion: str, modules: tiny.Modules) -> None:
    network = fresh(
        "entailment_kerashub", modules, fusion__name=fusion, training__modality_dropout=0.5
    )
    given = batches.raw(network.recipe, presence=(1, 0, 1, 0))

    assert np.isfinite(batches.step(network, given))


def test_modality_dropout_takes_either_as_often_and_never_all() -> None:
    layer = ModalityDropout(0.4, seed=3)
    there = tf.constant([[1.0, 1.0]] * 5_000 + [[0.0, 1.0]] * 5_000)

    text, images = (part.numpy() for part in layer(there, training=True))

    lost_text, lost_images = text[:, 0] == 0, images.max(axis=1) == 0
    assert not np.any(lost_text & lost_images)
    assert 0.18 < lost_text.mean() < 0.22
    assert 0.18 < lost_images.mean() < 0.22
    assert np.all(images <= there.numpy())


def test_modality_dropout_leaves_an_example_without_image_its_text() -> None:
    text, images = ModalityDropout(0.9, seed=1)(tf.zeros([2_000, 2]), training=True)

    assert text.numpy().min() == 1
    assert images.numpy().max() == 0


def test_modality_dropout_rests_outside_training() -> None:
    there = tf.constant([[1.0], [0.0]])

    text, images = ModalityDropout(0.9, seed=1)(there, training=False)

    np.testing.assert_array_equal(text, [[1], [1]])
    np.testing.assert_array_equal(images, there)


def test_augmentation_changes_images_in_training_alone() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    given = keras.Input((32, 32, 3), dtype="uint8")
    model = keras.Model(given, augmented(given, seed=1))

    resting, first, second = (model(pixels, training=on).numpy() for on in (False, True, True))

    np.testing.assert_array_equal(resting, pixels)
    assert first.dtype == np.uint8
    assert (first != pixels).mean() > 0.5
    assert (first != second).mean() > 0.5


def test_a_network_with_augmentation_says_the_same_outside_training(modules: tiny.Modules) -> None:
    plain, moved = (
        fresh("hateful_memes_concat", modules, fusion__dropout=0.0, training__augment_images=on)
        for on in (False, True)
    )
    given = batches.raw(plain.recipe)

    np.testing.assert_allclose(
        batches.logits(moved, given), batches.logits(plain, given), atol=1e-5
    )


@pytest.mark.parametrize("preset", ["hateful_memes_concat", "entailment_kerashub"])
def test_a_network_with_augmentation_is_exported_at_rest(
    preset: str, modules: tiny.Modules, tmp_path: Path
) -> None:
    network = fresh(preset, modules, training__augment_images=True, training__modality_dropout=0.5)
    given = batches.raw(network.recipe)
    network.model(network.prepare(given), training=True)

    export.save(network, tmp_path / "saved")

    served = tf.saved_model.load(str(tmp_path / "saved")).signatures["serving_default"]
    np.testing.assert_allclose(
        served(**given)["probabilities"],
        keras.ops.softmax(batches.logits(network, given)),
        atol=1e-5,
    )


@pytest.mark.parametrize("loss", ["cross_entropy", "class_weighted", "focal"])
@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_every_loss_learns(loss: str, activation: str, modules: tiny.Modules) -> None:
    network = fresh(
        "hateful_memes_concat", modules, modalities="text", loss__name=loss, activation=activation
    )
    given = batches.raw(network.recipe)

    losses = [batches.step(network, given, rate=0.5) for _ in range(20)]

    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("preset", "changes", "message"),
    [
        ("mmbt", {"modalities": "text"}, "modalities must be 'both'"),
        (
            "roberta_vit",
            {"fusion__name": "cross_attention", "modalities": "image"},
            "needs modalities 'both'",
        ),
        ("roberta_vit", {"fusion__name": "mmbt"}, "must be a BERT of KerasHub"),
        ("hateful_memes_concat", {"fusion__name": "mmbt"}, "must be a BERT of KerasHub"),
        ("entailment_tfhub", {"fusion__name": "mmbt"}, "must be a BERT of KerasHub"),
        ("mmbt", {"image__grid": [8, 8]}, "take a smaller image.grid"),
        (
            "roberta_vit",
            {"modalities": "text", "training__modality_dropout": 0.2},
            "leaves one of two modalities out",
        ),
        (
            "roberta_vit",
            {"modalities": "text", "training__augment_images": True},
            "has no images",
        ),
    ],
)
def test_what_makes_no_sense_is_told(
    preset: str, changes: dict[str, object], message: str, modules: tiny.Modules
) -> None:
    with pytest.raises(TrainingError, match=message):
        fresh(preset, modules, **changes)
