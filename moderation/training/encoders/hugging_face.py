"""Folders in Hugging Face's layout, as its libraries write them, made readable for KerasHub.

KerasHub wants ``vocab.txt`` or ``vocab.json`` and ``merges.txt`` where newer folders hold
``tokenizer.json`` alone, and RoBERTa's and ViT's tensors under the names that a model with a head
gives them. What lacks is written into a folder beside links to the rest.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CONFIG, TOKENIZER, TOKENIZER_CONFIG = "config.json", "tokenizer.json", "tokenizer_config.json"
PREPROCESSOR_CONFIG = "preprocessor_config.json"
_INDEX = "model.safetensors.index.json"
_PREFIXED = {"roberta": "roberta.", "vit": "vit."}


@contextmanager
def readable(preset: str) -> Iterator[str]:
    """What KerasHub opens in the preset's place: itself, or a folder that lives meanwhile.

    Raises:
        ValueError: its files do not hold what such files hold.
        OSError: they cannot be read.
    """
    folder = Path(preset.removeprefix("file://"))
    model_type = read_json(folder / CONFIG).get("model_type")
    if model_type is None:
        yield preset
        return
    if not any(folder.glob("*.safetensors")):
        raise ValueError(
            f"{folder} holds no *.safetensors: save the model again by save_pretrained with "
            "safe_serialization (pytorch_model.bin is not read)"
        )
    made = _tokenizer_files(folder, model_type)
    prefix = _lacking_prefix(folder, model_type)
    if not made and not prefix:
        yield preset
        return
    with TemporaryDirectory() as name:
        _write(folder, Path(name), made, prefix)
        yield name


def read_json(path: Path) -> dict[str, Any]:
    """A file's mapping; an empty one where there is no file, or no mapping in it."""
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def scaling(folder: Path) -> tuple[list[float], list[float]] | None:
    """``(scale, offset)`` of each channel for pixels 0..255; None where no file says them."""
    told = read_json(folder / PREPROCESSOR_CONFIG)
    if not told:
        return None
    factor = told.get("rescale_factor", 1 / 255) if told.get("do_rescale", True) else 1.0
    if not told.get("do_normalize", True):
        return [factor] * 3, [0.0] * 3
    mean, deviation = told.get("image_mean", [0.5] * 3), told.get("image_std", [0.5] * 3)
    return (
        [factor / each for each in deviation],
        [-middle / each for middle, each in zip(mean, deviation, strict=True)],
    )


def _tokenizer_files(folder: Path, model_type: str) -> dict[str, str]:
    """Name to content of what lacks."""
    whole = read_json(folder / TOKENIZER)
    made: dict[str, str] = {}
    if model_type == "bert":
        if whole and not (folder / "vocab.txt").is_file():
            ids = _vocabulary(whole)
            made["vocab.txt"] = "\n".join(sorted(ids, key=ids.__getitem__)) + "\n"
        config = read_json(folder / TOKENIZER_CONFIG)
        if "do_lower_case" not in config:
            normaliser = whole.get("normalizer") or {}
            config = {"strip_accents": normaliser.get("strip_accents"), **config}
            config["do_lower_case"] = normaliser.get("lowercase", True)
            made[TOKENIZER_CONFIG] = json.dumps(config)
    elif model_type == "roberta" and whole and not (folder / "vocab.json").is_file():
        made["vocab.json"] = json.dumps(_vocabulary(whole))
        merges = whole["model"].get("merges", [])
        lines = [each if isinstance(each, str) else " ".join(each) for each in merges]
        made["merges.txt"] = "\n".join(["#version: 0.2", *lines]) + "\n"
    return made


def _vocabulary(whole: dict[str, Any]) -> dict[str, int]:
    vocabulary = whole.get("model", {}).get("vocab")
    if not isinstance(vocabulary, dict):
        raise ValueError(f"{TOKENIZER} holds no WordPiece or byte-pair vocabulary")
    added = {each["content"]: each["id"] for each in whole.get("added_tokens", ())}
    ids: dict[str, int] = {**vocabulary, **added}
    if sorted(ids.values()) != list(range(len(ids))):
        raise ValueError(f"{TOKENIZER} numbers its vocabulary with gaps")
    return ids


def _lacking_prefix(folder: Path, model_type: str) -> str:
    """A model without a head is saved without its name before every tensor's."""
    prefix = _PREFIXED.get(model_type, "")
    names = [name for path in folder.glob("*.safetensors") for name in _header(path)[0]]
    return "" if any(name.startswith(prefix) for name in names) else prefix


def _write(folder: Path, target: Path, made: dict[str, str], prefix: str) -> None:
    for path in folder.iterdir():
        if prefix and path.suffix == ".safetensors":
            _rename_tensors(path, target / path.name, prefix)
        elif prefix and path.name == _INDEX:
            index = read_json(path)
            renamed = {prefix + name: file for name, file in index["weight_map"].items()}
            (target / path.name).write_text(json.dumps({**index, "weight_map": renamed}))
        elif path.name not in made:
            os.symlink(path.resolve(), target / path.name)
    for name, content in made.items():
        (target / name).write_text(content, encoding="utf-8")


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """A safetensors file's tensors by name, and where its data begin."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length)), 8 + length


def _rename_tensors(path: Path, target: Path, prefix: str) -> None:
    tensors, start = _header(path)
    renamed = {
        name if name == "__metadata__" else prefix + name: each for name, each in tensors.items()
    }
    header = json.dumps(renamed).encode()
    header += b" " * (-len(header) % 8)
    with path.open("rb") as source, target.open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        source.seek(start)
        shutil.copyfileobj(source, file)
