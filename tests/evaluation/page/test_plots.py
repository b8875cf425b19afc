from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np

from moderation.evaluation.figures.evaluate import evaluate
from moderation.evaluation.page.plots import plots_of
from tests.evaluation.samples import scored

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: bytes) -> str:
    return " ".join("".join(node.itertext()) for node in ET.fromstring(svg).iter(f"{SVG}text"))


def test_every_plot_is_a_picture_that_names_its_labels() -> None:
    drawn = plots_of(evaluate(*scored(80, 3), ("cat", "dog", "elk"), replicates=20))
    assert all(ET.fromstring(svg).tag == f"{SVG}svg" for svg in drawn.values())
    for name in ("confusion", "roc", "precision_recall"):
        assert all(label in texts(drawn[name]) for label in ("cat", "dog", "elk")), name
    for name in ("threshold_sweep", "histogram"):
        for place, label in enumerate(("cat", "dog", "elk"), start=1):
            assert label in texts(drawn[f"{name}.{place}"])


def test_the_confusion_plot_has_the_numbers() -> None:
    task = evaluate([0, 0, 1], [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], ("no", "yes"), replicates=20)
    found = texts(plots_of(task)["confusion"])
    assert "1 50% 1 50% 0 0% 1 100%" in " ".join(found.split())


def test_labels_are_neither_markup_nor_formulas_and_are_cut() -> None:
    names = ("<b>&x", "$\\frac{1}{0}$ " + "w" * 80)
    found = texts(plots_of(evaluate(*scored(30, 2), names, replicates=20))["confusion"])
    assert "<b>&x" in found
    assert "$\\frac{1}{0}$" in found
    assert "w" * 20 not in found


def test_what_one_label_alone_cannot_show_is_left_out() -> None:
    _, p = scored(20, 2)
    drawn = plots_of(evaluate([0] * 20, p, ("no", "yes"), replicates=20))
    assert "roc" not in drawn
    assert "precision_recall" not in drawn
    assert "reliability" in drawn


def test_several_labels_an_item_have_no_confusion() -> None:
    random = np.random.default_rng(0)
    task = evaluate(
        random.integers(0, 2, (40, 3)), random.random((40, 3)), "abc", multi_label=True,
        replicates=20,
    )  # fmt: skip
    assert set(plots_of(task)) == {
        "roc", "precision_recall", "reliability",
        *(f"{name}.{place}" for name in ("threshold_sweep", "histogram") for place in (1, 2, 3)),
    }  # fmt: skip
