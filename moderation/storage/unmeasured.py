"""Elements that are lists and go no further than their own stage.

An engine encodes some elements of every step to learn how large they are. Of a list of items that
would be all of its items, with their pixels, only to be counted.
"""

from __future__ import annotations

import pickle
from typing import Any

from apache_beam import coders

_SAID_BYTES = 1


class Unmeasured:
    """The element type of a collection whose elements an engine is not to measure."""


class _UnmeasuredCoder(coders.Coder):
    """Pickles, and says a size without that."""

    def encode(self, value: Any) -> bytes:
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)

    def decode(self, encoded: bytes) -> Any:
        return pickle.loads(encoded)

    def estimate_size(self, value: Any) -> int:
        return _SAID_BYTES

    def is_deterministic(self) -> bool:
        return False

    def to_type_hint(self) -> Any:
        return Unmeasured


coders.registry.register_coder(Unmeasured, _UnmeasuredCoder)


def unmeasured(collection: Any) -> Any:
    """The same collection, its elements not to be measured."""
    collection.element_type = Unmeasured
    return collection
