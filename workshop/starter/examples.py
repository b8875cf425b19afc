"""The labelled sets of a build, read from what ``pipelines.preprocess`` wrote.

Which set is which is told by its kind and labels. A split named test is handed on as
such and reaches neither training nor calibration.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from moderation.records.read_tfrecord import dataset, read_info
from schemas.datasets import DatasetInfo
from schemas.records import ENTAILMENT_LABELS, Kind
from workshop.starter import outside_pairs, sources
from workshop.starter.data import (
    Events,
    HateSets,
    Memes,
    Pairs,
    Sets,
    Splits,
    Texts,
    TrainedOn,
)

TEST = "test"
_VALIDATION = ("validation", "val", "dev")
_PUBLISHED = "split"
_BATCH = 256

_Row = dict[str, Any]


class WrongSets(ValueError):
    """The sets given are not those that a build needs; the message says which is missing."""


@dataclass(frozen=True, slots=True)
class _Set:
    path: str
    info: DatasetInfo

    def rows(self, split: str) -> Iterator[_Row]:
        """Examples in the order of the files, strings decoded.

        Where the set was published in splits, a row that its group drew into another one is
        left out: no published test row is ever trained on, nor one that is nearly equal to it.
        """
        for batch in dataset(self.path, split=split, batch_size=_BATCH):
            columns = {name: value.numpy() for name, value in batch.items()}
            for index in range(len(columns["label"])):
                row = {name: _value(column[index]) for name, column in columns.items()}
                if json.loads(row["extras"]).get(_PUBLISHED, split) == split:
                    yield row

    def learnt_from(self) -> tuple[str, ...]:
        """Its splits but for the test."""
        return tuple(name for name in self.info.splits if name != TEST)

    def describe(self, source: sources.Source, rows: int) -> TrainedOn:
        return TrainedOn(
            source, self.info.run_id, rows, self.info.content_digest.removeprefix("sha256:")
        )


def read_sets(folders: Sequence[str]) -> Sets:
    """Everything a build learns from; ``folders`` are committed runs, in any order.

    Raises:
        WrongSets: one is missing, given twice, or none that the starter learns from.
        DatasetError: a folder holds no committed set.
    """
    found: dict[str, _Set] = {}
    for folder in folders:
        name, given = _recognised(folder)
        if name in found:
            raise WrongSets(f"{folder} and {found[name].path} are both {name!r}")
        found[name] = given
    missing = [name for name in _MARKS if name not in found and name not in _OPTIONAL]
    if missing:
        raise WrongSets(f"--examples lacks {', '.join(missing)}; see moderation/starter/README.md")
    pairs = _pairs(found["pairs"])
    memes = _memes(found["memes"]) if "memes" in found else None
    hate = _hate(found)
    others = outside_pairs.outside(_told_apart(found["nli"]))
    trained_on = [
        *(found[name].describe(source, rows) for name, source, rows in _learnt(hate)),
        found["pairs"].describe(sources.ENTAILMENT, len(pairs.labels)),
        *(
            found["nli"].describe(sources.OUTSIDE[name], len(each.labels))
            for name, each in sorted(others.train.items())
        ),
    ]
    if memes is not None:
        trained_on.append(found["memes"].describe(sources.MEMES, len(memes.labels)))
    return Sets(
        hate=hate,
        pairs=pairs,
        outside=others,
        events=_events(found["posts"]) if "posts" in found else Events({}, {}),
        memes=memes,
        trained_on=tuple(trained_on),
    )


def _hate(found: dict[str, _Set]) -> HateSets:
    def optional(name: str, is_hate: Callable[[_Row], bool | None]) -> Splits | None:
        return _splits(found[name], is_hate) if name in found else None

    davidson = found["davidson"]
    return HateSets(
        heads=(
            _splits(found["hatemoji"], lambda row: row["label"] == "1"),
            _splits(found["edos"], lambda row: row["label"] == "sexist"),
            _splits(davidson, lambda row: row["label"] == "hate"),
        ),
        ordinary=_splits(davidson, lambda row: False if row["label"] == "neither" else None),
        posts=optional("posts", lambda row: False),
        templates=optional("templates", _of_a_group),
    )


def _learnt(hate: HateSets) -> list[tuple[str, sources.Source, int]]:
    known = ("hatemoji", sources.HATEMOJI), ("edos", sources.EDOS), ("davidson", sources.DAVIDSON)
    optional = ("posts", sources.POSTS), ("templates", sources.TEMPLATES)
    given = zip((*known, *optional), (*hate.heads, hate.posts, hate.templates), strict=True)
    return [
        (name, source, len(splits.train.texts))
        for (name, source), splits in given
        if splits is not None
    ]


def _of_a_group(row: _Row) -> bool | None:
    """Whether a phrase scorns a group as such; None of one that scorns a person, or a trade."""
    if row["label"] == "nontoxic":
        return False
    return True if json.loads(row["extras"]).get("template") in _SCORNS_GROUPS else None


_MARKS = {
    "hatemoji": frozenset({"0", "1"}),
    "edos": frozenset({"sexist", "not sexist"}),
    "davidson": frozenset({"hate", "offensive", "neither"}),
    "pairs": frozenset(ENTAILMENT_LABELS),
    "nli": frozenset(outside_pairs.LABELS),
    "memes": frozenset({"0", "1"}),
    "posts": frozenset({"fake", "real"}),
    "templates": frozenset({"toxic", "nontoxic"}),
}
"""Labels that tell a set; memes are told from hatemoji by having images."""


_OPTIONAL = frozenset({"memes", "posts", "templates"})
_SCORNS_GROUPS = frozenset({"being_adj", "verb_adj", "am_hate_adj"})
"""Templates whose toxic phrases are about a group and nobody in particular."""


def _recognised(folder: str) -> tuple[str, _Set]:
    given = _Set(folder, read_info(folder))
    labels = {label for of_kind in given.info.labels.values() for label in of_kind}
    names = [name for name, mark in _MARKS.items() if mark == labels]
    if Kind.TWEET_PAIR in given.info.kinds and given.info.kinds != [Kind.TWEET_PAIR]:
        names = []
    if not names:
        raise WrongSets(f"{folder}: its labels {sorted(labels)} are of no set the starter knows")
    if len(names) == 1:
        return names[0], given
    return ("memes" if _has_images(given) else "hatemoji"), given


def _has_images(given: _Set) -> bool:
    split = given.learnt_from()[0]
    return any(row["presence"].any() for row in given.rows(split))


def _splits(given: _Set, is_hate: Callable[[_Row], bool | None]) -> Splits:
    """``is_hate`` says None of a row that is left out."""
    validation = next((name for name in _VALIDATION if name in given.info.splits), None)
    if validation is None or not {"train", TEST} <= given.info.splits.keys():
        raise WrongSets(
            f"{given.path}: its splits {list(given.info.splits)} are not train, validation, test"
        )
    made = []
    for split in ("train", validation, TEST):
        judged = [(row["text"], is_hate(row)) for row in given.rows(split)]
        kept = [(text, label) for text, label in judged if label is not None]
        labels = np.array([label for _, label in kept], np.int32)
        made.append(Texts(tuple(text for text, _ in kept), labels))
    return Splits(*made)


def _pairs(given: _Set) -> Pairs:
    rows = [row for split in given.learnt_from() for row in given.rows(split)]
    order = {label: index for index, label in enumerate(ENTAILMENT_LABELS)}
    return Pairs(
        tuple(row["text_1"] for row in rows),
        tuple(row["text_2"] for row in rows),
        np.array([order[row["label"]] for row in rows], np.int32),
    )


def _told_apart(given: _Set) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for split in given.learnt_from():
        for row in given.rows(split):
            yield row["text_1"], row["text_2"], row["label"], json.loads(row["extras"])


def _events(given: _Set) -> Events:
    rows = (row for split in given.learnt_from() for row in given.rows(split))
    return outside_pairs.events((row["text"], json.loads(row["extras"])) for row in rows)


def _memes(given: _Set) -> Memes:
    rows = [
        row for split in given.learnt_from() for row in given.rows(split) if row["presence"].any()
    ]
    labels = np.array([row["label"] == "1" for row in rows], np.int32)
    return Memes(tuple(row["text"] for row in rows), np.stack([row["img"] for row in rows]), labels)


def _value(value: Any) -> Any:
    return value.decode("utf-8") if isinstance(value, bytes) else value
