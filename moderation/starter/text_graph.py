"""The text preprocessing as TensorFlow operations, without ``tensorflow_text``.

From raw strings to WordPiece ids inside the SavedModel. The character tables and
the vocabulary are assets; ``text_reference`` says the same in plain Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

from moderation.starter import tables
from moderation.starter import text_rules as rules

Tensor = Any
Ragged = Any

_ABSENT = "\x1f"
_HEX_DIGITS = 7


class TextGraph(tf.Module):
    """Cleans and tokenises texts inside a graph."""

    def __init__(self, assets: Path) -> None:
        """``assets`` holds ``vocab.txt``, ``fold.tsv`` and ``entities.tsv``."""
        super().__init__()
        self._fold = _string_table(assets / "fold.tsv")
        self._entities = _string_table(assets / "entities.tsv")
        vocabulary = tables.read_vocabulary(assets / "vocab.txt")
        self._vocabulary = line_table(assets / "vocab.txt")
        self._cls, self._sep, self._unknown = (
            vocabulary[token] for token in ("[CLS]", "[SEP]", "[UNK]")
        )
        self._longest = max(len(token.removeprefix("##")) for token in vocabulary)

    @property
    def vocabulary(self) -> Any:
        """The table of its tokens, to ids; -1 for what is none."""
        return self._vocabulary

    def clean(self, texts: Tensor) -> Tensor:
        """string [n], raw → string [n] without entities, controls, URLs; emoji as names."""
        texts = tf.strings.substr(texts, 0, rules.MAX_BYTES)
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="ignore")
        texts = _replace(texts, rules.CONTROL, "")
        has_entity = tf.reduce_any(tf.strings.regex_full_match(texts, r"(?s).*&.*;.*"))
        texts = tf.cond(has_entity, lambda: self._unescape(texts), lambda: texts)
        texts = _replace(texts, rules.SPACE, " ")
        for pattern, replacement in rules.REWRITES:
            texts = _replace(texts, pattern, replacement)
        texts = self._fold_wide(texts)
        texts = tf.strings.lower(texts)
        for mark in rules.REPEATED:
            texts = _replace(texts, "\\" + mark + "{2,}", mark)
        return texts

    def words(self, texts: Tensor) -> Ragged:
        """string [n], raw → ragged string [n, (words)], at most ``MAX_TOKENS - 2`` a text."""
        return self.read(self.all_words(texts))

    def all_words(self, texts: Tensor) -> Ragged:
        """string [n], raw → ragged string [n, (words)], those that ``words`` leaves away too."""
        spaced = _replace(self.clean(texts), rules.ALONE, r" \1 ")
        found = tf.strings.split(spaced)
        cut = tf.strings.substr(found.flat_values, 0, rules.MAX_WORD_CHARS, unit="UTF8_CHAR")
        return found.with_flat_values(cut)

    def read(self, all_words: Ragged) -> Ragged:
        """Of all words of each text those that are read."""
        return all_words[:, : rules.MAX_TOKENS - 2]

    def ids(self, words: Ragged) -> Ragged:
        """ragged string [n, (words)] → ragged int32 [n, (ids)], ``[CLS] … [SEP]``."""
        distinct, where = tf.unique(words.flat_values)
        pieces = self._pieces(distinct)
        nested = words.with_flat_values(where)
        gathered = tf.gather(pieces, nested).merge_dims(1, 2)[:, : rules.MAX_TOKENS - 2]
        rows = tf.shape(gathered.row_splits)[0] - 1
        ends = [tf.fill([rows, 1], token) for token in (self._cls, self._sep)]
        return tf.concat([ends[0], gathered, ends[1]], axis=1)

    def _unescape(self, texts: Tensor) -> Tensor:
        marked = _replace(texts, f"({rules.ENTITY})", f"{rules.MARK}\\1{rules.MARK}")
        parts = tf.strings.split(marked, sep=rules.MARK)
        flat = parts.flat_values
        named = self._entities.lookup(flat)
        numeric = tf.strings.regex_full_match(flat, r"&#[0-9]{1,7};|&#[xX][0-9a-fA-F]{1,6};")
        decoded = tf.where(
            numeric, _numeric_entities(tf.boolean_mask(flat, numeric), numeric), flat
        )
        decoded = tf.where(named == _ABSENT, decoded, named)
        joined = tf.strings.reduce_join(parts.with_flat_values(decoded), axis=1)
        return _replace(joined, rules.CONTROL, "")

    def _fold_wide(self, texts: Tensor) -> Tensor:
        wide = tf.where(~tf.strings.regex_full_match(texts, r"[\x00-\x7F]*"))[:, 0]
        spaced = _replace(tf.gather(texts, wide), rules.FLAG_PAIR, r" \1 ")
        chars = tf.strings.unicode_split(spaced, "UTF-8")
        folded = self._fold.lookup(chars.flat_values)
        folded = tf.where(folded == _ABSENT, chars.flat_values, folded)
        joined = tf.strings.reduce_join(chars.with_flat_values(folded), axis=1)
        return tf.tensor_scatter_nd_update(texts, wide[:, None], joined)

    def _pieces(self, words: Tensor) -> Ragged:
        """string [m], distinct → ragged int32 [m, (pieces)]."""
        whole = tf.cast(self._vocabulary.lookup(words), tf.int32)
        rest = tf.where(whole < 0)[:, 0]
        split = self._split(tf.gather(words, rest))
        order = tf.concat([tf.where(whole >= 0)[:, 0], rest], axis=0)
        known = tf.RaggedTensor.from_tensor(tf.boolean_mask(whole, whole >= 0)[:, None])
        return tf.gather(tf.concat([known, split], axis=0), tf.argsort(order))

    def _split(self, words: Tensor) -> Ragged:
        """Greedy longest match, all words one piece further in each step."""
        lengths = tf.strings.length(words, unit="UTF8_CHAR")
        spans = tf.range(self._longest, 0, -1)[None, :]

        def step(start: Tensor, pieces: Tensor) -> tuple[Tensor, Tensor]:
            row = tf.where(start < lengths)[:, 0]
            at, left = tf.gather(start, row), tf.gather(lengths - start, row)
            fits = spans <= left[:, None]
            shape = tf.shape(fits)
            candidates = tf.strings.substr(
                tf.broadcast_to(tf.gather(words, row)[:, None], shape),
                tf.broadcast_to(at[:, None], shape),
                tf.broadcast_to(spans, shape),
                unit="UTF8_CHAR",
            )
            prefix = tf.where(at > 0, "##", "")[:, None]
            found = tf.cast(self._vocabulary.lookup(prefix + candidates), tf.int32)
            found = tf.where(fits, found, -1)
            first = tf.argmax(found >= 0, axis=1, output_type=tf.int32)
            piece = tf.gather(found, first, batch_dims=1)
            taken = tf.where(piece < 0, left, self._longest - first)
            piece = tf.where(piece < 0, -2, piece)
            start = tf.tensor_scatter_nd_add(start, row[:, None], taken)
            column = tf.tensor_scatter_nd_update(tf.fill(tf.shape(start), -1), row[:, None], piece)
            return start, tf.concat([pieces, column[:, None]], axis=1)

        _, pieces = tf.while_loop(
            lambda start, _: tf.reduce_any(start < lengths),
            step,
            (tf.zeros_like(lengths), tf.zeros([tf.shape(words)[0], 0], tf.int32)),
            shape_invariants=(tf.TensorShape([None]), tf.TensorShape([None, None])),
        )
        hopeless = tf.reduce_any(pieces == -2, axis=1)
        found = tf.ragged.boolean_mask(pieces, pieces >= 0)
        unknown = tf.fill([tf.shape(words)[0], 1], self._unknown)
        one = tf.ragged.boolean_mask(unknown, hopeless[:, None])
        kept = tf.ragged.boolean_mask(found, ~hopeless)
        back = tf.argsort(tf.concat([tf.where(~hopeless)[:, 0], tf.where(hopeless)[:, 0]], axis=0))
        solved = tf.concat([kept, tf.ragged.boolean_mask(one, hopeless)], axis=0)
        return tf.gather(solved, back)


def _replace(texts: Tensor, pattern: str, replacement: str) -> Tensor:
    return tf.strings.regex_replace(texts, pattern, replacement)


def line_table(path: Path) -> Any:
    """Lines of a file to their numbers, int64 from 0; -1 for what is none."""
    initializer = tf.lookup.TextFileInitializer(
        str(path),
        tf.string,
        tf.lookup.TextFileIndex.WHOLE_LINE,
        tf.int64,
        tf.lookup.TextFileIndex.LINE_NUMBER,
    )
    return tf.lookup.StaticHashTable(initializer, default_value=-1)


def _string_table(path: Path) -> Any:
    initializer = tf.lookup.TextFileInitializer(
        str(path), tf.string, 0, tf.string, 1, delimiter="\t"
    )
    return tf.lookup.StaticHashTable(initializer, default_value=_ABSENT)


def _numeric_entities(entities: Tensor, where: Tensor) -> Tensor:
    """Characters of ``&#…;`` strings [m], scattered to the True places of ``where`` [k]."""
    is_hex = tf.strings.regex_full_match(entities, r"&#[xX].*")
    digits = tf.strings.lower(tf.strings.regex_replace(entities, r"[&#xX;]", ""))
    codes = tf.strings.unicode_decode(digits, "UTF-8").to_tensor(-1, shape=[None, _HEX_DIGITS])
    values = tf.where(codes >= ord("a"), codes - ord("a") + 10, codes - ord("0"))
    base = tf.where(is_hex, 16, 10)
    total = tf.zeros_like(base)
    for column in range(_HEX_DIGITS):
        total = tf.where(codes[:, column] >= 0, total * base + values[:, column], total)
    valid = (total > 0) & (total <= 0x10FFFF) & ((total < 0xD800) | (total > 0xDFFF))
    chars = tf.strings.unicode_encode(tf.where(valid, total, 0x20)[:, None], "UTF-8")
    chars = tf.where(valid, chars, "")
    return tf.scatter_nd(tf.where(where), chars, tf.shape(where, out_type=tf.int64))
