"""The options of ``pipelines.score``: declared, checked and explained without Beam."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.command.groups import Beam, Gates, Images, JobOptions, Records, Terminal
from pipelines.command.options import Options, Words, option, switch
from pipelines.command.values import (
    Value,
    checked,
    integer,
    model_place,
    one_of,
    parse_size,
    parsed,
    path,
)


@dataclass(frozen=True, kw_only=True)
class Model(Options):
    """Which model judges, and how it works."""

    TITLE = "model"

    model: str = option(
        parsed(model_place, "DIR"),
        "a model bundle, a bare TF2 SavedModel (local or gs://), or 'starter' (default)",
        default="starter",
    )
    batch_size: int = option(
        integer(1, 4096), "items a call to the model (default: %(default)s)", default=32
    )
    accelerator: str | None = option(
        Value("HINT"),
        "resource hint of the inference step alone, on runners that know it: "
        "'type:nvidia-tesla-t4;count:1;install-nvidia-driver'",
    )


@dataclass(frozen=True, kw_only=True)
class BareModel(Options):
    """What a card would say of the model."""

    TITLE = "a SavedModel without a card"

    labels: str | None = option(Value("A,B,…"), "the output's labels, in order")
    task: str | None = option(Value("NAME"), "entailment, hateful, or a name for another question")
    signature: str | None = option(Value("NAME"), "default: serving_default, or the only one")
    output_name: str | None = option(Value("NAME"), "which of several outputs has the scores")
    bind: str = option(
        Value("INPUT=NAME,…"),
        "inputs with names of their own, as in pic=image_1,words=text",
        default="",
    )
    vocab: str | None = option(path("FILE"), "WordPiece vocabulary; default: uncased BERT's")
    cased: bool = switch("the vocabulary is cased")
    image_range: str | None = option(
        one_of(("0..255", "0..1", "-1..1", "imagenet")),
        "values of the image input; default: 0..255",
    )
    image_size: str | None = option(
        checked(parse_size, "HxW"), "where the signature leaves it open, as in 224x224"
    )
    activation: str | None = option(
        one_of(("none", "softmax", "sigmoid")),
        "what turns the output into probabilities; default: none, they are already",
    )
    missing_images: str | None = option(
        one_of(("zeros", "dead_letter")),
        "an item whose image cannot be had: zeros in its place, or a dead letter (default)",
    )
    sequence_length: int | None = option(
        integer(3, 8192), "tokens, where the signature leaves them open"
    )
    text_packing: str | None = option(
        one_of(("together", "apart")),
        "share of the tokens of a pair's texts: trimmed together, or half for each",
    )


@dataclass(frozen=True, kw_only=True)
class Policy(Options):
    """What verdicts are made by."""

    TITLE = "verdicts out"

    policy: str | None = option(path("FILE"), "YAML with thresholds, review band and version")


@dataclass(frozen=True, kw_only=True)
class Form(Options):
    """What verdicts are written as."""

    format: str = option(
        one_of(("parquet", "jsonl")), "of the verdicts (default: %(default)s)", default="parquet"
    )


@dataclass(frozen=True, kw_only=True)
class ScoreOptions(
    Records, Model, BareModel, Images, Policy, JobOptions, Form, Gates, Terminal, Beam
):
    """Every option of the job, checked one by one. ``None`` and empty mean: not given."""

    NAME = "score"
    DESCRIPTION = (
        "Score tweet pairs and memes: verdicts, dead letters, a review queue and an audit. "
        "Without flags it scores the built-in sample with the built-in model."
    )
    WORDS = Words(
        made="run",
        committed="run",
        per="row read",
        empty="commit a run over no rows at all",
        checks="check inputs, model, policy and output, score nothing",
    )
    output: str = "runs"
