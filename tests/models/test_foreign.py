"""Models as other people's exporters write them: bound, fed and scored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.models.bundle import open_bundle
from moderation.models.halving import Tally
from moderation.models.loading import load
from moderation.models.types import BareOptions, ModelItem, Scores
from schemas.card import Card, InputSpec
from schemas.records import Kind
from tests.models import foreign
from tests.models.bundles import refusal

COLOURS = ((255, 0, 0), (51, 102, 153), (0, 255, 0))


def memes(texts: tuple[str, ...] = ("so bad", "bad", "good"), side: int = 8) -> list[ModelItem]:
    return [
        ModelItem(
            str(at), Kind.MEME, {"text": text}, {"img": np.full((side, side, 3), colour, np.uint8)}
        )
        for at, (text, colour) in enumerate(zip(texts, COLOURS, strict=True))
    ]


def opened(path: str, **options: Any) -> tuple[Card, dict[str, InputSpec]]:
    card = open_bundle(path, bare=BareOptions(**options)).card
    return card, {spec.name: spec for spec in card.tasks[0].inputs}


def p_hateful(path: str, items: list[ModelItem], **options: Any) -> list[float]:
    bundle = open_bundle(path, bare=BareOptions(**options))
    results = load(bundle).scorer(Kind.MEME).score(items, batch_size=2, tally=Tally())
    assert all(isinstance(each, Scores) for each in results), results
    return [each.probabilities["hateful"][1] for each in results if isinstance(each, Scores)]


def test_a_graph_of_tf1_takes_channels_first_and_constants(tmp_path: Path) -> None:
    path = foreign.export_tf1(tmp_path / "model")
    bind = {"images": "img", "keep_prob": "const:1.0", "is_training": "const:false"}
    text = refusal(path, BareOptions(bind={"images": "img"}))
    assert "'keep_prob' float32 [] goes by no known name" in text
    assert "const:VALUE" in text
    assert "'soon' is no bool" in refusal(
        path, BareOptions(bind={**bind, "is_training": "const:soon"})
    )
    card, inputs = opened(path, bind=bind, image_range="0..1")
    assert inputs["images"].image is not None
    assert inputs["images"].image.channels_first
    assert (inputs["keep_prob"].constant, inputs["is_training"].constant) == (1.0, False)
    assert (card.tasks[0].output, card.tasks[0].activation) == ("probabilities", "none")
    for wanted, half in ((None, 1.0), ("logits", 0.5)):  # probabilities, or logits by their name
        found = p_hateful(
            path,
            memes(),
            bind={**bind, "keep_prob": f"const:{half}"},
            image_range="0..1",
            output=wanted,
        )
        logits = np.array([4.0 * colour[0] / 255 * half for colour in COLOURS])
        np.testing.assert_allclose(found, 1 / (1 + np.exp(-logits)), atol=1e-6)


def test_an_estimators_inputs_are_examples_whose_features_the_graph_names(tmp_path: Path) -> None:
    path = foreign.export_estimator(tmp_path / "model")
    _, inputs = opened(path)
    assert {each.name: each.source for each in inputs["inputs"].features} == {"text": "text"}
    assert p_hateful(path, memes()) == [0.5, 0.5, 0.0]
    aged = p_hateful(path, memes(), bind={"inputs:age": "const:0.25"})
    assert aged == [0.25, 0.25, 0.0]
    told = refusal(path, BareOptions(bind={"inputs:years": "text"}))
    assert "the model parses age, tags, text and no other" in told


def test_examples_of_tfx_hold_a_file_and_a_text(tmp_path: Path) -> None:
    path = foreign.export_tfx(tmp_path / "model")
    _, inputs = opened(path)
    features = {each.name: each for each in inputs["examples"].features}
    assert {*features} == {"image/encoded", "text"}
    image = features["image/encoded"].image
    assert image is not None
    assert (image.height, image.width, image.encoding) == (8, 8, "png"), "as the graph resizes"
    wanted = [sum(colour) / 765 * bad for colour, bad in zip(COLOURS, (1, 1, 0), strict=True)]
    np.testing.assert_allclose(p_hateful(path, memes()), wanted, atol=1e-6)


@pytest.mark.parametrize(("encoding", "off"), [(None, 1e-6), ("jpeg:90", 0.02)])
def test_images_go_in_as_files_and_a_key_as_nothing(
    tmp_path: Path, encoding: str | None, off: float
) -> None:
    path = foreign.export_image_bytes(tmp_path / "model")
    assert "--image_size HEIGHTxWIDTH" in refusal(path)
    assert "jpeg:QUALITY" in refusal(path, BareOptions(image_size=(8, 8), image_encoding="webp"))
    assert "have no range" in refusal(path, BareOptions(image_size=(8, 8), image_range="0..1"))
    card, inputs = opened(path, image_size=(8, 8))
    assert (card.tasks[0].output, inputs["key"].constant) == ("scores", "")
    found = p_hateful(path, memes(), image_size=(8, 8), image_encoding=encoding)
    np.testing.assert_allclose(found, [colour[0] / 255 for colour in COLOURS], atol=off)


def test_hugging_faces_logits_are_known_by_their_name(tmp_path: Path) -> None:
    path = foreign.export_hugging_face(tmp_path / "model", rows=30522)
    card, inputs = opened(path, kind=Kind.MEME)
    assert (card.tasks[0].output, card.tasks[0].activation) == ("logits", "softmax")
    assert inputs["input_ids"].tokens is not None
    assert inputs["input_ids"].tokens.tokenizer == "hugging_face"
    found = p_hateful(path, memes(), kind=Kind.MEME)
    assert found[0] > found[1] > 0.5


def test_a_teachable_machine_is_bound_by_hand(tmp_path: Path) -> None:
    path = foreign.export_teachable_machine(tmp_path / "model")
    assert "'sequential_1_input' float32 [n, 224, 224, 3] goes by no known name" in refusal(path)
    options = {"bind": {"sequential_1_input": "img"}, "image_range": "-1..1", "resizer": "lanczos"}
    _, inputs = opened(path, **options)
    image = inputs["sequential_1_input"].image
    assert image is not None
    assert (image.resample, image.range) == ("lanczos", (-1, 1))
    found = p_hateful(path, memes(side=224), **options)
    np.testing.assert_allclose(found, [sum(colour) / 765 for colour in COLOURS], atol=1e-5)
