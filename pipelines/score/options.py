"""The flags of ``pipelines.score``: declared, checked and explained without Beam or TensorFlow."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.command.flag_groups import (
    add_gates,
    add_images,
    add_input,
    add_run_directory,
    add_terminal,
)
from pipelines.command.flags import (
    absolute,
    checked,
    group,
    integer,
    model_place,
    new_parser,
    parse_size,
)
from pipelines.command.shared_options import RecordOptions, check_records, check_run, parsed


@dataclass(frozen=True, slots=True)
class ScoreOptions(RecordOptions):
    """Every flag of the job, checked one by one. ``None`` and empty mean: not given."""

    model: str
    batch_size: int
    labels: str | None
    task: str | None
    signature: str | None
    output_name: str | None
    bind: str
    vocab: str | None
    cased: bool
    image_range: str | None
    image_size: str | None
    activation: str | None
    missing_images: str | None
    sequence_length: int | None
    text_packing: str | None
    accelerator: str | None
    policy: str | None
    format: str


def parse(argv: Sequence[str] | None) -> tuple[ScoreOptions, list[str]]:
    """Our options, and what is left for Beam.

    Raises:
        UsageError: where flags cannot be used together.
        SystemExit: after ``--help``, or with 2 where a flag's value is wrong.
    """
    values, rest = parsed(build_parser(), argv, many=("input",))
    options = ScoreOptions(**values)
    check_records(options)
    check_run(options, what="a run")
    return options, rest


def build_parser() -> argparse.ArgumentParser:
    """Our flags in groups."""
    parser = new_parser(
        "python -m pipelines.score",
        "Score tweet pairs and memes: verdicts, dead letters, a review queue and an audit. "
        "Without flags it scores the built-in sample with the built-in model.",
    )
    for add in (add_input, _add_model, add_images, _add_output):
        add(parser)
    add_terminal(parser, checks="check inputs, model, policy and output, score nothing")
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "model")
    add(
        "--model",
        type=model_place,
        default="starter",
        metavar="DIR",
        help="a model bundle, a bare TF2 SavedModel (local or gs://), or 'starter' (default)",
    )
    add(
        "--batch_size",
        type=integer(1, 4096),
        default=32,
        metavar="N",
        help="items a call to the model (default: %(default)s)",
    )
    add(
        "--accelerator",
        metavar="HINT",
        help="resource hint of the inference step alone, on runners that know it: "
        "'type:nvidia-tesla-t4;count:1;install-nvidia-driver'",
    )
    add = group(parser, "a SavedModel without a card")
    add("--labels", metavar="A,B,…", help="the output's labels, in order")
    add("--task", metavar="NAME", help="entailment, hateful, or a name for another question")
    add("--signature", metavar="NAME", help="default: serving_default, or the only one")
    add("--output_name", metavar="NAME", help="which of several outputs has the scores")
    add(
        "--bind",
        default="",
        metavar="INPUT=NAME,…",
        help="inputs with names of their own, as in pic=image_1,words=text",
    )
    add(
        "--vocab",
        type=absolute,
        metavar="FILE",
        help="WordPiece vocabulary; default: uncased BERT's",
    )
    add("--cased", action="store_true", help="the vocabulary is cased")
    add(
        "--image_range",
        choices=("0..255", "0..1", "-1..1", "imagenet"),
        help="values of the image input; default: 0..255",
    )
    add(
        "--image_size",
        type=checked(parse_size),
        metavar="HxW",
        help="where the signature leaves it open, as in 224x224",
    )
    add(
        "--activation",
        choices=("none", "softmax", "sigmoid"),
        help="what turns the output into probabilities; default: none, they are already",
    )
    add(
        "--missing_images",
        choices=("zeros", "dead_letter"),
        help="an item whose image cannot be had: zeros in its place, or a dead letter (default)",
    )
    add(
        "--sequence_length",
        type=integer(3, 8192),
        metavar="N",
        help="tokens, where the signature leaves them open",
    )
    add(
        "--text_packing",
        choices=("together", "apart"),
        help="share of the tokens of a pair's texts: trimmed together, or half for each",
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "verdicts out")
    add(
        "--policy",
        type=absolute,
        metavar="FILE",
        help="YAML with thresholds, review band and version",
    )
    add_run_directory(add, default="runs", what="run")
    add(
        "--format",
        choices=("parquet", "jsonl"),
        default="parquet",
        help="of the verdicts (default: %(default)s)",
    )
    add_gates(add, per="row read", what="run", empty="commit a run over no rows at all")
