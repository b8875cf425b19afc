"""Texts to words, each as one family of tokenizers splits them; graph operations only.

``bert`` is TF-Hub's ``bert_en_uncased_preprocess``, ``keras_hub`` KerasHub's ``BertTokenizer``,
which splits before it folds case and keeps accents, ``hugging_face`` the ``tokenizers`` library's
``BertWordPieceTokenizer`` (decisions 0004, 0026).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_PUNCTUATION = r"[!-/]|[:-@]|[\[-`]|[{-~]|[\p{P}]"
"""ASCII signs that are no letter or digit, and Unicode's punctuation."""
_CJK = (
    r"[\x{4E00}-\x{9FFF}]|[\x{3400}-\x{4DBF}]|[\x{20000}-\x{2A6DF}]|[\x{2A700}-\x{2B73F}]"
    r"|[\x{2B740}-\x{2B81F}]|[\x{LAST}-\x{2CEAF}]|[\x{F900}-\x{FAFF}]|[\x{2F800}-\x{2FA1F}]"
)
"""Ideographs, which are a word each; the blocks that BERT's tokenizer names."""
_KEPT = f"{_PUNCTUATION}|{_CJK.replace('LAST', '2B820')}"
_KEPT_HUGGING_FACE = f"{_PUNCTUATION}|{_CJK.replace('LAST', '2B920')}"
_CONTROL = r"\p{Cc}|\p{Cf}"
_BLANK = r"[\t\n\r\p{Z}]"
_REMOVED = r"[\x{FFFD}\p{Cc}\p{Cf}\p{Co}]"
_LONGEST = 100
"""Characters of a word; the ``tokenizers`` library gives up on longer ones."""

UNKNOWN = "[UNK]"

Words = Callable[[Any], Any]
"""string ``[batch]`` → ragged string ``[batch, (words)]``."""


def without_nul(texts: Any) -> Any:
    """string ``[batch]``: U+0000 is a blank.

    Operations of TensorFlow Text end a text there, so that whoever posts one would hide the rest.
    """
    import tensorflow as tf

    return tf.strings.regex_replace(texts, r"\x00", " ")


def bert(text: Any, *, lower_case: bool) -> Any:
    """Ragged ``[batch, words]``: case and accents first, then split."""
    import tensorflow as tf
    import tensorflow_text as tf_text

    text = without_nul(text)
    if lower_case:
        folded = tf_text.normalize_utf8(tf_text.case_fold_utf8(text), "NFD")
        text = tf.strings.regex_replace(folded, r"\p{Mn}", "")
    text = tf.strings.regex_replace(text, _CONTROL, " ")
    return tf_text.regex_split(text, rf"\s+|{_KEPT}", _KEPT)


def keras_hub(text: Any, *, lower_case: bool) -> Any:
    """Ragged ``[batch, words]``: split first, each word folded by itself, accents kept."""
    import tensorflow_text as tf_text

    split = tf_text.regex_split(without_nul(text), rf"\s|{_CONTROL}|{_KEPT}", _KEPT)
    return tf_text.case_fold_utf8(split) if lower_case else split


def hugging_face(
    text: Any, *, lower_case: bool, strip_accents: bool | None = None, cjk_apart: bool = True
) -> Any:
    """Ragged ``[batch, words]``: cleaned, taken apart, lower case without folding, then split.

    What the library takes for a special token within a text (``[SEP]``) is here what it looks
    like, three words: no post writes marks of its own.

    Args:
        text: string ``[batch]``.
        lower_case: whether the model has no capitals.
        strip_accents: None: where it has none.
        cjk_apart: whether each ideograph is a word.
    """
    import tensorflow as tf
    import tensorflow_text as tf_text

    text = tf.strings.regex_replace(text, _BLANK, " ")
    text = tf.strings.regex_replace(text, _REMOVED, "")
    if lower_case if strip_accents is None else strip_accents:
        text = tf.strings.regex_replace(tf_text.normalize_utf8(text, "NFD"), r"\p{Mn}", "")
    if lower_case:
        # a capital sigma by itself: the operation knows of the end of a word, the library does not
        text = tf.strings.lower(tf.strings.regex_replace(text, "Σ", "σ"), encoding="utf-8")
    kept = _KEPT_HUGGING_FACE if cjk_apart else _PUNCTUATION
    split = tf_text.regex_split(text, rf" +|{kept}", kept)
    long = tf.strings.length(split.flat_values, unit="UTF8_CHAR") > _LONGEST
    return split.with_flat_values(tf.where(long, UNKNOWN, split.flat_values))
