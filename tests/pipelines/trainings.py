"""What tests of training need: small sets of examples made by the real job, and a way to train."""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
from PIL import Image

from moderation.training import proof
from pipelines.preprocess.__main__ import main as preprocess_main
from pipelines.score.__main__ import main as score_main
from pipelines.train.__main__ import main as train_main
from tests.faults.forks import Before
from tests.training import rewriting
from workshop.loop.records import memes

SIDE = 32
QUICK = (
    "--preset", "hateful_memes_concat", "--modalities", "text", "--set", "text.dim=16",
    "--accumulate", "1", "--learning_rate", "0.003", "--batch_size", "8", "--no_progress",
)  # fmt: skip
"""A text-only network of some hundred weights."""

SPARED: Before = ("tests.training.rewriting:turned", {"to": "off"})
"""For a training in a process of its own."""


@dataclass(frozen=True)
class Trained:
    """A training that is over."""

    code: int
    bundle: Path

    @property
    def card(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.bundle / "card.json").read_text())
        return loaded


def train(examples: Path | str, output: Path, *flags: str) -> Trained:
    """Runs the job in this process."""
    argv = ["--examples", str(examples), "--output", str(output), *flags]
    with rewriting.spared():
        code = train_main(argv, prove=prove if sys.platform == "linux" else None)
    return Trained(code, output)


def prove(bundle: Path, kind: str) -> None:
    """Another process proves a bundle: forked of one that loaded TensorFlow and did nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.training.loaded"])
    proof.Waiting(context).prove(bundle, kind)


def meme_set(folder: Path, *, rows: int = 160, plain: bool = True, pictures: bool = False) -> Path:
    """A committed set of made-up memes; one in eight lacks its picture where there are any."""
    made = memes("m", rows, random=Random(5), plain=plain)
    records = []
    for number, meme in enumerate(made):
        record = meme.record(labelled=True)
        if pictures and number % 8:
            colour = (200, 40, number % 256) if meme.label else (40, 200, number % 256)
            record["img"] = _picture(folder, number, colour)
        records.append(record)
    return preprocessed(folder, records)


def pair_set(folder: Path, *, rows: int = 60) -> Path:
    """A committed set of tweet pairs with pictures."""
    random = Random(7)
    labels = ("Contradictory", "Implies", "NoEntailment")
    second = ("no {0} today", "a {0} today", "rain all day in {1}")
    records = []
    for number in range(rows):
        thing, place = random.choice(("cat", "dog", "song")), f"{number} street"
        label = number % 3
        record: dict[str, Any] = {
            "id_1": f"a{number}", "text_1": f"the {thing} of {place}",
            "id_2": f"b{number}", "text_2": second[label].format(thing, place),
            "label": labels[label],
        }  # fmt: skip
        for side in (1, 2):
            colour = (60 * label, 255 - number, 100 * side)
            record[f"image_{side}"] = _picture(folder, 2 * number + side, colour)
        records.append(record)
    return preprocessed(folder, records)


def preprocessed(folder: Path, records: list[Mapping[str, Any]], *flags: str) -> Path:
    """The set that the job makes of labelled records."""
    source = folder / "labelled.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    code = preprocess_main(
        [
            *("--runner=DirectRunner", "--input", str(source), "--output", str(folder)),
            *("--run_id", "set", "--image_size", f"{SIDE}x{SIDE}", "--image_encoding", "png"),
            *("--splits", "train=0.5,val=0.3,test=0.2", "--group_by", "text", "--no_progress"),
            *flags,
        ]
    )
    assert code == 0
    return folder / "run_id=set"


def _picture(folder: Path, number: int, colour: tuple[int, int, int]) -> str:
    path = folder / f"{number}.png"
    Image.new("RGB", (SIDE, SIDE), colour).save(path)
    return str(path)


def verdicts(model: Path, source: Path, folder: Path) -> list[dict[str, Any]]:
    """What the model says of the records, by ``pipelines.score``."""
    flags = ["--runner=DirectRunner", "--model", str(model), "--input", str(source)]
    flags += ["--output", str(folder), "--run_id", "s", "--no_progress"]
    if (model / "policy.yaml").is_file():
        flags += ["--policy", str(model / "policy.yaml")]
    assert score_main(flags) == 0
    rows = pq.read_table(folder / "run_id=s" / "verdicts").to_pylist()
    return [{**row, "probabilities": dict(row["probabilities"])} for row in rows]
