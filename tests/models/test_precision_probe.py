"""When bfloat16 is taken: stand-ins for models that gain, lose, swing, or say something else."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from moderation.models.calls import Result
from moderation.models.precision_probe import Compared, choose, compare
from moderation.models.types import ItemFailure, ModelItem, Scores
from schemas.codes import Code
from schemas.precision import Precision, PrecisionFacts
from schemas.records import Kind

FLOAT32, BFLOAT16 = Precision.FLOAT32, Precision.BFLOAT16


@dataclass
class Machine:
    """A clock, and a model that takes its time on it."""

    ratios: Iterator[float]
    """What bfloat16 takes beside float32, call by call."""
    off: Callable[[int], float] = lambda number: 0.001
    second_a_row: float = 0.01
    now: float = 0.0
    calls: list[tuple[Precision, int]] = field(default_factory=list)

    def score(self, items: Sequence[ModelItem], precision: Precision) -> list[Result]:
        self.calls.append((precision, len(items)))
        mixed = precision is BFLOAT16
        self.now += self.second_a_row * len(items) * (next(self.ratios) if mixed else 1)
        p = [0.3 + (self.off(int(item.content_key)) if mixed else 0) for item in items]
        return [Scores({"hateful": (each, 1 - each)}) for each in p]

    def compare(self, items: int = 256) -> Compared:
        some = [ModelItem(str(number), Kind.MEME) for number in range(items)]
        return compare(some, self.score, spent=lambda: self.now, clock=lambda: self.now)


def chosen(*ratios: float, **machine: float) -> PrecisionFacts:
    made = Machine(itertools.chain([1.0], itertools.cycle(ratios)), **machine)  # type: ignore[arg-type]
    return choose({Kind.MEME: made.compare()})


def test_bfloat16_is_taken_where_it_is_quicker_and_close() -> None:
    facts = chosen(0.5, 0.6, 0.55)
    assert (facts.used, facts.asked, facts.rows) == (BFLOAT16, "auto", 256)
    assert facts.time_ratio == pytest.approx(0.55)
    assert facts.largest_difference == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("ratios", "why"),
    [((1.4,), "1.40 of float32's"), ((0.9,), "too little"), ((0.5, 0.5, 1.2), "0.50 to 1.20")],
)
def test_what_does_not_surely_gain_stays_in_float32(ratios: tuple[float, ...], why: str) -> None:
    facts = chosen(*ratios)
    assert facts.used is FLOAT32
    assert why in facts.why


def test_one_row_that_is_too_far_off_keeps_the_run_in_float32() -> None:
    for far in (3, 200):  # of the first round, which is not timed, and of a later one
        made = Machine(itertools.repeat(0.4), off=lambda number, far=far: 0.011 * (number == far))  # type: ignore[misc]
        facts = choose({Kind.MEME: made.compare()})
        assert facts.used is FLOAT32
        assert "more than 0.01" in facts.why


def test_the_first_round_that_float32_wins_is_the_last() -> None:
    for ratios, rounds in (((1.4,), 1), ((0.5, 0.5, 1.2), 3)):
        made = Machine(itertools.chain([1.0], itertools.cycle(ratios)))
        assert len(made.compare().ratios) == rounds


def test_a_failure_of_one_way_alone_is_no_agreement() -> None:
    def score(items: Sequence[ModelItem], precision: Precision) -> list[Result]:
        if precision is FLOAT32:
            return [Scores({"hateful": (0.5, 0.5)})] * len(items)
        return [ItemFailure(Code.MODEL_OUTPUT, "not finite")] * len(items)

    items = [ModelItem(str(number), Kind.MEME) for number in range(64)]
    facts = choose({Kind.MEME: compare(items, score)})
    assert (facts.used, facts.largest_difference) == (FLOAT32, 1.0)


def test_every_kind_has_to_gain() -> None:
    quick = Compared(64, (0.5, 0.5, 0.5), 0.001)
    slow = Compared(64, (1.1, 1.1, 1.1), 0.001)
    assert choose({Kind.MEME: quick, Kind.TWEET_PAIR: quick}).used is BFLOAT16
    assert choose({Kind.MEME: quick, Kind.TWEET_PAIR: slow}).used is FLOAT32


def test_both_ways_take_turns_and_no_row_is_timed_twice() -> None:
    made = Machine(itertools.repeat(0.5))
    compared = made.compare(96)
    both = [(FLOAT32, 16), (BFLOAT16, 16)]
    assert made.calls == [*both, *both[::-1], *both, *both[::-1], *both, *both[::-1]]
    assert (compared.rows, len(compared.ratios)) == (96, 5)


@pytest.mark.parametrize(("second_a_row", "rounds"), [(0.01, 15), (0.04, 5), (0.1, 3), (0.6, 1)])
def test_a_model_is_measured_for_seconds_and_no_longer(second_a_row: float, rounds: int) -> None:
    made = Machine(itertools.repeat(0.5), second_a_row=second_a_row)
    assert len(made.compare().ratios) == rounds
    one_round = 16 * 1.5 * second_a_row
    assert made.now == pytest.approx(one_round * (1 + rounds))
