"""The options of ``pipelines.export``: declared, checked and explained without Beam."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from moderation.datasets.splits.shares import SPLITS, parse_splits, split_of
from moderation.records.layout import parse_columns
from moderation.review.answers.answer import ANSWER_FIELDS
from moderation.review.answers.rules import (
    AnswerRules,
    DecisionsFormat,
    parse_given,
    parse_labels,
)
from pipelines.command.option_groups import Beam, Door, Gates, RunPlace, Terminal
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
    parsed,
    path,
    split_list,
    text,
)
from schemas.moments import parse_moment as parse_utc
from schemas.records import Kind, fields_of

_RESERVED = frozenset({"label", "split", "provenance", "extras"}.union(*map(fields_of, Kind)))


def parse_decision_columns(text: str) -> dict[str, str]:
    """``"label=choice,task="`` as field → column; raises ``LayoutError``."""
    return parse_columns(text, fields=ANSWER_FIELDS, may_lack=("task",))


def parse_moment(text: str) -> str:
    """A moment as UTC, ISO 8601 to the microsecond; raises ``UsageError``."""
    try:
        return parse_utc(text).isoformat(timespec="microseconds")
    except ValueError:
        raise UsageError(
            "write a day or a moment as ISO 8601, as in 2026-01-31 or 2026-01-31T12:00:00Z"
        ) from None


def parse_hub_splits(text: str) -> dict[str, float]:
    """Shares by the Hub's names; raises ``UsageError`` or ``SplitError``."""
    shares: dict[str, float] = {}
    for name, share in parse_splits(text).items():
        known = split_of(name, SPLITS)
        if known is None or known in shares:
            raise UsageError(f"name each of {', '.join(SPLITS)} once at most, not {name!r}")
        shares[known] = share
    return {name: shares[name] for name in SPLITS if shares.get(name)}


def _check_kept(text: str) -> None:
    taken = sorted(_RESERVED.intersection(split_list(text)))
    if taken:
        raise UsageError(f"{taken[0]!r} is a column that the set writes itself")
    parse_names(text)


_columns = replace(
    checked(parse_decision_columns, "FIELD=COLUMN,…"), names=("--decision_columns", "--columns")
)


@dataclass(frozen=True, kw_only=True)
class Sources(Options):
    """Verdicts and decisions."""

    TITLE = "verdicts and decisions in"

    run: Annotated[tuple[str, ...], path("DIR")] = ()
    """committed run directories of pipelines.score, local or gs://, patterns too, as in
    'runs/run_id=*'; may be repeated"""
    decisions: Annotated[tuple[str, ...], path("PATH")] = ()
    """JSON, JSONL, CSV or Parquet with item_id, task, label, reviewer, decided_at and perhaps a
    note, or an export of Label Studio, doccano or Prodigy; files, folders and patterns; may be
    repeated"""
    decisions_format: Annotated[str, one_of(DecisionsFormat)] = DecisionsFormat.AUTO.value
    """whose files they are; csv: any table, by --decision_columns (default: told from each file)"""
    decision_columns: Annotated[str, _columns] = ""
    """columns of the decisions that go by other names or lie deeper, as in
    label=choice,reviewer=annotator,decided_at=created_at; of a label tool, label= is the control
    that people answered by; task= where they name no task: they answer their item's own"""
    decision_defaults: Annotated[str, checked(parse_given, "FIELD=VALUE,…")] = ""
    """task, reviewer or decided_at of all decisions whose tool does not write it, as in
    reviewer={file},decided_at=2026-01-31; {file} is the file's name without its ending"""
    decision_labels: Annotated[str, checked(parse_labels, "LABEL=LABEL,…")] = ""
    """labels that the tool calls otherwise, or by numbers, as in 3=hateful,4=not_hateful"""
    max_unusable_decision_ratio: Annotated[float, number(0, 1, "R")] = 0.5
    """with more decisions than this share that cannot be used (unknown item, task or label, a row
    that is not whole; ties are none), the set is not committed and the job ends with 3 (default:
    %(default)g)"""
    reviewer_key_file: Annotated[str, path("FILE")] | None = None
    """secret that reviewers' names are hashed with; default: the environment's
    MODERATION_REVIEWER_KEY, else a random key for this export alone"""
    tasks: Annotated[str, checked(parse_tasks, "KIND=TASK,…")] = TASKS
    """the question that a kind's label answers (default: %(default)s)"""
    multi_label: Annotated[str, text("TASK,…")] = ""
    """tasks with any number of labels an item: decisions name several, in a list or with | between
    them, and rows have a list"""


@dataclass(frozen=True, kw_only=True)
class Selection(Options):
    """Which items become rows."""

    TITLE = "selection"

    min_reviewers: Annotated[int, integer(1, 1000)] = 1
    """reviewers whose decision an item needs (default: %(default)s)"""
    pseudo_label_above: Annotated[float, number(0, 1, "P")] | None = None
    """take items that nobody reviewed too, under the model's own label, where every run gave it P
    or more and none sent it to review; default: off"""
    since: Annotated[str, parsed(parse_moment, "TIME")] | None = None
    """items labelled at this moment or later, ISO 8601, UTC where it says nothing else"""
    until: Annotated[str, parsed(parse_moment, "TIME")] | None = None
    """the set as it was before this moment: later decisions do not count"""
    time_column: Annotated[str, text("NAME")] = "labelled_at"
    """what --since and --until look at: labelled_at (default), scored_at, or a column of the
    records, as in created_at"""
    max_per_source: Annotated[int, integer(1)] | None = None
    """rows of one source at most, reviewed ones first, chosen by item id"""
    source_column: Annotated[str, text("NAME")] = "source"
    """column that names a record's source; where it is empty, the file it lies in is the source
    (default: %(default)s)"""
    balance: bool = False
    """as many rows of each label of a kind as its rarest one has, reviewed ones first"""


@dataclass(frozen=True, kw_only=True)
class HeldOut(Options):
    """Items that must not enter."""

    TITLE = "held-out items, which never enter"

    exclude: Annotated[tuple[str, ...], path("PATH")] = ()
    """records (Parquet, JSONL, CSV), verdicts, or rows with a content_key: what has their content,
    one of their images, or a text that is nearly theirs is left out"""
    exclude_columns: Annotated[str, checked(parse_columns, "FIELD=COLUMN,…")] = ""
    """columns of the held-out records that go by other names"""
    exclude_image_root: Annotated[str, path("DIR")] | None = None
    """folder that their image paths start from"""
    exclude_text_similarity: Annotated[float, number(0.5, 1, "S")] = 0.8
    """Jaccard similarity of 5-character shingles from which texts are nearly equal; 1: equal but
    for case, punctuation and links (default: %(default)g)"""
    no_fetch_held_out: bool = False
    """do not fetch their images from URLs and stores: compare those by location alone"""


@dataclass(frozen=True, kw_only=True)
class TrainingSet(Options):
    """Form of the set, and what its card says."""

    TITLE = "training set out"

    images: Literal["copy", "keep"] = "copy"
    """copy local images beside the data, so that the set loads anywhere (default), or keep them
    where they are, by absolute path"""
    keep_columns: Annotated[str, checked(_check_kept, "A,B,…")] = ""
    """columns of the records that stay columns (as strings); the others lie in 'extras'"""
    format: Literal["both", "parquet", "jsonl"] = "both"
    """of the data (default: %(default)s)"""
    splits: Annotated[str, checked(parse_hub_splits, "NAME=SHARE,…")] = "train=1"
    """of the rows, by the Hub's names, as in train=0.8,validation=0.1,test=0.1: each with its share
    of each label, and no two that share an image or a nearly equal text (default: %(default)s)"""
    bank: Annotated[str, text("LABEL,…")] = ""
    """labels whose pictures make a bank of known pictures, bank/*.jsonl, for --hash_bank of
    pipelines.score, as in 1; the runs were made with --write_hashes, and people decided"""
    name: Annotated[str, text("NAME")] = "moderation training set"
    """for the data card"""
    dataset_version: Annotated[str, text("V")] | None = None
    """for the data card; default: the run's id"""
    licence: Annotated[str, text("ID")] = "unknown"
    """of the data, for the data card: an id of the Hub's list, as in cc-by-4.0, or a name"""
    url: Annotated[str, text("URL")] | None = None
    """where the set will be found, for croissant.json; default: the card beside it"""
    creator: Annotated[str, text("NAME")] = "unknown"
    """who makes the set, for croissant.json"""
    previous: Annotated[str, path("DIR")] | None = None
    """a committed earlier export: diff/ tells what was added, removed, relabelled"""


@dataclass(frozen=True, kw_only=True)
class ExportOptions(
    Sources,
    Selection,
    HeldOut,
    Door,
    TrainingSet,
    RunPlace,
    Gates,
    Terminal,
    Beam,
):
    """Every option of the job, checked one by one. ``None`` and empty mean: not given."""

    NAME = "export"
    DESCRIPTION = (
        "Make a training set of the verdicts of committed runs and the decisions of reviewers: "
        "records with labels, each with where its label came from."
    )
    WORDS = Words(
        made="export",
        committed="set",
        per="decision, or per selected row",
        empty="commit a set without a row",
        checks="check runs, decisions and output, write nothing",
    )
    output: str = "training_sets"

    def as_dict(self) -> dict[str, Any]:
        """For the manifest. The reviewers' key is in none of the flags, only its file's name."""
        return {**super().as_dict(), "keep_columns": list(split_list(self.keep_columns))}

    def answer_rules(self) -> AnswerRules:
        """How decisions files are read."""
        return AnswerRules(
            format=DecisionsFormat(self.decisions_format),
            columns=parse_decision_columns(self.decision_columns),
            given=parse_given(self.decision_defaults),
            labels=parse_labels(self.decision_labels),
            tasks=tuple(dict.fromkeys(parse_tasks(self.tasks).values())),
        )

    def formats(self) -> tuple[str, ...]:
        """File formats of the data, the one that examples name first."""
        return ("parquet", "jsonl") if self.format == "both" else (self.format,)

    def check(self) -> None:
        """What flags ask of each other; raises ``UsageError``."""
        if not self.run:
            raise UsageError("--run is missing: name committed runs of pipelines.score")
        if not self.decisions and self.pseudo_label_above is None:
            raise UsageError(
                "there is nothing to label with: give reviewers' --decisions, or "
                "--pseudo_label_above to take the model's own labels"
            )
        super().check()
        self._check_several()
        if self.since and self.until and self.since >= self.until:
            raise UsageError(f"--since {self.since} is not before --until {self.until}")
        for flag in ("exclude_columns", "exclude_image_root"):
            if getattr(self, flag) and not self.exclude:
                raise UsageError(f"--{flag} is about held-out records: give --exclude too")

    def _check_several(self) -> None:
        several = split_list(self.multi_label)
        for task in several:
            if task not in parse_tasks(self.tasks).values():
                raise UsageError(
                    f"--multi_label {task}: no kind is labelled by it: add --tasks KIND={task}"
                )
        if several and self.balance:
            raise UsageError(
                "--balance leaves out rows of one label, and with --multi_label a row has others "
                "too: leave it away, and weigh labels when you train"
            )
        if several and self.pseudo_label_above is not None:
            raise UsageError(
                "--pseudo_label_above takes the likeliest label, and --multi_label takes any "
                "number: give one of them"
            )
