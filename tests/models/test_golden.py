"""Golden items: a model that no longer says what it said is refused before it judges."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.ml.inference.base import RunInference

from moderation.models.bundle import open_bundle
from moderation.models.golden import write_golden
from moderation.models.halving import Tally
from moderation.models.handler import BundleHandler
from moderation.models.loading import load, warm_up
from moderation.models.types import ModelError, ModelItem, Scores
from pipelines.score.__main__ import main
from schemas.golden import GOLDEN_FILE
from schemas.records import Kind
from tests.models import fakes

WEIGHT = 2.0


def noisy(key: str, *, seed: int, text: str = "bad") -> ModelItem:
    """A meme whose pixels are all different, so that a lossy or swapped image would show."""
    pixels = np.random.default_rng(seed).integers(0, 256, (fakes.SIDE, fakes.SIDE, 3), np.uint8)
    return ModelItem(key, Kind.MEME, {"text": text}, {"img": pixels})


def export_weighted(path: Path, *, weight: float) -> str:
    """p(hateful) = sigmoid(weight · mean of red in 0..1, less that of blue), with the weight a
    variable of the SavedModel."""
    import tensorflow as tf

    module = tf.Module()
    module.weight = tf.Variable(weight, dtype=tf.float32)

    def score(image: Any, text: Any) -> dict[str, Any]:
        channels = tf.reduce_mean(tf.cast(image, tf.float32), axis=[1, 2]) / 255.0
        long = tf.cast(tf.strings.length(text) > 3, tf.float32)
        return {"p": tf.sigmoid(module.weight * (channels[:, 0] - channels[:, 2]) + long)}

    concrete = tf.function(score, autograph=False).get_concrete_function(
        image=tf.TensorSpec((None, fakes.SIDE, fakes.SIDE, 3), tf.uint8, name="image"),
        text=tf.TensorSpec((None,), tf.string, name="text"),
    )
    tf.saved_model.save(module, str(path), signatures={"serving_default": concrete})
    image = {"height": fakes.SIDE, "width": fakes.SIDE}
    card = {
        "name": "weighted",
        "version": "3",
        "description": "Red against blue.",
        "licence": "Apache-2.0",
        "tasks": [
            {
                "name": "hateful",
                "kind": "meme",
                "inputs": [
                    {"name": "image", "source": "image", "fields": ["img"], "image": image},
                    {"name": "text", "source": "text", "fields": ["text"]},
                ],
                "output": "p",
                "labels": ["not_hateful", "hateful"],
                "missing_images": "zeros",
            }
        ],
    }
    (path / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return str(path)


GOLDEN = [
    noisy("short", seed=1),
    noisy("long", seed=2, text="longer"),
    ModelItem("blind", Kind.MEME, {"text": "no image"}, {}),
]


def truth(item: ModelItem) -> Scores:
    """What the model must say, by a formula of the test's own."""
    image = item.images.get("img", fakes.grey(0)) / 255.0
    logit = WEIGHT * (image[..., 0].mean() - image[..., 2].mean()) + (len(item.texts["text"]) > 3)
    p = 1.0 / (1.0 + np.exp(-logit))
    return Scores({"hateful": (1.0 - p, p)})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "built"
    export_weighted(path, weight=WEIGHT)
    labels = {"hateful": ("not_hateful", "hateful")}
    scores = [truth(item) for item in GOLDEN]
    write_golden(path, GOLDEN, scores, tensorflow="1.2.3", labels=labels)
    return path


def tampered(built: Path, path: Path, change: Callable[[dict[str, Any]], None]) -> str:
    """A copy whose golden items were changed."""
    shutil.copytree(built, path)
    content = json.loads((path / GOLDEN_FILE).read_text())
    change(content)
    (path / GOLDEN_FILE).write_text(json.dumps(content))
    return str(path)


def other_weights(built: Path, tmp_path: Path, *, weight: float) -> str:
    """A copy with the variables of a model that was trained to something else."""
    export_weighted(tmp_path / "donor", weight=weight)
    path = tmp_path / "mixed"
    shutil.copytree(built, path)
    shutil.rmtree(path / "variables")
    shutil.copytree(tmp_path / "donor" / "variables", path / "variables")
    return str(path)


def test_a_model_that_says_what_it_said_scores(built: Path) -> None:
    scorer = load(open_bundle(str(built))).scorer(Kind.MEME)
    item = noisy("new", seed=9)
    (result,) = scorer.score([item], batch_size=1, tally=Tally())
    assert isinstance(result, Scores)
    np.testing.assert_allclose(
        result.probabilities["hateful"], truth(item).probabilities["hateful"], atol=1e-6
    )


def test_golden_items_count_for_the_fingerprint(built: Path, tmp_path: Path) -> None:
    changed = tampered(built, tmp_path / "copy", lambda golden: golden.update(tolerance=0.004))
    assert open_bundle(changed).fingerprint != open_bundle(str(built)).fingerprint


def test_another_weight_is_refused_with_item_label_and_both_values(
    built: Path, tmp_path: Path
) -> None:
    model = other_weights(built, tmp_path, weight=WEIGHT + 3)
    with pytest.raises(ModelError) as raised:
        warm_up(open_bundle(model), [Kind.MEME])
    message = str(raised.value)
    assert message.startswith("model weighted 3: it does not say what its canary.json expects")
    assert "TensorFlow 1.2.3" in message
    expected = truth(GOLDEN[0]).probabilities["hateful"][1]
    seen = re.search(
        r"item 'short', task 'hateful', label 'hateful': expected ([\d.]+), seen ([\d.]+), "
        r"tolerance 0.005",
        message,
    )
    assert seen is not None
    assert float(seen[1]) == pytest.approx(expected, abs=1e-6)
    assert abs(float(seen[2]) - expected) > 0.005
    assert "'blind'" not in message  # no pixels, so the weight does not show
    assert "what helps: copy the bundle again" in message


def test_a_tiny_change_within_the_tolerance_passes(built: Path, tmp_path: Path) -> None:
    model = other_weights(built, tmp_path, weight=WEIGHT + 0.01)
    warm_up(open_bundle(model), [Kind.MEME])


def test_another_expectation_is_refused(built: Path, tmp_path: Path) -> None:
    def change(golden: dict[str, Any]) -> None:
        golden["items"][2]["expected"]["hateful"] = [0.4, 0.6]

    model = tampered(built, tmp_path / "copy", change)
    with pytest.raises(ModelError, match=r"item 'blind', .* expected 0\.4.*, seen 0\.2689"):
        warm_up(open_bundle(model), [Kind.MEME])


def test_another_golden_image_is_refused(built: Path, tmp_path: Path) -> None:
    def change(golden: dict[str, Any]) -> None:
        golden["items"][0]["images"] = {}

    model = tampered(built, tmp_path / "copy", change)
    with pytest.raises(ModelError, match="item 'short'"):
        warm_up(open_bundle(model), [Kind.MEME])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda golden: golden.update(items=[]), "does not hold: items"),
        (lambda golden: golden.update(schema_version="7"), "of layout '7'"),
        (
            lambda golden: golden["items"][0].update(expected={"entailment": [0.5, 0.2, 0.3]}),
            "its card.json differ: item 'short'",
        ),
        (lambda golden: golden["items"][0]["texts"].update(text_1="x"), "has 'text_1', but a meme"),
        (lambda golden: golden["items"][1].update(name="short"), "item names repeat"),
    ],
)
def test_golden_items_that_do_not_hold_are_told_at_launch(
    built: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    model = tampered(built, tmp_path / "copy", change)
    with pytest.raises(ModelError, match=re.escape(complaint)):
        open_bundle(model)


def test_a_card_that_swaps_the_labels_is_told_at_launch(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / "copy")
    card = json.loads((tmp_path / "copy" / "card.json").read_text())
    card["tasks"][0]["labels"].reverse()
    (tmp_path / "copy" / "card.json").write_text(json.dumps(card))

    with pytest.raises(ModelError, match=r"labels of task 'hateful' are .'not_hateful', 'hateful'"):
        open_bundle(str(tmp_path / "copy"))


def test_a_copy_without_the_golden_items_that_its_card_names_is_told_at_launch(
    built: Path, tmp_path: Path
) -> None:
    shutil.copytree(built, tmp_path / "copy")
    card = json.loads((tmp_path / "copy" / "card.json").read_text())
    (tmp_path / "copy" / "card.json").write_text(json.dumps({**card, "golden_items": True}))
    open_bundle(str(tmp_path / "copy"))
    (tmp_path / "copy" / GOLDEN_FILE).unlink()

    with pytest.raises(ModelError, match=r"canary\.json belongs to it, which is not there"):
        open_bundle(str(tmp_path / "copy"))


def test_golden_items_from_before_labels_were_kept_still_hold(built: Path, tmp_path: Path) -> None:
    model = tampered(built, tmp_path / "copy", lambda golden: golden.pop("labels"))
    warm_up(open_bundle(model), [Kind.MEME])


def test_an_image_that_is_none_is_told(built: Path, tmp_path: Path) -> None:
    def change(golden: dict[str, Any]) -> None:
        golden["items"][0]["images"]["img"] = "AAAA"

    model = tampered(built, tmp_path / "copy", change)
    with pytest.raises(ModelError, match="an image of item 'short'"):
        warm_up(open_bundle(model), [Kind.MEME])


def test_score_refuses_before_any_row_and_leaves_nothing(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = other_weights(built, tmp_path, weight=-WEIGHT)
    rows = tmp_path / "memes.jsonl"
    rows.write_text('{"id": "1", "img": "a.png", "text": "bad"}\n')
    output = tmp_path / "runs"
    code = main(["--input", str(rows), "--output", str(output), "--model", model, "--no_progress"])
    assert code == 2
    assert "does not say what its canary.json expects" in capsys.readouterr().err
    assert not output.exists()


def test_a_worker_refuses_when_it_loads_the_model(built: Path, tmp_path: Path) -> None:
    handler = BundleHandler(
        open_bundle(other_weights(built, tmp_path, weight=-WEIGHT)), Kind.MEME, batch_size=2
    )
    refused = pytest.raises(Exception, match=re.escape("does not say what its canary.json expects"))
    with refused, beam.Pipeline(runner="DirectRunner") as pipeline:
        _ = pipeline | beam.Create([noisy("1", seed=1)]) | RunInference(handler)


def test_items_without_scores_cannot_be_golden(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shorter"):
        write_golden(tmp_path, GOLDEN, [truth(GOLDEN[0])], tensorflow="1.2.3")
    assert not (tmp_path / GOLDEN_FILE).exists()
