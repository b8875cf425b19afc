"""A trained network as one SavedModel: raw texts and pixels in, probabilities out.

``serving_default`` takes everything. Where the network factorises, ``encode_text``,
``encode_image`` and ``from_features`` do the same in two steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from moderation.training.encoders.text_tfhub import HubBert
from moderation.training.network import Factors, Network, RawInput, Untracked, raw_inputs
from schemas.card import EncodedPart, FeaturesSpec, ImageSpec, InputSpec

PROBABILITIES, LOGITS = "probabilities", "logits"


def output_name(network: Network) -> str:
    """Probabilities where labels exclude each other, else logits: the card says sigmoid."""
    return PROBABILITIES if network.recipe.activation == "softmax" else LOGITS


class Served(tf.Module):
    """Holds what the signatures use: text tables, weights, modules that were loaded.

    Not the Keras models: of each, and of each in it, an export would hold a graph more.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.prepare = network.prepare
        self.weights = [each.value for each in network.model.variables]
        self.modules = [each.module for each in network.encoders if isinstance(each, HubBert)]
        self._network = Untracked(network)
        self._output = output_name(network)

    @property
    def factors(self) -> Factors:
        """The network's two steps, where it has them."""
        factors: Factors = self._network.held.factors
        return factors

    def whole(self, **raw: Any) -> dict[str, Any]:
        """Raw inputs → probabilities or logits."""
        model = self._network.held.model
        return self.activated(model(self.prepare(raw), training=False))

    def activated(self, logits: Any) -> dict[str, Any]:
        """Logits → what the signature gives."""
        logits = tf.cast(logits, tf.float32)
        return {self._output: logits if self._output == LOGITS else keras.ops.softmax(logits)}


def save(network: Network, folder: Path) -> FeaturesSpec | None:
    """Writes the SavedModel; returns what a card says of its two steps, None where it has none."""
    served = Served(network)
    signatures = {"serving_default": _concrete(served.whole, _raw_specs(network))}
    features = None
    if network.factors is not None:
        steps, features = _steps(network, served)
        signatures |= steps
    tf.saved_model.save(served, str(folder), signatures=signatures)
    return features


def input_specs(network: Network) -> tuple[InputSpec, ...]:
    """What of a record feeds ``serving_default``."""
    return tuple(_input_spec(network, raw, raw.name) for raw in raw_inputs(network.recipe))


def _input_spec(network: Network, raw: RawInput, name: str) -> InputSpec:
    image = network.recipe.image
    pixels = None
    if raw.source == "image" and image is not None:
        pixels = ImageSpec(height=image.height, width=image.width)
    source: Any = raw.source
    return InputSpec(name=name, source=source, fields=(raw.field,), image=pixels)


def _raw_specs(network: Network) -> dict[str, Any]:
    return {raw.name: _raw_spec(network, raw) for raw in raw_inputs(network.recipe)}


def _raw_spec(network: Network, raw: RawInput) -> Any:
    if raw.source == "text":
        return tf.TensorSpec([None], tf.string, name=raw.name)
    if raw.source == "presence":
        return tf.TensorSpec([None], tf.float32, name=raw.name)
    image = network.recipe.image
    assert image is not None  # the recipe was checked
    return tf.TensorSpec([None, image.height, image.width, 3], tf.uint8, name=raw.name)


def _steps(network: Network, served: Served) -> tuple[dict[str, Any], FeaturesSpec]:
    raws = raw_inputs(network.recipe)
    texts = [raw for raw in raws if raw.source == "text"]
    images = [raw for raw in raws if raw.source == "image"]
    straight = [raw for raw in raws if raw.source == "presence"]
    signatures: dict[str, Any] = {}
    parts: list[EncodedPart] = []
    joined = {raw.name: _raw_spec(network, raw) for raw in straight}
    if texts and served.factors.encode_text is not None:
        signatures["encode_text"] = _concrete(
            _text_step(served, texts), {raw.name: _raw_spec(network, raw) for raw in texts}
        )
        outputs = {name: name for name in served.factors.encode_text.output}
        joined |= {name: _feature(served.factors.combine.input[name], name) for name in outputs}
        inputs = tuple(_input_spec(network, raw, raw.name) for raw in texts)
        parts.append(EncodedPart(signature="encode_text", inputs=inputs, outputs=outputs))
    else:
        straight += texts
        joined |= {raw.name: _raw_spec(network, raw) for raw in texts}
    if images:
        pixels = _raw_spec(network, images[0])
        spec = {"image": tf.TensorSpec(pixels.shape, tf.uint8, name="image")}
        signatures["encode_image"] = _concrete(_image_step(served), spec)
    for raw in images:
        joined[raw.name] = _feature(served.factors.combine.input[raw.name], raw.name)
        inputs = (_input_spec(network, raw, "image"),)
        parts.append(
            EncodedPart(signature="encode_image", inputs=inputs, outputs={"features": raw.name})
        )
    in_join = [raw for raw in texts if raw in straight]
    signatures["from_features"] = _concrete(_join_step(served, in_join), joined)
    return signatures, FeaturesSpec(
        signature="from_features",
        parts=tuple(parts),
        inputs=tuple(_input_spec(network, raw, raw.name) for raw in straight),
        output=output_name(network),
    )


def _text_step(served: Served, texts: list[RawInput]) -> Callable[..., dict[str, Any]]:
    def encode(**raw: Any) -> dict[str, Any]:
        tokens = served.prepare.tokens([raw[each.name] for each in texts])
        found: dict[str, Any] = served.factors.encode_text(tokens, training=False)
        return {
            name: tf.cast(value, served.factors.combine.input[name].dtype)
            for name, value in found.items()
        }

    return encode


def _image_step(served: Served) -> Callable[..., dict[str, Any]]:
    def encode(image: Any) -> dict[str, Any]:
        return {"features": tf.cast(served.factors.encode_image(image, training=False), tf.float32)}

    return encode


def _join_step(served: Served, texts: list[RawInput]) -> Callable[..., dict[str, Any]]:
    def join(**given: Any) -> dict[str, Any]:
        raw = [given.pop(each.name) for each in texts]
        tokens = served.prepare.tokens(raw) if raw else {}
        return served.activated(served.factors.combine({**given, **tokens}, training=False))

    return join


def _feature(tensor: Any, name: str) -> Any:
    return tf.TensorSpec(tensor.shape, tensor.dtype, name=name)


def _concrete(step: Callable[..., Any], specs: Mapping[str, Any]) -> Any:
    return tf.function(step, autograph=False).get_concrete_function(**specs)
