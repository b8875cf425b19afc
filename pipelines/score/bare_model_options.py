"""What ``pipelines.score`` is told of a SavedModel that has no card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pipelines.command.options import Options
from pipelines.command.values import (
    checked,
    expect_no_job_labels,
    integer,
    parse_size,
    path,
    text,
)
from schemas.pixels import JpegArithmetic, Resample

_LABELS = ("--labels", "--model_labels")
"""The second because a template's launcher and Airflow give labels of the job as ``--labels``."""


@dataclass(frozen=True, kw_only=True)
class BareModel(Options):
    """What a card would say of the model."""

    TITLE = "a SavedModel without a card"

    labels: Annotated[str, checked(expect_no_job_labels, "A,B,…", names=_LABELS)] | None = None
    """the output's labels, in order"""
    task: Annotated[str, text("NAME")] | None = None
    """entailment, hateful, or a name for another question"""
    signature: Annotated[str, text("NAME")] | None = None
    """default: serving_default, or the only one"""
    output_name: Annotated[str, text("NAME")] | None = None
    """which of several outputs has the scores"""
    bind: Annotated[str, text("INPUT=NAME,…")] = ""
    """inputs with names of their own, as in pic=image_1,words=text; keep_prob=const:1.0 is the
    same for all; examples:caption=text is a feature of serialized tf.train.Examples"""
    tokenizer: Annotated[str, text("FILE|FAMILY")] | None = None
    """a tokenizer.json (needs the extra 'tokenizers'), or whose WordPiece: bert, keras_hub,
    hugging_face; default: a tokenizer.json beside the model, else by its inputs' names"""
    vocab: Annotated[str, path("FILE")] | None = None
    """WordPiece vocabulary; default: uncased BERT's"""
    cased: bool = False
    """the vocabulary is cased"""
    image_range: Literal["0..255", "0..1", "-1..1", "imagenet"] | None = None
    """values of the image input; default: 0..255"""
    image_size: Annotated[str, checked(parse_size, "HxW")] | None = None
    """where the signature leaves it open, as in 224x224"""
    image_encoding: Annotated[str, text("png|jpeg:QUALITY")] | None = None
    """where the model takes images as files (default: png, which loses nothing)"""
    resizer: Resample | None = None
    """by whose arithmetic images were resized in training; default: bilinear, which is Pillow's, or
    the multimodal-entailment example's where inputs have its names"""
    jpeg_decoder: JpegArithmetic | None = None
    """fast: TensorFlow's default (needs the extra 'tf_jpeg'); default: accurate, as all others"""
    activation: Literal["none", "softmax", "sigmoid"] | None = None
    """what turns the output into probabilities; default: what logits need where the output is
    called so, else none, they are already"""
    missing_images: Literal["zeros", "dead_letter"] | None = None
    """an item whose image cannot be had: zeros in its place, or a dead letter (default)"""
    sequence_length: Annotated[int, integer(3, 8192)] | None = None
    """tokens, where the signature leaves them open"""
    text_packing: Literal["together", "apart"] | None = None
    """share of the tokens of a pair's texts: trimmed together, or half for each"""
