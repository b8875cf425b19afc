"""Builds the starter bundle from labelled sets: ``python -m moderation.starter.build --help``.

Reads, tokenises, trains, measures, exports. A split named test is looked at once,
after everything else is fixed.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf

from moderation.starter import card_text, sources, tables
from moderation.starter.card import make_card
from moderation.starter.model import save
from moderation.starter.stages import Inputs, Plan, Stages

VERSION = "2"
_LOG = logging.getLogger(__name__)
_LICENCES = Path(__file__).resolve().parent / "licences"


def build(inputs: Inputs, out: Path, *, plan: Plan) -> None:
    """Trains and writes a bundle into the folder ``out``, which must not exist or be empty."""
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"--out {out}: the folder is not empty")
    started = time.monotonic()
    tf.config.experimental.enable_op_determinism()
    with tempfile.TemporaryDirectory() as scratch:
        assets = _write_assets(inputs.minilm, Path(scratch))
        made = Stages(inputs, plan, assets)
        findings = made.run(started)
        save(made.model(), out)
    card = make_card(findings, version=VERSION)
    (out / "card.json").write_text(card.model_dump_json(indent=1) + "\n", "utf-8")
    (out / "CARD.md").write_text(card_text.card_text(card), "utf-8")
    (out / "NOTICE").write_text(
        sources.notice({entry["name"] for entry in card.trained_on}), "utf-8"
    )
    shutil.copytree(_LICENCES, out / "licences")
    _LOG.info("written: %s", out)


def _write_assets(minilm: Path, folder: Path) -> Path:
    shutil.copy(minilm / "vocab.txt", folder / "vocab.txt")
    tables.write_table(folder / "fold.tsv", tables.fold_table(tables.emoji_names()))
    tables.write_table(folder / "entities.tsv", tables.entity_table())
    return folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the command line and builds."""
    parser = argparse.ArgumentParser(prog="python -m moderation.starter.build", description=__doc__)
    parser.add_argument("--minilm", type=Path, required=True, metavar="FOLDER",
                        help="BERT encoder in Hugging Face layout (all-MiniLM-L6-v2)")  # fmt: skip
    for name in ("hatemoji", "edos", "davidson"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="CSV")
    parser.add_argument("--entailment", type=Path, required=True, metavar="CSV", action="append",
                        help="labelled tweet pairs; may be given several times")  # fmt: skip
    parser.add_argument("--memes", type=Path, metavar="JSONL", help="labelled memes, for the eye")
    parser.add_argument("--meme_images", type=Path, metavar="DIR", nargs="+", default=[])
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    given = vars(parser.parse_args(arguments))
    out = given.pop("out")
    if (given["memes"] is None) != (not given["meme_images"]):
        parser.error("--memes and --meme_images go together")
    fixed: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    inputs = Inputs(**fixed)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    build(inputs, out, plan=Plan())


if __name__ == "__main__":
    main()
