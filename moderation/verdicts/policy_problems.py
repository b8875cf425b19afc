"""What is wrong with a policy, in words of the file: where it stands, what is there, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.policy import FlagRule, HashBankRule, Policy, ReviewBand, ReviewRules

_FIELDS = {
    name
    for model in (Policy, FlagRule, HashBankRule, ReviewBand, ReviewRules)
    for name in model.model_fields
}


def describe(problem: Mapping[str, Any]) -> str:
    """One problem of pydantic's list as ``flags.is_hateful.treshold: …``."""
    place = ".".join(map(str, problem["loc"])) or "the file"
    return f"{place}: {_reason(problem)}"


def meant(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'threshold'?``, or nothing where no known word is near."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _reason(problem: Mapping[str, Any]) -> str:
    kind, found = problem["type"], problem.get("input")
    if kind == "extra_forbidden":
        return f"there is no such field{meant(str(problem['loc'][-1]), _FIELDS)}"
    if kind == "missing":
        return "is missing"
    if kind == "string_type" and isinstance(found, (int, float)):
        return f'{found} is read as a number; a text wants quotes, as in "{found}"'
    if kind == "string_type":
        return f"{found!r} is no text"
    if kind in ("float_type", "float_parsing"):
        return f"{found!r} is no number"
    if kind in ("greater_than_equal", "less_than_equal") and problem["loc"][0] == "hash_banks":
        [limit] = problem["ctx"].values()
        side = "least" if kind == "greater_than_equal" else "most"
        return f"{found!r} is out of range: it must be at {side} {limit}"
    if kind in ("int_type", "bool_type", "bool_parsing"):
        return f"{found!r} is no {'whole number' if kind == 'int_type' else 'true or false'}"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"{found!r} is out of range: it must lie between 0 and 1"
    if kind in ("model_type", "dict_type"):
        return f"{_kind_of(found)} stands where fields are wanted, as in name: value"
    if kind == "too_short":
        return "is empty; at least one entry is wanted"
    if kind == "enum":
        return f"{found!r} is not one of {problem['ctx']['expected']}"
    return str(problem["msg"]).removeprefix("Value error, ")


def _kind_of(found: Any) -> str:
    if found is None:
        return "nothing"
    return f"{found!r}" if isinstance(found, (str, int, float)) else f"a {type(found).__name__}"
