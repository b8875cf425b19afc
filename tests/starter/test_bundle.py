"""What the committed bundle promises to whoever loads it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import f1_score

from schemas.card import Card
from tests.starter import calls
from tests.starter.hard_strings import HARD
from workshop.starter import pair_sentences
from workshop.starter.card_text import card_text

MEMES = [
    "have a lovely day everyone",
    "all of them are vermin and should be wiped out",
    "i love my muslim neighbours",
    "i hate muslims",
    "when the coffee kicks in",
    "women belong in the kitchen",
    "😂😂😂",
    "",
]
PAIRS = [
    ("The bridge is open again.", "The bridge is closed."),
    ("5 new cases in Leeds today", "12 new cases in Leeds today"),
    ("Good morning!", "The minister resigned on Monday after the vote"),
    ("", ""),
    ("one word", "a much longer text about something else entirely, with #tags and @people"),
]


def test_asking_for_the_bundle_imports_nothing_heavy() -> None:
    code = (
        "import sys; from moderation.starter import bundle_path; bundle_path();"
        "print([m for m in ('tensorflow', 'numpy', 'apache_beam', 'keras') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_it_is_small_enough_to_ship(bundle: Path) -> None:
    size = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())
    assert size <= 32_000_000


def test_licences_and_credits_lie_beside_the_weights(bundle: Path) -> None:
    notice = (bundle / "NOTICE").read_text("utf-8")
    for name in ("MiniLM", "Unicode", "Hatemoji", "CC-BY-4.0", "edos", "davidson", "Apache-2.0"):
        assert name in notice
    assert "Apache License" in (bundle / "licences" / "Apache-2.0.txt").read_text("utf-8")
    assert "Unicode, Inc." in (bundle / "licences" / "Unicode-3.0.txt").read_text("utf-8")


def test_the_card_says_what_it_was_trained_on_and_what_it_has_never_seen(card: Card) -> None:
    assert {entry["name"] for entry in card.trained_on} >= {"hatemoji_build", "EDOS"}
    assert all(len(entry["sha256"]) == 64 for entry in card.trained_on)
    assert any("propaganda" in line for line in card.never_seen)
    assert any("eye is weak" in line for line in card.limitations)
    macro_f1 = card.metrics["entailment"]["macro_f1"]
    assert macro_f1["interval_95"][0] <= macro_f1["value"] <= macro_f1["interval_95"][1]
    assert "auroc_of_its_own_head" in card.metrics["hateful"]["hatemoji_build/test"]


def test_the_page_is_what_the_card_says(bundle: Path, card: Card) -> None:
    assert (bundle / "CARD.md").read_text("utf-8") == card_text(card)


def test_the_card_names_no_path_of_the_machine_that_built_it(bundle: Path) -> None:
    for name in ("card.json", "CARD.md"):
        assert "/" + "work" not in (bundle / name).read_text("utf-8")
    for entry in json.loads((bundle / "card.json").read_text("utf-8"))["trained_on"]:
        assert Path(entry["file"]).name == entry["file"]


def test_signatures_are_those_of_the_card(card: Card, loaded: Any) -> None:
    import tensorflow as tf

    for task in card.tasks:
        signature = loaded.signatures[task.signature]
        wanted = signature.structured_input_signature[1]
        assert set(wanted) == {spec.name for spec in task.inputs}
        for spec in task.inputs:
            if spec.image is not None:
                shape = [None, spec.image.height, spec.image.width, 3]
                assert wanted[spec.name].shape.as_list() == shape
                assert wanted[spec.name].dtype == tf.as_dtype(spec.image.dtype)
            kinds = {"text": tf.string, "presence": tf.float32, "image": tf.uint8}
            assert wanted[spec.name].dtype == kinds[spec.source]
        assert task.output in signature.structured_outputs
        assert task.missing_images == "zeros"


def test_a_process_with_nothing_but_tensorflow_can_load_it(bundle: Path, card: Card) -> None:
    code = (
        "import sys, tensorflow as tf\n"
        "tf.config.optimizer.set_experimental_options({'disable_meta_optimizer': True})\n"
        f"m = tf.saved_model.load({str(bundle)!r})\n"
        f"s = {calls.side(card)}\n"
        "p = m.signatures['hateful'](text=tf.constant(['a', 'b']),"
        " image=tf.zeros([2, s, s, 3], tf.uint8), image_present=tf.zeros([2]))['probabilities']\n"
        "print(p.shape, 'tensorflow_text' in sys.modules)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split("\n")[-2] == "(2, 2) False"
    assert card.needs_tensorflow_text is False


@pytest.mark.parametrize("count", [1, 3, len(HARD)])
def test_any_text_gives_finite_probabilities(loaded: Any, card: Card, count: int) -> None:
    size, texts = calls.side(card), list(HARD)[:count]
    scores = (
        calls.hateful(loaded, texts, calls.pictures(count, size), size=size),
        calls.entailment(loaded, texts, texts[::-1], size=size),
    )
    for probabilities, labels in zip(scores, (2, 3), strict=True):
        assert probabilities.shape == (count, labels)
        assert np.isfinite(probabilities).all()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_bytes_that_are_no_utf8_do_not_stop_it(loaded: Any, card: Card) -> None:
    texts: Any = [b"\xff\xfe\x00bad", b"caf\xe9", b"\xf0\x9f\x98", b"fine"]
    assert np.isfinite(calls.hateful(loaded, texts, size=calls.side(card))).all()


def test_an_answer_depends_neither_on_the_batch_nor_on_the_order(loaded: Any, card: Card) -> None:
    size = calls.side(card)
    images = calls.pictures(len(MEMES), size)
    together = calls.hateful(loaded, MEMES, images, size=size)
    turned = calls.hateful(loaded, MEMES[::-1], images[::-1], size=size)[::-1]
    alone = [
        calls.hateful(loaded, [text], images[i : i + 1], size=size)[0]
        for i, text in enumerate(MEMES)
    ]
    np.testing.assert_allclose(together, turned, atol=1e-4)
    np.testing.assert_allclose(together, alone, atol=1e-4)

    first, second = (list(column) for column in zip(*PAIRS, strict=True))
    shown = calls.pictures(len(PAIRS), size, seed=1), calls.pictures(len(PAIRS), size, seed=2)
    together = calls.entailment(loaded, first, second, shown, size=size)
    alone = [
        calls.entailment(loaded, [a], [b], (shown[0][i : i + 1], shown[1][i : i + 1]), size=size)[0]
        for i, (a, b) in enumerate(PAIRS)
    ]
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_a_long_neighbour_changes_nobody_elses_answer(loaded: Any, card: Card) -> None:
    size = calls.side(card)
    short = calls.hateful(loaded, MEMES, size=size)
    beside = calls.hateful(loaded, [*MEMES, "word " * 30_000], size=size)[:-1]
    np.testing.assert_allclose(short, beside, atol=1e-4)


def test_the_same_call_gives_the_same_bits(loaded: Any, card: Card) -> None:
    size = calls.side(card)
    images = calls.pictures(len(MEMES), size)
    once, again = (calls.hateful(loaded, MEMES, images, size=size) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_pixels_of_a_missing_image_are_not_looked_at(loaded: Any, card: Card) -> None:
    import tensorflow as tf

    size = calls.side(card)
    absent = tf.zeros([len(MEMES)])
    run = loaded.signatures["hateful"]
    noise = tf.constant(calls.pictures(len(MEMES), size))
    with_noise = run(text=tf.constant(MEMES), image=noise, image_present=absent)["probabilities"]
    np.testing.assert_array_equal(with_noise, calls.hateful(loaded, MEMES, size=size))


def test_a_picture_moves_hateful_a_little_and_never_more_than_the_card_says(
    loaded: Any, card: Card
) -> None:
    size = calls.side(card)
    odds = [
        np.log(p[:, 1] / p[:, 0])
        for p in (
            calls.hateful(loaded, MEMES, size=size),
            calls.hateful(loaded, MEMES, calls.pictures(len(MEMES), size), size=size),
        )
    ]
    moved = np.abs(odds[1] - odds[0])
    assert 0 < moved.max() <= 0.25 + 1e-3


def test_one_picture_on_both_sides_raises_implies_and_another_changes_nothing(
    loaded: Any, card: Card
) -> None:
    size = calls.side(card)
    first, second = (list(column) for column in zip(*PAIRS, strict=True))
    image, other = (calls.pictures(len(PAIRS), size, seed=s) for s in (1, 2))
    without = calls.entailment(loaded, first, second, size=size)
    only_one = calls.entailment(loaded, first, second, (image, None), size=size)
    same = calls.entailment(loaded, first, second, (image, image), size=size)
    different = calls.entailment(loaded, first, second, (image, other), size=size)
    np.testing.assert_array_equal(only_one, without)
    np.testing.assert_allclose(different, without, atol=0.01)
    raised = _log_odds_of_implies(same) - _log_odds_of_implies(without)
    assert ((raised > 0.2) & (raised < 0.31)).all()


def test_a_brighter_recompressed_copy_is_still_the_same_picture(loaded: Any, card: Card) -> None:
    size = calls.side(card)
    first, second = (list(column) for column in zip(*PAIRS, strict=True))
    image = calls.pictures(len(PAIRS), size, seed=1)
    noise = np.random.default_rng(0).normal(10, 6, image.shape)
    copy = np.clip(image + noise, 0, 255).astype(np.uint8)
    without = calls.entailment(loaded, first, second, size=size)
    same = calls.entailment(loaded, first, second, (image, copy), size=size)
    assert (_log_odds_of_implies(same) - _log_odds_of_implies(without) > 0.2).all()


def _log_odds_of_implies(p: Any) -> Any:
    """Against Contradictory: what one picture on both sides raises."""
    return np.log(p[:, 1] / p[:, 0])


def test_plain_contradictions_are_told_from_what_follows_and_from_what_does_not(
    loaded: Any, card: Card
) -> None:
    _, check = pair_sentences.checked()
    p = calls.entailment(loaded, check.first, check.second, size=calls.side(card))
    macro_f1 = f1_score(check.labels, p.argmax(axis=1), average="macro")
    assert macro_f1 > 0.7
    told = card.metrics["entailment_of_plain_sentences"]["own_check"]["macro_f1"]["value"]
    assert macro_f1 == pytest.approx(told, abs=0.02)


def test_a_link_in_either_text_or_in_both_changes_nothing(loaded: Any, card: Card) -> None:
    _, check = pair_sentences.checked()
    size, first, second = calls.side(card), check.first[::4], check.second[::4]
    linked = [f"{text} https://t.co/{number}" for number, text in enumerate(first)]
    others = [f"https://example.org/a?b={number} {text}" for number, text in enumerate(second)]
    p = calls.entailment(loaded, first, second, size=size)
    for one, two in ((linked, others), (linked, second), (first, others)):
        np.testing.assert_allclose(calls.entailment(loaded, one, two, size=size), p, atol=1e-5)


def test_it_tells_plain_hate_from_plain_kindness(loaded: Any, card: Card) -> None:
    size = calls.side(card)
    kind = ["have a lovely day everyone", "i love my muslim neighbours", "coffee time 😂"]
    cruel = [
        "i hate muslims, they are all vermin",
        "gay people disgust me and should be killed",
        "women are stupid whores",
    ]
    p_kind, p_cruel = (calls.hateful(loaded, texts, size=size)[:, 1] for texts in (kind, cruel))
    assert p_kind.max() < p_cruel.min()
