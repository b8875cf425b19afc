"""What the pages say of the tree is true of the tree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    "benchmarks", "deploy", "docs", "findings", "moderation", "pipelines", "requirements",
    "schemas", "tests", "workshop",
)  # fmt: skip
DECISIONS = ROOT / "docs" / "decisions"

PATH = re.compile(
    rf"(?<![\w/.:{{}}<-])((?:{'|'.join(FOLDERS)})/[\w./-]*[\w/])(?![\w<{{*…]|-[*<{{])"
)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
TEST = re.compile(r"(tests/[\w./-]+\.py)::(\w+)")
COMMAND = re.compile(rf"python -m ((?:{'|'.join(FOLDERS)})[\w.]*\w)")


def pages() -> list[str]:
    """Every page but those that tell of the past or are built: the changelog, a bundle's card."""
    found = [
        *ROOT.glob("*.md"),
        *(page for each in FOLDERS for page in (ROOT / each).rglob("*.md")),
    ]
    told = {page.relative_to(ROOT).as_posix() for page in found}
    return sorted(told - {"CHANGELOG.md", "moderation/starter/bundle/CARD.md"})


@pytest.mark.parametrize("page", pages())
def test_what_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [each for each in LINK.findall(text) if "://" not in each]
    gone = [each for each in links if not (ROOT / page).parent.joinpath(each).exists()]
    gone += [each for each in PATH.findall(LINK.sub("", text)) if not (ROOT / each).exists()]
    gone += [f"{file}::{name}" for file, name in TEST.findall(text) if not _has(file, name)]
    for command in COMMAND.findall(text):
        place = ROOT / command.replace(".", "/")
        if not (place.with_suffix(".py").is_file() or (place / "__main__.py").is_file()):
            gone.append(f"python -m {command}")
    assert [each for each in gone if "NAME" not in each] == []


def _has(file: str, test: str) -> bool:
    path = ROOT / file
    return path.is_file() and f"\ndef {test}(" in path.read_text(encoding="utf-8")


def test_every_decision_is_in_the_index_and_every_number_accounted_for() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:\[(\d{4})\]\(([^)]+)\)|(\d{4})) \| (\S.*) \|$", index, re.MULTILINE)
    linked = {name for _, name, _, _ in rows if name}
    assert linked == {page.name for page in DECISIONS.glob("[0-9]*.md")}
    assert all(name.startswith(f"{number}-") for number, name, _, _ in rows if name)
    numbers = [int(number or unused) for number, _, unused, _ in rows]
    assert numbers == list(range(1, len(rows) + 1))
