"""What encoding equal texts and images once saves, beside the same model as a whole.

    python -m benchmarks.handler.repeats [--batch_size 32] [--batches 8]

The model is that of ``benchmarks.models.entailment_example`` with random weights, exported as
Keras exports it: one signature, no card. Both sides score the same batches in turns, one after
the other in each round; texts are all different, every image is there as often as the column
says, anywhere in the run. Seconds are the processor's.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks.handler.overhead import make_items
from benchmarks.models.entailment_example import build
from moderation.models.bundle import open_bundle
from moderation.models.calls import Answering, Result
from moderation.models.cutting.checked import CheckedCall
from moderation.models.cutting.late import LateCut
from moderation.models.loading import load
from moderation.models.targets import image_targets
from moderation.models.types import BareOptions, ModelItem, Scores
from schemas.records import ENTAILMENT_LABELS, Kind

KIND = Kind.TWEET_PAIR
IMAGES = ("image_1", "image_2")
REPEATS = (1, 2, 4, 8)


def repeat_images(items: list[ModelItem], *, times: int) -> list[ModelItem]:
    """The items with so few images that each is there ``times`` times over."""
    shown = [image for item in items for image in item.images.values()]
    shown = shown[: max(1, len(shown) // times)]
    return [
        ModelItem(
            item.content_key,
            item.kind,
            item.texts,
            {name: shown[(2 * at + side) % len(shown)] for side, name in enumerate(IMAGES)},
        )
        for at, item in enumerate(items)
    ]


def _probabilities(results: list[Result]) -> Any:
    return np.array(
        [each.probabilities["entailment"] for each in results if isinstance(each, Scores)]
    )


def _score(call: Answering, batches: list[list[ModelItem]]) -> tuple[float, Any]:
    """Processor seconds, and what came out."""
    began = time.process_time()
    found = [result for batch in batches for result in call(batch)]
    return time.process_time() - began, _probabilities(found)


def _forget(call: Answering) -> None:
    """As at the beginning of a run."""
    for encoder in getattr(call, "encoders", ()):
        encoder.cache.clear()


def main() -> None:
    """Prints both rates for each number of repeats."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--batches", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    count = options.batch_size * options.batches
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model"))
        build().export(path, verbose=False)
        bundle = open_bundle(path, bare=BareOptions(labels=tuple(ENTAILMENT_LABELS)))
        (late,) = load(bundle).scorer(KIND).calls
        call = late.settle() if isinstance(late, LateCut) else late
        if not isinstance(call, CheckedCall):
            raise SystemExit("the model was not cut; nothing to measure")
        fresh = make_items(image_targets(bundle.card, KIND), count=count, kind=KIND)
        print("repeats  whole s  two steps s  gain  (least, most)  largest difference")
        for times in REPEATS:
            items = repeat_images(fresh, times=times)
            Random(7).shuffle(items)
            batches = [
                items[at : at + options.batch_size] for at in range(0, count, options.batch_size)
            ]
            rounds = []
            for _ in range(options.rounds):
                _forget(call.joined)
                rounds.append((_score(call.whole, batches), _score(call.joined, batches)))
            gains = [whole[0] / joined[0] for whole, joined in rounds]
            seconds = [statistics.median(each[side][0] for each in rounds) for side in (0, 1)]
            off = max(float(np.abs(whole[1] - joined[1]).max()) for whole, joined in rounds)
            print(
                f"{times:7} {seconds[0]:8.1f} {seconds[1]:12.1f} {statistics.median(gains):5.2f}"
                f"  ({min(gains):.2f}, {max(gains):.2f})  {off:.1e}"
            )


if __name__ == "__main__":
    main()
