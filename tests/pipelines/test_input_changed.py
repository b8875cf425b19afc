"""An input that becomes another one while it is read: the run does not commit, and says which."""

from __future__ import annotations

import dataclasses
import importlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from moderation.exports.reviewer_key import KEY_VARIABLE
from pipelines.command.run import run
from tests.pipelines import jobs
from tests.pipelines.exports import KEY
from tests.pipelines.jobs import JOBS, Jobs

ROWS = 20


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, model: str) -> Jobs:
    return Jobs.make(tmp_path_factory.mktemp("changed"), model, rows=ROWS)


def grow(path: Path) -> None:
    with path.open("a") as file:
        file.write(path.read_text().splitlines()[0] + "\n")


def replace_by_one_of_its_size(path: Path) -> None:
    draft = path.with_name("draft")
    draft.write_text(path.read_text().replace("meme 1 ", "mime 1 "))
    os.replace(draft, path)


def start(job: str, argv: list[str], change: Callable[[], None]) -> int:
    """Run the job; the change comes once its pipeline is laid out, before a row is read."""
    module: Any = importlib.import_module(f"pipelines.{job}.__main__")

    job_made = module._job()

    def build(pipeline: Any, plan: Any) -> None:
        job_made.build(pipeline, plan)
        change()

    def locally(plan: Any, execute: Any, **how: Any) -> None:
        def and_change(pipeline: Any, lay_out: Any) -> None:
            lay_out(pipeline)
            change()

        def laid_out(lay_out: Any) -> None:
            execute(partial(and_change, lay_out=lay_out))

        job_made.locally(plan, laid_out, **how)

    def made() -> Any:
        return dataclasses.replace(job_made, build=build, locally=job_made.locally and locally)

    return run(module._job().options, made, argv)


@pytest.mark.parametrize(
    ("job", "change"),
    [*((job, grow) for job in JOBS), ("preprocess", replace_by_one_of_its_size)],
)
def test_a_run_whose_input_changed_does_not_commit(
    made: Jobs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    job: str,
    change: Callable[[Path], None],
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    run_id = change.__name__
    argv, path = made.argv(job, ROWS, run_id=run_id), made.input(job, ROWS)
    assert start(job, argv, lambda: change(path)) == 1
    told = capsys.readouterr().err
    assert f"failed: an input changed while it was read: {path} had " in told
    assert "nothing was committed" in told
    assert "RunRefused" not in told
    assert "[while running" not in told
    assert not (made.directory(job, run_id) / "_SUCCESS").exists()


def test_records_that_an_export_reads_again_are_inputs_too(
    made: Jobs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    records = made.house.folder / "all.jsonl"
    whole = records.read_bytes()
    try:
        argv = made.argv("export", ROWS, run_id="records")
        assert start("export", argv, lambda: os.truncate(records, len(whole) // 2)) == 1
    finally:
        records.write_bytes(whole)
    assert f"{records} had {len(whole):,} bytes" in capsys.readouterr().err


def test_an_input_that_was_only_touched_is_the_same(made: Jobs) -> None:
    argv, path = made.argv("preprocess", ROWS, run_id="touched"), made.input("preprocess", ROWS)
    assert start("preprocess", argv, lambda: os.utime(path, (1, 1))) == 0
    (entry,) = jobs.manifest(made.directory("preprocess", "touched"))["inputs"]
    assert (entry["bytes"], entry["rows"]) == (path.stat().st_size, ROWS)
