"""The flags of ``pipelines.evaluate``: declared, checked and explained without Beam."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from moderation.records.layout import FIELDS, parse_columns
from pipelines.command.flag_groups import add_run_directory, add_terminal, add_unreadable
from pipelines.command.flags import (
    UsageError,
    absolute,
    checked,
    group,
    integer,
    new_parser,
    number,
    split_list,
)
from pipelines.export.options import parse_tasks
from schemas.records import Kind

_TASKS = "tweet_pair=entailment,meme=hateful"
_MANY = ("verdicts", "scores", "labels", "note")


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """Every flag of the job, checked one by one. ``None`` and empty mean: not given."""

    verdicts: tuple[str, ...]
    scores: tuple[str, ...]
    labels: tuple[str, ...]
    examples: str | None
    split: str
    record_kind: str | None
    columns: str
    tasks: str
    multi_label: str
    thresholds: str | None
    slice_by: str
    max_slices: int
    replicates: int | None
    seed: int
    baseline: str | None
    submission_for: str | None
    submission_threshold: float
    min_coverage: float
    max_unreadable_files: int
    note: tuple[str, ...]
    output: str
    run_id: str | None
    overwrite: bool
    dry_run: bool
    verbose: bool
    no_progress: bool

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def parse(argv: Sequence[str] | None) -> tuple[EvaluateOptions, list[str]]:
    """Our options, and what is left for Beam.

    Raises:
        UsageError: where flags cannot be used together.
        SystemExit: after ``--help``, or with 2 where a flag's value is wrong.
    """
    known, rest = build_parser().parse_known_args(argv)
    values = vars(known)
    for name in _MANY:
        values[name] = tuple(path for paths in values[name] or () for path in paths)
    options = EvaluateOptions(**values)
    _check_together(options)
    return options, rest


def build_parser() -> argparse.ArgumentParser:
    """Our flags in groups; abbreviations are not taken, and words are joined by underscores."""
    parser = new_parser(
        "python -m pipelines.evaluate",
        "Say how good a model is: its verdicts meet the truth by item id, and every figure comes "
        "with an interval, by task, label and slice.",
    )
    for add in (_add_scored, _add_truth, _add_figures, _add_output):
        add(parser)
    add_terminal(parser, checks="check verdicts, labels and output, write nothing")
    return parser


def parse_label_columns(text: str) -> dict[str, str]:
    """Columns of label files, which may name items by ``item_id``; raises ``LayoutError``."""
    return parse_columns(text, fields={*FIELDS, "item_id", "task"})


def parse_columns_to_slice_by(text: str) -> tuple[str, ...]:
    """Names of columns; raises ``UsageError`` where one is named twice."""
    names = split_list(text)
    if len(set(names)) != len(names):
        raise UsageError("a column is named twice")
    return names


def _add_scored(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "what the model said")
    add(
        "--verdicts",
        type=absolute,
        nargs="+",
        action="append",
        metavar="DIR",
        help="committed run directories of pipelines.score by one model, local or gs://, patterns "
        "too, as in 'runs/run_id=*'; may be repeated",
    )
    add(
        "--scores",
        type=absolute,
        nargs="+",
        action="append",
        metavar="FILE",
        help="instead, of any system: CSV, JSONL or Parquet with item_id, task, p_LABEL for every "
        "label of the task, and perhaps kind",
    )


def _add_truth(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "what is true")
    add(
        "--labels",
        type=absolute,
        nargs="+",
        action="append",
        metavar="FILE",
        help="Parquet, JSONL or CSV (the last two also .gz, .bz2, .zst): records with a label, or "
        "rows with item_id and label (and perhaps kind and task); files, folders, patterns; may be "
        "repeated. Default: the labels that the judged records came with",
    )
    add(
        "--examples",
        type=absolute,
        metavar="RUN",
        help="take the labels of a committed run of pipelines.preprocess instead",
    )
    add("--split", default="test", metavar="NAME", help="of --examples (default: %(default)s)")
    add(
        "--record_kind",
        choices=[kind.value for kind in Kind],
        help="what every labelled record is; default: told from its columns",
    )
    add(
        "--columns",
        default="",
        type=checked(parse_label_columns),
        metavar="FIELD=COLUMN,…",
        help="columns that go by other names, as in label=gold,id=key",
    )
    add(
        "--tasks",
        default=_TASKS,
        type=checked(parse_tasks),
        metavar="KIND=TASK,…",
        help="the task that a kind's label answers (default: %(default)s)",
    )
    add(
        "--multi_label",
        default="",
        metavar="TASK,…",
        help="tasks whose items have any number of labels, written as a list or as a|b",
    )
    add(
        "--thresholds",
        type=absolute,
        metavar="BUNDLE",
        help="give labels of --multi_label tasks from the thresholds on this model's card; "
        "default: from 0.5 on",
    )


def _add_figures(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "figures")
    add(
        "--slice_by",
        default="",
        type=checked(parse_columns_to_slice_by),
        metavar="COLUMN,…",
        help="also by the values of these columns of the labelled rows (or of their 'extras'); "
        "'modalities' is what the model was shown",
    )
    add(
        "--max_slices",
        type=integer(1, 1000),
        default=20,
        metavar="N",
        help="values of a column with figures of their own, the most frequent; the others are one "
        "slice (default: %(default)s)",
    )
    add(
        "--replicates",
        type=integer(40, 100_000),
        metavar="N",
        help="of the bootstrap; default: 1,000 up to 20,000 items, falling to 200 at 100,000",
    )
    add("--seed", type=integer(0), default=0, metavar="N", help="of it (default: %(default)s)")
    add(
        "--baseline",
        type=absolute,
        metavar="RUN",
        help="a committed earlier evaluation: on the items of both, is this model measurably "
        "better?",
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    add = group(parser, "evaluation out")
    add(
        "--submission_for",
        "--submission",
        dest="submission_for",
        type=absolute,
        metavar="FILE",
        help="also write submission.csv (id,proba,label) for the memes of this file, in its order; "
        "they need no label",
    )
    add(
        "--submission_threshold",
        type=number(0, 1),
        default=0.5,
        metavar="P",
        help="its label is 1 from this probability on (default: %(default)g)",
    )
    add_unreadable(add, default=0, what="evaluation", told="none")
    add(
        "--min_coverage",
        type=number(0, 1),
        default=0.0,
        metavar="R",
        help="with a smaller share of the labelled rows evaluated, the run is not committed and "
        "the job ends with 3 (default: %(default)g, no limit)",
    )
    add(
        "--note",
        nargs=1,
        action="append",
        metavar="TEXT",
        help="words that belong to the figures, as in what a label stands for; on top of the page; "
        "may be repeated",
    )
    add_run_directory(add, default="evaluations", what="evaluation")


def _check_together(options: EvaluateOptions) -> None:
    if bool(options.verdicts) == bool(options.scores):
        have = "both are given" if options.verdicts else "neither is given"
        raise UsageError(f"--verdicts or --scores: {have}. Name runs of pipelines.score, or files")
    if options.labels and options.examples:
        raise UsageError("--labels and --examples both say what is true: give one of them")
    if options.scores and not (options.labels or options.examples or options.submission_for):
        raise UsageError("--scores hold no labels: give --labels or --examples too")
    if options.thresholds and not options.multi_label:
        raise UsageError("--thresholds are of --multi_label tasks: name them")
    if options.overwrite and not options.run_id:
        raise UsageError("--overwrite replaces an evaluation by its id: give --run_id too")
    if options.submission_for and Kind.MEME not in parse_tasks(options.tasks):
        raise UsageError(
            f"--tasks {options.tasks!r}: a submission needs the memes' task, meme=TASK"
        )
