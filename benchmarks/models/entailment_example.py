"""Exports a SavedModel in the form of the Keras multimodal-entailment example.

The architecture is that of https://keras.io/examples/nlp/multimodal_entailment/: one
ResNet50V2 tower over both images, a small BERT (2 layers, 256 wide, 4 heads) over
the pair of texts, each projected to 256, and a softmax over three labels. The
weights are random: for throughput and binding, not for truth.

    python -m benchmarks.models.entailment_example --out DIR [--form keras_hub]
"""

from __future__ import annotations

import argparse
import os
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FORMS = {
    "tf_hub": (128, ("input_word_ids", "input_mask", "input_type_ids")),
    "keras_hub": (256, ("token_ids", "padding_mask", "segment_ids")),
}
"""Tokens and names of the text inputs: of the example's first form (BERT from TF-Hub,
texts packed together) and of its present one (KerasHub, 128 tokens for each text)."""


def build(*, form: str = "tf_hub", seed: int = 7) -> Any:
    """The Keras model; inputs ``image_1``, ``image_2`` float32 [n, 128, 128, 3] in 0..255."""
    import keras
    import keras_hub

    keras.utils.set_random_seed(seed)
    length, names = FORMS[form]
    images = [keras.Input((128, 128, 3), name=name) for name in ("image_1", "image_2")]
    texts = {name: keras.Input((length,), dtype="int32", name=name) for name in names}
    resnet = keras.applications.ResNet50V2(include_top=False, weights=None, pooling="avg")
    bert = keras_hub.models.BertBackbone(
        vocabulary_size=30522,
        num_layers=2,
        num_heads=4,
        hidden_dim=256,
        intermediate_dim=1024,
        max_sequence_length=512,
    )
    seen = keras.layers.Concatenate()(
        [resnet(keras.applications.resnet_v2.preprocess_input(image)) for image in images]
    )
    ids, mask, segments = (texts[name] for name in names)
    read = bert({"token_ids": ids, "padding_mask": mask, "segment_ids": segments})
    both = keras.layers.Concatenate()([_project(seen), _project(read["pooled_output"])])
    probabilities = keras.layers.Dense(3, activation="softmax")(both)
    return keras.Model([*images, *texts.values()], probabilities)


def _project(embedding: Any, *, width: int = 256) -> Any:
    import keras

    projected = keras.layers.Dense(width)(embedding)
    hidden = keras.layers.Dense(width)(keras.activations.gelu(projected))
    added = keras.layers.Add()([projected, keras.layers.Dropout(0.1)(hidden)])
    return keras.layers.LayerNormalization()(added)


def main() -> None:
    """Builds the model and exports it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="directory to write the SavedModel to")
    parser.add_argument("--form", choices=sorted(FORMS), default="tf_hub")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    build(form=options.form, seed=options.seed).export(options.out, verbose=False)
    print(f"{options.out}: {options.form}, signature serving_default")


if __name__ == "__main__":
    main()
