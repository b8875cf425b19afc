"""From records and items to rows: images fetched once, joined in buckets."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.datasets import rows
from moderation.datasets.encode import RESULTS, EncodeImages
from moderation.datasets.image_results import WantedImage, results_by_content, wanted_images
from moderation.images.prefetch import FETCHING
from moderation.records import read
from moderation.storage.packing import PackBy, digest64
from moderation.storage.row_packs import bucket_of, open_packs


@dataclass(eq=False)
class JoinRecords(beam.PTransform):
    """What ``ReadRecords`` gives → ``rows``, ``contents``, ``labels``, ``rejected``, ``fetching``.

    ``rows.MakeRows`` says what these are; ``fetching`` is the door's counts as one mapping.
    """

    rules: rows.RowRules
    images: EncodeImages
    buckets: int
    """As ``ReadRecords`` was told."""

    def expand(self, records: Mapping[str, Any]) -> dict[str, Any]:
        """Wanted images, their results, and the join with their records."""
        items = records[read.ITEMS]
        wanted = (
            items | "Want" >> beam.FlatMapTuple(_wanted) | "PackWanted" >> self._packed(_in_bucket)
        )
        encoded = wanted | "MeetImages" >> beam.GroupByKey() | "Encode" >> self.images
        results = encoded[RESULTS] | "PackResults" >> self._packed(_whole_in_bucket)
        images = (
            {"wanted": wanted, "results": results}
            | "MeetWanted" >> beam.CoGroupByKey()
            | "ByContent" >> beam.FlatMapTuple(results_by_content)
            | "PackImages" >> self._packed(_in_contents_bucket)
        )
        sides = {"records": records[read.RECORDS], "items": items, "images": images}
        made = (
            sides
            | "MeetRecords" >> beam.CoGroupByKey()
            | "MakeRows"
            >> beam.ParDo(rows.MakeRows(self.rules)).with_outputs(
                rows.ROWS, rows.CONTENTS, rows.LABELS, rows.REJECTED
            )
        )
        tags = (rows.ROWS, rows.CONTENTS, rows.LABELS, rows.REJECTED)
        return {**{tag: made[tag] for tag in tags}, FETCHING: encoded[FETCHING]}

    def _packed(self, in_bucket: Callable[..., tuple[int, Any]]) -> Any:
        return beam.ParDo(PackBy(functools.partial(in_bucket, buckets=self.buckets)))


def _wanted(_: int, pack: bytes) -> Iterator[tuple[str, WantedImage]]:
    for key, packed in open_packs([pack]):
        yield from wanted_images(key, packed)


def _in_contents_bucket(keyed: tuple[str, Any], buckets: int) -> tuple[int, Any]:
    key, row = keyed
    return bucket_of(key, buckets), row


def _in_bucket(keyed: tuple[str, Any], buckets: int) -> tuple[int, Any]:
    key, row = keyed
    return digest64(key) % buckets, row


def _whole_in_bucket(row: Sequence[Any], buckets: int) -> tuple[int, list[Any]]:
    """A row that begins with its key."""
    return digest64(row[0]) % buckets, list(row)
