"""What the handler promises, shown through real RunInference pipelines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from moderation.models.bundle import open_bundle
from moderation.models.handler import BundleHandler
from moderation.models.types import BareOptions, ItemFailure, ModelItem
from schemas.codes import Code
from schemas.records import ENTAILMENT_LABELS, Kind
from tests.models import fakes
from tests.models.running import LABELS, PAIR, SHARE, Run, expect_scores, poisoned_among, run


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


def test_a_fixed_batch_dimension_is_filled_up_and_cut(tmp_path: Path) -> None:
    model = fakes.export_fake_entailment(tmp_path / "model", rows=4)
    items = poisoned_among(11, bad=[])
    found = run(BundleHandler(open_bundle(model, bare=LABELS), PAIR, batch_size=8), items, tmp_path)
    assert len(found.results) == 11
    expect_scores(found, items)


def test_logits_score_once_the_activation_is_said(tmp_path: Path) -> None:
    options = BareOptions(labels=ENTAILMENT_LABELS, activation="softmax")
    bundle = open_bundle(fakes.export_logits(tmp_path / "model"), bare=options)
    found = run(BundleHandler(bundle, PAIR), [fakes.pair("a", greys=(0, 255))], tmp_path)
    exponents = np.exp(4 * np.array([0.0, 1.0, SHARE]))
    np.testing.assert_allclose(found.scores("a"), exponents / exponents.sum(), rtol=1e-5)


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
