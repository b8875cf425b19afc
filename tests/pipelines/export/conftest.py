from __future__ import annotations

import datetime

import pytest

from tests.pipelines.export.night import Night, made_up, memes, pairs
from tests.pipelines.exports import (
    KEY,
    Exported,
    verdicts_of,
)


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, model: str) -> Night:
    house = Night(tmp_path_factory.mktemp("night"), model)
    house.pictures()
    inputs = [
        house.records("m1.jsonl", memes(range(30))),
        house.records("p1.jsonl", pairs(range(20))),
    ]
    object.__setattr__(house, "first", house.score("first", *inputs))
    now = datetime.datetime.now(datetime.timezone.utc)
    object.__setattr__(house, "between", now.isoformat())
    second = house.records("m2.jsonl", memes(range(20, 45)))
    object.__setattr__(house, "second", house.score("second", second, inputs[1]))
    return house


@pytest.fixture(scope="session")
def files(night: Night) -> list[str]:
    """Decisions in a JSONL and a CSV file; a quarter of them made between the two runs."""
    ids = sorted(set(verdicts_of(night.first, night.second)["item_id"]))
    made = [made_up(ids, seed=1), made_up(ids, seed=2)]
    for row in made[0][::4]:
        row["decided_at"] = night.between
    return [
        night.decisions("a.jsonl", made[0]),
        night.decisions("b.csv", [{**row, "note": "see, guide"} for row in made[1]]),
    ]


@pytest.fixture(scope="session")
def whole(night: Night, files: list[str]) -> Exported:
    patterns = str(night.folder / "runs" / "run_id=*")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODERATION_REVIEWER_KEY", KEY)
        return night.export("whole", "--run", patterns, "--decisions", *files)
