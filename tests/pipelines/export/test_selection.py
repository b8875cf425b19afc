"""Which rows enter: pseudo-labels, limits, held-out items, a day in the past."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from schemas.export import DiffEntry
from tests.pipelines.export.night import Night, memes
from tests.pipelines.exports import (
    decision,
    verdicts_of,
)


def test_pseudo_labels_are_what_every_run_was_sure_of(night: Night, files: list[str]) -> None:
    found = night.export(
        "pseudo",
        "--run", str(night.folder / "runs" / "run_id=first"), str(night.second),
        "--decisions", files[0], "--pseudo_label_above", "0.55",
    )  # fmt: skip
    verdicts = verdicts_of(night.first, night.second)
    decided = {d["item_id"] for d in map(json.loads, Path(files[0]).read_text().splitlines())
               if d["label"] != "perhaps"}  # fmt: skip
    expected: dict[str, str] = {}
    for item_id, rows in verdicts[~verdicts["item_id"].isin(decided)].groupby("item_id"):
        tops = [max(dict(p).items(), key=lambda entry: entry[1]) for p in rows["probabilities"]]
        if all(p >= 0.55 for _, p in tops) and "review" not in set(rows["decision"]):
            name = tops[0][0].split(".")[1]
            expected[str(item_id)] = {"not_hateful": "0", "hateful": "1"}.get(name, name)
    pseudo = {
        item_id: row["label"]
        for item_id, row in found.rows.items()
        if row["provenance"]["label_source"] == "pseudo"
    }
    assert pseudo == expected
    assert len(pseudo) > 3
    assert found.report["rows_by_label_source"]["pseudo"] == len(pseudo)
    assert "label is the model's own" in (found.path / "README.md").read_text()


def test_limits_keep_reviewed_rows_and_balance_labels(night: Night, files: list[str]) -> None:
    flags = ["--run", str(night.first), "--decisions", files[0], "--pseudo_label_above", "0"]
    free = night.export("free", *flags).rows
    limited = night.export("limited", *flags, "--max_per_source", "6")
    by_source = Counter(json.loads(r["extras"]).get("source", "p1") for r in limited.rows.values())
    assert set(by_source.values()) == {6}
    for source in by_source:
        mine = [r for r in free.values() if json.loads(r["extras"]).get("source", "p1") == source]
        reviewed = sum(r["provenance"]["label_source"] == "reviewed" for r in mine)
        kept = [limited.rows[r["provenance"]["item_id"]] for r in mine
                if r["provenance"]["item_id"] in limited.rows]  # fmt: skip
        got = sum(r["provenance"]["label_source"] == "reviewed" for r in kept)
        assert got == min(6, reviewed)
    balanced = night.export("balanced", *flags, "--balance")
    whole = Counter(("id" in row, row["label"]) for row in free.values())
    labels = Counter(("id" in row, row["label"]) for row in balanced.rows.values())
    assert labels.keys() == whole.keys()
    for is_meme in (True, False):
        rarest = min(rows for (kind, _), rows in whole.items() if kind is is_meme)
        assert {rows for (kind, _), rows in labels.items() if kind is is_meme} == {rarest}
    left_out = balanced.report["verdicts"]["balanced_away"]
    assert left_out == len(free) - len(balanced.rows)


def test_held_out_items_and_their_likes_never_enter(night: Night) -> None:
    ids = [str(n) for n in range(30)]
    given = night.decisions("all.jsonl", [decision(item_id, "1") for item_id in ids])
    other = night.folder / "held"
    other.mkdir()
    (other / "renamed.png").write_bytes((night.folder / "7.png").read_bytes())
    held = [
        memes(range(3, 4))[0],
        {"id": "x1", "img": "renamed.png", "text": "a text of its own"},
        {"id": "x2", "img": None, "text": "MEME number 12!! https://t.co/1"},
        {"id": "x3", "img": None, "text": "meme  number 15 "},
    ]
    (night.folder / "held.jsonl").write_text(json.dumps(held[0]) + "\n")
    (other / "held.jsonl").write_text("".join(json.dumps(row) + "\n" for row in held[1:]))
    found = night.export(
        "apart",
        "--run", str(night.first), "--decisions", given, "--exclude_text_similarity", "1",
        "--exclude", str(night.folder / "held.jsonl"), str(other / "held.jsonl"),
    )  # fmt: skip
    same_picture = {"3", "13", "23", "7", "17", "27"}
    assert set(ids) - set(found.rows) == same_picture | {"12", "15"}
    assert found.report["held_out"]["rows_excluded"] == {"content": 1, "image": 5, "text": 2}
    assert found.report["verdicts"]["held_out"] == 8


def test_verdicts_of_an_evaluation_run_can_be_held_out(night: Night) -> None:
    ids = [str(n) for n in range(20, 45)]
    given = night.decisions("late.jsonl", [decision(item_id, "1") for item_id in ids])
    found = night.export(
        "unevaluated",
        "--run", str(night.second), "--decisions", given,
        "--exclude", str(night.first / "verdicts"), "--allow_empty",
    )  # fmt: skip
    evaluated = verdicts_of(night.first)
    shas = {image["sha256"] for images in evaluated["images"] for image in images}
    second = verdicts_of(night.second).set_index("item_id")
    expected = {
        item_id
        for item_id in ids
        if not shas & {image["sha256"] for image in second.loc[item_id, "images"]}
    }
    assert set(found.rows) == expected


def test_held_out_rows_that_cannot_be_read_break_a_gate(
    night: Night, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = night.folder / "broken.jsonl"
    broken.write_text('{"id": 1, "img": null}\n')
    found = night.export(
        "broken", "--run", str(night.first), "--decisions", *files, "--exclude", str(broken)
    )
    assert found.code == 3
    assert not (found.path / "_SUCCESS").exists()
    assert "broken.jsonl, row 1" in capsys.readouterr().err


def test_the_diff_is_what_lies_between_two_sets(night: Night, files: list[str]) -> None:
    run = ["--run", str(night.first)]
    before = night.export("before", *run, "--decisions", files[0])
    after = night.export(
        "after",
        *run,
        "--decisions",
        files[1],
        "--previous",
        str(before.path),
        "--max_per_source",
        "5",
    )
    old, new = before.labels, after.labels
    changes = {row["item_id"]: DiffEntry.model_validate(row) for row in after.lines("diff")}
    expected = dict.fromkeys(new.keys() - old.keys(), "added")
    expected |= dict.fromkeys(old.keys() - new.keys(), "removed")
    expected |= {i: "relabelled" for i in old.keys() & new.keys() if old[i] != new[i]}
    assert {item_id: entry.change for item_id, entry in changes.items()} == expected
    assert set(expected.values()) == {"added", "removed", "relabelled"}
    for item_id, entry in changes.items():
        assert (entry.previous_label, entry.label) == (old.get(item_id), new.get(item_id))
        assert (entry.reason is not None) == (entry.change == "removed")
    diff = after.report["diff"]
    counts = Counter(expected.values())
    assert {name: diff[name] for name in counts} == counts
    assert diff["unchanged"] == len(old.keys() & new.keys()) - counts["relabelled"]
    assert sum(diff["removed_because"].values()) == counts["removed"]
    assert "over_source_limit" in diff["removed_because"]


def test_until_gives_the_set_of_that_day_again(night: Night) -> None:
    early = [decision(str(n), "1", decided_at="2026-01-01") for n in range(5)]
    late = [decision(str(n), "0", decided_at="2026-02-01") for n in range(3, 8)]
    first = night.decisions("until-1.jsonl", early)
    both = night.decisions("until-2.jsonl", early + late)
    run = ["--run", str(night.first), "--decisions"]
    then = night.export("then", *run, first)
    again = night.export("again", *run, both, "--until", "2026-02-01")
    since = night.export("since", *run, both, "--since", "2026-02-01")
    assert again.labels == then.labels == {str(n): "1" for n in range(5)}
    assert again.report["decisions"] == {"after_until": 5, "counted": 5}
    assert since.labels == {str(n): "0" for n in range(3, 8)}
