"""Which items enter a training set, and with which label. Pure: rows in, an answer out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from moderation.exports.decisions import (
    DecisionRow,
    Vote,
    canonical_label,
    canonical_labels,
    settle,
    settle_several,
    standing,
    written,
)
from moderation.exports.input_rows import RecordRow, VerdictRow
from moderation.records.labels import is_no_label, json_list
from moderation.records.positive import positive_place
from schemas.codes import Code
from schemas.moments import parse_moment
from schemas.policy import Decision
from schemas.records import DEFAULT_TASKS, Kind

LABELLED_AT, SCORED_AT = "labelled_at", "scored_at"


class Why(str, Enum):
    """What became of a verdict. The words stand in the report and in the diff."""

    EXPORTED = "exported"
    OTHER_VERDICT = "other_verdict"
    """Another verdict of the same item was taken."""
    NO_TASK = "no_task"
    NOT_REVIEWED = "not_reviewed"
    AMBIGUOUS_ITEM = "ambiguous_item"
    """One run judged several contents under this id: which of them the decisions mean is open."""
    TIED = "tied"
    TOO_FEW_REVIEWERS = "too_few_reviewers"
    OUTSIDE_WINDOW = "outside_window"
    HELD_OUT = "held_out"
    OVER_SOURCE_LIMIT = "over_source_limit"
    BALANCED_AWAY = "balanced_away"
    DEAD_LETTERED = "dead_lettered"
    NOT_IN_RUNS = "not_in_runs"
    """In the diff alone: no verdict of these runs is about the item."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules of one export."""

    tasks: Mapping[Kind, str] = field(default_factory=lambda: dict(DEFAULT_TASKS))
    """The question that a kind's ``label`` answers."""
    multi_label: frozenset[str] = frozenset()
    """Tasks that have any number of labels an item."""
    min_reviewers: int = 1
    pseudo_label_above: float | None = None
    since: str | None = None
    """Inclusive, UTC, ISO 8601 to the microsecond."""
    until: str | None = None
    """Exclusive."""
    time_column: str = LABELLED_AT

    def until_of_decisions(self) -> str | None:
        """Decisions from this moment on do not exist yet: the set is as it was then."""
        return self.until if self.time_column == LABELLED_AT else None


@dataclass(slots=True)
class Heard:
    """An item's decisions, sorted by what they are good for."""

    valid: list[DecisionRow] = field(default_factory=list)
    """Labels canonical."""
    withdrawn: list[DecisionRow] = field(default_factory=list)
    after_until: list[DecisionRow] = field(default_factory=list)
    other_task: list[DecisionRow] = field(default_factory=list)
    refused: list[tuple[DecisionRow, Code, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One item's answer."""

    why: Why
    verdict: VerdictRow
    task: str
    label: str | None = None
    pseudo: bool = False
    vote: Vote | None = None


def yes_or_no(kind: Kind, labels: Sequence[str]) -> bool:
    """Whether the record layout writes this label as ``0`` or ``1``."""
    return kind is Kind.MEME and len(labels) == 2


def hear(
    decisions: Sequence[DecisionRow], verdicts: Sequence[VerdictRow], rules: Selection
) -> Heard:
    """Sort the decisions about one item; without a verdict all of them are about nothing."""
    heard = Heard()
    kinds = {Kind(verdict.kind) for verdict in verdicts}
    labels = {name: of for verdict in verdicts for name, of in verdict.tasks.items()}
    wanted = {rules.tasks[kind]: kind for kind in kinds if kind in rules.tasks}
    until = rules.until_of_decisions()
    for decision in _asked(decisions, wanted):
        if not verdicts:
            message = "no verdict of these runs is about this item: name the run that judged it"
            heard.refused.append((decision, Code.UNKNOWN_ITEM, message))
        elif decision.task not in labels:
            message = f"the item was judged on {sorted(labels)}, not on {decision.task!r}"
            heard.refused.append((decision, Code.UNKNOWN_TASK, message))
        elif decision.task not in wanted:
            heard.other_task.append(decision)
        else:
            names = [label for label, _ in labels[decision.task]]
            label = _canonical(decision, names, wanted[decision.task], rules)
            if label is None:
                heard.refused.append((decision, *_no_label(decision, names, rules)))
            elif until is not None and decision.decided_at >= until:
                heard.after_until.append(decision._replace(label=label))
            else:
                heard.valid.append(decision._replace(label=label))
    heard.valid, heard.withdrawn = standing(heard.valid)
    return heard


def _asked(decisions: Sequence[DecisionRow], wanted: Mapping[str, Kind]) -> Iterator[DecisionRow]:
    """Decisions that name no task answer the one that their item's kind is labelled by."""
    only = next(iter(wanted)) if len(wanted) == 1 else ""
    return (each if each.task else each._replace(task=only) for each in decisions)


def _canonical(
    decision: DecisionRow, names: Sequence[str], kind: Kind, rules: Selection
) -> str | None:
    task = decision.task
    if decision.withdraws:
        return ""
    if task in rules.multi_label:
        return None if decision.rejects else canonical_labels(decision.label, names)
    return canonical_label(
        decision.label,
        names,
        task=task,
        yes_or_no=yes_or_no(kind, names),
        rejects=decision.rejects,
    )


def _no_label(decision: DecisionRow, names: Sequence[str], rules: Selection) -> tuple[Code, str]:
    if is_no_label(decision.label):
        return Code.UNLABELLED, "the decision has no label"
    several = decision.task in rules.multi_label
    if decision.rejects and (several or len(names) != 2):
        message = f"not {decision.label[:200]!r}, says the reviewer, but not which of {names}"
        return Code.UNKNOWN_LABEL, message
    hint = ", or 0 and 1" if len(names) == 2 and not several else ""
    if not several and json_list(decision.label) is not None:
        hint = f"; --multi_label {decision.task} takes several labels a decision"
    message = f"{decision.label[:200]!r} is no label of {decision.task!r}: {names}{hint}"
    return Code.UNKNOWN_LABEL, message


def choose(verdicts: Sequence[VerdictRow], heard: Heard, rules: Selection) -> Chosen:
    """The verdict and the label of one item.

    The verdict is the latest one that was there when the last decision was made, or the latest
    of all where there is none: its content is what the reviewers saw, its score the score then.
    """
    several = all(decision.task in rules.multi_label for decision in heard.valid)
    settled = settle_several if several else settle
    vote = settled(heard.valid) if heard.valid else None
    verdicts = _of_the_content_seen(verdicts, heard.valid)
    verdict = _verdict_seen(verdicts, vote.last_decided_at if vote else None)
    task = rules.tasks.get(Kind(verdict.kind), "")
    if task not in verdict.tasks:
        return Chosen(Why.NO_TASK, verdict, task, vote=vote)
    if vote is None:
        label = _pseudo_label(verdict, verdicts, task, rules.pseudo_label_above)
        if label is None:
            return Chosen(Why.NOT_REVIEWED, verdict, task)
        return Chosen(Why.EXPORTED, verdict, task, label=label, pseudo=True)
    if any(v.run == verdict.run and v.content_key != verdict.content_key for v in verdicts):
        return Chosen(Why.AMBIGUOUS_ITEM, verdict, task, vote=vote)
    if vote.label is None:
        return Chosen(Why.TIED, verdict, task, vote=vote)
    if len(vote.counted) < rules.min_reviewers:
        return Chosen(Why.TOO_FEW_REVIEWERS, verdict, task, vote=vote)
    return Chosen(Why.EXPORTED, verdict, task, label=vote.label, vote=vote)


def _of_the_content_seen(
    verdicts: Sequence[VerdictRow], decisions: Sequence[DecisionRow]
) -> Sequence[VerdictRow]:
    """Those about the one content that all decisions are about; all where that is not said."""
    keys = {decision.content_key for decision in decisions}
    return [v for v in verdicts if len(keys) == 1 and v.content_key in keys] or verdicts


def labelled_at(chosen: Chosen) -> str:
    """When the label was made."""
    return chosen.vote.labelled_at if chosen.vote else utc(chosen.verdict.scored_at) or ""


def in_window(chosen: Chosen, record: RecordRow, rules: Selection) -> bool:
    """Whether the item's time lies in ``[since, until)``; without a time it does not."""
    if rules.since is None and rules.until is None:
        return True
    if rules.time_column == LABELLED_AT:
        moment: str | None = labelled_at(chosen)
    elif rules.time_column == SCORED_AT:
        moment = utc(chosen.verdict.scored_at)
    else:
        moment = utc(record.extras.get(rules.time_column))
    if not moment:
        return False
    return (rules.since or "") <= moment and (rules.until is None or moment < rules.until)


def utc(moment: object) -> str | None:
    """A moment as it sorts: UTC, ISO 8601 to the microsecond; None where it is none."""
    try:
        return parse_moment(moment).isoformat(timespec="microseconds")
    except ValueError:
        return None


def written_label(verdict: VerdictRow, task: str, place: int) -> str:
    """A label of the model as the training set writes it."""
    labels = [label for label, _ in verdict.tasks[task]]
    return written(place, labels, task=task, yes_or_no=yes_or_no(Kind(verdict.kind), labels))


def labels_of(chosen: Chosen, rules: Selection) -> list[str]:
    """All that the item's label could be, by its model, as the training set writes them.

    And the one that it is: reviewers may have answered a run whose model knew others.
    """
    labels = [label for label, _ in chosen.verdict.tasks[chosen.task]]
    given = chosen.label or ""
    if chosen.task in rules.multi_label:
        return [*labels, *(json_list(given) or [])]
    written = [written_label(chosen.verdict, chosen.task, n) for n in range(len(labels))]
    return [*written, given]


def predicted(verdict: VerdictRow, task: str) -> tuple[str, float]:
    """The likeliest label, as the training set writes it, and its probability.

    Of equally likely ones the first, of two the negative.
    """
    names, scores = zip(*verdict.tasks[task], strict=True)
    place = scores.index(max(scores))
    if len(names) == 2 and scores[0] == scores[1]:
        place = 1 - positive_place(names, task)
    return written_label(verdict, task, place), scores[place]


def score_of(verdict: VerdictRow, task: str, label: str) -> float | None:
    """The probability that the model gave a label; None where it has no such label."""
    for place, (_, p) in enumerate(verdict.tasks[task]):
        if written_label(verdict, task, place) == label:
            return p
    return None


def _verdict_seen(verdicts: Sequence[VerdictRow], moment: str | None) -> VerdictRow:
    there = [v for v in verdicts if moment is not None and (utc(v.scored_at) or "") <= moment]
    pool = there or verdicts
    latest = max((utc(verdict.scored_at) or "", verdict.run) for verdict in pool)
    same = [v for v in pool if (utc(v.scored_at) or "", v.run) == latest]
    return min(same, key=lambda verdict: (verdict.source, verdict.first_source, verdict.row))


def _pseudo_label(
    chosen: VerdictRow, verdicts: Sequence[VerdictRow], task: str, above: float | None
) -> str | None:
    """The model's label where it was sure every time that it judged this content."""
    if above is None:
        return None
    answers = set()
    for verdict in verdicts:
        if verdict.content_key != chosen.content_key or task not in verdict.tasks:
            continue
        label, p = predicted(verdict, task)
        if p < above or verdict.decision == Decision.REVIEW.value:
            return None
        answers.add(label)
    return answers.pop() if len(answers) == 1 else None
