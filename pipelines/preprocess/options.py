"""The flags of ``pipelines.preprocess``: declared, checked and explained without Beam."""

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
    UsageError,
    checked,
    group,
    integer,
    new_parser,
    number,
    parse_size,
    split_list,
)
from pipelines.command.shared_options import RecordOptions, check_records, check_run, parsed
from schemas.datasets import ImageEncoding, Link, OnConflict

_MAX_SIDE_PIXELS = 8_192
SPLITS = "train=0.85,val=0.05,test=0.10"
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class PreprocessOptions(RecordOptions):
    """Every flag of the job, checked one by one. ``None`` and empty mean: not given."""

    image_size: str
    image_encoding: str
    jpeg_quality: int
    full_decode: bool
    missing_images: str
    labels: str
    multi_label: bool
    label_separator: str | None
    on_conflict: str
    splits: str
    split_column: str | None
    stratify: bool
    seed: int
    group_by: str
    text_similarity: float
    image_distance_bits: int
    grouping_rounds: int
    shard_mb: float
    gzip: bool

    def links(self) -> tuple[Link, ...]:
        """What groups contents."""
        return parse_links(self.group_by)


def parse(argv: Sequence[str] | None) -> tuple[PreprocessOptions, list[str]]:
    """Our options, and what is left for Beam.

    Raises:
        UsageError: where flags cannot be used together.
        SystemExit: after ``--help``, or with 2 where a flag's value is wrong.
    """
    values, rest = parsed(build_parser(), argv, many=("input",))
    options = PreprocessOptions(**values)
    check_records(options)
    check_run(options, what="a run")
    if options.stratify and options.split_column:
        raise UsageError("--split_column says where rows go: --stratify has nothing to say")
    if options.label_separator is not None and not (
        options.multi_label and options.label_separator.strip()
    ):
        raise UsageError(
            "--label_separator stands between the labels of a text: give --multi_label too, and a "
            "separator that is not blank"
        )
    return options, rest


def build_parser() -> argparse.ArgumentParser:
    """Our flags in groups."""
    parser = new_parser(
        "python -m pipelines.preprocess",
        "Turn labelled tweet pairs and memes into sharded TFRecords of tf.train.Example, in splits "
        "that share no image and no nearly equal text. Without flags it takes the built-in sample.",
    )
    for add in (add_input, add_images, _add_examples, _add_splits, _add_output):
        add(parser)
    add_terminal(parser, checks="check inputs, options and output, write nothing")
    return parser


def parse_links(text: str) -> tuple[Link, ...]:
    """``"image,text"`` as links, ``"none"`` as none; raises ``UsageError``."""
    if text == "none":
        return ()
    names = [link.value for link in Link]
    parts = split_list(text)
    if not parts or any(part not in names for part in parts):
        raise UsageError(f"write 'none' or some of {','.join(names)}")
    return tuple(link for link in Link if link.value in parts)


def _add_examples(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "examples")
    add(
        "--image_size",
        type=checked(_image_size),
        default="224x224",
        metavar="HxW",
        help="that every image is brought to (default: %(default)s)",
    )
    add(
        "--image_encoding",
        choices=[each.value for each in ImageEncoding],
        default=ImageEncoding.JPEG.value,
        help="of the images in examples: jpeg (default), png (lossless), or raw uint8",
    )
    add(
        "--jpeg_quality",
        type=integer(1, 100),
        default=92,
        metavar="N",
        help="default: %(default)s",
    )
    add(
        "--full_decode",
        action="store_true",
        help="decode JPEGs at full size before they are made smaller: slower, and other pixels "
        "than a model sees whose card says reduced_decode",
    )
    add(
        "--missing_images",
        choices=("keep", "dead_letter"),
        default="keep",
        help="a record whose image cannot be had, or that names none: an example whose presence "
        "mask says so (default), or a dead letter",
    )
    add(
        "--labels",
        default="",
        type=checked(_labels),
        metavar="A,B,…",
        help="the labels in order; other ones are dead letters. Default: the contract's labels of "
        "a kind, or where a kind has none of them, all that are found, sorted",
    )
    add(
        "--multi_label",
        action="store_true",
        help="a record has any number of labels, none included: a list, or a text with a separator "
        "between them; examples hold 'labels', a multi-hot, instead of 'label_index'",
    )
    add(
        "--label_separator",
        metavar="TEXT",
        help=f"of --multi_label, between the labels of a text; alone it says: none (default: "
        f"'{SEPARATOR}')",
    )
    add(
        "--on_conflict",
        choices=[each.value for each in OnConflict],
        default=OnConflict.DROP.value,
        help="rows of one content (texts and image bytes) with contradicting labels: drop them all "
        "(default), keep the label of more than half, or that of the first row",
    )


def _add_splits(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "splits")
    add(
        "--splits",
        default=SPLITS,
        type=checked(_splits),
        metavar="NAME=SHARE,…",
        help="by hash of a row's group (default: %(default)s)",
    )
    add(
        "--split_column",
        metavar="COLUMN",
        help="column that names a row's split, one of --splits; a group goes where most of its "
        "rows want to",
    )
    add(
        "--stratify",
        action="store_true",
        help="give every split its share of each label, as far as groups allow",
    )
    add("--seed", type=integer(0), default=0, metavar="N", help="of the hash (default: 0)")
    add(
        "--group_by",
        default=",".join(link.value for link in Link),
        type=checked(parse_links),
        metavar="LINK,…",
        help="what keeps rows in one split, or 'none' (default: %(default)s)",
    )
    add(
        "--text_similarity",
        type=number(0.5, 1),
        default=0.6,
        metavar="S",
        help="Jaccard similarity of 5-character shingles from which texts are nearly equal "
        "(default: %(default)g)",
    )
    add(
        "--image_distance_bits",
        type=integer(0, 7),
        default=6,
        metavar="N",
        help="bits of 128 in which perceptual hashes of near images may differ "
        "(default: %(default)s)",
    )
    add(
        "--grouping_rounds",
        type=integer(1, 40),
        default=12,
        metavar="N",
        help="rounds in which groups find together; a run that needs more is not committed and "
        "says so (default: %(default)s)",
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "examples out")
    add(
        "--shard_mb",
        type=number(0.01, 4096),
        default=64.0,
        metavar="MB",
        help="of a TFRecord file at most, before compression (default: %(default)g)",
    )
    add("--gzip", action="store_true", help="compress the TFRecord files")
    add_run_directory(add, default="datasets", what="run")
    add_gates(add, per="row read", what="run", empty="commit a set without an example")


def _image_size(text: str) -> None:
    if max(parse_size(text)) > _MAX_SIDE_PIXELS:
        raise UsageError(f"a side has {_MAX_SIDE_PIXELS:,} pixels at most")


def _labels(text: str) -> None:
    labels = split_list(text)
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if twice:
        raise UsageError(f"{twice[0]!r} is named twice")


def _splits(text: str) -> None:
    from moderation.datasets.splits.shares import SplitError, parse_splits

    try:
        parse_splits(text)
    except SplitError as error:
        raise UsageError(str(error)) from error
