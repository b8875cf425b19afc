"""Ways in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.run.figures import Cost
from benchmarks.run.turns import Way, WayFailed, cost_told, environment, in_order, run
from benchmarks.run.ways.clocks import MARK, cost, marked, slope


def test_who_is_first_changes() -> None:
    assert in_order(["a", "b", "c"], 0) == ["a", "b", "c"]
    assert in_order(["a", "b", "c"], 1) == ["c", "b", "a"]


def test_the_last_cost_told_counts_whatever_stands_around_it() -> None:
    words = 'noise\n{"clock": 9, "processor": 9}\n{"clock": 1, "processor": 2}\nlate words'
    assert cost_told("w", words) == Cost(1, 2)


@pytest.mark.parametrize("words", ["", "done", '{"clock": 0.0, "processor": 1.0}'])
def test_a_way_that_tells_no_cost_has_failed(words: str) -> None:
    with pytest.raises(WayFailed, match="w: "):
        cost_told("w", words)


def test_a_way_that_does_not_start_tells_its_last_words() -> None:
    with pytest.raises(WayFailed, match=r"score: ended with 2: .*no_such_way"):
        run("score", Way("no_such_way", {}), timeout_s=60)


def test_a_gpu_is_hidden_unless_asked_for_and_marks_differ() -> None:
    plain, other = environment(Way("score", {})), environment(Way("score", {}, gpu=True))
    assert plain["CUDA_VISIBLE_DEVICES"] == ""
    assert other.get("CUDA_VISIBLE_DEVICES") == os.environ.get("CUDA_VISIBLE_DEVICES")
    assert plain[MARK] != other[MARK]


def test_start_up_falls_out_of_a_slope() -> None:
    asked: list[int] = []
    slope(asked.append, few=3, rows=10)
    assert asked == [3, 3, 13]


def test_the_processor_time_of_whom_it_started_counts() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    found = cost(lambda: subprocess.run([sys.executable, "-c", busy], check=True) and None)
    assert found[1] >= 0.25


def test_who_left_the_family_is_known_by_the_mark(tmp_path: Path) -> None:
    for pid, variables in ((7, f"A=1\0{MARK}=x"), (8, f"{MARK}=xy"), (9, "A=1")):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "environ").write_bytes(variables.encode())
    assert marked("x", tmp_path) == {7}
    assert marked("", tmp_path) == set()


def test_of_a_way_that_takes_too_long_nothing_is_left(tmp_path: Path) -> None:
    left = tmp_path / "left"
    (tmp_path / "slow.py").write_text(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        f"open({str(left)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    with pytest.raises(WayFailed, match=r"slow: not done after 3 s"):
        run("slow", Way(str(tmp_path / "slow"), {}), timeout_s=3)
    deadline = time.monotonic() + 20  # a signal is sent at once and taken when it is its turn
    while alive(left.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(left.read_text())


def test_a_way_runs_with_the_packages_of_its_checkout_and_is_given_its_job(tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text("SECONDS = 3\n")
    (tmp_path / "way.py").write_text(
        "import json, sys\nimport here\n"
        "given = json.loads(sys.argv[1])\n"
        "print(json.dumps({'clock': here.SECONDS, 'processor': given['rows']}))\n"
    )
    way = Way(str(tmp_path / "way"), {"rows": 5}, checkout=tmp_path)
    assert run("way", way, timeout_s=60) == Cost(3, 5)


def alive(pid: str) -> bool:
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
