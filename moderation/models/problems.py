"""Everything that keeps a SavedModel without a card from being used, in one message."""

from __future__ import annotations

from dataclasses import dataclass, field

from moderation.models.savedmodel import Signature
from moderation.models.types import ModelError
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind


class UnboundError(Exception):
    """One thing that stays open: the problem, and what would help."""

    def __init__(self, problem: str, remedy: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@dataclass
class Problems:
    """Problems as they are found; told all at once."""

    found: list[str] = field(default_factory=list)
    remedies: list[str] = field(default_factory=list)

    def add(self, error: UnboundError) -> None:
        """Remembers a problem; equal remedies are said once."""
        self.found.append(error.problem)
        if error.remedy is not None and error.remedy not in self.remedies:
            self.remedies.append(error.remedy)

    def explain(self, signature: Signature, *, name: str) -> ModelError:
        """What the model wants, what records have, and what helps."""
        lines = [
            f"model {name}: it has no card.json, and its signature {signature.name!r} leaves open "
            "how records feed it:",
            *(f"  - {problem}" for problem in self.found),
            "the model wants:",
            *(f"  {tensor}" for tensor in signature.inputs.values()),
            "and gives:",
            *(f"  {tensor}" for tensor in signature.outputs.values()),
            "records have:",
            *(f"  {_fields(kind)}" for kind in Kind),
        ]
        if self.remedies:
            lines += ["what helps:", *(f"  {remedy}" for remedy in self.remedies)]
        return ModelError("\n".join(lines))


def _fields(kind: Kind) -> str:
    texts, images = ", ".join(TEXT_FIELDS[kind]), ", ".join(IMAGE_FIELDS[kind])
    return f"{kind.value}: {texts} (text), {images} (image)"
