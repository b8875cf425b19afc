"""Doors as tests want them: quick to give up, open to loopback."""

from __future__ import annotations

import base64
import dataclasses
from concurrent.futures import Future
from typing import Any

from moderation.images.door import DoorOptions, ImageDoor
from moderation.images.references import locate
from moderation.images.types import DecodedImage, ImageFailure, ImageOutcome, ImageRef, Target
from tests.faults.server import FaultServer

TARGET = Target(16, 24)


def options(*servers: FaultServer, **changes: Any) -> DoorOptions:
    """Options that reach the servers, wait a second for a byte, and try three times in all."""
    made = DoorOptions(
        timeout_s=15.0,
        connect_timeout_s=5.0,
        idle_timeout_s=1.0,
        retries=2,
        backoff_base_s=0.01,
        decode_threads=2,
        max_bytes=1 << 20,
        allow_private_hosts=True,
        allowed_ports=(80, 443, *(server.port for server in servers)),
    )
    return dataclasses.replace(made, **changes)


def ask(door: ImageDoor, url: str, target: Target = TARGET) -> Future[ImageOutcome]:
    """Submit a URL."""
    return door.submit(locate("img", url, root="/nowhere"), target)


def fetch(door: ImageDoor, url: str) -> ImageOutcome:
    """Submit a URL and wait; nothing in these tests may take half a minute."""
    return ask(door, url).result(timeout=30)


def inline(data: bytes) -> ImageRef:
    """The reference of bytes that lie in the record itself."""
    return locate("img", f"data:;base64,{base64.b64encode(data).decode()}", root="/nowhere")


def failure(outcome: ImageOutcome) -> ImageFailure:
    """The outcome, which must be a failure."""
    assert isinstance(outcome, ImageFailure), outcome
    return outcome


def image(outcome: ImageOutcome) -> DecodedImage:
    """The outcome, which must be an image."""
    assert isinstance(outcome, DecodedImage), outcome
    return outcome
