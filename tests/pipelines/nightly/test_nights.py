"""Nights that were missed, killed, late, refused or judged by another policy; each is told."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.nightly.__main__ import main
from pipelines.nightly.drive import ScoreProcess
from pipelines.score.__main__ import main as score_main
from tests.pipelines.scoring import Finished, memes, write_jsonl

TODAY = datetime.date(2026, 1, 4)
Nightly = Callable[..., int]


class Items:
    """Records that a platform delivers, a folder a night."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def deliver(self, day: str, *ids: int, name: str = "memes", broken: int = 0) -> None:
        folder = self.root / f"dt={day}"
        folder.mkdir(parents=True, exist_ok=True)
        rows = [memes(1, start=number)[0] for number in ids]
        write_jsonl(folder / f"{name}.jsonl", [*rows, *["{"] * broken])


@pytest.fixture
def items(tmp_path: Path) -> Items:
    return Items(tmp_path / "items")


@pytest.fixture
def nightly(tmp_path: Path, model: str, items: Items, pictures: Path) -> Nightly:
    """Run the command in this process, as of the fourth of January."""

    def run(*flags: str, today: datetime.date = TODAY) -> int:
        place = ["--input", f"{items.root}/dt={{night}}", "--output", str(tmp_path / "runs")]
        rest = ["--model", model, "--image_root", str(pictures), "--reuse", "latest"]
        return main([*place, *rest, *flags], score=score_main, today=today)

    return run


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], Finished]:
    return lambda day: Finished(0, tmp_path / "runs" / f"run_id={day}")


Run = Callable[[str], Finished]


def test_nights_that_were_missed_are_scored_in_order_with_the_scores_of_those_before(
    nightly: Nightly, items: Items, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    items.deliver("2026-01-01", 0, 1)
    items.deliver("2026-01-02", 1, 2)
    items.deliver("2026-01-03", 2, 3)
    assert nightly() == 0
    out, err = capsys.readouterr()
    assert (
        "3 nights to score, oldest first: 2026-01-01 (missed), 2026-01-02 (missed), "
        "2026-01-03 (missed)"
    ) in err
    assert out.endswith("0 nights of 3 without a committed run\n")
    accounts = [run(f"2026-01-0{day}").account for day in (1, 2, 3)]
    assert [(each["scored"], each["reused"]) for each in accounts] == [(2, 0), (1, 1), (1, 1)]
    assert {v["run_id"] for v in run("2026-01-03").verdicts} == {"2026-01-03"}
    assert nightly() == 0
    assert "no night is left to score" in capsys.readouterr().err


def test_records_that_come_after_the_commit_are_told_and_scored_only_when_asked(
    nightly: Nightly, items: Items, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    items.deliver("2026-01-03", 0, 1)
    assert nightly() == 0
    items.deliver("2026-01-03", 2, name="late")
    capsys.readouterr()
    assert nightly() == 0
    err = capsys.readouterr().err
    assert "2026-01-03 grew after its commit (1 new, as in " in err
    assert run("2026-01-03").account["read"] == 2
    assert nightly("--late", "overwrite") == 0
    assert "committed, was late" in capsys.readouterr().out
    assert run("2026-01-03").account["read"] == 3
    assert nightly("--late", "overwrite") == 0
    assert "no night is left to score" in capsys.readouterr().err


def test_a_new_policy_decides_anew_over_scores_that_are_there(
    nightly: Nightly, items: Items, run: Run, tmp_path: Path
) -> None:
    items.deliver("2026-01-02", 0, 5)
    items.deliver("2026-01-03", 0, 5)
    assert nightly("--until", "2026-01-02") == 0
    policy = tmp_path / "strict.yaml"
    policy.write_text(
        "version: strict\nflags:\n  is_hateful: {task: hateful, label: hateful, threshold: 0.0}\n"
    )
    assert nightly("--policy", str(policy)) == 0
    before, after = run("2026-01-02"), run("2026-01-03")
    assert after.account["reused"] == 2
    assert {v["policy_version"] for v in before.verdicts} != {"strict"}
    assert {v["policy_version"] for v in after.verdicts} == {"strict"}
    assert {v["decision"] for v in after.verdicts} == {"flag"}


def test_a_gate_that_broke_pages_a_person_with_the_page_and_holds_up_no_later_night(
    nightly: Nightly, items: Items, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items.deliver("2026-01-02", 0, broken=3)
    items.deliver("2026-01-03", 1)
    pager = tmp_path / "pager.py"
    page = tmp_path / "page.txt"
    pager.write_text(f"import sys; open({str(page)!r}, 'a').write(sys.stdin.read())")
    alert = f"{sys.executable} {pager}"
    assert nightly("--alert", alert, "--max_dead_letter_ratio", "0.2") == 3
    refused, committed, last = page.read_text().splitlines()
    assert refused.startswith("2026-01-02  NOT COMMITTED, a gate broke: ")
    assert refused.endswith(f"see {run('2026-01-02').path}/audit.html")
    assert (run("2026-01-02").path / "audit.html").exists()
    assert committed.startswith("2026-01-03  committed")
    assert last == "1 night of 2 without a committed run"
    assert capsys.readouterr().out.endswith(f"{page.read_text()}\n")
    page.unlink()
    assert nightly("--alert", alert, "--max_dead_letter_ratio", "0.9") == 0
    assert run("2026-01-02").account["dead_lettered"] == 3
    assert not page.exists()


def test_a_night_without_inputs_is_told_and_holds_up_none(
    nightly: Nightly, items: Items, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    items.deliver("2025-12-01", 0)
    items.deliver("2026-01-01", 0)
    (items.root / "dt=2026-13-01").mkdir()
    assert nightly() == 2
    out, err = capsys.readouterr()
    assert "1 older night with inputs and without a committed run, 2025-12-01 to 2025-12-01" in err
    assert f"2026-01-02 has no inputs: {items.root}/dt=2026-01-02" in err
    assert "2026-01-01  committed, was missed" in out
    assert "2026-01-03  NOT SCORED, no inputs" in out
    assert not run("2025-12-01").path.exists()
    assert nightly("--night", "2025-12-01") == 0
    assert run("2025-12-01").account["read"] == 1


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--run_id", "x"], "--run_id is given to each night by this command"),
        (["--overwrite"], "--overwrite is given to each night"),
        (["--night", "2026-01-01", "--until", "2026-01-01"], "give one"),
    ],
)
def test_flags_that_cannot_be_used_are_told_before_the_first_night(
    nightly: Nightly, items: Items, flags: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    items.deliver("2026-01-03", 0)
    assert nightly(*flags) == 2
    assert told in capsys.readouterr().err


def test_an_input_says_where_in_it_the_night_stands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--input", "/items"])
    assert "write {night} once" in capsys.readouterr().err
    assert main([]) == 2
    assert "--input is missing" in capsys.readouterr().err


def test_a_signal_goes_to_the_night_under_way_and_none_is_begun_after_it(
    nightly: Nightly, items: Items, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in ("2026-01-02", "2026-01-03"):
        items.deliver(day, 0)
    program = tmp_path / "score.py"
    program.write_text(
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        "os.kill(os.getppid(), signal.SIGTERM)\n"
        "time.sleep(20)\n"
    )
    process = ScoreProcess((sys.executable, str(program)))
    place = ["--input", f"{items.root}/dt={{night}}", "--output", str(tmp_path / "runs")]
    assert main(place, score=process, today=TODAY) == 143
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith("2026-01-02  NOT COMMITTED, ended with 143")
    assert second == "2026-01-03  NOT SCORED, stopped before"
    assert last == "2 nights of 2 without a committed run"


@pytest.mark.slow
def test_a_night_that_was_killed_goes_on_the_next_time(
    nightly: Nightly,
    items: Items,
    run: Run,
    tmp_path: Path,
    pictures: Path,
    model: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = 4_000
    items.deliver("2026-01-02", *range(rows))
    command = [sys.executable, "-m", "pipelines.nightly", "--night", "2026-01-02"]
    command += ["--input", f"{items.root}/dt={{night}}", "--output", str(tmp_path / "runs")]
    command += ["--model", model, "--image_root", str(pictures)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while not list(run("2026-01-02").path.glob("_staging/journal/*.arrow")):
        assert process.poll() is None, "the night was over before it could be killed"
        assert time.monotonic() < end
        time.sleep(0.005)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "2026-01-02  NOT COMMITTED, ended by SIGKILL, start it again and it goes on" in out
    items.deliver("2026-01-03", 7)
    assert nightly() == 0
    out, err = capsys.readouterr()
    assert "2 nights to score, oldest first: 2026-01-02 (begun), 2026-01-03 (missed)" in err
    assert "judged items are in its journal" in err
    assert "2026-01-02  committed, was begun" in out
    account = run("2026-01-02").account
    assert account["read"] == account["scored"] == rows
    assert run("2026-01-03").account["reused"] == 1
