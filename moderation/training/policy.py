"""A policy to begin with, for tasks that the built-in one has no rules for."""

from __future__ import annotations

import re

import yaml

from schemas.card import TaskSpec
from schemas.policy import Action, FlagRule, Policy

FILE = "policy.yaml"
_KNOWN = ("entailment", "hateful")
_HEAD = """\
# Rules for a first run of this model: --policy {path}
# They record every label and flag none. Change "record" to "flag" where people should see items.
"""


def starting_policy(task: TaskSpec, *, model: str, version: str) -> str | None:
    """YAML that records each label of the task; None where the built-in policy has rules for it."""
    if task.name in _KNOWN:
        return None
    rules: dict[str, FlagRule] = {}
    for place, label in enumerate(task.labels, 1):
        name = f"is_{_word(task.name)}_{_word(label)}"
        if name in rules:  # labels that differ in signs alone, as C and C++
            name = f"{name}_{place}"
        rules[name] = FlagRule(task=task.name, label=label, action=Action.RECORD)
    policy = Policy(version=f"{model}-{version}-start", flags=rules)
    told = policy.model_dump(mode="json", exclude_defaults=True)
    return _HEAD.format(path=FILE) + yaml.safe_dump(told, sort_keys=False, allow_unicode=True)


def _word(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_").lower() or "label"
