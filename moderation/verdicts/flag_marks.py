"""Where a policy's flags begin, for the audit."""

from __future__ import annotations

from collections.abc import Iterator

from moderation.audit.distributions import FlagMark
from moderation.verdicts.decide import Judge
from schemas.card import Card
from schemas.policy import Policy
from schemas.records import Kind


def flag_marks(policy: Policy, card: Card) -> Iterator[FlagMark]:
    """Each flag of a policy that a task of the card answers, by kind."""
    judge = Judge(policy, card)
    tasks = {task.name: task for task in card.tasks}
    for kind in Kind:
        for rule in judge.rules(kind):
            yield FlagMark(
                flag=rule.name,
                task=rule.task,
                kind=kind,
                label=tasks[rule.task].labels[rule.label],
                threshold=rule.threshold,
                band=(rule.below, rule.above),
                action=policy.flags[rule.name].action,
            )
