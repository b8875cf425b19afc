"""What the training reads, and what it must never read."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from moderation.starter import data
from moderation.starter.augment import swap_groups


def test_swapping_changes_the_group_everywhere_alike_and_nothing_else() -> None:
    swapped = swap_groups("Women are great. I like women, and tea.", Random(4))
    group = swapped.split(" are great")[0]
    assert group != "Women"
    assert swapped == f"{group} are great. I like {group}, and tea."


def test_a_word_that_only_holds_a_group_is_left_alone() -> None:
    text = "The omen of Manchester, a jewel of womenswear"
    assert swap_groups(text, Random(0)) == text


def test_rows_of_a_test_split_reach_neither_training_nor_validation(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text(
        'text,label_gold,split\n"a, b",1,train\nc,0,validation\n"line\nbreak",1,test\n', "utf-8"
    )
    splits = data.read_hatemoji(path)
    assert splits.train.texts == ("a, b",)
    assert splits.validation.texts == ("c",)
    assert splits.test.texts == ("line\nbreak",)


def test_a_set_without_splits_is_split_by_its_texts_alone(tmp_path: Path) -> None:
    rows = [f"text {n},{('hate', 'offensive', 'neither')[n % 3]}" for n in range(400)]
    parts = []
    for name, order in (("a.csv", rows), ("b.csv", rows[::-1])):
        (tmp_path / name).write_text("\n".join(["text,class", *order]) + "\n", "utf-8")
        splits = data.read_davidson(tmp_path / name)
        parts.append([set(part.texts) for part in (splits.train, splits.validation, splits.test)])
    assert parts[0] == parts[1]
    train, validation, test = parts[0]
    assert not train & validation
    assert not train & test
    assert 20 <= len(validation) <= 60


def test_a_file_without_the_wanted_columns_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("body,label\n", "utf-8")
    with pytest.raises(ValueError, match=r"x\.csv: no column \['text_1', 'text_2'\]"):
        data.read_pairs([tmp_path / "x.csv"], ("Contradictory", "Implies", "NoEntailment"))


def test_memes_without_their_picture_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "1.png").write_bytes(b"x")
    (tmp_path / "m.jsonl").write_text(
        '{"img": "img/1.png", "label": 1}\n{"img": "img/2.png", "label": 0}\n', "utf-8"
    )
    memes = data.read_memes(tmp_path / "m.jsonl", [tmp_path])
    assert memes.paths == (tmp_path / "img" / "1.png",)
    np.testing.assert_array_equal(memes.labels, [1])
