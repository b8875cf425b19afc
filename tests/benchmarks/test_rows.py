"""The table: its rows, what they work on, and what is told of them."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.run import materials, needs
from benchmarks.run.__main__ import listed, main
from benchmarks.run.figures import Cost, Spread
from benchmarks.run.report import Found, as_json, markdown
from benchmarks.run.rows import ROWS, why_not
from benchmarks.run.settings import Settings, parser, settings
from benchmarks.run.turns import WAYS


def asked(*flags: str) -> Settings:
    return settings(parser([*ROWS]).parse_args(flags))


def test_every_need_that_is_not_met_is_said() -> None:
    told = {name: why_not(row, asked()) for name, row in ROWS.items()}
    assert told["ray"] == "no environment: give --ray_python PYTHON"
    assert told["img2dataset"] == "no environment: give --img2dataset_python PYTHON"
    for name in ("shared_images", "short_memes", "cold"):
        assert told[name] == "no older build: give --before CHECKOUT"
    assert told["limit"] is None


def test_an_environment_without_the_peer_says_what_it_lacks(tmp_path: Path) -> None:
    assert "no such program" in (needs.ray(asked("--ray_python", str(tmp_path / "no"))) or "")
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S -I "$@"\n')
    bare.chmod(0o755)
    why = needs.img2dataset(asked("--img2dataset_python", str(bare)))
    assert "No module named 'img2dataset'" in (why or "")


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    assert "no checkout" in (needs.before(asked("--before", str(tmp_path))) or "")
    (tmp_path / "pipelines").mkdir()
    assert needs.before(asked("--before", str(tmp_path))) is None


@pytest.mark.parametrize(("flags", "has"), [("sse amx_bf16", True), ("sse amx_int8", False)])
def test_units_for_bfloat16_are_read_from_the_processor(
    tmp_path: Path, flags: str, has: bool
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor : 0\nflags\t\t: {flags}\n")
    assert (needs.bf16(asked(), cpuinfo=cpuinfo) is None) is has


def test_with_gpu_rows_without_a_model_are_left_to_a_run_without() -> None:
    told = {name: why_not(ROWS[name], asked("--gpu")) for name in ("img2dataset", "workers")}
    assert all("without --gpu" in (why or "") for why in told.values())


def test_a_row_that_is_not_run_stands_in_both_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--only", "cold", "--work", str(tmp_path)]) == 0
    told = json.loads((tmp_path / "table.json").read_text())
    (row,) = told["rows"]
    assert row["not_run"] == "no older build: give --before CHECKOUT"
    assert "| not run: no older build" in (tmp_path / "table.md").read_text()
    assert "| not run: no older build" in capsys.readouterr().out


def test_a_measured_row_shows_medians_spread_load_and_whether_the_target_holds() -> None:
    rounds = [{"two": Cost(0.001, 0.002), "one": Cost(0.002, 0.002)}]
    ratios = {"clock": Spread(2.0, 1.5, 2.5), "processor": Spread(1.0, 1.0, 1.0)}
    found = [Found("workers", rounds, ratios, load=(0.5, 1.0)), Found("ray", failed="a\n| b")]
    page = markdown({"cores": "2"}, ROWS, found)
    assert "| 2.00 (1.50–2.50) | 1.00 (1.00–1.00) | yes | 0.5–1.0 |" in page
    assert "| workers | one | 2.00 (2.00–2.00) | 2.00 (2.00–2.00) | a pair |" in page
    assert "failed: a / b" in page
    told = json.loads(as_json({}, ROWS, found))["rows"]
    assert [row["held"] for row in told] == ["yes", None]
    assert told[0]["seconds"] == [
        {name: cost._asdict() for name, cost in one.items()} for one in rounds
    ]


def test_the_list_names_every_row() -> None:
    lines = listed(asked()).splitlines()
    assert [line.partition(":")[0] for line in lines if line[0] != " "] == [*ROWS]


def test_no_count_below_one_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        asked("--rounds", "0")
    assert "not 1 or more" in capsys.readouterr().err


def test_each_picture_is_shared_by_four_and_none_with_the_first_few() -> None:
    few, rest = materials.shared(0, 32, by=4), materials.shared(32, 64, by=4)
    shown = Counter(picture for _, *both in rest for picture in both)
    assert set(shown.values()) == {4}
    assert not shown.keys() & {picture for _, *both in few for picture in both}
    assert len({text for text, _, _ in few + rest}) == 96


def test_half_of_the_rows_are_duplicates_in_the_first_few_too() -> None:
    pairs = materials.twice(10, 8)
    assert len(pairs) == 8
    assert [*Counter(pairs).values()] == [2, 2, 2, 2]
    assert min(text for text, _, _ in pairs) == 10


def test_records_differ_in_ids_alone_where_content_is_equal(tmp_path: Path) -> None:
    path = materials.write_pairs(tmp_path / "p.csv", materials.twice(0, 4), "pictures")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["id_1"] for row in rows}) == 4
    assert len({(row["text_1"], row["image_1"]) for row in rows}) == 2


def test_pictures_are_made_once(tmp_path: Path) -> None:
    folder = materials.pictures(asked("--work", str(tmp_path)), 1)
    (folder / "0.jpg").write_bytes(b"kept")
    assert materials.pictures(asked("--work", str(tmp_path)), 2) == folder
    assert (folder / "0.jpg").read_bytes() == b"kept"
    assert (folder / "1.jpg").read_bytes()[:2] == b"\xff\xd8"


def test_every_row_starts_ways_that_are_files_and_compares_them(tmp_path: Path) -> None:
    (tmp_path / "model-cheap").mkdir()
    (tmp_path / "model-cheap" / "saved_model.pb").touch()
    (tmp_path / "pictures").mkdir()
    for number in range(700):
        (tmp_path / "pictures" / f"{number}.jpg").touch()
    flags = ["--work", str(tmp_path), "--model", str(tmp_path), "--before", str(tmp_path)]
    flags += ["--pairs", "8", "--memes", "8", "--pictures", "8", "--kilobytes", "4"]
    for name, row in ROWS.items():
        with row.open(asked(*flags)) as ways:
            assert all((WAYS / f"{way.script}.py").is_file() for way in ways.values()), name
            assert all(json.dumps(dict(way.job)) for way in ways.values())
            assert row.compared(asked(*flags))({way: Cost(1.0, 2.0) for way in ways})
            older = [way for way in ways.values() if way.checkout == tmp_path]
            assert len(older) == (needs.before in row.needs), name
