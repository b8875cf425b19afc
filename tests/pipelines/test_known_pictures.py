"""From a reviewer's decision to a bank, and from the bank to a night's verdicts."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from PIL import Image, ImageOps

from moderation.hashes.read_bank import read_bank
from moderation.runs.directory import RunDirectory
from pipelines.score.__main__ import main as score
from pipelines.score.summary import summary
from schemas.verdicts import Verdict
from tests.hashes.test_pdq import picture
from tests.pipelines.exports import Exported, House, decision

POLICY = """\
version: known-1
flags:
  is_hateful: {task: hateful, label: hateful}
hash_banks:
  decided: {action: flag, block: true}
"""


@pytest.fixture(scope="module", autouse=True)
def _indexes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Indexes of banks lie below the folder for temporary files: here one of the test's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))
        yield


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, model: str) -> House:
    made = House(tmp_path_factory.mktemp("known"), model)
    for number in range(3):
        Image.fromarray(picture(600, 700, seed=number)).save(made.folder / f"{number}.png")
    known = Image.fromarray(picture(600, 700, seed=1))
    ImageOps.mirror(known).save(made.folder / "mirrored.jpg", quality=60)
    ImageOps.expand(known, 40, "white").resize((390, 340)).save(made.folder / "framed.jpg")
    (made.folder / "policy.yaml").write_text(POLICY)
    return made


@pytest.fixture(scope="module")
def first(house: House) -> Path:
    """A night without banks, which writes hashes."""
    memes = [{"id": n, "img": f"{n}.png", "text": f"meme {n}"} for n in range(3)]
    return house.score("first", house.records("first.jsonl", memes), flags=("--write_hashes",))


@pytest.fixture(scope="module")
def bank(house: House, first: Path) -> Exported:
    decided = [decision("1", "1"), decision("2", "0"), decision("0", "0")]
    return house.export(
        "bank",
        "--run",
        str(first),
        "--decisions",
        house.decisions("d.jsonl", decided),
        "--bank",
        "hateful",
    )


@pytest.fixture(scope="module")
def second(house: House, first: Path, bank: Exported) -> Path:
    """The next night: a known picture in a mirror, in a frame, and as it was; and another."""
    file = bank.path / "bank"
    memes = [
        {"id": 10, "img": "mirrored.jpg", "text": "now it says this"},
        {"id": 11, "img": "framed.jpg", "text": "and now that"},
        {"id": 1, "img": "1.png", "text": "meme 1"},
        {"id": 2, "img": "2.png", "text": "meme 2"},
    ]
    return house.score(
        "second",
        house.records("second.jsonl", memes),
        flags=(
            *("--hash_bank", f"decided={file}", f"others={file}"),
            *("--policy", str(house.folder / "policy.yaml"), "--reuse", str(first)),
        ),
    )


def verdicts(run: Path) -> dict[str, dict[str, Any]]:
    rows = pq.read_table(run / "verdicts", partitioning=None).to_pylist()
    return {row["item_id"]: row for row in rows}


def test_verdicts_have_hashes_where_they_are_wanted(first: Path, second: Path) -> None:
    for row in verdicts(first).values():
        [image] = row["images"]
        assert len(image["pdq"]) == 64
        assert image["pdq_quality"] == 100
        assert row["hash_matches"] == []
    judged = [row for row in verdicts(second).values() if not row["reused"]]
    assert [row["images"][0]["pdq"] for row in judged] == [None, None]


def test_what_people_decided_is_a_bank(first: Path, bank: Exported) -> None:
    assert bank.code == 0
    assert bank.report["bank"] == {"entries": 1}
    [file] = bank.path.glob("bank/*.jsonl")
    [(_, entry)] = read_bank(str(file))
    assert (entry.id, entry.tags, entry.text) == ("1", ("1",), "meme 1")
    assert entry.hashes[0][1].hex() == verdicts(first)["1"]["images"][0]["pdq"]


def test_known_pictures_are_flagged_without_the_model_and_others_are_judged(second: Path) -> None:
    rows = verdicts(second)
    for name, seen in (("10", "mirror"), ("11", "without_borders")):
        row = rows[name]
        assert (row["decision"], row["reasons"]) == ("flag", ["hash_match:decided"])
        assert (dict(row["probabilities"]), row["modalities"]) == ({}, [])
        assert [match["bank"] for match in row["hash_matches"]] == ["decided", "others"]
        match = row["hash_matches"][0]
        assert (match["entry"], match["matched_as"], match["text"]) == ("1", seen, "meme 1")
        assert match["distance"] <= 31
    assert rows["2"]["hash_matches"] == []
    assert dict(rows["2"]["probabilities"])


def test_scores_that_are_carried_over_are_looked_up_in_tonights_banks(second: Path) -> None:
    row = verdicts(second)["1"]
    assert row["reused"]
    assert "hash_match:decided" in row["reasons"]
    assert row["hash_matches"][0]["distance"] == 0
    assert dict(row["probabilities"])


def test_the_audit_counts_by_bank_and_shows_both_texts(second: Path) -> None:
    audit = json.loads((second / "audit.json").read_text())
    decided, others = audit["hash_banks"]
    assert decided["rows"] == {"mirror": 1, "picture": 1, "without_borders": 1}
    assert (decided["blocked"], decided["rule"]["block"], others["rule"]["action"]) == (
        2,
        True,
        "review",
    )
    shown = {each["item_id"]: (each["text"], each["bank_text"]) for each in decided["examples"]}
    assert shown["10"] == ("now it says this", "meme 1")
    assert audit["account"]["reused"] == 2
    assert audit["reconciles"]
    manifest = json.loads((second / "manifest.json").read_text())
    assert [each["name"] for each in manifest["hash_banks"]] == ["decided", "others"]
    assert manifest["hash_banks"][0]["digest"] == decided["digest"]
    page = (second / "audit.html").read_text()
    assert decided["digest"] in page
    assert "now it says this" in page


def test_the_summary_says_what_each_bank_found(second: Path) -> None:
    told = summary(RunDirectory(str(second.parent), "second"), 1.0)
    found = "1 as mirror, 1 as picture, 1 as without borders"
    assert f"\n  known pictures of decided: {found}; 2 items decided without the model\n" in told


def test_rows_are_what_the_schemas_say(first: Path, second: Path) -> None:
    for row in [*verdicts(first).values(), *verdicts(second).values()]:
        plain = {**row, **{name: dict(row[name]) for name in ("probabilities", "other_flags")}}
        Verdict.model_validate(plain)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("known={bad}",), "line 2: md5 'beef': 4 characters"),
        (("known={folder}/none.csv",), "none.csv cannot be read"),
        (("known",), "write NAME=FILE"),
        (("known=md5:{good}", "--policy", "{policy}"), "no such bank is given"),
    ],
)
def test_banks_that_cannot_be_used_end_the_job_before_a_row_is_read(
    house: House, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], said: str
) -> None:
    (house.folder / "bad.csv").write_text("md5\nbeef\n")
    (house.folder / "good.txt").write_text(f"{'ab' * 16}\n")
    places = {
        "bad": house.folder / "bad.csv",
        "good": house.folder / "good.txt",
        "folder": house.folder,
        "policy": house.folder / "policy.yaml",
    }
    given = [each.format(**places) for each in flags]
    records = house.records("one.jsonl", [{"id": 1, "img": "0.png", "text": "x"}])
    argv = ["--input", records, "--output", str(house.folder / "none"), "--dry_run"]
    try:
        code: Any = score([*argv, "--model", house.model, "--hash_bank", *given])
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert said in capsys.readouterr().err
    assert not (house.folder / "none").exists()


def test_a_dry_run_names_the_banks(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    (house.folder / "good.txt").write_text(f"{'ab' * 16}\n")
    records = house.records("one.jsonl", [{"id": 1, "img": "0.png", "text": "x"}])
    argv = ["--input", records, "--output", str(house.folder / "none"), "--dry_run"]
    given = f"known={house.folder}/good.txt"
    assert score([*argv, "--model", house.model, "--hash_bank", given]) == 0
    told = capsys.readouterr()
    assert "bank     known: 1 entries, sha256:" in told.out + told.err
