"""A BERT encoder as plain TensorFlow operations, without padding where it costs.

Dense layers run on the packed tokens ``[tokens, hidden]`` of the whole batch;
only attention sees the batch padded to its longest text. The same function
trains (bfloat16, dropout) and serves (float32).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

Tensor = Any
Ragged = Any
Weights = dict[str, np.ndarray[Any, Any]]

WORD = "word"


@dataclass(frozen=True, slots=True)
class BertShape:
    """Sizes of an encoder, under the names of a Hugging Face ``config.json``."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    layer_norm_eps: float


@dataclass(frozen=True, slots=True)
class Packed:
    """Where the tokens of a ragged batch lie, packed and padded."""

    position: Tensor
    """int [tokens]: place of each token in its text."""
    row: Tensor
    """int [tokens]: text of each token."""
    padded: Tensor
    """int [texts, longest]: packed index of each place; the token count where there is none."""
    flat: Tensor
    """int [tokens]: index of each token in the flattened padding."""


def pack(ids: Ragged) -> Packed:
    """Indices for ragged int ``ids`` [texts, (tokens)]; no text is empty."""
    row = tf.cast(ids.value_rowids(), tf.int32)
    starts = tf.cast(ids.row_starts(), tf.int32)
    total = tf.shape(row)[0]
    position = tf.range(total) - tf.gather(starts, row)
    padded = ids.with_flat_values(tf.range(total)).to_tensor(default_value=total)
    return Packed(position, row, padded, row * tf.shape(padded)[1] + position)


@dataclass(frozen=True, slots=True)
class Encoder:
    """Runs the layers. ``get`` gives a named weight; ``embed`` the word vectors of ids."""

    shape: BertShape
    get: Callable[[str], Tensor]
    embed: Callable[[Tensor], Tensor]
    compute: Any = tf.float32
    dropout: float = 0.0

    def embeddings(self, ids: Ragged, packed: Packed) -> Tensor:
        """ragged int [texts, (tokens)] → [tokens, hidden]."""
        vectors = self.embed(ids.flat_values) + tf.gather(self.get("position"), packed.position)
        return self._norm("norm", vectors)

    def layers(self, hidden: Tensor, packed: Packed, which: range) -> Tensor:
        """[tokens, hidden] through the layers ``which``."""
        for index in which:
            name = f"layer{index}"
            mixed = self._dense(f"{name}/mix", self._attention(name, hidden, packed))
            hidden = self._norm(f"{name}/mix_norm", hidden + self._drop(mixed))
            wide = tf.nn.gelu(self._dense(f"{name}/up", hidden), approximate=False)
            hidden = self._norm(
                f"{name}/down_norm", hidden + self._drop(self._dense(f"{name}/down", wide))
            )
        return hidden

    def _attention(self, name: str, hidden: Tensor, packed: Packed) -> Tensor:
        heads = self.shape.num_attention_heads
        size = self.shape.hidden_size // heads
        fused = self._dense(f"{name}/qkv", hidden)
        fused = tf.concat([fused, tf.zeros([1, 3 * heads * size], fused.dtype)], axis=0)
        texts, longest = tf.unstack(tf.shape(packed.padded))
        fused = tf.reshape(tf.gather(fused, packed.padded), [texts, longest, 3, heads, size])
        query, key, value = tf.unstack(tf.transpose(fused, [2, 0, 3, 1, 4]), axis=0)
        scores = tf.cast(tf.matmul(query * size**-0.5, key, transpose_b=True), tf.float32)
        empty = packed.padded == tf.shape(packed.row)[0]
        scores += tf.where(empty, -1e9, 0.0)[:, None, None, :]
        mixed = tf.matmul(tf.cast(tf.nn.softmax(scores), self.compute), value)
        mixed = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, heads * size])
        return tf.gather(mixed, packed.flat)

    def _dense(self, name: str, inputs: Tensor) -> Tensor:
        kernel = tf.cast(self.get(f"{name}/kernel"), self.compute)
        bias = tf.cast(self.get(f"{name}/bias"), self.compute)
        return tf.nn.bias_add(tf.matmul(tf.cast(inputs, self.compute), kernel), bias)

    def _drop(self, inputs: Tensor) -> Tensor:
        inputs = tf.cast(inputs, tf.float32)
        return tf.nn.dropout(inputs, self.dropout) if self.dropout else inputs

    def _norm(self, name: str, inputs: Tensor) -> Tensor:
        inputs = tf.cast(inputs, tf.float32)
        mean = tf.reduce_mean(inputs, axis=-1, keepdims=True)
        centred = inputs - mean
        variance = tf.reduce_mean(tf.square(centred), axis=-1, keepdims=True)
        scale = tf.math.rsqrt(variance + self.shape.layer_norm_eps) * self.get(f"{name}/gamma")
        return centred * scale + self.get(f"{name}/beta")


def mean_pool(hidden: Tensor, packed: Packed) -> Tensor:
    """[tokens, hidden] → [texts, hidden]: the mean over the tokens of each text."""
    texts = tf.shape(packed.padded)[0]
    return tf.math.unsorted_segment_mean(hidden, packed.row, texts)
