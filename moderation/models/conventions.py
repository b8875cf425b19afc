"""Names by which published examples call their inputs, and what each one stands for.

Sources: the Keras multimodal-entailment example (``image_1``, ``image_2``; BERT's
three inputs in its TF-Hub form, KerasHub's three in its newer one); Hateful
Memes' columns (``img``, ``text``); Hugging Face's TensorFlow models
(``pixel_values``, ``input_ids``, ``attention_mask``, ``token_type_ids``);
what serving takes as files (``image_bytes``, ``image/encoded``) and as records
(``examples``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

Part = Literal["ids", "mask", "segments"]
Tokenizer = Literal["bert", "keras_hub", "hugging_face"]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""Per channel over ImageNet's training images scaled to 0..1 (torchvision's figures)."""

IMAGE_RANGES: dict[str, tuple[tuple[float, float], bool]] = {
    "0..255": ((0.0, 255.0), False),
    "0..1": ((0.0, 1.0), False),
    "-1..1": ((-1.0, 1.0), False),
    "imagenet": ((0.0, 1.0), True),
}
"""Flag value to the values of black and white, and whether ImageNet's mean and
deviation are applied after."""


@dataclass(frozen=True, slots=True)
class Role:
    """What an input stands for, before its kind of record is known."""

    source: Literal["image", "text", "tokens"]
    kind: Kind | None = None
    """None: of either kind."""
    field: str | None = None
    """None: all text fields of the kind."""
    part: Part | None = None
    tokenizer: Tokenizer = "bert"
    needs_range: bool = False
    """True: models with this name never take 0..255, and no one range is usual."""


def _tokens(part: Part, tokenizer: Tokenizer = "bert") -> Role:
    return Role("tokens", part=part, tokenizer=tokenizer)


_TOKEN_NAMES = {
    "input_word_ids": _tokens("ids"),
    "input_mask": _tokens("mask"),
    "input_type_ids": _tokens("segments"),
    "token_ids": _tokens("ids", "keras_hub"),
    "padding_mask": _tokens("mask", "keras_hub"),
    "segment_ids": _tokens("segments", "keras_hub"),
    "input_ids": _tokens("ids", "hugging_face"),
    "attention_mask": _tokens("mask", "hugging_face"),
    "token_type_ids": _tokens("segments", "hugging_face"),
}


_FILE_NAMES = ("image_bytes", "img_bytes", "encoded_image", "image_string")
_FEATURE_NAMES = ("image/encoded", "encoded_image_string_tensor", "bytes_inputs")
"""Of images as files: usual names, and names that stand alone."""

EXAMPLE_NAMES = frozenset(
    {"examples", "example", "inputs", "input_example_tensor", "serialized", "serialized_examples"}
)
"""Of serialized ``tf.train.Example``s; ``inputs`` and ``examples`` are Estimators' and TFX's."""

PASSED_ON = "key"
"""A string that some exports take and give back, so that answers can be told apart."""


def _roles() -> dict[str, Role]:
    roles = dict(_TOKEN_NAMES)
    for kind in Kind:
        for field in IMAGE_FIELDS[kind]:
            roles[field] = Role("image", kind, field)
        for field in TEXT_FIELDS[kind]:
            roles[field] = Role("text", kind, field)
    roles["image"] = Role("image", Kind.MEME, "img")
    roles["pixel_values"] = Role("image", Kind.MEME, "img", needs_range=True)
    for number, image in enumerate(IMAGE_FIELDS[Kind.TWEET_PAIR], start=1):
        roles[f"img_{number}"] = Role("image", Kind.TWEET_PAIR, image)
        roles[f"pixel_values_{number}"] = Role("image", Kind.TWEET_PAIR, image, needs_range=True)
        roles |= {f"{name}_{number}": roles[image] for name in _FILE_NAMES}
    return roles | dict.fromkeys((*_FILE_NAMES, *_FEATURE_NAMES), roles["image"])


ROLES: Mapping[str, Role] = _roles()
"""Conventional name to role."""

_PREFIXES = ("serving_default_", "inputs_", "input_", "args_")


def numbered_role(name: str, number: int) -> Role | None:
    """The role of a token input of the first or second text alone (``input_word_ids_2``)."""
    role = _TOKEN_NAMES.get(name)
    fields = TEXT_FIELDS[Kind.TWEET_PAIR]
    if role is None or not 1 <= number <= len(fields):
        return None
    return Role(
        "tokens", Kind.TWEET_PAIR, fields[number - 1], part=role.part, tokenizer=role.tokenizer
    )


def plain_names(name: str) -> list[str]:
    """What an exported input may have been called before export, likeliest first.

    Exporting decorates names: ``:0`` of a tensor, the path of a nested dict
    (``text/input_mask``), a prefix of the serving function; people add ``_input``.
    """
    found = [name]
    bare = re.sub(r":\d+$", "", name).lower()
    found.append(bare)
    found.append(re.split(r"[/.]", bare)[-1])
    for prefix in _PREFIXES:
        found += [each[len(prefix) :] for each in tuple(found) if each.startswith(prefix)]
    found += [each[: -len("_input")] for each in tuple(found) if each.endswith("_input")]
    return list(dict.fromkeys(found))


def assign_roles(names: Collection[str], bind: Mapping[str, str]) -> dict[str, Role]:
    """The role of each input that has one beyond doubt; the others are left out.

    Args:
        names: of the signature's inputs.
        bind: input to conventional name, from the person; it outdoes every rule.

    An undecorated name outdoes a decorated one; two inputs that could be the
    same thing with equal right are both left out.
    """
    assigned = {name: ROLES[bind[name]] for name in names if name in bind}
    taken = set(assigned.values())
    open_names = [name for name in names if name not in assigned]
    for rule in (_exact, _undecorated, _numbered, _unnumbered):
        claims: dict[Role, list[str]] = {}
        for name in open_names:
            role = rule(name, names)
            if role is not None and role not in taken:
                claims.setdefault(role, []).append(name)
        for role, claimants in claims.items():
            if len(claimants) == 1:
                assigned[claimants[0]] = role
                taken.add(role)
        open_names = [name for name in open_names if name not in assigned]
    return assigned


def _exact(name: str, names: Collection[str]) -> Role | None:
    return ROLES.get(name)


def _undecorated(name: str, names: Collection[str]) -> Role | None:
    return next((ROLES[plain] for plain in plain_names(name) if plain in ROLES), None)


def _numbered(name: str, names: Collection[str]) -> Role | None:
    """``x_1`` and ``x_2`` side by side are one text each."""
    match = re.fullmatch(r"(.+)_([12])", name)
    if match is None or not {f"{match[1]}_1", f"{match[1]}_2"} <= set(names):
        return None
    for plain in plain_names(match[1]):
        role = numbered_role(plain, int(match[2]))
        if role is not None:
            return role
    return None


def _unnumbered(name: str, names: Collection[str]) -> Role | None:
    """A lone ``x_1`` is ``x``, renumbered because the name was taken at export."""
    bare = re.sub(r"_\d+$", "", re.sub(r":\d+$", "", name))
    return _undecorated(bare, names) if bare != name else None
