"""The commands that train, score and evaluate each system with encoders that are at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAIRS = ("entailment_tfhub", "entailment_kerashub")
MEMES = ("hateful_memes_concat", "mmbt", "roberta_vit", "memes")
SYSTEMS = (*PAIRS, *MEMES)
BOTH, TEXT, IMAGE = "both", "text", "image"
_EYE = ("--image_encoder", "efficientnet_lite0", "--image_weights", "imagenet")
_SHORT = ("--epochs", "10", "--early_stopping", "3", "--sequence_length", "64")
_LITTLE = ("--image_size", "160x160", "--freeze", "image", *_SHORT)
_CHANGES: dict[str, tuple[str, ...]] = {
    "entailment_tfhub": ("--image_size", "160x160", "--set", "text.layers=2"),
    "entailment_kerashub": ("--image_size", "160x160"),
    "hateful_memes_concat": ("--image_size", "160x160", "--freeze", "image"),
    "mmbt": (*_LITTLE, "--batch_size", "16", "--accumulate", "1", "--frozen_epochs", "1"),
    "roberta_vit": (*_LITTLE, "--task", "hateful", "--set", "text.layers=6"),
    "memes": ("--image_size", "160x160"),
}
"""What differs from a system as it was published, for two cores and for encoders of other makes."""
_OWN_TEXT = ("hateful_memes_concat", "memes")
"""They learn their text encoder, or have the built-in one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and what it is for."""

    name: str
    argv: tuple[str, ...]
    made: Path
    """What lies there when it is done."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie."""

    minilm: str
    pairs: tuple[str, ...]
    """Labelled records, split by the examples' job."""
    memes: str
    """Labelled records; their column ``split`` says train, val or test."""
    work: Path

    def set_of(self, system: str) -> Path:
        """The examples of a system."""
        return self.work / "sets" / f"run_id={'pairs' if system in PAIRS else 'memes'}"


def modalities(system: str) -> tuple[str, ...]:
    """What a system can be asked to look at; an image alone has no use for a pair without any."""
    if system in PAIRS:
        return (BOTH, TEXT)
    return (BOTH, TEXT, IMAGE) if system != "mmbt" else (BOTH,)


def examples(places: Places, *, kind: str) -> Step:
    """Records to examples, in the splits that they come with."""
    records = places.pairs if kind == "pairs" else (places.memes,)
    argv = [
        *("pipelines.preprocess", "--input", *records, "--output", str(places.work / "sets")),
        *("--run_id", kind, "--splits", "train=0.7,val=0.1,test=0.2"),
        *("--image_size", "160x160", "--no_progress"),
    ]
    if kind == "memes":
        argv += ["--split_column", "split"]
    return Step(f"{kind}: examples", tuple(argv), places.work / "sets" / f"run_id={kind}")


def trained(places: Places, system: str, *, looks_at: str) -> Step:
    """A bundle of the system, or of its variant that looks at less."""
    name = f"{system}_{looks_at}"
    argv = ["pipelines.train", "--preset", system, "--examples", str(places.set_of(system))]
    argv += ["--output", str(places.work / "models" / name), *_EYE, *_CHANGES[system]]
    if system not in _OWN_TEXT:
        argv += ["--text_encoder", f"keras_hub:{places.minilm}"]
    if looks_at != BOTH:
        argv += ["--modalities", looks_at, "--modality_dropout", "0"]
    return Step(f"{name}: train", (*argv, "--no_progress"), places.work / "models" / name)


def scored(places: Places, system: str, *, looks_at: str) -> Step:
    """Verdicts on all records, the test split's among them."""
    name = f"{system}_{looks_at}"
    records = places.pairs if system in PAIRS else (places.memes,)
    argv = [
        *("pipelines.score", "--model", str(places.work / "models" / name), "--input", *records),
        *("--output", str(places.work / "runs"), "--run_id", name, "--no_progress"),
    ]
    return Step(f"{name}: score", tuple(argv), places.work / "runs" / f"run_id={name}")


def evaluated(places: Places, system: str, *, looks_at: str) -> Step:
    """Figures of the test split, beside the text alone where there is more."""
    name, folder = f"{system}_{looks_at}", places.work / "evaluations"
    argv = [
        *("pipelines.evaluate", "--verdicts", str(places.work / "runs" / f"run_id={name}")),
        *("--examples", str(places.set_of(system)), "--split", "test"),
        *("--output", str(folder), "--run_id", name, "--no_progress"),
    ]
    if looks_at == BOTH and TEXT in modalities(system):
        argv += ["--baseline", str(folder / f"run_id={system}_{TEXT}")]
    return Step(f"{name}: evaluate", tuple(argv), folder / f"run_id={name}")


def steps(places: Places, system: str) -> list[Step]:
    """All of a system, the text alone first: the whole is compared with it."""
    order = sorted(modalities(system), key=(TEXT, IMAGE, BOTH).index)
    kind = "pairs" if system in PAIRS else "memes"
    found = [examples(places, kind=kind)]
    for looks_at in order:
        found += [each(places, system, looks_at=looks_at) for each in (trained, scored, evaluated)]
    return found
