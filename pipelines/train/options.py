"""The options of ``pipelines.train``: declared, checked and explained without TensorFlow."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from pipelines.command.options import Options, option, several, switch
from pipelines.command.parser import VersionFlag
from pipelines.command.usage import UsageError, unknown_word
from pipelines.command.values import Value, checked, integer, number, one_of, parse_size, path

_STARTER = "starter"


class ModelVersion(argparse.Action):
    """The model's version; without one, the project's are printed as by every command."""

    def __call__(
        self, parser: argparse.ArgumentParser, given: argparse.Namespace, value: Any, *_: Any
    ) -> None:
        if value is None:
            VersionFlag([], "")(parser)
        setattr(given, self.dest, value)


@dataclass(frozen=True, kw_only=True)
class Job(Options):
    """What is trained, on what, to where."""

    TITLE = "job"

    preset: str = option(Value("NAME|YAML"), "a preset's name, or a recipe's YAML file", default="")
    list_presets: bool = switch("print the presets and end")
    examples: tuple[str, ...] = several(path("DIR"), "committed runs of pipelines.preprocess")
    output: str = option(
        Value("DIR"), "the bundle's directory; must not exist, or be empty", default=""
    )
    resume: bool = switch("go on after the last whole epoch of a killed run")
    overwrite: bool = switch("replace the bundle or the unfinished training")


@dataclass(frozen=True, kw_only=True)
class Network(Options):
    """The recipe's encoders, fusion and head. ``None``: as the preset says."""

    TITLE = "network; what is not given is as the preset says"

    fusion: str | None = option(
        one_of(("late", "cross_attention", "concat", "mmbt")), sets="fusion.name"
    )
    modalities: str | None = option(one_of(("both", "text", "image")), sets="modalities")
    activation: str | None = option(
        one_of(("softmax", "sigmoid")),
        "sigmoid: an item has any number of labels",
        sets="activation",
    )
    task: str | None = option(
        Value("NAME"), "name of the question, as in entailment, hateful, topic", sets="task"
    )
    text_encoder: str | None = option(
        Value("URI"),
        "tfhub:HANDLE, keras_hub:PRESET or folder, subwords:, starter:",
        sets="text.uri",
    )
    text_preprocessor: str | None = option(
        Value("HANDLE"), "of a tfhub: encoder", sets="text.preprocessor"
    )
    sequence_length: int | None = option(
        integer(3, 8192, shown="TOKENS"), sets="text.sequence_length"
    )
    image_encoder: str | None = option(
        Value("URI"), "applications:NAME or keras_hub:PRESET or folder", sets="image.uri"
    )
    image_weights: str | None = option(
        Value("imagenet|none|PATH"), "of the image encoder", sets="image.weights"
    )
    image_size: str | None = option(checked(parse_size, "HxW"), "pixels, as in 224x224")
    image_grid: str | None = option(
        checked(parse_size, "HxW"), "cells, as in 5x5, for mmbt and cross_attention"
    )
    freeze: str | None = option(
        one_of(("none", "text", "image", "both")), "encoders that do not learn"
    )
    assignments: tuple[str, ...] = several(
        Value("NAME=VALUE"),
        "any other value of the recipe, as in fusion.dropout=0.2",
        names=("--set",),
        nargs=1,
    )


@dataclass(frozen=True, kw_only=True)
class Training(Options):
    """How the recipe learns. ``None``: as the preset says."""

    TITLE = "training; what is not given is as the preset says"

    loss: str | None = option(
        one_of(("cross_entropy", "class_weighted", "focal")), sets="loss.name"
    )
    epochs: int | None = option(integer(1, shown=None), sets="training.epochs")
    batch_size: int | None = option(integer(1, shown=None), sets="training.batch_size")
    accumulate: int | None = option(
        integer(1), "batches whose gradients make a step", sets="training.accumulate"
    )
    learning_rate: float | None = option(number(1e-9, 10), sets="training.learning_rate")
    clip_norm: float | None = option(
        number(1e-9, 1e9), "of all gradients together", sets="training.clip_norm"
    )
    modality_dropout: float | None = option(
        number(0, 0.99, "P"),
        "probability that a training example loses its text or its images",
        sets="training.modality_dropout",
    )
    balance: str | None = option(
        one_of(("none", "undersample", "oversample")), sets="training.balance"
    )
    early_stopping: int | None = option(integer(1, shown="EPOCHS"), sets="training.early_stopping")
    frozen_epochs: int | None = option(
        integer(0, shown=None),
        "first epochs in which the encoders rest",
        sets="training.frozen_epochs",
    )
    mixed_precision: bool | None = switch(
        "compute in bfloat16", default=None, sets="training.mixed_precision"
    )
    xla: bool | None = switch("compile the steps", default=None, sets="training.xla")
    augment_images: bool | None = switch(default=None, sets="training.augment_images")
    seed: int | None = option(integer(0, shown=None), sets="training.seed")


@dataclass(frozen=True, kw_only=True)
class Bundle(Options):
    """What the bundle's card says."""

    TITLE = "bundle"

    precision_at: float | None = option(
        number(0.01, 1, "P"), "thresholds: the lowest with a validation precision of P or more"
    )
    f_beta: float = option(
        number(0.01, 100, "BETA"),
        "thresholds: the best F-beta on validation (default 1)",
        default=1.0,
    )
    licence: str = option(Value(), "of the trained weights, for the card", default="unstated")
    version: str = option(
        Value("V"),
        "of the model, for the card; alone it prints those of the project",
        default="1",
        nargs="?",
        action=ModelVersion,
    )


@dataclass(frozen=True, kw_only=True)
class Terminal(Options):
    """What the terminal shows."""

    TITLE = "terminal"

    dry_run: bool = switch("check flags, recipe and examples; train nothing")
    no_progress: bool = switch("show no bar, and no line of what is done")
    verbose: bool = switch("let TensorFlow talk")


@dataclass(frozen=True, kw_only=True)
class TrainOptions(Job, Network, Training, Bundle, Terminal):
    """Every option of the job, checked one by one."""

    NAME = "train"
    DESCRIPTION = "Train a network on TFRecords of pipelines.preprocess; write a model bundle."
    EPILOG = """\
examples:
  python -m pipelines.train --preset mmbt --examples datasets/run_id=… --output models/mmbt
  python -m pipelines.train --preset roberta_vit --text_encoder keras_hub:./roberta --epochs 3 …

exit codes: 0 done; 1 failed: no bundle was written; 2 usage: a flag, a recipe, an encoder or a set
of examples cannot be used.
"""

    def check(self) -> None:
        """What flags ask of each other; raises ``UsageError``."""
        if not self.preset:
            raise UsageError("--preset is missing (--list_presets names what there is)")
        if not self.output:
            raise UsageError("--output is missing: name the directory of the bundle to be made")
        if not self.examples:
            raise UsageError("--examples is missing: name a run directory of pipelines.preprocess")
        if self.resume and self.overwrite:
            raise UsageError("--resume goes on and --overwrite starts anew: give one of them")
        _ = self.overrides

    @property
    def overrides(self) -> dict[str, Any]:
        """Dotted name of the recipe to value; raises ``UsageError``."""
        found = {name: value for name, value in self.settings().items() if value is not None}
        if self.image_size:
            found["image.height"], found["image.width"] = parse_size(self.image_size)
        if self.image_grid:
            found["image.grid"] = list(parse_size(self.image_grid))
        if self.freeze:
            found |= {
                f"{part}.trainable": self.freeze not in (part, "both") for part in ("text", "image")
            }
        return found | dict(map(_assigned, self.assignments))


def parse(argv: Sequence[str] | None) -> TrainOptions | None:
    """The options, checked; None where only the presets were asked for.

    Raises:
        UsageError: for a flag that nobody knows, and flags that do not go together.
    """
    parser = TrainOptions.parser()
    known, rest = parser.parse_known_args(argv)
    if known.preset == _STARTER:
        raise UsageError(
            "--preset starter: the built-in model is no preset; in the project's tree, "
            "python -m workshop.starter.build builds it"
        )
    if rest:
        raise UsageError(unknown_word(rest[0], ours=parser.flags))
    return None if known.list_presets else TrainOptions.parse(argv)[0]


def _assigned(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--set {text!r}: write NAME=VALUE, as in fusion.dropout=0.2")
    try:
        return name, yaml.safe_load(value)
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or "it is no YAML value"
        raise UsageError(f"--set {text!r}: {problem}; quote the value") from None
