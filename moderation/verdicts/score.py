"""The inference step: items to judgements, one branch per kind, all on one resource hint."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import apache_beam as beam
from apache_beam.ml.inference.base import PredictionResult, RunInference
from apache_beam.utils.shared import Shared

from moderation.images.door import DoorOptions
from moderation.images.prefetch import FETCHED, FETCHING, PrefetchImages
from moderation.models.bundle import Bundle
from moderation.models.handler import BatchHandler, BundleHandler
from moderation.models.types import ItemFailure
from moderation.ocr.reader import ReadText
from moderation.records.items import Item
from moderation.runs.journal import Journal
from moderation.storage.row_packs import PackKeyed
from moderation.storage.unmeasured import unmeasured
from moderation.verdicts.item_images import SETTLED, MeetImages, ReadyItem, WantedImages
from moderation.verdicts.item_lists import ByKind
from moderation.verdicts.judgement import Failure, Judgement, utc_now
from moderation.verdicts.keep import KeepJudgements, SliceNotes
from moderation.verdicts.picture_look_up import NO_HASHES, PictureHashes
from schemas.codes import Code, Stage
from schemas.records import TEXT_FIELDS, Kind

JUDGEMENTS, READY = "judgements", "ready"

_LISTS_IN_FLIGHT = 2


@dataclass(eq=False)
class ScoreItems(beam.PTransform):
    """Lists of ``Item``s → ``{"judgements": (bucket, pack), "fetching": DoorStats}``.

    The packs' rows are packed ``Judgement``s. Items are distinct.

    Fetching and decoding sit in the same step as the model, so that pixels never leave the
    worker that made them.
    """

    bundle: Bundle
    door: DoorOptions
    batch_size: int
    journal: Journal
    buckets: int
    notes: SliceNotes | None = None
    read: ReadText | None = None
    """What reads a meme's text from its picture where the record has none."""
    hashes: PictureHashes = NO_HASHES
    """Banks that pictures are looked up in before."""
    shared_door: Shared = field(default_factory=Shared)

    def expand(self, items: Any) -> dict[str, Any]:
        """One branch per kind that the model judges; other kinds fail item by item."""
        branches, stats = [], []
        by_kind = items | "ByKind" >> beam.ParDo(ByKind(self.batch_size)).with_outputs(
            *(kind.value for kind in Kind)
        )
        for kind in Kind:
            name, some = kind.value, unmeasured(by_kind[kind.value])
            tasks = self.bundle.card.tasks_for(kind)
            if not tasks:
                branches.append(some | f"Refuse/{name}" >> beam.Map(_refuse, self.bundle.card.name))
                continue
            wanted = WantedImages.of(self.bundle.card, kind, read=self.read, hashes=self.hashes)
            fetched = some | f"Fetch/{name}" >> beam.ParDo(
                PrefetchImages(wanted.requests, self.door, _LISTS_IN_FLIGHT, self.shared_door)
            ).with_outputs(FETCHING, main=FETCHED)
            met = unmeasured(fetched[FETCHED]) | f"Meet/{name}" >> beam.ParDo(
                MeetImages(wanted, self.batch_size)
            ).with_outputs(SETTLED, main=READY)
            branches.append(met[SETTLED])
            stats.append(fetched[FETCHING])
            handler = BundleHandler(self.bundle, kind, batch_size=self.batch_size)
            branches.append(
                unmeasured(
                    unmeasured(met[READY]) | f"Infer/{name}" >> RunInference(BatchHandler(handler))
                )
                | f"Judge/{name}"
                >> beam.Map(
                    _judgements,
                    fields=self.bundle.card.fields_for(kind),
                    looked_up=self.hashes.signature,
                )
            )
        pipeline = items.pipeline
        return {
            JUDGEMENTS: [
                unmeasured(
                    unmeasured(branch)
                    | f"Keep/{index}" >> beam.ParDo(KeepJudgements(self.journal, self.notes))
                )
                | f"Pack/{index}" >> PackKeyed(self.buckets)
                for index, branch in enumerate(branches)
            ]
            | "Judgements" >> beam.Flatten(pipeline=pipeline),
            FETCHING: stats | "Stats" >> beam.Flatten(pipeline=pipeline),
        }


def _refuse(items: list[Item], model: str) -> list[Judgement]:
    message = f"model {model!r} has no task for a {items[0].kind.value}"
    failure, now = Failure(Stage.INFER, Code.UNSUPPORTED_KIND, message), utc_now()
    return [Judgement(item.content_key, item.kind, (), (), now, failure=failure) for item in items]


def _judgements(
    results: list[PredictionResult], fields: frozenset[str], looked_up: str
) -> list[Judgement]:
    now = utc_now()
    return [
        replace(
            _judgement(result, fields, now), looked_up=looked_up, matches=result.example.matches
        )
        for result in results
    ]


def _judgement(result: PredictionResult, fields: frozenset[str], now: str) -> Judgement:
    item, answer = result.example, result.inference
    assert isinstance(item, ReadyItem)
    if isinstance(answer, ItemFailure):
        failure = Failure(Stage.INFER, answer.code, answer.message)
        return Judgement(
            item.content_key,
            item.kind,
            (),
            item.reports,
            now,
            failure=failure,
            reading=item.reading,
        )
    unread = item.reading is not None and not item.reading.text
    texts = () if unread else TEXT_FIELDS[item.kind]
    shown = [name for name in texts if name in fields]
    shown += [field for field in item.images if field in fields]
    return Judgement(
        content_key=item.content_key,
        kind=item.kind,
        modalities=tuple(shown),
        images=item.reports,
        scored_at=now,
        probabilities=answer.probabilities,
        reading=item.reading,
        pictures=item.pictures,
    )
