"""Tiny pretrained parts in the formats that hubs have, and the presets' recipes that use them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from moderation.training.recipes import load_recipe
from schemas.recipe import Recipe

SIDE = 32
LENGTH = 16
DIM, LAYERS, HEADS, POSITIONS = 16, 2, 2, 64
BERT_POSITIONS = 512
"""Of a BERT in Hugging Face's layout: KerasHub took no other number before 0.32."""
PRESETS = (
    "entailment_kerashub", "entailment_tfhub", "hateful_memes_concat", "mmbt", "roberta_vit",
)  # fmt: skip
TEXTS = (
    "the cat sat on the mat",
    "no cat sat there",
    "a dog, in the house!",
    "what a fine day",
    "rain all day long",
    "the day the dog met the cat",
)
_WORDS = ("the", "cat", "dog", "sat", "on", "mat", "no", "day", "rain", "fine", "##s", "a", "in")


def vocabulary() -> tuple[str, ...]:
    """A WordPiece vocabulary: some words, and every letter whole and as a piece."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    known = dict.fromkeys(
        ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *_WORDS, *letters, *",.!?'#@")
    )
    return (*known, *(piece for piece in (f"##{letter}" for letter in letters) if piece != "##s"))


def byte_pairs() -> tuple[dict[str, int], list[str]]:
    """A byte-pair vocabulary and its merges."""
    merges = ["t h", "th e", "Ġ the", "c a", "ca t", "Ġ cat", "d o", "do g", "Ġ dog"]
    printable = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *printable, "Ġ"]
    tokens += [merge.replace(" ", "") for merge in merges] + ["<mask>"]
    return {token: place for place, token in enumerate(dict.fromkeys(tokens))}, merges


def bert(folder: Path) -> str:
    """A BERT in KerasHub's layout."""
    import keras_hub

    backbone = keras_hub.models.BertBackbone(
        vocabulary_size=len(vocabulary()), **_shape(), max_sequence_length=POSITIONS
    )
    tokenizer = keras_hub.models.BertTokenizer(vocabulary=list(vocabulary()), lowercase=True)
    preprocessor = keras_hub.models.BertTextClassifierPreprocessor(
        tokenizer, sequence_length=LENGTH
    )
    return _saved(folder, backbone, preprocessor)


def roberta(folder: Path) -> str:
    """A RoBERTa in KerasHub's layout."""
    import keras_hub

    tokens, merges = byte_pairs()
    backbone = keras_hub.models.RobertaBackbone(
        vocabulary_size=len(tokens), **_shape(), max_sequence_length=POSITIONS
    )
    tokenizer = keras_hub.models.RobertaTokenizer(vocabulary=tokens, merges=merges)
    preprocessor = keras_hub.models.RobertaTextClassifierPreprocessor(
        tokenizer, sequence_length=LENGTH
    )
    return _saved(folder, backbone, preprocessor)


def vit(folder: Path) -> str:
    """A vision transformer in KerasHub's layout; pixels to -1..1."""
    import keras_hub

    backbone = keras_hub.models.ViTBackbone(
        image_shape=(SIDE, SIDE, 3), patch_size=16, num_layers=1, num_heads=HEADS,
        hidden_dim=DIM, mlp_dim=2 * DIM,
    )  # fmt: skip
    converter = keras_hub.layers.ViTImageConverter(
        image_size=(SIDE, SIDE), scale=1 / 127.5, offset=-1.0
    )
    preprocessor = keras_hub.models.ViTImageClassifierPreprocessor(converter)
    return _saved(folder, backbone, preprocessor)


def resnet(folder: Path) -> str:
    """A ResNet in KerasHub's layout, with ImageNet's mean and deviation; stride 8."""
    import keras_hub

    backbone = keras_hub.models.ResNetBackbone(
        input_conv_filters=[64], input_conv_kernel_sizes=[3], stackwise_num_filters=[64, 24],
        stackwise_num_blocks=[1, 1], stackwise_num_strides=[1, 2], block_type="basic_block",
    )  # fmt: skip
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    converter = keras_hub.layers.ResNetImageConverter(
        image_size=(SIDE, SIDE), scale=(1 / 255 / std).tolist(), offset=(-mean / std).tolist()
    )
    preprocessor = keras_hub.models.ResNetImageClassifierPreprocessor(converter)
    return _saved(folder, backbone, preprocessor)


def hugging_face_bert(folder: Path, *, layers: int = LAYERS, seed: int = 0) -> str:
    """A BERT in Hugging Face's layout."""
    config = {
        "model_type": "bert", "vocab_size": len(vocabulary()), "num_hidden_layers": layers,
        "num_attention_heads": HEADS, "hidden_size": DIM, "intermediate_size": 2 * DIM,
        "max_position_embeddings": BERT_POSITIONS, "type_vocab_size": 2, "hidden_act": "gelu",
    }  # fmt: skip
    shapes = {
        "bert.embeddings.word_embeddings.weight": (len(vocabulary()), DIM),
        "bert.embeddings.position_embeddings.weight": (BERT_POSITIONS, DIM),
        "bert.embeddings.token_type_embeddings.weight": (2, DIM),
        **_norm("bert.embeddings.LayerNorm", "gamma", "beta"),
        **_transformer("bert", layers, "gamma", "beta"),
        "bert.pooler.dense.weight": (DIM, DIM),
        "bert.pooler.dense.bias": (DIM,),
    }
    files = {
        "config.json": json.dumps(config),
        "tokenizer_config.json": json.dumps({"do_lower_case": True}),
        "vocab.txt": "\n".join(vocabulary()),
    }
    return _hugging_face(folder, files, shapes, seed)


def hugging_face_roberta(folder: Path, *, seed: int = 0) -> str:
    """A RoBERTa in Hugging Face's layout; its first two positions are never used."""
    tokens, merges = byte_pairs()
    config = {
        "model_type": "roberta", "vocab_size": len(tokens), "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "hidden_size": DIM, "intermediate_size": 2 * DIM,
        "max_position_embeddings": POSITIONS + 2, "hidden_dropout_prob": 0.1,
    }  # fmt: skip
    shapes = {
        "roberta.embeddings.word_embeddings.weight": (len(tokens), DIM),
        "roberta.embeddings.position_embeddings.weight": (POSITIONS + 2, DIM),
        "roberta.embeddings.token_type_embeddings.weight": (1, DIM),
        **_norm("roberta.embeddings.LayerNorm"),
        **_transformer("roberta", LAYERS),
    }
    files = {
        "config.json": json.dumps(config),
        "tokenizer_config.json": "{}",
        "vocab.json": json.dumps(tokens),
        "merges.txt": "\n".join(["#version: 0.2", *merges]),
    }
    return _hugging_face(folder, files, shapes, seed)


def hub_preprocessor(folder: Path) -> str:
    """A module of TF-Hub's form: ``tokenize``, and ``bert_pack_inputs`` of one or two texts."""
    import tensorflow as tf
    import tensorflow_text as text

    folder.mkdir(parents=True)
    words = folder.parent / f"{folder.name}_vocab.txt"
    words.write_text("\n".join(vocabulary()), encoding="utf-8")

    class Tokenize(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.vocab = tf.saved_model.Asset(str(words))
            self.tokenizer = text.BertTokenizer(
                tf.lookup.StaticVocabularyTable(
                    tf.lookup.TextFileInitializer(
                        self.vocab, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
                        tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER,
                    ),
                    1,
                ),
                lower_case=True, token_out_type=tf.int32,
            )  # fmt: skip

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)
        def __call__(self, texts: Any) -> Any:
            return self.tokenizer.tokenize(texts)

    class Pack(tf.Module):
        @tf.function(autograph=False)  # nothing in it to convert, and converting takes long
        def __call__(self, inputs: Any, seq_length: Any = LENGTH) -> dict[str, Any]:
            segments = [each.merge_dims(1, -1) for each in inputs]
            trimmer = text.RoundRobinTrimmer(seq_length - len(segments) - 1)
            ids, types = text.combine_segments(
                trimmer.trim(segments), start_of_sequence_id=2, end_of_segment_id=3
            )
            ids, mask = text.pad_model_inputs(ids, seq_length)
            types, _ = text.pad_model_inputs(types, seq_length)
            return {"input_word_ids": ids, "input_mask": mask, "input_type_ids": types}

    module = tf.train.Checkpoint()
    module.tokenize, module.bert_pack_inputs = Tokenize(), Pack()
    for segments in (1, 2):
        specs = [tf.RaggedTensorSpec([None, None, None], tf.int32) for _ in range(segments)]
        module.bert_pack_inputs.__call__.get_concrete_function(
            specs, seq_length=tf.TensorSpec([], tf.int32)
        )
    tf.saved_model.save(module, str(folder))
    return str(folder)


def hub_encoder(folder: Path) -> str:
    """A module of TF-Hub's form: BERT's inputs → pooled and sequence output, ``training`` told."""
    import tensorflow as tf

    table = tf.Variable(_random((len(vocabulary()), DIM), seed=3), name="word_embeddings")
    kinds = tf.Variable(_random((2, DIM), seed=4), name="type_embeddings")
    kernel = tf.Variable(_random((DIM, DIM), seed=5), name="pooler/kernel")
    steps = tf.Variable(7, trainable=False, name="steps")

    @tf.function(autograph=False)
    def call(inputs: dict[str, Any], training: bool = False) -> dict[str, Any]:
        hidden = tf.gather(table, inputs["input_word_ids"])
        hidden += tf.gather(kinds, inputs["input_type_ids"])
        if training:
            hidden = tf.nn.dropout(hidden, 0.1)
        mask = tf.cast(inputs["input_mask"], tf.float32)[:, :, None]
        mean = tf.reduce_sum(hidden * mask, 1) / tf.maximum(tf.reduce_sum(mask, 1), 1.0)
        pooled = tf.tanh(mean @ kernel)
        return {"pooled_output": pooled, "sequence_output": hidden, "default": pooled}

    module = tf.train.Checkpoint()
    module.variables = [table, kinds, kernel, steps]
    module.trainable_variables = [table, kinds, kernel]
    names = ("input_word_ids", "input_mask", "input_type_ids")
    spec = {name: tf.TensorSpec([None, None], tf.int32, name=name) for name in names}
    for training in (False, True):
        call.get_concrete_function(spec, training=training)
    module.__call__ = call
    tf.saved_model.save(module, str(folder))
    return str(folder)


class Modules:
    """Folders of all of them, each made when it is first asked for, with the same weights."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> str:
        """By name, for ``"{bert}".format_map``."""
        folder: str = getattr(self, name)
        return folder

    def _made(self, make: Callable[[Path], str]) -> str:
        import keras

        keras.utils.set_random_seed(0)
        return make(self._folder / make.__name__)

    @cached_property
    def bert(self) -> str:
        return self._made(bert)

    @cached_property
    def roberta(self) -> str:
        return self._made(roberta)

    @cached_property
    def vit(self) -> str:
        return self._made(vit)

    @cached_property
    def resnet(self) -> str:
        return self._made(resnet)

    @cached_property
    def hub_preprocessor(self) -> str:
        return self._made(hub_preprocessor)

    @cached_property
    def hub_encoder(self) -> str:
        return self._made(hub_encoder)


def overrides(preset: str, modules: Modules) -> dict[str, Any]:
    """What makes a preset tiny: dotted names and values, as ``load_recipe`` takes them."""
    common: dict[str, Any] = {
        "image.height": SIDE, "image.width": SIDE, "text.sequence_length": LENGTH,
        "training.batch_size": 4, "training.accumulate": 1, "training.epochs": 2,
        "training.frozen_epochs": 0, "training.early_stopping": None,
    }  # fmt: skip
    return common | _PARTS[preset](modules)


def _cells(modules: Modules) -> dict[str, Any]:
    return {"image.uri": f"keras_hub:{modules.resnet}"}


def _bert(modules: Modules) -> dict[str, Any]:
    return {"text.uri": f"keras_hub:{modules.bert}"}


_PARTS: dict[str, Callable[[Modules], dict[str, Any]]] = {
    "entailment_tfhub": lambda modules: {
        "text.uri": f"tfhub:{modules.hub_encoder}",
        "text.preprocessor": modules.hub_preprocessor,
        "fusion.project_to": 16,
        **_cells(modules),
    },
    "entailment_kerashub": lambda modules: {
        **_bert(modules), **_cells(modules), "fusion.project_to": 16,
    },
    "hateful_memes_concat": lambda modules: {
        **_cells(modules), "text.dim": 12, "fusion.project_to": 8, "fusion.hidden": [8],
    },
    "mmbt": lambda modules: {**_bert(modules), **_cells(modules)},
    "roberta_vit": lambda modules: {
        "text.uri": f"keras_hub:{modules.roberta}", "text.layers": 1,
        "image.uri": f"keras_hub:{modules.vit}", "fusion.hidden": [8],
    },
}  # fmt: skip
"""What a preset is made of, so that a test makes no part that it does not use."""


def recipe(preset: str, modules: Modules, changes: Mapping[str, Any] | None = None) -> Recipe:
    """A preset with tiny parts, and single values changed."""
    return load_recipe(preset, overrides(preset, modules) | dict(changes or {}))


def _shape() -> dict[str, int]:
    return {
        "num_layers": LAYERS, "num_heads": HEADS, "hidden_dim": DIM, "intermediate_dim": 2 * DIM,
    }  # fmt: skip


def _saved(folder: Path, backbone: Any, preprocessor: Any) -> str:
    """Weights ten times as large as they begin, so that what differs shows."""
    for weight in backbone.trainable_weights:
        if len(weight.shape) == 2 or "attention" in weight.path:
            weight.assign(10 * weight)
    backbone.save_to_preset(str(folder))
    preprocessor.save_to_preset(str(folder))
    return str(folder)


def _norm(prefix: str, scale: str = "weight", shift: str = "bias") -> dict[str, tuple[int, ...]]:
    return {f"{prefix}.{scale}": (DIM,), f"{prefix}.{shift}": (DIM,)}


def _transformer(name: str, layers: int, *norm: str) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(layers):
        prefix = f"{name}.encoder.layer.{layer}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= {
                f"{prefix}.attention.{part}.weight": (DIM, DIM),
                f"{prefix}.attention.{part}.bias": (DIM,),
            }
        for part in ("attention.output", "output"):
            shapes |= _norm(f"{prefix}.{part}.LayerNorm", *norm)
        shapes |= {
            f"{prefix}.intermediate.dense.weight": (2 * DIM, DIM),
            f"{prefix}.intermediate.dense.bias": (2 * DIM,),
            f"{prefix}.output.dense.weight": (DIM, 2 * DIM),
            f"{prefix}.output.dense.bias": (DIM,),
        }
    return shapes


def _hugging_face(
    folder: Path, files: Mapping[str, str], shapes: Mapping[str, tuple[int, ...]], seed: int
) -> str:
    from safetensors.numpy import save_file

    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    tensors = {
        name: _random(shape, seed=seed + place)
        for place, (name, shape) in enumerate(shapes.items())
    }
    save_file(tensors, str(folder / "model.safetensors"), metadata={"format": "pt"})
    return str(folder)


def _random(shape: tuple[int, ...], *, seed: int) -> Any:
    return np.random.default_rng(seed).normal(0, 0.2, shape).astype(np.float32)
