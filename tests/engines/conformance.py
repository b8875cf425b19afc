"""The same night on every engine: equal decisions, letters and figures, probabilities within 2e-6.

``make engines`` runs it; ``ENGINES_ROWS`` (500) and ``ENGINES_MODEL`` (a formula) give it more.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from moderation.exports.reviewer_key import KEY_VARIABLE
from tests.engines import flink, programs
from tests.engines import night as nights
from tests.engines.contents import differences, wherever
from tests.engines.desk import Desk, on_disk
from tests.engines.night import Night
from tests.faults import store as store_server
from tests.faults.hindrance import Hindrance
from tests.faults.store import Store
from tests.pipelines.exports import KEY
from tests.pipelines.jobs import JOBS

pytestmark = pytest.mark.timeout(1800)
ROWS = int(os.environ.get("ENGINES_ROWS", "500"))
_SHOWN = 12
PROCESSES = ("--direct_num_workers", "2", "--direct_running_mode", "multi_processing")


@pytest.fixture(scope="module", autouse=True)
def key() -> Iterator[None]:
    """One key for reviewers' names, so that they are equal in all runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_VARIABLE, KEY)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="module")
def night(folder: Path) -> Night:
    records = folder / "night"
    records.mkdir()
    nights.write(records, rows=ROWS)
    return Night(str(records), os.environ.get("ENGINES_MODEL"))


@pytest.fixture(scope="module")
def here(night: Night, folder: Path) -> Desk:
    """What all others are compared with."""
    desk = Desk(night, str(folder / "here"), ("--runner=DirectRunner",))
    desk.run("score")
    return desk


def expect_equal(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    found = list(islice(differences(one, other), _SHOWN))
    assert not found, "\n".join(found)


def beside(here: Desk, name: str, *engine: str) -> Desk:
    return Desk(here.night, f"{here.output}-{name}", engine, here.directory("score"))


def test_the_night_has_all_that_a_night_has(here: Desk) -> None:
    account = here.held("score")["audit.json"]["account"]
    assert account["read"] == ROWS
    assert account["scored"] > account["duplicates"] > 0
    assert account["dead_lettered"] > 0
    audit = here.held("score")["audit.json"]
    assert {"tweet_pair", "meme"} <= set(audit["rows_by_kind"])
    assert sum(n for code, n in audit["images"].items() if code != "ok") > 0
    assert here.held("export")["decisions/*"]
    assert here.held("evaluate")["metrics.json"]["tasks"]


@pytest.mark.parametrize("job", JOBS)
def test_two_processes_say_the_same(here: Desk, job: str) -> None:
    other = beside(here, "processes", "--runner=DirectRunner", *PROCESSES)
    expect_equal(here.held(job), other.run(job))


@pytest.mark.parametrize("job", JOBS)
def test_prism_says_the_same(here: Desk, job: str) -> None:
    found = programs.prism()
    if found is None:
        pytest.skip(programs.PRISM_LACKING)
    other = beside(here, "prism", "--runner=PrismRunner", f"--prism_location={found}")
    expect_equal(here.held(job), other.run(job))


@pytest.fixture(scope="module")
def bucket(here: Desk) -> Iterator[Store]:
    """Records, pictures, model and policy in a store, and this process in front of it."""
    found = store_server.program()
    if found is None:
        pytest.skip(store_server.LACKING)
    with store_server.serve(found) as url, pytest.MonkeyPatch.context() as patch:
        store = store_server.fresh_bucket(url)
        for name, data in on_disk(here.night.place).items():
            store.put(f"night/{name}", data)
        # Now and then the store is busy.
        with Hindrance(url, lambda number, _: number % 9 == 0) as busy:
            for name, value in replace(store, url=busy.url).environment.items():
                patch.setenv(name, value)
            yield store
            assert busy.hindered > 0


@pytest.mark.parametrize("job", JOBS)
def test_a_busy_store_with_all_of_it_says_the_same(here: Desk, bucket: Store, job: str) -> None:
    night = Night(bucket.path("night"), here.night.named_model)

    def read(directory: str) -> dict[str, bytes]:
        return bucket.objects(directory.removeprefix(bucket.path("")) + "/")

    other = Desk(night, bucket.path("runs"), here.engine, read=read)
    expect_equal(wherever(job, here.held(job)), wherever(job, other.run(job)))


@pytest.fixture(scope="module")
def jar() -> Path:
    found = programs.flink()
    if found is None:
        pytest.skip(programs.FLINK_LACKING)
    return found


@pytest.fixture(scope="module")
def embedded(jar: Path, folder: Path) -> Iterator[str]:
    with flink.job_server(jar, "[local]", folder / "embedded.log") as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def cluster(jar: Path, folder: Path) -> Iterator[flink.Cluster]:
    with flink.cluster(jar, folder / "cluster.log") as found:
        yield found


@pytest.fixture(scope="module")
def standalone(jar: Path, cluster: flink.Cluster, folder: Path) -> Iterator[tuple[str, ...]]:
    """Flags by which a job goes to the cluster."""
    with flink.job_server(jar, cluster.rest, folder / "job-server.log") as endpoint:
        workers = ("--environment_type=EXTERNAL", f"--environment_config={cluster.pool}")
        yield "--runner=PortableRunner", f"--job_endpoint={endpoint}", *workers, "--parallelism=2"


@pytest.mark.parametrize("job", JOBS)
def test_flink_within_the_job_server_says_the_same(here: Desk, embedded: str, job: str) -> None:
    flags = ("--runner=PortableRunner", f"--job_endpoint={embedded}", "--environment_type=LOOPBACK")
    expect_equal(here.held(job), beside(here, "embedded", *flags).run(job))


@pytest.mark.parametrize("job", JOBS)
def test_a_cluster_of_two_task_managers_says_the_same(
    here: Desk, standalone: tuple[str, ...], job: str
) -> None:
    expect_equal(here.held(job), beside(here, "cluster", *standalone).run(job))


def test_a_task_manager_that_dies_in_the_middle_changes_nothing(
    here: Desk, standalone: tuple[str, ...], cluster: flink.Cluster
) -> None:
    other = beside(here, "killed", *standalone)
    with ThreadPoolExecutor() as beside_it:
        run = beside_it.submit(other.run, "score")
        journal = Path(other.directory("score"), "_staging", "journal")
        while not list(journal.glob("*.arrow")):
            assert not run.done(), "the run ended before a task manager could be killed"
            time.sleep(0.05)
        killed = cluster.kill("taskmanager-1")
        expect_equal(here.held("score"), run.result())
    assert cluster.restarted()
    assert int((cluster.folder / "taskmanager-1.pid").read_text()) != killed
