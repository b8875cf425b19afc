"""Banks as the command line names them: a file, a folder, a pattern."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.verdicts.policy import load_policy
from pipelines.command.usage import UsageError
from pipelines.score.bank_place import parse_bank
from pipelines.score.hash_banks import open_banks


def md5s(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, digit in files.items():
        (folder / f"{name}.md5").write_text(f"{digit * 32}  {name}.jpg\n")
    return folder


def opened(*given: str) -> list[tuple[str, int, list[str]]]:
    places = [parse_bank(text) for text in given]
    banks = open_banks(places, policy=load_policy(None).policy, write=False)
    return [(bank.name, bank.entries, [Path(f).name for f in bank.files]) for bank in banks.facts]


def test_a_folder_and_a_pattern_name_all_of_a_banks_files(tmp_path: Path) -> None:
    folder = md5s(tmp_path / "bank", b="b", a="a", _hidden="c")
    both = ["a.md5", "b.md5"]
    assert opened(f"own={folder}") == [("own", 2, both)]
    assert opened(f"own={folder}/[ab].md5") == [("own", 2, both)]
    assert opened(f"own=md5:{folder}/*.md5", f"more={folder}/a.md5") == [
        ("own", 3, ["_hidden.md5", *both]),
        ("more", 1, ["a.md5"]),
    ]


def test_a_name_that_exists_is_no_pattern(tmp_path: Path) -> None:
    md5s(tmp_path, **{"own[1]": "d", "own1": "e"})
    assert opened(f"own={tmp_path}/own[1].md5") == [("own", 1, ["own[1].md5"])]


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    with pytest.raises(UsageError, match=r"--hash_bank own=.*: no files lie in that folder"):
        opened(f"own={tmp_path}")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"own=.*none\*\.csv cannot be read \(no such file"):
        opened(f"own={tmp_path}/none*.csv")
