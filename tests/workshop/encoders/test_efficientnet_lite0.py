"""What ships of EfficientNet-Lite0 says what the published weights say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moderation.training.encoders import efficientnet_lite0 as network
from moderation.training.encoders import make
from schemas.recipe import ImageEncoderSpec
from workshop.encoders import efficientnet_lite0 as workshop
from workshop.encoders import reference

LARGEST_FILE = 10_000_000
FURTHEST = 0.06
"""Of a logit from the original's, where logits of a picture spread by 1 to 1.4."""


@pytest.fixture(scope="module")
def expected() -> workshop.Expected:
    with np.load(Path(__file__).parent / "efficientnet_lite0.npz") as stored:
        return workshop.Expected(dict(stored))


def test_its_logits_are_the_originals(expected: workshop.Expected) -> None:
    """From pixels as a bundle's signature takes them, by way of the encoder a recipe names."""
    made = make.image_encoder(ImageEncoderSpec(uri="efficientnet_lite0"))
    pixels = np.stack([workshop.pixels(name) for name in workshop.PICTURES])
    wanted = np.stack([expected.arrays[f"logits/{name}"] for name in workshop.PICTURES])

    found = expected.logits_of(np.asarray(made.model(pixels)))

    np.testing.assert_allclose(found, wanted, atol=FURTHEST)
    assert found.argmax(axis=1).tolist() == wanted.argmax(axis=1).tolist()
    for its, mine in zip(wanted, found, strict=True):
        assert np.corrcoef(its, mine)[0, 1] > 0.9999
        assert its.std() > 10 * FURTHEST


def published(rng: np.random.Generator) -> dict[str, workshop.Array]:
    """Random tensors under the names, and in the shapes, of the published file."""
    made: dict[str, workshop.Array] = {}

    def layer(name: str, norm: str, *shape: int) -> None:
        made[f"{name}.weight"] = rng.normal(0, np.prod(shape[1:]) ** -0.5, shape)
        for part, least in (("weight", 0.5), ("bias", -1), ("running_mean", -1)):
            made[f"{norm}.{part}"] = rng.uniform(least, 1, shape[0])
        made[f"{norm}.running_var"] = rng.uniform(0.5, 2, shape[0])

    layer("_conv_stem", "_bn0", 32, 3, 3, 3)
    for place, block in enumerate(network.blocks()):
        its, wide = f"_blocks.{place}.", block.inputs * block.expansion
        if block.expansion > 1:
            layer(f"{its}_expand_conv", f"{its}_bn0", wide, block.inputs, 1, 1)
        layer(f"{its}_depthwise_conv", f"{its}_bn1", wide, 1, block.kernel, block.kernel)
        layer(f"{its}_project_conv", f"{its}_bn2", block.outputs, wide, 1, 1)
    layer("_conv_head", "_bn1", 1280, 320, 1, 1)
    made["_fc.weight"], made["_fc.bias"] = np.eye(1000, 1280), np.zeros(1000)
    return made


def test_any_weights_of_its_shapes_are_folded_rightly() -> None:
    """The network as it was published, in float64, and the one that ships with norms folded in."""
    tensors = published(np.random.default_rng(5))
    pixels = workshop.pixels("meme_railway.png")[:65, :96]
    model = network.feature_map()
    for name, kernel, bias in workshop.folded(tensors):
        layer = model.get_layer(name)
        layer.set_weights([kernel.reshape(layer.weights[0].shape), bias])

    found = np.asarray(model((pixels[None].astype(np.float32) - 127) / 128)).mean(axis=(1, 2))

    wanted = reference.logits(tensors, pixels)
    assert wanted.std() > 0.1
    np.testing.assert_allclose(found[0, :1000], wanted, atol=1e-3)


def test_what_ships_is_small_and_holds_every_layers_weights() -> None:
    assert network.WEIGHTS.stat().st_size < LARGEST_FILE
    model = network.feature_map()
    layers = {layer.name for layer in model.layers if layer.weights}
    assert {name.split("/")[0] for name in network.shipped()} == layers


def test_a_file_of_another_digest_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other, output = tmp_path / "other.pth", tmp_path / "made.npz"
    other.write_bytes(b"something else")

    code = workshop.main(["--weights", str(other), "--output", str(output)])

    assert code == 1
    assert f"where {workshop.SHA256} was published" in capsys.readouterr().err
    assert not output.exists()
