"""Judges a bundle's p(hateful) on labelled texts: ``python -m benchmarks.starter.hate --help``.

Without ``--csv`` it reads the project's own check, 296 sentences that no form made.
Writes one line a function (or a value of ``--by``), then all together, as TSV.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from sklearn.metrics import roc_auc_score

from moderation.starter import bundle_path
from schemas.card import Card
from workshop.starter import meme_sentences
from workshop.starter.figures import figures

_BATCH = 64


def probabilities(bundle: Path, card: Card, texts: Sequence[str]) -> tuple[Any, float]:
    """Calibrated p(hateful), [n], of texts without a picture, and its threshold."""
    model = tf.saved_model.load(str(bundle))
    task = next(task for task in card.tasks if task.name == "hateful")
    signature = model.signatures[task.signature]
    image = next(spec.image for spec in task.inputs if spec.image)
    raw = np.zeros(len(texts))
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for start in range(0, len(order), _BATCH):
        part = order[start : start + _BATCH]
        made = signature(
            text=tf.constant([texts[index] for index in part]),
            image=tf.zeros([len(part), image.height, image.width, 3], tf.uint8),
            image_present=tf.zeros([len(part)]),
        )
        raw[part] = made["probabilities"].numpy()[:, 1]
    odds = np.log(raw) - np.log1p(-raw)
    line = task.calibration.slope * odds + task.calibration.intercept
    return 1 / (1 + np.exp(-line)), task.thresholds["hateful"]


def read(given: argparse.Namespace) -> tuple[list[str], Any, list[str]]:
    """Texts, labels [n] and what they are told apart by."""
    if given.csv is None:
        functions, check = meme_sentences.checked()
        return list(check.texts), check.labels, list(functions)
    with given.csv.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    labels = np.array([row[given.label] == given.hateful for row in rows], np.int32)
    groups = [row[given.by] if given.by else "" for row in rows]
    return [row[given.text] for row in rows], labels, groups


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.starter.hate", description=__doc__)
    parser.add_argument("--bundle", type=Path, default=bundle_path(), metavar="DIR")
    parser.add_argument("--csv", type=Path, help="labelled texts instead of the own check")
    parser.add_argument("--text", default="text", metavar="COLUMN")
    parser.add_argument("--label", default="label", metavar="COLUMN")
    parser.add_argument("--hateful", default="1", metavar="VALUE", help="the label that is hate")
    parser.add_argument("--by", metavar="COLUMN", help="a line for each of its values")
    given = parser.parse_args(arguments)
    card = Card.model_validate_json((given.bundle / "card.json").read_text("utf-8"))
    texts, labels, groups = read(given)
    started = time.perf_counter()
    p, threshold = probabilities(given.bundle, card, texts)
    seconds = time.perf_counter() - started
    print("which\ttexts\thateful\tauroc\taccuracy")
    for name in dict.fromkeys(groups):
        rows = np.array(groups) == name
        if name:
            print(_line(name, labels[rows], p[rows], threshold))
    print(_line("all", labels, p, threshold))
    print(f"# auroc {figures(labels, p)['roc_auc']}")
    print(f"# accuracy {figures(labels, (p >= threshold).astype(float))['accuracy']}")
    print(
        f"# threshold {threshold:g}; {seconds / len(texts) * 1e3:.2f} ms a text, loading included"
    )


def _line(name: str, labels: Any, p: Any, threshold: float) -> str:
    area = f"{roc_auc_score(labels, p):.3f}" if 0 < labels.mean() < 1 else "-"
    right = ((p >= threshold) == labels).mean()
    return f"{name}\t{len(labels)}\t{labels.sum()}\t{area}\t{right:.3f}"


if __name__ == "__main__":
    main()
