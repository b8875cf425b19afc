from __future__ import annotations

import datetime
from typing import Any

import pytest

from schemas.moments import parse_moment


@pytest.mark.parametrize(
    "given",
    [
        "2026-01-02T03:04:05Z",
        "2026-01-02 03:04:05 UTC",
        "2026-01-02 03:04:05.000000 UTC",
        "2026-01-02 03:04:05+00",
        "2026-01-02 03:04:05+0000",
        "2026-01-02T03:04:05",
        "2026-01-02T05:04:05+02:00",
        "2026-01-01 21:34:05 -0530",
        " 2026-01-02t03:04:05z ",
        1767323045,
        1767323045.0,
        "1767323045",
        1767323045000,
        "1767323045000",
        1767323045000000,
        1767323045000000000,
        datetime.datetime(2026, 1, 2, 3, 4, 5),
    ],
)
def test_one_moment_is_one_however_it_is_written(given: Any) -> None:
    assert parse_moment(given).isoformat() == "2026-01-02T03:04:05+00:00"


def test_fractions_and_days_are_read() -> None:
    assert parse_moment("2026-01-02 03:04:05.6789 UTC").microsecond == 678900
    assert parse_moment("2026-01-02T03:04:05.123456789Z").microsecond == 123456
    assert parse_moment(1767323045.5).microsecond == 500000
    assert parse_moment(1767323045678901).microsecond == 678901
    assert parse_moment("2026-01-02").isoformat() == "2026-01-02T00:00:00+00:00"
    assert parse_moment("2026-01-02T03:04").isoformat() == "2026-01-02T03:04:00+00:00"


@pytest.mark.parametrize(
    "given",
    ["yesterday", "", "2026-02-31", "20260131", 20260131, 0, -5, True, None, float("nan"),
     float("inf"), "2026-01-02 03:04:05 CEST", "2026-01-02T25:00:00Z", [2026], "9" * 400],
)  # fmt: skip
def test_what_is_no_moment_is_told_what_to_write(given: Any) -> None:
    with pytest.raises(ValueError, match="2026-01-31T12:00:00Z"):
        parse_moment(given)
