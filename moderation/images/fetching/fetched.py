"""What a fetcher hands on."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.images.fetching.budgets import Reservation


@dataclass(frozen=True, slots=True)
class Fetched:
    """Encoded bytes, and the reservation to release once they are no longer held."""

    data: bytes
    attempts: int
    reservation: Reservation
