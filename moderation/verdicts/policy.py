"""Reading a policy, and checking it against the model it is to judge with."""

from __future__ import annotations

import hashlib
import importlib.resources
from dataclasses import dataclass

import yaml
from pydantic import ValidationError

from moderation.option_error import OptionError, option
from moderation.storage import files
from moderation.storage.stores import expect_reachable
from moderation.storage.strict_yaml import StrictLoader, not_yaml
from moderation.verdicts.policy_problems import describe, meant
from schemas.card import Card
from schemas.policy import Policy


class PolicyError(OptionError, ValueError):
    """A policy that cannot be used; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy and the digest of the file it came from."""

    policy: Policy
    path: str
    digest: str
    """``sha256:…`` of the YAML file."""


def load_policy(path: str | None) -> LoadedPolicy:
    """The policy in a YAML file, local or remote; None: the default that ships.

    Raises:
        PolicyError: where the file is missing, is not YAML, or breaks the schema.
    """
    if path is None:
        shipped = importlib.resources.files("moderation.verdicts") / "default_policy.yaml"
        return _parse(shipped.read_bytes(), "default")
    try:
        expect_reachable(path)
        data = files.read_bytes(path)
    except (OSError, ValueError) as error:
        raise PolicyError(
            f"{option('policy')} {path!r} cannot be read: {_reason(error)}"
        ) from error
    return _parse(data, path)


def _reason(error: Exception) -> str:
    """Without the number and the path that the system puts around it."""
    if isinstance(error, IsADirectoryError):
        return "it is a folder; name the YAML file"
    if isinstance(error, FileNotFoundError):
        return "no such file; check the path"
    return str(error.strerror or error) if isinstance(error, OSError) else str(error)


def check_policy(policy: Policy, card: Card) -> None:
    """Raise ``PolicyError`` where a rule names a label its task lacks, or none applies."""
    tasks = {task.name: task for task in card.tasks}
    for flag, rule in policy.flags.items():
        task = tasks.get(rule.task)
        if task and rule.label not in task.labels:
            raise PolicyError(
                f"policy {policy.version!r}: {flag} looks at label {rule.label!r}, "
                f"but task {rule.task!r} of model {card.name!r} has {list(task.labels)}"
                f"{meant(rule.label, task.labels)}"
            )
    if not any(rule.task in tasks for rule in policy.flags.values()):
        raise PolicyError(
            f"policy {policy.version!r} has rules for tasks "
            f"{sorted({rule.task for rule in policy.flags.values()})}, "
            f"but model {card.name!r} answers {sorted(tasks)}: no flag could ever be raised. "
            f"Write rules for the model's tasks and give them with {option('policy')}"
        )


def _parse(data: bytes, path: str) -> LoadedPolicy:
    try:
        loaded = yaml.load(data, Loader=StrictLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyError(f"{option('policy')} {path!r} is not YAML: {not_yaml(error)}") from error
    try:
        policy = Policy.model_validate(loaded)
    except ValidationError as error:
        problems = "; ".join(describe(problem) for problem in error.errors())
        raise PolicyError(
            f"{option('policy')} {path!r} breaks the policy's schema: {problems} "
            "(docs/policy.md has its fields)"
        ) from error
    return LoadedPolicy(policy, path, f"sha256:{hashlib.sha256(data).hexdigest()}")
