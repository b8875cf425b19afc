"""The reader of our own sentences: what it holds back, what it refuses, what its digest is of."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from workshop.starter import meme_sentences, pair_places
from workshop.starter.sentences import BadTable, Corpus, draw_unless, fill, read_table

CORPORA = (meme_sentences.SENTENCES, pair_places.SENTENCES)
FOLDER = Path(meme_sentences.__file__).with_name("sentences")


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.name)
def test_each_form_lies_on_one_side_and_about_a_fourth_is_held_back(corpus: Corpus) -> None:
    for file in corpus.sides:
        both = [
            Counter(corpus.text_of(file, row) for row in corpus.forms(file, held_back=side))
            for side in (False, True)
        ]
        assert not both[0].keys() & both[1].keys()
        assert both[0] + both[1] == Counter(corpus.text_of(file, r) for r in corpus.rows(file))
        assert 0.1 < len(both[1]) / len(both[0] | both[1]) < 0.4


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.name)
def test_no_word_of_a_place_and_no_sentence_of_the_check_stands_twice(corpus: Corpus) -> None:
    check = Counter(tuple(row.values())[1:] for row in corpus.rows("check"))
    assert max(check.values()) == 1
    assert {row["label"] for row in corpus.rows("check")} <= set("01CIN")


def test_the_digest_is_of_the_sentences_alone(tmp_path: Path) -> None:
    for corpus in CORPORA:
        files = sorted((FOLDER / corpus.name).iterdir())
        of_bytes = b"".join(path.name.encode() + b"\0" + path.read_bytes() + b"\0"
                            for path in files)  # fmt: skip
        assert corpus.digest() == hashlib.sha256(of_bytes).hexdigest()


@pytest.mark.parametrize("line", ["a\tb\tc", "a", "a\t ", ""])
def test_a_row_that_is_not_whole_is_told_by_its_line(line: str, tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(f"place\tword\nplace\tparis\n{line}\n", "utf-8")
    with pytest.raises(BadTable, match=r"words\.tsv, line 3"):
        read_table(path)


def test_spaces_before_a_word_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("place\tword\nafter\t lol\n", "utf-8")
    assert read_table(path) == ({"place": "after", "word": " lol"},)


def test_places_are_filled_by_name_and_nothing_else_is_touched() -> None:
    assert fill("{a} {b2}, {} {a}!", {"a": "x", "b2": "y"}.__getitem__) == "x y, {} x!"


def test_what_is_barred_is_drawn_again() -> None:
    drawn = iter([1, 1, 2, 3])
    assert draw_unless(lambda: next(drawn), lambda number: number < 2) == 2
