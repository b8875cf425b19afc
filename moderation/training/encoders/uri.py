"""Encoders are named by URI: ``scheme:rest``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from moderation.training.errors import TrainingError

TEXT_SCHEMES = ("tfhub", "keras_hub", "subwords", "starter")
IMAGE_SCHEMES = ("applications", "keras_hub", "efficientnet_lite0")
WHOLE = ("subwords", "starter", "efficientnet_lite0")
"""Schemes that name an encoder by themselves, with or without the colon."""
_FOLDERS = {
    "tfhub": "Name a module's folder, which holds saved_model.pb, or a handle",
    "keras_hub": "Name a folder in KerasHub's or Hugging Face's layout, or a preset of a hub",
}


@dataclass(frozen=True, slots=True)
class Uri:
    """``scheme:rest``, taken apart."""

    scheme: str
    rest: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.rest}" if self.rest else self.scheme


def parse(uri: str, *, schemes: Sequence[str], what: str) -> Uri:
    """Takes an encoder's URI apart.

    Raises:
        TrainingError: it names no scheme that there is.
    """
    scheme, colon, rest = uri.partition(":")
    if scheme not in schemes or not (colon or scheme in WHOLE):
        known = ", ".join(each if each in WHOLE else f"{each}:…" for each in schemes)
        raise TrainingError(f"{what} {uri!r}: an encoder is named by one of {known}")
    if not rest and scheme not in WHOLE:
        raise TrainingError(f"{what} {uri!r}: nothing is named after {scheme}:")
    return Uri(scheme, os.path.expanduser(rest) if rest.startswith("~") else rest)


def fetched(uri: Uri, load: Callable[[], Any], *, remedy: str) -> Any:
    """What ``load`` gives; whatever a hub's client raises becomes one clear error.

    Raises:
        TrainingError: it cannot be had.
    """
    expect_folder(uri)
    try:
        return load()
    except Exception as error:  # each hub's client has its own families of errors
        reason = next((line for line in str(error).splitlines() if line.strip()), "")
        said = f"{type(error).__name__}: {reason}"[:300].rstrip(".: ")
        raise TrainingError(f"encoder {uri} cannot be had: {said}. {remedy}") from error


def expect_folder(uri: Uri) -> None:
    """Checks that what looks like a folder of this machine is one.

    Raises:
        TrainingError: it is none.
    """
    problem = _not_there(uri)
    if problem:
        raise TrainingError(f"encoder {uri} cannot be had: {problem}. {_FOLDERS[uri.scheme]}")


def _not_there(uri: Uri) -> str | None:
    """What is wrong with a path of this machine; None where nothing is, or it is no path."""
    path = uri.rest.removeprefix("file://")
    if uri.scheme == "applications" or uri.scheme in WHOLE or "://" in path:
        return None
    if os.path.isfile(path):
        return (
            f"{path} is a file, where a folder is wanted; unpack an archive first "
            "(mkdir module && tar -xzf FILE -C module)"
        )
    looks_like_path = path.startswith((".", "/")) or path != uri.rest or uri.scheme == "tfhub"
    if looks_like_path and not os.path.isdir(path):
        return f"there is no folder {os.path.abspath(path)}"
    if os.sep in path and not os.path.isdir(path):
        return (
            f"there is no folder {os.path.abspath(path)} (a hub's handle begins hf:// or kaggle://)"
        )
    return None
