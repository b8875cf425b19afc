"""``card.json``: what a model bundle says of itself, and how records feed it.

A bundle is a directory: a TF2 SavedModel with this card beside
``saved_model.pb``. The card binds each *input* of a named signature to a
record's field, and names the *outputs*. A SavedModel without a card gets one
made up from its signature (``moderation.models.binding``).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from schemas import SCHEMA_VERSION
from schemas.inputs import CardModel, ImageSpec, InputSpec, TokenSpec, leaves_of
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS, Kind

__all__ = ["Card", "ImageSpec", "InputSpec", "TaskSpec", "TokenSpec", "leaves_of"]


class EncodedPart(CardModel):
    """A part of an item that is encoded by itself: its text, its texts together, or one image.

    Parts of the same signature whose inputs differ in the field alone (``image_1``,
    ``image_2``) share one encoder: what is equal among them is encoded once.
    """

    signature: str
    """Such as ``encode_text`` or ``encode_image``; takes any number of rows."""
    inputs: tuple[InputSpec, ...] = Field(min_length=1)
    outputs: dict[str, str] = Field(min_length=1)
    """Each output of the encoder, ``[batch, …]``, and the input of the joining signature
    that it goes to."""


class FeaturesSpec(CardModel):
    """The same task in two steps, for batches in which texts and images repeat.

    Each part is encoded, then one signature joins them. What comes out must be what the
    task's own signature says, to 1e-5.
    """

    signature: str = "from_features"
    """Joins the parts; takes any number of rows."""
    parts: tuple[EncodedPart, ...] = Field(min_length=1)
    inputs: tuple[InputSpec, ...] = ()
    """What the joining signature takes straight from the record, such as presence."""
    output: str
    """Of the joining signature; in form as the task's own."""

    @property
    def all_inputs(self) -> tuple[InputSpec, ...]:
        """Of every part, then of the joining signature."""
        return (*(spec for part in self.parts for spec in part.inputs), *self.inputs)


class Calibration(CardModel):
    """Maps a raw probability vector to the calibrated one."""

    method: Literal["none", "temperature", "platt", "platt_per_label"] = "none"
    temperature: float = Field(default=1.0, gt=0)
    slope: float = 1.0
    intercept: float = 0.0
    slopes: tuple[float, ...] = ()
    """Of ``platt_per_label``, for labels that do not exclude each other: each has a line over its
    own log-odds."""
    intercepts: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _lines_are_whole(self) -> Calibration:
        if len(self.slopes) != len(self.intercepts):
            raise ValueError("calibration: as many slopes as intercepts are needed")
        return self


class TaskSpec(CardModel):
    """One question the model answers about one kind of record."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """``entailment`` and ``hateful`` set the flags of the verdict; other names only have scores."""
    kind: Kind
    signature: str = "serving_default"
    inputs: tuple[InputSpec, ...] = Field(min_length=1)
    output: str
    """Name of the signature's output: float ``[batch, len(labels)]``, or ``[batch]`` /
    ``[batch, 1]`` with two labels, the probability then being that of the positive one: the
    label named after the task, ``X`` beside ``not_X``, else the second."""
    labels: tuple[str, ...] = Field(min_length=2)
    activation: Literal["none", "softmax", "sigmoid"] = "none"
    """What turns the output into probabilities; ``none``: they are already."""
    calibration: Calibration = Calibration()
    thresholds: dict[str, float] = Field(default_factory=dict)
    """Default threshold per label, used where the policy names none."""
    missing_images: Literal["zeros", "dead_letter"] = "dead_letter"
    """``zeros``: the model was trained for a missing image: pixels are zero, presence is 0.
    ``dead_letter``: it cannot do without."""
    features: FeaturesSpec | None = None
    """Where the model has it in two steps too: equal texts and images are then encoded once."""

    @property
    def multi_label(self) -> bool:
        """Whether any number of its labels may hold of an item."""
        return self.activation == "sigmoid" and len(self.labels) > 2

    @model_validator(mode="after")
    def _fields_belong_to_the_kind(self) -> TaskSpec:
        if len(set(self.labels)) != len(self.labels):
            raise ValueError(f"task {self.name!r}: labels repeat: {list(self.labels)}")
        in_two_steps = self.features.all_inputs if self.features is not None else ()
        if any(spec.source == "example" for spec in in_two_steps):
            raise ValueError(f"task {self.name!r}: features in two steps take no examples")
        for spec in leaves_of((*self.inputs, *in_two_steps)):
            known = (
                IMAGE_FIELDS[self.kind]
                if spec.source in ("image", "presence")
                else TEXT_FIELDS[self.kind]
            )
            for field in spec.fields:
                if field not in known:
                    raise ValueError(
                        f"task {self.name!r}: input {spec.name!r} takes {spec.source} from field "
                        f"{field!r}, but a {self.kind.value} has {list(known)}"
                    )
        return self

    @model_validator(mode="after")
    def _both_ways_look_at_the_same(self) -> TaskSpec:
        if self.features is None:
            return self
        one, other = _looked_at(self.inputs), _looked_at(self.features.all_inputs)
        if one != other:
            raise ValueError(
                f"task {self.name!r}: its inputs look at {sorted(one)}, its features at "
                f"{sorted(other)}"
            )
        return self


def _looked_at(inputs: tuple[InputSpec, ...]) -> set[str]:
    leaves = leaves_of(inputs)
    return {field for spec in leaves for field in spec.fields if spec.source != "presence"}


class Card(CardModel):
    """Everything a run and a reader need to know of a model."""

    schema_version: str = SCHEMA_VERSION
    name: str
    version: str
    description: str
    licence: str
    tasks: tuple[TaskSpec, ...] = Field(min_length=1)
    text_preprocessing: str = ""
    """In words: what happens to a text between the record and the encoder."""
    trained_on: tuple[dict[str, Any], ...] = ()
    """One entry per data set: name, rows, licence, source, sha256."""
    never_seen: tuple[str, ...] = ()
    """In words: what no training example showed it. The honest part."""
    metrics: dict[str, Any] = Field(default_factory=dict)
    limitations: tuple[str, ...] = ()
    training: dict[str, Any] = Field(default_factory=dict)
    """Seeds, versions, epochs, wall time, digests of the training data."""
    needs_tensorflow_text: bool = True
    golden_items: bool = False
    """Whether ``canary.json`` belongs to the bundle: a copy without it is refused."""

    @model_validator(mode="after")
    def _task_names_are_unique(self) -> Card:
        names = [task.name for task in self.tasks]
        if len(set(names)) != len(names):
            raise ValueError(f"task names repeat: {names}")
        return self

    def tasks_for(self, kind: Kind) -> tuple[TaskSpec, ...]:
        """The tasks that judge records of this kind; empty where the model cannot."""
        return tuple(task for task in self.tasks if task.kind is kind)

    def fields_for(self, kind: Kind) -> frozenset[str]:
        """The record's fields that some task of the kind looks at."""
        return frozenset(
            field
            for task in self.tasks_for(kind)
            for spec in leaves_of(task.inputs)
            if spec.source != "presence"
            for field in spec.fields
        )
