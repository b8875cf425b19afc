"""The options of ``pipelines.train``: declared, checked and explained without TensorFlow."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import yaml

from pipelines.command.options import Options, names_of
from pipelines.command.parser import VersionFlag
from pipelines.command.usage import UsageError, unknown_word
from pipelines.command.values import (
    checked,
    integer,
    number,
    parse_size,
    path,
    text,
)

_STARTER = "starter"
_RECIPE = {
    "fusion": "fusion.name",
    "loss": "loss.name",
    "text_encoder": "text.uri",
    "text_preprocessor": "text.preprocessor",
    "sequence_length": "text.sequence_length",
    "image_encoder": "image.uri",
    "image_weights": "image.weights",
}
"""What the recipe calls an option, where it is not the option's own name."""


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

    preset: Annotated[str, text("NAME|YAML")] = ""
    """a preset's name, or a recipe's YAML file"""
    list_presets: bool = False
    """print the presets and end"""
    examples: Annotated[tuple[str, ...], path("DIR")] = ()
    """committed runs of pipelines.preprocess"""
    output: Annotated[str, text("DIR")] = ""
    """the bundle's directory; must not exist, or be empty"""
    folds: Annotated[int, integer(3, 20)] | None = None
    """instead of a bundle, scores of all examples, each by one of N networks that had not seen it:
    for pipelines.evaluate"""
    resume: bool = False
    """go on after the last whole epoch of a killed run"""
    overwrite: bool = False
    """replace the bundle or the unfinished training"""


@dataclass(frozen=True, kw_only=True)
class Network(Options):
    """The recipe's encoders, fusion and head. ``None``: as the preset says."""

    TITLE = "network; what is not given is as the preset says"

    fusion: Literal["late", "cross_attention", "concat", "mmbt"] | None = None
    modalities: Literal["both", "text", "image"] | None = None
    activation: Literal["softmax", "sigmoid"] | None = None
    """sigmoid: an item has any number of labels"""
    task: Annotated[str, text("NAME")] | None = None
    """name of the question, as in entailment, hateful, topic"""
    text_encoder: Annotated[str, text("URI")] | None = None
    """tfhub:HANDLE, keras_hub:PRESET or folder, subwords:, starter:"""
    text_preprocessor: Annotated[str, text("HANDLE")] | None = None
    """of a tfhub: encoder"""
    sequence_length: Annotated[int, integer(3, 8192, shown="TOKENS")] | None = None
    image_encoder: Annotated[str, text("URI")] | None = None
    """efficientnet_lite0 (its weights ship), applications:NAME, keras_hub:PRESET or folder"""
    image_weights: Annotated[str, text("imagenet|none|PATH")] | None = None
    """of the image encoder"""


@dataclass(frozen=True, kw_only=True)
class NetworkParts(Options):
    """What sets several values of the recipe, or any."""

    image_size: Annotated[str, checked(parse_size, "HxW")] | None = None
    """pixels, as in 224x224"""
    image_grid: Annotated[str, checked(parse_size, "HxW")] | None = None
    """cells, as in 5x5, for mmbt and cross_attention"""
    freeze: Literal["none", "text", "image", "both"] | None = None
    """encoders that do not learn"""
    assignments: Annotated[tuple[str, ...], text("NAME=VALUE", names=("--set",), nargs=None)] = ()
    """any other value of the recipe, as in fusion.dropout=0.2"""


@dataclass(frozen=True, kw_only=True)
class Training(Options):
    """How the recipe learns. ``None``: as the preset says."""

    TITLE = "training; what is not given is as the preset says"

    loss: Literal["cross_entropy", "class_weighted", "focal"] | None = None
    epochs: Annotated[int, integer(1, shown=None)] | None = None
    batch_size: Annotated[int, integer(1, shown=None)] | None = None
    accumulate: Annotated[int, integer(1)] | None = None
    """batches whose gradients make a step"""
    learning_rate: Annotated[float, number(1e-9, 10)] | None = None
    clip_norm: Annotated[float, number(1e-9, 1e9)] | None = None
    """of all gradients together"""
    modality_dropout: Annotated[float, number(0, 0.99, "P")] | None = None
    """probability that a training example loses its text or its images"""
    balance: Literal["none", "undersample", "oversample"] | None = None
    early_stopping: Annotated[int, integer(1, shown="EPOCHS")] | None = None
    frozen_epochs: Annotated[int, integer(0, shown=None)] | None = None
    """first epochs in which the encoders rest"""
    mixed_precision: bool | None = None
    """compute in bfloat16"""
    xla: bool | None = None
    """compile the steps"""
    augment_images: bool | None = None
    seed: Annotated[int, integer(0, shown=None)] | None = None


@dataclass(frozen=True, kw_only=True)
class Bundle(Options):
    """What the bundle's card says."""

    TITLE = "bundle"

    precision_at: Annotated[float, number(0.01, 1, "P")] | None = None
    """thresholds: the lowest with a validation precision of P or more. Default: the best F1 with
    0.8 or more where five rows show it and flags beat flagging all, else the best F1 where that
    does, else none"""
    f_beta: Annotated[float, number(0.01, 100, "BETA")] | None = None
    """thresholds: the best F-beta on validation"""
    licence: Annotated[str, text()] = "unstated"
    """of the trained weights, for the card"""
    version: Annotated[str, text("V", nargs="?", action=ModelVersion)] = "1"
    """of the model, for the card; alone it prints those of the project"""


@dataclass(frozen=True, kw_only=True)
class Terminal(Options):
    """What the terminal shows."""

    TITLE = "terminal"

    dry_run: bool = False
    """check flags, recipe and examples; train nothing"""
    no_progress: bool = False
    """show no bar, and no line of what is done"""
    verbose: bool = False
    """let TensorFlow talk"""


@dataclass(frozen=True, kw_only=True)
class TrainOptions(Job, Network, NetworkParts, Training, Bundle, Terminal):
    """Every option of the job, checked one by one."""

    NAME = "train"
    DESCRIPTION = "Train a network on TFRecords of pipelines.preprocess; write a model bundle."
    EPILOG = """\
examples:
  python -m pipelines.train --preset mmbt --examples datasets/run_id=… --output models/mmbt
  python -m pipelines.train --preset memes --folds 5 --examples datasets/run_id=… --output tried
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
        if self.folds and self.resume:
            raise UsageError("--resume goes on with a bundle, --folds makes none: leave one away")
        _ = self.overrides

    @property
    def overrides(self) -> dict[str, Any]:
        """Dotted name of the recipe to value; raises ``UsageError``."""
        given = {_RECIPE.get(name, name): getattr(self, name) for name in names_of(Network)}
        for name in names_of(Training):
            given[_RECIPE.get(name, f"training.{name}")] = getattr(self, name)
        found = {name: value for name, value in given.items() if value is not None}
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
