"""YAML between fences at the head of a card, as the Hub reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_ID = re.compile(r"[a-z0-9][a-z0-9.+-]*")


def front_matter(facts: Mapping[str, Any]) -> str:
    """The facts as YAML, without its fences."""
    text: str = yaml.safe_dump(dict(facts), sort_keys=False, allow_unicode=True, width=100)
    return text


def licence_facts(licence: str) -> dict[str, str]:
    """A licence under the Hub's keys: an id in small letters, or a name of its own.

    Which ids the Hub knows is its own list; what has the form of an id is taken for one.
    """
    small = licence.strip().lower()
    if _ID.fullmatch(small):
        return {"license": small}
    name = re.sub(r"[^a-z0-9.]+", "-", small).strip("-.") or "unnamed"
    return {"license": "other", "license_name": name}
