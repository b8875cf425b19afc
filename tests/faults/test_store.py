"""Whole runs in a store: killed in the middle, and while the store answers 503."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from moderation.runs.journal import Journal
from moderation.verdicts.judgement import Judgement
from tests.faults.forks import Child, Forks
from tests.faults.hindrance import Hindrance
from tests.faults.nights import (
    each_once,
    fingerprint,
    outcomes,
    records,
    sound,
    verdicts,
    write,
)
from tests.faults.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
RUN, JOURNAL = "runs/run_id=t/", "runs/run_id=t/_staging/journal/"
AWAY_S = 15.0


class Nightly:
    """Starts of one run in a store."""

    def __init__(self, forks: Forks, store: Store, model: str, folder: Path) -> None:
        self.forks, self.store, self.model, self.folder = forks, store, model, folder
        self.source = write(folder / "memes.jsonl", records(80))

    def start(self, name: str, *, url: str | None = None) -> Child:
        """Another one; ``url`` stands for the store's."""
        argv = ["--runner=DirectRunner", "--input", str(self.source), "--model", self.model]
        argv += ["--output", self.store.path("runs"), "--run_id", "t", "--slice_rows", "40"]
        env = {**self.store.environment, "STORAGE_EMULATOR_HOST": url or self.store.url}
        return self.forks.start("pipelines.score", argv, self.folder / name, env=env)

    def copy(self, prefix: str, name: str) -> Path:
        """What lies below a prefix of the store, on disk."""
        folder = self.folder / name
        for path, data in self.store.objects(prefix).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder

    def expect_whole(self) -> Path:
        """The run is committed, sound, and has every row once."""
        run = self.copy(RUN, "run_id=t")
        assert (run / "_SUCCESS").exists()
        assert outcomes(run) == each_once(self.source)
        assert sound(run)
        assert not [path.name for path in run.iterdir() if path.name.startswith(("_st", "_cl"))]
        return run


@pytest.fixture
def nightly(forks: Forks, store: Store, model: str, tmp_path: Path) -> Nightly:
    return Nightly(forks, store, model, tmp_path)


def test_a_run_that_was_killed_goes_on_and_scores_nothing_twice(nightly: Nightly) -> None:
    child = nightly.start("killed")
    end = time.monotonic() + 120
    while not any(name.endswith(".arrow") for name in nightly.store.objects(JOURNAL)):
        assert child.alive, child.told
        assert time.monotonic() < end
    child.signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert "_SUCCESS" not in nightly.store.objects(RUN)
    folder = nightly.copy(JOURNAL, "journal")
    journal = Journal(str(folder), fingerprint(nightly.model))
    known = {
        key.hex(): Judgement.of_stored(key.hex(), data).scored_at
        for entries in journal.read(journal.files())
        for key, data in entries
    }
    assert known

    child = nightly.start("again")
    assert child.wait() == 0, child.told
    assert f"goes on: {len(known)} judged items are in its journal" in child.told
    when = {each["content_key"]: each["scored_at"] for each in verdicts(nightly.expect_whole())}
    assert {key: when[key] for key in known} == known


@pytest.mark.parametrize("since", ["journal", "marker"])
def test_a_run_waits_while_its_store_answers_503(nightly: Nightly, since: str) -> None:
    began: list[float] = []

    def away(number: int, line: str) -> bool:
        if not began and since in line and not line.startswith("GET"):
            began.append(time.monotonic())
        return bool(began) and time.monotonic() - began[0] < AWAY_S

    with Hindrance(nightly.store.url, away) as proxy:
        child = nightly.start("hindered", url=proxy.url)
        assert child.wait(300) == 0, child.told
    assert proxy.hindered > 3
    nightly.expect_whole()
