"""The bundle's SavedModel: both signatures over one set of compact weights.

Kernels lie in the file as int8 and become float32 once, when the model is
loaded; the word vectors stay int8 and are scaled as they are looked up.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.saved_model import fingerprinting_utils

from moderation.starter import pairs_graph
from moderation.starter.encoder import (
    WORD,
    BertShape,
    Encoder,
    Packed,
    Weights,
    mean_pool,
    pack,
)
from moderation.starter.spelling_graph import Spelling
from moderation.starter.stored import Quantised, Stored
from moderation.starter.text_graph import TextGraph
from schemas.records import ENTAILMENT_LABELS
from workshop.starter import (
    pair_base,
    pair_gate,
    pair_net,
    pair_odds,
    picture_net,
    same_picture,
    same_words,
)
from workshop.starter.pictures import SIDE
from workshop.starter.quantise import plain, split

Tensor = Any

SAME_PICTURE_REACH = 0.3
"""By how much one and the same picture raises the log-odds of Implies. Set by hand."""

_TOWARDS_IMPLIES = [[float(label == "Implies") for label in ENTAILMENT_LABELS]]

_STRINGS = tf.TensorSpec([None], tf.string)
_IMAGES = tf.TensorSpec([None, SIDE, SIDE, 3], tf.uint8)
_FLAGS = tf.TensorSpec([None], tf.float32)


def _in_graph(*signature: Any) -> Any:
    """Traced as it stands: nothing here branches on a tensor, and AutoGraph doubles the time."""
    return tf.function(input_signature=signature, autograph=False)


class Restored(tf.saved_model.experimental.TrackableResource):
    """A float32 kernel that is made from its int8 form when the model is loaded."""

    def __init__(self, values: Any, scale: Any, *, name: str) -> None:
        super().__init__()
        self._values, self._scale, self._shared_name = values, scale, name

    def _create_resource(self) -> Tensor:
        return tf.raw_ops.VarHandleOp(
            dtype=tf.float32, shape=self._values.shape, shared_name=self._shared_name, container=""
        )

    def _initialize(self) -> None:
        kernel = tf.cast(self._values, tf.float32) * self._scale
        tf.raw_ops.AssignVariableOp(resource=self.resource_handle, value=kernel)

    def read(self) -> Tensor:
        """float32, in the shape of the int8 values."""
        return tf.raw_ops.ReadVariableOp(resource=self.resource_handle, dtype=tf.float32)


class StarterModel(tf.Module):
    """What the built-in bundle computes."""

    def __init__(
        self, weights: Weights | Stored, shape: BertShape, assets: Path, *, compact: bool = True
    ) -> None:
        """``weights``: encoder, ``hate/…`` and all that the stages add, or what a bundle holds.

        Not ``compact``: every weight stays float32, to measure what int8 costs.
        """
        super().__init__()
        if not isinstance(weights, Stored):
            weights = split(weights) if compact else plain(weights)
        small = {**weights.tables, **weights.kernels}
        self._text = TextGraph(assets)
        self._spelling = Spelling(self._text.vocabulary, assets)
        self._values = {n: _variable(q.values) for n, q in small.items()}
        self._scales = {n: _variable(q.scale) for n, q in small.items()}
        self._restored = {
            name: Restored(self._values[name], self._scales[name], name=_resource_name(name, q))
            for name, q in weights.kernels.items()
        }
        for resource in self._restored.values():
            resource.resource_handle  # noqa: B018 - creates it
            resource._initialize()
        self._rest = {name: _variable(value) for name, value in weights.rest.items()}
        self._encoder = Encoder(shape, self._get, self._embed)

    @property
    def shape(self) -> BertShape:
        """Of the encoder."""
        return self._encoder.shape

    @_in_graph(_STRINGS, _STRINGS, _IMAGES, _IMAGES, _FLAGS, _FLAGS)
    def entailment(
        self,
        text_1: Tensor,
        text_2: Tensor,
        image_1: Tensor,
        image_2: Tensor,
        image_1_present: Tensor,
        image_2_present: Tensor,
    ) -> dict[str, Tensor]:
        """float32 [n, 3]: Contradictory, Implies, NoEntailment."""
        odds = self.pair_log_odds(text_1, text_2)
        both = image_1_present * image_2_present
        same = same_picture.p_same(self._get, image_1, image_2) * both
        shift = _TOWARDS_IMPLIES * (SAME_PICTURE_REACH * same)[:, None]
        return {"probabilities": tf.nn.softmax(odds + shift)}

    @_in_graph(_STRINGS, _IMAGES, _FLAGS)
    def hateful(self, text: Tensor, image: Tensor, image_present: Tensor) -> dict[str, Tensor]:
        """float32 [n, 2]: not_hateful, hateful."""
        logits = self.hate_logits(text)[:, 0]
        seen = picture_net.REACH * tf.tanh(picture_net.eye_logit(self._get, image)) * image_present
        p = tf.sigmoid(logits + seen)
        return {"probabilities": tf.stack([1.0 - p, p], axis=1)}

    @_in_graph(_STRINGS)
    def hate_logits(self, text: Tensor) -> Tensor:
        """string [n] → float32 [n, heads], log-odds by the text alone."""
        return self.hate_logits_at(text, self._encoder.shape.num_hidden_layers)

    def hate_logits_at(self, text: Tensor, layers: int) -> Tensor:
        """The same as if the encoder ended after so many ``layers``."""
        hidden, packed = self._encode(self._repaired(text), layers)
        return tf.matmul(mean_pool(hidden, packed), self._get("hate/kernel")) + self._get(
            "hate/bias"
        )

    @_in_graph(_STRINGS, _STRINGS)
    def pair_log_odds(self, text_1: Tensor, text_2: Tensor) -> Tensor:
        """string [n] twice → float32 [n, k], log-odds of the labels by the texts alone."""
        all_words = self._text.all_words(tf.concat([text_1, text_2], axis=0))
        count = tf.shape(text_1)[0]
        odds = pair_gate.log_odds(self._get, *self._judged(all_words))
        return same_words.log_odds(odds, same_words.same(all_words[:count], all_words[count:]))

    @_in_graph(_STRINGS, _STRINGS)
    def judges(self, text_1: Tensor, text_2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """string [n] twice → log-odds [n, k] of the stack and of the net, lexical features."""
        return self._judged(self._text.all_words(tf.concat([text_1, text_2], axis=0)))

    @_in_graph(_STRINGS, _STRINGS)
    def pair_features(self, text_1: Tensor, text_2: Tensor) -> Tensor:
        """string [n] twice → float32 [n, features]: lexical, cosine, sum of both vectors."""
        words = self._text.all_words(tf.concat([text_1, text_2], axis=0))
        return self._pair_features(*self._encode_pairs(words))

    @_in_graph(_STRINGS, _STRINGS)
    def lexical(self, text_1: Tensor, text_2: Tensor) -> Tensor:
        """string [n] twice → float32 [n, features], of ``pairs_graph``."""
        return pairs_graph.features(self._text.words(text_1), self._text.words(text_2))

    @_in_graph(_STRINGS, _STRINGS)
    def same_words(self, text_1: Tensor, text_2: Tensor) -> Tensor:
        """string [n] twice → bool [n]: they say the same, links and mentions aside."""
        return same_words.same(self._text.all_words(text_1), self._text.all_words(text_2))

    def gate(self) -> pair_gate.Gate:
        """Which of the two judges is asked how much."""
        kernel, bias = (self._rest[f"gate/{name}"].numpy() for name in ("kernel", "bias"))
        return pair_gate.Gate(kernel, float(bias))

    def served(self) -> tf.Module:
        """What the signatures are made of, and ``hate_logits``."""
        parts = tf.Module()
        for name in ("_text", "_spelling", "_values", "_scales", "_restored", "_rest"):
            setattr(parts, name, getattr(self, name))
        parts.hate_logits = self.hate_logits
        return parts

    def _repaired(self, texts: Tensor) -> Any:
        """string [n] → the words that the judge of hate reads."""
        return self._text.read(self._spelling.repair(self._text.all_words(texts)))

    def _judged(self, all_words: Any) -> tuple[Tensor, Tensor, Tensor]:
        words, hidden, packed = self._encode_pairs(all_words)
        features = self._pair_features(words, hidden, packed)
        lexical = features[:, : pair_base.PLAIN - 1]
        stack = pair_odds.log_odds(self._get, pair_base.values(self._get, features))
        net = pair_net.Net(self._get, self.shape).logits(hidden, packed, lexical)
        return stack, net, lexical

    def _encode_pairs(self, all_words: Any) -> tuple[Any, Tensor, Packed]:
        words = self._text.read(all_words)
        return words, *self._encode(words, len(pair_net.lower_layers(self.shape)))

    def _pair_features(self, words: Any, hidden: Tensor, packed: Packed) -> Tensor:
        vectors = tf.math.l2_normalize(mean_pool(hidden, packed), axis=1)
        count = tf.shape(vectors)[0] // 2
        cosine = tf.reduce_sum(vectors[:count] * vectors[count:], axis=1)
        lexical = pairs_graph.features(words[:count], words[count:])
        meaning = vectors[:count] + vectors[count:]
        return tf.concat([lexical, cosine[:, None], meaning], axis=1)

    def _encode(self, words: Any, layers: int) -> tuple[Tensor, Packed]:
        ids = self._text.ids(words)
        packed = pack(ids)
        hidden = self._encoder.embeddings(ids, packed)
        return self._encoder.layers(hidden, packed, range(layers)), packed

    def _get(self, name: str) -> Tensor:
        if name in self._restored:
            return self._restored[name].read()
        if name in self._values:
            return tf.cast(self._values[name], tf.float32) * self._scales[name]
        return tf.convert_to_tensor(self._rest[name])

    def _embed(self, ids: Tensor) -> Tensor:
        if WORD in self._rest:
            return tf.gather(self._rest[WORD], ids)
        rows = tf.cast(tf.gather(self._values[WORD], ids), tf.float32)
        return rows * tf.gather(self._scales[WORD], ids)


def save(model: StarterModel, folder: Path) -> None:
    """Writes the SavedModel with the signatures ``entailment`` and ``hateful``.

    What else the model can be asked stays behind: TensorFlow reads every function of a SavedModel
    when it loads it, which took longer than all else of a first verdict.
    """
    signatures = {"entailment": model.entailment, "hateful": model.hateful}
    tf.saved_model.save(model.served(), str(folder), signatures=signatures)
    _leave_out_shapes(folder)


def _leave_out_shapes(folder: Path) -> None:
    """Takes the static shapes of 12,000 nodes away, 0.3 MB: TensorFlow infers them as it loads."""
    path, saved = folder / "saved_model.pb", saved_model_pb2.SavedModel()
    saved.ParseFromString(path.read_bytes())
    for graph in saved.meta_graphs:
        for function in graph.graph_def.library.function:
            for node in function.node_def:
                node.attr.pop("_output_shapes", None)
    path.write_bytes(saved.SerializeToString(deterministic=True))
    fingerprinting_utils.write_fingerprint(str(folder))


def _variable(value: Any) -> Any:
    return tf.Variable(value, trainable=False)


def _resource_name(name: str, weight: Quantised) -> str:
    """Unique to the content: two bundles in one process never share a kernel."""
    digest = hashlib.sha256(weight.values.tobytes() + weight.scale.tobytes()).hexdigest()
    return f"{name}/{digest[:32]}"
