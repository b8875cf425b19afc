"""Builds the starter bundle from sets of examples.

Reads, tokenises, trains, measures, exports. A split named test is looked at once,
after everything else is fixed.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from schemas.card import Card
from workshop.starter import card_text, golden, sources, text_tables, word_list
from workshop.starter.card import make_card
from workshop.starter.examples import read_sets
from workshop.starter.model import StarterModel, save
from workshop.starter.stages import Plan, Stages

VERSION = "7"
_LOG = logging.getLogger(__name__)
_LICENCES = Path(__file__).resolve().parent / "licences"


def train_from_examples(
    examples: Sequence[str],
    out: Path,
    *,
    encoder: Path,
    plan: Plan | None = None,
    begin_with: Path | None = None,
) -> None:
    """Trains and writes a bundle.

    A build that was cut short goes on after the hate stage and the pair stage, where it is
    started again with the same sets and plan: what it keeps lies in ``<out>.stages`` until the
    bundle stands.

    Args:
        examples: committed runs of ``pipelines.preprocess``, in any order: see the README here.
        out: folder of the bundle; must not exist, or be empty.
        encoder: BERT in Hugging Face layout (all-MiniLM-L6-v2).
        plan: what decides the result beside the data; None: as it ships.
        begin_with: bundle whose hate layers and net of pairs are trained further; None: none is.

    Raises:
        FileExistsError: ``out`` holds something.
        ValueError: sets are missing, unknown or not committed.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out}: the folder is not empty")
    started = time.monotonic()
    stages = out.with_name(f"{out.name}.stages")
    sets = read_sets(examples)
    with tempfile.TemporaryDirectory() as scratch:
        assets = _write_assets(encoder, Path(scratch))
        word_list.write(assets, sets.hate)
        made = Stages(
            sets, plan or Plan(), encoder=encoder, assets=assets, keep=stages, begin_with=begin_with
        )
        card = make_card(made.run(started), version=VERSION)
        write(out, card, made.model())
    shutil.rmtree(stages)
    _LOG.info("written: %s", out)


def write(out: Path, card: Card, model: StarterModel) -> None:
    """A whole bundle: the SavedModel, its card as data and as a page, golden items, licences."""
    save(model, out)
    golden.write(out, card, model)
    (out / "card.json").write_text(card.model_dump_json(indent=1) + "\n", "utf-8")
    (out / "CARD.md").write_text(card_text.card_text(card), "utf-8")
    (out / "NOTICE").write_text(
        sources.notice({entry["name"] for entry in card.trained_on}), "utf-8"
    )
    shutil.copytree(_LICENCES, out / "licences")


def _write_assets(minilm: Path, folder: Path) -> Path:
    shutil.copy(minilm / "vocab.txt", folder / "vocab.txt")
    text_tables.write_table(folder / "fold.tsv", text_tables.fold_table(text_tables.emoji_names()))
    text_tables.write_table(folder / "entities.tsv", text_tables.entity_table())
    return folder
