"""What encoding equal texts and images once saves, beside the same model as a whole.

    python -m benchmarks.handler.repeats [--batch_size 64] [--rounds 5]

The model is that of ``benchmarks.models.entailment_example`` with random weights,
exported with the signatures of its two steps. Both sides score the same batches, in
turns; texts are all different, every image is there as often as the column says.
"""

from __future__ import annotations

import argparse
import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.handler.overhead import make_items, measure
from benchmarks.models.entailment_example import FORMS, build
from moderation.models.bundle import open_bundle
from moderation.models.calls import Result
from moderation.models.halving import Tally
from moderation.models.loading import load
from moderation.models.scorer import Scorer
from moderation.models.targets import image_targets
from moderation.models.types import ModelItem, Scores
from schemas.records import ENTAILMENT_LABELS, Kind

KIND = Kind.TWEET_PAIR
LENGTH, TOKEN_INPUTS = FORMS["tf_hub"]
IMAGES = ("image_1", "image_2")
REPEATS = (1, 2, 4, 8)
_SIDE = 128


def export(path: Path) -> None:
    """The SavedModel: as a whole, its two encoders, and what joins them."""
    import keras
    import tensorflow as tf

    whole = build()
    resnet, bert = whole.get_layer("resnet50v2"), whole.get_layer("bert_backbone")
    parts = [*_tensors_between(whole, resnet), *_tensors_between(whole, bert)]
    join = keras.Model(parts, whole.output)
    pixels = {name: tf.TensorSpec((None, _SIDE, _SIDE, 3), tf.float32, name) for name in IMAGES}
    tokens = {name: tf.TensorSpec((None, LENGTH), tf.int32, name) for name in TOKEN_INPUTS}

    def image(**given: Any) -> dict[str, Any]:
        scaled = keras.applications.resnet_v2.preprocess_input(given["image_1"])
        return {"features": resnet(scaled)}

    def text(**given: Any) -> dict[str, Any]:
        values = [given[name] for name in TOKEN_INPUTS]
        keys = ("token_ids", "padding_mask", "segment_ids")
        read = bert(dict(zip(keys, values, strict=True)))
        return {"features": read["pooled_output"]}

    def joined(**given: Any) -> dict[str, Any]:
        return {"p": join([given["seen_1"], given["seen_2"], given["words"]])}

    features = {
        name: tf.TensorSpec((None, tensor.shape[-1]), tf.float32, name)
        for name, tensor in zip(("seen_1", "seen_2", "words"), parts, strict=True)
    }
    module = tf.Module()
    module.parts = [whole, resnet, bert, join]
    signatures = {
        "serving_default": ((lambda **given: {"p": whole(given)}), {**pixels, **tokens}),
        "encode_image": (image, {"image_1": pixels["image_1"]}),
        "encode_text": (text, tokens),
        "from_features": (joined, features),
    }
    concrete = {
        name: tf.function(function, autograph=False).get_concrete_function(**specs)
        for name, (function, specs) in signatures.items()
    }
    tf.saved_model.save(module, str(path), signatures=concrete)
    write_card(path)


def _tensors_between(whole: Any, encoder: Any) -> list[Any]:
    """What the layers of a model take of one encoder, in order."""
    taken = [tensor for layer in whole.layers for tensor in _inputs(layer)]
    made = [each for each in taken if each._keras_history.operation is encoder]
    return list({id(each): each for each in made}.values())


def _inputs(layer: Any) -> list[Any]:
    given = getattr(layer, "input", None)
    return given if isinstance(given, list) else [] if not hasattr(given, "shape") else [given]


def write_card(path: Path, *, in_two_steps: bool = True) -> None:
    """Binds the model's signatures."""
    token_inputs = [
        {
            "name": name,
            "source": "tokens",
            "fields": ["text_1", "text_2"],
            "tokens": {"sequence_length": LENGTH, "part": part},
        }
        for name, part in zip(TOKEN_INPUTS, ("ids", "mask", "segments"), strict=True)
    ]
    size = {"height": _SIDE, "width": _SIDE, "dtype": "float32"}
    images = [{"name": name, "source": "image", "fields": [name], "image": size} for name in IMAGES]
    parts: list[dict[str, Any]] = [
        {
            "signature": "encode_image",
            "inputs": [{**image, "name": "image_1"}],
            "outputs": {"features": f"seen_{at}"},
        }
        for at, image in enumerate(copy.deepcopy(images), 1)
    ]
    parts.append(
        {"signature": "encode_text", "inputs": token_inputs, "outputs": {"features": "words"}}
    )
    task: dict[str, Any] = {
        "name": "entailment",
        "kind": KIND.value,
        "inputs": [*images, *token_inputs],
        "output": "p",
        "labels": list(ENTAILMENT_LABELS),
        "features": {"parts": parts, "output": "p"} if in_two_steps else None,
    }
    card = {
        "name": "entailment-example",
        "version": "1" if in_two_steps else "1-whole",
        "description": "Random weights.",
        "licence": "Apache-2.0",
        "tasks": [task],
        "needs_tensorflow_text": False,
    }
    (path / "card.json").write_text(json.dumps(card), encoding="utf-8")


def repeat_images(items: list[ModelItem], *, times: int) -> list[ModelItem]:
    """The items with so few images that each is there ``times`` times over."""
    shown = [image for item in items for image in item.images.values()]
    shown = shown[: max(1, len(shown) // times)]
    return [
        ModelItem(
            item.content_key,
            item.kind,
            item.texts,
            {name: shown[(2 * at + side) % len(shown)] for side, name in enumerate(IMAGES)},
        )
        for at, item in enumerate(items)
    ]


def _probabilities(results: list[Result]) -> Any:
    return np.array(
        [each.probabilities["entailment"] for each in results if isinstance(each, Scores)]
    )


def _score(scorer: Scorer, items: list[ModelItem]) -> list[Result]:
    return scorer.score(items, batch_size=len(items), tally=Tally())


def main() -> None:
    """Prints both rates for each number of repeats."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        export(path)
        stepwise = load(open_bundle(str(path))).scorer(KIND)
        targets = image_targets(open_bundle(str(path)).card, KIND)
        write_card(path, in_two_steps=False)
        whole = load(open_bundle(str(path))).scorer(KIND)
        print("repeats  whole/s  two steps/s  gain  largest difference")
        for times in REPEATS:
            items = make_items(targets, count=options.batch_size, kind=KIND)
            items = repeat_images(items, times=times)
            pair = [_probabilities(_score(scorer, items)) for scorer in (whole, stepwise)]
            seconds = measure(
                [lambda: _score(whole, items), lambda: _score(stepwise, items)],  # noqa: B023
                rounds=options.rounds,
            )
            rates = [options.batch_size / each for each in seconds]
            off = np.abs(pair[0] - pair[1]).max()
            print(
                f"{times:7} {rates[0]:8.1f} {rates[1]:12.1f} {rates[1] / rates[0]:5.2f}  {off:.1e}"
            )


if __name__ == "__main__":
    main()
