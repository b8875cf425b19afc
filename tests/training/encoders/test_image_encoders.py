"""Image encoders: their own preprocessing inside, vectors or grids out."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import keras_hub
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.training.encoders import image_applications, make
from moderation.training.encoders.uri import Uri
from moderation.training.errors import TrainingError
from moderation.training.fusions.pooling import GridPooling
from schemas.recipe import ImageEncoderSpec
from tests.training import tiny

PIXELS = np.random.default_rng(0).integers(0, 256, (2, tiny.SIDE, tiny.SIDE, 3), dtype=np.uint8)


def encoder(uri: str, **options: Any) -> Any:
    common: dict[str, Any] = {"height": tiny.SIDE, "width": tiny.SIDE, "weights": None}
    return make.image_encoder(ImageEncoderSpec(uri=uri, **(common | options)))


def test_an_application_reads_weights_and_prepares_pixels_itself(tmp_path: Path) -> None:
    network = keras.applications.MobileNet(
        include_top=False, weights=None, input_shape=(tiny.SIDE, tiny.SIDE, 3)
    )
    network.save_weights(tmp_path / "own.weights.h5")
    made = encoder("applications:MobileNet", weights=str(tmp_path / "own.weights.h5"))

    prepared = keras.applications.mobilenet.preprocess_input(PIXELS.astype("float32"))
    wanted = network(prepared).numpy().mean(axis=(1, 2))

    np.testing.assert_allclose(made.model(PIXELS), wanted, atol=1e-6)
    assert made.weights[0].count_params() == network.count_params()


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("ResNet50V2", "resnet_v2"),
        ("ResNet152", "resnet"),
        ("ResNet50", "resnet"),
        ("EfficientNetB0", "efficientnet"),
        ("MobileNetV3Small", "mobilenet_v3"),
        ("Xception", "xception"),
    ],
)
def test_every_application_has_its_own_preprocessing(name: str, module: str) -> None:
    build, own = image_applications._network(Uri("applications", name))

    wanted = getattr(keras.applications, module).preprocess_input
    assert build is getattr(keras.applications, name)
    np.testing.assert_array_equal(own(PIXELS.astype("float32")), wanted(PIXELS.astype("float32")))


def test_imagenets_mean_and_deviation() -> None:
    found = image_applications.imagenet_normalised(PIXELS.astype("float32"))

    wanted = (PIXELS / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_a_preset_scales_pixels_as_its_converter_does(modules: tiny.Modules) -> None:
    for folder in (modules.resnet, modules.vit):
        backbone = keras_hub.models.Backbone.from_preset(folder)
        converter = keras_hub.layers.ImageConverter.from_preset(folder)
        features = backbone(converter(PIXELS)).numpy()
        wanted = features.mean(axis=(1, 2)) if features.ndim == 4 else features[:, 0]

        made = encoder(f"keras_hub:{folder}", weights="imagenet")

        np.testing.assert_allclose(made.model(PIXELS), wanted, rtol=1e-4, atol=1e-4)


def test_the_recipe_may_say_imagenets_scaling_for_a_preset(modules: tiny.Modules) -> None:
    """The tiny network's converter is ImageNet's, so both say the same."""
    own, named = (
        encoder(f"keras_hub:{modules.resnet}", weights="imagenet", preprocessing=how)
        for how in ("own", "imagenet")
    )

    np.testing.assert_allclose(own.model(PIXELS), named.model(PIXELS), rtol=1e-3, atol=1e-3)


def test_a_preset_without_weights_has_its_shape_and_others(modules: tiny.Modules) -> None:
    trained, random = (
        encoder(f"keras_hub:{modules.vit}", weights=weights) for weights in ("imagenet", None)
    )

    assert trained.weights[0].count_params() == random.weights[0].count_params()
    assert np.abs(trained.model(PIXELS).numpy() - random.model(PIXELS).numpy()).max() > 1e-2


@pytest.mark.parametrize("name", ["resnet", "vit"])
@pytest.mark.parametrize("grid", [(1, 1), (2, 3), (5, 5)])
def test_any_network_gives_any_grid(
    name: str, grid: tuple[int, int], modules: tiny.Modules
) -> None:
    made = encoder(f"keras_hub:{getattr(modules, name)}", grid=grid)

    assert made.model(PIXELS).shape[:2] == (2, math.prod(grid))


@pytest.mark.parametrize("grid", [None, (2, 3)])
def test_the_network_that_ships_takes_pixels_of_any_size(grid: tuple[int, int] | None) -> None:
    made = encoder("efficientnet_lite0", height=96, width=64, grid=grid)

    shape = made.model(np.zeros((2, 96, 64, 3), np.uint8)).shape
    assert shape == ((2, 6, 1280) if grid else (2, 1280))


def adaptive_average(features: Any, rows: int, columns: int) -> Any:
    """As PyTorch documents it: bin i of n spans floor(i·size/n) to ceil((i+1)·size/n)."""
    height, width = features.shape[1:3]
    cells = []
    for row in range(rows):
        top, bottom = math.floor(row * height / rows), math.ceil((row + 1) * height / rows)
        for column in range(columns):
            left = math.floor(column * width / columns)
            right = math.ceil((column + 1) * width / columns)
            cells.append(features[:, top:bottom, left:right].mean(axis=(1, 2)))
    return np.stack(cells, axis=1)


@settings(max_examples=40)
@given(*(st.integers(1, 9) for _ in range(4)))
def test_pooling_is_adaptive_average_pooling(
    height: int, width: int, rows: int, columns: int
) -> None:
    features = np.random.default_rng(height * width).normal(size=(2, height, width, 3))

    found = GridPooling(rows, columns)(features.astype("float32"))

    np.testing.assert_allclose(found, adaptive_average(features, rows, columns), atol=1e-5)


@pytest.mark.parametrize(
    ("uri", "options", "message"),
    [
        ("ResNet50", {}, "an encoder is named by one of applications:…, keras_hub:…"),
        ("applications:ResNet51", {}, "keras.applications has .*ResNet50"),
        ("applications:MobileNet", {"weights": "none.h5"}, "MobileNet cannot be had: .*'imagenet'"),
        ("keras_hub:{vit}", {"height": 64}, "takes images of 32 × 32, the recipe says 64 × 32"),
        ("keras_hub:{bert}", {}, "is a BertBackbone, which takes no images"),
        ("efficientnet_lite0", {"weights": "none.h5"}, "there is no weights file .*none.h5"),
        ("keras_hub:no_such_preset", {}, "keras_hub:no_such_preset cannot be had"),
    ],
)
def test_what_cannot_be_had_is_told_with_its_remedy(
    uri: str, options: dict[str, Any], message: str, modules: tiny.Modules
) -> None:
    with pytest.raises(TrainingError, match=message):
        encoder(uri.format_map(modules), **options)
