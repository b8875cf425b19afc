"""The transforms that read an evaluation's inputs and pack them for the join.

Each gives ``rows``: ``(bucket, Pack)``; ``rejected``: ``DeadLetter``; ``tally``: what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from moderation.audit.progress import progress
from moderation.audit.tally_transforms import TALLY, Tallying
from moderation.datasets.examples import strings_of
from moderation.evaluation.pairing import parse_rows
from moderation.evaluation.pairing.decided import Redecide
from moderation.evaluation.pairing.parse_rows import Unusable, rejected
from moderation.evaluation.pairing.side_rows import FormerRow, LabelRow, LostRow, ScoreRow
from moderation.exports.shuffle_buckets import PackRows
from moderation.records.dead_letters.letter import DeadLetter
from moderation.records.rows import BadRow, RawRow
from moderation.records.spans import Span, plan_spans, read_span
from moderation.storage.input_files import Compression, InputFile
from moderation.storage.opening import open_bytes

ROWS, REJECTED = "rows", "rejected"
LABELS = "labels"
_MAX_ROW_BYTES = 64 << 20

Reader = Callable[[RawRow], Any]


class Side(NamedTuple):
    """One input of the join."""

    rows: Any
    rejected: Any
    tally: Any


@dataclass(eq=False)
class ReadRows(Tallying):
    """``Span`` → ``(item_id, row)``; ``rejected`` where the reader cannot use a row.

    Args:
        reader: makes a row of a raw one; raises ``Unusable``.
        side: what is counted as ``("read", side)``.
        strict: a bad row is an error: a committed table has none.
    """

    reader: Reader
    side: str
    strict: bool = False

    def process(self, span: Span | BadRow) -> Iterator[Any]:
        """Read one span."""
        for row in read_span(span, max_row_bytes=_MAX_ROW_BYTES):
            progress.read()
            self._tally.add("read", self.side)
            self._tally.add("read_of", self.side, row.source)
            if isinstance(row, BadRow):
                yield self._bad(rejected(row, row.code, row.message))
                continue
            try:
                made = self.reader(row)
            except Unusable as error:
                yield self._bad(rejected(row, error.code, str(error)))
            else:
                yield made.item_id, made

    def _bad(self, rejection: DeadLetter) -> TaggedOutput:
        if self.strict:
            raise RuntimeError(f"{rejection.source}, row {rejection.row}: {rejection.message}")
        self._tally.add(self.side, "dead_lettered")
        return TaggedOutput(REJECTED, rejection)


@dataclass(eq=False, repr=False)
class PackedRows(beam.PTransform):
    """Files → a ``Side``, through ``ReadRows``."""

    files: tuple[InputFile, ...]
    reader: Reader
    side: str
    buckets: int
    strict: bool = False

    def expand(self, pbegin: Any) -> Side:
        """Spans of the files, read side by side."""
        read = ReadRows(self.reader, self.side, strict=self.strict)
        parsed = (
            pbegin
            | "List" >> beam.Create(list(self.files), reshuffle=False)
            | "Plan" >> beam.FlatMap(plan_spans)
            | "Share" >> beam.Reshuffle()
            | "Read" >> beam.ParDo(read).with_outputs(REJECTED, TALLY, main=ROWS)
        )
        rows = parsed[ROWS] | "Pack" >> beam.ParDo(PackRows(self.buckets))
        return Side(rows, parsed[REJECTED], parsed[TALLY])


@dataclass(frozen=True, slots=True)
class LabelledExamples:
    """TFRecords of ``pipelines.preprocess`` whose labels are the truth."""

    files: tuple[InputFile, ...]
    compression: str
    promised: int
    """Examples that the set's ``info.json`` says there are."""


@dataclass(eq=False, repr=False)
class PackedLabels(beam.PTransform):
    """Label files, or examples → a ``Side`` of ``LabelRow``."""

    label_files: tuple[InputFile, ...]
    examples: LabelledExamples | None
    reader: parse_rows.LabelReader
    buckets: int

    @property
    def files(self) -> tuple[InputFile, ...]:
        """What is read."""
        return self.examples.files if self.examples else self.label_files

    def expand(self, pbegin: Any) -> Side:
        """Of an example one string feature after the other; its pixels stay where they are."""
        if self.examples is None:
            rows = PackedRows(self.files, self.reader, LABELS, self.buckets)
            return rows.expand(pbegin)
        gzip = self.examples.compression == "GZIP"
        parsed = (
            pbegin
            | "List" >> beam.Create([file.path for file in self.examples.files])
            | "Share" >> beam.Reshuffle()
            | "Read"
            >> beam.FlatMap(tfrecords, compression=Compression.GZIP if gzip else Compression.NONE)
            | "Parse" >> beam.ParDo(ReadExamples(self.reader)).with_outputs(TALLY, main=ROWS)
        )
        packed = parsed[ROWS] | "Pack" >> beam.ParDo(PackRows(self.buckets))
        return Side(packed, None, parsed[TALLY])


def tfrecords(path: str, *, compression: Compression) -> Iterator[tuple[str, bytes]]:
    """The serialised examples of one file, which Beam's own transform would take for a pattern.

    Raises:
        ValueError: where a record's checksum is not its own, or the file ends within it.
    """
    from apache_beam.io.tfrecordio import _TFRecordUtil

    with open_bytes(path, compression=compression) as stream:
        while (record := _TFRecordUtil.read_record(stream)) is not None:
            yield path, record


@dataclass(eq=False)
class ReadExamples(Tallying):
    """``(file, serialised example)`` → ``(item_id, LabelRow)``, without TensorFlow."""

    reader: parse_rows.LabelReader

    def process(self, example: tuple[str, bytes]) -> Iterator[tuple[str, LabelRow]]:
        """Parse one example; its place in the file is not known."""
        source, data = example
        by = self.reader.group_by
        wanted = ("item_id", "kind", "label", "extras", *filter(None, (by.column,)))
        fields = strings_of(data, wanted)
        progress.read()
        self._tally.add("read", LABELS)
        self._tally.add("read_of", LABELS, source)
        row = LabelRow(
            item_id=fields["item_id"],
            kind=fields["kind"],
            source=source,
            row=0,
            task=None,
            label=parse_rows.label_of(fields["label"]),
            slices=parse_rows.slices_of(fields, self.reader.slice_columns),
            group=parse_rows.group_of(fields, by),
        )
        yield row.item_id, row


def read_scored(
    multi_label: frozenset[str], *, verdicts: bool, decide: Redecide | None = None
) -> Reader:
    """The reader of ``verdicts/``, or of score files."""

    def read(row: RawRow) -> ScoreRow:
        made = parse_rows.read_verdict(row, decide) if verdicts else parse_rows.read_scores(row)
        parse_rows.check_scores(made, multi_label)
        return made

    return read


def read_lost(row: RawRow) -> LostRow:
    """A line of a run's ``dead_letters/``."""
    fields = row.fields
    return LostRow(fields["item_id"] or "", fields["kind"], fields["code"])


def read_former(row: RawRow) -> FormerRow:
    """A row of an earlier evaluation's ``items/``."""
    fields = row.fields
    return FormerRow(
        item_id=fields["item_id"],
        kind=fields["kind"] or "",
        task=fields["task"],
        label=fields["label"],
        probabilities=list(parse_rows.pairs(fields["probabilities"])),
    )
