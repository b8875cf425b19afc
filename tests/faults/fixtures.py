"""``from tests.faults.fixtures import fault_server`` in a conftest makes it a fixture there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.server import FaultServer


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    """A fault server of the test's own."""
    with FaultServer() as server:
        yield server
