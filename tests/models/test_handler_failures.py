"""One item, one batch, one model that fails: what it costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.models.bundle import open_bundle
from moderation.models.halving import Tally
from moderation.models.handler import BundleHandler
from moderation.models.loading import LoadedBundle, load, warm_up
from moderation.models.scorer import Scorer
from moderation.models.types import ItemFailure, ModelError, ModelItem, Scores
from schemas.codes import Code
from tests.models import fakes
from tests.models.running import LABELS, PAIR, expect_scores, poisoned_among, run


@pytest.mark.parametrize("lists_of", [None, 10])
def test_one_item_that_breaks_the_model_costs_no_other_its_scores(
    tmp_path: Path, lists_of: int | None
) -> None:
    model = fakes.export_poison(tmp_path / "model")
    items = poisoned_among(24, bad=[5, 17, 18])
    handler = BundleHandler(open_bundle(model, bare=LABELS), PAIR, batch_size=8)
    found = run(handler, items, tmp_path, lists_of=lists_of)
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

    hungry = Scorer([replace(call.whole, function=exhausted) for call in scorer.calls])
    results = hungry.score([fakes.pair("a"), fakes.pair("b")], batch_size=2, tally=Tally())
    assert [each.code for each in results if isinstance(each, ItemFailure)] == [
        Code.RESOURCE_EXHAUSTED,
        Code.RESOURCE_EXHAUSTED,
    ]
    assert all(each.code.retryable for each in results if isinstance(each, ItemFailure))


def test_logits_stop_the_run_before_any_item_and_name_the_flag(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_logits(tmp_path / "model"), bare=LABELS)
    with pytest.raises(ModelError, match="--activation softmax"):
        warm_up(bundle, [PAIR])
    with pytest.raises(Exception, match="--activation softmax"):
        run(BundleHandler(bundle, PAIR), [fakes.pair()], tmp_path)


def test_a_model_that_always_says_nan_stops_the_run(tmp_path: Path) -> None:
    bundle = open_bundle(fakes.export_nan(tmp_path / "model", always=True), bare=LABELS)
    with pytest.raises(ModelError, match="fails on a plain tweet_pair"):
        warm_up(bundle, [PAIR])


def test_a_batch_of_bad_items_alone_does_not_stop_the_run(tmp_path: Path) -> None:
    model = fakes.export_poison(tmp_path / "model")
    items = poisoned_among(6, bad=range(6))
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR), items, tmp_path)
    assert found.failed_keys() == {str(at) for at in range(6)}


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
