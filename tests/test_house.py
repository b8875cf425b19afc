"""Where things stand: which package may lean on which, and how large a thing may grow.

The words for it are in docs/decisions/0034-where-things-stand.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("schemas", "moderation", "pipelines")

LAYERS = (
    {"schemas"},
    {"moderation"},
    {"moderation.storage", "moderation.pages", "moderation.samples", "moderation.profiling"},
    {"moderation.starter", "moderation.hashes"},
    {"moderation.images", "moderation.audit"},
    {"moderation.records", "moderation.ocr", "moderation.logs"},
    {"moderation.models", "moderation.runs", "moderation.review"},
    {"moderation.verdicts"},
    {"moderation.datasets"},
    {"moderation.exports"},
    {"moderation.evaluation", "moderation.nights"},
    {"moderation.training"},
    {"pipelines.command"},
    {"pipelines"},
    {
        f"pipelines.{name}"
        for name in (
            *("score", "preprocess", "export", "train", "evaluate", "review", "verify", "report"),
        )
    },
    {"pipelines.nightly", "pipelines.dataflow"},
    {"workshop", "workshop.starter", "workshop.sample", "workshop.loop", "workshop.encoders"},
)
"""From the ground up. A package imports itself and what lies below; neighbours know nothing of
each other."""

MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 60
FLAG = re.compile(r"(?<![\w-])--[a-z]\w+")


@cache
def modules() -> dict[str, Path]:
    """Every module of the packages by its dotted name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for top in (*SHIPPED, "workshop")
        for path in sorted((ROOT / top).rglob("*.py"))
    }


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def imports(module: str) -> Iterator[str]:
    """The modules that one imports, wherever in it that stands."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                full = f"{node.module}.{name.name}"
                yield full if full in modules() else node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@cache
def arrows() -> dict[str, frozenset[str]]:
    """Imports among the packages' own modules."""
    return {
        module: frozenset(name for name in imports(module) if name in modules()) - {module}
        for module in modules()
    }


def package(module: str) -> str:
    """The room a module stands in, as in ``moderation.records``."""
    top, *rest = module.split(".")
    inner = rest and (len(rest) > 1 or modules()[module].name == "__init__.py")
    return f"{top}.{rest[0]}" if inner and top != "schemas" else top


def test_every_package_has_its_layer() -> None:
    placed = [name for layer in LAYERS for name in layer]
    assert sorted(placed) == sorted({package(module) for module in modules()})


def test_no_package_imports_upwards_or_sideways() -> None:
    height = {name: at for at, layer in enumerate(LAYERS) for name in layer}
    wrong = [
        f"{module} → {other}"
        for module, others in arrows().items()
        for other in others
        if package(module) != package(other) and height[package(other)] >= height[package(module)]
    ]
    assert not wrong


def test_no_modules_form_a_circle() -> None:
    try:
        TopologicalSorter(arrows()).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_nothing_that_ships_imports_what_does_not() -> None:
    outside = ("workshop", "tests", "benchmarks", "findings")
    wrong = [
        f"{module} → {name}"
        for module in modules()
        if module.split(".")[0] in SHIPPED
        for name in imports(module)
        if name.split(".")[0] in outside
    ]
    assert not wrong


def test_no_module_is_longer_than_can_be_held() -> None:
    long = {
        module: lines
        for module, path in modules().items()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not long


def test_no_function_is_longer_than_a_page() -> None:
    long = {
        f"{module}.{node.name}": lines
        for module in modules()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert not long


def messages(module: str) -> Iterator[str]:
    """The strings of a module that are no docstrings."""
    told = {
        id(node.value)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


NAME_OPTIONS = {
    "audit": 9, "datasets": 4, "evaluation": 5, "exports": 3, "images": 1, "models": 1,
    "records": 10, "runs": 1, "training": 1,
}  # fmt: skip
"""How many strings of a package name an option of a command. None should: a library's caller has
no command line. The numbers only ever shrink; a package at none leaves the list."""


def test_no_further_message_of_the_library_names_an_option() -> None:
    found: dict[str, int] = {}
    for module in modules():
        if module.startswith("moderation."):
            many = sum(bool(FLAG.search(text)) for text in messages(module))
            room = module.split(".")[1]
            found[room] = found.get(room, 0) + many
    assert {room: many for room, many in found.items() if many > NAME_OPTIONS.get(room, 0)} == {}
