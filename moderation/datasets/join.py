"""From records and items to rows: images fetched once, joined in buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import apache_beam as beam

from moderation.datasets import rows
from moderation.datasets.encode import OUTCOMES, EncodeImages, ImageForm
from moderation.datasets.packing import PackByKey, digest64
from moderation.images.options import DoorOptions
from moderation.images.prefetch import FETCHING
from moderation.records import read


class JoinRecords(beam.PTransform):
    """What ``ReadRecords`` gives → ``rows``, ``contents``, ``labels``, ``rejected``, ``fetching``.

    ``rows.MakeRows`` says what these are; ``fetching`` is the door's counts as one mapping.
    """

    def __init__(
        self,
        rules: rows.RowRules,
        form: ImageForm,
        door: DoorOptions,
        *,
        buckets: int,
        folder: str,
    ) -> None:
        super().__init__()
        self._rules = rules
        self._images = EncodeImages(form, door, folder)
        self._buckets = buckets

    def expand(self, records: Mapping[str, Any]) -> dict[str, Any]:
        """Wanted images, their outcomes, and the join with their records."""
        items = records[read.ITEMS]
        wanted = items | "Want" >> beam.ParDo(rows.WantImages()) | "Wanted" >> self._packed()
        encoded = wanted | "MeetImages" >> beam.GroupByKey() | "Encode" >> self._images
        outcomes = (
            encoded[OUTCOMES]
            | "WithKey" >> beam.Map(lambda outcome: (outcome[0], list(outcome)))
            | "Outcomes" >> self._packed()
        )
        images = (
            {"wanted": wanted, "outcomes": outcomes}
            | "MeetWanted" >> beam.CoGroupByKey()
            | "HandImages" >> beam.ParDo(rows.HandImages())
            | "Images" >> self._packed()
        )
        sides = {
            "records": records[read.RECORDS]
            | "ListRecord" >> beam.Map(lambda keyed: (keyed[0], list(keyed)))
            | "Records" >> self._packed(),
            "items": items
            | "ListItem" >> beam.Map(lambda keyed: (keyed[0], list(keyed)))
            | "Items" >> self._packed(),
            "images": images,
        }
        made = (
            sides
            | "MeetRecords" >> beam.CoGroupByKey()
            | "MakeRows"
            >> beam.ParDo(rows.MakeRows(self._rules)).with_outputs(
                rows.ROWS, rows.CONTENTS, rows.LABELS, rows.REJECTED
            )
        )
        tags = (rows.ROWS, rows.CONTENTS, rows.LABELS, rows.REJECTED)
        return {**{tag: made[tag] for tag in tags}, FETCHING: encoded[FETCHING]}

    def _packed(self) -> Any:
        return _Packed(self._buckets)


class _Packed(beam.PTransform):
    """``(string key, row)`` → ``(bucket, Pack)``."""

    def __init__(self, buckets: int) -> None:
        super().__init__()
        self._buckets = buckets

    def expand(self, keyed: Any) -> Any:
        return (
            keyed
            | beam.Map(lambda pair, n: (digest64(pair[0]) % n, pair[1]), n=self._buckets)
            | beam.ParDo(PackByKey())
        )
