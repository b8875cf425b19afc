"""The profile of a run: what each stage cost, part of ``audit.json`` where it was asked for."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict


class ProfileStage(str, Enum):
    """Where a run's time goes, in the order of the rows' way."""

    LOAD = "load"
    """The model, where a worker has not loaded it before the first row."""
    READ = "read"
    """Rows read, checked, keyed and packed."""
    JOIN = "join"
    """Equal items found, what is known looked up, pictures and judgements put together."""
    FETCH = "fetch"
    """Bytes of pictures read, here or from elsewhere."""
    DECODE = "decode"
    """Bytes to pixels of the model's size."""
    EXTRACT = "extract"
    """What else is made of pictures: hashes, texts."""
    WAIT = "wait"
    """For pictures, with nothing else to do."""
    FEED = "feed"
    """Texts to tokens, pixels to tensors."""
    INFER = "infer"
    """Calls to the model."""
    DECIDE = "decide"
    """Scores to verdicts."""
    WRITE = "write"
    """Verdicts, dead letters, review queue, journal."""
    ENGINE = "engine"
    """The rest: Beam's own, and what nobody measures."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StageProfile(_Model):
    """One stage, added up over workers, threads and bundles."""

    stage: ProfileStage
    items: int
    """Rows of ``read``, ``join``, ``decide``, ``write`` and ``engine``; pictures of ``fetch``,
    ``decode``, ``extract``; distinct items of ``wait``, ``feed``, ``infer``; models of ``load``."""
    clock_s: float
    """Of the threads that worked on it, or waited; several at once count each."""
    processor_s: float
    """Of all cores, child processes included."""
    share: float
    """Of the whole run's processor time, 0 to 1."""
    processor_us_per_item: float | None
    """Null where there was no item."""
    beside: bool
    """Whether other threads or processes did it while the model worked: its ``clock_s`` is no part
    of the whole's."""


class EncoderProfile(_Model):
    """Rows of one encoder: ``asked = encoded + repeated + known``."""

    fields: str
    """Of the record, as in ``image_1, image_2``."""
    asked: int
    encoded: int
    """Computed."""
    repeated: int
    """Equal to another of the same batch."""
    known: int
    """Taken from what an earlier batch had."""


class SignatureProfile(_Model):
    """How a signature of the model was called."""

    tasks: str
    two_steps: bool
    """What repeats was encoded once, then joined."""
    why: str
    """Where it was called as a whole: the reason. Otherwise by whom it was cut."""


class Profile(_Model):
    """What the start that closed the run cost, from its first row to the last that was written."""

    clock_s: float
    """Of each process of the engine, added up."""
    processor_s: float
    """Of each process of the engine and the children it started."""
    stages: list[StageProfile]
    encoders: list[EncoderProfile]
    signatures: list[SignatureProfile]
