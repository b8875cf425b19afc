"""From a card and the signatures of a loaded SavedModel to the calls that answer its tasks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from moderation.models.calls import Answering, Call, How
from moderation.models.cutting.checked import CheckedCall, as_one
from moderation.models.cutting.cut import cut
from moderation.models.cutting.flat import CannotCut
from moderation.models.cutting.late import REPEATS, LateCut
from moderation.models.features import Encoder, JoinedCall, Part, in_places
from moderation.models.inputs import Feeds, TokenizerFile, Vocabulary, make_feeds, no_file
from moderation.models.savedmodel import TensorSpec
from moderation.models.types import ModelError, ModelItem
from schemas.card import EncodedPart, FeaturesSpec, InputSpec, TaskSpec

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Assembler:
    """Makes calls of one loaded model; tasks that are fed alike share one."""

    signatures: Mapping[str, Any]
    vocabulary: Vocabulary
    plain: Sequence[ModelItem] = ()
    """Items that any model must be able to score."""
    tokenizer_file: TokenizerFile = no_file
    repeats: int = REPEATS
    """After which a signature is cut that no card says how to cut; 0: before any item."""

    def calls(self, tasks: Iterable[TaskSpec], *, in_two_steps: bool = True) -> list[Answering]:
        """What answers the tasks, in as few calls to the model as can be.

        Args:
            tasks: all of one kind of record.
            in_two_steps: False: not even where the card says how, or the graph shows it.
        """
        whole: dict[tuple[str, tuple[InputSpec, ...]], list[TaskSpec]] = {}
        joined: dict[str, tuple[FeaturesSpec, list[TaskSpec]]] = {}
        for task in tasks:
            if task.features is not None and in_two_steps:
                features = task.features
                key = features.model_copy(update={"output": ""}).model_dump_json()
                answered = task.model_copy(update={"output": features.output})
                joined.setdefault(key, (features, []))[1].append(answered)
            else:
                whole.setdefault((task.signature, task.inputs), []).append(task)
        return [
            *(
                self._best(*key, tasks=group) if in_two_steps else self._call(*key, tasks=group)
                for key, group in whole.items()
            ),
            *(self._joined(features, tasks=group) for features, group in joined.values()),
        ]

    def _best(
        self, signature: str, inputs: tuple[InputSpec, ...], *, tasks: Sequence[TaskSpec]
    ) -> Answering:
        """In two steps where the graph shows that it consists of them, once that pays."""
        whole = self._call(signature, inputs, tasks=tasks)
        if self.repeats == 0:
            return self._cut_up(signature, inputs, whole)
        return LateCut(whole, partial(self._cut_up, signature, inputs), repeats=self.repeats)

    def _cut_up(self, signature: str, inputs: tuple[InputSpec, ...], whole: Call) -> Answering:
        """In two steps where they say what the whole says, else the whole with the reason."""
        try:
            if whole.batch_size is not None:
                raise CannotCut(f"it takes {whole.batch_size} rows and no other number")
            made = cut(self.signatures[signature], inputs)
            parts = Assembler(made.functions, self.vocabulary, tokenizer_file=self.tokenizer_file)
            joined = parts._joined(made.features, tasks=whole.tasks)
            if not as_one(joined, whole, self.plain):
                raise CannotCut("its parts say otherwise, apart or in other company")
        except CannotCut as why:
            _log.info("signature %r is called as a whole: %s", signature, why)
            return replace(whole, called=How(False, str(why)))
        except Exception as error:  # of TensorFlow, over a graph that it has never seen so
            told = ": ".join(_told(error))
            _log.info("signature %r is called as a whole: %s", signature, told)
            return replace(whole, called=How(False, told))
        _log.info("signature %r: what repeats is encoded once", signature)
        return CheckedCall(joined, whole)

    def _call(
        self, signature: str, inputs: tuple[InputSpec, ...], *, tasks: Sequence[TaskSpec]
    ) -> Call:
        feeds = self._feeds(signature, inputs)
        fixed = {spec.name for spec in inputs if spec.source == "constant"}
        batches = (each for each in feeds.tensors.values() if each.name not in fixed)
        rows = {spec.shape[0] for spec in batches if spec.shape} - {None}
        if len(rows) > 1:
            raise ModelError(f"signature {signature!r} takes batches of {sorted(map(str, rows))}")
        return Call(
            function=self.signatures[signature],
            feeds=feeds,
            tasks=tuple(tasks),
            batch_size=next(iter(rows), None),
        )

    def _joined(self, features: FeaturesSpec, *, tasks: Sequence[TaskSpec]) -> JoinedCall:
        return JoinedCall(
            encoders=tuple(self._encoders(features.parts)),
            function=self.signatures[features.signature],
            feeds=self._feeds(features.signature, features.inputs),
            tasks=tuple(tasks),
        )

    def _encoders(self, parts: Sequence[EncodedPart]) -> Iterable[Encoder]:
        shared: dict[tuple[str, tuple[InputSpec, ...]], list[Part]] = {}
        for part in parts:
            inputs, fields = in_places(part)
            shared.setdefault((part.signature, inputs), []).append(Part(fields, part.outputs))
        for (signature, inputs), group in shared.items():
            feeds = self._feeds(signature, inputs)
            yield Encoder(self.signatures[signature], feeds, tuple(group))

    def _feeds(self, signature: str, inputs: tuple[InputSpec, ...]) -> Feeds:
        specs = self.signatures[signature].structured_input_signature[1]
        return make_feeds(
            inputs,
            tensors=_tensor_specs(specs),
            vocabulary=self.vocabulary,
            tokenizer_file=self.tokenizer_file,
        )


def _told(error: Exception) -> tuple[str, str]:
    return type(error).__name__, str(error).partition("\n")[0][:200]


def _tensor_specs(specs: Mapping[str, Any]) -> dict[str, TensorSpec]:
    return {
        name: TensorSpec(
            name, spec.dtype.name, None if spec.shape.rank is None else tuple(spec.shape.as_list())
        )
        for name, spec in specs.items()
    }
