"""What an earlier run judged is carried over, and the policy decides anew."""

from __future__ import annotations

import base64
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.models.fakes import export_both_kinds
from tests.pipelines.score.test_slices import comparable
from tests.pipelines.scoring import Finished, Score, memes, write_jsonl


def texts(*numbers: int) -> list[dict[str, Any] | str]:
    """Memes without pictures."""
    return [{"id": n, "img": None, "text": f"text {n}"} for n in numbers]


def without_origin(run: Finished) -> list[str]:
    """Verdicts, but for where their scores come from."""
    told = {"reused": None, "reused_from": None}
    return comparable([{**verdict, **told} for verdict in run.verdicts])


def reused(run: Finished) -> dict[str, str]:
    """By item, the run whose model judged it, of those that were carried over."""
    assert all(v["reused"] == (v["reused_from"] is not None) for v in run.verdicts)
    return {v["item_id"]: v["reused_from"] for v in run.verdicts if v["reused"]}


@pytest.mark.parametrize("flags", [[], ["--slice_rows", "4"], ["--format", "jsonl"]])
def test_scores_pass_from_night_to_night_with_the_run_that_made_them(
    score: Score, tmp_path: Path, flags: list[str]
) -> None:
    nights = [texts(1, 2, 3), texts(2, 3, 4, 3), texts(3, 4, 5)]
    runs = []
    for number, rows in enumerate(nights):
        source = write_jsonl(tmp_path / f"{number}.jsonl", rows)
        run = score("--input", source, "--reuse", "latest", *flags, run_id=f"night{9 - number}")
        assert run.code == 0
        runs.append(run)
    assert [reused(run) for run in runs] == [
        {},
        {"2": "night9", "3": "night9"},
        {"3": "night9", "4": "night8"},
    ]
    books = runs[1].account
    assert (books["read"], books["scored"], books["reused"], books["duplicates"]) == (4, 1, 2, 1)
    [told] = runs[2].json("manifest.json")["reused"]
    assert (told["run_id"], told["path"], told["items"]) == ("night8", str(runs[1].path), 2)
    assert runs[2].json("audit.json")["scored_in"] == {"night8": 1, "night9": 1}
    assert str(runs[1].path) in (runs[2].path / "audit.html").read_text()
    at = {v["item_id"]: v["scored_at"] for v in runs[0].verdicts}
    assert {v["scored_at"] for v in runs[2].verdicts if v["item_id"] == "3"} == {at["3"]}
    alone = score("--input", str(tmp_path / "2.jsonl"), *flags, run_id="alone")
    assert without_origin(alone) == without_origin(runs[2])


def test_the_latest_run_brings_those_whose_letters_it_drove(score: Score, tmp_path: Path) -> None:
    rows = [*texts(1, 2), {"id": 3, "img": None, "text": None}]
    source = write_jsonl(tmp_path / "memes.jsonl", rows)
    first = score("--input", source, run_id="night")
    letters = str(first.path / "dead_letters")
    assert score("--input", letters, "--allow_empty", run_id="again").code == 0
    next_night = score("--input", source, "--reuse", "latest", run_id="next")
    assert reused(next_night) == {"1": "night", "2": "night"}


def test_a_changed_policy_decides_anew_from_the_stored_scores(score: Score, pictures: Path) -> None:
    source = write_jsonl(pictures / "memes.jsonl", memes(10))
    first = score("--input", source, run_id="first")
    policy = pictures / "policy.yaml"
    policy.write_text(
        "version: strict\nflags:\n  is_hateful:\n    task: hateful\n    label: hateful\n"
        "    threshold: 0.05\n    review_band: {above: 0.0, below: 0.0}\n"
    )
    flags = ["--policy", str(policy)]
    again = score("--input", source, *flags, "--reuse", str(first.path), run_id="again")
    assert (again.account["scored"], again.account["reused"]) == (0, 10)
    fresh = score("--input", source, *flags, run_id="fresh")
    assert without_origin(again) == without_origin(fresh)
    assert [v["decision"] for v in again.verdicts] != [v["decision"] for v in first.verdicts]


@pytest.mark.parametrize("rule", ["check", "trust", "never"])
def test_a_picture_that_was_exchanged_behind_its_path(
    score: Score, pictures: Path, rule: str
) -> None:
    rows = [{**row, "img": None} if row["id"] == 4 else row for row in memes(5)]  # type: ignore[index, dict-item]
    rows[3]["img"] = "none.png"  # type: ignore[index]
    source = write_jsonl(pictures / "memes.jsonl", rows)
    first = score("--input", source, run_id="first")
    Image.new("RGB", (40, 30), (250,) * 3).save(pictures / "1.png")
    shutil.copy(pictures / "2.png", pictures / "none.png")
    flags = ["--reuse", str(first.path), "--reuse_images", rule]
    again = score("--input", source, *flags, run_id="again")
    expected = {"check": {"0", "2", "4"}, "trust": {"0", "1", "2", "4"}, "never": {"4"}}
    assert set(reused(again)) == expected[rule]
    by_id = {v["item_id"]: v["probabilities"]["hateful.hateful"] for v in again.verdicts}
    assert by_id["3"] == pytest.approx(50 / 255, abs=0.01)
    assert by_id["1"] == pytest.approx((25 if rule == "trust" else 250) / 255, abs=0.01)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A folder, and the loopback port at which its files are."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    folder = tmp_path / "served"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, server.server_port
        server.shutdown()


def test_a_picture_that_was_exchanged_behind_its_url(
    score: Score, pictures: Path, served: tuple[Path, int]
) -> None:
    folder, port = served
    for name in ("same", "other"):
        shutil.copy(pictures / "1.png", folder / f"{name}.png")
    rows: list[Any] = [
        {"id": name, "img": f"http://127.0.0.1:{port}/{name}.png", "text": name}
        for name in ("same", "other")
    ]
    source = write_jsonl(pictures / "memes.jsonl", rows)
    flags = ["--input", source, "--allow_private_hosts", "--allowed_ports", str(port)]
    first = score(*flags, run_id="first")
    shutil.copy(pictures / "9.png", folder / "other.png")
    again = score(*flags, "--reuse", str(first.path), run_id="again")
    assert set(reused(again)) == {"same"}
    [other] = [v for v in again.verdicts if v["item_id"] == "other"]
    assert other["probabilities"]["hateful.hateful"] == pytest.approx(225 / 255, abs=0.01)


def test_pictures_inside_their_records_are_always_carried_over(
    score: Score, pictures: Path
) -> None:
    uri = "data:image/png;base64," + base64.b64encode((pictures / "5.png").read_bytes()).decode()
    source = write_jsonl(pictures / "m.jsonl", [{"id": 1, "img": uri, "text": "inline"}])
    first = score("--input", source, run_id="first")
    flags = ["--reuse", str(first.path), "--reuse_images", "never"]
    assert set(reused(score("--input", source, *flags, run_id="again"))) == {"1"}


def test_runs_that_cannot_be_reused_are_told(
    score: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(tmp_path / "m.jsonl", texts(1, 2))
    assert score("--input", source, "--reuse", str(tmp_path / "gone")).code == 2
    assert "matches no directory" in capsys.readouterr().err
    begun = tmp_path / "runs" / "run_id=begun"
    begun.mkdir(parents=True)
    assert score("--input", source, "--reuse", str(begun)).code == 2
    assert "--reuse" in (told := capsys.readouterr().err)
    assert "is not committed" in told
    first = score("--input", source, "--reuse", "latest", run_id="first")
    assert (first.code, first.account["scored"]) == (0, 2)
    assert "no committed run under" in capsys.readouterr().err
    other = Path(export_both_kinds(tmp_path / "other"))
    card = (other / "card.json").read_text()
    (other / "card.json").write_text(card.replace('"version": "', '"version": "9'))
    flags = ["--reuse", str(first.path), "--model", str(other)]
    again = score("--input", source, *flags, run_id="again")
    assert "another model judged it" in capsys.readouterr().err
    assert (again.account["scored"], again.account["reused"]) == (2, 0)
    [told_of] = again.json("manifest.json")["reused"]
    assert told_of["items"] == 0
