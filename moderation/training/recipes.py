"""Recipes from presets, files and single values."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from moderation.storage.strict_yaml import StrictLoader, not_yaml
from moderation.training.errors import TrainingError
from schemas.recipe import Recipe

_OWN_WAY = ("applications:", "efficientnet_lite0")
PRESETS = Path(__file__).parent / "presets"


def preset_names() -> tuple[str, ...]:
    """Presets that ship, sorted."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.yaml")))


def _meant(name: str) -> str:
    close = difflib.get_close_matches(name, preset_names(), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def load_recipe(name: str, overrides: Mapping[str, Any] | None = None) -> Recipe:
    """A preset's recipe, or a YAML file's, with single values changed.

    Args:
        name: of a preset, or path of a YAML file.
        overrides: dotted name (``training.epochs``) to value.

    Raises:
        TrainingError: there is no such recipe, or it does not hold; the message names the value.
    """
    path = PRESETS / f"{name}.yaml"
    if not path.is_file():
        path = Path(name)
        if path.suffix not in (".yaml", ".yml") or not path.is_file():
            raise TrainingError(
                f"{name!r} is no preset ({', '.join(preset_names())}) and no YAML file"
                f"{_meant(name)}"
            )
    try:
        given = yaml.load(path.read_bytes(), Loader=StrictLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TrainingError(f"recipe {path}: cannot be read: {not_yaml(error)}") from error
    if not isinstance(given, dict):
        raise TrainingError(f"recipe {path}: it is no mapping")
    for dotted, value in _with_its_preprocessing(overrides or {}).items():
        _put(given, dotted, value)
    try:
        return Recipe.model_validate(given)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in each['loc']) or 'the recipe'}: {each['msg']}"
            for each in error.errors(include_url=False, include_context=False)[:8]
        ]
        raise TrainingError(f"recipe {name!r} does not hold: {'; '.join(problems)}") from error


def _with_its_preprocessing(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """A network that is no module of a hub prepares pixels its own way in a preset's place."""
    takes_another = str(overrides.get("image.uri", "")).startswith(_OWN_WAY)
    usual = {"image.preprocessing": "own"} if takes_another else {}
    return {**usual, **overrides}


def _put(given: dict[str, Any], dotted: str, value: Any) -> None:
    *sections, last = dotted.split(".")
    for section in sections:
        inner = given.get(section)
        if inner is None:
            inner = given[section] = {}
        if not isinstance(inner, dict):
            raise TrainingError(f"{dotted!r}: {section!r} has no values of its own")
        given = inner
    given[last] = value
