"""What the handler promises, shown through real RunInference pipelines."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.ml.inference.base import PredictionResult, RunInference

from moderation.models.bundle import open_bundle
from moderation.models.halving import Tally
from moderation.models.handler import METRICS_NAMESPACE, BundleHandler
from moderation.models.loading import LoadedBundle, load, warm_up
from moderation.models.scorer import Scorer
from moderation.models.types import BareOptions, ItemFailure, ModelError, ModelItem, Scores
from schemas.codes import Code
from schemas.records import ENTAILMENT_LABELS, Kind
from tests.models import fakes

PAIR = Kind.TWEET_PAIR
LABELS = BareOptions(labels=ENTAILMENT_LABELS)
SHARE = 2 / 6
"""[CLS] one two [SEP] three [SEP]: two of six tokens are of the second text."""


@dataclass
class Run:
    """What a pipeline gave: the results by content key, and our metrics."""

    results: dict[str, PredictionResult]
    metrics: dict[str, int]

    def failure(self, key: str) -> ItemFailure:
        failure = self.results[key].inference
        assert isinstance(failure, ItemFailure), failure
        return failure

    def scores(self, key: str, task: str = "entailment") -> tuple[float, ...]:
        scores = self.results[key].inference
        assert isinstance(scores, Scores), scores
        return scores.probabilities[task]

    def failed_keys(self) -> set[str]:
        return {key for key, each in self.results.items() if isinstance(each[1], ItemFailure)}


def _keep(result: PredictionResult, directory: str) -> None:
    Path(directory, f"{result.example.content_key}.pickle").write_bytes(pickle.dumps(result))


def run(handler: BundleHandler, items: Sequence[ModelItem], tmp_path: Path) -> Run:
    """Scores the items in a pipeline on the DirectRunner."""
    kept = tmp_path / "results"
    kept.mkdir()
    pipeline = beam.Pipeline(runner="DirectRunner")
    results = pipeline | beam.Create(list(items), reshuffle=False) | RunInference(handler)
    _ = results | beam.Map(_keep, directory=str(kept))
    finished = pipeline.run()
    finished.wait_until_finish()
    query = finished.metrics().query()
    metrics = {
        each.key.metric.name: getattr(each.committed, "value", each.committed)
        for each in [*query["counters"], *query["gauges"]]
        if each.key.metric.namespace == METRICS_NAMESPACE
    }
    found = {path.stem: pickle.loads(path.read_bytes()) for path in kept.iterdir()}
    return Run(found, metrics)


def poisoned_among(count: int, *, bad: Sequence[int]) -> list[ModelItem]:
    return [
        fakes.pair(str(at), greys=(fakes.POISON if at in bad else 100 + at, 50))
        for at in range(count)
    ]


def expect_scores(found: Run, items: Sequence[ModelItem]) -> None:
    """Every one of the items has the scores of the fake entailment model."""
    for item in items:
        greys = [float(item.images[f"image_{at}"][0, 0, 0]) for at in (1, 2)]
        expected = fakes.expected_entailment(*greys, SHARE)
        np.testing.assert_allclose(found.scores(item.content_key), expected, rtol=1e-5)


def test_a_bare_model_scores_with_its_labels_alone(tmp_path: Path) -> None:
    model = fakes.export_fake_entailment(tmp_path / "model")
    items = poisoned_among(10, bad=[])
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR, batch_size=4), items, tmp_path)
    assert len(found.results) == 10
    expect_scores(found, items)


def test_labels_in_another_order_name_the_same_outputs(tmp_path: Path) -> None:
    model = fakes.export_fake_entailment(tmp_path / "model")
    bundle = open_bundle(
        model, bare=BareOptions(labels=("noentailment", "Implies", "CONTRADICTORY"))
    )
    task = bundle.card.tasks[0]
    assert (task.name, task.labels) == ("entailment", ("NoEntailment", "Implies", "Contradictory"))


def test_one_item_that_breaks_the_model_costs_no_other_its_scores(tmp_path: Path) -> None:
    model = fakes.export_poison(tmp_path / "model")
    items = poisoned_among(24, bad=[5, 17, 18])
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR, batch_size=8), items, tmp_path)
    assert found.failed_keys() == {"5", "17", "18"}
    assert found.failure("17").code is Code.MODEL_ERROR
    expect_scores(found, [item for item in items if item.content_key not in {"5", "17", "18"}])
    assert found.metrics["items"] == 24
    assert found.metrics["failed_items"] == 3
    assert found.metrics["halvings"] > 0


def test_the_message_of_a_failure_is_one_line_without_secrets(tmp_path: Path) -> None:
    model = fakes.export_poison(tmp_path / "model")
    items = poisoned_among(2, bad=[0])
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR), items, tmp_path)
    message = found.failure("0").message
    assert "poison from https://host.example/a.jpg" in message
    assert "secret" not in message
    assert "pw" not in message
    assert "\n" not in message
    assert "{{" not in message


def test_rows_that_are_not_finite_fail_alone_and_without_a_second_call(tmp_path: Path) -> None:
    model = fakes.export_nan(tmp_path / "model")
    items = poisoned_among(8, bad=[2, 6])
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR, batch_size=8), items, tmp_path)
    assert found.failed_keys() == {"2", "6"}
    assert found.failure("2").code is Code.MODEL_OUTPUT
    assert "not finite" in found.failure("2").message
    assert found.metrics["calls"] == 1


def test_an_output_that_is_a_row_short_is_traced_to_the_item(tmp_path: Path) -> None:
    model = fakes.export_row_dropper(tmp_path / "model")
    items = poisoned_among(8, bad=[3])
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR, batch_size=8), items, tmp_path)
    assert found.failed_keys() == {"3"}
    assert found.failure("3").code is Code.MODEL_OUTPUT
    expect_scores(found, [item for item in items if item.content_key != "3"])


@pytest.mark.slow  # TensorFlow waits ten seconds for memory before it gives up
def test_exhaustion_halves_the_batch_and_the_ceiling_is_remembered(tmp_path: Path) -> None:
    model = fakes.export_exhausted(tmp_path / "model", above=4)
    items = poisoned_among(32, bad=[])
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR, batch_size=8), items, tmp_path)
    expect_scores(found, items)
    assert found.metrics["exhaustions"] == 1  # at 8; never again in the other three batches
    assert found.metrics["batch_ceiling"] == 4
    assert found.metrics["calls"] == 1 + 32 / 4


def test_an_item_that_alone_exhausts_the_machine_may_be_tried_again_later(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_fake_entailment(tmp_path / "model"), bare=LABELS)
    scorer = load(bundle).scorer(PAIR)

    def exhausted(**tensors: object) -> dict[str, object]:
        raise MemoryError

    hungry = Scorer([replace(call, function=exhausted) for call in scorer.calls])
    results = hungry.score([fakes.pair("a"), fakes.pair("b")], batch_size=2, tally=Tally())
    assert [each.code for each in results if isinstance(each, ItemFailure)] == [
        Code.RESOURCE_EXHAUSTED,
        Code.RESOURCE_EXHAUSTED,
    ]
    assert all(each.code.retryable for each in results if isinstance(each, ItemFailure))


def test_a_fixed_batch_dimension_is_filled_up_and_cut(tmp_path: Path) -> None:
    model = fakes.export_fake_entailment(tmp_path / "model", rows=4)
    items = poisoned_among(11, bad=[])
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR, batch_size=8), items, tmp_path)
    assert len(found.results) == 11
    expect_scores(found, items)


def test_logits_stop_the_run_before_any_item_and_name_the_flag(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_logits(tmp_path / "model"), bare=LABELS)
    with pytest.raises(ModelError, match="--activation softmax"):
        warm_up(bundle, [PAIR])
    with pytest.raises(Exception, match="--activation softmax"):
        run(BundleHandler(bundle, PAIR), [fakes.pair()], tmp_path)


def test_logits_score_once_the_activation_is_said(tmp_path: Path) -> None:
    options = BareOptions(labels=ENTAILMENT_LABELS, activation="softmax")
    bundle = open_bundle(fakes.export_logits(tmp_path / "model"), bare=options)
    found = run(BundleHandler(bundle, PAIR), [fakes.pair("a", greys=(0, 255))], tmp_path)
    exponents = np.exp(4 * np.array([0.0, 1.0, SHARE]))
    np.testing.assert_allclose(found.scores("a"), exponents / exponents.sum(), rtol=1e-5)


def test_a_model_that_always_says_nan_stops_the_run(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_nan(tmp_path / "model", always=True), bare=LABELS)
    with pytest.raises(ModelError, match="fails on a plain tweet_pair"):
        warm_up(bundle, [PAIR])


def test_a_batch_of_bad_items_alone_does_not_stop_the_run(tmp_path: Path) -> None:
    model = fakes.export_poison(tmp_path / "model")
    items = poisoned_among(6, bad=range(6))
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR), items, tmp_path)
    assert found.failed_keys() == {str(at) for at in range(6)}


def test_threads_share_a_model_without_mixing_their_items(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_poison(tmp_path / "model"), bare=LABELS)
    handler = BundleHandler(bundle, PAIR, batch_size=4)
    batches = [
        [fakes.pair(f"{at}-{n}", greys=(at * 4 + n, 7)) for n in range(4)] for at in range(16)
    ]
    with ThreadPoolExecutor(8) as pool:
        models = set(pool.map(lambda _: handler.load_model(), range(8)))
        (loaded,) = models
        done = list(pool.map(lambda batch: handler.run_inference(batch, loaded), batches))
    for batch, results in zip(batches, done, strict=True):
        assert [each.example for each in results] == batch
        expect_scores(
            Run({each.example.content_key: each for each in results}, {}),
            [item for item in batch if item.images["image_1"][0, 0, 0] != fakes.POISON],
        )
        poisoned = [each for each in results if isinstance(each.inference, ItemFailure)]
        assert len(poisoned) == sum(i.images["image_1"][0, 0, 0] == fakes.POISON for i in batch)


class LostDevice:
    """A loaded SavedModel whose device fails for good after some calls."""

    def __init__(self, model: Any, *, calls: int) -> None:
        self._function = model.signatures["serving_default"]
        self._left = calls
        self.structured_input_signature = self._function.structured_input_signature
        self.signatures = {"serving_default": self}

    def __call__(self, **tensors: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise RuntimeError("CUDA_ERROR_ILLEGAL_ADDRESS")
        return self._function(**tensors)


def test_a_model_that_breaks_for_good_stops_the_run_instead_of_blaming_items(
    tmp_path: Path,
) -> None:
    import tensorflow as tf

    model = fakes.export_fake_entailment(tmp_path / "model")
    bundle = open_bundle(model, bare=LABELS)
    device = LostDevice(tf.saved_model.load(model), calls=2)
    loaded = LoadedBundle(bundle, model=device, directory=model)
    handler = BundleHandler(bundle, PAIR)
    loaded.scorer(PAIR)  # the probe is the first call
    assert isinstance(handler.run_inference([fakes.pair()], loaded)[0].inference, Scores)
    with pytest.raises(ModelError, match=r"fails on a plain tweet_pair.*ILLEGAL_ADDRESS"):
        handler.run_inference([fakes.pair("a"), fakes.pair("b")], loaded)


def test_a_missing_image_is_a_dead_letter_unless_the_model_can_do_without(tmp_path: Path) -> None:
    model = fakes.export_fake_entailment(tmp_path / "model")
    items = [fakes.pair("whole"), fakes.pair("half", greys=(100, None))]
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR), items, tmp_path)
    assert found.failed_keys() == {"half"}
    assert found.failure("half").code is Code.MISSING_MODALITY
    assert "image_2" in found.failure("half").message


def test_a_bare_model_shows_black_for_a_missing_image_when_told_to(tmp_path: Path) -> None:
    model = fakes.export_fake_entailment(tmp_path / "model")
    options = BareOptions(labels=ENTAILMENT_LABELS, missing_images="zeros")
    items = [fakes.pair("half", greys=(100, None))]
    found = run(BundleHandler(open_bundle(model, bare=options), PAIR), items, tmp_path)
    expected = fakes.expected_entailment(100, 0, SHARE)
    np.testing.assert_allclose(found.scores("half"), expected, rtol=1e-5)


def test_a_card_feeds_raw_texts_pixels_and_presence(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_both_kinds(tmp_path / "model"))
    assert not bundle.made_up_card
    items = [
        fakes.pair("both", greys=(51, 102), texts=("longer text", "text")),
        fakes.pair("first", greys=(51, None), texts=("longer text", "text")),
    ]
    found = run(BundleHandler(bundle, PAIR), items, tmp_path)
    for key, second in (("both", 0.4), ("first", 0.0)):
        exponents = np.exp([0.2, second, 1.0])
        np.testing.assert_allclose(found.scores(key), exponents / exponents.sum(), rtol=1e-5)


def test_two_kinds_share_one_copy_of_the_model(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_both_kinds(tmp_path / "model"))
    pairs = BundleHandler(bundle, PAIR).load_model()
    memes = BundleHandler(bundle, Kind.MEME).load_model()
    assert pairs is memes
    found = run(BundleHandler(bundle, Kind.MEME), [fakes.meme("m", grey_value=51)], tmp_path)
    np.testing.assert_allclose(found.scores("m", "hateful"), [0.8, 0.2], rtol=1e-5)


def test_a_binary_meme_model_needs_no_labels(tmp_path: Path) -> None:
    for column in (True, False):
        model = fakes.export_fake_meme(tmp_path / f"model-{column}", column=column)
        bundle = open_bundle(model)
        assert bundle.card.tasks[0].labels == ("not_hateful", "hateful")
        (tmp_path / str(column)).mkdir()
        items = [fakes.meme("bad", grey_value=51), fakes.meme("good", text="fine")]
        found = run(BundleHandler(bundle, Kind.MEME), items, tmp_path / str(column))
        np.testing.assert_allclose(found.scores("bad", "hateful"), [0.8, 0.2], rtol=1e-5)
        np.testing.assert_allclose(found.scores("good", "hateful"), [1.0, 0.0])


def test_keras_hub_names_are_fed_in_the_dtypes_of_the_signature(tmp_path: Path) -> None:
    model = fakes.export_keras_hub_named(tmp_path / "model")
    items = [fakes.pair("p", greys=(None, None))]
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR), items, tmp_path)
    ids = [101, 2028, 2048, 102, 2093, 102]  # [CLS] one two [SEP] three [SEP]
    exponents = np.exp([sum(ids) / 30522.0, 6.0, 2.0])
    np.testing.assert_allclose(found.scores("p"), exponents / exponents.sum(), rtol=1e-4)


@dataclass(frozen=True)
class RicherItem(ModelItem):
    """What the pipeline may make of an item; it wants it back."""

    rows: tuple[int, ...] = ()


def test_the_item_itself_comes_back(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_fake_meme(tmp_path / "model"))
    plain = fakes.meme("m")
    item = RicherItem(plain.content_key, plain.kind, plain.texts, plain.images, rows=(4, 5))
    found = run(BundleHandler(bundle, Kind.MEME), [item], tmp_path)
    assert found.results["m"].example.rows == (4, 5)
    assert found.results["m"].model_id == bundle.fingerprint


def test_any_text_is_taken(tmp_path: Path) -> None:
    model = fakes.export_fake_entailment(tmp_path / "model")
    texts = ["", "   ", "\x00\x01", "\ud800 lone surrogate", "word " * 5000, "👩‍👩‍👧", "漢字"]
    items = [fakes.pair(str(at), texts=(text, text)) for at, text in enumerate(texts)]
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR), items, tmp_path)
    assert found.failed_keys() == set()
    assert len(found.results) == len(texts)


def test_an_image_of_the_wrong_size_fails_alone(tmp_path: Path) -> None:
    model = fakes.export_fake_entailment(tmp_path / "model")
    small = np.zeros((4, 4, 3), dtype=np.uint8)
    wrong = ModelItem("wrong", PAIR, fakes.pair().texts, {"image_1": small, "image_2": small})
    found = run(
        BundleHandler(open_bundle(model, bare=LABELS), PAIR), [fakes.pair("right"), wrong], tmp_path
    )
    assert found.failed_keys() == {"wrong"}
    assert "[4, 4, 3]" in found.failure("wrong").message


def test_a_model_that_changed_after_launch_is_refused(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_fake_entailment(tmp_path / "model"), bare=LABELS)
    Path(tmp_path, "model", "assets", "note.txt").write_text("changed")
    with pytest.raises(ModelError, match="not the model that was opened at launch"):
        load(bundle)


def test_a_kind_that_the_model_does_not_judge_is_named(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_fake_meme(tmp_path / "model"))
    with pytest.raises(ModelError, match="judges meme, not tweet_pair"):
        warm_up(bundle, [PAIR])
