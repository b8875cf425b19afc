from __future__ import annotations

import re
from pathlib import Path

import pytest

from moderation.verdicts.policy import PolicyError, check_policy, load_policy
from schemas.card import Card
from schemas.policy import FlagRule, HashBankRule, Policy, ReviewBand, ReviewRules
from tests.models.fakes import both_kinds_card

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
RULE = "version: v\nflags:\n  is_hateful: {{task: hateful, label: hateful, {}}}\n"


def problem(text: str, folder: Path) -> str:
    file = folder / "policy.yaml"
    file.write_text(text)
    with pytest.raises(PolicyError) as refused:
        check_policy(load_policy(str(file)).policy, Card.model_validate(both_kinds_card()))
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (RULE.format("threshold: 0.5").replace("v\n", "1\n", 1), "version: 1 is read as a number"),
        (RULE.format("treshold: 0.5"), "treshold: there is no such field; did you mean 'thresh"),
        (RULE.format("threshold: 50"), "threshold: 50 is out of range: it must lie between 0 and"),
        (RULE.format("threshold: half"), "threshold: 'half' is no number"),
        (
            RULE.format("action: recrod"),
            "action: 'recrod' is not one of 'flag', 'review' or 'record'",
        ),
        (RULE.format("review_band: 0.1"), "review_band: 0.1 stands where fields are wanted"),
        ("", "the file: nothing stands where fields are wanted"),
        ("version: v\nflags: [is_hateful]\n", "flags: a list stands where fields are wanted"),
        ("version: v\n", "flags: is missing"),
        ("version: v\nflags: {}\n", "flags: is empty; at least one entry is wanted"),
        ("version: v\nflags: [a\n", "is not YAML: line 3, column 1: expected ',' or ']'"),
        ("version: v\nversion: w\n", "line 2, column 1: 'version' stands twice: keep one"),
        ("version: v\nflags:\n  hateful: {task: hateful, label: hateful}\n", "starts with 'is_'"),
        (
            "version: v\nflags:\n  is_hateful: {task: hateful, label: hatefull}\n",
            "did you mean 'hateful'?",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_a_remedy(
    text: str, words: str, tmp_path: Path
) -> None:
    told = problem(text, tmp_path)
    assert words in told
    assert "\n" not in told


def test_a_file_that_cannot_be_read_is_told_without_the_systems_numbers(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"version: \xe9\xff\n")
    for path, words in (
        (tmp_path, "it is a folder; name the YAML file"),
        (tmp_path / "none.yaml", "no such file; check the path"),
        (latin, "is no text in UTF-8"),
    ):
        with pytest.raises(PolicyError, match=words) as refused:
            load_policy(str(path))
        assert "Errno" not in str(refused.value)


def test_every_example_of_the_page_is_a_policy(tmp_path: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    assert len(examples) >= 2
    for number, text in enumerate(examples):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text)
        assert load_policy(str(file)).policy.flags


@pytest.mark.parametrize("model", [Policy, FlagRule, HashBankRule, ReviewBand, ReviewRules])
def test_the_page_names_every_field(model: type[Policy]) -> None:
    page = PAGE.read_text()
    assert all(f"`{name}`" in page or f"{name}:" in page for name in model.model_fields)
