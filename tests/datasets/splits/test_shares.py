from __future__ import annotations

import pytest

from moderation.datasets.splits.shares import split_of


@pytest.mark.parametrize(
    ("value", "split"),
    [
        ("train", "train"),
        (" Train ", "train"),
        ("TEST", "test"),
        ("dev", "val"),
        ("Validation", "val"),
        ("holdout", None),
        ("", None),
        (None, None),
        (1, None),
    ],
)
def test_a_column_names_splits_as_data_sets_spell_them(value: object, split: str | None) -> None:
    assert split_of(value, ("train", "val", "test")) == split


def test_a_split_of_that_very_name_comes_first() -> None:
    assert split_of("dev", ("train", "val", "dev")) == "dev"
    assert split_of("validation", ("train", "val", "dev")) is None
