"""How decisions files are to be read: which tool's they are, and what their columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from moderation.records.labels import label_text
from moderation.records.layout import LayoutError
from schemas.moments import parse_moment

_FILE = "{file}"
_MAY_BE_GIVEN = ("task", "reviewer", "decided_at")


class DecisionsFormat(str, Enum):
    """Whose files decisions come in."""

    AUTO = "auto"
    OURS = "ours"
    LABEL_STUDIO = "label_studio"
    DOCCANO = "doccano"
    PRODIGY = "prodigy"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """Options that say how files of decisions are read. Picklable."""

    format: DecisionsFormat = DecisionsFormat.AUTO
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field to column or path, or to the control that the answer is given by; ``task`` to ``""``:
    the item's own."""
    given: Mapping[str, str] = field(default_factory=dict)
    """What a tool does not write, said by whoever exports: task, reviewer, moment."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The tool's name or number of a label to the model's."""
    tasks: tuple[str, ...] = ()
    """Names of the questions that answers are wanted for."""

    def renamed_label(self, value: Any) -> Any:
        """A label, or several, under the model's names."""
        if not self.labels:
            return value
        if isinstance(value, (list, tuple)):
            return [self.renamed_label(each) for each in value]
        return self.labels.get(label_text(value) or "", value)

    def completed(self, fields: Mapping[str, Any], source: str) -> dict[str, Any]:
        """An answer with what its tool never writes; ``{file}`` is the file's name."""
        stem = source.rpartition("/")[2].partition(".")[0]
        lacking = {
            name: value.replace(_FILE, stem)
            for name, value in self.given.items()
            if fields.get(name) in (None, "")
        }
        return {**fields, **lacking}


def parse_given(pairs: str) -> dict[str, str]:
    """``"reviewer={file},decided_at=2026-11-01"`` as field → value; raises ``LayoutError``."""
    found = _pairs(pairs, "reviewer=ada")
    for name in found:
        if name not in _MAY_BE_GIVEN:
            raise LayoutError(f"{name!r} cannot be given for all rows, only {_MAY_BE_GIVEN}")
    moment = found.get("decided_at", _FILE)
    try:
        if _FILE not in moment:
            parse_moment(moment)
    except ValueError as error:
        raise LayoutError(f"decided_at={moment}: {error}") from error
    return found


def parse_labels(pairs: str) -> dict[str, str]:
    """``"3=hateful,4=not_hateful"`` as the tool's label → the model's; raises ``LayoutError``."""
    return _pairs(pairs, "3=hateful")


def _pairs(pairs: str, example: str) -> dict[str, str]:
    found = {}
    for pair in filter(None, (part.strip() for part in pairs.split(","))):
        name, equals, value = pair.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise LayoutError(f"write name=value, as in {example}")
        found[name.strip()] = value.strip()
    return found
