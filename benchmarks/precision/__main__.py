"""What bfloat16 takes beside float32, by the scorer of a run.

    python -m benchmarks.precision [--model DIR | --model starter] [--kind meme] [--rounds 5]

Without ``--model`` it is that of ``benchmarks.models.entailment_example`` with random weights. Both
ways score the same batches, tokens and all; which is first changes from round to round, and nothing
is kept from the round before. Then the measurement that ``--precision auto`` makes at launch is
made, and what it says and takes is printed.

Where the processor has no units for bfloat16 TensorFlow leaves the graph as it is: the first line
says so, and the ratio is then that of float32 with itself, which shows the noise.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.handler.overhead import make_items
from benchmarks.models.entailment_example import build
from moderation.models.bundle import Bundle, open_bundle
from moderation.models.calls import Result
from moderation.models.cutting.checked import CheckedCall
from moderation.models.cutting.late import LateCut
from moderation.models.halving import Tally
from moderation.models.loading import load
from moderation.models.precision import units
from moderation.models.scorer import Scorer
from moderation.models.targets import image_targets
from moderation.models.types import BareOptions, ModelItem, Scores
from pipelines.score.precision import chosen
from schemas.precision import Precision
from schemas.records import ENTAILMENT_LABELS, Kind

FLOAT32, BFLOAT16 = Precision.FLOAT32, Precision.BFLOAT16


def forget(scorer: Scorer) -> None:
    """As at the beginning of a run."""
    for call in scorer.calls:
        now = call.settled if isinstance(call, LateCut) else call
        joined = now.joined if isinstance(now, CheckedCall) else now
        for encoder in getattr(joined, "encoders", ()):
            encoder.cache.clear()


def scored(
    scorer: Scorer, items: Sequence[ModelItem], batch_size: int
) -> tuple[float, float, list[Result]]:
    """Processor seconds, seconds, results."""
    forget(scorer)
    began, since = time.process_time(), time.perf_counter()
    found = scorer.score(items, batch_size=batch_size, tally=Tally())
    return time.process_time() - began, time.perf_counter() - since, found


def difference(one: Sequence[Result], other: Sequence[Result]) -> float:
    """The largest between two probabilities."""
    pairs = zip(one, other, strict=True)
    return max(
        abs(a - b)
        for x, y in pairs
        if isinstance(x, Scores) and isinstance(y, Scores)
        for task, values in x.probabilities.items()
        for a, b in zip(values, y.probabilities[task], strict=True)
    )


def measure(bundle: Bundle, kind: Kind, options: argparse.Namespace) -> None:
    """Prints both ways, and what would be chosen."""
    count = options.batch_size * options.batches
    items = make_items(image_targets(bundle.card, kind), count=count, kind=kind)
    calls = load(bundle).scorer(kind).calls
    scorers = {precision: Scorer(calls, precision) for precision in (FLOAT32, BFLOAT16)}
    first = {p: scored(s, items[: options.batch_size], options.batch_size)
             for p, s in scorers.items()}  # fmt: skip
    print(f"first call: float32 {first[FLOAT32][1]:.1f} s, bfloat16 {first[BFLOAT16][1]:.1f} s")
    rounds = []
    for number in range(options.rounds):
        turn = list(scorers) if number % 2 else list(scorers)[::-1]
        took = {precision: scored(scorers[precision], items, options.batch_size)
                for precision in turn}  # fmt: skip
        rounds.append(took)
    print("            float32 ms/item  bfloat16 ms/item  times as quick  (least, most)")
    for at, name in enumerate(("processor", "clock")):
        gains = [took[FLOAT32][at] / took[BFLOAT16][at] for took in rounds]
        a, b = (1000 * statistics.median(t[p][at] for t in rounds) / count for p in scorers)
        spread = f"({min(gains):.2f}, {max(gains):.2f})"
        print(f"{name:10} {a:16.2f} {b:17.2f} {statistics.median(gains):15.2f}  {spread}")
    off = max(difference(took[FLOAT32][2], took[BFLOAT16][2]) for took in rounds)
    print(f"largest difference of a probability: {off:.2e}")
    forget(scorers[FLOAT32])  # the calls are those of both
    some = make_items(image_targets(bundle.card, kind), count=256, kind=kind, seed=4)
    since = time.perf_counter()
    facts = chosen(bundle, {kind: some})
    print(f"auto: {facts.used.value}, after {time.perf_counter() - since:.1f} s: {facts.why}")


def main() -> None:
    """Opens or builds the model and measures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", help="default: the architecture of the Keras example")
    parser.add_argument("--kind", choices=[kind.value for kind in Kind], default="tweet_pair")
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--batches", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    found = ", ".join(sorted(units())) or "none: TensorFlow computes in float32 both times"
    print(f"units for bfloat16: {found}")
    kind = Kind(options.kind)
    if options.model:
        measure(open_bundle(options.model), kind, options)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model"))
        build().export(path, verbose=False)
        bare = BareOptions(labels=tuple(ENTAILMENT_LABELS))
        measure(open_bundle(path, bare=bare), kind, options)


if __name__ == "__main__":
    main()
