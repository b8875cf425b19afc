"""``CARD.md``: the card as a page for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemas.card import Card, TaskSpec
from workshop.starter.card_tables import tables_of


def card_text(card: Card) -> str:
    """Markdown with everything a reader asks first; the figures stand at the end."""
    parts = [
        f"# {card.name} {card.version}",
        card.description,
        "## What it has never seen",
        _bullets(card.never_seen),
        "## What it cannot do",
        _bullets(card.limitations),
        "## What it answers",
        "\n\n".join(_task(task) for task in card.tasks),
        "## What happens to a text",
        card.text_preprocessing,
        "## What it was trained on",
        _bullets(_data_set(entry) for entry in card.trained_on),
        "## Figures",
        "95 % bootstrap intervals. Splits named test are neither trained nor tuned on; they are "
        "measured at the end of a build, and builds before this one were measured on them too. "
        "`card.json` has the same figures for programs.",
        *tables_of(card.metrics, level=3),
        "## How it was made",
        *tables_of(card.training, level=3),
        f"Licence: {card.licence}.",
    ]
    return "\n\n".join(parts) + "\n"


def _task(task: TaskSpec) -> str:
    inputs = ", ".join(
        f"`{spec.name}` ({spec.source} of `{spec.fields[0]}`)" for spec in task.inputs
    )
    thresholds = ", ".join(f"{label} {value:g}" for label, value in task.thresholds.items())
    return (
        f"**{task.name}** of a {task.kind.value}: {', '.join(task.labels)}. Signature "
        f"`{task.signature}`, inputs {inputs}. Default thresholds: {thresholds or 'none'}. "
        f"Calibration: {task.calibration.method}. A missing image: pixels are zero, presence is 0."
    )


def _data_set(entry: dict[str, Any]) -> str:
    return (
        f"{entry['name']} ({entry['rows']:,} rows, `{entry['file']}`), {entry['source']}, "
        f"{entry['licence']}: {entry['used_for']}"
    )


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
