"""One copy of a model per process, shared by handlers and threads."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from moderation.images.references.printing import without_secrets
from moderation.models import golden
from moderation.models.assemble import Assembler
from moderation.models.bundle import Bundle, fingerprint_of, resolve
from moderation.models.calls import Result
from moderation.models.halving import Tally
from moderation.models.precision import TOLERANCE, expect_units
from moderation.models.probe import expect_alike, probe_items
from moderation.models.runtime import import_tensorflow, register_text_operations
from moderation.models.scorer import Scorer, plain_message
from moderation.models.types import ItemFailure, ModelError, ModelItem
from moderation.models.vocabulary import parse_vocabulary, shipped_vocabulary
from moderation.storage.model_files import local_copy
from schemas.golden import GOLDEN_FILE
from schemas.precision import Precision
from schemas.records import Kind

_lock = threading.RLock()
_loaded: dict[tuple[str, str], LoadedBundle] = {}


def load(bundle: Bundle, *, verbose: bool = False) -> LoadedBundle:
    """The loaded model; the first call of a process loads it, later ones share it.

    Args:
        bundle: as it was opened at launch.
        verbose: leaves TensorFlow's own messages alone.

    Raises:
        ModelError: it cannot be loaded here, is no longer the model that was opened, or cannot be
            computed here in the precision that it is to be.
    """
    expect_units(bundle.precision)
    key = (bundle.path, bundle.fingerprint)
    with _lock:
        if key not in _loaded:
            _loaded[key] = _load(bundle, verbose=verbose)
        return _loaded[key]


def warm_up(bundle: Bundle, kinds: Iterable[Kind], *, verbose: bool = False) -> None:
    """Loads the model into this process and has it score a plain item of each kind.

    For a launcher whose workers run in its own process: what is wrong with the
    model is then told before the pipeline starts, and nothing is loaded twice.

    Raises:
        ModelError: it cannot be loaded, judges no such kind, or fails on a plain item.
    """
    loaded = load(bundle, verbose=verbose)
    for kind in kinds:
        loaded.scorer(kind, bundle.precision)


def _load(bundle: Bundle, *, verbose: bool) -> LoadedBundle:
    shown = without_secrets(bundle.path)
    try:
        directory = local_copy(resolve(bundle.path))
        fingerprint = fingerprint_of(bundle, directory)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"model {shown}: cannot be read on this machine: {plain_message(error)}"
        ) from error
    if fingerprint != bundle.fingerprint:
        raise ModelError(
            f"model {shown}: it is not the model that was opened at launch (fingerprint "
            f"{fingerprint[:12]}…, not {bundle.fingerprint[:12]}…); it was changed, or this "
            "machine has another under the same path"
        )
    tf = import_tensorflow(verbose=verbose)
    _register_text_operations(bundle, shown=shown, version=tf.__version__)
    try:
        model = tf.saved_model.load(directory)
    except Exception as error:  # TensorFlow raises what its format of the day finds
        raise ModelError(
            f"model {shown}: TensorFlow {tf.__version__} cannot load it: {plain_message(error)}"
        ) from error
    return LoadedBundle(bundle, model=model, directory=directory)


def _register_text_operations(bundle: Bundle, *, shown: str, version: str) -> None:
    if not bundle.card.needs_tensorflow_text:
        return
    try:
        register_text_operations()
    except ImportError as error:
        if not bundle.made_up_card:  # of a bare model nobody knows whether it needs them
            raise ModelError(
                f"model {shown}: it needs tensorflow-text of the minor version of TensorFlow "
                f"{version}: {error}"
            ) from error


class LoadedBundle:
    """A bundle with its weights. Make it with :func:`load`."""

    def __init__(self, bundle: Bundle, *, model: Any, directory: str) -> None:
        self.bundle = bundle
        self._model = model
        self._directory = directory
        self._scorers: dict[tuple[Kind, Precision], Scorer] = {}
        self._vocabulary = lru_cache(self._read_vocabulary)

    def scorer(self, kind: Kind, precision: Precision = Precision.FLOAT32) -> Scorer:
        """What scores items of this kind; built, probed and held against its golden items once.

        In another precision than float32 it makes the same calls, which were proved in float32, and
        its golden items may be off by ``TOLERANCE``.

        Raises:
            ModelError: the model judges no such records, fails on a plain item, or does not
                say what its golden items expect.
        """
        with _lock:
            if (kind, precision) not in self._scorers:
                exact = precision is Precision.FLOAT32
                made = self._make_scorer(kind) if exact else self._mixed(kind, precision)
                self._scorers[kind, precision] = made
            return self._scorers[kind, precision]

    def probe(self, scorer: Scorer, kind: Kind) -> None:
        """Scores two plain items.

        Raises:
            ModelError: it fails on both, so no real item is to blame.
        """
        items = probe_items(self.bundle.card, kind)
        results = scorer.score(items, batch_size=len(items), tally=Tally())
        failures = [result for result in results if isinstance(result, ItemFailure)]
        if len(failures) == len(items):
            raise ModelError(
                f"model {self.bundle.card.name}: it fails on a plain {kind.value}: "
                f"{failures[0].code.value}: {failures[0].message}"
            )

    def _mixed(self, kind: Kind, precision: Precision) -> Scorer:
        scorer = Scorer(self.scorer(kind).calls, precision)
        self.probe(scorer, kind)
        self._check_golden(scorer, kind, allowed=TOLERANCE)
        return scorer

    def _check_golden(self, scorer: Scorer, kind: Kind, *, allowed: float = 0.0) -> None:
        file = Path(self._directory, GOLDEN_FILE)
        if not file.is_file():
            return

        def score(items: list[ModelItem]) -> list[Result]:
            return scorer.score(items, batch_size=len(items), tally=Tally())

        card = self.bundle.card
        golden.check(
            golden.read_golden(file.read_bytes(), card=card, shown=card.name),
            kind,
            score,
            card=card,
            tensorflow=import_tensorflow().__version__,
            allowed=allowed,
        )

    def _make_scorer(self, kind: Kind) -> Scorer:
        tasks = self.bundle.card.tasks_for(kind)
        if not tasks:
            kinds = sorted({task.kind.value for task in self.bundle.card.tasks})
            raise ModelError(
                f"model {self.bundle.card.name} judges {', '.join(kinds)}, not {kind.value}"
            )
        plain = probe_items(self.bundle.card, kind)
        assembler = Assembler(self._model.signatures, self._vocabulary, plain, self._content)
        scorer = Scorer(assembler.calls(tasks))
        self.probe(scorer, kind)
        if any(task.features is not None for task in tasks):
            whole = Scorer(assembler.calls(tasks, in_two_steps=False))
            expect_alike(scorer, whole, card=self.bundle.card, kind=kind)
        self._check_golden(scorer, kind)
        return scorer

    def _read_vocabulary(self, name: str | None) -> tuple[str, ...]:
        if name is None:
            return shipped_vocabulary()
        return parse_vocabulary(self._content(name), name=name)

    def _content(self, name: str) -> bytes:
        packed = self.bundle.attachments.get(name)
        return gzip.decompress(packed) if packed else Path(self._directory, name).read_bytes()
