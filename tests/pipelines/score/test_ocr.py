"""A folder of pictures and two flags: texts are read, judged, counted, and carried over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ocr.test_reader import drawn
from tests.pipelines.scoring import Score, write_jsonl


@pytest.mark.slow
def test_from_a_folder_of_pictures_to_an_audit(score: Score, tmp_path: Path) -> None:
    folder = tmp_path / "found"
    folder.mkdir()
    (folder / "meme.png").write_bytes(drawn("WHEN THE", "cat says no"))
    (folder / "again.png").write_bytes(drawn("WHEN THE", "cat says no"))
    (folder / "plain.png").write_bytes(drawn())
    run = score("--input", str(folder), "--ocr", "auto", "--keep_text", run_id="first")
    assert run.code == 0
    found = {v["item_id"]: (v["text_source"], v["reading"], v["text_read"]) for v in run.verdicts}
    read = ("ocr", "read", "WHEN THE\ncat says no")
    assert found == {
        "found/meme.png": read,
        "found/again.png": read,
        "found/plain.png": (None, "empty", None),
    }
    assert {v["item_id"]: v["modalities"] for v in run.verdicts}["found/plain.png"] == ["img"]
    audit = run.json("audit.json")
    assert audit["readings"] == {"empty": 1, "read": 2}
    assert audit["fetching"]["decode_cache_hits"] == 1, "equal pictures are read once"
    assert audit["text_reader"] == run.json("manifest.json")["text_reader"]
    assert audit["text_reader"]["digest"] in (run.path / "audit.html").read_text()

    given = {"id": "given", "img": "found/meme.png", "text": "typed"}
    source = write_jsonl(tmp_path / "more.jsonl", [given])
    flags = ("--ocr", "auto", "--reuse", "latest")
    later = score("--input", str(folder), "--input", source, *flags, run_id="later")
    told = {v["item_id"]: (v["reused"], v["text_source"], v["text_read"]) for v in later.verdicts}
    assert told == {
        "found/meme.png": (True, "ocr", None),
        "found/again.png": (True, "ocr", None),
        "found/plain.png": (True, None, None),
        "given": (False, "record", None),
    }
    without = score("--input", str(folder), "--reuse", "latest", run_id="without")
    assert not any(v["reused"] for v in without.verdicts), "without a reader it is another item"
    assert {v["text_source"] for v in without.verdicts} == {"record"}


def test_pictures_and_flags_that_say_where_records_have_theirs_are_refused(
    score: Score, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = score("--input", str(pictures), "--image_root", str(pictures))
    assert run.code == 2
    assert "--image_root says how records name their pictures" in capsys.readouterr().err
