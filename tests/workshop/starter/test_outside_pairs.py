"""Pairs by others and posts about events: what is trained on, and what never is."""

from __future__ import annotations

from random import Random

import numpy as np

from workshop.starter import outside_pairs, pair_mixture, pair_posts, train_pair_net

NLI = [
    *((f"a dog runs past house {n}", f"an animal runs {n}", "entailment", {}) for n in range(200)),
    *((f"number {n} is red", "it is blue", "contradiction", {"category": "colors"})
      for n in range(50)),
    ("we see Mars", "we see Venus", "contradiction", {"category": "planets"}),
    ("nobody came", "he came", "not_entailment", {"source": "rte"}),
]  # fmt: skip


def test_no_first_text_lies_on_both_sides_and_whole_categories_are_held_back() -> None:
    found = outside_pairs.outside(NLI)

    trained = {text for pairs in found.train.values() for text in pairs.first}
    kept = {text for pairs in found.held_back.values() for text in pairs.first}
    assert not trained & kept
    assert "we see Mars" in kept
    assert 5 < len(found.held_back["captions"].labels) < 50
    assert len(trained) + len(kept) == len({first for first, *_ in NLI})


def test_whole_events_are_held_back_by_the_name_of_their_pictures() -> None:
    found = outside_pairs.events(
        [("a", {"image": "images/sochi_fake_01.jpg"}), ("b", {"image": "images/sandy_real_2.jpg"})]
    )
    assert found.held_back == {"sochi": ("a",)}
    assert found.train == {"sandy": ("b",)}


def test_of_a_pair_that_is_not_implied_either_other_label_may_be_right() -> None:
    may = train_pair_net.may_be(np.array([0, 1, 2, outside_pairs.NOT_IMPLIED]))
    assert may.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1]]


def test_labels_that_texts_cannot_teach_are_left_out_and_a_fifth_is_held_back() -> None:
    pairs = outside_pairs.pairs_of([(f"post {n}", "post", n % 3) for n in range(300)])
    train, kept = map(set, outside_pairs.labelled(pairs, [n < 150 for n in range(300)]))
    assert not train & kept
    assert 40 < len(kept) < 80
    lost = set(range(300)) - train - kept
    assert lost <= set(range(0, 150, 3))
    assert len(lost) > 30


def test_two_posts_about_an_event_say_different_things() -> None:
    posts = ("the bridge fell into the river", "RT the bridge fell into the river http://a.b/c",
             "my cousin lives there, please call me")  # fmt: skip
    for seed in range(20):
        pair = pair_posts.of_one_event(posts, Random(seed))
        assert pair is None or posts[2] in pair
    assert pair_posts.of_one_event(posts[:1], Random(0)) is None


def test_an_epoch_takes_of_each_source_what_it_is_told_to_and_weighs_rare_labels_more() -> None:
    labelled = outside_pairs.pairs_of([("x", "y", 1), *[("x y z", "q", 2)] * 9])
    sources = pair_mixture.Sources(
        labelled,
        (),
        outside_pairs.outside(NLI),
        outside_pairs.events([("the sea rose", {"image": "sandy_1.jpg"}),
                              ("no light in our street", {"image": "sandy_2.jpg"})]),
        ("good morning to all of you", "my new bike is red"),
        (),
    )  # fmt: skip
    mixture = pair_mixture.Mixture(own=30, posts=10, events=4, outside={"captions": 20, "none": 5},
                                   labelled_copies=2)  # fmt: skip

    pairs, weights = pair_mixture.epoch(sources, mixture, Random(3))

    assert len(pairs.labels) == len(weights)
    captions = sum(text.startswith("a dog runs past") for text in pairs.first)
    assert captions == 10  # no label more often than half of all
    assert pairs.first.count("x") == 2
    assert weights[pairs.first.index("x")] > 2 * weights[pairs.first.index("x y z")]
    of_event = {"the sea rose", "no light in our street"}
    assert all(
        second in of_event and second != first
        for first, second in zip(pairs.first, pairs.second, strict=True)
        if first in of_event
    )
