"""What of a record feeds a model's input: pixels or files, tokens, text, constants, examples."""

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

from schemas.pixels import JpegArithmetic, Resample


class CardModel(BaseModel):
    """A part of a card, which says nothing that is not known here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Grown(CardModel):
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


class TokenSpec(CardModel):
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


def leaves_of(inputs: tuple[InputSpec, ...]) -> Iterator[InputSpec]:
    """What records feed: inputs, and in the place of an example its features."""
    for spec in inputs:
        yield from spec.leaves
