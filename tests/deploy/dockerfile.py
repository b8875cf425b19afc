"""The Dockerfile's steps without Docker: what is copied, and what is run in a fresh environment.

``python -m tests.deploy.dockerfile FOLDER [LOCK]`` carries all of them out, with FOLDER for the
image's root and an environment in it for the image's Python; ``make image-steps`` does. Of other
images nothing is copied.
"""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deploy" / "docker" / "Dockerfile"
_ARGUMENT = re.compile(r"\$\{(\w+)\}")
_LEFT_BEHIND = ("build", "dist", "runs", "loop")
"""Of a checkout in use, which may be large; the patterns leave them out as well."""
_PLACE = re.compile(r"(?<![\w./-])/(?=tmp/|template/)")


@dataclass(frozen=True)
class Step:
    """One instruction, its arguments filled in."""

    word: str
    said: str

    @property
    def from_another_image(self) -> bool:
        return self.word == "COPY" and self.said.startswith("--from=")


def steps(**arguments: str) -> list[Step]:
    """The instructions in their order; arguments of the build by their names."""
    lines = [line for line in FILE.read_text().splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found, known = [], dict(arguments)
    for line in filter(None, whole.splitlines()):
        word, _, said = line.partition(" ")
        said = _ARGUMENT.sub(lambda name: known.get(name[1], name[0]), said.strip())
        if word in ("ARG", "ENV"):
            name, _, value = said.partition("=")
            known.setdefault(name, value)
        found.append(Step(word, said))
    return found


@cache
def context() -> list[Path]:
    """What of the project a build sees, by the patterns beside the Dockerfile."""
    patterns = FILE.with_name("Dockerfile.dockerignore").read_text().splitlines()
    found = []
    for folder, folders, names in os.walk(ROOT):
        left = _LEFT_BEHIND if Path(folder) == ROOT else ("__pycache__",)
        folders[:] = [each for each in folders if each[0] != "." and each not in left]
        paths = (Path(folder, name).relative_to(ROOT) for name in names)
        found += [each for each in paths if _is_seen(str(each), patterns)]
    return found


def _is_seen(name: str, patterns: list[str]) -> bool:
    seen = True
    for pattern in (each for each in patterns if each and not each.startswith("#")):
        plain = pattern.removeprefix("!").removeprefix("**/")
        parents = [name, *(str(each) for each in Path(name).parents)]
        if any(fnmatch.fnmatch(each, plain) for each in parents):
            seen = pattern.startswith("!")
    return seen


def copied(step: Step) -> dict[Path, Path]:
    """By file of the project, its place in the image."""
    *sources, target = step.said.split()
    whole = len(sources) > 1 or target.endswith("/") or sources == ["."]
    found = {}
    for each in context():
        for source in sources:
            if source == "." or each == Path(source):
                inside = each if source == "." else Path(each.name)
                found[each] = Path(target) / inside if whole else Path(target)
    return found


def carry_out(root: Path, *, lock: str) -> None:
    """All steps, in a fresh environment below the root; raises where one fails."""
    subprocess.run([sys.executable, "-m", "venv", str(root / "venv")], check=True)
    environment = {**os.environ, "PATH": f"{root}/venv/bin:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    for name in ("tmp", "template"):
        (root / name).mkdir(parents=True)
    for step in steps(LOCK=lock):
        print(f"{step.word} {step.said}", flush=True)
        if step.word == "COPY" and not step.from_another_image:
            for source, target in copied(step).items():
                place = root / target.relative_to("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, place)
        elif step.word == "RUN":
            said = _PLACE.sub(f"{root}/", step.said)
            subprocess.run(["bash", "-euc", said], env=environment, cwd=root, check=True)


if __name__ == "__main__":
    carry_out(Path(sys.argv[1]).resolve(), lock=sys.argv[2] if len(sys.argv) > 2 else "gcp")
