"""What options, or a manifest that wrote them down, say of a SavedModel without a card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from moderation.models.types import BareOptions
from pipelines.command.values import parse_size, split_list
from schemas.records import Kind


def bare_options(given: Callable[[str], Any]) -> BareOptions:
    """As the model is opened with.

    Args:
        given: an option's value by its name, as ``pipelines.score`` names them; None: not given.
    """
    size, kind = given("image_size"), given("record_kind")
    return BareOptions(
        labels=split_list(given("labels") or "") or None,
        task=given("task"),
        kind=Kind(kind) if kind else None,
        signature=given("signature"),
        output=given("output_name"),
        bind=dict(pair.partition("=")[::2] for pair in split_list(given("bind") or "")),
        image_range=given("image_range"),
        image_size=parse_size(size) if size else None,
        image_encoding=given("image_encoding"),
        resizer=cast(Any, given("resizer")),
        jpeg_decoder=cast(Any, given("jpeg_decoder")),
        activation=cast(Any, given("activation")),
        missing_images=cast(Any, given("missing_images")),
        tokenizer=given("tokenizer"),
        vocab=given("vocab"),
        cased=bool(given("cased")),
        sequence_length=given("sequence_length"),
        text_packing=cast(Any, given("text_packing")),
    )
