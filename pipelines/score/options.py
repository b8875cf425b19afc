"""The options of ``pipelines.score``: declared, checked and explained without Beam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from moderation.audit.slice_columns import parse_slices
from pipelines.command.option_groups import Beam, Gates, Images, Records, RunPlace, Terminal
from pipelines.command.options import Options, Words
from pipelines.command.usage import UsageError
from pipelines.command.values import (
    baseline_place,
    checked,
    integer,
    model_place,
    parsed,
    path,
    run_place,
    text,
)
from pipelines.score.bank_place import parse_bank
from pipelines.score.bare_model_options import BareModel


@dataclass(frozen=True, kw_only=True)
class Model(Options):
    """Which model judges, and how it works."""

    TITLE = "model"

    model: Annotated[str, parsed(model_place, "DIR")] = "starter"
    """a model bundle, a bare TF2 SavedModel (local or gs://), or 'starter' (default)"""
    batch_size: Annotated[int, integer(1, 4096)] = 32
    """items a call to the model (default: %(default)s)"""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """what the model computes in. auto: bfloat16 where the machine that works is this one, its
    processor has avx512_bf16 or amx_bf16, and the first rows show a gain of 15 percent and
    probabilities within 0.01; otherwise float32. A run that goes on, or carries scores over, stays
    with theirs (default: %(default)s)"""
    accelerator: Annotated[str, text("HINT")] | None = None
    """resource hint of the inference step alone, on runners that know it:
    'type:nvidia-tesla-t4;count:1;install-nvidia-driver'"""


@dataclass(frozen=True, kw_only=True)
class Ocr(Options):
    """Whether texts are read from pictures."""

    TITLE = "memes without text"

    ocr: Literal["auto", "off"] = "off"
    """auto: the text of a meme that has none (null, or no such column) is read from its picture;
    needs the extra 'ocr' (default: %(default)s, such a text is empty)"""
    keep_text: bool = False
    """write what was read to the verdicts, from where pipelines.export takes it; without it only
    the review queue has it"""


@dataclass(frozen=True, kw_only=True)
class Policy(Options):
    """What verdicts are made by."""

    TITLE = "verdicts out"

    policy: Annotated[str, path("FILE")] | None = None
    """YAML with thresholds, review band and version"""


@dataclass(frozen=True, kw_only=True)
class KnownPictures(Options):
    """Banks that pictures are looked up in."""

    TITLE = "known pictures"

    hash_bank: Annotated[tuple[str, ...], parsed(parse_bank, "NAME=FILE")] = ()
    """hashes of known pictures: PDQ as CSV or JSONL, lists of MD5 or SHA-256, exports of
    ThreatExchange and HMA; NAME=pdq:FILE, md5: or sha256: where a file does not say what its hashes
    are. FILE may be a folder or a pattern. What a match means is the policy's to say (hash_banks),
    by default review; may be repeated, for one name too"""
    write_hashes: bool = False
    """write PDQ hash and quality of every picture to verdicts, so that a decision can become a
    bank's entry (pipelines.export --bank)"""


@dataclass(frozen=True, kw_only=True)
class Form(Options):
    """What verdicts are written as."""

    format: Literal["parquet", "jsonl"] = "parquet"
    """of the verdicts (default: %(default)s)"""
    review_format: Literal["ours", "label_studio", "doccano", "coop"] = "ours"
    """write the review queue as tasks for label_studio or doccano, or as items for ROOST's coop,
    too, with the project's questions or item types, into review_tasks/ (default: %(default)s
    alone)"""


@dataclass(frozen=True, kw_only=True)
class Resume(Options):
    """Whether a run that was begun goes on."""

    resume: bool = False
    """go on with the run of --run_id, or with the newest under --output that was not committed:
    what its journal has is not scored again"""


@dataclass(frozen=True, kw_only=True)
class Reuse(Options):
    """Whose scores are carried over."""

    TITLE = "scores of earlier runs"

    reuse: Annotated[tuple[str, ...], parsed(run_place, "RUN")] = ()
    """committed runs whose scores are carried over where content and model are the same; 'latest':
    the one under --output that was committed last, and where it drove dead letters, the run that
    had lost them. The policy decides anew"""
    reuse_images: Literal["check", "trust", "never"] = "check"
    """an item with a picture behind a reference is carried over where its bytes are still the same
    (check, which fetches them), where the reference is (trust), or not at all (never); default:
    %(default)s"""


@dataclass(frozen=True, kw_only=True)
class DecideOnly(Options):
    """Whether only the policy is another."""

    decide_only: Annotated[str, path("RUN")] | None = None
    """decide anew, by --policy, on the scores of this committed run: no model is loaded and no
    picture fetched. Its records are read again and must be what they were; --model says where its
    model lies now, where that was moved"""


@dataclass(frozen=True, kw_only=True)
class Slices(Options):
    """How much of the inputs a run in one process takes at a time."""

    slice_rows: Annotated[int, integer(1)] = 100_000
    """rows that a local run takes at a time: more need more memory (default: %(default)s)"""


@dataclass(frozen=True, kw_only=True)
class SliceFigures(Options):
    """What the audit tells flag rates by."""

    TITLE = "slices of the audit"

    slices: Annotated[str, checked(parse_slices, "COLUMN,…")] = ""
    """flag rates by the values of columns beside what is judged, as in lang,source,created_at:day
    (of times also :hour, :week, :month, in UTC), the worst first"""
    min_slice_items: Annotated[int, integer(1)] = 30
    """distinct items of a slice that is told and compared with the rest (default: %(default)s)"""
    max_slices: Annotated[int, integer(1, 1000)] = 200
    """slices a column that are told, the largest; the audit says what it leaves out (default:
    %(default)s)"""


@dataclass(frozen=True, kw_only=True)
class Drift(Options):
    """What the run is compared with."""

    TITLE = "drift"

    baseline: Annotated[str, parsed(baseline_place, "RUN")] | None = None
    """compare the run with this committed one; 'none': with none. Default: the one under --output
    that was committed last"""
    fail_on_drift: bool = False
    """where the run differs from its baseline beyond chance, and by enough to matter, it is not
    committed and the job ends with 3"""


@dataclass(frozen=True, kw_only=True)
class Profiling(Options):
    """Whether the run measures itself."""

    profile: bool = False
    """measure what each stage costs, by processor and clock: a table in the audit"""


@dataclass(frozen=True, kw_only=True)
class ShownItems(Options):
    """What the audit shows of flagged items and of the review queue."""

    TITLE = "items shown in the audit"

    no_why: bool = False
    """do not ask the model what moved the scores of the items that are shown: their scores without
    the picture, without the text and with one half of a pair, up to five answers for each of some
    tens of items"""
    no_thumbnails: bool = False
    """show no pictures, be they small and blurred"""
    redact: bool = False
    """replace mentions, e-mail addresses, phone numbers and links in what the audit shows of
    records. Verdicts, dead letters and the review queue keep their words: reviewers need them"""


@dataclass(frozen=True, kw_only=True)
class ScoreOptions(
    Records,
    Model,
    BareModel,
    Images,
    Ocr,
    KnownPictures,
    Policy,
    RunPlace,
    Form,
    Resume,
    Slices,
    Reuse,
    DecideOnly,
    Gates,
    SliceFigures,
    Drift,
    Profiling,
    ShownItems,
    Terminal,
    Beam,
):
    """Every option of the job, checked one by one. ``None`` and empty mean: not given."""

    NAME = "score"
    DESCRIPTION = (
        "Score tweet pairs and memes: verdicts, dead letters, a review queue and an audit. "
        "Without flags it scores the built-in sample with the built-in model."
    )
    WORDS = Words(
        made="run",
        committed="run",
        per="row read",
        pictures=" Pictures without records are memes without text, their paths are their ids.",
        empty="commit a run over no rows at all",
        checks="check inputs, model, policy and output, score nothing",
    )

    def check(self) -> None:
        """What flags ask of each other; raises ``UsageError``."""
        if self.resume and self.overwrite:
            raise UsageError(
                "--resume leaves a committed run as it is and --overwrite replaces it: give one. "
                "A start with --overwrite that was stopped goes on with the same words"
            )
        if self.keep_text and self.ocr == "off":
            raise UsageError(
                "--keep_text keeps what --ocr auto reads: give that too, or leave it out"
            )
        if self.fail_on_drift and self.baseline == "none":
            raise UsageError(
                "--fail_on_drift compares the run with its baseline, and --baseline none gives it "
                "none: leave one of them out"
            )
        super().check()
