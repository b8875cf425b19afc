"""A card made up from names, dtypes and shapes; no TensorFlow needed."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.models.binding import make_card
from moderation.models.savedmodel import Signature, TensorSpec
from moderation.models.types import BareOptions, ModelError
from schemas.card import InputSpec, TaskSpec
from schemas.records import ENTAILMENT_LABELS, Kind

Shape = tuple[int | None, ...]
PIXELS: tuple[str, Shape] = ("float32", (None, 128, 128, 3))
IDS: tuple[str, Shape] = ("int32", (None, 128))
TEXT: tuple[str, Shape] = ("string", (None,))
KERAS_EXAMPLE = {
    "image_1": PIXELS,
    "image_2": PIXELS,
    "input_word_ids": IDS,
    "input_type_ids": IDS,
    "input_mask": IDS,
}


def signature(
    inputs: dict[str, tuple[str, Shape]],
    outputs: dict[str, tuple[str, Shape]] | None = None,
    *,
    name: str = "serving_default",
) -> Signature:
    specs = [
        {each: TensorSpec(each, dtype, shape) for each, (dtype, shape) in tensors.items()}
        for tensors in (inputs, outputs or {"output_0": ("float32", (None, 3))})
    ]
    return Signature(name, *specs)


def bind(*signatures: Signature, **options: Any) -> TaskSpec:
    options.setdefault("labels", ENTAILMENT_LABELS)
    card = make_card(
        {each.name: each for each in signatures}, name="model", options=BareOptions(**options)
    )
    return card.tasks[0]


def refusal(*signatures: Signature, **options: Any) -> str:
    with pytest.raises(ModelError) as raised:
        bind(*signatures, **options)
    return raised.value.told(lambda name: f"--{name}")


def by_name(task: TaskSpec) -> dict[str, InputSpec]:
    return {spec.name: spec for spec in task.inputs}


def test_the_keras_example_binds_with_its_labels_alone() -> None:
    task = bind(signature(KERAS_EXAMPLE))
    assert (task.name, task.kind, task.output) == ("entailment", Kind.TWEET_PAIR, "output_0")
    inputs = by_name(task)
    image = inputs["image_2"].image
    assert image is not None
    assert inputs["image_2"].fields == ("image_2",)
    assert (image.height, image.dtype, image.range, image.mean) == (128, "float32", (0, 255), None)
    assert (image.resample, image.jpeg) == ("tf_bilinear", "accurate")
    tokens = {name: inputs[name].tokens for name in KERAS_EXAMPLE if name.startswith("input_")}
    assert {name: each.part for name, each in tokens.items() if each is not None} == {
        "input_word_ids": "ids",
        "input_mask": "mask",
        "input_type_ids": "segments",
    }
    for each in tokens.values():
        assert each is not None
        assert (each.sequence_length, each.tokenizer, each.packing) == (128, "bert", "together")
    assert inputs["input_mask"].fields == ("text_1", "text_2")


@pytest.mark.parametrize(
    "decorated",
    [
        {"image_1": "serving_default_image_1:0", "input_mask": "serving_default_input_mask:0"},
        {"image_1": "inputs_image_1", "input_mask": "inputs_input_mask"},
        {"image_1": "inputs/image_1", "input_mask": "text/input_mask", "image_2": "IMAGE_2"},
        {"image_1": "image_1_input", "image_2": "image_2_input"},
        {"input_word_ids": "input_word_ids_1", "input_mask": "input_mask_7"},
    ],
)
def test_names_decorated_by_an_export_bind_as_before(decorated: dict[str, str]) -> None:
    plain = bind(signature(KERAS_EXAMPLE))
    renamed = bind(
        signature({decorated.get(name, name): spec for name, spec in KERAS_EXAMPLE.items()})
    )
    for name, spec in by_name(plain).items():
        exported = decorated.get(name, name)
        assert by_name(renamed)[exported] == spec.model_copy(update={"name": exported})


def test_an_exact_name_outdoes_a_decorated_one() -> None:
    text = refusal(signature(KERAS_EXAMPLE | {"input_mask_1": IDS}))
    assert "'input_mask_1' int32 [n, 128] goes by no known name" in text
    assert "'input_mask' int32 [n, 128] goes by" not in text


def test_numbered_token_inputs_are_one_text_each() -> None:
    names = [f"{name}_{at}" for name in ("token_ids", "padding_mask") for at in (1, 2)]
    inputs = by_name(bind(signature(dict.fromkeys(names, IDS))))
    assert inputs["token_ids_1"].fields == ("text_1",)
    assert inputs["padding_mask_2"].fields == ("text_2",)


def test_keras_hub_names_mean_keras_hubs_tokenizer() -> None:
    names = ("token_ids", "padding_mask", "segment_ids")
    images = {"image_1": PIXELS, "image_2": PIXELS}
    present = by_name(bind(signature({**dict.fromkeys(names, IDS), **images})))["image_1"].image
    assert present is not None
    assert present.resample == "skimage", "that form of the example reads pictures with it"
    task = bind(signature({**dict.fromkeys(names, IDS), "image_1": PIXELS}), text_packing="apart")
    tokens = by_name(task)["segment_ids"].tokens
    assert tokens is not None
    assert (tokens.part, tokens.tokenizer, tokens.packing) == ("segments", "keras_hub", "apart")


def test_everything_that_stays_open_is_told_at_once() -> None:
    text = refusal(signature({"image_1": PIXELS, "picture": PIXELS, "ids": IDS}), labels=None)
    for part in (
        "'picture' float32 [n, 128, 128, 3] goes by no known name",
        "'ids' int32 [n, 128] goes by no known name",
        "--labels Contradictory,Implies,NoEntailment",
        "'output_0' float32 [n, 3]",
        "tweet_pair: text_1, text_2 (text), image_1, image_2 (image)",
        "meme: text (text), img (image)",
        "--bind INPUT=NAME",
    ):
        assert part in text


def test_bind_says_what_an_input_stands_for() -> None:
    exported = {"inputs": PIXELS, "inputs_1": PIXELS, "inputs_2": IDS}
    meant = {"inputs": "image_1", "inputs_1": "image_2", "inputs_2": "input_word_ids"}
    inputs = by_name(bind(signature(exported), bind=meant))
    assert inputs["inputs_1"].fields == ("image_2",)
    assert inputs["inputs_2"].tokens is not None
    assert inputs["inputs_2"].tokens.part == "ids"


def test_bind_to_nonsense_is_refused() -> None:
    text = refusal(signature(KERAS_EXAMPLE), bind={"image_1": "eyes", "nose": "image_1"})
    assert "'eyes' is none of" in text
    assert "no input 'nose'" in text


@pytest.mark.parametrize("labels", [("a", "b"), ("a", "b", "c", "d")])
def test_the_wrong_number_of_labels_is_refused(labels: tuple[str, ...]) -> None:
    text = refusal(signature(KERAS_EXAMPLE), labels=labels)
    assert f"--labels names {len(labels)} labels" in text
    assert "'output_0' float32 [n, 3]" in text


@pytest.mark.parametrize("labels", [("a", "a", "b"), ("a", "", "b"), ("a",)])
def test_labels_that_are_none_are_refused(labels: tuple[str, ...]) -> None:
    assert "two or more different labels" in refusal(signature(KERAS_EXAMPLE), labels=labels)


def test_other_labels_make_a_classification() -> None:
    task = bind(signature(KERAS_EXAMPLE), labels=("spam", "ham", "egg"))
    assert (task.name, task.labels) == ("classification", ("spam", "ham", "egg"))
    assert bind(signature(KERAS_EXAMPLE), labels=("a", "b", "c"), task="menu").name == "menu"


def test_a_task_that_its_labels_do_not_fit_is_refused() -> None:
    text = refusal(signature(KERAS_EXAMPLE), labels=("a", "b", "c"), task="entailment")
    assert "the task entailment has the labels" in text
    assert "name: String should match" in refusal(signature(KERAS_EXAMPLE), task="Not A Name")


MEME = {"image": PIXELS, "text": TEXT}
ONE = {"p": ("float32", (None, 1))}


@pytest.mark.parametrize(
    "outputs", [ONE, {"p": ("float32", (None,))}, {"p": ("float32", (None, 2))}]
)
def test_a_binary_meme_model_is_hateful_by_default(outputs: dict[str, tuple[str, Shape]]) -> None:
    task = bind(signature(MEME, outputs), labels=None)
    assert (task.name, task.kind, task.labels) == ("hateful", Kind.MEME, ("not_hateful", "hateful"))
    assert bind(signature(MEME, outputs), labels=("0", "1")) == task
    assert bind(signature(MEME, outputs), labels=("smear", "none")).name == "classification"


def test_tokens_alone_are_told_apart_by_the_labels() -> None:
    tokens = dict.fromkeys(("input_word_ids", "input_mask"), IDS)
    assert bind(signature(tokens)).kind is Kind.TWEET_PAIR
    assert bind(signature(tokens, ONE), labels=("fine", "hateful")).kind is Kind.MEME
    text = refusal(signature(tokens), labels=("a", "b", "c"))
    assert "fits a tweet pair as well as a meme" in text
    assert "--record_kind" in text
    task = bind(signature(tokens), labels=("a", "b", "c"), kind=Kind.MEME)
    assert by_name(task)["input_mask"].fields == ("text",)


def test_a_tweet_pair_is_no_meme() -> None:
    text = refusal(signature(MEME | {"image_2": PIXELS}))
    assert "some of it is of a tweet pair, some of a meme" in text
    assert "some of a meme" in refusal(signature(KERAS_EXAMPLE), kind=Kind.MEME)


def test_several_outputs_need_a_name_unless_one_alone_fits() -> None:
    wide = {"embedding": ("float32", (None, 64)), "probs": ("float32", (None, 3))}
    assert bind(signature(KERAS_EXAMPLE, wide)).output == "probs"
    both = {"first": ("float32", (None, 3)), "logits": ("float32", (None, 3))}
    assert "--output_name" in refusal(signature(KERAS_EXAMPLE, both))
    named = bind(signature(KERAS_EXAMPLE, both), output="logits")
    assert (named.output, named.activation) == ("logits", "softmax")
    assert bind(signature(KERAS_EXAMPLE, both), output="first").activation == "none"
    estimator = {"probabilities": ("float32", (None, 2)), "logistic": ("float32", (None, 1))}
    task = bind(signature(MEME, estimator), labels=None)
    assert (task.output, task.activation) == ("probabilities", "none")
    assert "no other" in refusal(signature(KERAS_EXAMPLE, both), output="nothing")


def test_the_serving_signature_is_chosen_and_others_by_name() -> None:
    serving = signature(KERAS_EXAMPLE)
    other = signature(MEME, ONE, name="memes")
    assert bind(other, serving).signature == "serving_default"
    assert bind(other, serving, labels=None, signature="memes").kind is Kind.MEME
    assert bind(other, labels=None).signature == "memes"
    assert "no other" in refusal(serving, signature="nothing")
    third = signature(MEME, ONE, name="third")
    assert "--signature" in refusal(other, third)


@pytest.mark.parametrize(
    ("flag", "low", "high", "normalised"),
    [("0..1", 0, 1, False), ("-1..1", -1, 1, False), ("imagenet", 0, 1, True)],
)
def test_image_range_is_taken_from_its_flag(
    flag: str, low: float, high: float, normalised: bool
) -> None:
    image = by_name(bind(signature(MEME, ONE), labels=None, image_range=flag))["image"].image
    assert image is not None
    assert image.range == (low, high)
    assert (image.mean is not None, image.std is not None) == (normalised, normalised)


def test_a_range_is_never_guessed_where_no_one_range_is_usual() -> None:
    model = signature({"pixel_values": ("float32", (None, 3, 224, 224))}, ONE)
    assert "--image_range" in refusal(model, labels=None)
    image = by_name(bind(model, labels=None, image_range="-1..1"))["pixel_values"].image
    assert image is not None
    assert (image.channels_first, image.height, image.width) == (True, 224, 224)


def test_a_range_for_bytes_is_refused() -> None:
    model = signature({"image": ("uint8", (None, 32, 32, 3))}, ONE)
    assert "takes 0..255" in refusal(model, labels=None, image_range="0..1")
    assert "none that is known" in refusal(signature(MEME, ONE), labels=None, image_range="0..7")


def test_an_open_image_size_needs_its_flag() -> None:
    model = signature({"image": ("float32", (None, None, None, 3))}, ONE)
    assert "--image_size" in refusal(model, labels=None)
    image = by_name(bind(model, labels=None, image_size=(96, 160)))["image"].image
    assert image is not None
    assert (image.height, image.width) == (96, 160)


def test_an_open_sequence_length_is_128_or_the_flags() -> None:
    open_length = dict.fromkeys(("token_ids", "padding_mask"), ("int32", (None, None)))
    for wanted, expected in ((None, 128), (64, 64)):
        tokens = by_name(bind(signature(open_length), sequence_length=wanted))["token_ids"].tokens
        assert tokens is not None
        assert tokens.sequence_length == expected
    assert "takes 128 tokens" in refusal(signature(KERAS_EXAMPLE), sequence_length=64)


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("image_1", ("float32", (None, 128, 128))),
        ("image_1", ("float32", (None, 128, 128, 4))),
        ("image_1", ("int32", (None, 128, 128, 3))),
        ("text_1", ("int32", (None,))),
        ("input_word_ids", ("float32", (None, 128))),
        ("input_word_ids", ("int32", (None, 128, 2))),
    ],
)
def test_a_name_with_the_wrong_form_is_told(name: str, spec: tuple[str, Shape]) -> None:
    text = refusal(signature(KERAS_EXAMPLE | {name: spec}))
    assert f"input {TensorSpec(name, *spec)} was taken for" in text
    assert f"--bind {name}=NAME" in text


def test_the_resizer_and_the_arithmetic_of_jpeg_are_named() -> None:
    model = signature(KERAS_EXAMPLE)
    image = by_name(bind(model, resizer="tf_area", jpeg_decoder="fast"))["image_1"].image
    assert image is not None
    assert (image.resample, image.jpeg) == ("tf_area", "fast")
    other = by_name(bind(signature(MEME, ONE), labels=None))["image"].image
    assert other is not None
    assert other.resample == "bilinear"
    assert "torch_bicubic" in refusal(model, resizer="cubic")


def test_what_was_added_to_cards_is_written_only_where_it_says_something() -> None:
    task = bind(signature(MEME, ONE), labels=None)
    written = task.model_dump_json()
    for name in ("jpeg", "encoding", "quality", "constant", 'features":['):
        assert f'"{name}' not in written
    assert TaskSpec.model_validate_json(written) == task
    fast = bind(signature(MEME, ONE), labels=None, jpeg_decoder="fast")
    assert '"jpeg":"fast"' in fast.model_dump_json()
    assert TaskSpec.model_validate_json(fast.model_dump_json()) == fast
