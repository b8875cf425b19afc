"""Install a lock into the environment of the Python that runs this: the lock, and nothing else.

    .venv/bin/python requirements/install.py run --editable .

Every file is pinned and hashed, and nothing is resolved again: what an index has gained since
the lock was made cannot matter, nor which pip came with Python. uv installs, several times as
fast as pip; it comes by pip from a lock of its own and is gone afterwards. Nothing but the
standard library is used here, since nothing else is installed yet.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What pip is told of indexes, under the names that uv knows.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


def main() -> int:
    """Install what the command line names; the exit code is that of the step that failed."""
    asked = _parser().parse_args()
    lock = HERE / f"{asked.lock}.txt"
    if not lock.is_file():
        print(f"There is no lock {lock}.", file=sys.stderr)
        return 2
    try:
        _install(lock, editable=asked.editable, exact=asked.exact)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("lock", help="run, dev, gcp or gpu: the name of a file beside this one")
    parser.add_argument("--editable", metavar="DIR", help="then the project, built without network")
    parser.add_argument("--exact", action="store_true", help="and remove what the lock lacks")
    return parser


def _install(lock: Path, *, editable: str | None, exact: bool) -> None:
    # Beside the environment: where programs may run. A temporary folder may forbid that.
    with tempfile.TemporaryDirectory(prefix="uv-", dir=sys.prefix) as folder:
        uv = _Uv(program=_fetched_uv(folder), environment=os.environ | _pips_index())
        # Hashes decide which file is taken, so any index is as good as the first. What has no
        # wheel is built with the setuptools of the lock, not with the newest one.
        how = ["--require-hashes", "--index-strategy", "unsafe-best-match"]
        how += ["--build-constraints", str(lock)]
        verb = ["sync"] if exact else ["install", "--no-deps", "--requirement"]
        uv.pip(*verb, str(lock), *how)
        if editable:
            uv.pip("install", "--no-deps", "--no-build-isolation", "--editable", editable)
        uv.pip("check")


@dataclass(frozen=True)
class _Uv:
    program: str
    environment: Mapping[str, str]

    def pip(self, verb: str, *arguments: str) -> None:
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        command = [self.program, "pip", verb, *quiet, "--python", sys.executable, *arguments]
        subprocess.run(command, env=self.environment, check=True)


def _fetched_uv(folder: str) -> str:
    if find_spec("pip") is None:  # an environment made by another tool than venv
        subprocess.run([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL, check=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    only = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"]
    what = ["--target", folder, "--requirement", str(HERE / "uv.txt")]
    subprocess.run([*pip, *only, *what], check=True)
    return str(Path(folder, "bin", "uv"))


def _pips_index() -> dict[str, str]:
    """uv's variables for the index that pip is set to use; none where uv has settings itself."""
    if any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX")):
        return {}
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):  # the later has the last word, as with pip
        for line in listed.splitlines():
            key, _, value = line.partition("=")
            name = UV_NAMES.get(key.removeprefix(section)) if key.startswith(section) else None
            if name:
                found[name] = " ".join(ast.literal_eval(value).split())
    if "UV_FIND_LINKS" in found:  # uv wants commas, and ends where a folder is missing
        links = found["UV_FIND_LINKS"].split()
        found["UV_FIND_LINKS"] = ",".join(x for x in links if "://" in x or Path(x).exists())
    return {name: value for name, value in found.items() if value and name not in os.environ}


if __name__ == "__main__":
    sys.exit(main())
