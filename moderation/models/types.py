"""What goes into the model and what comes out: plain values, no TensorFlow, no Beam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from moderation.option_error import OptionError, option
from schemas.codes import Code
from schemas.pixels import JpegArithmetic, Resample
from schemas.records import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ModelError(OptionError):
    """A model cannot be used as asked: what it wants, what records have, and the remedy.

    Raised before any record is read, or where a worker finds that the model is
    broken as a whole; never for a single bad item.
    """


@dataclass(frozen=True, slots=True)
class ImageTarget:
    """How the model wants the image of one field: decode to ``height`` by ``width`` pixels."""

    height: int
    width: int
    resample: Resample = "bilinear"
    reduced_decode: bool = True
    """True: JPEG may be decoded at a reduced scale first."""
    jpeg: JpegArithmetic = "accurate"


@dataclass(frozen=True, slots=True)
class ModelItem:
    """One distinct item, ready for the model."""

    content_key: str
    kind: Kind
    texts: Mapping[str, str] = field(default_factory=dict)
    """By record field."""
    images: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    """uint8 ``[height, width, 3]``, RGB, by record field, in the size of the field's
    :class:`ImageTarget`; an absent key means that there is no image."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of one item."""

    probabilities: Mapping[str, tuple[float, ...]]
    """Task name to calibrated probabilities, in the order of the task's labels."""


@dataclass(frozen=True, slots=True)
class ItemFailure:
    """Why one item got no scores."""

    code: Code
    message: str


@dataclass(frozen=True, slots=True)
class BareOptions:
    """What a person says of a SavedModel that has no card; one command-line flag each.

    Every field left at its default is told from the signature, or is an error
    that names the flag.
    """

    labels: tuple[str, ...] | None = None
    """In the order of the model's output."""
    task: str | None = None
    kind: Kind | None = None
    """Of the records; decides only where names and labels leave it open."""
    signature: str | None = None
    output: str | None = None
    bind: Mapping[str, str] = field(default_factory=dict)
    """Input name to the conventional name that it stands for (``x`` → ``image_1``)."""
    image_range: str | None = None
    """A key of ``moderation.models.conventions.IMAGE_RANGES``."""
    image_size: tuple[int, int] | None = None
    """Height and width, where the signature leaves them open."""
    resizer: Resample | None = None
    """As the model was trained; None: by the names of its inputs, else Pillow's bilinear."""
    jpeg_decoder: JpegArithmetic | None = None
    image_encoding: str | None = None
    """``png``, ``jpeg`` or ``jpeg:QUALITY``, where the model takes files."""
    activation: Literal["none", "softmax", "sigmoid"] | None = None
    missing_images: Literal["zeros", "dead_letter"] | None = None
    tokenizer: str | None = None
    """``bert``, ``keras_hub``, ``hugging_face``, or the path of a ``tokenizer.json``."""
    vocab: str | None = None
    """Path of a WordPiece vocabulary, one token a line."""
    cased: bool = False
    """True: the tokenizer keeps upper case."""
    sequence_length: int | None = None
    """Tokens, where the signature leaves them open."""
    text_packing: Literal["together", "apart"] | None = None

    def given(self) -> tuple[str, ...]:
        """The options of the fields that were set, but for ``kind``, which is the records' too."""
        blank = BareOptions()
        return tuple(
            option("output_name" if name == "output" else name)
            for name in self.__slots__
            if name != "kind" and getattr(self, name) != getattr(blank, name)
        )
