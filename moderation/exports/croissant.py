"""``croissant.json``: the set described in Croissant 1.1, the format of MLCommons.

http://mlcommons.org/croissant/1.1 has the terms. Every file of the first format is a ``FileObject``
with its digest, a kind's files in one split are a ``FileSet`` beside the description and their rows
a ``RecordSet``; what a label's number means is a record set of its own.
"""

from __future__ import annotations

import re
from typing import Any

from moderation.exports.croissant_context import CONTEXT
from moderation.exports.croissant_fields import FieldSource, field_of
from moderation.exports.set_contents import KindContents, SetContents, SplitFiles
from schemas.export import ExportReport
from schemas.manifest import OutputEntry

CROISSANT = "croissant.json"
CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
"""With ``http``, as the specification spells itself."""
_MIME = {"parquet": "application/x-parquet", "jsonl": "application/jsonlines"}
_SPLITS = {"train": "TrainingSplit", "validation": "ValidationSplit", "test": "TestSplit"}
_SEMVER = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_DESCRIPTION = (
    "Tweet pairs (two texts and two images: does the second contradict the first, follow from it, "
    "or neither?) and memes (one image and the text on it: is it hateful?) with labels, made from "
    "a model's verdicts and the decisions of reviewers."
)


def describe(
    report: ExportReport, contents: SetContents, *, licence: str, url: str, creator: str
) -> dict[str, Any]:
    """The description, as JSON-LD.

    Args:
        report: of the export.
        contents: what lies in the set.
        licence: its id, or its URL.
        url: where the set is to be found.
        creator: who made it.
    """
    kinds, mime = contents.kinds, _MIME[contents.format]
    files = [entry for kind in kinds for split in kind.splits for entry in split.files]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": report.name,
        "description": _DESCRIPTION,
        "license": licence,
        "url": url,
        "creator": {"@type": "sc:Organization", "name": creator},
        "datePublished": report.finished_at[:10],
        "version": version_of(report.version),
        "citeAs": f"{report.name}, version {report.version}, by {creator}",
        "keywords": ["content moderation", "multimodal"],
        "distribution": [
            *(_file(entry, mime) for entry in files),
            *(_file_set(kind, split, mime) for kind in kinds for split in kind.splits),
        ],
        "recordSet": [
            *(_labels(kind) for kind in kinds),
            *(_records(kind, split, contents) for kind in kinds for split in kind.splits),
        ],
    }


def version_of(version: str) -> str:
    """``MAJOR.MINOR.PATCH``, which the format asks for; any other version as the build of none."""
    if _SEMVER.fullmatch(version):
        return version
    return "0.0.0+" + (re.sub(r"[^0-9A-Za-z-]+", "-", version).strip("-") or "unnamed")


def _file(entry: OutputEntry, mime: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": entry.path,
        "name": entry.path,
        "contentUrl": entry.path,
        "contentSize": f"{entry.bytes} B",
        "encodingFormat": mime,
        "sha256": entry.sha256,
    }


def _file_set(kind: KindContents, split: SplitFiles, mime: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": _files_of(kind, split),
        "name": _files_of(kind, split),
        "description": f"Files of the {kind.kind.value}s in the split {split.split}.",
        "encodingFormat": mime,
        "includes": split.paths,
    }


def _files_of(kind: KindContents, split: SplitFiles) -> str:
    return f"{kind.kind.value}-{split.split}-files"


def _labels(kind: KindContents) -> dict[str, Any]:
    """The names of a kind's labels, in the order of their numbers."""
    name = f"{kind.kind.value}-labels"
    number, text = f"{name}/number", f"{name}/name"
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"What the label of a {kind.kind.value} means.",
        "dataType": "sc:Enumeration",
        "key": {"@id": number},
        "field": [
            {"@type": "cr:Field", "@id": number, "name": "number", "dataType": "sc:Integer"},
            {"@type": "cr:Field", "@id": text, "name": "name", "dataType": "sc:Text"},
        ],
        "data": [{number: place, text: label} for place, label in enumerate(kind.labels)],
    }


def _records(kind: KindContents, split: SplitFiles, contents: SetContents) -> dict[str, Any]:
    name = f"{kind.kind.value}-{split.split}"
    source = FieldSource(name, _files_of(kind, split), as_numbers=contents.format == "parquet")
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"The {kind.kind.value}s in the split {split.split}: {split.rows} rows.",
        "dataType": f"cr:{_SPLITS[split.split]}",
        "field": [
            field_of(source, column, feature, labels=f"{kind.kind.value}-labels/number")
            for column, feature in kind.features.items()
        ],
    }
