"""A model of towers, exported as one signature, and items for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from moderation.models.assemble import Assembler
from moderation.models.calls import Result
from moderation.models.cutting.cut import Cut, cut
from moderation.models.types import ModelItem, Scores
from moderation.models.vocabulary import shipped_vocabulary
from schemas.card import ImageSpec, InputSpec, TaskSpec
from schemas.records import ENTAILMENT_LABELS, Kind
from tests.models import fakes

SIDE = 8
LABELS = tuple(ENTAILMENT_LABELS)
Tensors = Mapping[str, Any]
PIXELS = ("float32", (None, SIDE, SIDE, 3))
WIDTH = 5


def weights(*shape: int, seed: int = 1) -> Any:
    import tensorflow as tf

    values = np.random.default_rng(seed).normal(0, 0.4, shape).astype(np.float32)
    return tf.Variable(values, trainable=False)


class Towers:
    """A model of three towers: one for both images, one for each text's length; and a head."""

    def __init__(self) -> None:
        self.eye = weights(3, 3, 3, WIDTH)
        self.reader = weights(1, WIDTH, seed=2)
        self.head = weights(4 * WIDTH, 3, seed=3)

    def see(self, pixels: Any) -> Any:
        import tensorflow as tf

        seen = tf.nn.relu(tf.nn.conv2d(pixels / 255.0, self.eye, 2, "SAME"))
        return tf.reshape(tf.reduce_mean(seen, axis=[1, 2]), [tf.shape(pixels)[0], WIDTH])

    def read(self, text: Any) -> Any:
        import tensorflow as tf

        length = tf.cast(tf.strings.length(text), tf.float32)[:, tf.newaxis] / 20.0
        return tf.matmul(length, self.reader)

    def judge(self, parts: Sequence[Any]) -> Any:
        import tensorflow as tf

        joined = tf.concat(list(parts), axis=1)
        return {"p": tf.nn.softmax(tf.matmul(joined, self.head) * 0.3)}

    def whole(self, given: Tensors) -> dict[str, Any]:
        seen = [self.see(given[f"image_{at}"]) for at in (1, 2)]
        return self.judge([*seen, *(self.read(given[f"text_{at}"]) for at in (1, 2))])


def spec(name: str) -> InputSpec:
    if name.startswith("image"):
        pixels = ImageSpec(height=SIDE, width=SIDE, dtype="float32")
        return InputSpec(name=name, source="image", fields=(name,), image=pixels)
    if name.startswith("there"):
        return InputSpec(name=name, source="presence", fields=(name.replace("there", "image"),))
    return InputSpec(name=name, source="text", fields=(name,))


NAMES = ("image_1", "image_2", "text_1", "text_2")


class Loaded:
    """A signature as it comes out of a SavedModel, with what a record feeds it."""

    def __init__(
        self,
        path: Path,
        make: Callable[[Tensors], dict[str, Any]],
        keep: Any = None,
        names: Sequence[str] = NAMES,
    ) -> None:
        import tensorflow as tf

        kinds = {"image": PIXELS, "text": ("string", (None,)), "there": ("float32", (None,))}
        takes = {name: kinds[name.split("_")[0]] for name in names}
        fakes.export_signatures(path, {"serving_default": (takes, make)}, keep=keep)
        self._model = tf.saved_model.load(str(path))
        self.function = self._model.signatures["serving_default"]
        self.inputs = tuple(map(spec, names))

    def cut(self) -> Cut:
        return cut(self.function, self.inputs)

    def task(self) -> TaskSpec:
        return TaskSpec(
            name="entailment",
            kind=Kind.TWEET_PAIR,
            inputs=self.inputs,
            output="p",
            labels=LABELS,
            missing_images="zeros",
        )

    def answering(self, plain: Sequence[ModelItem] = (), repeats: int = 0) -> Any:
        signatures = {"serving_default": self.function}
        made = Assembler(signatures, lambda _: shipped_vocabulary(), plain, repeats=repeats)
        return made.calls([self.task()])[0]


def items(count: int) -> list[ModelItem]:
    """Pairs over four pictures and five texts; some lack a picture."""
    random = np.random.default_rng(5)
    shown = random.integers(0, 256, (4, SIDE, SIDE, 3), np.uint8)
    made = []
    for at in range(count):
        texts = {"text_1": "x" * (at % 5), "text_2": "y" * (at % 3)}
        pictures = {"image_1": shown[at % 4], "image_2": shown[(at + 1) % 4]}
        if at % 6 == 5:
            del pictures["image_2"]
        made.append(ModelItem(str(at), Kind.TWEET_PAIR, texts, pictures))
    return made


def values(results: Sequence[Result]) -> Any:
    assert all(isinstance(result, Scores) for result in results), results
    return np.array([result.probabilities["entailment"] for result in results])  # type: ignore[union-attr]
