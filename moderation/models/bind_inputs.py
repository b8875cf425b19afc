"""How one input of a bare SavedModel is fed: its entry on the made-up card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from moderation.models.bind_roles import Bound
from moderation.models.conventions import (
    IMAGE_RANGES,
    IMAGENET_MEAN,
    IMAGENET_STD,
    Role,
    Tokenizer,
)
from moderation.models.graph import GraphFacts
from moderation.models.json_tokens import TOKENIZER_FILE
from moderation.models.problems import UnboundError
from moderation.models.savedmodel import TensorSpec
from moderation.models.types import BareOptions
from moderation.option_error import option
from schemas.card import ImageSpec, InputSpec, TokenSpec
from schemas.pixels import RESIZERS, Resample
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

CUSTOM_VOCAB = "vocab.txt"
"""Name under which the vocabulary of ``BareOptions.vocab`` travels with a bundle."""

DEFAULT_SEQUENCE_LENGTH = 128
"""Tokens, where signature and options leave the length open; that of the Keras example."""

_IMAGE_DTYPES = ("uint8", "float32", "float16", "bfloat16")
_TOKEN_DTYPES = ("int32", "int64", "bool")
_RANGE_FLAG = f"{option('image_range')} {'|'.join(IMAGE_RANGES)}"


_TRAINED_WITH: dict[str, Resample] = {"bert": "tf_bilinear", "keras_hub": "skimage"}
"""The resizers of the multimodal-entailment example's two forms, told by their tokenizers."""
TOKENIZERS = ("bert", "keras_hub", "hugging_face")


@dataclass(frozen=True, slots=True)
class InputBinder:
    """Makes a card's entries of what stands for what."""

    kind: Kind
    facts: GraphFacts
    options: BareOptions
    resizer: Resample

    @classmethod
    def of(
        cls, found: Sequence[Bound], *, kind: Kind, facts: GraphFacts, options: BareOptions
    ) -> InputBinder:
        """With the resizer that is named, or that the published example was trained with."""
        roles = [role for each in found for role in each.roles]
        images = {role.field for role in roles if role.source == "image"}
        whole = kind is Kind.TWEET_PAIR and images == {*IMAGE_FIELDS[kind]}
        family = next((role.tokenizer for role in roles if role.source == "tokens"), "")
        usual = _TRAINED_WITH.get(family, "bilinear") if whole else "bilinear"
        return cls(kind, facts, options, options.resizer or usual)

    def bind(self, bound: Bound) -> InputSpec:
        """The card's entry for one input or feature.

        Raises:
            UnboundError: the tensor is not of the form that its role needs.
        """
        tensor, role = bound.tensor, bound.role
        if bound.features:
            if not _is_strings(tensor):
                raise _misfit(tensor, "serialized examples", "a string [n]")
            features = tuple(self.bind(each) for each in bound.features)
            return InputSpec(name=tensor.name, source="example", features=features)
        if role is None:
            return InputSpec(name=tensor.name, source="constant", constant=bound.constant)
        if role.source == "tokens":
            fields = (role.field,) if role.field is not None else TEXT_FIELDS[self.kind]
            tokens = _token_spec(tensor, role=role, options=self.options)
            return InputSpec(name=tensor.name, source="tokens", fields=fields, tokens=tokens)
        image = self._image(tensor, role) if role.source == "image" else None
        if image is None and not _is_strings(tensor):
            raise _misfit(tensor, role.field, "a string [n]")
        return InputSpec(
            name=tensor.name, source=role.source, fields=(str(role.field),), image=image
        )

    def _image(self, tensor: TensorSpec, role: Role) -> ImageSpec:
        if self.resizer not in RESIZERS:
            raise UnboundError(
                f"{option('resizer')} {self.resizer} is none that is known",
                f"{option('resizer')} {'|'.join(RESIZERS)}",
            )
        if tensor.dtype == "string":
            spec = _file_spec(tensor, role=role, facts=self.facts, options=self.options)
        else:
            spec = _image_spec(tensor, role=role, options=self.options)
        jpeg = self.options.jpeg_decoder or "accurate"
        return spec.model_copy(update={"resample": self.resizer, "jpeg": jpeg})


def _is_strings(tensor: TensorSpec) -> bool:
    """Whether it is one string a row."""
    return tensor.dtype == "string" and tensor.shape is not None and len(tensor.shape) in (1, 2)


def _misfit(tensor: TensorSpec, taken_for: str | None, needed: str) -> UnboundError:
    return UnboundError(
        f"input {tensor} was taken for {taken_for} by its name, which must be {needed}",
        f"{option('bind')} {tensor.name}=NAME, if it is something else",
    )


_ENCODING = re.compile(r"(png)|(jpeg)(?::(100|[1-9][0-9]?))?")


def _file_spec(
    tensor: TensorSpec, *, role: Role, facts: GraphFacts, options: BareOptions
) -> ImageSpec:
    """Of images as files, in the size that the graph makes of them itself."""
    if not _is_strings(tensor):
        raise _misfit(tensor, role.field, "a string [n]")
    if options.image_range is not None:
        raise UnboundError(
            f"input {tensor} takes images as files, which have no range",
            f"leave {option('image_range')} away",
        )
    said = options.image_encoding or "png"
    encoding = _ENCODING.fullmatch(said)
    if encoding is None:
        raise UnboundError(
            f"{option('image_encoding')} {said} is none that is known",
            f"{option('image_encoding')} png, jpeg or jpeg:QUALITY (1 to 100)",
        )
    size = options.image_size or (next(iter(facts.resizes)) if len(facts.resizes) == 1 else None)
    if size is None:
        raise UnboundError(
            f"input {tensor} takes images as files, and nothing says of which size",
            f"{option('image_size')} HEIGHTxWIDTH: what the model makes of them itself",
        )
    return ImageSpec(
        height=size[0],
        width=size[1],
        dtype="string",
        encoding="png" if encoding[1] else "jpeg",
        quality=int(encoding[3] or 95),
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
    named = options.tokenizer
    by_file = named is not None and named not in TOKENIZERS
    own = CUSTOM_VOCAB if options.vocab is not None else None
    family = named if named in TOKENIZERS else role.tokenizer
    return TokenSpec(
        sequence_length=length or wanted or DEFAULT_SEQUENCE_LENGTH,
        lower_case=not options.cased,
        vocab=TOKENIZER_FILE if by_file else own,
        part=role.part,
        dtype=cast(Literal["int32", "int64", "bool"], tensor.dtype),
        tokenizer="tokenizer_json" if by_file else cast(Tokenizer, family),
        packing=options.text_packing or "together",
    )
