from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.order import LONG, ROOT, dealt


@dataclass(frozen=True)
class Placed:
    path: Path
    number: int


TESTS = [
    Placed(ROOT / folder / "test_it.py", number)
    for folder in ("audit", *sorted(LONG), "records", "verdicts")
    for number in range(30)
]


@pytest.mark.parametrize("processes", [1, 2, 3, 4])
def test_every_test_is_there_once_and_a_long_folder_is_of_one_share(processes: int) -> None:
    found = dealt(TESTS, processes=processes)
    assert sorted(found, key=TESTS.index) == TESTS
    size = -(-len(TESTS) // processes)
    shares = [found[at : at + size] for at in range(0, len(found), size)]
    for folder in LONG:
        (where,) = {
            place
            for place, share in enumerate(shares)
            if any(test.path.parent == ROOT / folder for test in share)
        }
        others = [test.path.parent for test in shares[where]]
        assert others == sorted(others, key=lambda each: each not in {ROOT / f for f in LONG})


def test_the_long_folders_are_there() -> None:
    assert all(any((ROOT / folder).glob("test_*.py")) for folder in LONG)
