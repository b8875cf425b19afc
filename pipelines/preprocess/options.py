"""The options of ``pipelines.preprocess``: declared, checked and explained without Beam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from moderation.datasets.splits.shares import parse_splits
from pipelines.command.option_groups import Beam, Gates, Images, Records, RunPlace, Terminal
from pipelines.command.options import Options, Words
from pipelines.command.usage import UsageError
from pipelines.command.values import (
    checked,
    expect_no_job_labels,
    integer,
    number,
    one_of,
    parse_size,
    split_list,
    text,
)
from schemas.datasets import ImageEncoding, Link, OnConflict

_MAX_SIDE_PIXELS = 8_192
_SEPARATOR = "|"


def parse_links(text: str) -> tuple[Link, ...]:
    """``"image,text"`` as links, ``"none"`` as none; raises ``UsageError``."""
    if text == "none":
        return ()
    names = [link.value for link in Link]
    parts = split_list(text)
    if not parts or any(part not in names for part in parts):
        raise UsageError(f"write 'none' or some of {','.join(names)}")
    return tuple(link for link in Link if link.value in parts)


def _check_size(text: str) -> None:
    if max(parse_size(text)) > _MAX_SIDE_PIXELS:
        raise UsageError(f"a side has {_MAX_SIDE_PIXELS:,} pixels at most")


def _check_labels(text: str) -> None:
    expect_no_job_labels(text)
    labels = split_list(text)
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if twice:
        raise UsageError(f"{twice[0]!r} is named twice")


@dataclass(frozen=True, kw_only=True)
class Examples(Options):
    """What an example holds."""

    TITLE = "examples"

    image_size: Annotated[str, checked(_check_size, "HxW")] = "224x224"
    """that every image is brought to (default: %(default)s)"""
    image_encoding: Annotated[str, one_of(ImageEncoding)] = ImageEncoding.JPEG.value
    """of the images in examples: jpeg (default), png (lossless), or raw uint8"""
    jpeg_quality: Annotated[int, integer(1, 100)] = 92
    """default: %(default)s"""
    full_decode: bool = False
    """decode JPEGs at full size before they are made smaller: slower, and other pixels than a model
    sees whose card says reduced_decode"""
    missing_images: Literal["keep", "dead_letter"] = "keep"
    """a record whose image cannot be had, or that names none: an example whose presence mask says
    so (default), or a dead letter"""
    labels: Annotated[str, checked(_check_labels, "A,B,…")] = ""
    """the labels in order; other ones are dead letters. Default: the contract's labels of a kind,
    or where a kind has none of them, all that are found, sorted"""
    multi_label: bool = False
    """a record has any number of labels, none included: a list, or a text with a separator between
    them; examples hold 'labels', a multi-hot, instead of 'label_index'"""
    label_separator: Annotated[str, text("TEXT")] | None = None
    """of --multi_label, between the labels of a text; alone it says: none (default: '|')"""
    on_conflict: Annotated[str, one_of(OnConflict)] = OnConflict.DROP.value
    """rows of one content (texts and image bytes) with contradicting labels: drop them all
    (default), keep the label of more than half, or that of the first row"""


@dataclass(frozen=True, kw_only=True)
class Splits(Options):
    """Which split a row goes to, and what must not be parted."""

    TITLE = "splits"

    splits: Annotated[str, checked(parse_splits, "NAME=SHARE,…")] = "train=0.85,val=0.05,test=0.10"
    """by hash of a row's group (default: %(default)s)"""
    split_column: Annotated[str, text("COLUMN")] | None = None
    """column that names a row's split, one of --splits; a group goes where most of its rows want
    to"""
    stratify: bool = False
    """give every split its share of each label, as far as groups allow"""
    seed: Annotated[int, integer(0)] = 0
    """of the hash (default: 0)"""
    group_by: Annotated[str, checked(parse_links, "LINK,…")] = ",".join(Link)
    """what keeps rows in one split, or 'none' (default: %(default)s)"""
    text_similarity: Annotated[float, number(0.5, 1, "S")] = 0.6
    """Jaccard similarity of 5-character shingles from which texts are nearly equal (default:
    %(default)g)"""
    image_hash: Literal["auto", "pdq", "steps"] = "auto"
    """by which near images are told: steps (128 bits of brightness steps), pdq (near by steps or by
    PDQ's 256 bits; the extra 'hashes'), or pdq where it is installed (default)"""
    image_distance_bits: Annotated[int, integer(0, 40)] | None = None
    """bits in which hashes of near images may differ (default: 36 of pdq, 40 at most; 6 of steps, 7
    at most)"""
    grouping_rounds: Annotated[int, integer(1, 40)] = 12
    """rounds in which groups find together; a run that needs more is not committed and says so
    (default: %(default)s)"""


@dataclass(frozen=True, kw_only=True)
class Shards(Options):
    """What examples are written as."""

    TITLE = "examples out"

    shard_mb: Annotated[float, number(0.01, 4096, "MB")] = 64.0
    """of a TFRecord file at most, before compression (default: %(default)g)"""
    gzip: bool = False
    """compress the TFRecord files"""


@dataclass(frozen=True, kw_only=True)
class PreprocessOptions(Records, Images, Examples, Splits, Shards, RunPlace, Gates, Terminal, Beam):
    """Every option of the job, checked one by one. ``None`` and empty mean: not given."""

    NAME = "preprocess"
    DESCRIPTION = (
        "Turn labelled tweet pairs and memes into sharded TFRecords of tf.train.Example, in splits "
        "that share no image and no nearly equal text. Without flags it takes the built-in sample."
    )
    WORDS = Words(
        made="run",
        committed="run",
        per="row read",
        empty="commit a set without an example",
        checks="check inputs, options and output, write nothing",
    )
    output: str = "datasets"

    def check(self) -> None:
        """What flags ask of each other; raises ``UsageError``."""
        super().check()
        if self.stratify and self.split_column:
            raise UsageError("--split_column says where rows go: --stratify has nothing to say")
        separator = self.label_separator
        if separator is not None and not (self.multi_label and separator.strip()):
            raise UsageError(
                "--label_separator stands between the labels of a text: give --multi_label too, "
                "and a separator that is not blank"
            )

    def links(self) -> tuple[Link, ...]:
        """What groups contents."""
        return parse_links(self.group_by)

    def separator(self) -> str | None:
        """What stands between the labels of a text; None: a record has one label."""
        return (self.label_separator or _SEPARATOR) if self.multi_label else None
