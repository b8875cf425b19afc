"""Pictures of a model card: the network as Keras draws it, learning curves, reliability."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

_BINS = 10
_DPI = 110


def architecture(model: Any, folder: Path) -> str | None:
    """``architecture.png`` by ``keras.utils.plot_model``; None, and a summary, without Graphviz."""
    path = folder / "architecture.png"
    try:
        keras.utils.plot_model(
            model, str(path), show_shapes=True, show_layer_names=True, rankdir="TB", dpi=72
        )
    except (ImportError, OSError):
        path.unlink(missing_ok=True)
    if path.is_file():
        return path.name
    lines: list[str] = []
    model.summary(print_fn=lines.append, line_length=100)
    (folder / "architecture.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return None


def learning_curves(history: Sequence[dict[str, Any]], folder: Path) -> str:
    """``learning_curves.png``: loss and F1 by epoch."""
    figure, axes = _figure(2)
    epochs = [each["epoch"] for each in history]
    axes[0].plot(epochs, [each["loss"] for each in history], marker="o", label="training")
    axes[0].plot(epochs, [each["val_loss"] for each in history], marker="o", label="validation")
    axes[0].set(xlabel="epoch", title="loss")
    axes[0].legend()
    for label in history[0]["val_labels"] if history else ():
        values = [each["val_labels"][label]["f1"] for each in history]
        axes[1].plot(epochs, values, marker=".", label=label)
    macro = [each["val_macro_f1"] for each in history]
    axes[1].plot(epochs, macro, marker="o", color="black", label="macro")
    axes[1].set(xlabel="epoch", title="F1 on validation", ylim=(0, 1))
    axes[1].legend(fontsize="small")
    return _saved(figure, folder / "learning_curves.png")


def reliability(before: Any, after: Any, truth: Any, folder: Path) -> str:
    """``reliability.png``: how often the likeliest label is right, by its probability.

    With ``truth`` as ``[rows, labels]``: how often any label holds, by its probability.
    """
    several = truth.ndim == 2
    figure, axes = _figure(2)
    for axis, found, title in zip(
        axes, (before, after), ("as trained", "calibrated, held out"), strict=True
    ):
        if several:
            confidence, right = found.ravel(), truth.ravel() > 0
        else:
            confidence, right = found.max(axis=1), found.argmax(axis=1) == truth
        place = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
        there = [bin_ for bin_ in range(_BINS) if (place == bin_).any()]
        axis.plot([0, 1], [0, 1], color="grey", linewidth=1)
        axis.plot(
            [confidence[place == bin_].mean() for bin_ in there],
            [right[place == bin_].mean() for bin_ in there],
            marker="o",
        )
        share = "share that has the label" if several else "share right"
        axis.set(xlabel="probability", ylabel=share, title=title, xlim=(0, 1), ylim=(0, 1))
    return _saved(figure, folder / "reliability.png")


def _figure(columns: int) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6 * columns, 3.4), layout="constrained")
    return figure, figure.subplots(1, columns)


def _saved(figure: Any, path: Path) -> str:
    figure.savefig(path, dpi=_DPI)
    return path.name
