"""References: how an image is named in a record, what it means, and what of it may be shown."""

from __future__ import annotations

from moderation.images.references.location import locate

__all__ = ["locate"]
