"""The flags of ``pipelines.score``: declared, checked and explained without Beam or TensorFlow."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from moderation.records.layout import Layout, parse_columns
from pipelines.flag_groups import add_images, add_input, add_run_directory, add_terminal
from pipelines.flags import UsageError, checked, group, integer, new_parser, number, parse_size
from schemas.records import Kind


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """Every flag of the job, checked one by one. ``None`` and empty mean: not given."""

    input: tuple[str, ...]
    record_kind: str | None
    columns: str
    image_root: str | None
    image_template: str | None
    allow_outside_root: bool
    limit: int | None
    max_row_mb: float
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
    image_timeout_s: float
    image_retries: int
    max_image_mb: float
    max_image_megapixels: float
    image_connections: int
    image_connections_per_host: int
    decode_threads: int
    allow_private_hosts: bool
    allowed_ports: str
    allow_hosts: str
    deny_hosts: str
    egress_proxy: str | None
    policy: str | None
    output: str
    run_id: str | None
    format: str
    overwrite: bool
    max_dead_letter_ratio: float
    allow_empty: bool
    dry_run: bool
    verbose: bool
    no_progress: bool

    def layout(self) -> Layout:
        """How rows become records."""
        return Layout(
            record_kind=Kind(self.record_kind) if self.record_kind else None,
            columns=parse_columns(self.columns),
            image_root=_absolute(self.image_root),
            image_template=self.image_template,
            allow_outside_root=self.allow_outside_root,
        )

    def as_dict(self) -> dict[str, Any]:
        """For the manifest; a proxy's password does not go there."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        if self.egress_proxy:
            values["egress_proxy"] = self.egress_proxy.rsplit("@", 1)[-1]
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def parse(argv: Sequence[str] | None) -> tuple[ScoreOptions, list[str]]:
    """Our options, and what is left for Beam.

    Raises:
        UsageError: where flags cannot be used together.
        SystemExit: after ``--help``, or with 2 where a flag's value is wrong.
    """
    known, rest = build_parser().parse_known_args(argv)
    values = vars(known)
    values["input"] = tuple(path for group in known.input or () for path in group)
    options = ScoreOptions(**values)
    _check_together(options)
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
    add("--vocab", metavar="FILE", help="WordPiece vocabulary; default: uncased BERT's")
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
    add("--policy", metavar="FILE", help="YAML with thresholds, review band and version")
    add_run_directory(add, default="runs", what="run")
    add(
        "--format",
        choices=("parquet", "jsonl"),
        default="parquet",
        help="of the verdicts (default: %(default)s)",
    )
    add(
        "--max_dead_letter_ratio",
        type=number(0, 1),
        default=1.0,
        metavar="R",
        help="failure budget: with more dead letters per row read the run is not committed "
        "and ends with 3 (default: %(default)g, no budget)",
    )
    add("--allow_empty", action="store_true", help="commit a run over no rows at all")


def _check_together(options: ScoreOptions) -> None:
    if options.image_template and not options.image_root:
        raise UsageError(
            f"--image_template {options.image_template!r} names files under --image_root: "
            "give the folder too"
        )
    if options.overwrite and not options.run_id:
        raise UsageError("--overwrite replaces a run by its id: give --run_id too")
    root = options.image_root
    if root and "://" not in root and not os.path.isdir(root):
        raise UsageError(f"--image_root {root!r} is no folder: check the path")


def _absolute(path: str | None) -> str | None:
    return path if path is None or "://" in path else os.path.abspath(path)
