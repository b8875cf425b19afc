"""SavedModels as other exporters write them: their names, shapes and types; small inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SIDE = 8


def export_tf1(path: Path) -> str:
    """A graph with placeholders, as ``tf.compat.v1.saved_model`` saves it: channels first, a
    probability of dropout, a switch of training, logits beside probabilities."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        images = v1.placeholder("float32", (None, 3, SIDE, SIDE), name="input_images")
        keep = v1.placeholder("float32", (), name="keep_prob")
        training = v1.placeholder("bool", (), name="is_training")
        scale = v1.get_variable("scale", initializer=4.0, use_resource=False)
        red = tf.reduce_mean(images[:, 0], axis=[1, 2]) * scale * keep
        logits = tf.stack([tf.zeros_like(red), tf.where(training, -red, red)], axis=1)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(
            session,
            str(path),
            {"images": images, "keep_prob": keep, "is_training": training},
            {"logits": logits, "probabilities": tf.nn.softmax(logits)},
        )
    return str(path)


def export_estimator(path: Path) -> str:
    """An Estimator's classification signature: ``inputs`` are examples, parsed by TF 1's op."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        examples = v1.placeholder("string", (None,), name="input_example_tensor")
        parsed = tf.raw_ops.ParseExample(
            serialized=examples,
            names=tf.constant([], "string"),
            sparse_keys=["tags"],
            dense_keys=["age", "text"],
            dense_defaults=[tf.constant([0.5]), tf.constant([], "string")],
            sparse_types=["string"],
            dense_shapes=[[1], []],
        )
        age, text = parsed.dense_values
        bad = tf.cast(tf.strings.regex_full_match(text, ".*bad.*"), "float32")
        p = bad * age[:, 0]
        classes = tf.tile([["0", "1"]], [tf.shape(p)[0], 1])
        signature = v1.saved_model.signature_def_utils.classification_signature_def(
            examples, classes, tf.stack([1 - p, p], axis=1)
        )
        builder = v1.saved_model.Builder(str(path))
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
        builder.save()
    return str(path)


def _save(path: Path, signature: Any, *, module: Any = None, name: str = "serving_default") -> str:
    import tensorflow as tf

    tf.saved_model.save(module or tf.Module(), str(path), signatures={name: signature})
    return str(path)


def export_tfx(path: Path) -> str:
    """What a TFX trainer exports: ``serve_tf_examples_fn`` over a feature spec."""
    import tensorflow as tf

    spec = {
        "image/encoded": tf.io.FixedLenFeature([], "string"),
        "text": tf.io.FixedLenFeature([], "string"),
        "weight": tf.io.FixedLenFeature([], "float32", default_value=1.0),
        "source": tf.io.VarLenFeature("string"),
    }

    def brightness(encoded: Any) -> Any:
        pixels = tf.io.decode_image(encoded, channels=3, expand_animations=False)
        small = tf.image.resize(tf.ensure_shape(pixels, (None, None, 3)), (SIDE, SIDE))
        return tf.reduce_mean(small) / 255.0

    @tf.function(input_signature=[tf.TensorSpec([None], "string", name="examples")])
    def serve_tf_examples_fn(serialized: Any) -> Any:
        parsed = tf.io.parse_example(serialized, spec)
        bright = tf.map_fn(brightness, parsed["image/encoded"], fn_output_signature="float32")
        bad = tf.cast(tf.strings.regex_full_match(parsed["text"], ".*bad.*"), "float32")
        return {"output_0": (bright * bad * parsed["weight"])[:, tf.newaxis]}

    return _save(path, serve_tf_examples_fn)


def export_image_bytes(path: Path, *, decode: Callable[[Any], Any] | None = None) -> str:
    """AutoML's edge export and the like: files in a batch, and a key that comes back."""
    import tensorflow as tf

    def red(encoded: Any) -> Any:
        pixels = (decode or tf.io.decode_jpeg)(encoded)
        return tf.reduce_mean(tf.cast(pixels[..., 0], "float32")) / 255.0

    specs = [tf.TensorSpec([None], "string", name=name) for name in ("image_bytes", "key")]

    @tf.function(input_signature=specs)
    def serve(image_bytes: Any, key: Any) -> Any:
        p = tf.map_fn(red, image_bytes, fn_output_signature="float32")
        return {"scores": tf.stack([1 - p, p], axis=1), "key": key}

    return _save(path, serve)


def export_hugging_face(
    path: Path, *, rows: int, length: int | None = None, beside: Mapping[str, bytes] | None = None
) -> str:
    """``TFAutoModelForSequenceClassification``: three inputs of open length, ``logits``."""
    import tensorflow as tf

    names = ("input_ids", "attention_mask", "token_type_ids")
    module = tf.Module()
    module.table = tf.Variable(
        tf.zeros([rows, 1]), name="tf_bert/bert/embeddings/word_embeddings/weight"
    )
    module.places = tf.Variable(tf.zeros([512, 1]), name="tf_bert/bert/position_embeddings/weight")

    def serve(**ids: Any) -> Any:
        looked_up = tf.gather(module.table, ids["input_ids"])[..., 0]
        mask = tf.cast(ids["attention_mask"], "float32")
        summed = tf.reduce_sum(tf.cast(ids["input_ids"], "float32") * mask + looked_up, axis=1)
        return {"logits": tf.stack([tf.zeros_like(summed), summed / 1e5], axis=1)}

    specs = {name: tf.TensorSpec([None, length], "int32", name=name) for name in names}
    made = _save(path, tf.function(serve).get_concrete_function(**specs), module=module)
    for name, content in (beside or {}).items():
        (path / name).write_bytes(content)
    return made


def export_teachable_machine(path: Path) -> str:
    """One image of 224 pixels by a Sequential's name, classes by another's."""
    import tensorflow as tf

    spec = tf.TensorSpec([None, 224, 224, 3], "float32", name="sequential_1_input")

    @tf.function(input_signature=[spec])
    def serve(sequential_1_input: Any) -> Any:
        p = (tf.reduce_mean(sequential_1_input, axis=[1, 2, 3]) + 1.0) / 2.0
        return {"sequential_3": tf.stack([1 - p, p], axis=1)}

    return _save(path, serve)
