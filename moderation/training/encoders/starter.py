"""The text encoder of the built-in bundle inside the graph: frozen, or its last layers learning.

Of one text: the mean of the last layer's tokens. Of a pair, as the bundle itself compares texts:
by the lower half of the layers ``[u, v, |u - v|, u * v]`` and the pair's lexical features. Where
layers learn, of one text: the mean of the tokens before them, which the bundle's tasks changed
less, and behind them, and what the bundle's own heads say of that, repeated so that it is heard
beside hundreds of others.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from moderation.starter import bundle_path, pairs_graph
from moderation.starter.encoder import WORD, BertShape, Encoder, mean_pool, pack
from moderation.starter.spelling_graph import Spelling
from moderation.starter.stored import Stored, open_weights
from moderation.starter.text_graph import TextGraph
from moderation.training.encoders.types import VECTOR, TextEncoder, TokenInput
from moderation.training.errors import TrainingError
from schemas.recipe import TextEncoderSpec

_INPUT = "text_vector"
_HIDDEN, _LENGTH = "text_hidden", "text_length"
_TIMES = 16
_PROBE = "Is it so that nobody of you has seen the cat?"
_TOLERANCE = 1e-3


class StarterText(tf.Module):
    """The bundle's weights, int8 as they lie there, and its text preprocessing."""

    def __init__(self, weights: Stored, shape: BertShape, assets: Path) -> None:
        """``weights`` as the bundle holds them, ``assets`` the folder of its tables."""
        super().__init__()
        self._text = TextGraph(assets)
        self._spelling = Spelling(self._text.vocabulary, assets)
        layers = {n: each for n, each in weights.kernels.items() if n.startswith("layer")}
        small = {**weights.tables, **layers}
        self._values = {name: _constant(each.values) for name, each in small.items()}
        self._scales = {name: _constant(each.scale) for name, each in small.items()}
        wanted = ("layer", "norm/", "hate/")
        self._rest = {
            name: _constant(value)
            for name, value in weights.rest.items()
            if name.startswith(wanted)
        }
        self.depth, self.dim = shape.num_hidden_layers, shape.hidden_size
        self.shape = shape
        self._encoder = Encoder(shape, self.weight, self._word_vectors)

    def vectors(self, words: Any, *, layers: int) -> Any:
        """ragged words ``[n, (words)]`` → float32 ``[n, dim]`` by the first layers."""
        ids = self._text.ids(words)
        packed = pack(ids)
        hidden = self._encoder.embeddings(ids, packed)
        return mean_pool(self._encoder.layers(hidden, packed, range(layers)), packed)

    def hidden(self, words: Any, *, layers: int) -> Any:
        """ragged words ``[n, (words)]`` → ragged float32 ``[n, (tokens), dim]`` likewise."""
        ids = self._text.ids(words)
        packed = pack(ids)
        hidden = self._encoder.embeddings(ids, packed)
        return ids.with_flat_values(self._encoder.layers(hidden, packed, range(layers)))

    def names(self, layers: range) -> list[str]:
        """Of the weights of some layers."""
        prefixes = tuple(f"layer{index}/" for index in layers)
        return sorted(name for name in (*self._values, *self._rest) if name.startswith(prefixes))

    def words(self, texts: Any) -> Any:
        """string ``[n]`` → ragged words ``[n, (words)]``."""
        return self._text.words(texts)

    def repaired(self, texts: Any) -> Any:
        """string ``[n]`` → ragged words ``[n, (words)]``, the spelling of each text repaired."""
        return self._text.read(self._spelling.repair(self._text.all_words(texts)))

    @property
    def heads(self) -> tuple[Any, Any]:
        """Kernel ``[dim, heads]`` and bias of what the bundle says of one text."""
        kernel, bias = (self._rest[f"hate/{part}"].numpy() for part in ("kernel", "bias"))
        return kernel, bias

    def hate_logits(self, texts: Any) -> Any:
        """string ``[n]`` → what the bundle's own heads say, float32 ``[n, heads]``."""
        vectors = self.vectors(self.repaired(texts), layers=self.depth)
        return tf.matmul(vectors, self._rest["hate/kernel"]) + self._rest["hate/bias"]

    def weight(self, name: str) -> Any:
        """A named weight, float32."""
        if name in self._values:
            return tf.cast(self._values[name], tf.float32) * self._scales[name]
        return tf.convert_to_tensor(self._rest[name])

    def _word_vectors(self, ids: Any) -> Any:
        rows = tf.cast(tf.gather(self._values[WORD], ids), tf.float32)
        return rows * tf.gather(self._scales[WORD], ids)


class Packer(tf.Module):
    """Raw texts to the features of the built-in encoder."""

    def __init__(self, text: StarterText) -> None:
        super().__init__()
        self._text = text

    def __call__(self, *texts: Any) -> dict[str, Any]:
        """Strings, each ``[batch]``, one or two → ``text_vector`` float32 ``[batch, features]``."""
        if len(texts) == 1:
            words = self._text.repaired(texts[0])
            return {_INPUT: self._text.vectors(words, layers=self._text.depth)}
        words = self._text.words(tf.concat(texts, axis=0))
        vectors = self._text.vectors(words, layers=self._text.depth // 2)
        count = tf.shape(texts[0])[0]
        first, second = (
            tf.math.l2_normalize(v, axis=1) for v in (vectors[:count], vectors[count:])
        )
        lexical = pairs_graph.features(words[:count], words[count:])
        parts = [first, second, tf.abs(first - second), first * second, lexical]
        return {_INPUT: tf.concat(parts, axis=1)}


class LowerPacker(tf.Module):
    """Raw texts to what the layers that rest make of their tokens."""

    def __init__(self, text: StarterText, layers: int) -> None:
        super().__init__()
        self._text, self._layers = text, layers

    def __call__(self, texts: Any) -> dict[str, Any]:
        """string ``[batch]`` → float32 ``[batch, longest, dim]`` and int32 ``[batch]``."""
        hidden = self._text.hidden(self._text.repaired(texts), layers=self._layers)
        lengths = tf.cast(hidden.row_lengths(), tf.int32)
        filled = hidden.to_tensor(shape=[None, None, self._text.dim])
        return {_HIDDEN: filled, _LENGTH: lengths}


@keras.saving.register_keras_serializable("moderation")
class UpperLayers(keras.layers.Layer):
    """The bundle's last layers, as weights that learn."""

    def __init__(self, text: StarterText, layers: range, **options: Any) -> None:
        super().__init__(dtype="float32", **options)
        self._bert, self._which, self._heads = text.shape, layers, text.heads
        self._held = {
            name: self.add_weight(
                name=name.replace("/", "_"),
                shape=value.shape,
                initializer=keras.initializers.Constant(value),
            )
            for name, value in ((name, text.weight(name).numpy()) for name in text.names(layers))
        }

    def call(self, hidden: Any, lengths: Any) -> Any:
        """float ``[batch, longest, dim]``, int ``[batch]`` → ``[batch, features]``."""
        tokens = tf.RaggedTensor.from_tensor(hidden, lengths=lengths)
        packed = pack(tokens)
        encoder = Encoder(self._bert, lambda name: self._held[name].value, tf.identity)
        above = encoder.layers(tokens.flat_values, packed, self._which)
        means = [mean_pool(each, packed) for each in (tokens.flat_values, above)]
        said = tf.matmul(means[1], self._heads[0]) + self._heads[1]
        return tf.concat([*means, tf.tile(said, [1, _TIMES])], axis=1)

    def compute_output_spec(self, hidden: Any, lengths: Any) -> Any:
        """Two means, and what the heads say."""
        size = 2 * hidden.shape[2] + _TIMES * self._heads[1].shape[0]
        return keras.KerasTensor((hidden.shape[0], size), dtype="float32")


def make(spec: TextEncoderSpec, *, segments: int) -> TextEncoder:
    """Takes the encoder out of the built-in bundle.

    Raises:
        TrainingError: the bundle is of another make, or has no so many layers to learn.
    """
    if not spec.trainable_layers:
        return _frozen(segments)
    text = _opened()
    if segments != 1 or spec.trainable_layers >= text.depth:
        raise TrainingError(
            f"encoder starter: text.trainable_layers is {spec.trainable_layers}, of one text it "
            f"may be 1 to {text.depth - 1}, of a pair 0"
        )
    lower = text.depth - spec.trainable_layers
    upper = UpperLayers(text, range(lower, text.depth), name="starter_layers")
    inputs = {_HIDDEN: TokenInput((None, text.dim), "float32"), _LENGTH: TokenInput((), "int32")}
    given = {
        name: keras.Input(each.shape, dtype=each.dtype, name=name) for name, each in inputs.items()
    }
    vector = upper(given[_HIDDEN], given[_LENGTH])
    return TextEncoder(
        packer=LowerPacker(text, lower),
        inputs=inputs,
        model=keras.Model(given, {VECTOR: vector}, name="encode_text"),
        weights=(upper,),
        preprocessing=(
            "As in the built-in bundle, inside the SavedModel; of its encoder the last "
            f"{spec.trainable_layers} layers learn"
        ),
        needs_tensorflow_text=False,
    )


def _frozen(segments: int) -> TextEncoder:
    packer = Packer(_opened())
    size = int(packer(*(tf.constant(["a"]) for _ in range(segments)))[_INPUT].shape[1])
    vector = keras.Input((size,), dtype="float32", name=_INPUT)
    return TextEncoder(
        packer=packer,
        inputs={_INPUT: TokenInput((size,), "float32")},
        model=keras.Model(
            {_INPUT: vector},
            {VECTOR: keras.layers.Identity(name="starter_features")(vector)},
            name="encode_text",
        ),
        weights=(),
        preprocessing="As in the built-in bundle, inside the SavedModel; its encoder is frozen",
        needs_tensorflow_text=False,
    )


@functools.cache
def _opened() -> StarterText:
    """Once in a process: nothing of it ever learns."""
    folder = bundle_path()
    bundle = tf.saved_model.load(str(folder))
    try:
        text = StarterText(*open_weights(folder, bundle), folder / "assets")
        found, wanted = (each.hate_logits(tf.constant([_PROBE])) for each in (text, bundle))
        same = np.allclose(found, wanted, atol=_TOLERANCE)
    except (AttributeError, KeyError, ValueError, tf.errors.OpError) as error:
        raise TrainingError(f"encoder starter: the bundle in {folder} has no encoder") from error
    if not same:
        raise TrainingError(f"encoder starter: the bundle in {folder} is of another make")
    return text


def _constant(value: Any) -> Any:
    return tf.Variable(value, trainable=False)
