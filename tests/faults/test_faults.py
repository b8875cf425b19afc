"""Faults of a whole run, each in a real process: it ends as told, and starting again completes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.faults.forks import Child
from tests.faults.nights import (
    Night,
    each_once,
    fingerprint,
    letters,
    outcomes,
    records,
    sound,
    verdicts,
    write,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROWS, SECONDS = 130, 5.0
"""Rows of a run; the time within which a signal ends it."""
CLOSED, OPEN = 0o555, 0o755


def wait_for(ready: Callable[[], object], child: Child, *, limit_s: float = 120) -> None:
    end = time.monotonic() + limit_s
    while not ready():
        assert child.alive, child.told
        assert time.monotonic() < end
        time.sleep(0.002)


def judged(night: Night) -> dict[str, str]:
    """What the journal says that was scored, and when."""
    return {entry.split()[1]: at for entry, at in night.journal().items()}


def completes(night: Night, *sources: Path, flags: tuple[str, ...] = ()) -> None:
    """A start as it was meant: every row once, what was judged not again, and no fault."""
    known = judged(night)
    child = night.start(*sources, flags=flags)
    assert child.wait() == 0, child.told
    assert outcomes(night.run()) == each_once(*sources)
    assert sound(night.run())
    when = {each["content_key"]: each["scored_at"] for each in verdicts(night.run())}
    assert {key: when[key] for key in known} == known


def refused(child: Child, *words: str, code: int = 1) -> None:
    """It ended with a code and these words, and with nothing of Python's own."""
    assert child.wait() == code, child.told
    for word in (*words, "nothing was committed") if code != 2 else words:
        assert word in child.told
    assert "Traceback" not in child.told
    assert "Exception ignored" not in child.told


@pytest.fixture
def source(night: Night) -> Path:
    return write(night.folder / "memes.jsonl", records(ROWS))


@pytest.mark.parametrize("most", [1_500, 9_000])
def test_a_disk_that_is_full_ends_a_run_and_room_lets_it_go_on(
    night: Night, source: Path, most: int
) -> None:
    limit = ("tests.faults.moments:files_of_at_most", {"size": most})
    refused(night.start(source, before=[limit]), "no space is left", "make room")
    completes(night, source)


def test_an_output_that_may_not_be_written_is_told_before_a_row_is_read(
    night: Night, source: Path
) -> None:
    night.output.mkdir(mode=CLOSED)
    held = ("tests.faults.moments:without_privileges", {})
    refused(night.start(source, before=[held]), str(night.output), code=2)
    night.output.chmod(OPEN)
    completes(night, source)


def test_an_output_that_is_closed_in_the_middle_ends_a_run_that_goes_on_later(
    night: Night, source: Path
) -> None:
    held = ("tests.faults.moments:without_privileges", {})
    child = night.start(source, before=[held])
    wait_for(night.journal, child)
    folders = [night.run(), *(path for path in night.run().rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(CLOSED)
    refused(child, "ermission denied", "judged items are safe")
    for folder in folders:
        if folder.exists():
            folder.chmod(OPEN)
    completes(night, source)


@pytest.mark.parametrize("rows", [ROWS // 2, ROWS * 2], ids=["shorter", "longer"])
@pytest.mark.parametrize("opened", [2, 3, 4, 5])
def test_an_input_that_is_replaced_is_told_or_read_as_it_is(
    night: Night, source: Path, rows: int, opened: int
) -> None:
    other = write(night.folder / "other", records(rows, word="other"))
    given = {"opened": str(source), "number": opened, "path": str(source), "by": str(other)}
    child = night.start(source, before=[("tests.faults.moments:replace_at", given)])
    if child.wait() == 0:
        assert outcomes(night.run()) == each_once(source)
        assert sound(night.run())
        return
    refused(child, "an input changed while it was read", str(source))
    completes(night, source)


def test_a_part_that_was_cut_costs_its_own_rows_until_it_is_whole(night: Night) -> None:
    whole, cut = night.folder / "whole.parquet", night.folder / "cut.parquet"
    for path in (whole, cut):
        table = pa.table({"id": range(90), "img": pa.nulls(90, pa.string()),
                          "text": [f"{path.stem} {n}" for n in range(90)]})  # fmt: skip
        pq.write_table(table, path, row_group_size=30)
    data = cut.read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    child = night.start(whole, cut)
    assert child.wait() == 0, child.told
    assert sound(night.run())
    assert {each["source"] for each in verdicts(night.run())} == {str(whole)}
    [letter] = letters(night.run())
    assert letter["source"] == str(cut)

    cut.write_bytes(data)
    child = night.start(whole, cut, flags=["--overwrite"])
    assert child.wait() == 0, child.told
    assert (len(verdicts(night.run())), letters(night.run())) == (180, [])
    assert sound(night.run())


def test_a_run_whose_files_are_from_the_future_goes_on(night: Night, source: Path) -> None:
    given = {"folder": str(night.output), "number": 3, "since": r"/journal/[0-9a-f]{32}"}
    child = night.start(source, before=[("tests.faults.moments:die_at", given)])
    assert child.wait() == -signal.SIGKILL
    tomorrow = time.time() + 24 * 3600
    begun = night.run() / "_staging/journal/start.json"
    told = json.loads(begun.read_text())
    begun.write_text(json.dumps({**told, "started_at": told["started_at"].replace("20", "21", 1)}))
    for path in [night.run(), *night.run().rglob("*")]:
        os.utime(path, (tomorrow, tomorrow))
    known = judged(night)
    assert known
    child = night.start(source, flags=["--resume"], run_id=None)
    assert child.wait() == 0, child.told
    assert outcomes(night.run()) == each_once(source)
    assert sound(night.run())
    when = {each["content_key"]: each["scored_at"] for each in verdicts(night.run())}
    assert {key: when[key] for key in known} == known


@pytest.mark.parametrize("flags", [(), ("--overwrite",)], ids=["new", "overwriting"])
def test_of_two_starts_one_makes_the_run_and_the_other_says_so(
    night: Night, source: Path, flags: tuple[str, ...]
) -> None:
    if flags:
        completes(night, source)
    pair = [night.start(source, flags=flags) for _ in range(2)]
    codes = sorted(child.wait() for child in pair)
    assert codes == [0, 2], [child.told for child in pair]
    [told] = [child.told for child in pair if child.code == 2]
    assert "makes this run since" in told or "is committed already" in told
    assert outcomes(night.run()) == each_once(source)
    assert sound(night.run())


@pytest.mark.parametrize(
    "numbers",
    [(signal.SIGTERM,), (signal.SIGINT,), (signal.SIGINT, signal.SIGINT), (signal.SIGHUP,)],
    ids=["SIGTERM", "SIGINT", "SIGINT twice", "SIGHUP"],
)
def test_a_signal_ends_a_run_soon_and_what_was_judged_is_safe(
    night: Night, source: Path, numbers: tuple[signal.Signals, ...]
) -> None:
    child = night.start(source, flags=["--no_progress"])
    wait_for(night.journal, child)
    since = time.monotonic()
    for number in numbers:
        child.signal(number)
    refused(child, f"stopped by {numbers[0].name}: ", "--resume", code=128 + numbers[0])
    assert time.monotonic() - since < SECONDS
    assert len(child.told.splitlines()) == 1
    assert f"{len(judged(night)):,} judged items are safe" in child.told
    completes(night, source, flags=("--resume",))


def test_a_worker_process_that_dies_ends_a_run_that_goes_on_without_it(
    night: Night, source: Path
) -> None:
    night.slice_rows = 5
    flags = ["--direct_running_mode=multi_processing", "--direct_num_workers=2", "--no_progress"]
    child = night.start(source, flags=flags)
    wait_for(lambda: workers(child) and night.journal(), child, limit_s=240)
    for worker in workers(child)[:1]:
        os.kill(worker, signal.SIGKILL)
    assert child.wait() == 1, child.told  # another worker of Beam's may say its own beside it
    _, _, told = child.told.partition("a worker process was ended by SIGKILL")
    assert "nothing was committed" in told
    assert "judged items are safe" in told
    assert child.gone()
    completes(night, source)


def workers(child: Child) -> list[int]:
    """Worker processes of an engine, but for the shells that started them."""
    found = []
    for pid in child.group():
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if any(word.endswith(b"sdk_worker_main") for word in words):
            found.append(pid)
    return found


@pytest.mark.parametrize("opened", [1, 2, 3, 4, 6, "journal"])
def test_a_model_that_is_replaced_is_told_or_judges_no_row(
    night: Night, source: Path, opened: int | str
) -> None:
    own, other = night.folder / "model", night.folder / "other"
    for folder in (own, other):
        shutil.copytree(night.model, folder)
    card = (other / "card.json").read_text()
    (other / "card.json").write_text(card.replace('"version": "1"', '"version": "2"'))
    first, second = fingerprint(str(own)), fingerprint(str(other))
    assert first != second
    night.model = str(own)
    at = night.output / "run_id=t/_staging/journal" if opened == "journal" else own
    number = 3 if opened == "journal" else opened
    given = {"opened": str(at), "number": number, "path": str(own), "by": str(other)}
    child = night.start(source, before=[("tests.faults.moments:replace_at", given)])
    code = child.wait()
    assert (night.folder / "model.former").exists()
    if code == 0:
        told = {each["model_fingerprint"] for each in verdicts(night.run())}
        assert told in ({first}, {second})
        assert json.loads((night.run() / "manifest.json").read_text())["model_fingerprint"] in told
        assert opened != "journal" or told == {first}
    else:
        assert code in (1, 2)
        assert str(own) in child.told
        assert not (night.run() / "_SUCCESS").exists()
    child = night.start(source, flags=["--overwrite"])
    assert child.wait() == 0, child.told
    assert {each["model_fingerprint"] for each in verdicts(night.run())} == {second}
    assert outcomes(night.run()) == each_once(source)
    assert sound(night.run())
