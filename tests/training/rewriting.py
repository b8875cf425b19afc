"""TensorFlow without its rewriting of graphs, which takes longer than a tiny network learns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def spared() -> Iterator[None]:
    """While this holds, a graph is run as it was traced. Other processes rewrite theirs as ever."""
    turned("off")
    try:
        yield
    finally:
        turned("on")


def turned(to: str) -> None:
    """``on`` or ``off``, in this process."""
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": to == "off"})
