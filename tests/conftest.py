"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import order
from tests.faults import emulator
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


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    """A fault server of the test's own."""
    with FaultServer() as server:
        yield server


@pytest.fixture
def emulated() -> emulator.Emulated:
    """Runs scripts beside an emulator of Google's store, where one is installed."""
    pytest.importorskip("gcp_storage_emulator")
    pytest.importorskip("google.cloud.storage")
    return emulator.run


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> tiny.Modules:
    """Tiny pretrained parts in the formats that hubs have."""
    return tiny.Modules(tmp_path_factory.mktemp("modules"))
