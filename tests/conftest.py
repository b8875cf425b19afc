"""What holds for every test."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import order
from tests.browser import browser as browser
from tests.faults import store as store_server
from tests.faults.forks import Forks
from tests.faults.server import FaultServer
from tests.training import tiny

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# A machine that does two things at once makes an example slow, not wrong; and what
# fails in a fresh clone must fail at the desk as well, so examples do not vary.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, keep together what shares a fixture."""
    if processes := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        items[:] = order.dealt(items, processes=processes)


def pytest_collection_finish() -> None:
    """Nothing that was imported becomes garbage: a search for it need not look there each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    """A fault server of the test's own."""
    with FaultServer() as server:
        yield server


@pytest.fixture(scope="session")
def store_url() -> Iterator[str]:
    """The address of a store that speaks as Google's does."""
    pytest.importorskip("google.cloud.storage", reason="gs:// needs the gcp extra")
    found = store_server.program()
    if found is None:
        pytest.skip(store_server.LACKING)
    with store_server.serve(found) as url:
        yield url


@pytest.fixture
def store(store_url: str, monkeypatch: pytest.MonkeyPatch) -> store_server.Store:
    """A bucket of the test's own, that this process has for Google's."""
    bucket = store_server.fresh_bucket(store_url)
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    return bucket


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Commands in processes of their own, forked of one that has loaded what they need."""
    forks = Forks.begin()
    yield forks
    forks.end()


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> tiny.Modules:
    """Tiny pretrained parts in the formats that hubs have."""
    return tiny.Modules(tmp_path_factory.mktemp("modules"))
