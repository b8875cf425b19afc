"""The commit of an evaluation: names for its files, figures, plots, page, manifest, marker.

As with a scored run: everything may run again after a crash in its middle, and ``_SUCCESS``
comes last, downstream of every sink.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from moderation.audit.tally import Tally
from moderation.evaluation.account import build_evaluation
from moderation.evaluation.facts import Facts
from moderation.evaluation.figures.measure import Measured
from moderation.evaluation.page.page import render
from moderation.evaluation.page.plots import plots_of
from moderation.evaluation.pairing.tables import ITEMS
from moderation.evaluation.submission import FILE
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.runs import closing
from moderation.runs.directory import RunDirectory
from moderation.storage.digests import Version
from moderation.storage.input_files import InputFile
from moderation.storage.shards import Shard
from schemas.manifest import LeftOut, Manifest, OutputEntry
from schemas.metrics import Evaluation

OWN = (
    "items",
    "dead_letters",
    "plots",
    FILE,
    "metrics.json",
    "evaluation.html",
    "manifest.json",
)


@dataclass(frozen=True, slots=True)
class EvaluateCommitPlan:
    """Everything about the evaluation that was known before its first row."""

    directory: RunDirectory
    facts: Facts
    inputs: tuple[InputFile, ...]
    left_out: tuple[LeftOut, ...]
    versions: dict[str, str]


class CommitEvaluation(beam.DoFn):
    """One element in; staged shards, figures and the tally as side inputs; the directory out."""

    def __init__(
        self, plan: EvaluateCommitPlan, clock: Callable[[], datetime.datetime] | None = None
    ) -> None:
        self._plan = plan
        self._clock = clock or closing.utc_now

    def process(
        self,
        _: Any,
        shards: Iterable[Shard],
        measured: Iterable[Measured],
        digests: Iterable[Version],
        tally: Tally,
    ) -> Iterator[str]:
        """Check the books, give files their names, write figures, plots and page, mark.

        Raises:
            RunRefused: where the books do not reconcile or a gate broke; ``metrics.json`` and
                manifest say so, and there is no marker.
        """
        directory = self._plan.directory
        closing.expect_ours(directory)
        closing.expect_unchanged(digests)
        staged = sorted(shards, key=lambda shard: shard.path)
        evaluation = build_evaluation(
            self._plan.facts,
            tally,
            measured,
            staged,
            finished_at=self._clock().isoformat(timespec="seconds"),
        )
        outputs = closing.place_tables(directory, (ITEMS, DEAD_LETTERS), staged)
        for shard in staged:
            if shard.table == "submission" and not evaluation.refusal:
                outputs.append(closing.place(directory, shard, FILE))
        plots = {str(place): plots_of(task) for place, task in enumerate(evaluation.tasks)}
        for task, drawn in zip(_plot_names(evaluation), plots.values(), strict=True):
            for name, svg in drawn.items():
                outputs.append(closing.write(directory, f"plots/{task}.{name}.svg", svg))
        outputs += [
            closing.write_json(directory, "metrics.json", evaluation.model_dump(mode="json")),
            closing.write(directory, "evaluation.html", render(evaluation, plots).encode()),
        ]
        closing.close(directory, self._manifest(evaluation, tally, digests, outputs))
        yield directory.path

    def _manifest(
        self,
        evaluation: Evaluation,
        tally: Tally,
        digests: Iterable[Version],
        outputs: list[OutputEntry],
    ) -> Manifest:
        rows = Counter[str]()
        for (_, source), count in tally.family("read_of").items():
            rows[source] = max(rows[source], count)  # verdicts may be read for their labels too
        scored_by = evaluation.scored_by
        return Manifest(
            run_id=evaluation.run_id,
            status=evaluation.status,
            refusal=evaluation.refusal,
            started_at=evaluation.started_at,
            finished_at=evaluation.finished_at,
            inputs=closing.input_entries(self._plan.inputs, rows=rows, digests=digests),
            left_out=list(self._plan.left_out),
            outputs=outputs,
            options=evaluation.options,
            versions=self._plan.versions,
            model_name=_joined(each.model_name for each in scored_by),
            model_fingerprint=_joined(each.model_fingerprint for each in scored_by),
            policy_version=_joined(each.policy_version for each in scored_by),
            policy_digest="",
        )


def _plot_names(evaluation: Evaluation) -> Sequence[str]:
    """A file name for each task, whatever it is called."""
    return [
        f"{place:02d}-{re.sub(r'[^A-Za-z0-9_-]+', '-', task.task)[:60]}"
        for place, task in enumerate(evaluation.tasks)
    ]


def _joined(values: Iterable[str | None]) -> str:
    return "+".join(sorted({value for value in values if value}))
