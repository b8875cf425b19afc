"""How one input of a bare SavedModel is fed: its entry on the made-up card."""

from __future__ import annotations

from typing import Literal, cast

from moderation.models.conventions import IMAGE_RANGES, IMAGENET_MEAN, IMAGENET_STD, Role
from moderation.models.problems import UnboundError
from moderation.models.savedmodel import TensorSpec
from moderation.models.types import BareOptions
from moderation.option_error import option
from schemas.card import ImageSpec, InputSpec, TokenSpec
from schemas.records import TEXT_FIELDS, Kind

CUSTOM_VOCAB = "vocab.txt"
"""Name under which the vocabulary of ``BareOptions.vocab`` travels with a bundle."""

DEFAULT_SEQUENCE_LENGTH = 128
"""Tokens, where signature and options leave the length open; that of the Keras example."""

_IMAGE_DTYPES = ("uint8", "float32", "float16", "bfloat16")
_TOKEN_DTYPES = ("int32", "int64", "bool")
_RANGE_FLAG = f"{option('image_range')} {'|'.join(IMAGE_RANGES)}"


def bind_input(tensor: TensorSpec, *, role: Role, kind: Kind, options: BareOptions) -> InputSpec:
    """The card's entry for one input.

    Raises:
        UnboundError: the tensor is not of the form that its role needs.
    """
    if role.source == "image":
        image = _image_spec(tensor, role=role, options=options)
        return InputSpec(name=tensor.name, source="image", fields=(str(role.field),), image=image)
    if role.source == "text":
        if tensor.dtype != "string" or tensor.shape is None or len(tensor.shape) not in (1, 2):
            raise _misfit(tensor, role.field, "a string [n]")
        return InputSpec(name=tensor.name, source="text", fields=(str(role.field),))
    fields = (role.field,) if role.field is not None else TEXT_FIELDS[kind]
    tokens = _token_spec(tensor, role=role, options=options)
    return InputSpec(name=tensor.name, source="tokens", fields=fields, tokens=tokens)


def _misfit(tensor: TensorSpec, taken_for: str | None, needed: str) -> UnboundError:
    return UnboundError(
        f"input {tensor} was taken for {taken_for} by its name, which must be {needed}",
        f"{option('bind')} {tensor.name}=NAME, if it is something else",
    )


def _image_spec(tensor: TensorSpec, *, role: Role, options: BareOptions) -> ImageSpec:
    shape = tensor.shape or ()
    channels_first = len(shape) == 4 and shape[1] == 3 and shape[3] != 3
    if tensor.dtype not in _IMAGE_DTYPES or len(shape) != 4 or 3 not in (shape[1], shape[3]):
        form = "[n, height, width, 3] or [n, 3, height, width]"
        raise _misfit(tensor, role.field, f"{' or '.join(_IMAGE_DTYPES)} {form}")
    height, width = shape[2:] if channels_first else shape[1:3]
    if options.image_size is not None:
        height, width = height or options.image_size[0], width or options.image_size[1]
    if height is None or width is None:
        raise UnboundError(
            f"input {tensor} leaves the image's size open", f"{option('image_size')} HEIGHTxWIDTH"
        )
    scale, imagenet = _image_range(tensor, role=role, wanted=options.image_range)
    return ImageSpec(
        height=height,
        width=width,
        dtype=cast(Literal["uint8", "float32", "float16", "bfloat16"], tensor.dtype),
        range=scale,
        mean=IMAGENET_MEAN if imagenet else None,
        std=IMAGENET_STD if imagenet else None,
        channels_first=channels_first,
    )


def _image_range(
    tensor: TensorSpec, *, role: Role, wanted: str | None
) -> tuple[tuple[float, float], bool]:
    """Values of black and white, and whether ImageNet's mean and deviation come after."""
    if wanted is not None and wanted not in IMAGE_RANGES:
        raise UnboundError(f"{option('image_range')} {wanted} is none that is known", _RANGE_FLAG)
    if tensor.dtype == "uint8" and wanted not in (None, "0..255"):
        raise UnboundError(
            f"input {tensor} is uint8 and takes 0..255; {option('image_range')} says {wanted}",
            f"leave {option('image_range')} away",
        )
    if wanted is None and role.needs_range and tensor.dtype != "uint8":
        raise UnboundError(
            f"input {tensor} takes scaled pixels, and its signature does not say how",
            _RANGE_FLAG,
        )
    return IMAGE_RANGES[wanted or "0..255"]


def _token_spec(tensor: TensorSpec, *, role: Role, options: BareOptions) -> TokenSpec:
    shape = tensor.shape or ()
    if tensor.dtype not in _TOKEN_DTYPES or len(shape) != 2 or role.part is None:
        raise _misfit(tensor, "tokens", f"{' or '.join(_TOKEN_DTYPES)} [n, length]")
    length, wanted = shape[1], options.sequence_length
    if None not in (length, wanted) and length != wanted:
        raise UnboundError(
            f"input {tensor} takes {length} tokens; {option('sequence_length')} says {wanted}",
            f"leave {option('sequence_length')} away",
        )
    return TokenSpec(
        sequence_length=length or wanted or DEFAULT_SEQUENCE_LENGTH,
        lower_case=not options.cased,
        vocab=CUSTOM_VOCAB if options.vocab is not None else None,
        part=role.part,
        dtype=cast(Literal["int32", "int64", "bool"], tensor.dtype),
        tokenizer=role.tokenizer,
        packing=options.text_packing or "together",
    )
