"""What an evaluation says of itself: figures, plots, page and submission, or why it is refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from moderation.evaluation.account import build_evaluation, in_order, why_refused
from moderation.evaluation.facts import Facts
from moderation.evaluation.page.page import render
from moderation.evaluation.page.plots import plots_of
from moderation.evaluation.pairing.item_table import ITEMS
from moderation.evaluation.submission import FILE
from moderation.records.dead_letters.write import DEAD_LETTERS
from moderation.runs.commit import as_json
from moderation.runs.report import ClosingRun, Place, Refusal, Report
from moderation.storage.shards import TableLayout

MEASURED = "measured"
OWN = (
    "items",
    "dead_letters",
    "plots",
    FILE,
    "metrics.json",
    "evaluation.html",
    "manifest.json",
)
"""What ``pipelines.evaluate`` writes, beside the marker and the staging area."""


@dataclass(frozen=True, slots=True)
class EvaluationReport(Report):
    """The report of ``pipelines.evaluate``."""

    facts: Facts

    @property
    def layouts(self) -> tuple[TableLayout, ...]:
        """The paired items."""
        return (ITEMS,)

    def refusal(self, run: ClosingRun) -> Refusal | None:
        """Books that do not reconcile, scores that cannot be one, too few of the labels."""
        tasks = [each.metrics for each in in_order(run.sides[MEASURED])]
        return why_refused(run, self.facts, tasks)

    def places(self, run: ClosingRun) -> Iterator[Place]:
        """The tables; a submission only where nothing is wrong."""
        yield from map(Place.of, (ITEMS, DEAD_LETTERS))
        if run.refusal is None:
            yield Place("submission", "csv", FILE, numbered=False)

    def files(self, run: ClosingRun) -> Iterator[tuple[str, bytes]]:
        """Plots, figures, page."""
        evaluation = build_evaluation(run, self.facts, in_order(run.sides[MEASURED]))
        plots = {str(place): plots_of(task) for place, task in enumerate(evaluation.tasks)}
        for place, task in enumerate(evaluation.tasks):
            shown = re.sub(r"[^A-Za-z0-9_-]+", "-", task.task)[:60]
            for name, svg in plots[str(place)].items():
                yield f"plots/{place:02d}-{shown}.{name}.svg", svg
        yield "metrics.json", as_json(evaluation)
        yield "evaluation.html", render(evaluation, plots).encode()

    def rows_of_inputs(self, run: ClosingRun) -> Mapping[str, int]:
        """As the sides of the join counted them; verdicts may be read for their labels too."""
        rows = Counter[str]()
        for (_, source), count in run.tally.family("read_of").items():
            rows[source] = max(rows[source], count)
        return rows
