from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

import schemas
from schemas.__main__ import MODELS, generate
from schemas.bigquery_columns import TABLES
from schemas.card import Card, InputSpec
from schemas.codes import Code
from schemas.policy import Policy


def test_the_schemas_beside_the_models_are_those_the_models_generate(tmp_path: Path) -> None:
    generate(tmp_path)
    shipped = Path(schemas.__file__).parent
    made = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.json")]
    assert len(made) == len(MODELS) + len(TABLES)
    for file in made:
        assert (shipped / file).read_text() == (tmp_path / file).read_text(), "run: make schemas"


def test_what_cannot_change_by_itself_is_not_retryable() -> None:
    final = {Code.NOT_FOUND, Code.GONE, Code.UNAVAILABLE_LEGALLY, Code.CORRUPT, Code.INVALID_JSON}
    passing = {Code.TIMEOUT, Code.RATE_LIMITED, Code.SERVER_ERROR, Code.CONNECTION, Code.DNS}
    assert not any(code.retryable for code in final)
    assert all(code.retryable for code in passing)


def test_a_card_refuses_an_input_from_a_field_its_kind_does_not_have() -> None:
    task = {
        "name": "hateful",
        "kind": "meme",
        "inputs": [{"name": "x", "source": "text", "fields": ["text_1"]}],
        "output": "p",
        "labels": ["no", "yes"],
    }
    card = {"name": "n", "version": "1", "description": "", "licence": "MIT", "tasks": [task]}
    with pytest.raises(ValidationError, match="field 'text_1', but a meme has"):
        Card.model_validate(card)


def test_an_image_input_says_what_its_image_is_like() -> None:
    with pytest.raises(ValidationError, match="'image' belongs to source 'image'"):
        InputSpec(name="x", source="image", fields=("img",))


def test_a_policy_refuses_keys_that_nobody_reads() -> None:
    flag = {"task": "hateful", "label": "hateful", "treshold": 0.5}
    with pytest.raises(ValidationError, match="treshold"):
        Policy.model_validate({"version": "1", "flags": {"is_hateful": flag}})
