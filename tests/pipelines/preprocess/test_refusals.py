"""What is not committed, and what a command does not load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

from moderation.records.read_tfrecord import DatasetError, dataset
from pipelines.preprocess.__main__ import main
from tests.pipelines.preprocessing import Preprocess, labelled, source


def test_the_contract_is_kept_with_missing_images_as_dead_letters(
    preprocess: Preprocess, photos: Path
) -> None:
    rows = labelled(6, images=3)
    rows[0]["img"] = "gone.png"
    done = preprocess("--input", source(photos, rows), "--missing_images", "dead_letter")
    codes = {letter["item_id"]: letter["code"] for letter in done.lines("dead_letters")}
    assert codes == {"0": "not_found", "3": "no_image", "4": "no_image", "5": "no_image"}
    assert set(done.split_of()) == {"1", "2"}


def test_a_refused_set_is_written_down_and_cannot_be_read(
    preprocess: Preprocess, photos: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = labelled(10)
    rows[0]["label"] = None
    done = preprocess("--input", source(photos, rows), "--max_dead_letter_ratio", "0.05")
    assert done.code == 3
    assert "failure budget" in str(done.stats.refusal)
    assert not caplog.records  # the reason is told in a line, not in a step's traceback
    with pytest.raises(DatasetError, match="not committed"):
        dataset(str(done.path), split="train")
    done = preprocess("--input", source(photos, rows))
    with pytest.raises(DatasetError, match="has train, val, test"):
        dataset(str(done.path), split="dev")


@pytest.mark.parametrize("missing", ["keep", "dead_letter"])
def test_images_that_cannot_be_had_are_told_and_have_a_budget(
    preprocess: Preprocess, photos: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    rows = labelled(10, images=10)
    rows[0]["img"] = "away.png"
    flags = ("--input", source(photos, rows), "--missing_images", missing)
    done = preprocess(*flags, "--max_missing_image_ratio", "0.05")
    assert done.code == 3
    assert "1 of 10 images could not be had" in str(done.stats.refusal)
    assert preprocess(*flags).code == 0
    assert "images: 9 ok, 1 not_found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--splits", "train=0.5"], "add up to 0.5"),
        (["--group_by", "image,words"], "write 'none' or some of"),
        (["--stratify", "--split_column", "part"], "nothing to say"),
        (["--shard_mb", "0"], "out of range"),
        (["--labels", "yes,no,yes"], "'yes' is named twice"),
        (["--image_size", "99999x99999"], "a side has 8,192 pixels at most"),
        (["--text_similarity", "0.2"], "out of range"),
    ],
)
def test_wrong_flags_are_told(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(flags)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_help_needs_neither_beam_nor_tensorflow() -> None:
    code = (
        "import sys, pipelines.preprocess.__main__ as p\n"
        "try: p.main(['--help'])\n"
        "except SystemExit as e: assert e.code == 0\n"
        "heavy = {'apache_beam', 'tensorflow', 'numpy', 'pyarrow', 'PIL'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_the_job_itself_imports_no_tensorflow(preprocess: Preprocess, photos: Path) -> None:
    assert tf.__version__  # of this process; the job's is a fresh one
    code = (
        "import sys, pipelines.preprocess.__main__ as p\n"
        "assert p.main(sys.argv[1:]) == 0\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    flags = ["--runner=DirectRunner", "--input", source(photos, labelled(5, images=2), "n.jsonl")]
    command = [sys.executable, "-c", code, *flags, "--output", str(photos / "sets")]
    subprocess.run(command, capture_output=True, text=True, check=True)
