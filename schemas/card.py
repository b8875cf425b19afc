"""``card.json``: what a model bundle says of itself, and how records feed it.

A bundle is a directory: a TF2 SavedModel with this card beside
``saved_model.pb``. The card binds each *input* of a named signature to a
record's field, and names the *outputs*. A SavedModel without a card gets one
made up from its signature (``moderation.models.binding``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from schemas import SCHEMA_VERSION
from schemas.pixels import JpegArithmetic, Resample
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Grown(_Model):
    """Fields that were added are written only where they say something.

    A card's bytes are part of a model's fingerprint, which must not change with a release.
    """

    ADDED: ClassVar[tuple[str, ...]]

    @model_serializer(mode="wrap")
    def _what_is_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        fields = type(self).model_fields
        for name in self.ADDED:
            if getattr(self, name) == fields[name].default:
                written.pop(name, None)
        return written


class ImageSpec(_Grown):
    """The image tensor that an input takes: ``[batch, height, width, 3]``, RGB; or files."""

    ADDED: ClassVar[tuple[str, ...]] = ("jpeg", "encoding", "quality")

    height: int = Field(gt=0, le=4096)
    width: int = Field(gt=0, le=4096)
    dtype: Literal["uint8", "float32", "float16", "bfloat16", "string"] = "uint8"
    """``string``: each image as a file, ``[batch]``."""
    range: tuple[float, float] = (0.0, 255.0)
    """Values of black and white; uint8 is always 0..255."""
    mean: tuple[float, float, float] | None = None
    """Subtracted per channel after scaling to ``range``; None: nothing is."""
    std: tuple[float, float, float] | None = None
    channels_first: bool = False
    resample: Resample = "bilinear"
    """Pillow's filters by their plain names, others' by theirs (``schemas.pixels``)."""
    reduced_decode: bool = True
    """True: JPEG may be decoded at a reduced scale (Pillow ``draft``), as in training; only before
    one of Pillow's filters."""
    jpeg: JpegArithmetic = "accurate"
    encoding: Literal["png", "jpeg"] | None = None
    """Of dtype ``string``: what the image is encoded as; PNG loses nothing."""
    quality: int = Field(default=95, ge=1, le=100)
    """Of ``encoding`` ``jpeg``."""

    @model_validator(mode="after")
    def _files_are_strings(self) -> ImageSpec:
        if (self.dtype == "string") != (self.encoding is not None):
            raise ValueError("'encoding' belongs to dtype 'string', and only there")
        plain = (self.range, self.mean, self.std, self.channels_first)
        if self.encoding is not None and plain != ((0.0, 255.0), None, None, False):
            raise ValueError("an encoded image has no range, mean, deviation or order of channels")
        return self


class TokenSpec(_Model):
    """Tokens as BERT packs them, ``[CLS] a [SEP] b [SEP]``: int ``[batch, length]``."""

    sequence_length: int = Field(gt=2, le=8192)
    lower_case: bool = True
    vocab: str | None = None
    """Vocabulary file, relative to the bundle; None: the uncased BERT vocabulary that ships. Of
    ``tokenizer_json``: that file."""
    part: Literal["ids", "mask", "segments"]
    dtype: Literal["int32", "int64", "bool"] = "int32"
    tokenizer: Literal["bert", "keras_hub", "hugging_face", "tokenizer_json"] = "bert"
    """``bert``: fold case and drop accents, then split (TF-Hub's ``bert_en_uncased_preprocess``);
    ``keras_hub``: split, then fold case and keep accents (KerasHub's ``BertTokenizer``);
    ``hugging_face``: as the ``tokenizers`` library's ``BertWordPieceTokenizer``;
    ``tokenizer_json``: whatever Hugging Face's ``tokenizer.json`` says, marks and all."""
    packing: Literal["together", "apart"] = "together"
    """``together``: the fields share one sequence; ``apart``: each field is a sequence of its own
    with an equal share of the length, laid one after the other, segments all zero."""


class InputSpec(_Grown):
    """One argument of the signature and what of a record feeds it."""

    ADDED: ClassVar[tuple[str, ...]] = ("constant", "features")

    name: str
    source: Literal["text", "image", "presence", "tokens", "constant", "example"]
    """``text``: the raw string; ``image``: pixels, or a file; ``presence``: 1.0 where the field's
    image is there, else 0.0; ``tokens``: pieces of the fields, in order; ``constant``: the same for
    every record; ``example``: a serialized ``tf.train.Example``, string ``[batch]``."""
    fields: tuple[str, ...] = ()
    """Of the record; none of a constant and of an example, whose features have theirs."""
    image: ImageSpec | None = None
    tokens: TokenSpec | None = None
    constant: bool | int | float | str | None = None
    features: tuple[InputSpec, ...] = ()
    """Of an example, by the names that the signature parses."""

    @model_validator(mode="after")
    def _has_its_spec(self) -> InputSpec:
        if (self.source == "image") != (self.image is not None):
            raise ValueError(
                f"input {self.name!r}: 'image' belongs to source 'image', and only there"
            )
        if (self.source == "tokens") != (self.tokens is not None):
            raise ValueError(
                f"input {self.name!r}: 'tokens' belongs to source 'tokens', and only there"
            )
        if (self.source == "constant") != (self.constant is not None):
            raise ValueError(
                f"input {self.name!r}: 'constant' belongs to source 'constant', and only there"
            )
        if (self.source == "example") != bool(self.features):
            raise ValueError(
                f"input {self.name!r}: 'features' belong to source 'example', and only there"
            )
        self._check_fields()
        return self

    def _check_fields(self) -> None:
        if any(feature.source == "example" for feature in self.features):
            raise ValueError(f"input {self.name!r}: a feature is no example of its own")
        if self.source in ("constant", "example"):
            if self.fields:
                raise ValueError(f"input {self.name!r}: source {self.source!r} takes no field")
        elif not self.fields or (self.source != "tokens" and len(self.fields) != 1):
            many = "at least" if self.source == "tokens" else "exactly"
            raise ValueError(f"input {self.name!r}: source {self.source!r} takes {many} one field")

    @property
    def leaves(self) -> tuple[InputSpec, ...]:
        """The features of an example, else itself."""
        return self.features or (self,)


class EncodedPart(_Model):
    """A part of an item that is encoded by itself: its text, its texts together, or one image.

    Parts of the same signature whose inputs differ in the field alone (``image_1``,
    ``image_2``) share one encoder: what is equal among them is encoded once.
    """

    signature: str
    """Such as ``encode_text`` or ``encode_image``; takes any number of rows."""
    inputs: tuple[InputSpec, ...] = Field(min_length=1)
    outputs: dict[str, str] = Field(min_length=1)
    """Each output of the encoder, ``[batch, …]``, and the input of the joining signature
    that it goes to."""


class FeaturesSpec(_Model):
    """The same task in two steps, for batches in which texts and images repeat.

    Each part is encoded, then one signature joins them. What comes out must be what the
    task's own signature says, to 1e-5.
    """

    signature: str = "from_features"
    """Joins the parts; takes any number of rows."""
    parts: tuple[EncodedPart, ...] = Field(min_length=1)
    inputs: tuple[InputSpec, ...] = ()
    """What the joining signature takes straight from the record, such as presence."""
    output: str
    """Of the joining signature; in form as the task's own."""

    @property
    def all_inputs(self) -> tuple[InputSpec, ...]:
        """Of every part, then of the joining signature."""
        return (*(spec for part in self.parts for spec in part.inputs), *self.inputs)


class Calibration(_Model):
    """Maps a raw probability vector to the calibrated one."""

    method: Literal["none", "temperature", "platt", "platt_per_label"] = "none"
    temperature: float = Field(default=1.0, gt=0)
    slope: float = 1.0
    intercept: float = 0.0
    slopes: tuple[float, ...] = ()
    """Of ``platt_per_label``, for labels that do not exclude each other: each has a line over its
    own log-odds."""
    intercepts: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _lines_are_whole(self) -> Calibration:
        if len(self.slopes) != len(self.intercepts):
            raise ValueError("calibration: as many slopes as intercepts are needed")
        return self


class TaskSpec(_Model):
    """One question the model answers about one kind of record."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """``entailment`` and ``hateful`` set the flags of the verdict; other names only have scores."""
    kind: Kind
    signature: str = "serving_default"
    inputs: tuple[InputSpec, ...] = Field(min_length=1)
    output: str
    """Name of the signature's output: float ``[batch, len(labels)]``, or ``[batch]`` /
    ``[batch, 1]`` with two labels, the probability then being that of the positive one: the
    label named after the task, ``X`` beside ``not_X``, else the second."""
    labels: tuple[str, ...] = Field(min_length=2)
    activation: Literal["none", "softmax", "sigmoid"] = "none"
    """What turns the output into probabilities; ``none``: they are already."""
    calibration: Calibration = Calibration()
    thresholds: dict[str, float] = Field(default_factory=dict)
    """Default threshold per label, used where the policy names none."""
    missing_images: Literal["zeros", "dead_letter"] = "dead_letter"
    """``zeros``: the model was trained for a missing image: pixels are zero, presence is 0.
    ``dead_letter``: it cannot do without."""
    features: FeaturesSpec | None = None
    """Where the model has it in two steps too: equal texts and images are then encoded once."""

    @model_validator(mode="after")
    def _fields_belong_to_the_kind(self) -> TaskSpec:
        if len(set(self.labels)) != len(self.labels):
            raise ValueError(f"task {self.name!r}: labels repeat: {list(self.labels)}")
        in_two_steps = self.features.all_inputs if self.features is not None else ()
        if any(spec.source == "example" for spec in in_two_steps):
            raise ValueError(f"task {self.name!r}: features in two steps take no examples")
        for spec in leaves_of((*self.inputs, *in_two_steps)):
            known = (
                IMAGE_FIELDS[self.kind]
                if spec.source in ("image", "presence")
                else TEXT_FIELDS[self.kind]
            )
            for field in spec.fields:
                if field not in known:
                    raise ValueError(
                        f"task {self.name!r}: input {spec.name!r} takes {spec.source} from field "
                        f"{field!r}, but a {self.kind.value} has {list(known)}"
                    )
        return self

    @model_validator(mode="after")
    def _both_ways_look_at_the_same(self) -> TaskSpec:
        if self.features is None:
            return self
        one, other = _looked_at(self.inputs), _looked_at(self.features.all_inputs)
        if one != other:
            raise ValueError(
                f"task {self.name!r}: its inputs look at {sorted(one)}, its features at "
                f"{sorted(other)}"
            )
        return self


def _looked_at(inputs: tuple[InputSpec, ...]) -> set[str]:
    leaves = leaves_of(inputs)
    return {field for spec in leaves for field in spec.fields if spec.source != "presence"}


def leaves_of(inputs: tuple[InputSpec, ...]) -> Iterator[InputSpec]:
    """What records feed: inputs, and in the place of an example its features."""
    for spec in inputs:
        yield from spec.leaves


class Card(_Model):
    """Everything a run and a reader need to know of a model."""

    schema_version: str = SCHEMA_VERSION
    name: str
    version: str
    description: str
    licence: str
    tasks: tuple[TaskSpec, ...] = Field(min_length=1)
    text_preprocessing: str = ""
    """In words: what happens to a text between the record and the encoder."""
    trained_on: tuple[dict[str, Any], ...] = ()
    """One entry per data set: name, rows, licence, source, sha256."""
    never_seen: tuple[str, ...] = ()
    """In words: what no training example showed it. The honest part."""
    metrics: dict[str, Any] = Field(default_factory=dict)
    limitations: tuple[str, ...] = ()
    training: dict[str, Any] = Field(default_factory=dict)
    """Seeds, versions, epochs, wall time, digests of the training data."""
    needs_tensorflow_text: bool = True
    golden_items: bool = False
    """Whether ``canary.json`` belongs to the bundle: a copy without it is refused."""

    @model_validator(mode="after")
    def _task_names_are_unique(self) -> Card:
        names = [task.name for task in self.tasks]
        if len(set(names)) != len(names):
            raise ValueError(f"task names repeat: {names}")
        return self

    def tasks_for(self, kind: Kind) -> tuple[TaskSpec, ...]:
        """The tasks that judge records of this kind; empty where the model cannot."""
        return tuple(task for task in self.tasks if task.kind is kind)
