"""The text of a field as it may be typed: text, a number, bytes, or nothing beside an image."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from moderation.records.columns import text_columns
from moderation.records.half_characters import mend_utf8
from moderation.records.image_values import BadImageValue, image_value
from schemas.codes import Code
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

_REFERENCE = re.compile(r"\s*(?:[A-Za-z][\w+.-]*:|//)[^<>]*|[^<>\x00-\x1f]*\.\w{1,5}\s*", re.DOTALL)
"""A URL of any scheme, or a path to a file with an ending."""


class BadText(ValueError):
    """A value that is no text; the message names its field, ``code`` is a dead letter's."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


def texts_of(
    fields: Mapping[str, Any], kind: Kind, may_lack: Callable[[str], bool], *, read: bool
) -> dict[str, str]:
    """The texts of a row by field.

    Args:
        fields: the row.
        kind: of the record.
        may_lack: as ``text_of`` has it, by field.
        read: a meme's text that is null or missing is read from its picture: the field is left out.

    Raises:
        BadText: see ``text_of``.
    """
    read = read and kind is Kind.MEME
    texts = {}
    for name, image in zip(TEXT_FIELDS[kind], IMAGE_FIELDS[kind], strict=True):
        text = text_of(fields, name, beside=image, may_lack=read or may_lack(name))
        if not (read and _is_null(fields.get(name))):
            texts[name] = text
    return texts


def text_of(fields: Mapping[str, Any], name: str, *, beside: str, may_lack: bool = False) -> str:
    """The text in a field; a number is its digits.

    A text that is null is empty where the image field ``beside`` it names an image: a post without
    a caption. So is one that is missing, where that says as much.

    Args:
        fields: the row.
        name: of the text.
        beside: the image field.
        may_lack: other rows of the file have the field. Where none has, it is a column of another
            name that is missed.

    Raises:
        BadText: nothing is there, or what is there is no text.
    """
    value = fields.get(name)
    if isinstance(value, str):
        return value
    if _is_null(value):
        return _no_text(fields, name, beside, may_lack)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, Decimal)):
        return _digits(value, name)
    if isinstance(value, bytes):
        raise BadText(
            Code.INVALID_VALUE, f"{name!r} holds bytes that are not UTF-8: write it as UTF-8 text"
        )
    raise BadText(Code.WRONG_TYPE, f"{name!r} is {type(value).__name__}, not a string")


def bytes_as_text(fields: Mapping[str, Any], *, images: Collection[str]) -> Mapping[str, Any]:
    """The row with text where text was written as bytes, as Hive and Impala do.

    Of an image column only what reads as a reference is: bytes are a picture's otherwise.
    """
    return {name: _decoded(value, name in images) for name, value in fields.items()}


def _decoded(value: Any, is_image: bool) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        text = (value if is_image else mend_utf8(value)).decode()
    except UnicodeDecodeError:
        return value
    return value if is_image and not _REFERENCE.fullmatch(text) else text


def _is_null(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _no_text(fields: Mapping[str, Any], name: str, beside: str, may_lack: bool) -> str:
    what = "is null" if name in fields else "is missing"
    if not _names_image(fields.get(beside)):
        raise BadText(
            Code.MISSING_FIELD,
            f"{name!r} {what} and {beside!r} names no image: an empty text is ''",
        )
    others = [] if name in fields else text_columns(name, fields)
    if others:
        raise BadText(
            Code.MISSING_FIELD,
            f"{name!r} is missing, and {others[0]!r} may be it: --columns {name}={others[0]}, or "
            f"--columns {name}= where the records have no text",
        )
    if name not in fields and not may_lack:
        raise BadText(
            Code.MISSING_FIELD,
            f"{name!r} is missing, here as in the first rows of the file: name its column with "
            f"--columns {name}=…, or write --columns {name}= where the records have no text",
        )
    return ""


def _names_image(value: Any) -> bool:
    try:
        return image_value(value) is not None
    except BadImageValue:  # something is there, and whoever reads it says what is wrong with it
        return True


def _digits(value: float | Decimal, name: str) -> str:
    try:
        return str(int(value)) if value == int(value) else str(value)
    except ValueError as error:  # Python refuses to print integers of thousands of digits
        raise BadText(Code.INVALID_VALUE, f"{name!r} is too long a number") from error
