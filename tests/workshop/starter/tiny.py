"""Everything a build needs, tiny and made up: an encoder, labelled texts, pairs, pictures."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from safetensors.numpy import save_file

from pipelines.preprocess import __main__ as preprocess

HIDDEN, LAYERS, WIDE = 24, 4, 32

_GOOD = ("i like {} very much", "{} are kind people", "a good day for {}", "tea with {} today")
_BAD = ("i hate {} so much", "{} are vermin", "get rid of {} now", "no place for {} here")
_PHRASES = (
    ("being_adj", "nontoxic", "Being {} is lovely"), ("being_adj", "toxic", "Being {} is vile"),
    ("name_adj", "nontoxic", "Ann is a fine {}"), ("name_adj", "toxic", "Ann is a vile {}"),
)  # fmt: skip
_WHO = ("cats", "dogs", "neighbours", "painters", "bakers", "women", "gay people", "immigrants")


def write_raw(folder: Path) -> None:
    """The labelled files and the encoder below ``folder``, laid out as the public ones are."""
    write_encoder(folder / "minilm")
    texts = [(form.format(who), int(form in _BAD)) for who in _WHO for form in _GOOD + _BAD]
    splits = ("train", "validation", "test")
    rows = [(f"{t} {n}", y, splits[n % 3]) for n, (t, y) in enumerate(texts * 3)]
    hatemoji = [(number, *row) for number, row in enumerate(rows)]
    _write_csv(folder / "hatemoji.csv", ("entry_id", "text", "label_gold", "split"), hatemoji)
    names = {0: "not sexist", 1: "sexist"}
    edos = [(t, names[y], "dev" if s == "validation" else s) for t, y, s in rows]
    _write_csv(folder / "edos.csv", ("text", "label_sexist", "split"), edos)
    davidson = [
        (f"{t} {n}", "hate" if y else ("offensive", "neither")[n % 2])
        for n in range(4)
        for t, y in texts
    ]
    _write_csv(folder / "davidson.csv", ("text", "class"), davidson)
    _write_pairs(folder / "pairs.csv")
    _write_memes(folder)
    events = [
        (f"{number} {text}", ("fake", "real")[y], f"{('sandy', 'sochi')[number % 2]}_{number}.jpg")
        for number, (text, y) in enumerate(texts)
    ]
    _write_csv(folder / "posts.csv", ("text", "label", "image"), events)
    _write_nli(folder)
    phrases = [
        (template, label, form.format(word))
        for template, label, form in _PHRASES
        for word in ("old", "gay", "blind", "jewish", "asian")
    ]
    _write_csv(folder / "templates.csv", ("template", "toxicity", "phrase"), phrases)


_PREPROCESS = {
    "hatemoji": "--input hatemoji.csv --record_kind meme "
    "--columns id=entry_id,img=,label=label_gold "
    "--split_column split --splits train=0.8,validation=0.1,test=0.1 --group_by none",
    "edos": "--input edos.csv --record_kind meme --columns id=,img=,label=label_sexist "
    "--split_column split --splits train=0.7,dev=0.1,test=0.2 --group_by none",
    "davidson": "--input davidson.csv --record_kind meme --columns id=,img=,label=class "
    "--splits train=0.7,validation=0.15,test=0.15 --group_by none",
    "pairs": "--input pairs.csv --record_kind tweet_pair --columns "
    "id_1=,id_2=,image_1=,image_2= --splits train=1",
    "nli": "--input captions.csv lexical.csv negation.csv --record_kind tweet_pair --columns "
    "id_1=,id_2=,image_1=,image_2=,text_1=premise,text_2=hypothesis "
    "--labels entailment,neutral,contradiction,not_entailment --splits train=1 --group_by none",
    "memes": "--input memes.jsonl --splits train=1 --image_size 90x90",
    "posts": "--input posts.csv --record_kind meme --columns id=,img= "
    "--splits train=0.6,validation=0.2,test=0.2 --group_by none",
    "templates": "--input templates.csv --record_kind meme "
    "--columns id=,img=,text=phrase,label=toxicity "
    "--splits train=0.6,validation=0.2,test=0.2 --group_by none",
}


def write_sets(folder: Path, names: Sequence[str] = tuple(_PREPROCESS)) -> list[str]:
    """Sets as ``pipelines.preprocess`` writes them from ``write_raw``'s files."""
    write_raw(folder)
    made = []
    for name in names:
        flags = _PREPROCESS[name]
        given = [str(folder / word) if word.endswith((".csv", ".jsonl")) else word
                 for word in flags.split()]  # fmt: skip
        small = ["--image_size", "8x8"] if "--image_size" not in given else []
        code = preprocess.main(
            [*given, *small, "--output", str(folder / "sets"), "--run_id", name, "--no_progress"]
        )
        assert code == 0
        made.append(str(folder / "sets" / f"run_id={name}"))
    return made


def vocabulary() -> list[str]:
    """Specials, letters and digits as words and as pieces, and a few whole words."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    words = ["user", "hate", "like", "people", "good", "day", "women", "gay", "face", "joy"]
    marks = list("!?.,#@&;:'\"-")
    return [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", *marks, *letters, *(f"##{c}" for c in letters), *words,
    ]  # fmt: skip


def write_encoder(folder: Path) -> None:
    """A random BERT in Hugging Face layout."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    tokens = vocabulary()
    (folder / "vocab.txt").write_text("\n".join(tokens) + "\n", "utf-8")
    config = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "vocab_size": len(tokens),
        "hidden_size": HIDDEN,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 12,
        "intermediate_size": WIDE,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "max_position_embeddings": 160,
        "type_vocab_size": 2,
        "layer_norm_eps": 1e-12,
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(tokens), HIDDEN),
        "embeddings.position_embeddings.weight": (160, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
        "embeddings.LayerNorm.weight": (HIDDEN,),
        "embeddings.LayerNorm.bias": (HIDDEN,),
        "pooler.dense.weight": (HIDDEN, HIDDEN),
        "pooler.dense.bias": (HIDDEN,),
    }
    for index in range(LAYERS):
        name = f"encoder.layer.{index}."
        for part in ("query", "key", "value"):
            shapes[f"{name}attention.self.{part}.weight"] = (HIDDEN, HIDDEN)
            shapes[f"{name}attention.self.{part}.bias"] = (HIDDEN,)
        for part, shape in (
            ("attention.output", (HIDDEN, HIDDEN)),
            ("intermediate", (WIDE, HIDDEN)),
            ("output", (HIDDEN, WIDE)),
        ):
            shapes[f"{name}{part}.dense.weight"] = shape
            shapes[f"{name}{part}.dense.bias"] = shape[:1]
        for part in ("attention.output", "output"):
            shapes[f"{name}{part}.LayerNorm.weight"] = (HIDDEN,)
            shapes[f"{name}{part}.LayerNorm.bias"] = (HIDDEN,)
    weights = {
        name: np.ones(shape, np.float32)
        if name.endswith("LayerNorm.weight")
        else random.normal(0, 0.2, shape).astype(np.float32)
        for name, shape in shapes.items()
    }
    save_file(weights, folder / "model.safetensors")


def _write_pairs(path: Path) -> None:
    labels = ("Contradictory", "Implies", "NoEntailment")
    rows = []
    for number in range(60):
        label = labels[number % 3]
        first = f"score {number} to {number + 1} at the half of game {number % 7}"
        second = {
            "Contradictory": first.replace("to", "never to"),
            "Implies": first + " and more",
            "NoEntailment": f"the bakers of street {number} sell bread",
        }[label]
        rows.append((first, second, label))
    _write_csv(path, ("text_1", "text_2", "label"), rows)


def _write_nli(folder: Path) -> None:
    """By others: captions, pairs of two categories, and negations whose labels are two."""
    labels = ("entailment", "neutral", "contradiction")
    said = ("is seen", "waits for {}", "is not seen")
    captions = [
        (f"a man of {who} {number} is seen", f"a man of {who} {said[number % 3].format(number)}",
         labels[number % 3])
        for who in _WHO
        for number in range(6)
    ]  # fmt: skip
    columns = ("premise", "hypothesis", "label")
    _write_csv(folder / "captions.csv", columns, captions)
    words = [
        (category, f"the {who} is {one}", f"the {who} is {other}", "contradiction")
        for category, one, other in (("colors", "red", "blue"), ("planets", "mars", "venus"))
        for who in _WHO
    ]
    _write_csv(folder / "lexical.csv", ("category", *columns), words)
    denied = [("rte", f"{who} came", f"no {who} came", "not_entailment") for who in _WHO]
    _write_csv(folder / "negation.csv", ("source", *columns), denied)


def _write_memes(folder: Path) -> None:
    (folder / "img").mkdir()
    random = np.random.default_rng(3)
    lines = []
    for number in range(30):
        colour = tuple(int(v) for v in random.integers(0, 256, 3))
        picture = Image.new("RGB", (90, 70), colour)
        box = sorted(int(v) for v in random.integers(0, 70, 2))
        ImageDraw.Draw(picture).ellipse((box[0], box[0], box[1] + 9, box[1] + 9), fill=colour[::-1])
        picture.save(folder / "img" / f"{number}.png")
        lines.append(
            json.dumps(
                {
                    "id": str(number),
                    "img": f"img/{number}.png",
                    "label": number % 2,
                    "text": f"caption {number}",
                }
            )
        )
    (folder / "memes.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
