"""The flags of ``pipelines.score``: declared, checked and explained without Beam or TensorFlow."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from moderation.records.layout import Layout, LayoutError, check_template, parse_columns
from moderation.runs.directory import RunDirectoryError, check_run_id
from schemas.records import Kind

EPILOG = """\
Flags that are not ours go to Beam: --runner, --direct_num_workers, --project, --region,
--temp_location, --setup_file, --flink_master and so on; --help_beam lists them all.

exit codes: 0 done; 1 failed; 2 usage: a flag or an input cannot be used, nothing was read;
3 a gate broke: the run is written down but not committed.
"""


class UsageError(ValueError):
    """A flag, or flags together, that cannot be used; the message has value, reason and remedy."""


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """Every flag of the job, checked one by one. ``None`` and empty mean: not given."""

    input: tuple[str, ...]
    record_kind: str | None
    columns: str
    image_root: str | None
    image_template: str | None
    allow_outside_root: bool
    limit: int | None
    max_row_mb: float
    model: str
    batch_size: int
    labels: str | None
    task: str | None
    signature: str | None
    output_name: str | None
    bind: str
    vocab: str | None
    cased: bool
    image_range: str | None
    image_size: str | None
    activation: str | None
    missing_images: str | None
    sequence_length: int | None
    text_packing: str | None
    accelerator: str | None
    image_timeout_s: float
    image_retries: int
    max_image_mb: float
    max_image_megapixels: float
    image_connections: int
    image_connections_per_host: int
    decode_threads: int
    allow_private_hosts: bool
    allowed_ports: str
    allow_hosts: str
    deny_hosts: str
    egress_proxy: str | None
    policy: str | None
    output: str
    run_id: str | None
    format: str
    overwrite: bool
    max_dead_letter_ratio: float
    allow_empty: bool
    dry_run: bool
    verbose: bool
    no_progress: bool

    def layout(self) -> Layout:
        """How rows become records."""
        return Layout(
            record_kind=Kind(self.record_kind) if self.record_kind else None,
            columns=parse_columns(self.columns),
            image_root=_absolute(self.image_root),
            image_template=self.image_template,
            allow_outside_root=self.allow_outside_root,
        )

    def as_dict(self) -> dict[str, Any]:
        """For the manifest; a proxy's password does not go there."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        if self.egress_proxy:
            values["egress_proxy"] = self.egress_proxy.rsplit("@", 1)[-1]
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def parse(argv: Sequence[str] | None) -> tuple[ScoreOptions, list[str]]:
    """Our options, and what is left for Beam.

    Raises:
        UsageError: where flags cannot be used together.
        SystemExit: after ``--help``, or with 2 where a flag's value is wrong.
    """
    known, rest = build_parser().parse_known_args(argv)
    values = vars(known)
    values["input"] = tuple(path for group in known.input or () for path in group)
    options = ScoreOptions(**values)
    _check_together(options)
    return options, rest


def build_parser() -> argparse.ArgumentParser:
    """Our flags in groups; abbreviations are not taken, and words are joined by underscores."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.score",
        description="Score tweet pairs and memes: verdicts, dead letters, a review queue and an "
        "audit. Without flags it scores the built-in sample with the built-in model.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for add in (_add_input, _add_model, _add_images, _add_output, _add_terminal):
        add(parser)
    return parser


def _add_input(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser, "records in")
    add(
        "--input",
        nargs="+",
        action="append",
        metavar="PATH",
        help="Parquet, JSONL or CSV (the last two also .gz), local or gs://, folders and patterns "
        "too; may be repeated. A run's dead letters are taken as well. Default: the sample",
    )
    add(
        "--record_kind",
        choices=[kind.value for kind in Kind],
        help="what every record is; default: told from each record's columns",
    )
    add(
        "--columns",
        default="",
        type=_checked(parse_columns),
        metavar="FIELD=COLUMN,…",
        help="columns that go by other names, as in text_1=body,id_1=key",
    )
    add(
        "--image_root",
        metavar="DIR",
        help="folder that image paths start from; default: the record file's own",
    )
    add(
        "--image_template",
        type=_checked(check_template),
        metavar="NAME",
        help="image files are named after ids: '{id}.{ext}' is the id with the extension of the "
        "record's reference, under --image_root",
    )
    add(
        "--allow_outside_root",
        action="store_true",
        help="take image paths that lead out of the image root by '..', link or absolute path",
    )
    add("--limit", type=_integer(1), metavar="N", help="read the first N rows and no more")
    add(
        "--max_row_mb",
        type=_number(0.001, 1024),
        default=16.0,
        metavar="MB",
        help="a row over this is a dead letter (default: %(default)g)",
    )


def _add_model(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser, "model")
    add(
        "--model",
        default="starter",
        metavar="DIR",
        help="a model bundle, a bare TF2 SavedModel (local or gs://), or 'starter' (default)",
    )
    add(
        "--batch_size",
        type=_integer(1, 4096),
        default=32,
        metavar="N",
        help="items a call to the model (default: %(default)s)",
    )
    add(
        "--accelerator",
        metavar="HINT",
        help="resource hint of the inference step alone, on runners that know it: "
        "'type:nvidia-tesla-t4;count:1;install-nvidia-driver'",
    )
    add = _adder(parser, "a SavedModel without a card")
    add("--labels", metavar="A,B,…", help="the output's labels, in order")
    add("--task", metavar="NAME", help="entailment, hateful, or a name for another question")
    add("--signature", metavar="NAME", help="default: serving_default, or the only one")
    add("--output_name", metavar="NAME", help="which of several outputs has the scores")
    add(
        "--bind",
        default="",
        metavar="INPUT=NAME,…",
        help="inputs with names of their own, as in pic=image_1,words=text",
    )
    add("--vocab", metavar="FILE", help="WordPiece vocabulary; default: uncased BERT's")
    add("--cased", action="store_true", help="the vocabulary is cased")
    add(
        "--image_range",
        choices=("0..255", "0..1", "-1..1", "imagenet"),
        help="values of the image input; default: 0..255",
    )
    add(
        "--image_size",
        type=_checked(parse_size),
        metavar="HxW",
        help="where the signature leaves it open, as in 224x224",
    )
    add(
        "--activation",
        choices=("none", "softmax", "sigmoid"),
        help="what turns the output into probabilities; default: none, they are already",
    )
    add(
        "--missing_images",
        choices=("zeros", "dead_letter"),
        help="an item whose image cannot be had: zeros in its place, or a dead letter (default)",
    )
    add(
        "--sequence_length",
        type=_integer(3, 8192),
        metavar="N",
        help="tokens, where the signature leaves them open",
    )
    add(
        "--text_packing",
        choices=("together", "apart"),
        help="share of the tokens of a pair's texts: trimmed together, or half for each",
    )


def _add_images(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser, "images")
    add(
        "--image_timeout_s",
        type=_number(0.1, 3600),
        default=20.0,
        metavar="S",
        help="for a whole fetch, redirects and retries included (default: %(default)g)",
    )
    add(
        "--image_retries",
        type=_integer(0, 20),
        default=3,
        metavar="N",
        help="further tries where trying again may help (default: %(default)s)",
    )
    add(
        "--max_image_mb",
        type=_number(0.001, 1024),
        default=20.0,
        metavar="MB",
        help="of one encoded image (default: %(default)g)",
    )
    add(
        "--max_image_megapixels",
        type=_number(0.001, 1000),
        default=50.0,
        metavar="MP",
        help="of one decoded image (default: %(default)g)",
    )
    add(
        "--image_connections",
        type=_integer(1, 10_000),
        default=256,
        metavar="N",
        help="under way at once in a worker (default: %(default)s)",
    )
    add(
        "--image_connections_per_host",
        type=_integer(1, 1000),
        default=8,
        metavar="N",
        help="of those to one host (default: %(default)s)",
    )
    add(
        "--decode_threads",
        type=_integer(0, 256),
        default=0,
        metavar="N",
        help="default: one per core",
    )
    add(
        "--allow_private_hosts",
        action="store_true",
        help="fetch from loopback and private addresses: for tests and intranets",
    )
    add(
        "--allowed_ports",
        default="80,443",
        type=_checked(parse_ports),
        metavar="N,…",
        help="of image URLs (default: %(default)s)",
    )
    add(
        "--allow_hosts",
        default="",
        metavar="HOST,…",
        help="fetch from these hosts and networks alone; '.example.org' is it and all below",
    )
    add("--deny_hosts", default="", metavar="HOST,…", help="never fetch from these")
    add("--egress_proxy", metavar="URL", help="send all fetches through this HTTP proxy")


def _add_output(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser, "verdicts out")
    add("--policy", metavar="FILE", help="YAML with thresholds, review band and version")
    add(
        "--output",
        default="runs",
        metavar="DIR",
        help="where the run directory goes, local or gs:// (default: %(default)s/)",
    )
    add(
        "--run_id",
        type=_checked(check_run_id),
        metavar="ID",
        help="name of the run; default: the time it starts",
    )
    add(
        "--format",
        choices=("parquet", "jsonl"),
        default="parquet",
        help="of the verdicts (default: %(default)s)",
    )
    add("--overwrite", action="store_true", help="replace a committed run of the same id")
    add(
        "--max_dead_letter_ratio",
        type=_number(0, 1),
        default=1.0,
        metavar="R",
        help="failure budget: with more dead letters per row read the run is not committed "
        "and ends with 3 (default: %(default)g, no budget)",
    )
    add("--allow_empty", action="store_true", help="commit a run over no rows at all")


def _add_terminal(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser, "terminal")
    add(
        "--dry_run",
        action="store_true",
        help="check inputs, model, policy and output, score nothing",
    )
    add("--verbose", action="store_true", help="let Beam and TensorFlow talk")
    add("--no_progress", action="store_true", help="no progress line")
    group = parser.add_argument_group("Beam")
    group.add_argument("--help_beam", action=_BeamHelp, help="list Beam's own flags")


def parse_ports(ports: str) -> tuple[int, ...]:
    """``"80,443"`` as numbers; raises ``UsageError``."""
    try:
        numbers = tuple(int(port) for port in ports.split(","))
    except ValueError:
        raise UsageError("write port numbers with commas, as in 80,443") from None
    if not all(0 < port < 65536 for port in numbers):
        raise UsageError("a port lies between 1 and 65535")
    return numbers


def parse_size(size: str) -> tuple[int, int]:
    """``"224x224"`` as height and width; raises ``UsageError``."""
    height, _, width = size.partition("x")
    if not (height.isdecimal() and width.isdecimal() and int(height) and int(width)):
        raise UsageError("write height and width in pixels, as in 224x224")
    return int(height), int(width)


def split_list(text: str | None) -> tuple[str, ...]:
    """Parts between commas, without blanks around them."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _check_together(options: ScoreOptions) -> None:
    if options.image_template and not options.image_root:
        raise UsageError(
            f"--image_template {options.image_template!r} names files under --image_root: "
            "give the folder too"
        )
    if options.overwrite and not options.run_id:
        raise UsageError("--overwrite replaces a run by its id: give --run_id too")
    root = options.image_root
    if root and "://" not in root and not os.path.isdir(root):
        raise UsageError(f"--image_root {root!r} is no folder: check the path")


def _absolute(path: str | None) -> str | None:
    return path if path is None or "://" in path else os.path.abspath(path)


def _adder(parser: argparse.ArgumentParser, title: str) -> Callable[..., Any]:
    return parser.add_argument_group(title).add_argument


def _checked(check: Callable[[str], Any]) -> Callable[[str], str]:
    """A type for argparse that keeps the text and says why it is wrong."""

    def take(text: str) -> str:
        try:
            check(text)
        except (LayoutError, RunDirectoryError, UsageError) as error:
            raise argparse.ArgumentTypeError(f"{text!r}: {_bare(str(error))}") from None
        return text

    return take


def _bare(message: str) -> str:
    """A message without the flag and value that argparse says before it."""
    return message.split(": ", 1)[-1] if message.startswith("--") else message


def _integer(low: int, high: int | None = None) -> Callable[[str], int]:
    def take(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        _expect_range(text, value, low, high)
        return value

    return take


def _number(low: float, high: float) -> Callable[[str], float]:
    def take(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
        _expect_range(text, value, low, high)
        return value

    return take


def _expect_range(text: str, value: float, low: float, high: float | None) -> None:
    if not low <= value or (high is not None and not value <= high):
        span = f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"
        raise argparse.ArgumentTypeError(f"{text} is out of range: it must be {span}")


class _BeamHelp(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **kwargs)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from pipelines.beam_options import beam_parser

        beam_parser().print_help()
        parser.exit()
