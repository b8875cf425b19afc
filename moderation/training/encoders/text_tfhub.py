"""Text encoders of TF-Hub: a preprocessor and a BERT encoder, as SavedModels.

``tensorflow_hub.load`` works with every Keras, its ``KerasLayer`` only with Keras 2. The encoder's
variables are made a Keras layer's own, as ``keras.layers.TFSMLayer`` does it, so that they train.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from moderation.training.encoders import uri as uris
from moderation.training.encoders.types import MASK, SEQUENCE, VECTOR, TextEncoder, TokenInput
from moderation.training.encoders.uri import Uri, fetched
from moderation.training.errors import TrainingError
from moderation.training.provenance import public_name
from schemas.recipe import TextEncoderSpec

_REMEDY = (
    "Name a handle on a machine that reaches TF-Hub, or a folder on this one with the module's "
    "saved_model.pb"
)
_NAMES = ("input_word_ids", "input_mask", "input_type_ids")
_SIGNATURE = "serving_default"
_AS_TEXT: Any = {"schemes": ("tfhub",), "what": "text.preprocessor"}


class Packer(tf.Module):
    """``tokenize`` and ``bert_pack_inputs`` of a TF-Hub preprocessor."""

    def __init__(self, module: Any, *, sequence_length: int, segments: int) -> None:
        """Finds how the module wants its length told: as a tensor, as a number, or not at all.

        Raises:
            TrainingError: it packs so many texts, or so many tokens, in none of these ways.
        """
        super().__init__()
        self._module = module
        self._length = sequence_length
        self._told: dict[str, Any] = self._how_to_tell(segments)

    def __call__(self, *texts: Any) -> dict[str, Any]:
        """Strings, each ``[batch]`` → int32 ``[batch, sequence_length]`` by BERT's names."""
        segments = [self._module.tokenize(text) for text in texts]
        packed = self._module.bert_pack_inputs(segments, **self._told)
        shape = [None, self._length]
        return {name: tf.ensure_shape(tf.cast(packed[name], tf.int32), shape) for name in _NAMES}

    def _how_to_tell(self, segments: int) -> dict[str, Any]:
        tokens = [self._module.tokenize(tf.constant(["a b"]))] * segments
        said = ""
        for told in ({"seq_length": tf.constant(self._length)}, {"seq_length": self._length}, {}):
            try:
                packed = self._module.bert_pack_inputs(tokens, **told)
            except (TypeError, ValueError) as error:
                said = said or str(error).splitlines()[0]
                continue
            if not isinstance(packed, dict) or not set(_NAMES) <= set(packed):
                raise TrainingError(f"the preprocessor's bert_pack_inputs gives no {list(_NAMES)}")
            length = int(packed[_NAMES[0]].shape[1])
            if length == self._length:
                return told
            said = f"it packs {length} tokens: set text.sequence_length to {length}"
        raise TrainingError(
            f"the preprocessor's bert_pack_inputs packs no {segments} texts into {self._length} "
            f"tokens: {said}"
        )


@keras.saving.register_keras_serializable("moderation")
class HubBert(keras.layers.Layer):
    """A TF-Hub BERT encoder as a Keras layer; its variables train where they were made to."""

    def __init__(self, module: Any, **options: Any) -> None:
        """``module`` is what ``tensorflow_hub.load`` gave."""
        super().__init__(dtype="float32", **options)
        self.module = module
        self._takes_training = callable(module) and self._has_training_argument()
        variables, trainable = _variables(module)
        chosen = {id(variable) for variable in trainable}
        for place, variable in enumerate(variables):
            self._adopt(variable, place, trainable=id(variable) in chosen)

    def _adopt(self, variable: Any, place: int, *, trainable: bool) -> None:
        from keras.src.backend import Variable  # where TFSMLayer takes it from

        name = f"{place}_{variable.name.split(':')[0].replace('/', '_')}"
        adopted = Variable(
            initializer=variable,
            trainable=trainable,
            dtype=variable.dtype,
            shape=variable.shape,
            name=name,
        )
        self._track_variable(adopted)

    def _has_training_argument(self) -> bool:
        call = getattr(self.module, "__call__", None)  # noqa: B004
        functions = getattr(call, "concrete_functions", ())
        arguments = [str(each.structured_input_signature) for each in functions]
        full = [getattr(each, "_function_spec", None) for each in functions] or [
            getattr(call, "_function_spec", None)
        ]
        specs = [str(getattr(each, "fullargspec", "")) for each in (*full, call)]
        return any("training" in text for text in (*arguments, *specs))

    def call(self, inputs: dict[str, Any], training: bool = False) -> dict[str, Any]:
        """Tokens → pooled output ``[batch, dim]`` and sequence output ``[batch, length, dim]``."""
        if not callable(self.module):
            outputs = self.module.signatures[_SIGNATURE](**inputs)
        elif self._takes_training:
            outputs = self.module(inputs, training=bool(training) and self.trainable)
        else:
            outputs = self.module(inputs)
        return {VECTOR: outputs["pooled_output"], SEQUENCE: outputs["sequence_output"]}

    def compute_output_spec(self, inputs: dict[str, Any], training: bool = False) -> Any:
        """Shapes as the module's outputs have them."""
        length = next(iter(inputs.values())).shape[1]
        zeros = {name: tf.zeros([1, length], tf.int32) for name in _NAMES}
        outputs = self.call(zeros)
        return {
            name: keras.KerasTensor((None, *value.shape[1:]), dtype="float32")
            for name, value in outputs.items()
        }


def make(uri: Uri, spec: TextEncoderSpec, *, segments: int) -> TextEncoder:
    """Loads the preprocessor and the encoder; ``segments`` texts are packed together.

    Raises:
        TrainingError: one cannot be had, or is not what it should be.
    """
    import tensorflow_text  # noqa: F401 - registers the preprocessor's operations

    if spec.preprocessor is None:
        raise TrainingError(
            f"encoder {uri} needs its preprocessor beside it: text.preprocessor, as in "
            "https://tfhub.dev/tensorflow/bert_en_uncased_preprocess/3"
        )
    if spec.layers is not None:
        raise TrainingError(f"encoder {uri} is a closed module: its layers cannot be parted")
    preprocessor = _load(uris.parse(f"{uri.scheme}:{spec.preprocessor}", **_AS_TEXT))
    for name in ("tokenize", "bert_pack_inputs"):
        if not hasattr(preprocessor, name):
            raise TrainingError(f"preprocessor {spec.preprocessor!r} has no {name!r}")
    packer = Packer(preprocessor, sequence_length=spec.sequence_length, segments=segments)
    module = _load(uri)
    if not callable(module) and _SIGNATURE not in getattr(module, "signatures", ()):
        raise TrainingError(f"encoder {uri} is no BERT encoder: it cannot be called")
    layer = HubBert(module, name="text_backbone")
    inputs = {name: TokenInput((spec.sequence_length,), "int32") for name in _NAMES}
    tokens = {
        name: keras.Input((spec.sequence_length,), dtype="int32", name=name) for name in _NAMES
    }
    try:
        features = layer(tokens)
    except (TypeError, ValueError, KeyError, tf.errors.OpError) as error:
        reason = str(error).splitlines()[0][:300]
        raise TrainingError(
            f"encoder {uri} is no BERT encoder: of {', '.join(_NAMES)} it gives no pooled_output "
            f"and sequence_output ({type(error).__name__}: {reason})"
        ) from error
    mask = keras.ops.cast(tokens["input_mask"], "bool")
    return TextEncoder(
        packer=packer,
        inputs=inputs,
        model=keras.Model(tokens, {**features, MASK: mask}, name="encode_text"),
        weights=(layer,),
        preprocessing=(
            f"WordPiece of the TF-Hub preprocessor {public_name(spec.preprocessor)} inside the "
            f"SavedModel, {spec.sequence_length} tokens at most; two texts share one sequence"
        ),
        needs_tensorflow_text=True,
    )


def _load(uri: Uri) -> Any:
    import tensorflow_hub

    return fetched(uri, lambda: tensorflow_hub.load(uri.rest), remedy=_REMEDY)


def _variables(module: Any) -> tuple[list[Any], list[Any]]:
    """All variables and those that learn, by the module's lists or, without such, by looking."""
    if hasattr(module, "trainable_variables"):
        return list(module.variables), list(module.trainable_variables)
    held = tf.train.TrackableView(module).descendants()
    found = [each for each in held if isinstance(each, tf.Variable)]
    return found, [each for each in found if each.trainable]
