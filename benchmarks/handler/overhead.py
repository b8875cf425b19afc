"""What the handler costs on top of the bare SavedModel, on ready items.

    python -m benchmarks.models.entailment_example --out DIR
    python -m benchmarks.handler.overhead --model DIR

Both sides score the same items in the same batches, in turns, so that a busy
machine slows both. The bare side is handed finished tensors; ``run_inference``
starts from texts and uint8 pixels, as the pipeline hands them over.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from moderation.models.bundle import open_bundle
from moderation.models.handler import BundleHandler
from moderation.models.targets import image_targets
from moderation.models.types import BareOptions, ModelItem, Scores
from schemas.records import ENTAILMENT_LABELS, TEXT_FIELDS, Kind

_WORDS = "the of to in on that for is with as was at by from have not #news @user"


def make_items(
    targets: dict[str, Any], *, count: int, kind: Kind, seed: int = 3
) -> list[ModelItem]:
    """Random pictures and texts of 10 to 40 words."""
    random, words = np.random.default_rng(seed), _WORDS.split()
    return [
        ModelItem(
            str(number),
            kind,
            {
                field: " ".join(random.choice(words, size=random.integers(10, 40)))
                for field in TEXT_FIELDS[kind]
            },
            {
                field: random.integers(0, 256, (target.height, target.width, 3), dtype=np.uint8)
                for field, target in targets.items()
            },
        )
        for number in range(count)
    ]


def measure(sides: Sequence[Callable[[], Any]], *, rounds: int) -> list[float]:
    """Median seconds of each side, measured in turns."""
    seconds: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for at, side in enumerate(sides):
            start = time.perf_counter()
            side()
            seconds[at].append(time.perf_counter() - start)
    return [statistics.median(each) for each in seconds]


def main() -> None:
    """Prints both rates and the handler's share."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    kind = Kind.TWEET_PAIR
    bundle = open_bundle(options.model, bare=BareOptions(labels=ENTAILMENT_LABELS))
    items = make_items(image_targets(bundle.card, kind), count=options.batch_size, kind=kind)
    handler = BundleHandler(bundle, kind, batch_size=options.batch_size)
    loaded = handler.load_model()
    answering = loaded.scorer(kind).calls[0]
    call = getattr(answering, "whole", answering)
    import tensorflow as tf

    ready = {name: tf.constant(value) for name, value in call.feeds(items).items()}

    def bare() -> Any:
        return {name: value.numpy() for name, value in call.function(**ready).items()}

    def ours() -> Any:
        return handler.run_inference(items, loaded)

    def feeds() -> Any:
        return call.feeds(items)

    assert all(isinstance(result.inference, Scores) for result in ours())
    bare_s, ours_s, feeds_s = measure([bare, ours, feeds], rounds=options.rounds)
    for name, seconds in (("bare SavedModel", bare_s), ("run_inference", ours_s)):
        rate = options.batch_size / seconds
        print(f"{name:16} {rate:8.2f} items/s {seconds * 1e3:9.2f} ms a batch")
    print(
        f"overhead {(ours_s / bare_s - 1) * 100:.2f} %; feeds alone {feeds_s * 1e3:.2f} ms a batch"
    )


if __name__ == "__main__":
    main()
