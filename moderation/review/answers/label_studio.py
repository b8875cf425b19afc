"""Label Studio's full JSON: tasks with annotations, each a person's.

Predictions and drafts are never read. An annotation that was skipped, or that a reviewer of the
tool rejected, is no decision. See ``label_studio_table`` for its other formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moderation.review.answers.answer import Answer, BadAnswer, Found, NoAnswer
from moderation.review.answers.lookup import first_of, item_fields
from moderation.review.answers.rules import AnswerRules
from schemas.codes import Code
from schemas.export import NoDecision

_LISTS = ("annotations", "completions")


def is_task(fields: Mapping[str, Any]) -> bool:
    """Whether a row is a task of the full JSON."""
    return isinstance(fields.get("data"), Mapping) and _annotations(fields) is not None


def controls_of(fields: Mapping[str, Any]) -> set[str]:
    """Names of the controls by which its people chose."""
    return {
        str(result["from_name"])
        for annotation in _annotations(fields) or []
        for result in _results(annotation)
        if result.get("type") == "choices" and result.get("from_name")
    }


def answers(fields: Mapping[str, Any], rules: AnswerRules) -> Iterator[Found]:
    """What each annotation of a task says, by control."""
    annotations = _annotations(fields) or []
    if not annotations:
        yield NoAnswer(NoDecision.UNANSWERED)
    item = item_fields(fields["data"], rules, own_id=True)
    for place, annotation in enumerate(annotations):
        where = f"task {fields.get('id')}, annotations[{place}]"
        if not isinstance(annotation, Mapping) or not isinstance(annotation.get("result"), list):
            message = f"{where}: no annotation with a list 'result'"
            yield BadAnswer(Code.WRONG_TYPE, message, item)
            continue
        yield from _annotation(annotation, item, rules, where)


def reviewer_of(completed_by: Any) -> Any:
    """Who an annotation is by: an address, else a number; None where nobody is named."""
    if isinstance(completed_by, Mapping):
        return first_of(completed_by, None, "email", "username", "id")
    return None if completed_by in ("", "None") else completed_by


def _reviewer(annotation: Mapping[str, Any], column: str | None) -> Any:
    if column in (None, "annotator"):  # what the tool's other formats call it
        return reviewer_of(annotation.get("completed_by"))
    return first_of(annotation, column)


def _annotations(fields: Mapping[str, Any]) -> list[Any] | None:
    found = next((fields[name] for name in _LISTS if name in fields), None)
    return found if isinstance(found, list) else None


def _results(annotation: Any) -> list[Mapping[str, Any]]:
    results = annotation.get("result") if isinstance(annotation, Mapping) else None
    return [each for each in results or [] if isinstance(each, Mapping)]


def _annotation(
    annotation: Mapping[str, Any], item: Mapping[str, Any], rules: AnswerRules, where: str
) -> Iterator[Found]:
    if annotation.get("was_cancelled") or annotation.get("skipped"):
        yield NoAnswer(NoDecision.SKIPPED)
        return
    if annotation.get("last_action") == "rejected":
        yield NoAnswer(NoDecision.OVERRULED)
        return
    columns = rules.columns
    said = {
        **item,
        "reviewer": _reviewer(annotation, columns.get("reviewer")),
        "decided_at": first_of(annotation, columns.get("decided_at"), "updated_at", "created_at"),
    }
    chosen = _chosen(annotation, columns.get("label"))
    yield from by_control(chosen, said=said, where=where, rules=rules)


def by_control(
    chosen: Mapping[str, list[str] | None],
    *,
    said: Mapping[str, Any],
    where: str,
    rules: AnswerRules,
) -> Iterator[Found]:
    """What a person chose, an answer a control; None: the control holds no choice of labels."""
    if not chosen:
        yield NoAnswer(NoDecision.UNANSWERED)
    for control, labels in chosen.items():
        at = f"{where}, control {control!r}"
        if labels is None:
            message = f"{at}: it is no control of choices, and its value is no list of them"
            yield BadAnswer(Code.WRONG_TYPE, message, said)
            continue
        one_task = "label" in rules.columns or rules.columns.get("task") == ""
        task = {} if one_task else {"task": control}
        label = rules.renamed_label(labels[0] if len(labels) == 1 else labels)
        yield Answer({**said, **task, "label": label}, at)


def _chosen(annotation: Mapping[str, Any], control: str | None) -> dict[str, list[str] | None]:
    """Labels by control: of the one that is asked for, or of all by which people choose."""
    chosen: dict[str, list[str] | None] = {}
    for result in _results(annotation):
        name, value = result.get("from_name"), result.get("value")
        if not isinstance(name, str) or (
            control != name if control else result.get("type") != "choices"
        ):
            continue
        labels = value.get("choices") if isinstance(value, Mapping) else None
        if not isinstance(labels, list) or not all(isinstance(each, str) for each in labels):
            chosen[name] = None
        elif labels and (before := chosen.setdefault(name, [])) is not None:
            before += [each for each in labels if each not in before]
    return chosen
