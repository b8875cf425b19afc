"""From a summed tally to ``stats.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.audit.build import dead_letter_counts, source_counts
from moderation.audit.images import outcomes, statuses_by_field, statuses_of_letters
from moderation.audit.losses import rows_in_no_letter, unreadable_files
from moderation.audit.tally import Tally
from moderation.datasets.groups.near_images import NearImages
from moderation.datasets.image_results import EncodedImage
from moderation.datasets.labels import Vocabulary
from moderation.images.prefetch import FETCHING
from moderation.runs.report import ClosingRun
from schemas.datasets import (
    ConflictStats,
    DatasetStats,
    Distribution,
    ExamplesAccount,
    GroupingStats,
    LabelBalance,
    LargestGroup,
    Link,
    OnConflict,
    SplitStats,
)
from schemas.records import Kind

MAX_CHARS = 4_000
MAX_PIXELS = 16_384
_MAX_SOURCES = 200


@dataclass(frozen=True, slots=True)
class Grouping:
    """How the set was made."""

    rule: OnConflict
    links: tuple[Link, ...]
    text_similarity: float
    near_images: NearImages


def count_row(tally: Tally, row: Mapping[str, Any]) -> None:
    """Count a row that was written."""
    split, kind = row["split"], row["kind"]
    tally.add("account", "written")
    tally.add("rows", split, kind)
    for name in row.get("names", (row["label"],)):
        tally.add("label", split, kind, name)
    if "names" in row:
        tally.add("labels_per_row", str(len(row["names"])))
    if split != (row["given"] or row["alone"]):
        tally.add("moved")
    for link in row["links"]:
        tally.add("linked", link)
    for field, text in row["texts"].items():
        tally.add("text_chars", field, str(min(len(text), MAX_CHARS)))
    present = [field for field, text in row["texts"].items() if text.strip()]
    for field, image in row["images"].items():
        if isinstance(image, list):
            encoded = EncodedImage(*image)
            present.append(field)
            tally.add("image", field, "ok")
            tally.add("image_width", field, str(min(encoded.width, MAX_PIXELS)))
            tally.add("image_height", field, str(min(encoded.height, MAX_PIXELS)))
            tally.add("encoded_bytes", field, rows=encoded.length)
        else:
            tally.add("image", field, "absent" if image is None else f"failed:{image}")
    tally.add("modalities", "+".join(present) or "none")


def image_statuses(tally: Tally) -> dict[str, dict[str, int]]:
    """Rows that were written by image field and what became of their image."""
    return _nested(tally, "image")


def image_outcomes(
    by_field: Mapping[str, Mapping[str, int]], letters: Iterable[tuple[str, str, int]]
) -> dict[str, int]:
    """What became of all images, those whose rows were lost with them included."""
    return outcomes(statuses_by_field([*by_field.values(), statuses_of_letters(letters)]))


def account(tally: Tally, read: int) -> ExamplesAccount:
    """The equation's terms."""
    terms = tally.of("account")
    return ExamplesAccount(
        read=read,
        written=terms.get("written", 0),
        dead_lettered=terms.get("dead_lettered", 0),
        lost=rows_in_no_letter(tally),
    )


def build_stats(
    run: ClosingRun,
    *,
    vocabulary: Vocabulary,
    multi_label: bool,
    split_names: Iterable[str],
    grouping: Grouping,
    largest: Iterable[tuple[int, int, str]],
) -> DatasetStats:
    """The statistics of a set that is about to be committed or refused."""
    tally = run.tally
    books = account(tally, run.read)
    splits = _splits(tally, split_names, vocabulary, books.written)
    weighted = next((name for name, split in splits.items() if split.rows), "")
    weights = _positive_weights if multi_label else _class_weights
    sources = source_counts(tally, run.rows)
    return DatasetStats(
        **run.stamp(),
        fetching=run.only(FETCHING),
        options=run.header.options,
        account=books,
        reconciles=books.reconciles,
        splits=splits,
        class_weights=weights(tally, weighted, vocabulary),
        weights_of=weighted,
        labels_per_row=tally.of("labels_per_row"),
        conflicts=_conflicts(tally, grouping.rule),
        grouping=_grouping(tally, grouping, largest),
        text_chars=_distributions(tally, "text_chars", cap=MAX_CHARS, width=20),
        image_width=_distributions(tally, "image_width", cap=MAX_PIXELS, width=128),
        image_height=_distributions(tally, "image_height", cap=MAX_PIXELS, width=128),
        images=image_statuses(tally),
        modalities=tally.of("modalities"),
        encoded_bytes=tally.of("encoded_bytes"),
        dead_letters=dead_letter_counts(tally),
        sources=sources[:_MAX_SOURCES],
        sources_left_out=max(0, len(sources) - _MAX_SOURCES),
        unreadable=unreadable_files(tally),
    )


def _conflicts(tally: Tally, rule: OnConflict) -> ConflictStats:
    counts = tally.of("conflict")
    names = ("contents", "rows", "rows_kept", "rows_dropped")
    return ConflictStats(rule=rule, **{name: counts.get(name, 0) for name in names})


def _grouping(
    tally: Tally, grouping: Grouping, largest: Iterable[tuple[int, int, str]]
) -> GroupingStats:
    counts = tally.of("group")
    return GroupingStats(
        links=list(grouping.links),
        text_similarity=grouping.text_similarity,
        image_hash=grouping.near_images.hash,
        image_distance_bits=grouping.near_images.distance_bits,
        groups=tally.counts["groups",],
        groups_of_several=counts.get("several", 0),
        rows_in_groups_of_several=counts.get("rows", 0),
        rows_moved=tally.counts["moved",],
        rows_linked_by=tally.of("linked"),
        largest=[
            LargestGroup(group=name, contents=contents, rows=rows)
            for rows, contents, name in largest
        ],
    )


def _splits(
    tally: Tally, names: Iterable[str], vocabulary: Vocabulary, written: int
) -> dict[str, SplitStats]:
    splits = {}
    for name in names:
        labels: dict[Kind, dict[str, LabelBalance]] = {}
        rows_of_split = 0
        for kind, ordered in vocabulary.items():
            rows = {label: tally.counts["label", name, kind, label] for label in ordered}
            total = tally.counts["rows", name, kind]
            rows_of_split += total
            labels[Kind(kind)] = {
                label: LabelBalance(rows=count, share=_share(count, total))
                for label, count in rows.items()
            }
        share = _share(rows_of_split, written)
        splits[name] = SplitStats(rows=rows_of_split, share=share, labels=labels)
    return splits


def _class_weights(
    tally: Tally, split: str, vocabulary: Vocabulary
) -> dict[Kind, dict[str, float]]:
    weights = {}
    for kind, ordered in vocabulary.items():
        rows = {label: tally.counts["label", split, kind, label] for label in ordered}
        seen = [label for label in ordered if rows[label]]
        total = sum(rows.values())
        weights[Kind(kind)] = {
            label: round(total / (len(seen) * rows[label]), 6) if rows[label] else 0.0
            for label in ordered
        }
    return weights


def _positive_weights(
    tally: Tally, split: str, vocabulary: Vocabulary
) -> dict[Kind, dict[str, float]]:
    weights = {}
    for kind, ordered in vocabulary.items():
        total = tally.counts["rows", split, kind]
        rows = {label: tally.counts["label", split, kind, label] for label in ordered}
        weights[Kind(kind)] = {
            label: round((total - count) / count, 6) if count else 0.0
            for label, count in rows.items()
        }
    return weights


def _distributions(tally: Tally, family: str, *, cap: int, width: int) -> dict[str, Distribution]:
    values: dict[str, Counter[int]] = {}
    for (field, value), rows in tally.family(family).items():
        values.setdefault(field, Counter())[int(value)] += rows
    return {field: distribution(counts, cap=cap, width=width) for field, counts in values.items()}


def distribution(counts: Counter[int], *, cap: int, width: int) -> Distribution:
    """Of numbers and how often each came; ``width`` is that of the histogram's bins."""
    total = counts.total()
    ordered = sorted(counts)
    bins = Counter[int]()
    for value, rows in counts.items():
        bins[value // width * width] += rows
    return Distribution(
        count=total,
        mean=round(sum(value * rows for value, rows in counts.items()) / total, 3),
        p05=_quantile(counts, ordered, 0.05),
        median=_quantile(counts, ordered, 0.5),
        p95=_quantile(counts, ordered, 0.95),
        max=ordered[-1],
        capped_at=cap,
        histogram={str(low): bins[low] for low in sorted(bins)},
    )


def _quantile(counts: Counter[int], ordered: list[int], share: float) -> int:
    """The smallest value that ``share`` of all are not above."""
    left = share * counts.total()
    for value in ordered:
        left -= counts[value]
        if left <= 0:
            return value
    return ordered[-1]


def _nested(tally: Tally, family: str) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (outer, inner), rows in tally.family(family).items():
        nested.setdefault(outer, {})[inner] = rows
    return nested


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0
