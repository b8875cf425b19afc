"""WordPiece tokens as BERT models take them, equal to what they were trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, cast

from moderation.models import words
from moderation.models.conventions import Tokenizer
from schemas.card import TokenSpec

_SPLITS: dict[str, Callable[..., Any]] = {
    "bert": words.bert,
    "keras_hub": words.keras_hub,
    "hugging_face": words.hugging_face,
}
_LONGEST_WORD = 100
"""Bytes of a word that TF-Hub's and KerasHub's tokenizers read."""
_LONGEST_CHARACTER = 4

Tokenize = Callable[[Any], Any]
"""string ``[batch]`` → ragged int32 ``[batch, (ids)]``, without marks."""

Packed = dict[str, Any]
"""``ids``, ``mask`` and ``segments``: int32 tensors ``[batch, length]``."""


@lru_cache(maxsize=8)
def make_packer(
    vocabulary: tuple[str, ...], *, spec: TokenSpec, fields: int
) -> Callable[[list[Any]], Packed]:
    """A compiled function from string tensors ``[batch]``, one per field, to packed tokens.

    Kept for the process: building one over 30,522 tokens takes 0.8 s.

    Args:
        vocabulary: token of each id.
        spec: how to tokenise and pack; its part and dtype do not matter here.
        fields: number of string tensors.
    """
    import tensorflow as tf
    import tensorflow_text as tf_text

    tokenize = make_tokenizer(
        vocabulary, tokenizer=cast(Tokenizer, spec.tokenizer), lower_case=spec.lower_case
    )
    cls, sep, pad = (vocabulary.index(token) for token in ("[CLS]", "[SEP]", "[PAD]"))

    def pack(segments: list[Any], length: int) -> Packed:
        room = length - len(segments) - 1
        trimmed = tf_text.RoundRobinTrimmer(room).trim(segments)
        ids, segment_ids = tf_text.combine_segments(trimmed, cls, sep)
        padded, mask = tf_text.pad_model_inputs(ids, length, pad_value=pad)
        padded_segments, _ = tf_text.pad_model_inputs(segment_ids, length, pad_value=0)
        return {
            "ids": tf.ensure_shape(padded, [None, length]),
            "mask": tf.cast(mask, tf.int32),
            "segments": tf.cast(padded_segments, tf.int32),
        }

    def tokenize_and_pack(texts: list[Any]) -> Packed:
        segments = [tokenize(text) for text in texts]
        if spec.packing == "together":
            return pack(segments, spec.sequence_length)
        share = spec.sequence_length // len(segments)
        parts = [pack([segment], share) for segment in segments]
        return {name: tf.concat([part[name] for part in parts], axis=1) for name in parts[0]}

    signature = [[tf.TensorSpec([None], tf.string)] * fields]
    compiled = tf.function(tokenize_and_pack, input_signature=signature, autograph=False)
    return compiled  # type: ignore[no-any-return]


def make_tokenizer(
    vocabulary: Sequence[str], *, tokenizer: Tokenizer, lower_case: bool, **options: Any
) -> Tokenize:
    """Graph operations from texts to the ids of their pieces.

    Args:
        vocabulary: token of each id.
        tokenizer: whose split.
        lower_case: whether the vocabulary has no capitals.
        options: of the split (``words.hugging_face``).
    """
    import tensorflow as tf
    import tensorflow_text as tf_text

    whole = tokenizer == "hugging_face"  # which counts characters, before this
    pieces = tf_text.FastWordpieceTokenizer(
        list(vocabulary),
        token_out_type=tf.int32,
        unknown_token=words.UNKNOWN,
        max_bytes_per_word=_LONGEST_WORD * (_LONGEST_CHARACTER if whole else 1),
        no_pretokenization=True,
    )
    split = partial(_SPLITS[tokenizer], lower_case=lower_case, **options)
    return lambda texts: pieces.tokenize(split(texts)).merge_dims(1, -1)
