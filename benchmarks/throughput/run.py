"""The whole job beside its peers, on the same records, pictures and SavedModel, in one run.

    python -m benchmarks.models.entailment_example --out MODEL
    python -m benchmarks.throughput.run --model MODEL --pairs 1500 --work DIR

Three ways, in turn, each in a process of its own, start-up and model loading not counted:

- ``ready``: the SavedModel called on ready-made batches; nothing is read or decoded.
- ``tf.data``: a plain loop that decodes, resizes, tokenises and calls the SavedModel.
- ``score``: ``pipelines.score`` on DirectRunner, from reading records to ``_SUCCESS``.

Every pair has two pictures of its own, so that no cache helps anybody.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

BATCH = 32
SIDE = 128
TOKENS = 128
LABELS = "Contradictory,Implies,NoEntailment"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--model", required=True)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--pairs", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch_size", type=int, default=BATCH)
    parser.add_argument("--only", choices=sorted(WAYS))
    args = parser.parse_args()
    if args.only:
        print(json.dumps(WAYS[args.only](args)))
        return
    draw(args.work, args.pairs)
    costs: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    for _ in range(args.rounds):
        for way in WAYS:
            costs[way].append(_in_own_process(way, args))
            print(_line(way, *costs[way][-1]), flush=True)
    print("\nmedians, and speed beside ready-made batches by the clock and by processor time")
    middle = {
        way: [statistics.median(column) for column in zip(*found, strict=True)]
        for way, found in costs.items()
    }
    for way, (wall, cpu) in middle.items():
        ready_wall, ready_cpu = middle["ready"]
        print(f"{_line(way, wall, cpu)}   {ready_wall / wall:.2f} {ready_cpu / cpu:.2f}")


def _line(way: str, wall: float, cpu: float) -> str:
    return f"{way:8} {1 / wall:8.1f} pairs/s {1000 * cpu:8.1f} ms of processor a pair"


def draw(work: Path, pairs: int) -> None:
    """Records, and two photo-like JPEGs of 0.42 megapixels for each."""
    import numpy as np
    from PIL import Image

    images = work / "images"
    images.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(1)
    words = ["rain", "over", "the", "harbour", "tonight", "bridge", "closed", "match", "won", "two"]
    with (work / "pairs.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id_1", "text_1", "image_1", "id_2", "text_2", "image_2"])
        for index in range(pairs):
            row: list[Any] = []
            for side in (1, 2):
                name = f"images/{index}_{side}.jpg"
                if not (work / name).exists():
                    rough = noise.integers(0, 256, (14, 20, 3), dtype=np.uint8)
                    smooth = Image.fromarray(rough).resize((800, 525), Image.Resampling.BICUBIC)
                    grain = noise.integers(-12, 12, (525, 800, 3))
                    pixels = np.clip(np.asarray(smooth).astype(int) + grain, 0, 255)
                    Image.fromarray(pixels.astype(np.uint8)).save(work / name, quality=85)
                text = " ".join(noise.choice(words, 24)) + f" #{index} https://t.co/{index:x}"
                row += [str(10**18 + 2 * index + side), text, name]
            rows.writerow(row)


def ready(args: argparse.Namespace) -> list[float]:
    """The SavedModel alone: seconds and processor seconds a pair."""
    import numpy as np

    call = _signature(args.model)
    noise = np.random.default_rng(2)
    size = args.batch_size
    batch = {
        **{
            f"image_{side}": noise.uniform(0, 255, (size, SIDE, SIDE, 3)).astype(np.float32)
            for side in (1, 2)
        },
        "input_word_ids": noise.integers(1000, 2000, (size, TOKENS), dtype=np.int32),
        "input_mask": np.ones((size, TOKENS), np.int32),
        "input_type_ids": np.zeros((size, TOKENS), np.int32),
    }
    for _ in range(3):
        call(batch)
    calls = max(args.pairs // size, 1)
    started = _clocks()
    for _ in range(calls):
        call(batch)
    return _per_pair(started, calls * size)


def tf_data(args: argparse.Namespace) -> list[float]:
    """A loop over ``tf.data`` that decodes, tokenises and calls: as above."""
    import tensorflow as tf
    import tensorflow_text as tft

    from moderation.models.vocabulary import shipped_vocabulary

    call = _signature(args.model)
    vocabulary = list(shipped_vocabulary())
    table = tf.lookup.StaticVocabularyTable(
        tf.lookup.KeyValueTensorInitializer(
            vocabulary, list(range(len(vocabulary))), tf.string, tf.int64
        ),
        1,
    )
    bert = tft.BertTokenizer(table, lower_case=True)
    trim = tft.RoundRobinTrimmer(TOKENS - 3)

    def image(path: Any) -> Any:
        pixels = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
        return tf.image.resize(pixels, (SIDE, SIDE))

    def load(row: Any) -> dict[str, Any]:
        return {
            "text_1": row["text_1"],
            "text_2": row["text_2"],
            "image_1": image(row["image_1"]),
            "image_2": image(row["image_2"]),
        }

    def pack(batch: dict[str, Any]) -> dict[str, Any]:
        parts = [bert.tokenize(batch.pop(f"text_{side}")).merge_dims(-2, -1) for side in (1, 2)]
        ids, types = tft.combine_segments(trim.trim(parts), 101, 102)
        packed, mask = tft.pad_model_inputs(ids, TOKENS)
        types, _ = tft.pad_model_inputs(types, TOKENS)
        cast = {"input_word_ids": packed, "input_mask": mask, "input_type_ids": types}
        return {**batch, **{name: tf.cast(value, tf.int32) for name, value in cast.items()}}

    with (args.work / "pairs.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[: args.pairs]
    columns = {
        name: [str(args.work / row[name]) if "image" in name else row[name] for row in rows]
        for name in ("text_1", "text_2", "image_1", "image_2")
    }
    data = (
        tf.data.Dataset.from_tensor_slices(columns)
        .map(load, num_parallel_calls=tf.data.AUTOTUNE)
        .batch(args.batch_size)
        .map(pack, num_parallel_calls=tf.data.AUTOTUNE)
        .prefetch(tf.data.AUTOTUNE)
    )
    for batch in data.take(2):
        call(batch)
    started = _clocks()
    done = sum(int(next(iter(call(batch).values())).shape[0]) for batch in data)
    return _per_pair(started, done)


def score(args: argparse.Namespace) -> list[float]:
    """The job, from its first read to ``_SUCCESS``, once the model is loaded: as above."""
    from pipelines.score import __main__ as job

    flags = ["--model", args.model, "--labels", LABELS, "--no_progress"]
    flags += ["--batch_size", str(args.batch_size), "--output", str(args.work / "runs")]
    flags += ["--input", str(args.work / "pairs.csv"), "--runner=DirectRunner"]

    def run(pairs: int) -> list[float]:
        started = _clocks()
        assert job.main([*flags, "--limit", str(pairs)]) == 0
        return _per_pair(started, 1)

    few = 2 * args.batch_size
    run(few)
    base, whole = run(few), run(args.pairs)
    pairs = args.pairs - few
    return [(b - a) / pairs for a, b in zip(base, whole, strict=True)]


def _clocks() -> list[float]:
    return [time.perf_counter(), time.process_time()]


def _per_pair(started: list[float], pairs: int) -> list[float]:
    return [(now - then) / pairs for then, now in zip(started, _clocks(), strict=True)]


def _signature(model: str) -> Any:
    import tensorflow as tf
    import tensorflow_text

    assert tensorflow_text
    loaded = tf.saved_model.load(model)
    signature = loaded.signatures["serving_default"]
    signature._keep = loaded

    def call(batch: dict[str, Any]) -> Any:
        return signature(**{name: tf.convert_to_tensor(value) for name, value in batch.items()})

    return call


def _in_own_process(way: str, args: argparse.Namespace) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.throughput.run", "--only", way]
    command += ["--model", args.model, "--work", str(args.work), "--pairs", str(args.pairs)]
    command += ["--batch_size", str(args.batch_size)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: list[float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


WAYS = {"ready": ready, "tf.data": tf_data, "score": score}

if __name__ == "__main__":
    main()
