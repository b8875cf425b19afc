"""Figures of a card as tables that a person reads."""

from __future__ import annotations

from workshop.starter.card_tables import tables_of


def _page(figures: dict[str, object]) -> str:
    return "\n\n".join(tables_of(figures, level=3))


def test_alike_groups_become_the_rows_of_one_table_with_their_intervals() -> None:
    page = _page(
        {
            "a/test": {"texts": 1200, "auroc": {"value": 0.91234, "interval_95": [0.9, 0.92]}},
            "b/test": {"texts": 80, "calibration_error": 0.0125},
        }
    )
    assert page.splitlines() == [
        "|  | texts | AUROC | calibration error |",
        "| --- | --- | --- | --- |",
        "| a/test | 1,200 | 0.912 [0.900–0.920] |  |",
        "| b/test | 80 |  | 0.0125 |",
    ]


def test_what_nests_in_a_row_is_told_below_its_table() -> None:
    page = _page(
        {
            "check": {"accuracy": 0.9, "accuracy_by_function": {"slur": 0.33, "threat": 0.8}},
            "other": {"accuracy": 0.8},
        }
    )
    assert "| check | 0.9 |" in page
    assert "check, accuracy by function: slur 0.33, threat 0.8" in page


def test_nothing_is_left_out_of_groups_that_have_nothing_in_common() -> None:
    page = _page(
        {
            "made": {
                "seeds": [7, 8],
                "mixed_precision": True,
                "deep": {"file": "a|b", "rate": 1e-4},
            },
            "versions": {"python": "3.11"},
        }
    )
    for told in ("### made", "seeds: 7, 8", "mixed precision: yes", "file: a\\|b", "rate: 0.0001"):
        assert told in page
    assert "### versions" in page


def test_what_is_not_alike_stands_apart_from_the_table_of_what_is() -> None:
    page = _page(
        {
            **{f"{n}/test": {"texts": 12, "accuracy": 0.5} for n in "acd"},
            "b/test": {"texts": 8, "accuracy": 0.75},
            "by_function": {"slur": 0.33, "threat": 0.8},
            "calibration": {
                "share": 0.5,
                "elsewhere": {"rare": {"shift": -2}, "rarer": {"shift": -4}},
            },
        }
    )
    assert "| b/test | 8 | 0.75 |" in page
    assert "by function: slur 0.33, threat 0.8" in page
    assert "### calibration" in page
    assert "| rarer | -4 |" in page


def test_what_is_a_figure_in_one_row_and_nests_in_another_is_told_of_both() -> None:
    page = _page({"a": {"texts": 1, "pairs": 5}, "b": {"texts": 2, "pairs": {"read": 7}}})
    assert "| a | 1 | 5 |" in page
    assert "| b | 2 |  |" in page
    assert "b, pairs: read 7" in page
