"""A recipe made into a network: encoders, what fuses them, a head, and how raw inputs get there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from moderation.training import check_recipe, heads
from moderation.training.augmentation import augmented
from moderation.training.encoders import make
from moderation.training.encoders.types import MASK, SEQUENCE, VECTOR, ImageEncoder, TextEncoder
from moderation.training.errors import TrainingError
from moderation.training.fusions import concat, cross_attention, late, mmbt
from moderation.training.fusions.parts import Parts
from moderation.training.modality_dropout import ModalityDropout
from schemas.recipe import FusionSpec, ImageEncoderSpec, Recipe
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

_IMAGE_INPUTS = {Kind.TWEET_PAIR: ("image_1", "image_2"), Kind.MEME: ("image",)}
_SIMPLE = {"late": late.fuse, "concat": concat.fuse, "cross_attention": cross_attention.fuse}


@dataclass(frozen=True, slots=True)
class RawInput:
    """One argument of the exported signature, and the record's field that feeds it."""

    name: str
    field: str
    source: str
    """``text``, ``image`` or ``presence``."""


def raw_inputs(recipe: Recipe) -> tuple[RawInput, ...]:
    """Texts, then each image with its presence; what the recipe leaves out is absent."""
    texts = [RawInput(field, field, "text") for field in text_fields(recipe)]
    images = [
        RawInput(name + suffix, field, source)
        for name, field in image_fields(recipe).items()
        for suffix, source in (("", "image"), ("_present", "presence"))
    ]
    return (*texts, *images)


def text_fields(recipe: Recipe) -> tuple[str, ...]:
    """Text fields that the recipe looks at."""
    return () if recipe.modalities == "image" else TEXT_FIELDS[recipe.kind]


def image_fields(recipe: Recipe) -> dict[str, str]:
    """Input name to image field, of those that the recipe looks at."""
    if recipe.modalities == "text":
        return {}
    names, fields = _IMAGE_INPUTS[recipe.kind], IMAGE_FIELDS[recipe.kind]
    return dict(zip(names, fields, strict=True))


@dataclass(frozen=True, slots=True)
class Untracked:
    """Keeps something out of what an export takes for the module's own."""

    held: Any


class Prepare(tf.Module):
    """Raw inputs to model inputs: texts become tokens, images and presence pass through.

    Texts become tokens by a function that is traced once, and called from every other graph:
    tokenisers have thousands of operations.
    """

    def __init__(self, packer: make.WholeTexts | None, texts: Sequence[str]) -> None:
        super().__init__()
        self._packer = packer.packer if packer else None
        self._texts = tuple(texts)
        signature = [tf.TensorSpec([None], tf.string) for _ in texts]
        traced = tf.function(packer, input_signature=signature, autograph=False) if texts else None
        self._traced = Untracked(traced)

    def __call__(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Batched tensors by name; graph operations only."""
        ready = {name: value for name, value in raw.items() if name not in self._texts}
        if self._texts:
            ready |= self.tokens([raw[name] for name in self._texts])
        return ready

    def tokens(self, texts: Sequence[Any]) -> dict[str, Any]:
        """Strings, each ``[batch]`` → the model's inputs for the text."""
        found: dict[str, Any] = self._traced.held(*texts)
        return found


@dataclass(frozen=True)
class Factors:
    """The network in two steps: ``model == combine(encode_*(each part))``."""

    encode_text: Any
    """``keras.Model``: tokens → features; None: tokens go straight to ``combine``."""
    encode_image: Any
    """``keras.Model``: one image → features; None where there is none."""
    combine: Any
    """``keras.Model``: features by name (``text_vector``…, ``image_1``…) and presence → logits."""


@dataclass(frozen=True)
class Network:
    """Everything that training and export need."""

    recipe: Recipe
    labels: tuple[str, ...]
    prepare: Prepare
    model: Any
    """``keras.Model``: model inputs by name → logits, float32 ``[batch, labels]``."""
    encoders: tuple[Any, ...]
    """The layers that hold what was pretrained."""
    factors: Factors | None
    needs_tensorflow_text: bool
    text_preprocessing: str

    def set_encoders_trainable(self, trainable: bool) -> None:
        """Freezes what was pretrained, or lets it learn where the recipe does."""
        for layer, learns in zip(self.encoders, _learning(self), strict=True):
            layer.trainable = trainable and learns


def build_network(recipe: Recipe, *, labels: Sequence[str], texts: Iterable[str] = ()) -> Network:
    """Builds what the recipe says, with weights as its encoders were published.

    Args:
        recipe: which parts.
        labels: in the order of the logits.
        texts: training texts, wanted by encoders that learn from them (``subwords:``).

    Raises:
        TrainingError: an encoder cannot be had, or parts do not go together.
    """
    _check(recipe, labels)
    keras.utils.set_random_seed(recipe.training.seed)
    fields = text_fields(recipe)
    text = image = None
    if fields and recipe.text is not None:
        text = make.text_encoder(
            recipe.text, segments=len(fields), texts=texts, seed=recipe.training.seed
        )
    if recipe.image is not None and image_fields(recipe):
        image = make.image_encoder(_with_its_grid(recipe.image, recipe.fusion))
    factors = _factors(recipe, labels, text, image)
    network = Network(
        recipe=recipe,
        labels=tuple(labels),
        prepare=Prepare(text.packer if text else None, fields if text else ()),
        model=_whole(recipe, factors, text),
        encoders=(*(text.weights if text else ()), *(image.weights if image else ())),
        factors=factors,
        needs_tensorflow_text=bool(text and text.needs_tensorflow_text),
        text_preprocessing=text.preprocessing if text else "",
    )
    network.set_encoders_trainable(True)
    return network


def _check(recipe: Recipe, labels: Sequence[str]) -> None:
    check_recipe.check(recipe)
    if len(labels) < 2:
        raise TrainingError(
            f"a classifier needs two labels or more, the examples have {list(labels)}"
        )


def _with_its_grid(image: ImageEncoderSpec, fusion: FusionSpec) -> ImageEncoderSpec:
    """Fusions of vectors take no grid; those that attend take one always."""
    attends = fusion.name in ("mmbt", "cross_attention")
    return image.model_copy(update={"grid": (image.grid or mmbt.GRID) if attends else None})


def _learning(network: Network) -> list[bool]:
    recipe = network.recipe
    learns = []
    if recipe.text is not None and text_fields(recipe):
        scheme = recipe.text.uri.partition(":")[0]
        has_weights = scheme in ("tfhub", "keras_hub") or (
            scheme == "starter" and recipe.text.trainable_layers > 0
        )
        learns += [recipe.text.trainable] * has_weights
    if recipe.image is not None and image_fields(recipe):
        learns.append(recipe.image.trainable)
    return learns


def _factors(
    recipe: Recipe, labels: Sequence[str], text: TextEncoder | None, image: ImageEncoder | None
) -> Factors:
    names = list(image_fields(recipe))
    features: dict[str, Any] = {}
    if text is not None and recipe.fusion.name == "mmbt":
        features |= _token_inputs(text)
    elif text is not None:
        wanted = (VECTOR, SEQUENCE, MASK) if recipe.fusion.name == "cross_attention" else (VECTOR,)
        given = text.model.output
        features |= {
            f"text_{name}": _like(given[name], f"text_{name}") for name in wanted if name in given
        }
    for name in names:
        features[name] = _like(image.model.output, name) if image else None
    for name in names:
        features[f"{name}_present"] = keras.Input((), dtype="float32", name=f"{name}_present")
    fused = _fused(recipe, features, names, text)
    logits = heads.logits(fused, labels=len(labels), from_zero=recipe.fusion.standardise)
    combine = keras.Model(features, logits, name="combine")
    encode_text = None
    if text is not None and recipe.fusion.name != "mmbt":
        chosen = {name: name[len("text_") :] for name in features if name.startswith("text_")}
        tokens = text.model.input
        encode_text = keras.Model(
            tokens,
            {name: text.model.output[short] for name, short in chosen.items()},
            name="encode_texts",
        )
    return Factors(encode_text, image.model if image else None, combine)


def _fused(
    recipe: Recipe, features: dict[str, Any], names: list[str], text: TextEncoder | None
) -> Any:
    ops = keras.ops
    keep_text = keep_images = None
    if names:
        keep_images = ops.stack([features[f"{name}_present"] for name in names], axis=1)
        if recipe.modalities == "both":
            drop = ModalityDropout(
                recipe.training.modality_dropout,
                seed=recipe.training.seed,
                name="modality_dropout",
            )
            keep_text, keep_images = drop(keep_images)
    images = tuple(features[name] for name in names)
    if recipe.fusion.name == "mmbt":
        assert text is not None  # the recipe was checked
        assert recipe.text is not None
        pooled = mmbt.fuse(
            text,
            {name: features[name] for name in text.inputs},
            list(images),
            texts=len(text_fields(recipe)),
            keep_text=keep_text,
            keep_images=keep_images,
            layers=recipe.text.layers,
        )
        return keras.layers.Dropout(recipe.fusion.dropout)(pooled)
    parts = Parts(
        text=features.get(f"text_{VECTOR}"),
        sequence=features.get(f"text_{SEQUENCE}"),
        mask=features.get(f"text_{MASK}"),
        images=images,
        keep_text=keep_text,
        keep_images=keep_images,
    )
    return _SIMPLE[recipe.fusion.name](parts, recipe.fusion)


def _whole(recipe: Recipe, factors: Factors, text: TextEncoder | None) -> Any:
    inputs: dict[str, Any] = _token_inputs(text) if text else {}
    features: dict[str, Any] = {}
    if factors.encode_text is not None:
        features |= factors.encode_text(dict(inputs))
    else:
        features |= inputs
    for name in image_fields(recipe):
        pixels = _like(factors.encode_image.input, name)
        presence = keras.Input((), dtype="float32", name=f"{name}_present")
        inputs |= {name: pixels, f"{name}_present": presence}
        if recipe.training.augment_images:
            pixels = augmented(pixels, seed=recipe.training.seed)
        features |= {name: factors.encode_image(pixels), f"{name}_present": presence}
    return keras.Model(inputs, factors.combine(features), name=recipe.name)


def _token_inputs(text: TextEncoder) -> dict[str, Any]:
    return {
        name: keras.Input(spec.shape, dtype=spec.dtype, name=name)
        for name, spec in text.inputs.items()
    }


def _like(tensor: Any, name: str) -> Any:
    return keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=name)
