"""The flags of ``pipelines.train``: declared, checked and explained without TensorFlow."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from pipelines.command.did_you_mean import unknown_word
from pipelines.command.flags import (
    OneLineParser,
    UsageError,
    VersionFlag,
    absolute,
    checked,
    group,
    integer,
    number,
    parse_size,
)

EPILOG = """\
examples:
  python -m pipelines.train --preset mmbt --examples datasets/run_id=… --output models/mmbt
  python -m pipelines.train --preset roberta_vit --text_encoder keras_hub:./roberta --epochs 3 …

exit codes: 0 done; 1 failed: no bundle was written; 2 usage: a flag, a recipe, an encoder or a set
of examples cannot be used.
"""
_STARTER = "starter"

_VALUES = {
    "fusion": "fusion.name",
    "loss": "loss.name",
    "activation": "activation",
    "modalities": "modalities",
    "task": "task",
    "text_encoder": "text.uri",
    "text_preprocessor": "text.preprocessor",
    "sequence_length": "text.sequence_length",
    "image_encoder": "image.uri",
    "image_weights": "image.weights",
    "epochs": "training.epochs",
    "batch_size": "training.batch_size",
    "accumulate": "training.accumulate",
    "learning_rate": "training.learning_rate",
    "clip_norm": "training.clip_norm",
    "modality_dropout": "training.modality_dropout",
    "balance": "training.balance",
    "early_stopping": "training.early_stopping",
    "frozen_epochs": "training.frozen_epochs",
    "mixed_precision": "training.mixed_precision",
    "xla": "training.xla",
    "augment_images": "training.augment_images",
    "seed": "training.seed",
}
"""Flag to the recipe's value that it sets."""


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """Every flag of the job, checked one by one."""

    preset: str
    examples: tuple[str, ...]
    output: str
    overrides: dict[str, Any]
    """Dotted name of the recipe to value."""
    precision_at: float | None
    f_beta: float
    licence: str
    version: str
    resume: bool
    overwrite: bool
    dry_run: bool
    no_progress: bool
    verbose: bool


class ModelVersion(argparse.Action):
    """The model's version; without one, the project's are printed as by every command."""

    def __call__(
        self, parser: argparse.ArgumentParser, given: argparse.Namespace, value: Any, *_: Any
    ) -> None:
        if value is None:
            VersionFlag([], "")(parser)
        setattr(given, self.dest, value)


def parser() -> argparse.ArgumentParser:
    """All flags."""
    made = OneLineParser(
        prog="python -m pipelines.train",
        description="Train a network on TFRecords of pipelines.preprocess; write a model bundle.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_job(group(made, "job"))
    _add_network(group(made, "network; what is not given is as the preset says"))
    _add_training(group(made, "training; what is not given is as the preset says"))
    _add_bundle(group(made, "bundle"))
    add = group(made, "terminal")
    add("--dry_run", action="store_true", help="check flags, recipe and examples; train nothing")
    add("--no_progress", action="store_true", help="show no bar, and no line of what is done")
    add("--verbose", action="store_true", help="let TensorFlow talk")
    return made


def _add_job(add: Any) -> None:
    add("--preset", metavar="NAME|YAML", help="a preset's name, or a recipe's YAML file")
    add("--list_presets", action="store_true", help="print the presets and end")
    add("--examples", nargs="+", type=absolute, default=[], metavar="DIR",
        help="committed runs of pipelines.preprocess")  # fmt: skip
    add("--output", metavar="DIR", help="the bundle's directory; must not exist, or be empty")
    add("--resume", action="store_true", help="go on after the last whole epoch of a killed run")
    add("--overwrite", action="store_true", help="replace the bundle or the unfinished training")


def _add_network(add: Any) -> None:
    add("--fusion", choices=("late", "cross_attention", "concat", "mmbt"))
    add("--modalities", choices=("both", "text", "image"))
    add("--activation", choices=("softmax", "sigmoid"),
        help="sigmoid: an item has any number of labels")  # fmt: skip
    add("--task", metavar="NAME", help="name of the question, as in entailment, hateful, topic")
    add("--text_encoder", metavar="URI",
        help="tfhub:HANDLE, keras_hub:PRESET or folder, subwords:, starter:")  # fmt: skip
    add("--text_preprocessor", metavar="HANDLE", help="of a tfhub: encoder")
    add("--sequence_length", type=integer(3, 8192), metavar="TOKENS")
    add("--image_encoder", metavar="URI", help="applications:NAME or keras_hub:PRESET or folder")
    add("--image_weights", metavar="imagenet|none|PATH", help="of the image encoder")
    add("--image_size", type=checked(parse_size), metavar="HxW", help="pixels, as in 224x224")
    add(
        "--image_grid",
        type=checked(parse_size),
        metavar="HxW",
        help="cells, as in 5x5, for mmbt and cross_attention",
    )
    add("--freeze", choices=("none", "text", "image", "both"),
        help="encoders that do not learn")  # fmt: skip
    add("--set", action="append", default=[], metavar="NAME=VALUE", dest="assignments",
        help="any other value of the recipe, as in fusion.dropout=0.2")  # fmt: skip


def _add_training(add: Any) -> None:
    add("--loss", choices=("cross_entropy", "class_weighted", "focal"))
    add("--epochs", type=integer(1))
    add("--batch_size", type=integer(1))
    add("--accumulate", type=integer(1), metavar="N", help="batches whose gradients make a step")
    add("--learning_rate", type=number(1e-9, 10))
    add("--clip_norm", type=number(1e-9, 1e9), help="of all gradients together")
    add("--modality_dropout", type=number(0, 0.99), metavar="P",
        help="probability that a training example loses its text or its images")  # fmt: skip
    add("--balance", choices=("none", "undersample", "oversample"))
    add("--early_stopping", type=integer(1), metavar="EPOCHS")
    add("--frozen_epochs", type=integer(0), help="first epochs in which the encoders rest")
    add("--mixed_precision", action="store_true", default=None, help="compute in bfloat16")
    add("--xla", action="store_true", default=None, help="compile the steps")
    add("--augment_images", action="store_true", default=None)
    add("--seed", type=integer(0))


def _add_bundle(add: Any) -> None:
    add("--precision_at", type=number(0.01, 1), metavar="P",
        help="thresholds: the lowest with a validation precision of P or more")  # fmt: skip
    add("--f_beta", type=number(0.01, 100), default=1.0, metavar="BETA",
        help="thresholds: the best F-beta on validation (default 1)")  # fmt: skip
    add("--licence", default="unstated", help="of the trained weights, for the card")
    add("--version", default="1", nargs="?", action=ModelVersion, metavar="V",
        help="of the model, for the card; alone it prints those of the project")  # fmt: skip


def parse(argv: Sequence[str] | None) -> TrainOptions | None:
    """The flags, checked; None where only the presets were asked for.

    Raises:
        UsageError: flags that do not go together.
    """
    made = parser()
    given, rest = made.parse_known_args(argv)
    if given.preset == _STARTER:
        raise UsageError(
            "--preset starter: the built-in model is no preset; in the project's tree, "
            "python -m workshop.starter.build builds it"
        )
    if rest:
        raise UsageError(unknown_word(rest[0], ours=[*made._option_string_actions]))
    if given.list_presets:
        return None
    if not given.preset:
        raise UsageError("--preset is missing (--list_presets names what there is)")
    if not given.output:
        raise UsageError("--output is missing: name the directory of the bundle to be made")
    if not given.examples:
        raise UsageError("--examples is missing: name a run directory of pipelines.preprocess")
    if given.resume and given.overwrite:
        raise UsageError("--resume goes on and --overwrite starts anew: give one of them")
    return TrainOptions(
        preset=given.preset,
        examples=tuple(given.examples),
        output=given.output,
        overrides=_overrides(given),
        precision_at=given.precision_at,
        f_beta=given.f_beta,
        licence=given.licence,
        version=given.version,
        resume=given.resume,
        overwrite=given.overwrite,
        dry_run=given.dry_run,
        no_progress=given.no_progress,
        verbose=given.verbose,
    )


def _overrides(given: argparse.Namespace) -> dict[str, Any]:
    found = {
        dotted: getattr(given, flag)
        for flag, dotted in _VALUES.items()
        if getattr(given, flag) is not None
    }
    if given.image_size:
        found["image.height"], found["image.width"] = parse_size(given.image_size)
    if given.image_grid:
        found["image.grid"] = list(parse_size(given.image_grid))
    if given.freeze:
        found |= {
            f"{part}.trainable": given.freeze not in (part, "both") for part in ("text", "image")
        }
    for text in given.assignments:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {text!r}: write NAME=VALUE, as in fusion.dropout=0.2")
        try:
            found[name] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise UsageError(f"--set {text!r}: {_problem(error)}; quote the value") from None
    return found


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or "it is no YAML value")
