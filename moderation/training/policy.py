"""What a policy can say of a trained model: the built-in one, or one to begin with."""

from __future__ import annotations

import re

import yaml

from moderation.option_error import option
from moderation.training.errors import TrainingError
from moderation.verdicts.policy import load_policy
from schemas.card import TaskSpec
from schemas.policy import Action, FlagRule, Policy
from schemas.records import ENTAILMENT_LABELS

FILE = "policy.yaml"
_KNOWN = ("entailment", "hateful")
_HEAD = """\
# Rules for a first run of this model: --policy {path}
# They record every label and flag none. Change "record" to "review" where people should see items,
# or to "flag".
"""


def card_labels(task: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The names that verdicts use: of a yes-or-no task its own name and ``not_`` before it."""
    names = {"0": f"not_{task}", "1": task}
    return tuple(names[label] for label in labels) if set(labels) == names.keys() else labels


def expect_policy_fits(task: str, labels: tuple[str, ...]) -> None:
    """``score`` refuses a bundle that the built-in policy cannot judge by: none should be trained.

    Raises:
        TrainingError: the policy has rules for the task, and none for these labels.
    """
    names = card_labels(task, labels)
    asked = [rule.label for rule in load_policy(None).policy.flags.values() if rule.task == task]
    lacking = [label for label in dict.fromkeys(asked) if label not in names]
    if not lacking:
        return
    if task == "entailment":
        remedy = f"preprocess with {option('labels')} {','.join(ENTAILMENT_LABELS)}"
    else:
        remedy = f"preprocess with labels 0 and 1, or with {task} and not_{task}"
    raise TrainingError(
        f"the sets have the labels {list(names)}, but flags of task {task!r} look at {lacking}: "
        f"pipelines.score would refuse the model. Say what they mean instead: {remedy}; or, if "
        f"they answer another question, name it with {option('task')}"
    )


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
