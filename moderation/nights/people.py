"""What people decided, from files of decisions in any form that an export takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from moderation.exports.decisions import DecisionRow, read_decisions
from moderation.exports.reviewer_key import ReviewerKey
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.first_rows import rows_of
from moderation.records.layout import Layout
from moderation.review.answers.rules import AnswerRules
from moderation.review.answers.shape import MAX_ROW_BYTES, AnswersRefused, look
from moderation.storage.input_files import InputFile

_MOST_PROBLEMS = 5


@dataclass(slots=True)
class Decided:
    """Decisions by the item that they are about."""

    by_item: dict[str, list[DecisionRow]] = field(default_factory=dict)
    count: int = 0
    unusable: int = 0
    problems: list[str] = field(default_factory=list)
    """Of the first rows that are no decision: where, and what is wrong."""

    def add(self, row: DecisionRow) -> None:
        """Take one."""
        self.by_item.setdefault(row.item_id, []).append(row)
        self.count += 1

    def refuse(self, letter: DeadLetter) -> None:
        """Count a row that cannot be used."""
        self.unusable += 1
        if len(self.problems) < _MOST_PROBLEMS:
            where = f"{letter.source}, row {letter.row:,}" if letter.row else letter.source
            self.problems.append(f"{where}: {letter.message}")


def read_files(files: Iterable[InputFile], key: ReviewerKey) -> Decided:
    """All decisions of some files.

    Args:
        files: of one or several tools.
        key: tells reviewers apart; their names stay behind.

    Raises:
        AnswersRefused: a file cannot be used as a whole.
    """
    found, rules = Decided(), AnswerRules()
    for file in files:
        shape = look(file, rules)
        if shape.refusal:
            raise AnswersRefused(shape.refusal)
        for row in rows_of(file, Layout(), MAX_ROW_BYTES):
            for each in read_decisions(row, key, shape=shape, rules=rules):
                if isinstance(each, DecisionRow):
                    found.add(each)
                elif isinstance(each, DeadLetter):
                    found.refuse(each)
    return found
