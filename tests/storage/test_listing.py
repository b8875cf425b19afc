"""Which files a path, a folder or a pattern stands for, and what is named as left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from moderation.storage.input_files import InputError
from moderation.storage.listing import Inputs, find_inputs

ROW = b'{"id":"a","img":null,"text":"a plain line"}\n'


def lay(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(ROW)


def names(found: Inputs, root: Path) -> list[str]:
    return [os.path.relpath(file.path, root) for file in found.files]


def reasons(found: Inputs) -> dict[str, int]:
    return {entry.why: entry.files for entry in found.left_out}


def test_a_folder_is_read_at_any_depth_whatever_the_case_of_endings(tmp_path: Path) -> None:
    lay(tmp_path, "a.jsonl", "b.JSONL", "c.Json", "in/d.CSV", "in/deep/e.JSONL.GZ", "f.json.zst")
    found = find_inputs([str(tmp_path)])
    assert names(found, tmp_path) == [
        "a.jsonl", "b.JSONL", "c.Json", "f.json.zst", "in/d.CSV", "in/deep/e.JSONL.GZ",
    ]  # fmt: skip
    assert found.left_out == ()


def test_what_a_folder_holds_beside_records_is_counted_and_named(tmp_path: Path) -> None:
    lay(tmp_path, "a.jsonl", "._a.jsonl", ".b.csv", "_SUCCESS", "_temporary/0/x.jsonl")
    lay(tmp_path, ".git/y.jsonl", "img/1.PNG", "img/2.png", "notes", "z.parquet.gz")
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "gone.jsonl").symlink_to(tmp_path / "nowhere.jsonl")
    found = find_inputs([str(tmp_path)])
    assert names(found, tmp_path) == ["a.jsonl"]
    assert reasons(found) == {
        "hidden files": 3,
        ".png files": 2,
        "hidden folders": 2,
        "no regular files": 2,
        ".gz files": 1,
        "files without an ending": 1,
    }
    [hidden] = [entry for entry in found.left_out if entry.why == "hidden files"]
    assert hidden.examples[0] == str(tmp_path / "._a.jsonl")


def test_a_pattern_takes_files_and_looks_into_folders_it_matches(tmp_path: Path) -> None:
    lay(tmp_path, "a.jsonl", "b.jsonl/part-0.jsonl", "b.jsonl/_SUCCESS", "._c.jsonl", "d.csv")
    found = find_inputs([str(tmp_path / "*.jsonl")])
    assert names(found, tmp_path) == ["a.jsonl", "b.jsonl/part-0.jsonl"]
    assert reasons(found) == {"hidden files": 2}
    assert names(find_inputs([str(tmp_path / "._*.jsonl")]), tmp_path) == ["._c.jsonl"]


@pytest.mark.parametrize(
    "name", ["data [v2]/memes[1].jsonl", "what?.jsonl", "all*.jsonl", "x/**/y.jsonl", "[!a].json"]
)
def test_what_exists_by_that_very_name_is_no_pattern(tmp_path: Path, name: str) -> None:
    lay(tmp_path, name, "data 2/memes1.jsonl", "whats.jsonl", "all.jsonl", "x/z/y.jsonl", "b.json")
    assert names(find_inputs([str(tmp_path / name)]), tmp_path) == [name]


def test_a_pattern_below_a_folder_with_brackets_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "data [v2]/a.jsonl", "data [v2]/b.jsonl", "data 2/c.jsonl")
    monkeypatch.chdir(tmp_path / "data [v2]")
    for pattern in ("*.jsonl", "./*.jsonl", "[ab].jsonl", str(tmp_path / "data [v2]/?.jsonl")):
        assert names(find_inputs([pattern]), Path.cwd()) == ["a.jsonl", "b.jsonl"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("**/*.jsonl", ["a.jsonl", "p/b.jsonl", "p/q/c.jsonl"]),
        ("**.jsonl", ["a.jsonl", "p/b.jsonl", "p/q/c.jsonl"]),
        ("p/**", ["p/b.jsonl", "p/d.csv", "p/q/c.jsonl"]),
        ("p/*/c.jsonl", ["p/q/c.jsonl"]),
        ("[p-q]/[!d]*", ["p/b.jsonl", "p/q/c.jsonl"]),
    ],
)
def test_two_stars_are_any_depth_and_one_stops_at_a_folder(
    tmp_path: Path, pattern: str, expected: list[str]
) -> None:
    lay(tmp_path, "a.jsonl", "p/b.jsonl", "p/d.csv", "p/q/c.jsonl", ".git/e.jsonl")
    assert names(find_inputs([str(tmp_path / pattern)]), tmp_path) == expected


def test_a_file_is_read_once_however_often_and_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "a/x.jsonl", "b/y.jsonl")
    (tmp_path / "b" / "a.jsonl").symlink_to(tmp_path / "b" / "y.jsonl")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    found = find_inputs(["a/../b", "b/*.jsonl", str(tmp_path), "./a/x.jsonl", "a/../a/x.jsonl"])
    assert names(found, tmp_path) == ["a/x.jsonl", "b/y.jsonl"]
    assert reasons(found)["links to files that are read"] >= 1


def test_two_dots_go_up_from_where_a_link_leads(tmp_path: Path) -> None:
    lay(tmp_path, "far/in/x.jsonl", "far/y.jsonl", "y.jsonl")
    (tmp_path / "link").symlink_to(tmp_path / "far" / "in")
    [file] = find_inputs([f"{tmp_path}/link/../y.jsonl"]).files
    assert file.path == str(tmp_path / "far" / "y.jsonl")


def test_a_name_that_is_not_utf8_is_told_in_letters_that_a_terminal_has(tmp_path: Path) -> None:
    lay(tmp_path, "a.jsonl")
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jsonl")
    Path(strange).write_bytes(ROW)
    found = find_inputs([str(tmp_path)])
    assert names(found, tmp_path) == ["a.jsonl"]
    [told] = found.left_out
    assert (told.why, told.examples) == (
        "names that are not UTF-8",
        [f"{tmp_path}/caf\\xe9.jsonl"],
    )
    with pytest.raises(InputError, match=r"caf\\\\xe9.*not UTF-8.*rename it"):
        find_inputs([strange])


def test_the_directory_of_a_run_is_no_folder_of_records(tmp_path: Path) -> None:
    run = "runs/run_id=t"
    lay(tmp_path, "a.jsonl", *(f"{run}/{name}" for name in ("manifest.json", "_SUCCESS")))
    lay(tmp_path, f"{run}/dead_letters/part-0.jsonl", f"{run}/verdicts/deep/part-0.parquet")
    found = find_inputs([str(tmp_path)])
    assert names(found, tmp_path) == ["a.jsonl"]
    assert reasons(found) == {"directories of runs": 1}
    with pytest.raises(InputError, match="name what is meant in it, as in dead_letters"):
        find_inputs([str(tmp_path / run)])
    for path in (f"{run}/dead_letters", "runs/run_id=*/dead_letters"):
        [file] = find_inputs([str(tmp_path / path)]).files
        assert file.path == str(tmp_path / run / "dead_letters/part-0.jsonl")


def test_partitions_are_walked_and_their_keys_come_along(tmp_path: Path) -> None:
    lay(tmp_path, "dt=2026-11-01/lang=en/part-0.jsonl", "dt=2026-11-02/_k=a%2Fb/p.jsonl")
    lay(tmp_path, "dt=__HIVE_DEFAULT_PARTITION__/run_id=7/p.jsonl")
    found = [dict(file.partition) for file in find_inputs([str(tmp_path)]).files]
    assert found == [
        {"dt": "2026-11-01", "lang": "en"},
        {"dt": "2026-11-02", "_k": "a/b"},
        {"dt": None},
    ]
    [one] = find_inputs([str(tmp_path / "dt=*/lang=en/*.jsonl")]).files
    assert dict(one.partition) == {"dt": "2026-11-01", "lang": "en"}


@pytest.mark.parametrize("url", ["file://{}", "file://localhost{}", "file:{}", "FILE://{}"])
def test_a_file_url_is_read_as_the_path_that_it_is(tmp_path: Path, url: str) -> None:
    lay(tmp_path, "two words.jsonl")
    [file] = find_inputs([url.format(f"{tmp_path}/two%20words.jsonl")]).files
    assert file.path == str(tmp_path / "two words.jsonl")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("https://example.org/x.parquet", "https:// is not known here.*download it first"),
        ("hf://datasets/a/x.parquet", "hf:// is not known here.*download the data set"),
        ("s3://bucket/x.jsonl", "s3:// is not known here.*copy it"),
        ("file://host/x.jsonl", "names no other machine"),
        ("", "the path is empty"),
    ],
)
def test_a_place_that_cannot_be_read_is_told_by_its_scheme(path: str, told: str) -> None:
    with pytest.raises(InputError, match=f"^labels .*{told}"):
        find_inputs([path], name="labels")


def test_nothing_to_read_says_what_was_there(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "b.txt", "_SUCCESS")
    with pytest.raises(InputError, match=r"no file that can be read.*2 \.txt files, 1 hidden"):
        find_inputs([str(tmp_path)])
    with pytest.raises(InputError, match="matches no file"):
        find_inputs([str(tmp_path / "*.jsonl")])
    (tmp_path / "pipe.jsonl").unlink(missing_ok=True)
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        find_inputs([str(tmp_path / "pipe.jsonl")])
