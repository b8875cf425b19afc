"""Opening a model: a bundle with its card, a bare SavedModel, or the starter.

Opening reads and checks everything that can be known without TensorFlow; the
weights are loaded where they are needed (``moderation.models.loading``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from pydantic import ValidationError

from moderation.images.references.printing import safe_message, without_secrets
from moderation.models.binding import make_card
from moderation.models.golden import read_golden
from moderation.models.graph import read_graph
from moderation.models.own_words import expect_its_words, expect_packages, named_tokenizer
from moderation.models.savedmodel import SAVED_MODEL_FILE, Signature, read_signatures
from moderation.models.types import BareOptions, ModelError
from moderation.models.verify import verify
from moderation.models.vocabulary import parse_vocabulary, shipped_vocabulary
from moderation.option_error import option
from moderation.storage.files import digest, is_remote, read_bytes
from moderation.storage.model_files import model_files
from schemas import SCHEMA_VERSION
from schemas.card import Card, leaves_of
from schemas.golden import GOLDEN_FILE
from schemas.precision import Precision, model_identity

STARTER = "starter"
CARD_FILE = "card.json"


@dataclass(frozen=True)
class Bundle:
    """A model that was opened and checked; small, picklable, without its weights."""

    path: str
    """Directory, local or ``gs://``; ``starter`` is looked up anew on each machine."""
    card: Card
    fingerprint: str
    """sha256 over the sorted relative file names and their digests; a made-up card and an
    own vocabulary count as files, for they change the scores."""
    made_up_card: bool
    attachments: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Files that are not in the directory, gzip'd, by relative name."""
    precision: Precision = Precision.FLOAT32
    """What every machine of a run computes in."""

    @property
    def identity(self) -> str:
        """What scores are compared by: the fingerprint, and the precision where it is another."""
        return model_identity(self.fingerprint, self.precision)

    @property
    def directory(self) -> str:
        """Where the files are on this machine or store."""
        return resolve(self.path)

    def content(self, name: str) -> bytes:
        """Of a file, by its relative name."""
        packed = self.attachments.get(name)
        return gzip.decompress(packed) if packed else read_bytes(f"{self.directory}/{name}")

    def vocabulary(self, name: str | None) -> tuple[str, ...]:
        """Tokens of a card's ``vocab``; None: those that ship."""
        if name is None:
            return shipped_vocabulary()
        return parse_vocabulary(self.content(name), name=name)


def resolve(model: str) -> str:
    """The directory that ``--model`` names; ``starter`` is the built-in bundle."""
    if model != STARTER:
        return model.rstrip("/") if is_remote(model) else os.path.abspath(model)
    from moderation.starter import bundle_path

    return str(bundle_path())


def open_bundle(model: str, *, bare: BareOptions | None = None) -> Bundle:
    """Opens a model and checks that it can judge records, before any is read.

    Args:
        model: ``starter``, a bundle's directory or a bare SavedModel's, local or ``gs://``.
        bare: what is said of a SavedModel that has no card.

    Raises:
        ModelError: it cannot be used as asked; the message says what it wants, what
            records have, and the remedy.
    """
    options = bare or BareOptions()
    shown = without_secrets(model)
    try:
        directory = resolve(model)
        files = model_files(directory)
        _expect_saved_model(directory, files, shown=shown)
        signatures = _signatures(files[SAVED_MODEL_FILE], shown=shown)
        digests = {name: digest(path)[0] for name, path in files.items()}
    except (OSError, ValueError, ImportError) as error:
        raise ModelError(f"model {shown}: cannot be read: {_first_line(error)}") from error
    attachments: dict[str, bytes] = {}
    if CARD_FILE in files:
        card = _read_card(files[CARD_FILE], shown=shown, options=options)
    else:
        content = read_bytes(files[SAVED_MODEL_FILE])
        options, attachments = named_tokenizer(options, files, shown=shown)
        card = make_card(
            signatures,
            name=_name(model),
            options=options,
            graph_of=partial(read_graph, content),
        )
        expect_its_words(card, content, files=files, options=options, shown=shown)
        digests[CARD_FILE] = _digest(card.model_dump_json().encode())
    verify(card, signatures, name=shown)
    expect_packages(card, shown=shown)
    _expect_vocabularies(card, available={*files, *attachments}, shown=shown)
    if GOLDEN_FILE in files:
        read_golden(read_bytes(files[GOLDEN_FILE]), card=card, shown=shown)
    elif card.golden_items:
        raise ModelError(
            f"model {shown}: its card.json says that {GOLDEN_FILE} belongs to it, which is not "
            "there. Copy the bundle again from where it was made"
        )
    digests |= {name: _digest(gzip.decompress(each)) for name, each in attachments.items()}
    return Bundle(
        path=model if model == STARTER else directory,
        card=card,
        fingerprint=combine_digests(digests),
        made_up_card=CARD_FILE not in files,
        attachments=attachments,
    )


def _signatures(path: str, *, shown: str) -> dict[str, Signature]:
    try:
        return read_signatures(read_bytes(path))
    except ModelError as error:
        raise ModelError(f"model {shown}: {error}") from error


def combine_digests(digests: Mapping[str, str]) -> str:
    """The fingerprint of files: sha256 over the lines ``digest  name``, sorted by name."""
    lines = (f"{digests[name]}  {name}\n" for name in sorted(digests))
    return _digest("".join(lines).encode())


def fingerprint_of(bundle: Bundle, directory: str) -> str:
    """The fingerprint that the files in a directory give now, with the bundle's own additions."""
    digests = {name: digest(path)[0] for name, path in model_files(directory).items()}
    if bundle.made_up_card:
        digests[CARD_FILE] = _digest(bundle.card.model_dump_json().encode())
    for name, content in bundle.attachments.items():
        digests[name] = _digest(gzip.decompress(content))
    return combine_digests(digests)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _name(model: str) -> str:
    return without_secrets(model).rstrip("/").rsplit("/", 1)[-1] or model


def _first_line(error: BaseException) -> str:
    return safe_message((str(error).splitlines() or [type(error).__name__])[0])


def _expect_saved_model(directory: str, files: Mapping[str, str], *, shown: str) -> None:
    if SAVED_MODEL_FILE in files:
        return
    if directory.endswith((".keras", ".h5", ".hdf5")):
        raise ModelError(
            f"model {shown}: a Keras file is no SavedModel; export it once: "
            "keras.models.load_model(FILE).export(DIRECTORY)"
        )
    below = sorted(
        name[: -len(SAVED_MODEL_FILE) - 1]
        for name in files
        if name.endswith(f"/{SAVED_MODEL_FILE}")
    )
    if below:
        raise ModelError(
            f"model {shown}: the SavedModel lies one floor down; did you mean "
            f"{' or '.join(f'{shown}/{each}' for each in below[:3])}?"
        )
    found = f"it has {', '.join(sorted(files)[:5])}" if files else _nothing(directory)
    raise ModelError(
        f"model {shown}: no {SAVED_MODEL_FILE} in it ({found}); {option('model')} takes a bundle's "
        f"directory, a TensorFlow 2 SavedModel's, or {STARTER!r}"
    )


def _nothing(directory: str) -> str:
    if os.path.isdir(directory):
        return "the directory is empty"
    return "it is a file" if os.path.exists(directory) else "nothing is there"


def _read_card(path: str, *, shown: str, options: BareOptions) -> Card:
    given = options.given()
    if given:
        raise ModelError(
            f"model {shown} has a card.json, which already says what {', '.join(given)} would; "
            "change the card, or leave the options away"
        )
    content = read_bytes(path)
    try:
        version = json.loads(content).get("schema_version", SCHEMA_VERSION)
    except (ValueError, AttributeError, RecursionError) as error:
        raise ModelError(f"model {shown}: its card.json is not a JSON object: {error}") from error
    if version != SCHEMA_VERSION:
        raise ModelError(
            f"model {shown}: its card.json is of layout {version!r}; this release reads "
            f"{SCHEMA_VERSION!r}"
        )
    try:
        return Card.model_validate_json(content)
    except ValidationError as error:
        problems = [
            f"  - {'.'.join(str(part) for part in each['loc'])}: {each['msg']}"
            for each in error.errors(include_url=False, include_context=False)[:10]
        ]
        raise ModelError(
            "\n".join([f"model {shown}: its card.json does not hold:", *problems])
        ) from error


def _expect_vocabularies(card: Card, *, available: set[str], shown: str) -> None:
    for task in card.tasks:
        in_two_steps = task.features.all_inputs if task.features is not None else ()
        for spec in leaves_of((*task.inputs, *in_two_steps)):
            vocab = spec.tokens.vocab if spec.tokens is not None else None
            if vocab is not None and vocab not in available:
                raise ModelError(
                    f"model {shown}: input {spec.name!r} needs the vocabulary {vocab!r}, "
                    "which is not in the bundle"
                )
