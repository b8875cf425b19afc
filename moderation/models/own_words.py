"""Whose words a bare SavedModel was trained on: named, beside it, or told from what is in it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec

from moderation.images.decoding import fast_jpeg
from moderation.images.references.printing import safe_message, without_secrets
from moderation.models.bind_inputs import CUSTOM_VOCAB, TOKENIZERS
from moderation.models.graph import read_graph
from moderation.models.json_tokens import EXTRA, TOKENIZER_FILE, read_tokenizer
from moderation.models.types import BareOptions, ModelError
from moderation.models.vocabulary import parse_vocabulary, shipped_vocabulary
from moderation.option_error import option
from moderation.storage.files import read_bytes
from schemas.card import Card, leaves_of

_WORDS = re.compile(r"(?i)word_embedding|token_embedding|embed_tokens|/wte|shared/|word_embeddings")
_TABLE = re.compile(r"(?i)embedding")
_OTHER_TABLE = re.compile(
    r"(?i)position|type|segment|patch|class|image|vision|Adam|optimizer|/[mv]$"
)
_LEAST_ROWS = 1000
"""Of a table that is called an embedding and nothing more."""
_PADDING = 1024
"""A table may have been filled up to a round number of rows."""
_SHIFTED_POSITIONS = frozenset({130, 258, 514, 1026})
"""Rows of positions that begin after a padding id of 1, as RoBERTa's do."""
_OTHER_FILES = ("vocab.json", "merges.txt", "sentencepiece.bpe.model", "spiece.model", "spm.model")
_CONFIG = "config.json"
_BERTS = ("bert", "distilbert", "electra", "mobilebert", "convbert", "funnel", "lxmert")
"""Families of Hugging Face whose vocabulary is BERT's WordPiece."""


def named_tokenizer(
    options: BareOptions, files: Mapping[str, str], *, shown: str
) -> tuple[BareOptions, dict[str, bytes]]:
    """The options with the tokenizer that holds, and files of the person's, gzip'd, by name.

    A ``tokenizer.json`` beside the model holds where nothing else is named.

    Raises:
        ModelError: a file that is named cannot be read, or is none.
    """
    attached: dict[str, bytes] = {}
    if options.vocab is not None:
        content = _read(options.vocab, "vocab")
        parse_vocabulary(content, name=f"{option('vocab')} {without_secrets(options.vocab)}")
        attached[CUSTOM_VOCAB] = gzip.compress(content, mtime=0)
    if options.tokenizer is None:
        beside = TOKENIZER_FILE in files and options.vocab is None
        return (replace(options, tokenizer=TOKENIZER_FILE) if beside else options), attached
    if options.tokenizer not in TOKENIZERS:
        if options.vocab is not None:
            raise ModelError(
                f"{option('tokenizer')} names a file that has its vocabulary; leave "
                f"{option('vocab')} away"
            )
        attached[TOKENIZER_FILE] = gzip.compress(_read(options.tokenizer, "tokenizer"), mtime=0)
    return options, attached


def _read(path: str, name: str) -> bytes:
    try:
        return read_bytes(path)
    except (OSError, ValueError) as error:
        said = safe_message((str(error).splitlines() or [type(error).__name__])[0])
        families = f"; a family is one of {', '.join(TOKENIZERS)}" if name == "tokenizer" else ""
        raise ModelError(
            f"{option(name)} {without_secrets(path)}: cannot be read: {said}{families}"
        ) from error


def expect_packages(card: Card, *, shown: str) -> None:
    """What the card asks for beside the model, and only some installations have.

    Raises:
        ModelError: it is not installed.
    """
    for task in card.tasks:
        in_two_steps = task.features.all_inputs if task.features is not None else ()
        for spec in leaves_of((*task.inputs, *in_two_steps)):
            by_file = spec.tokens is not None and spec.tokens.tokenizer == "tokenizer_json"
            if by_file and find_spec("tokenizers") is None:
                raise ModelError(
                    f"model {shown}: input {spec.name!r} is fed by its {TOKENIZER_FILE}, which "
                    "needs the library tokenizers: pip install "
                    f"'moderation-pipeline[{EXTRA}]'; or {option('tokenizer')} hugging_face, if "
                    "its words are BERT's"
                )
            fast = spec.image is not None and spec.image.jpeg == "fast"
            if fast and find_spec(fast_jpeg.PACKAGE) is None:
                raise ModelError(
                    f"model {shown}: input {spec.name!r} takes JPEGs by TensorFlow's fast "
                    f"arithmetic, which needs {fast_jpeg.PACKAGE}: pip install "
                    f"'moderation-pipeline[{fast_jpeg.EXTRA}]'"
                )


def expect_its_words(
    card: Card, content: bytes, *, files: Mapping[str, str], options: BareOptions, shown: str
) -> None:
    """Holds the vocabulary that texts are fed by against what the model tells of its own.

    Args:
        card: made up.
        content: of ``saved_model.pb``.
        files: of the directory, by relative name.
        options: with the tokenizer that holds.
        shown: the model, for messages.

    Raises:
        ModelError: they differ, and nobody said that they may.
    """
    task = card.tasks[0]
    fed = [spec.tokens for spec in leaves_of(task.inputs) if spec.tokens is not None]
    if not fed:
        return
    size = _vocabulary_size(options, files)
    tables = read_graph(content, task.signature).tables or {}
    rows = word_rows(tables)
    named = options.vocab is not None or options.tokenizer is not None
    reasons = []
    if rows is not None and rows < size:
        reasons.append(f"its table of words has {rows:,} rows, for {size:,} ids that it is fed")
    if not named:
        reasons += _other_words(rows, size=size, tables=tables, files=files)
    if reasons:
        raise ModelError(
            "\n".join(
                [
                    f"model {shown}: its words do not look like those it would be fed by:",
                    *(f"  - {reason}" for reason in reasons),
                    f"what helps: {option('tokenizer')} FILE, its tokenizer.json; or "
                    f"{option('vocab')} FILE, its WordPiece vocab.txt; or {option('tokenizer')} "
                    f"{'|'.join(TOKENIZERS)}, where its words are uncased BERT's all the same",
                ]
            )
        )


def _vocabulary_size(options: BareOptions, files: Mapping[str, str]) -> int:
    if options.tokenizer is not None and options.tokenizer not in TOKENIZERS:
        beside = options.tokenizer == TOKENIZER_FILE and TOKENIZER_FILE in files
        path = files[TOKENIZER_FILE] if beside else options.tokenizer
        return int(read_tokenizer(read_bytes(path)).get_vocab_size())
    if options.vocab is not None:
        return len(parse_vocabulary(read_bytes(options.vocab), name=options.vocab))
    return len(shipped_vocabulary())


def word_rows(tables: Mapping[str, tuple[int, int]]) -> int | None:
    """Rows of the table of words among a model's variables; None: none is known for one."""
    plain = {name: rows for name, (rows, _) in tables.items() if not _OTHER_TABLE.search(name)}
    named = [rows for name, rows in plain.items() if _WORDS.search(name)]
    called = [rows for name, rows in plain.items() if _TABLE.search(name) and rows >= _LEAST_ROWS]
    return max(named or called, default=None)


def _other_words(
    rows: int | None,
    *,
    size: int,
    tables: Mapping[str, tuple[int, int]],
    files: Mapping[str, str],
) -> Iterator[str]:
    """What tells that the model's words are not uncased BERT's."""
    if rows is not None and rows > size and (rows % 8 or rows - size >= _PADDING):
        yield f"its table of words has {rows:,} rows; uncased BERT's vocabulary has {size:,}"
    shifted = [
        count
        for name, (count, _) in tables.items()
        if "position" in name.lower() and count in _SHIFTED_POSITIONS
    ]
    if shifted:
        yield f"its {shifted[0]:,} positions begin after a padding id of 1, as RoBERTa's"
    for name in files:
        last = name.rsplit("/", 1)[-1]
        if last in _OTHER_FILES:
            yield f"{name} lies beside it, of a tokenizer that is no WordPiece"
        elif last == "vocab.txt" and not _is_shipped(read_bytes(files[name])):
            yield f"{name} lies beside it, with other words than uncased BERT's"
    if _CONFIG in files:
        yield from _config_words(read_bytes(files[_CONFIG]), size=size)


def _is_shipped(content: bytes) -> bool:
    lines = content.decode("utf-8", "replace").splitlines()
    return tuple(lines) == shipped_vocabulary()


def _config_words(content: bytes, *, size: int) -> Iterator[str]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return
    if not isinstance(told, dict):
        return
    family, words = told.get("model_type"), told.get("vocab_size")
    if isinstance(family, str) and family not in _BERTS and isinstance(words, int):
        yield f"its {_CONFIG} calls it {family}, with {words:,} words"
    elif isinstance(words, int) and words != size:
        yield f"its {_CONFIG} speaks of {words:,} words; uncased BERT's vocabulary has {size:,}"
    elif told.get("pad_token_id") not in (None, 0):
        yield f"its {_CONFIG} pads with id {told['pad_token_id']}; BERT's is 0"
