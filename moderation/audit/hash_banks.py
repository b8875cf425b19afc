"""What a run found in its banks of known pictures."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic_core import from_json, to_json

from moderation.audit.fit_to_show import Tell
from moderation.audit.tally import Example, Tally
from schemas.audit import HashBankCount, HashMatchExample
from schemas.hashes import HashBankFacts, HashMatch, MatchedAs
from schemas.policy import HashBankRule

_MATCHES, _BLOCKED = "hash_match", "hash_blocked"
_KEPT_CHARS, _SHOWN_CHARS = 1_000, 300
"""Of a text until it is known how it is told, and of what is told."""


def count_matches(tally: Tally, bank: str, matched_as: str, *, rows: int) -> None:
    """Rows whose picture a bank knows."""
    tally.add(_MATCHES, bank, matched_as, rows=rows)


def count_blocked(tally: Tally, bank: str, *, items: int) -> None:
    """Items that a bank spared the model."""
    tally.add(_BLOCKED, bank, rows=items)


def show_match(tally: Tally, match: HashMatch, place: tuple[str, int, str], text: str) -> None:
    """Offer a row, by source, row and item id, as an example of its bank's matches."""
    bank_text = match.text and match.text[:_KEPT_CHARS]
    known = (match.entry, match.distance, match.matched_as.value, text[:_KEPT_CHARS], bank_text)
    example: Example = (*place, to_json(known).decode())
    tally.example(_MATCHES, match.bank, example)


def bank_counts(
    tally: Tally, banks: Iterable[tuple[HashBankFacts, HashBankRule]], tell: Tell = str
) -> list[HashBankCount]:
    """Bank by bank; ``tell``: of the words of records and banks."""
    blocked = tally.of(_BLOCKED)
    return [
        HashBankCount(
            **facts.model_dump(),
            rule=rule,
            rows={MatchedAs(seen): rows for seen, rows in tally.of(_MATCHES, facts.name).items()},
            blocked=blocked.get(facts.name, 0),
            examples=[
                _example(*each, tell) for each in tally.examples.get((_MATCHES, facts.name), ())
            ],
        )
        for facts, rule in banks
    ]


def _example(source: str, row: int, item_id: str, known: str, tell: Tell) -> HashMatchExample:
    entry, distance, matched_as, text, bank_text = from_json(known)
    return HashMatchExample(
        source=source,
        row=row,
        item_id=item_id,
        entry=entry,
        distance=distance,
        matched_as=matched_as,
        text=tell(text)[:_SHOWN_CHARS],
        bank_text=bank_text and tell(bank_text)[:_SHOWN_CHARS],
    )
