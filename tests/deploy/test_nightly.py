"""deploy/nightly followed to the letter: the page's commands, then cron's line as cron runs it."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

NIGHTLY = Path(__file__).resolve().parents[2] / "deploy" / "nightly"
PLACES = (
    "/srv/moderation",
    "/var/log/moderation",
    "/opt/moderation",
    "/etc/",
    "/tmp/moderation-try",
)
MAKEFILE = """\
run:
\tmkdir -p .venv/bin
\tprintf '#!/bin/sh\\necho judged "$$@"\\nexit $${CODE:-0}\\n' > .venv/bin/python
\tchmod +x .venv/bin/python
"""


class Machine:
    """A machine whose folders lie below a prefix, and which notes what only root could do."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project = root / "project"
        self.notes = root / "notes"
        shutil.copytree(NIGHTLY, self.project / "deploy" / "nightly")
        (self.project / "Makefile").write_text(MAKEFILE)
        self._git("init")
        self._git("add", ".")
        self._git("-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-m", "x")
        for name, does in {
            "sudo": '"$@"',
            "useradd": f'echo useradd "$@" >> {self.notes}',
            "systemctl": f'echo systemctl "$@" >> {self.notes}',
        }.items():
            program = root / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(f"#!/bin/sh\n{does}\n")
            program.chmod(0o755)
        (root / "etc" / "systemd" / "system").mkdir(parents=True)
        (root / "etc" / "cron.d").mkdir()
        (root / "opt").mkdir()
        (root / "var" / "log").mkdir(parents=True)

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.project, capture_output=True, check=True)

    def moved(self, text: str) -> str:
        """``text`` with its places below the prefix, and this test's own user in it."""
        for place in PLACES:
            text = text.replace(place, f"{self.root}{place}")
        return text.replace("-o moderation -g moderation", f"-o {os.getuid()} -g {os.getgid()}")

    def follow(self) -> None:
        """Run every command of the page that sets a machine up."""
        blocks = re.findall(r"```sh\n(.*?)```", (NIGHTLY / "README.md").read_text(), re.DOTALL)
        lines = [x for block in blocks for x in block.splitlines() if x.startswith("sudo ")]
        assert len(lines) > 5
        path = f"{self.root / 'bin'}:{os.environ['PATH']}"
        for line in lines:
            done = subprocess.run(
                ["sh", "-c", self.moved(line)],
                cwd=self.project,
                env=os.environ | {"PATH": path},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, line + "\n" + done.stderr

    def night(self, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the crontab's line with what cron gives it."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/", "SHELL": "/bin/sh"} | more
        jobs = []
        for line in self.moved((NIGHTLY / "crontab").read_text()).splitlines():
            if setting := re.fullmatch(r"([A-Z_]+)=(.*)", line):
                environment[setting[1]] = setting[2]
            elif line and not line.startswith("#"):
                *_, user, command = line.split(maxsplit=6)
                assert user == "moderation"
                assert "%" not in command  # a line's end to cron
                jobs.append(command)
        (command,) = jobs
        return subprocess.run(
            ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=False
        )

    @property
    def log(self) -> Path:
        return self.root / "var/log/moderation/nightly.log"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_set_up_by_the_page_runs_the_crontabs_line(machine: Machine) -> None:
    machine.follow()
    done = machine.night()
    assert done.returncode == 0, done.stderr
    assert done.stdout == done.stderr == ""
    (line,) = machine.log.read_text().splitlines()
    assert line.startswith("judged -m pipelines.nightly")
    assert f"--input {machine.root}/srv/moderation/items/dt={{night}} " in line
    assert f"--output {machine.root}/srv/moderation/runs " in line


def test_a_bad_nights_end_is_what_cron_sends(machine: Machine) -> None:
    machine.follow()
    done = machine.night(CODE="3")
    assert done.stdout.startswith("judged -m pipelines.nightly")
    assert machine.log.read_text() == done.stdout


def test_the_page_makes_the_user_and_the_folders_that_timer_and_service_name(
    machine: Machine,
) -> None:
    machine.follow()
    notes = machine.notes.read_text().splitlines()
    assert [x.split()[-1] for x in notes if x.startswith("useradd")] == ["moderation"]
    assert "systemctl enable --now moderation.timer" in notes
    installed = {path.name for path in (machine.root / "etc").rglob("*") if path.is_file()}
    assert installed == {
        "moderation.service", "moderation-alert.service", "moderation.timer", "moderation"
    }  # fmt: skip
    service = machine.moved((NIGHTLY / "moderation.service").read_text())
    assert "\nUser=moderation\n" in service
    for name in ("WorkingDirectory", "ExecStart", "ReadWritePaths"):
        (path,) = re.findall(rf"^{name}=(.+)$", service, re.MULTILINE)
        assert Path(path).exists(), name
    (folders,) = re.findall(r"^Environment=IN=(\S+) OUT=(\S+)$", service, re.MULTILINE)
    assert all(Path(folder).is_dir() for folder in folders)


def test_a_night_waits_for_the_earlier_one_and_then_begins(
    machine: Machine,
) -> None:
    machine.follow()
    runs = machine.root / "srv/moderation/runs"
    environment = os.environ | {"IN": "/items", "OUT": str(runs)}
    command = [str(machine.root / "opt/moderation/deploy/nightly/run.sh"), "2024-06-14"]
    with (runs / ".nightly.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        late = subprocess.run(
            command, env=environment | {"WAIT_S": "0"}, capture_output=True, text=True, check=False
        )
        assert (late.returncode, late.stdout) == (1, "")
        assert "the next start catches up" in late.stderr
        waiting = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert waiting.stderr is not None
        assert "waiting for up to 21600 s" in waiting.stderr.readline()
        assert waiting.poll() is None
    told, _ = waiting.communicate(timeout=120)
    assert waiting.returncode == 0
    assert "--night 2024-06-14" in told
