"""Every preset at the shape it was published with, random weights, two steps of training.

    python -m benchmarks.models.full_shapes [PRESET ...]

Each preset runs in a process of its own, one after another; a line of JSON each: parameters, peak
memory, and seconds to build, for the first step (which traces the graph) and the second. Needs no
hub: parts that a hub would give are made in a temporary folder, in the hub's own formats.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from moderation.training.recipes import load_recipe, preset_names
from schemas.recipe import Recipe

_LABELS = {"entailment": 3, "hateful": 2, "topic": 8}
_BASE = {"num_layers": 12, "num_heads": 12, "hidden_dim": 768, "intermediate_dim": 3072}
_SMALL = {"num_layers": 2, "num_heads": 4, "hidden_dim": 256, "intermediate_dim": 1024}
_POSITIONS = 512
_ROBERTA_TOKENS = 50_265
_TEXTS = [f"what number {place} says, and a few words more" for place in range(200)]


def main(presets: list[str]) -> None:
    """Runs each preset in its own process."""
    for preset in presets or list(preset_names()):
        subprocess.run([sys.executable, "-m", __spec__.name, "--one", preset], check=True)


def measure(preset: str) -> dict[str, Any]:
    """Builds it and takes two steps at the published batch size."""
    with tempfile.TemporaryDirectory() as folder:
        recipe = load_recipe(preset, _local_parts(preset, Path(folder)))
        started = time.perf_counter()
        network, step, batch = _ready(recipe)
        built_s = time.perf_counter() - started
        seconds = []
        for _ in range(2):
            started = time.perf_counter()
            loss = float(step(*batch))
            seconds.append(time.perf_counter() - started)
    weights = network.model.trainable_weights
    return {
        "preset": preset,
        "parameters": network.model.count_params(),
        "trained": sum(int(weight.value.shape.num_elements()) for weight in weights),
        "batch": recipe.training.batch_size,
        "build_s": round(built_s, 1),
        "first_step_s": round(seconds[0], 1),
        "second_step_s": round(seconds[1], 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 1),
        "loss": round(loss, 3),
        "cores": len(os.sched_getaffinity(0)),
    }


def _ready(recipe: Recipe) -> tuple[Any, Any, Any]:
    import keras
    import tensorflow as tf

    from moderation.training.losses import make_loss
    from moderation.training.network import build_network

    labels = [f"label_{place}" for place in range(_LABELS[recipe.task])]
    network = build_network(recipe, labels=labels, texts=_TEXTS)
    loss = make_loss(recipe.loss, activation=recipe.activation)
    optimizer = keras.optimizers.AdamW(recipe.training.learning_rate)
    optimizer.build(network.model.trainable_variables)

    @tf.function
    def step(inputs: dict[str, Any], truth: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(truth, network.model(inputs, training=True))
        variables = [weight.value for weight in network.model.trainable_variables]
        optimizer.apply(tape.gradient(value, variables), network.model.trainable_variables)
        return value

    rows = recipe.training.batch_size
    truth = tf.one_hot(tf.range(rows) % len(labels), len(labels))
    return network, step, (network.prepare(_raw(recipe, rows)), truth)


def _raw(recipe: Recipe, rows: int) -> dict[str, Any]:
    import numpy as np
    import tensorflow as tf

    from moderation.training.network import raw_inputs

    random = np.random.default_rng(1)
    found: dict[str, Any] = {}
    for given in raw_inputs(recipe):
        if given.source == "text":
            found[given.name] = tf.constant(_TEXTS[:rows])
        elif given.source == "presence":
            found[given.name] = tf.ones(rows)
        else:
            assert recipe.image is not None
            shape = (rows, recipe.image.height, recipe.image.width, 3)
            found[given.name] = tf.constant(random.integers(0, 256, shape, dtype=np.uint8))
    return found


def _local_parts(preset: str, folder: Path) -> dict[str, Any]:
    """What stands in for a hub, in its published shape."""
    if preset.startswith("entailment"):
        images: dict[str, Any] = {"image.weights": None}
    else:
        images = {"image.uri": f"keras_hub:{_images(preset, folder / 'image')}"}
    if preset == "hateful_memes_concat":
        return images
    if preset == "entailment_tfhub":
        modules = {
            "text.uri": f"tfhub:{_hub_bert(folder / 'bert')}",
            "text.preprocessor": _hub_preprocessor(folder / "preprocessor"),
        }
        return images | modules
    return images | {"text.uri": f"keras_hub:{_texts(preset, folder / 'text')}"}


def _texts(preset: str, folder: Path) -> Path:
    import keras_hub

    from moderation.models.vocabulary import shipped_vocabulary

    models = keras_hub.models
    if preset == "roberta_vit":
        backbone = models.RobertaBackbone(
            vocabulary_size=_ROBERTA_TOKENS, max_sequence_length=_POSITIONS, **_BASE
        )
        tokenizer = models.RobertaTokenizer(_byte_tokens(), merges=["t h", "th e"])
        preprocessor = models.RobertaTextClassifierPreprocessor(tokenizer)
    else:
        words = list(shipped_vocabulary())
        backbone = models.BertBackbone(
            vocabulary_size=len(words), max_sequence_length=_POSITIONS, **_BASE
        )
        tokenizer = models.BertTokenizer(words, lowercase=True)
        preprocessor = models.BertTextClassifierPreprocessor(tokenizer)
    for part in (backbone, preprocessor):
        part.save_to_preset(str(folder))
    return folder


def _byte_tokens() -> dict[str, int]:
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    letters = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    known = [*special, *letters, "Ġ", "th", "the"]
    filled = known + [f"unused{place}" for place in range(_ROBERTA_TOKENS - len(known) - 1)]
    return {token: place for place, token in enumerate([*filled, "<mask>"])}


def _images(preset: str, folder: Path) -> Path:
    import keras_hub

    if preset == "roberta_vit":
        backbone = keras_hub.models.ViTBackbone(
            image_shape=(224, 224, 3), patch_size=16, num_layers=12, num_heads=12,
            hidden_dim=768, mlp_dim=3072,
        )  # fmt: skip
    else:
        backbone = keras_hub.models.ResNetBackbone(
            input_conv_filters=[64], input_conv_kernel_sizes=[7],
            stackwise_num_filters=[64, 128, 256, 512], stackwise_num_blocks=[3, 8, 36, 3],
            stackwise_num_strides=[1, 2, 2, 2], block_type="bottleneck_block",
        )  # fmt: skip
    backbone.save_to_preset(str(folder))
    return folder


def _hub_bert(folder: Path) -> Path:
    """BERT with 2 layers, 256 wide, 4 heads, as a module of TF-Hub's form."""
    import keras_hub
    import tensorflow as tf

    from moderation.models.vocabulary import shipped_vocabulary

    backbone = keras_hub.models.BertBackbone(
        vocabulary_size=len(shipped_vocabulary()), max_sequence_length=_POSITIONS, **_SMALL
    )

    @tf.function
    def call(inputs: dict[str, Any], training: bool = False) -> dict[str, Any]:
        outputs = backbone(
            {
                "token_ids": inputs["input_word_ids"],
                "segment_ids": inputs["input_type_ids"],
                "padding_mask": inputs["input_mask"],
            },
            training=training,
        )
        return {name: outputs[name] for name in ("pooled_output", "sequence_output")}

    names = ("input_word_ids", "input_mask", "input_type_ids")
    spec = {name: tf.TensorSpec([None, None], tf.int32, name=name) for name in names}
    for training in (False, True):
        call.get_concrete_function(spec, training=training)
    module = tf.train.Checkpoint()
    module.variables = [weight.value for weight in backbone.variables]
    module.trainable_variables = [weight.value for weight in backbone.trainable_variables]
    module.__call__ = call
    tf.saved_model.save(module, str(folder))
    return folder


def _hub_preprocessor(folder: Path) -> str:
    from tests.training import tiny

    return tiny.hub_preprocessor(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2])), flush=True)
    else:
        main(sys.argv[1:])
