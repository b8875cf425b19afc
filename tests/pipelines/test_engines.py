from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.forks import Child, Forks
from tests.pipelines.score.test_resume import journal_of
from tests.pipelines.scoring import (
    Finished,
    Score,
    json_lines,
    memes,
    starts,
    ten_pictures,
    write_jsonl,
)

_VOLATILE = {"run_id", "scored_at"}


def comparable(run: Finished) -> list[str]:
    """A run's verdicts without what differs from run to run, in an order of their own."""
    rows = ({k: v for k, v in row.items() if k not in _VOLATILE} for row in run.verdicts)
    return sorted(map(repr, rows))


PROCESSES = ("--direct_num_workers", "2", "--direct_running_mode", "multi_processing")


@dataclass(frozen=True)
class Night:
    """Starts over one file."""

    score: Score
    source: str
    runs: Path


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, model: str) -> Night:
    folder = tmp_path_factory.mktemp("engines")
    rows: list[Any] = [*memes(60), *memes(20), "broken", {"id": 1}]
    source = write_jsonl(ten_pictures(folder / "pictures") / "memes.jsonl", rows)
    return Night(starts(folder / "runs", model), source, folder / "runs")


@pytest.fixture(scope="module")
def plain(night: Night) -> Finished:
    """By one worker, batched as it comes."""
    return night.score("--input", night.source)


@pytest.fixture(scope="module")
def by_processes(
    night: Night, model: str, forks: Forks, tmp_path_factory: pytest.TempPathFactory
) -> Child:
    """A start that is over, whose workers are processes; every line that it wrote is JSON."""
    argv = ["--input", night.source, "--model", model, "--output", str(night.runs)]
    argv += ["--run_id", "2026-01-31", "--log_format", "json", *PROCESSES]
    child = forks.start("pipelines.score", argv, tmp_path_factory.mktemp("told"))
    assert child.wait() == 0, child.told
    return child


@pytest.mark.parametrize(
    "engine",
    [
        ["--direct_num_workers", "2", "--direct_running_mode", "multi_threading"],
        ["--batch_size", "7"],
    ],
    ids=["threads", "batches"],
)
def test_workers_and_batches_change_no_verdict(
    night: Night, plain: Finished, engine: list[str]
) -> None:
    other = night.score("--input", night.source, *engine, run_id=engine[-1])
    assert (plain.code, other.code) == (0, 0)
    assert comparable(other) == comparable(plain)
    assert other.account == plain.account


@pytest.mark.slow
def test_processes_change_no_verdict(night: Night, plain: Finished, by_processes: Child) -> None:
    other = Finished(by_processes.wait(), night.runs / "run_id=2026-01-31")
    assert comparable(other) == comparable(plain)
    assert other.account == plain.account


@pytest.mark.slow
def test_processes_name_the_run_and_the_last_line_has_the_code(by_processes: Child) -> None:
    lines = json_lines(by_processes)
    assert {line["run_id"] for line in lines[1:]} == {"2026-01-31"}
    assert "run_id" not in lines[0], "it has none yet"
    loaded = [line for line in lines if line["message"].endswith(" s")]
    assert {line["logger"] for line in loaded} == {"moderation.models.handler"}
    assert by_processes.pid not in {line["pid"] for line in loaded}, "workers load it"
    assert lines[-1]["exit_code"] == 0
    assert "run 2026-01-31 committed" in lines[-1]["message"]


def test_a_run_killed_in_the_middle_goes_on_with_nothing_lost_doubled_or_scored_twice(
    score: Score, pictures: Path, model: str, forks: Forks, tmp_path: Path
) -> None:
    rows = 4_000
    source = write_jsonl(pictures / "memes.jsonl", memes(rows))
    output = pictures.parent / "runs"
    argv = ["--runner=DirectRunner", "--input", source, "--model", model]
    argv += ["--output", str(output), "--run_id", "t"]
    run = output / "run_id=t"
    child = forks.start("pipelines.score", argv, tmp_path / "told")
    child.kill_once(lambda: list(run.glob("_staging/journal/*.arrow")))
    assert not (run / "_SUCCESS").exists()
    known = journal_of(Finished(-9, run), model)
    assert 0 < len(known) < rows
    again = score("--input", source, "--resume")
    assert again.code == 0
    assert Counter(verdict["row"] for verdict in again.verdicts) == Counter(range(1, rows + 1))
    assert again.account["read"] == again.account["scored"] == rows
    times = {verdict["content_key"]: verdict["scored_at"] for verdict in again.verdicts}
    assert {key: times[key] for key in known} == {k: j.scored_at for k, j in known.items()}
