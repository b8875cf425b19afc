"""The options of ``pipelines.evaluate``: declared, checked and explained without Beam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from moderation.records.layout import FIELDS, Layout, parse_columns
from pipelines.command.option_groups import Beam, RunPlace, Terminal, Unreadable
from pipelines.command.options import Options, Words
from pipelines.command.usage import UsageError
from pipelines.command.values import (
    TASKS,
    checked,
    integer,
    number,
    one_of,
    parse_names,
    parse_tasks,
    path,
    text,
)
from schemas.records import Kind


def parse_label_columns(text: str) -> dict[str, str]:
    """Columns of label files, which may name items by ``item_id``; raises ``LayoutError``."""
    return parse_columns(text, fields={*FIELDS, "item_id", "task"})


@dataclass(frozen=True, kw_only=True)
class Scored(Options):
    """What the model said."""

    TITLE = "what the model said"

    verdicts: Annotated[tuple[str, ...], path("DIR")] = ()
    """committed run directories of pipelines.score by one model, local or gs://, patterns too, as
    in 'runs/run_id=*'; may be repeated"""
    scores: Annotated[tuple[str, ...], path("FILE")] = ()
    """instead, of any system: CSV, JSONL or Parquet with item_id, task, p_LABEL for every label of
    the task, and perhaps kind"""


@dataclass(frozen=True, kw_only=True)
class Truth(Options):
    """What is true, and of which question."""

    TITLE = "what is true"

    labels: Annotated[tuple[str, ...], path("FILE")] = ()
    """Parquet, JSONL or CSV (the last two also .gz, .bz2, .zst): records with a label, or rows with
    item_id and label (and perhaps kind and task); files, folders, patterns; may be repeated.
    Default: the labels that the judged records came with"""
    examples: Annotated[str, path("RUN")] | None = None
    """take the labels of a committed run of pipelines.preprocess instead"""
    split: Annotated[str, text("NAME")] = "test"
    """of --examples (default: %(default)s)"""
    record_kind: Annotated[str, one_of(Kind)] | None = None
    """what every labelled record is; default: told from its columns"""
    columns: Annotated[str, checked(parse_label_columns, "FIELD=COLUMN,…")] = ""
    """columns that go by other names, as in label=gold,id=key"""
    tasks: Annotated[str, checked(parse_tasks, "KIND=TASK,…")] = TASKS
    """the task that a kind's label answers (default: %(default)s)"""
    multi_label: Annotated[str, text("TASK,…")] = ""
    """tasks whose items have any number of labels, written as a list or as a|b"""
    thresholds: Annotated[str, path("BUNDLE")] | None = None
    """thresholds on this model's card: labels of --multi_label tasks are given from them on
    (default: from 0.5), and a --policy that leaves a threshold open takes it from there (default:
    from the runs' own model)"""

    def layout(self) -> Layout:
        """How labelled rows become records."""
        return Layout(
            record_kind=Kind(self.record_kind) if self.record_kind else None,
            columns=parse_label_columns(self.columns),
        )


@dataclass(frozen=True, kw_only=True)
class Figures(Options):
    """Which figures there are."""

    TITLE = "figures"

    policy: Annotated[str, path("FILE")] | None = None
    """figures of flags and decisions by this policy, decided again from the scores of --verdicts;
    default: as the verdicts have them"""
    slice_by: Annotated[str, checked(parse_names, "COLUMN,…")] = ""
    """also by the values of these columns of the labelled rows (or of their 'extras'); 'modalities'
    is what the model was shown"""
    max_slices: Annotated[int, integer(1, 1000)] = 20
    """values of a column with figures of their own, the most frequent; the others are one slice
    (default: %(default)s)"""
    group_by: Annotated[str, text("COLUMN")] | None = None
    """column of the labelled rows (or of their 'extras') that is equal for items which are no
    independent evidence, as copies; none: item by item. Default: 'group', as a set of
    pipelines.preprocess has it; rows without it by near-equal texts and equal pictures"""
    replicates: Annotated[int, integer(40, 100000)] | None = None
    """of the bootstrap that compares with --baseline; default: 1,000 up to 20,000 groups, falling
    to 200 at 100,000"""
    seed: Annotated[int, integer(0)] = 0
    """of it (default: %(default)s)"""
    baseline: Annotated[str, path("RUN")] | None = None
    """a committed earlier evaluation: on the items of both, is this model measurably better?"""
    note: Annotated[tuple[str, ...], text("TEXT", nargs=1)] = ()
    """words that belong to the figures, as in what a label stands for; on top of the page; may be
    repeated"""


@dataclass(frozen=True, kw_only=True)
class Submission(Options):
    """What is written beside the figures."""

    TITLE = "evaluation out"

    submission_for: (
        Annotated[str, path("FILE", names=("--submission_for", "--submission"))] | None
    ) = None
    """also write submission.csv (id,proba,label) for the memes of this file, in its order; they
    need no label"""
    submission_threshold: Annotated[float, number(0, 1, "P")] = 0.5
    """its label is 1 from this probability on (default: %(default)g)"""


@dataclass(frozen=True, kw_only=True)
class Coverage(Options):
    """How much must have been evaluated."""

    TITLE = "gates"

    min_coverage: Annotated[float, number(0, 1, "R")] = 0.0
    """with a smaller share of the labelled rows evaluated, the run is not committed and the job
    ends with 3 (default: %(default)g, no limit)"""


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions(
    Scored, Truth, Figures, Submission, RunPlace, Unreadable, Coverage, Terminal, Beam
):
    """Every option of the job, checked one by one. ``None`` and empty mean: not given."""

    NAME = "evaluate"
    DESCRIPTION = (
        "Say how good a model is: its verdicts meet the truth by item id, and every figure comes "
        "with an interval, by task, label and slice."
    )
    WORDS = Words(
        made="evaluation",
        committed="evaluation",
        unreadable="none",
        checks="check verdicts, labels and output, write nothing",
    )
    output: str = "evaluations"
    max_unreadable_files: int = 0

    def check(self) -> None:
        """What flags ask of each other; raises ``UsageError``."""
        if bool(self.verdicts) == bool(self.scores):
            have = "both are given" if self.verdicts else "neither is given"
            raise UsageError(
                f"--verdicts or --scores: {have}. Name runs of pipelines.score, or files"
            )
        if self.labels and self.examples:
            raise UsageError("--labels and --examples both say what is true: give one of them")
        if self.scores and not (self.labels or self.examples or self.submission_for):
            raise UsageError("--scores hold no labels: give --labels or --examples too")
        if self.thresholds and not (self.multi_label or self.verdicts):
            raise UsageError("--thresholds are of --multi_label tasks, or of verdicts: name them")
        if self.policy and not self.verdicts:
            raise UsageError("--policy decides again from the scores of --verdicts: name runs")
        super().check()
        if self.submission_for and Kind.MEME not in parse_tasks(self.tasks):
            raise UsageError(
                f"--tasks {self.tasks!r}: a submission needs the memes' task, meme=TASK"
            )
