"""Local modules as users have them: newer Hugging Face folders, TF-Hub modules of many makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras_hub
import numpy as np
import pytest
import tensorflow as tf
from safetensors.numpy import load_file, save_file

from moderation.training.encoders import make, subwords
from moderation.training.encoders.types import VECTOR, TextEncoder
from moderation.training.errors import TrainingError
from schemas.recipe import ImageEncoderSpec, TextEncoderSpec
from tests.training import tiny

TEXTS = ["the cat sat", "a dog"]
NAMES = ("input_word_ids", "input_mask", "input_type_ids")
PIXELS = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)


def text(uri: str, **options: Any) -> TextEncoder:
    spec = TextEncoderSpec(uri=uri, **({"sequence_length": tiny.LENGTH} | options))
    return make.text_encoder(spec, segments=1, texts=(), seed=1)


def image(folder: Path | str, **options: Any) -> Any:
    spec = ImageEncoderSpec(uri=f"keras_hub:{folder}", height=32, width=32, **options)
    return make.image_encoder(spec).model(PIXELS).numpy()


def vectors(made: TextEncoder) -> Any:
    return made.model(made.packer(tf.constant(TEXTS)))[VECTOR].numpy()


def without_prefix(folder: Path, prefix: str) -> None:
    path = folder / "model.safetensors"
    tensors = {name.removeprefix(prefix): value for name, value in load_file(path).items()}
    save_file(tensors, path, metadata={"format": "pt"})


def in_shards(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(tensors)
    placed = {}
    for part in range(2):
        file = f"model-{part + 1:05}-of-00002.safetensors"
        save_file({name: tensors[name] for name in names[part::2]}, folder / file)
        placed |= dict.fromkeys(names[part::2], file)
    index = {"metadata": {}, "weight_map": placed}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def one_tokenizer_file(folder: Path, model_type: str) -> None:
    """Nothing but ``tokenizer.json`` tells the tokens, as newer libraries save."""
    if model_type == "bert":
        words = (folder / "vocab.txt").read_text().splitlines()
        model: dict[str, Any] = {"type": "WordPiece", "vocab": {w: n for n, w in enumerate(words)}}
        whole = {"normalizer": {"lowercase": True, "strip_accents": None}, "model": model}
        (folder / "vocab.txt").unlink()
        (folder / "tokenizer_config.json").unlink()
    else:
        merges = (folder / "merges.txt").read_text().splitlines()[1:]
        ids = json.loads((folder / "vocab.json").read_text())
        model = {"type": "BPE", "vocab": ids, "merges": [each.split(" ") for each in merges]}
        whole = {"model": model}
        (folder / "vocab.json").unlink()
        (folder / "merges.txt").unlink()
    (folder / "tokenizer.json").write_text(json.dumps(whole))


@pytest.mark.parametrize("model_type", ["bert", "roberta"])
def test_a_hugging_face_folder_with_tokenizer_json_alone_is_read(
    model_type: str, tmp_path: Path
) -> None:
    folder = Path(getattr(tiny, f"hugging_face_{model_type}")(tmp_path / "hf"))
    wanted = vectors(text(f"keras_hub:{folder}"))

    one_tokenizer_file(folder, model_type)

    np.testing.assert_array_equal(vectors(text(f"keras_hub:{folder}")), wanted)


@pytest.mark.parametrize("sharded", [False, True])
def test_a_roberta_saved_without_a_head_is_read(sharded: bool, tmp_path: Path) -> None:
    folder = Path(tiny.hugging_face_roberta(tmp_path / "hf"))
    wanted = vectors(text(f"keras_hub:{folder}"))

    without_prefix(folder, "roberta.")
    if sharded:
        in_shards(folder)

    np.testing.assert_array_equal(vectors(text(f"keras_hub:{folder}/")), wanted)


def vit(folder: Path) -> Path:
    dim, patches = 16, 4
    e, shapes = "vit.embeddings.", {}
    shapes[e + "cls_token"] = (1, 1, dim)
    shapes[e + "position_embeddings"] = (1, patches + 1, dim)
    shapes[e + "patch_embeddings.projection.weight"] = (dim, 3, 16, 16)
    shapes[e + "patch_embeddings.projection.bias"] = (dim,)
    block = "vit.encoder.layer.0."
    for part in ("attention.query", "attention.key", "attention.value", "output.dense"):
        shapes[f"{block}attention.{part}.weight"] = (dim, dim)
        shapes[f"{block}attention.{part}.bias"] = (dim,)
    for name in (f"{block}layernorm_before", f"{block}layernorm_after", "vit.layernorm"):
        shapes |= {f"{name}.weight": (dim,), f"{name}.bias": (dim,)}
    shapes |= {f"{block}intermediate.dense.weight": (32, dim)}
    shapes |= {f"{block}intermediate.dense.bias": (32,), f"{block}output.dense.bias": (dim,)}
    shapes |= {f"{block}output.dense.weight": (dim, 32)}
    config = {
        "model_type": "vit", "image_size": 32, "patch_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 2, "hidden_size": dim, "intermediate_size": 32, "qkv_bias": True,
        "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
    }  # fmt: skip
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    random = np.random.default_rng(2)
    tensors = {n: random.normal(0, 0.3, s).astype(np.float32) for n, s in shapes.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_a_hugging_face_vit_is_read_with_the_scaling_that_its_folder_says(tmp_path: Path) -> None:
    folder = vit(tmp_path / "vit")
    mean, deviation = np.array([0.4, 0.5, 0.6]), np.array([0.2, 0.25, 0.3])
    told = {"image_mean": mean.tolist(), "image_std": deviation.tolist(), "do_rescale": True}
    backbone = keras_hub.models.Backbone.from_preset(str(folder))

    usual = image(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(told))
    scaled = image(folder)
    without_prefix(folder, "vit.")
    bare = image(folder)

    for found, pixels in ((usual, PIXELS / 127.5 - 1), (scaled, (PIXELS / 255 - mean) / deviation)):
        np.testing.assert_allclose(found, backbone(pixels.astype("float32"))[:, 0, :], atol=1e-4)
    np.testing.assert_array_equal(bare, scaled)


def test_a_weights_file_fills_a_preset(modules: tiny.Modules, tmp_path: Path) -> None:
    backbone = keras_hub.models.Backbone.from_preset(modules.resnet, load_weights=False)
    backbone.save_weights(tmp_path / "own.weights.h5")
    options = {"height": tiny.SIDE, "width": tiny.SIDE, "preprocessing": "imagenet"}
    uri = f"keras_hub:{modules.resnet}"

    spec = ImageEncoderSpec(uri=uri, weights=str(tmp_path / "own.weights.h5"), **options)
    made = make.image_encoder(spec)

    for found, wanted in zip(made.weights[0].weights, backbone.weights, strict=True):
        np.testing.assert_array_equal(found, wanted)


class Preprocessor(tf.Module):
    """Of one text; how its length is told differs."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def tokenize(self, texts: Any) -> Any:
        words = tf.strings.split(texts)
        return words.with_values(tf.strings.to_hash_bucket_fast(words.values, 90))

    def packed(self, segments: Any, length: int) -> dict[str, Any]:
        ids = tf.cast(segments[0].to_tensor(shape=[None, length]), tf.int32)
        mask = tf.cast(ids > 0, tf.int32)
        return dict(zip(NAMES, (ids, mask, tf.zeros_like(ids)), strict=True))


class ByNumber(Preprocessor):
    @tf.function
    def bert_pack_inputs(self, segments: Any, seq_length: int = 128) -> dict[str, Any]:
        return self.packed(segments, seq_length)


class Fixed(Preprocessor):
    @tf.function
    def bert_pack_inputs(self, segments: Any) -> dict[str, Any]:
        return self.packed(segments, tiny.LENGTH)


def preprocessor(folder: Path, kind: type[Any]) -> str:
    made = kind()
    tokens = [tf.RaggedTensorSpec([None, None], tf.int64)]
    options = {} if kind is Fixed else {"seq_length": tiny.LENGTH}
    made.bert_pack_inputs.get_concrete_function(tokens, **options)
    tf.saved_model.save(made, str(folder))
    return str(folder)


class Bare(tf.Module):
    """A module without lists of its variables; called, or by its signature alone."""

    def __init__(self) -> None:
        super().__init__()
        self.table = tf.Variable(np.random.default_rng(1).normal(size=(100, 8)), dtype=tf.float32)

    def said(self, ids: Any) -> dict[str, Any]:
        found = tf.gather(self.table, ids)
        return {"pooled_output": tf.reduce_mean(found, axis=1), "sequence_output": found}


def hub_module(folder: Path, *, called: bool) -> str:
    module = Bare()
    specs = {name: tf.TensorSpec([None, None], tf.int32, name=name) for name in NAMES}
    if called:
        module.__call__ = tf.function(
            lambda inputs: module.said(inputs[NAMES[0]]), input_signature=[specs]
        )
        tf.saved_model.save(module, str(folder))
    else:

        @tf.function
        def serve(input_word_ids: Any, input_mask: Any, input_type_ids: Any) -> dict[str, Any]:
            return module.said(input_word_ids)

        tf.saved_model.save(module, str(folder), signatures=serve.get_concrete_function(**specs))
    return str(folder)


@pytest.mark.parametrize("kind", [ByNumber, Fixed])
@pytest.mark.parametrize("called", [True, False])
def test_hub_modules_of_other_makes_train_all_the_same(
    kind: type[Any], called: bool, tmp_path: Path
) -> None:
    made = text(
        f"tfhub:{hub_module(tmp_path / 'my encoder', called=called)}",
        preprocessor=preprocessor(tmp_path / "prep", kind),
    )

    with tf.GradientTape() as tape:
        said = tf.reduce_sum(made.model(made.packer(tf.constant(TEXTS)))[VECTOR] ** 2)
    (variable,) = made.weights[0].trainable_variables

    assert tape.gradient(said, variable.value) is not None


def test_a_preprocessor_of_one_length_says_which(tmp_path: Path) -> None:
    uri = f"tfhub:{hub_module(tmp_path / 'encoder', called=True)}"
    with pytest.raises(TrainingError, match=f"set text.sequence_length to {tiny.LENGTH}"):
        text(uri, preprocessor=preprocessor(tmp_path / "prep", Fixed), sequence_length=64)


def test_paths_that_lead_nowhere_are_told_at_once(modules: tiny.Modules, tmp_path: Path) -> None:
    archive = tmp_path / "module.tar.gz"
    archive.write_bytes(b"\x1f\x8b")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "old" / "pytorch_model.bin").write_bytes(b"PK")

    for uri, message in {
        f"keras_hub:{tmp_path}/no": f"there is no folder {tmp_path}/no",
        "keras_hub:./no": "there is no folder /",
        f"tfhub:{archive}": "is a file, where a folder is wanted; unpack an archive first",
        f"tfhub:{modules.hub_preprocessor}": "is no BERT encoder",
        f"keras_hub:{tmp_path}/old": "pytorch_model.bin is not read",
    }.items():
        with pytest.raises(TrainingError, match=message):
            text(uri, preprocessor=modules.hub_preprocessor)
    with pytest.raises(TrainingError, match=r"there is no weights file /.*no\.h5"):
        image(modules.resnet, weights="no.h5")


def test_none_means_random_weights_wherever_it_is_written() -> None:
    assert ImageEncoderSpec(uri="applications:ResNet50", weights="none").weights is None


def test_equal_training_texts_are_not_blown_up() -> None:
    made = subwords.make(
        TextEncoderSpec(uri="subwords:", dim=4), texts=["a fire"] * 5, segments=1, seed=1
    )
    assert np.abs(vectors(made)).max() < 100
