"""What is installed is what is in the tree: code, contracts, sample, policy, starter."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("moderation", "pipelines", "schemas")
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
    """A folder with the sdist, and the wheel that was built from it alone."""
    tree = tmp_path_factory.mktemp("tree")
    for name in PACKAGES:
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
    assert not any(name.startswith(("tests/", "docs/", "benchmarks/")) for name in carried)


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


def test_the_locks_name_no_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        assert "--find-links" not in text
