"""What is installed is what is in the tree: code, contracts, sample, policy, starter."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from workshop.starter.sentences import read_table

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("moderation", "pipelines", "schemas")
_SLURS_IN_A_VOCABULARY = 2
"""Plurals: BERT's list of English word pieces has a few of them, a list of slurs has dozens."""
NOT_CARRIED = ("workshop", "tests", "benchmarks", "docs", "deploy", "findings")
BESIDE = (
    "LICENSE",
    "MANIFEST.in",
    "NOTICE",
    "README.md",
    "CHANGELOG.md",
    "pyproject.toml",
    "setup.py",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of the whole tree, and the wheel that was built from it alone."""
    tree = tmp_path_factory.mktemp("tree")
    for name in (*PACKAGES, *NOT_CARRIED):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        shutil.copy(ROOT / name, tree / name)
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(tree)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    return out


def in_the_tree() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_carries_every_file_of_the_packages_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert carried == in_the_tree()


def test_the_sdist_carries_the_packages_and_no_tests(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        carried = {name.partition("/")[2] for name in archive.getnames()}
    assert in_the_tree() <= carried
    assert {"setup.py", "LICENSE", "NOTICE"} <= carried
    assert not {name.split("/")[0] for name in carried} & set(NOT_CARRIED)


def test_neither_carries_what_makes_the_built_in_model(built: Path) -> None:
    sentences = list((ROOT / "workshop" / "starter" / "sentences").rglob("*.tsv"))
    rows = {line for path in sentences for line in path.read_bytes().splitlines() if len(line) > 40}
    slurs = [row["plural"] for row in read_table(sentences[0].parents[1] / "memes" / "slurs.tsv")]
    assert len(rows) > 500
    assert len(slurs) > 30
    is_slur = re.compile(rf"\b({'|'.join(slurs)})\b".encode())
    carried = {**_in_the_wheel(built), **_in_the_sdist(built)}
    assert len(carried) > 2 * len(in_the_tree())
    for name, content in carried.items():
        assert "workshop" not in name
        assert not name.endswith(".tsv") or "bundle/assets" in name
        assert b"import workshop" not in content
        assert b"from workshop" not in content
        assert not rows & set(content.splitlines()), name
        if "/variables/" not in name:  # numbers
            assert len(set(is_slur.findall(content))) <= _SLURS_IN_A_VOCABULARY, name


def _in_the_wheel(built: Path) -> dict[str, bytes]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _in_the_sdist(built: Path) -> dict[str, bytes]:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        files = [(each.name, archive.extractfile(each)) for each in archive if each.isfile()]
        return {name: file.read() for name, file in files if file is not None}


def test_the_wheel_names_its_licence_and_bounds(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = archive.read(name).decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert "License-File: NOTICE" in metadata
    assert "Requires-Python: <3.14,>=3.10" in metadata
    assert "Requires-Dist: tensorflow<2.22,>=2.21" in metadata
    assert "Requires-Dist: tensorflow-text<2.22,>=2.21" in metadata


def test_the_locks_agree_with_each_other_and_hash_everything() -> None:
    pins: dict[str, set[str]] = {}
    for name in ("uv", "run", "gcp", "gpu", "dev"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        entries = [entry for entry in lines.replace("\\\n", " ").splitlines() if "==" in entry]
        assert entries
        assert all("--hash=sha256:" in entry for entry in entries)
        pins[name] = {entry.split()[0] for entry in entries}
    assert pins["run"] | pins["uv"] <= pins["dev"]
    assert pins["run"] <= pins["gcp"] <= pins["dev"]
    assert pins["gcp"] <= pins["gpu"]


def test_the_image_has_what_every_job_on_beam_may_ask_for() -> None:
    """A flag that a worker has no package for would fail there, hours later."""
    asked = "gcp|data|evaluate|hashes|ocr|tf_jpeg|tokenizers"
    entries = re.compile(rf"([\w.-]+)[^;]*; .*extra == .(?:{asked})\W")
    requires = metadata.requires("moderation-pipeline") or []
    wanted = {found[1] for entry in requires if (found := entries.match(entry))}
    assert {"gcsfs", "rapidocr", "nltk"} <= wanted
    for name in ("gcp", "gpu"):
        held = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert not {entry for entry in wanted if not re.search(rf"^{entry}(\[|==)", held, re.M)}


def test_the_locks_name_no_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        assert "--find-links" not in text
