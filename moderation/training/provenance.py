"""What a card says of where its parts came from: names and digests, never a path or a secret.

A recipe names encoders as this machine finds them. In a card ``keras_hub:/home/…/bert`` is
``keras_hub:bert@sha256:…``: whoever has the same files can tell that they are.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from moderation.models.bundle import combine_digests
from moderation.storage.files import digest
from moderation.storage.model_files import model_files
from moderation.training.encoders.uri import WHOLE
from schemas.recipe import Recipe

_REFERENCES = (("text", "uri"), ("text", "preprocessor"), ("image", "uri"), ("image", "weights"))
_CALCULATED = ("applications", *WHOLE)


def public_recipe(recipe: Recipe) -> dict[str, Any]:
    """The recipe for others to read, as JSON has it; reads the files that it names on this machine.

    Raises:
        OSError: they cannot be read.
    """
    told: dict[str, Any] = recipe.model_dump(mode="json")
    for section, name in _REFERENCES:
        spec = told[section]
        if spec and spec.get(name):
            spec[name] = _public(spec[name]) if name != "uri" else _public_uri(spec[name])
    return told


def public_name(reference: str) -> str:
    """The last part of a path; an address without user, password, query and fragment."""
    if "://" in reference and not reference.startswith("file://"):
        parts = urlsplit(reference)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    path = reference.removeprefix("file://")
    is_path = path != reference or path.startswith((".", "/", "~")) or os.path.exists(path)
    return Path(os.path.abspath(os.path.expanduser(path))).name if is_path else reference


def _public_uri(uri: str) -> str:
    scheme, _, rest = uri.partition(":")
    return uri if scheme in _CALCULATED else f"{scheme}:{_public(rest)}"


def _public(reference: str) -> str:
    path = os.path.expanduser(reference.removeprefix("file://"))
    if os.path.isdir(path):
        files = {name: digest(each)[0] for name, each in model_files(path).items()}
        return f"{public_name(reference)}@sha256:{combine_digests(files)}"
    if os.path.isfile(path):
        return f"{public_name(reference)}@sha256:{digest(path)[0]}"
    return public_name(reference)
