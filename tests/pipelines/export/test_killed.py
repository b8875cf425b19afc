"""A real export, killed in its middle by the system, and started again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from moderation.exports.reviewer_key import KEY_VARIABLE
from tests.faults.forks import Forks
from tests.pipelines.exports import KEY, House, decision

ROWS = 1_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, model: str) -> House:
    """A scored run of many memes over ten pictures, all of them decided by somebody."""
    house = House(tmp_path_factory.mktemp("killed"), model)
    house.pictures()
    rows = [{"id": n, "img": f"{n % 10}.png", "text": f"meme {n} of many"} for n in range(ROWS)]
    house.score("many", house.records("many.jsonl", rows))
    house.decisions("all.jsonl", [decision(str(n), str(n % 2)) for n in range(ROWS)])
    return house


@pytest.mark.parametrize(
    "written", ["_staging/out/decisions/*", "data/images/*/*"], ids=["reading", "writing"]
)
def test_an_export_killed_in_the_middle_is_done_anew_with_nothing_lost_or_doubled(
    house: House,
    forks: Forks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    name = f"killed-{written.partition('/')[0]}"
    inputs = ["--run", str(house.folder / "runs" / "run_id=many")]
    inputs += ["--decisions", str(house.folder / "all.jsonl")]
    sets = house.folder / "sets"
    argv = ["--runner=DirectRunner", *inputs, "--output", str(sets), "--run_id", name]
    env = {KEY_VARIABLE: KEY}
    child = forks.start("pipelines.export", [*argv, "--no_progress"], tmp_path, env=env)
    child.kill_once(lambda: list((sets / f"run_id={name}").glob(written)))
    left = {path for path in (sets / f"run_id={name}").rglob("*") if path.is_file()}
    assert left
    assert not any(path.name == "_SUCCESS" for path in left)

    again = house.export(name, *inputs)
    assert again.code == 0
    assert set(again.labels) == {str(number) for number in range(ROWS)}  # and none of them twice
    assert Counter(again.labels.values()) == {"0": ROWS // 2, "1": ROWS // 2}
    assert len(again.lines("decisions")) == ROWS
    assert again.report["verdicts_read"] == ROWS
    fresh = house.export(f"fresh-after-{name}", *inputs)
    assert fresh.report["content_digest"] == again.report["content_digest"]
    assert _names(again.path) == _names(fresh.path)


def _names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
