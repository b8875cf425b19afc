"""Which reader this is: name, version and digest, told without loading it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path

from moderation.ocr import settings
from moderation.option_error import OptionError, option

NAME = "rapidocr"
_PACKAGES = (NAME, "onnxruntime")


class OcrError(OptionError):
    """Pictures cannot be read here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class OcrModel:
    """What reads. Two with one digest read the same text from the same pixels."""

    name: str
    version: str
    models: tuple[str, ...]
    """Files of networks, by name."""
    digest: str
    """Over those files, the package's version and how lines become a text: 32 hex digits."""

    def facts(self) -> dict[str, str]:
        """As an audit and a manifest have it."""
        return {**asdict(self), "models": ", ".join(self.models)}


@cache
def installed() -> OcrModel:
    """The reader that is installed here.

    Raises:
        OcrError: there is none, or not all of it.
    """
    missing = [name for name in _PACKAGES if util.find_spec(name) is None]
    if missing:
        raise OcrError(
            f"{option('ocr')} auto reads pictures with {' and '.join(_PACKAGES)}, and "
            f"{' and '.join(missing)} cannot be found here: make setup, or pip install '.[ocr]' in "
            "the project's folder"
        )
    found = util.find_spec(NAME)
    assert found is not None
    folder = Path(str(found.origin)).parent / "models"
    files = sorted(path for path in folder.glob("*_*_*.onnx") if "_cls_" not in path.name)
    kinds = [path.name for path in files]
    if not all(any(part in name for name in kinds) for part in ("_det_", "_rec_")):
        raise OcrError(
            f"{option('ocr')} auto: {folder} holds no networks that find and recognise lines, "
            f"which {NAME} brings along: install it anew"
        )
    version = metadata.version(NAME)
    told = [version, settings.LARGER_PX, settings.DETECT_PX]
    told += [settings.LEAST_PX, settings.LOWEST_SCORE]
    digest = hashlib.blake2b(repr([*told, settings.ASSEMBLY]).encode(), digest_size=16)
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return OcrModel(NAME, version, tuple(kinds), digest.hexdigest())
