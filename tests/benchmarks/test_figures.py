"""From seconds to ratios."""

from __future__ import annotations

import pytest

from benchmarks.run.figures import (
    Cost,
    Spread,
    Target,
    best,
    of_the_limit,
    share_of,
    spread,
    spreads,
    times_as_quick,
)

ROUND = {
    "ours, 1": Cost(2.0, 3.0),
    "ours, 2": Cost(1.0, 4.0),
    "theirs": Cost(3.0, 6.0),
}


def test_a_spread_is_the_median_between_the_least_and_the_most() -> None:
    assert spread([3.0, 1.0, 9.0]) == Spread(3.0, 1.0, 9.0)
    assert spread([1.0, 2.0]) == Spread(1.5, 1.0, 2.0)
    with pytest.raises(ValueError, match="no rounds"):
        spread([])


def test_a_sides_best_setting_counts_each_measure_by_itself() -> None:
    assert best(ROUND, "ours") == Cost(1.0, 3.0)


def test_quicker_is_more_than_one_and_a_share_its_inverse() -> None:
    assert times_as_quick("ours", "theirs")(ROUND) == Cost(3.0, 2.0)
    assert share_of("ours", "theirs")(ROUND) == Cost(1 / 3, 1 / 2)


def test_ratios_are_made_within_a_round_before_the_median() -> None:
    rounds = [
        {"ours": Cost(1.0, 1.0), "theirs": Cost(2.0, 2.0)},
        {"ours": Cost(10.0, 1.0), "theirs": Cost(30.0, 2.0)},
        {"ours": Cost(1.0, 1.0), "theirs": Cost(4.0, 2.0)},
    ]
    found = spreads([times_as_quick("ours", "theirs")(one) for one in rounds])
    assert found == {"clock": Spread(3.0, 2.0, 4.0), "processor": Spread(2.0, 2.0, 2.0)}


def test_the_limit_is_the_parts_processor_time_over_the_cores() -> None:
    one = {"m": Cost(3.0, 6.0), "f": Cost(1.0, 2.0), "job": Cost(5.0, 10.0)}
    assert of_the_limit("job", "m", "f", cores=2, gpu=False)(one) == Cost(4 / 5, 8 / 10)


def test_on_a_gpu_the_limit_is_the_longer_of_the_two() -> None:
    one = {"m": Cost(3.0, 0.5), "f": Cost(9.0, 8.0), "job": Cost(5.0, 10.0)}
    assert of_the_limit("job", "m", "f", cores=2, gpu=True)(one).clock == 4 / 5
    assert of_the_limit("job", "m", "f", cores=8, gpu=True)(one).clock == 3 / 5


@pytest.mark.parametrize(
    ("target", "clock", "processor", "met"),
    [
        (Target(1.7), 1.7, 1.0, True),
        (Target(1.7), 1.69, 9.0, False),
        (Target(1.7, by_processor=True), 1.7, 1.6, False),
        (Target(0.6, at_least=False), 0.6, 9.0, True),
        (Target(0.6, at_least=False), 0.61, 0.1, False),
    ],
)
def test_a_target_is_held_by_the_medians(
    target: Target, clock: float, processor: float, met: bool
) -> None:
    ratios = {"clock": Spread(clock, 0.0, 99.0), "processor": Spread(processor, 0.0, 99.0)}
    assert target.met(ratios) is met
