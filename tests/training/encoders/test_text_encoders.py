"""BERT and RoBERTa by KerasHub, Hugging Face's layout and TF-Hub: tokens, layers, weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
import tokenizers

from moderation.training.encoders import make
from moderation.training.encoders.types import MASK, SEQUENCE, VECTOR, TextEncoder
from moderation.training.errors import TrainingError
from schemas.recipe import TextEncoderSpec
from tests.training import tiny

TEXTS = [
    *tiny.TEXTS,
    "",
    "The CAT's mat; naïve café – 42 #dogs @cat!!",
    "x" * 30 + " 漢字 the\tcat\n",
    "the dog the cat " * 9,
]


def spec(uri: str, **options: Any) -> TextEncoderSpec:
    return TextEncoderSpec(uri=uri, **({"sequence_length": tiny.LENGTH} | options))


def encoder(uri: str, **options: Any) -> TextEncoder:
    return make.text_encoder(spec(uri, **options), segments=1, texts=(), seed=1)


_TRACED: dict[tuple[Any, int], Any] = {}
_KNOWN: dict[str, TextEncoder] = {}


def known(wanted: TextEncoderSpec) -> TextEncoder:
    """One that reads texts as the spec says; whichever was made first of those that read alike."""
    reads = wanted.model_dump_json(exclude={"layers", "trainable"})
    if reads not in _KNOWN:
        _KNOWN[reads] = make.text_encoder(wanted, segments=1, texts=tiny.TEXTS, seed=1)
    return _KNOWN[reads]


def packed(made: TextEncoder, *texts: list[str]) -> dict[str, Any]:
    """What the packer makes of texts in a graph, which is traced once and as a network does it."""
    key = made.packer.packer, len(texts)
    if key not in _TRACED:
        signature = [tf.TensorSpec([None], tf.string) for _ in texts]
        _TRACED[key] = tf.function(made.packer, input_signature=signature, autograph=False)
    found = _TRACED[key](*map(tf.constant, texts))
    return {name: value.numpy() for name, value in found.items()}


@pytest.fixture(scope="module")
def bert(modules: tiny.Modules) -> TextEncoder:
    return known(spec(f"keras_hub:{modules.bert}"))


@pytest.fixture(scope="module")
def hub(modules: tiny.Modules) -> TextEncoder:
    return known(spec(f"tfhub:{modules.hub_encoder}", preprocessor=modules.hub_preprocessor))


def reference_bert() -> Any:
    vocabulary = {word: place for place, word in enumerate(tiny.vocabulary())}
    found = tokenizers.BertWordPieceTokenizer(vocabulary, lowercase=True)
    found.enable_truncation(tiny.LENGTH)
    return found


def reference_roberta() -> Any:
    tokens, merges = tiny.byte_pairs()
    pairs = [tuple(merge.split(" ")) for merge in merges]
    found = tokenizers.Tokenizer(tokenizers.models.BPE(tokens, pairs, unk_token="<unk>"))
    found.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    found.post_processor = tokenizers.processors.RobertaProcessing(
        ("</s>", tokens["</s>"]), ("<s>", tokens["<s>"]), add_prefix_space=False
    )
    found.enable_truncation(tiny.LENGTH)
    return found


def unpadded(ids: Any, mask: Any) -> list[list[int]]:
    return [row[kept].tolist() for row, kept in zip(ids, mask.astype(bool), strict=True)]


def test_wordpiece_in_the_graph_says_what_the_tokenizers_library_says(bert: TextEncoder) -> None:
    found, reference = packed(bert, TEXTS), reference_bert()

    assert unpadded(found["token_ids"], found["padding_mask"]) == [
        reference.encode(text).ids for text in TEXTS
    ]


def test_byte_pairs_in_the_graph_say_what_the_tokenizers_library_says(
    modules: tiny.Modules,
) -> None:
    texts = ["the cat", "the dog the cat the", "", "cat! dog?", "a the  b"]
    found = packed(known(spec(f"keras_hub:{modules.roberta}")), texts)
    reference = reference_roberta()

    assert unpadded(found["token_ids"], found["padding_mask"]) == [
        reference.encode(text).ids for text in texts
    ]


def test_two_texts_share_one_sequence_alike_in_both_hubs(
    bert: TextEncoder, hub: TextEncoder
) -> None:
    first, second = TEXTS[:5], TEXTS[-5:]
    one, other = packed(bert, first, second), packed(hub, first, second)

    np.testing.assert_array_equal(one["token_ids"], other["input_word_ids"])
    np.testing.assert_array_equal(one["segment_ids"], other["input_type_ids"])
    np.testing.assert_array_equal(one["padding_mask"], other["input_mask"])
    assert (one["segment_ids"].max(axis=1) == 1).all()
    assert (one["token_ids"] == 3).sum(axis=1).tolist() == [2] * 5


def test_padding_does_not_touch_what_is_said(bert: TextEncoder, modules: tiny.Modules) -> None:
    longer = encoder(f"keras_hub:{modules.bert}", sequence_length=2 * tiny.LENGTH)
    short = ["the cat sat", "no dog"]

    one, other = (made.model(packed(made, short)) for made in (bert, longer))

    np.testing.assert_allclose(one[VECTOR], other[VECTOR], atol=1e-5)
    assert other[SEQUENCE].shape[1] == other[MASK].shape[1] == 2 * tiny.LENGTH


@pytest.mark.parametrize("layout", ["hugging_face_bert", "hugging_face_roberta"])
def test_a_hugging_face_folder_is_read(layout: str, tmp_path: Path) -> None:
    if layout.endswith("roberta"):
        pytest.importorskip(
            "keras_hub.src.utils.transformers.convert_roberta",
            reason="KerasHub reads RoBERTa in this layout from 0.32 on",
        )
    first, second = (
        encoder(f"keras_hub:{getattr(tiny, layout)(tmp_path / str(seed), seed=seed)}")
        for seed in (0, 1_000)
    )
    tokens = packed(first, ["the cat", "no dog"])  # of one vocabulary
    one, other = (made.model(tokens)[VECTOR].numpy() for made in (first, second))

    assert one.shape == (2, tiny.DIM)
    assert np.abs(one - other).max() > 1e-2
    np.testing.assert_allclose(
        first.backbone.token_embedding.embeddings[0],
        np.random.default_rng(0).normal(0, 0.2, (1, tiny.DIM))[0],
        atol=1e-6,
    )


def test_the_first_layers_are_those_of_a_network_that_ends_there(tmp_path: Path) -> None:
    whole = encoder(f"keras_hub:{tiny.hugging_face_bert(tmp_path / 'two')}", layers=1)
    short = encoder(f"keras_hub:{tiny.hugging_face_bert(tmp_path / 'one', layers=1)}")
    tokens = packed(whole, ["the cat sat on the mat"])

    one, other = whole.model(tokens), short.model(tokens)

    np.testing.assert_allclose(one[SEQUENCE], other[SEQUENCE], atol=1e-5)
    np.testing.assert_allclose(one[VECTOR], one[SEQUENCE][:, 0], atol=1e-6)
    assert len(whole.model.weights) < len(whole.backbone.weights)


def test_a_hub_modules_own_variables_learn(hub: TextEncoder) -> None:
    (layer,) = hub.weights
    tokens = packed(hub, ["the cat"], ["no dog"])
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(hub.model(tokens)[VECTOR] ** 2)
    gradients = tape.gradient(value, [weight.value for weight in layer.trainable_weights])

    assert [tuple(weight.shape) for weight in layer.trainable_weights] == [
        (len(tiny.vocabulary()), tiny.DIM), (2, tiny.DIM), (tiny.DIM, tiny.DIM),
    ]  # fmt: skip
    assert len(layer.non_trainable_weights) == 1
    assert all(gradient is not None for gradient in gradients)


def test_a_hub_module_is_told_when_it_learns_and_not_when_it_is_frozen(
    modules: tiny.Modules,
) -> None:
    made = encoder(f"tfhub:{modules.hub_encoder}", preprocessor=modules.hub_preprocessor)
    tokens = packed(made, ["the cat sat on the mat"])
    resting = made.model(tokens, training=False)[VECTOR].numpy()

    learning = made.model(tokens, training=True)[VECTOR].numpy()
    made.weights[0].trainable = False
    frozen = made.model(tokens, training=True)[VECTOR].numpy()

    assert np.abs(learning - resting).max() > 1e-4
    np.testing.assert_array_equal(frozen, resting)


@pytest.mark.parametrize(
    ("uri", "options", "message"),
    [
        ("bert", {}, "an encoder is named by one of tfhub:…, keras_hub:…, subwords, starter"),
        ("onnx:bert", {}, "an encoder is named by one of"),
        ("keras_hub:", {}, "nothing is named after keras_hub:"),
        ("keras_hub:no_such_preset", {}, "keras_hub:no_such_preset cannot be had: .*Name a Keras"),
        ("keras_hub:{vit}", {}, "is a ViTBackbone, no BERT or RoBERTa"),
        ("keras_hub:{bert}", {"layers": 3}, "has 2 layers, fewer than 3"),
        ("keras_hub:{bert}", {"sequence_length": 65}, "has 64 positions, too few for"),
        ("tfhub:{hub_encoder}", {}, "needs its preprocessor beside it: text.preprocessor"),
        ("tfhub:{hub_encoder}", {"preprocessor": "{bert}"}, "cannot be had"),
        ("tfhub:{hub_encoder}", {"preprocessor": "{hub_encoder}"}, "has no 'tokenize'"),
        ("tfhub:{hub_preprocessor}", {"preprocessor": "{hub_preprocessor}"}, "is no BERT encoder"),
        ("tfhub:{hub_encoder}", {"preprocessor": "x", "layers": 1}, "layers cannot be parted"),
        (
            "tfhub:http://127.0.0.1:9/bert/1",
            {"preprocessor": "{hub_preprocessor}"},
            "tfhub:http://127.0.0.1:9/bert/1 cannot be had: .*Name a handle on a machine that",
        ),
    ],
)
def test_what_cannot_be_had_is_told_with_its_remedy(
    uri: str, options: dict[str, Any], message: str, modules: tiny.Modules
) -> None:
    filled = {
        name: value.format_map(modules) if isinstance(value, str) else value
        for name, value in options.items()
    }
    with pytest.raises(TrainingError, match=message):
        encoder(uri.format_map(modules), **filled)


@pytest.mark.parametrize("preset", [*tiny.PRESETS, "subwords", "starter"])
def test_no_preset_stops_reading_at_a_nul(preset: str, modules: tiny.Modules) -> None:
    if preset in tiny.PRESETS:
        wanted = tiny.recipe(preset, modules).text
    else:
        wanted = spec(f"{preset}:", dim=8)
    assert wanted is not None
    made = known(wanted)
    texts = ["the cat\0sat", "\0the dog", "no\0\0cat"]
    hidden, shown = packed(made, texts), packed(made, [t.replace("\0", " ") for t in texts])
    cut_off = packed(made, [text.split("\0")[0] for text in texts])

    for name in shown:
        np.testing.assert_array_equal(hidden[name], shown[name])
    assert any(not np.array_equal(hidden[name], cut_off[name]) for name in shown)


def test_wordpiece_has_no_case_folding_and_no_words_of_bytes(bert: TextEncoder) -> None:
    texts = ["straße CAT", "cat\u200bsat", "\ue000the\ufffd dog", "no\u2028cat", "ca\u0301t"]
    found, reference = packed(bert, texts), reference_bert()

    assert unpadded(found["token_ids"], found["padding_mask"]) == [
        reference.encode(text).ids for text in texts
    ]


def test_a_folder_that_keeps_accents_keeps_them(tmp_path: Path) -> None:
    folder = tiny.hugging_face_bert(tmp_path / "bert")
    stripped = packed(encoder(f"keras_hub:{folder}"), ["naïve"])["token_ids"]
    config = '{"do_lower_case": true, "strip_accents": false}'
    (tmp_path / "bert" / "tokenizer_config.json").write_text(config)

    kept = packed(encoder(f"keras_hub:{folder}"), ["naïve"])["token_ids"]

    assert tiny.vocabulary().index("[UNK]") in kept[0].tolist()
    assert tiny.vocabulary().index("[UNK]") not in stripped[0].tolist()
