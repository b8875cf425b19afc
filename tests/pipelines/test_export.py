from __future__ import annotations

import datetime
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from schemas.export import CountedDecision, DiffEntry, ExportReport, Provenance
from schemas.manifest import Manifest
from schemas.verdicts import DeadLetter
from tests.pipelines.exports import (
    KEY,
    MEME_LABELS,
    PAIR_LABELS,
    REVIEWERS,
    Exported,
    House,
    decision,
    decisions_of,
    verdicts_of,
)


def memes(numbers: range) -> list[dict[str, Any]]:
    return [
        {"id": n, "img": f"{n % 10}.png", "text": f"meme number {n}", "source": f"feed {n % 3}"}
        for n in numbers
    ]


def pairs(numbers: range) -> list[dict[str, Any]]:
    return [
        {
            "id_1": str(10**18 + 2 * n),
            "text_1": f"first of {n}",
            "image_1": f"{n % 10}.png",
            "id_2": str(10**18 + 2 * n + 1),
            "text_2": f"the second text of pair {n}",
            "image_2": f"{(n + 3) % 10}.png",
            "label": "Implies",
        }
        for n in numbers
    ]


def made_up(ids: list[str], seed: int) -> list[dict[str, Any]]:
    """Decisions by several reviewers at several times, some of them useless."""
    rng = random.Random(seed)
    found = []
    for item_id in rng.sample(ids, k=len(ids) * 3 // 4):
        labels = PAIR_LABELS if ":" in item_id else MEME_LABELS
        for _ in range(rng.randint(1, 4)):
            when = f"{rng.choice(['2020', '2099'])}-01-{rng.randint(1, 28):02}T10:00:00Z"
            label = rng.choice(labels) if rng.random() < 0.9 else "perhaps"
            found.append(decision(item_id, label, rng.choice(REVIEWERS), decided_at=when))
    unknown = [decision(f"unknown {n}", "1") for n in range(5)]
    rng.shuffle(found)
    return [*found, *unknown]


class Night(House):
    """Two scored runs whose records overlap, and the moment between them."""

    first: Path
    second: Path
    between: str


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, model: str) -> Night:
    house = Night(tmp_path_factory.mktemp("night"), model)
    house.pictures()
    inputs = [
        house.records("m1.jsonl", memes(range(30))),
        house.records("p1.jsonl", pairs(range(20))),
    ]
    object.__setattr__(house, "first", house.score("first", *inputs))
    now = datetime.datetime.now(datetime.timezone.utc)
    object.__setattr__(house, "between", now.isoformat())
    second = house.records("m2.jsonl", memes(range(20, 45)))
    object.__setattr__(house, "second", house.score("second", second, inputs[1]))
    return house


@pytest.fixture(scope="module")
def files(night: Night) -> list[str]:
    """Decisions in a JSONL and a CSV file; a quarter of them made between the two runs."""
    ids = sorted(set(verdicts_of(night.first, night.second)["item_id"]))
    made = [made_up(ids, seed=1), made_up(ids, seed=2)]
    for row in made[0][::4]:
        row["decided_at"] = night.between
    return [
        night.decisions("a.jsonl", made[0]),
        night.decisions("b.csv", [{**row, "note": "see, guide"} for row in made[1]]),
    ]


def with_pandas(verdicts: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """The training set, made again by other means: one row an item that has a majority."""
    kinds = verdicts.drop_duplicates("item_id").set_index("item_id")["kind"]
    known = decisions[decisions["item_id"].isin(kinds.index)].copy()
    short = {"hateful": "1", "not_hateful": "0"}
    known["label"] = known["label"].map(lambda label: short.get(label, label))
    known = known[known["label"].isin(["0", "1", *PAIR_LABELS])]
    known["at"] = pd.to_datetime(known["decided_at"], utc=True, format="ISO8601")
    latest = known.sort_values("at", kind="stable").groupby(["item_id", "reviewer"]).tail(1)
    votes = latest.groupby(["item_id", "label"]).size().rename("votes").reset_index()
    votes["top"] = votes.groupby("item_id")["votes"].transform("max") == votes["votes"]
    winners = votes[votes["top"]]
    winners = winners[~winners["item_id"].duplicated(keep=False)].set_index("item_id")
    winners["reviewers"] = latest.groupby("item_id").size()
    winners["last"] = latest.groupby("item_id")["at"].max()
    scored = verdicts.assign(at=pd.to_datetime(verdicts["scored_at"], utc=True, format="ISO8601"))
    merged = scored.merge(winners[["last"]], left_on="item_id", right_index=True)
    merged["before"] = merged["at"] <= merged["last"]
    seen = merged.sort_values(["before", "at", "run_id"]).groupby("item_id").tail(1)
    seen = seen.set_index("item_id")
    return winners.join(
        seen[["run_id", "probabilities", "decision", "row", "source", "content_key"]]
    )


def score_of(probabilities: Any, label: str) -> float:
    names = {"0": "hateful.not_hateful", "1": "hateful.hateful"}
    return float(dict(probabilities)[names.get(label, f"entailment.{label}")])


@pytest.fixture(scope="module")
def whole(night: Night, files: list[str]) -> Exported:
    patterns = str(night.folder / "runs" / "run_id=*")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODERATION_REVIEWER_KEY", KEY)
        return night.export("whole", "--run", patterns, "--decisions", *files)


def test_the_set_is_the_one_that_pandas_makes_of_the_same_files(
    night: Night, files: list[str], whole: Exported
) -> None:
    expected = with_pandas(verdicts_of(night.first, night.second), decisions_of(*files))
    assert whole.code == 0
    rows = whole.rows
    assert len(rows) > 25
    assert {r["provenance"]["run_id"] for r in rows.values()} == {"first", "second"}
    assert rows.keys() == set(expected.index)
    for item_id, row in rows.items():
        theirs, ours = expected.loc[item_id], row["provenance"]
        assert row["label"] == theirs["label"]
        assert ours["reviewers"] == theirs["reviewers"]
        assert ours["reviewers_agreeing"] == theirs["votes"]
        assert ours["run_id"] == theirs["run_id"]
        assert ours["content_key"] == theirs["content_key"]
        assert (ours["source"], ours["row"]) == (theirs["source"], theirs["row"])
        assert ours["verdict"] == theirs["decision"]
        assert ours["score"] == score_of(theirs["probabilities"], row["label"])
        Provenance.model_validate(ours)


def test_both_formats_hold_the_same_rows(whole: Exported) -> None:
    lines = [
        json.loads(line)
        for file in sorted(whole.path.glob("data/*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    assert {row["provenance"]["item_id"]: row for row in lines} == whole.rows


def test_texts_ids_and_labels_are_those_of_the_records(whole: Exported) -> None:
    by_id = {str(row["id"]): row for row in memes(range(45))}
    by_id |= {f"{row['id_1']}:{row['id_2']}": row for row in pairs(range(20))}
    for item_id, row in whole.rows.items():
        record = by_id[item_id]
        for name in ("id", "text", "id_1", "text_1", "id_2", "text_2"):
            assert row.get(name) == (str(record[name]) if name in record else None)
        assert row["provenance"]["original_label"] == record.get("label")
        expected = {"source": record["source"]} if "source" in record else {}
        assert json.loads(row["extras"]) == expected


def test_every_verdict_and_every_decision_is_accounted_for(
    night: Night, files: list[str], whole: Exported
) -> None:
    report = ExportReport.model_validate(whole.report)
    verdicts, decisions = verdicts_of(night.first, night.second), decisions_of(*files)
    assert sum(report.verdicts.values()) == report.verdicts_read == len(verdicts)
    assert sum(report.decisions.values()) == report.decisions_read == len(decisions)
    assert report.verdicts["exported"] == report.rows == len(whole.rows)
    assert report.verdicts["other_verdict"] == len(verdicts) - verdicts["item_id"].nunique()
    letters = [DeadLetter.model_validate(letter) for letter in whole.lines("dead_letters")]
    codes = Counter(letter.code for letter in letters)
    assert codes["unknown_item"] == decisions["item_id"].str.startswith("unknown").sum() == 10
    assert codes["unknown_label"] == (decisions["label"] == "perhaps").sum()
    tied = {letter.item_id for letter in letters if letter.code == "tied_decisions"}
    assert len(tied) == report.tied_items == report.verdicts["tied"]
    counted = [CountedDecision.model_validate(row) for row in whole.lines("decisions")]
    assert Counter(row.status for row in counted) == {
        name: rows for name, rows in report.decisions.items() if name != "dead_lettered"
    }


def test_the_manifest_names_every_file_with_its_digest(whole: Exported) -> None:
    import hashlib

    manifest = Manifest.model_validate_json((whole.path / "manifest.json").read_text())
    for entry in manifest.outputs:
        data = (whole.path / entry.path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry.sha256
    named = {entry.path for entry in manifest.outputs} | {"manifest.json", "_SUCCESS"}
    there = {str(p.relative_to(whole.path)) for p in whole.path.rglob("*") if p.is_file()}
    assert {name for name in there if not name.startswith("data/images/")} == named
    assert len(manifest.inputs) == 4


def test_no_file_holds_a_reviewers_name_or_the_key(whole: Exported) -> None:
    for file in whole.path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not any(name.encode() in data for name in (*REVIEWERS, KEY))
    assert len({row["reviewer"] for row in whole.lines("decisions")}) == len(REVIEWERS)


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_the_set_is_scored_as_it_is_and_scores_as_it_did(
    night: Night, whole: Exported, suffix: str
) -> None:
    run = night.score(f"again-{suffix}", str(whole.path / "data" / f"*.{suffix}"))
    account = json.loads((run / "audit.json").read_text())["account"]
    assert (account["read"], account["dead_lettered"]) == (len(whole.rows), 0)
    again = verdicts_of(run).set_index("item_id")
    for item_id, row in whole.rows.items():
        assert again.loc[item_id, "label"] == row["label"]
        p = score_of(again.loc[item_id, "probabilities"], row["label"])
        assert p == pytest.approx(row["provenance"]["score"], abs=1e-5)


def test_the_set_is_preprocessed_as_it_is(night: Night, whole: Exported) -> None:
    from pipelines.preprocess.__main__ import main as preprocess_main

    out = night.folder / "examples"
    argv = ["--input", str(whole.path / "data" / "*.parquet"), "--output", str(out)]
    assert preprocess_main([*argv, "--run_id", "p", "--no_progress"]) == 0
    manifest = json.loads((out / "run_id=p" / "manifest.json").read_text())
    assert sum(entry["rows"] for entry in manifest["inputs"]) == len(whole.rows)
    examples = [e for e in manifest["outputs"] if e["path"].startswith("examples/")]
    assert sum(entry["rows"] for entry in examples) == len(whole.rows)


def test_what_a_killed_export_left_is_neither_kept_nor_doubled(
    night: Night, files: list[str], whole: Exported
) -> None:
    dead = night.folder / "sets" / "run_id=killed"
    for name in ("data/meme-00000-of-00009.parquet", "_staging/out/x.jsonl", "diff/old.jsonl"):
        (dead / name).parent.mkdir(parents=True, exist_ok=True)
        (dead / name).write_bytes(b"half a file")
    runs = [str(night.first), str(night.second)]
    found = night.export("killed", "--run", *runs, "--decisions", *files)
    assert found.code == 0
    assert found.report["content_digest"] == whole.report["content_digest"]
    assert len(list(found.path.glob("data/*.*"))) == len(list(whole.path.glob("data/*.*")))
    assert not (dead / "_staging").exists()
    assert not (dead / "diff").exists()


def test_order_and_workers_make_no_difference_to_a_byte(
    night: Night, files: list[str], whole: Exported
) -> None:
    other = night.export(
        "whole-too",
        "--run", str(night.second), str(night.first),
        "--decisions", *reversed(files),
        "--direct_num_workers=2", "--direct_running_mode=multi_threading",
    )  # fmt: skip
    names = sorted(path.name for path in whole.path.glob("data/*.*"))
    assert names == sorted(path.name for path in other.path.glob("data/*.*"))
    for name in names:
        assert (whole.path / "data" / name).read_bytes() == (
            other.path / "data" / name
        ).read_bytes()
    assert whole.report["content_digest"] == other.report["content_digest"]


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
    assert "label is the model's own" in (found.path / "DATASET.md").read_text()


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


def test_records_that_changed_or_went_since_their_run_are_dead_letters(
    tmp_path: Path, model: str
) -> None:
    house = House(tmp_path, model)
    house.pictures()
    names = ("same", "changed", "gone")
    rows = {
        name: [{"id": f"{name}-{n}", "img": f"{n}.png", "text": f"{name} {n}"} for n in range(3)]
        for name in names
    }
    run = house.score("r", *(house.records(f"{name}.jsonl", rows[name]) for name in names))
    house.records("changed.jsonl", [{**row, "text": "other"} for row in rows["changed"]])
    (tmp_path / "gone.jsonl").unlink()
    (tmp_path / "1.png").unlink()
    (tmp_path / "2.png").write_bytes((tmp_path / "5.png").read_bytes())
    given = [decision(f"{name}-{n}", "1") for name in names for n in range(3)]
    flags = ["--run", str(run), "--decisions", house.decisions("d.jsonl", given)]
    found = house.export("e", *flags)
    assert set(found.rows) == {"same-0"}
    codes = {letter["item_id"]: letter["code"] for letter in found.lines("dead_letters")}
    assert codes == {
        **{f"changed-{n}": "source_changed" for n in range(3)},
        **{f"gone-{n}": "not_found" for n in range(3)},
        "same-1": "not_found",
        "same-2": "source_changed",
    }
    assert found.report["verdicts"] == {"exported": 1, "dead_lettered": 8}
    strict = house.export("strict", *flags, "--max_dead_letter_ratio", "0.5")
    assert strict.code == 3
    assert not (strict.path / "_SUCCESS").exists()


def test_inline_images_renamed_columns_and_further_columns_come_through(
    tmp_path: Path, model: str
) -> None:
    import base64

    import pyarrow as pa
    import pyarrow.parquet as pq

    house = House(tmp_path, model)
    house.pictures(3)
    data = [(tmp_path / f"{n}.png").read_bytes() for n in range(3)]
    table = {"key": [1, 2], "img": data[:2], "body": ["one", "two"], "lang": ["en", None]}
    pq.write_table(pa.table(table), tmp_path / "inline.parquet")
    uri = "data:image/png;base64," + base64.b64encode(data[2]).decode()
    uris = house.records("uri.jsonl", [{"key": 3, "img": uri, "body": "three", "lang": "de"}])
    flags = ("--columns", "id=key,text=body")
    run = house.score("r", str(tmp_path / "inline.parquet"), uris, flags=flags)
    given = house.decisions("d.jsonl", [decision(str(n), "1") for n in (1, 2, 3)])
    found = house.export("e", "--run", str(run), "--decisions", given, "--keep_columns", "lang")
    assert {i: (r["text"], r["lang"]) for i, r in found.rows.items()} == {
        "1": ("one", "en"),
        "2": ("two", None),
        "3": ("three", "de"),
    }
    for item_id, row in found.rows.items():
        assert (found.path / "data" / row["img"]).read_bytes() == data[int(item_id) - 1]
    again = house.score("again", str(found.path / "data" / "*.parquet"))
    assert len(verdicts_of(again)) == 3
    once_more = house.export("twice", "--run", str(again), "--decisions", given)
    extras = [json.loads(row["extras"]) for row in once_more.rows.values()]
    assert sorted(map(str, extras)) == sorted(
        map(str, [{"lang": "en"}, {"lang": None}, {"lang": "de"}])
    )


def test_a_set_without_rows_is_not_committed_unless_asked_for(night: Night) -> None:
    nothing = night.decisions("nothing.jsonl", [])
    flags = ["--run", str(night.first), "--decisions", nothing]
    refused = night.export("nothing", *flags)
    assert refused.code == 3
    assert refused.report["status"] == "refused"
    assert not (refused.path / "_SUCCESS").exists()
    empty = night.export("empty", *flags, "--allow_empty")
    assert (empty.code, empty.rows) == (0, {})


def test_an_export_is_replaced_only_when_asked_and_leaves_nothing_of_the_old(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    many = night.decisions("many.jsonl", [decision(str(n), "1") for n in range(9)])
    few = night.decisions("few.jsonl", [decision("1", "1")])
    run = ["--run", str(night.first), "--decisions"]
    assert night.export("again-1", *run, many).code == 0
    assert night.export("again-1", *run, few).code == 2
    assert "--overwrite" in capsys.readouterr().err
    replaced = night.export("again-1", *run, few, "--overwrite")
    assert set(replaced.rows) == {"1"}
    assert len([p for p in replaced.path.glob("data/images/*/*") if p.is_file()]) == 1


def test_a_dry_run_checks_and_writes_nothing(
    night: Night, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = night.export("dry", "--run", str(night.first), "--decisions", *files, "--dry_run")
    assert found.code == 0
    assert not found.path.exists()
    assert "1 with 50 verdicts" in capsys.readouterr().out
