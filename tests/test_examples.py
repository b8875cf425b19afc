"""The examples in docstrings run, and give what they say."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "moderation.images.door",
        "moderation.models.handler",
        "moderation.verdicts.decide",
        "moderation.evaluation.figures.evaluate",
    ],
)
def test_the_examples_of_a_module_are_true(module: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert tried
    assert not failed
