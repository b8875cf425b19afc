"""Recipes: which network ``pipelines.train`` builds, and how it trains it.

A preset is a recipe in YAML (``moderation/training/presets``); flags change single values.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas import SCHEMA_VERSION
from schemas.records import Kind


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextEncoderSpec(_Model):
    """What turns texts into features."""

    uri: str
    """``tfhub:HANDLE`` (a hub handle or a local module's folder), ``keras_hub:PRESET`` (a preset's
    name, or a folder in KerasHub's or Hugging Face's layout), ``subwords:`` (vectors learnt from
    the training texts), ``starter:`` (the encoder of the built-in bundle)."""
    preprocessor: str | None = None
    """Of ``tfhub``: handle or folder of the module with ``tokenize`` and ``bert_pack_inputs``."""
    sequence_length: int = Field(default=128, gt=2, le=8192)
    """Tokens; a pair of texts shares them."""
    layers: int | None = Field(default=None, gt=0)
    """The first so many transformer layers; None: all."""
    trainable: bool = True
    trainable_layers: int = Field(default=0, ge=0)
    """Of ``starter``: so many of the last layers learn; its lower ones, and with 0 all, rest."""
    dim: int = Field(default=300, gt=0)
    """Of ``subwords``: length of a vector."""


class ImageEncoderSpec(_Model):
    """What turns an image into features."""

    uri: str
    """``efficientnet_lite0`` (its weights ship), ``applications:NAME`` (of ``keras.applications``)
    or ``keras_hub:PRESET``."""
    weights: str | None = "imagenet"
    """``imagenet``, ``none`` (or null) for random ones, or the path of a weights file; of
    ``keras_hub``, ``imagenet`` stands for the preset's own."""
    height: int = Field(default=224, gt=0, le=4096)
    width: int = Field(default=224, gt=0, le=4096)
    preprocessing: Literal["own", "imagenet"] = "own"
    """``own``: as the encoder was published; ``imagenet``: by ImageNet's mean and deviation."""
    grid: tuple[int, int] | None = None
    """Rows and columns that the feature map is pooled to, for ``mmbt`` and ``cross_attention``
    (None: 5 by 5); other fusions take one vector of an image."""
    trainable: bool = True

    @field_validator("weights")
    @classmethod
    def _none_is_none(cls, value: str | None) -> str | None:
        return None if value == "none" else value


class FusionSpec(_Model):
    """How the modalities meet."""

    name: Literal["late", "cross_attention", "concat", "mmbt"]
    project_to: int | None = Field(default=256, gt=0)
    """Size that each modality is projected to before it is fused; None: as it comes."""
    projection_layers: int = Field(default=1, ge=0)
    """Residual blocks (GELU, Dense, Dropout, Add, LayerNorm) after a projection's first Dense."""
    projection_activation: str | None = None
    hidden: tuple[int, ...] = ()
    """Dense layers after fusion, with ``activation`` each."""
    activation: str = "relu"
    dropout: float = Field(default=0.1, ge=0, lt=1)
    standardise: bool = False
    """Of ``concat``: features less their mean, by their deviation, as the training examples have
    them; the head begins with zeros."""
    image_factor: float = Field(default=1.0, gt=0)
    """What standardised features of images are multiplied by: below 1 they learn more slowly."""
    heads: int = Field(default=4, gt=0)
    """Of ``cross_attention``."""


class LossSpec(_Model):
    """What is minimised."""

    name: Literal["cross_entropy", "class_weighted", "focal"] = "cross_entropy"
    gamma: float = Field(default=2.0, ge=0)
    """Of ``focal``."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)


class TrainingSpec(_Model):
    """How it is minimised."""

    epochs: int = Field(default=10, gt=0)
    batch_size: int = Field(default=32, gt=0)
    accumulate: int = Field(default=1, gt=0)
    """Batches whose gradients make one step."""
    optimizer: Literal["adam", "adamw"] = "adamw"
    learning_rate: float = Field(default=1e-4, gt=0)
    weight_decay: float = Field(default=0.0, ge=0)
    clip_norm: float | None = Field(default=None, gt=0)
    """Of all gradients together."""
    warmup_share: float = Field(default=0.0, ge=0, lt=1)
    """Share of the steps in which the rate rises from nothing."""
    schedule: Literal["constant", "linear", "plateau"] = "constant"
    """``plateau``: halved when ``monitor`` has not improved for ``plateau_patience`` epochs."""
    plateau_patience: int = Field(default=2, gt=0)
    early_stopping: int | None = Field(default=None, gt=0)
    """Epochs without improvement of ``monitor`` before training stops; the best weights stay."""
    monitor: Literal["val_loss", "val_macro_f1", "val_weighted_f1", "val_auroc"] = "val_loss"
    balance: Literal["none", "undersample", "oversample"] = "none"
    """Of the training examples of each epoch."""
    frozen_epochs: int = Field(default=0, ge=0)
    """First epochs in which the encoders do not learn."""
    modality_dropout: float = Field(default=0.0, ge=0, lt=1)
    """Probability that a training example loses one of its modalities; never all."""
    augment_images: bool = False
    mixed_precision: bool = False
    xla: bool = False
    seed: int = 1


class Recipe(_Model):
    """One system: its parts, and how it is trained."""

    schema_version: str = SCHEMA_VERSION
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    source: str
    """Where the system was published."""
    kind: Kind
    task: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """``entailment``, ``hateful``, or another name for N classes of one's own."""
    modalities: Literal["both", "text", "image"] = "both"
    text: TextEncoderSpec | None = None
    image: ImageEncoderSpec | None = None
    fusion: FusionSpec
    activation: Literal["softmax", "sigmoid"] = "softmax"
    """``sigmoid``: labels do not exclude each other."""
    loss: LossSpec = LossSpec()
    training: TrainingSpec = TrainingSpec()

    @model_validator(mode="after")
    def _has_its_encoders(self) -> Recipe:
        if self.modalities != "image" and self.text is None:
            raise ValueError(f"modalities {self.modalities!r} need a text encoder")
        if self.modalities != "text" and self.image is None:
            raise ValueError(f"modalities {self.modalities!r} need an image encoder")
        if self.fusion.name == "mmbt" and self.modalities != "both":
            raise ValueError(
                "fusion 'mmbt' attends over both modalities: modalities must be 'both'"
            )
        if self.fusion.name == "cross_attention" and self.modalities != "both":
            raise ValueError("fusion 'cross_attention' needs modalities 'both'")
        if self.fusion.standardise and self.fusion.name != "concat":
            raise ValueError("fusion.standardise is of fusion 'concat'")
        return self
