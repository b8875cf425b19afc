"""The recipes install the lock and nothing else, whatever an index has gained since."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.packages import Index, locked, packed_again, sdist, wheel

ROOT = Path(__file__).resolve().parent.parent
# Has no wheel: it is built, and by the setuptools of the lock.
DELTA = sdist("delta", "1.0")
MORE = "Provides-Extra: more"
# `alpha` wants an extra of `beta`, which has a newer release than the lock: pip 23.2 asks the
# index again for such an extra, and would take the newer one.
ALPHA = wheel("alpha", "1.0", "Requires-Dist: beta[more]>=1.0")
BETA = wheel("beta", "1.0", MORE, 'Requires-Dist: gamma>=1.0; extra == "more"')
GAMMA = wheel("gamma", "1.0")
GAINED = (
    wheel("beta", "1.1", MORE, 'Requires-Dist: gamma>=2.0; extra == "more"'),
    wheel("gamma", "2.0"),
    wheel("setuptools", "999.0"),
    wheel("uv", "999.0"),
)
LOCK = {"alpha": "1.0", "beta": "1.0", "gamma": "1.0", "delta": "1.0"}
PROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "small"
version = "0.1"
dependencies = ["alpha"]
[tool.setuptools]
py-modules = ["small"]
"""


class House:
    """A small project of this one's shape, and the index that its packages come from."""

    def __init__(self, root: Path, tools: dict[str, tuple[str, bytes]]) -> None:
        self.root = root
        self.index = Index(dict([ALPHA, BETA, GAMMA, DELTA, *GAINED, *tools.values()]))
        (root / "requirements").mkdir(parents=True)
        shutil.copy(ROOT / "Makefile", root)
        shutil.copy(ROOT / "setup.py", root)
        shutil.copy(ROOT / "requirements" / "install.py", root / "requirements")
        (root / "pyproject.toml").write_text(PROJECT)
        (root / "small.py").touch()
        self.lock("uv", tools["uv"])
        self.lock("dev", ALPHA, BETA, GAMMA, DELTA, tools["setuptools"])

    def lock(self, name: str, *wheels: tuple[str, bytes]) -> None:
        (self.root / "requirements" / f"{name}.txt").write_text(locked(*wheels))

    def run(self, *command: str, **told: str) -> subprocess.CompletedProcess[str]:
        """Run ``command`` where pip alone is told of the index, and uv of nothing."""
        home = self.root / "home"
        home.mkdir(exist_ok=True)
        with self.index.serving() as address:
            pips = told or {"PIP_INDEX_URL": address}
            pips = {name: value.replace("INDEX", address) for name, value in pips.items()}
            return subprocess.run(
                command,
                cwd=self.root,
                env=pips | {"HOME": str(home), "PATH": os.environ["PATH"]},
                capture_output=True,
                text=True,
                check=False,
            )

    def installed(self) -> dict[str, str]:
        listing = (
            "import importlib.metadata as m; [print(d.name, d.version) for d in m.distributions()]"
        )
        done = subprocess.run(
            [self.root / ".venv/bin/python", "-I", "-c", listing],
            capture_output=True,
            text=True,
            check=True,
        )
        return dict(line.split() for line in done.stdout.splitlines())


@pytest.fixture(scope="module")
def tools() -> dict[str, tuple[str, bytes]]:
    return {name: packed_again(name) for name in ("uv", "setuptools")}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with what Python brings."""
    folder = tmp_path_factory.mktemp("bare") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def house(tmp_path: Path, tools: dict[str, tuple[str, bytes]], bare: Path) -> Iterator[House]:
    house = House(tmp_path / "house", tools)
    shutil.copytree(bare, house.root / ".venv", symlinks=True)
    yield house
    shutil.rmtree(house.root)


def wanted(house: House) -> dict[str, str]:
    return LOCK | {"setuptools": version("setuptools"), "small": "0.1"}


def test_make_installs_the_lock_and_nothing_that_the_index_has_gained(house: House) -> None:
    done = house.run("make", "setup")
    assert done.returncode == 0, done.stdout + done.stderr
    found = house.installed()
    assert found.pop("pip")
    assert found == wanted(house)
    assert not {name for name, _ in GAINED} & set(house.index.asked)
    assert (house.root / ".venv" / ".dev").exists()


def test_an_extra_index_that_pip_has_holds_for_uv_too(house: House) -> None:
    with Index({}).serving() as empty:
        done = house.run("make", "setup", PIP_INDEX_URL=empty, PIP_EXTRA_INDEX_URL="INDEX")
    assert done.returncode == 0, done.stdout + done.stderr
    assert house.installed().items() >= wanted(house).items()


def test_without_a_network_a_folder_of_files_that_pip_has_is_enough(house: House) -> None:
    folder = house.root / "files"
    folder.mkdir()
    for name, data in house.index.files.items():
        (folder / name).write_bytes(data)
    links = f"{folder} {house.root / 'missing'}"
    done = house.run("make", "setup", PIP_NO_INDEX="1", PIP_FIND_LINKS=links)
    assert done.returncode == 0, done.stdout + done.stderr
    assert house.installed().items() >= wanted(house).items()
    assert not house.index.asked


def test_another_file_under_a_locked_name_is_refused(house: House) -> None:
    other, data = wheel("gamma", "1.0", "Summary: not the one of the lock")
    house.index.files[other] = data
    done = house.run("make", "setup")
    assert done.returncode != 0
    assert "hash" in done.stderr.lower()
    assert "gamma" in done.stderr
    assert not LOCK.keys() & house.installed().keys()
    assert not (house.root / ".venv" / ".dev").exists()


def test_a_lock_that_lacks_what_its_packages_need_is_told(house: House) -> None:
    house.lock("dev", ALPHA, GAMMA)
    done = house.run(".venv/bin/python", "requirements/install.py", "dev")
    assert done.returncode != 0
    assert "`alpha` requires `beta" in done.stderr


def test_exact_removes_what_the_lock_lacks_and_keeps_pip(house: House) -> None:
    house.run(".venv/bin/python", "-m", "pip", "install", "--no-deps", "gamma==2.0", "beta==1.1")
    assert house.installed()["gamma"] == "2.0"
    house.lock("dev", GAMMA)
    done = house.run(".venv/bin/python", "requirements/install.py", "dev", "--exact")
    assert done.returncode == 0, done.stderr
    found = house.installed()
    assert found["gamma"] == "1.0"
    assert "beta" not in found
    assert "pip" in found


def test_where_uv_cannot_be_had_nothing_is_installed(
    house: House, tools: dict[str, tuple[str, bytes]]
) -> None:
    del house.index.files[tools["uv"][0]]
    done = house.run("make", "setup")
    assert done.returncode != 0
    assert "uv==" in done.stderr
    assert not LOCK.keys() & house.installed().keys()


def test_a_lock_that_does_not_exist_is_a_usage_error(house: House) -> None:
    done = house.run(".venv/bin/python", "requirements/install.py", "dve")
    assert done.returncode == 2
    assert "dve.txt" in done.stderr
