from __future__ import annotations

from tests.faults.fixtures import fault_server

__all__ = ["fault_server"]
