"""Training examples: the feature specification, ``info.json``, ``stats.json``, the side tables.

``pipelines.preprocess`` writes them; ``moderation.records.read_tfrecord`` reads examples by
``info.json`` alone.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas import SCHEMA_VERSION
from schemas.audit import DeadLetterCount, SourceCount, UnreadableFile
from schemas.records import Kind


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ImageEncoding(str, Enum):
    """How an image lies in an example."""

    JPEG = "jpeg"
    PNG = "png"
    RAW = "raw"
    """uint8 ``[height, width, 3]`` as bytes, row by row."""


class Link(str, Enum):
    """Why two contents may not fall into different splits."""

    IMAGE = "image"
    """An image with the same bytes."""
    NEAR_IMAGE = "near_image"
    """Images whose perceptual hashes are close."""
    TEXT = "text"
    """A text that is equal once normalised."""
    NEAR_TEXT = "near_text"
    """Texts whose shingles are similar."""


class ImageHash(str, Enum):
    """By which hash images are near."""

    PDQ = "pdq"
    """PDQ's 256 bits, made from a picture of up to 512 pixels a side, or those of ``STEPS``."""
    STEPS = "steps"
    """128 bits: the signs of brightness steps, made from the example's pixels."""


class OnConflict(str, Enum):
    """What becomes of rows with one content and contradicting labels."""

    DROP = "drop"
    """All of them are dead letters."""
    MAJORITY = "majority"
    """The label of more than half of the rows stays; without one, all are dropped."""
    KEEP_FIRST = "keep_first"
    """The label of the first row by file and row number stays."""


class FeatureSpec(_Model):
    """One feature of an example; every example has every feature, at this shape."""

    name: str
    dtype: Literal["string", "int64"]
    shape: list[int]
    """Without the batch; ``[]`` is one value."""
    role: Literal["key", "id", "text", "image", "image_sha256", "presence", "label", "extras"]
    encoding: ImageEncoding | None = None
    """Of an image: what its bytes are."""
    description: str


class ImageSpec(_Model):
    """What the images of a set are."""

    height: int
    width: int
    encoding: ImageEncoding
    quality: int | None
    """Of JPEG."""
    resample: str
    reduced_decode: bool
    fields: list[str]
    """Image fields in the order of the feature ``presence``."""


class ShardEntry(_Model):
    """One TFRecord file, relative to the run directory."""

    path: str
    examples: int
    bytes: int
    sha256: str


class SplitInfo(_Model):
    """One split and its shards, in order of their keys."""

    examples: int
    bytes: int
    shards: list[ShardEntry]


class DatasetInfo(_Model):
    """``info.json``: everything a reader needs."""

    schema_version: str = SCHEMA_VERSION
    run_id: str
    created_at: str
    compression: Literal["", "GZIP"]
    kinds: list[Kind]
    labels: dict[Kind, list[str]]
    """By kind; a label's place is its ``label_index``, or its place in ``labels``."""
    features: list[FeatureSpec]
    image: ImageSpec
    splits: dict[str, SplitInfo]
    content_digest: str
    """``sha256:…`` over the shards' digests: equal for equal sets."""
    versions: dict[str, str]

    @property
    def multi_label(self) -> bool:
        """Whether an example has any number of labels: ``labels`` instead of ``label_index``."""
        return any(feature.name == "labels" for feature in self.features)


class ExamplesAccount(_Model):
    """``read = written + dead_lettered``, or the run does not commit."""

    read: int
    written: int
    dead_lettered: int
    lost: int = 0
    """Rows of unreadable files beyond ``read``, as in a run's audit."""

    @property
    def reconciles(self) -> bool:
        """Whether every row that was read has come out."""
        return self.read == self.written + self.dead_lettered


class Distribution(_Model):
    """Of one number over rows or images."""

    count: int
    mean: float
    p05: int
    median: int
    p95: int
    max: int
    """Numbers beyond ``capped_at`` count as that."""
    capped_at: int
    histogram: dict[str, int]
    """Lower bound of a bin to how many lie in it; empty bins are left out."""


class ConflictStats(_Model):
    """Contradicting labels for identical content."""

    rule: OnConflict
    contents: int
    rows: int
    rows_kept: int
    rows_dropped: int


class LargestGroup(_Model):
    """One of the groups with the most rows."""

    group: str
    contents: int
    rows: int


class GroupingStats(_Model):
    """What grouping did; rows are those that were written."""

    links: list[Link]
    text_similarity: float
    image_hash: ImageHash = ImageHash.STEPS
    image_distance_bits: int
    groups: int
    """Of labelled contents, singles included."""
    groups_of_several: int
    rows_in_groups_of_several: int
    rows_moved: int
    """Rows in another split than they would be in alone."""
    rows_linked_by: dict[str, int]
    largest: list[LargestGroup]


class LabelBalance(_Model):
    """One label of a kind in one split."""

    rows: int
    """That have it."""
    share: float
    """Of the kind's rows in the split."""


class SplitStats(_Model):
    """What a split holds."""

    rows: int
    share: float
    labels: dict[Kind, dict[str, LabelBalance]]


class DatasetStats(_Model):
    """``stats.json``: what the set is made of, and what became of every row."""

    schema_version: str = SCHEMA_VERSION
    run_id: str
    status: str
    refusal: str | None
    started_at: str
    finished_at: str
    account: ExamplesAccount
    reconciles: bool
    splits: dict[str, SplitStats]
    class_weights: dict[Kind, dict[str, float]]
    """For ``label_index`` in order: rows / (labels × rows of the label), in the first split. Of a
    set with several labels a row, the weight of a row that has the label against one that has
    not: rows without / rows with."""
    weights_of: str
    """The split that the weights are of."""
    labels_per_row: dict[str, int] = Field(default_factory=dict)
    """Of a set with several labels a row: rows by how many they have, over all splits."""
    conflicts: ConflictStats
    grouping: GroupingStats
    text_chars: dict[str, Distribution]
    """By text field, over all splits."""
    image_width: dict[str, Distribution]
    """By image field, of the originals."""
    image_height: dict[str, Distribution]
    images: dict[str, dict[str, int]]
    """By image field: ``ok``, ``absent``, or ``failed:CODE``."""
    modalities: dict[str, int]
    """Rows by what they have, as in ``text+img``."""
    encoded_bytes: dict[str, int]
    dead_letters: list[DeadLetterCount]
    sources: list[SourceCount]
    sources_left_out: int
    unreadable: list[UnreadableFile] = Field(default_factory=list)
    """Files that could not be read to their end."""
    fetching: dict[str, Any]
    options: dict[str, Any]


class ConflictEntry(_Model):
    """One line of ``conflicts/``: a content with contradicting labels."""

    content_key: str
    kind: Kind
    labels: dict[str, int]
    kept: str | None
    """The label that stayed."""
    rows: list[dict[str, Any]]
    """``item_id``, ``label``, ``source`` and ``row`` of up to 100 of them."""


class GroupEntry(_Model):
    """One line of ``groups/``: contents that belong together, and where they went."""

    group: str
    split: str
    rows: int
    contents: int
    links: list[Link]
    rows_moved: int
    items: list[dict[str, Any]]
    """``item_id``, ``content_key`` and ``label`` of up to 100 rows."""
