"""Which rows stay together, and on which side of a split."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from schemas.codes import Code
from schemas.datasets import ConflictEntry, GroupEntry
from tests.pipelines.preprocessing import WORDS, Preprocess, labelled, source


def test_shared_images_and_nearly_equal_texts_stay_together(
    preprocess: Preprocess, photos: Path, tmp_path: Path
) -> None:
    rows = labelled(300, images=30)
    copies = tmp_path / "copies"
    copies.mkdir()
    for i in range(30):  # the same bytes elsewhere, a picture compressed anew, texts touched up
        (copies / f"{i}.png").write_bytes((photos / f"{i}.png").read_bytes())
        Image.open(photos / f"{i}.png").resize((70, 52)).save(copies / f"{i}.jpg", quality=60)
    planted: dict[str, str] = {}
    for i in range(30):
        clone = {"id": f"same{i}", "img": str(copies / f"{i}.png"), "label": 1}
        rows.append({**clone, "text": f"nothing like it at all {i} {WORDS[i % 24] * 3}"})
        near = {"id": f"near{i}", "img": str(copies / f"{i}.jpg"), "label": 0}
        rows.append({**near, "text": f"{WORDS[::-1][i % 24] * 4} {i} quite another one"})
        text = rows[100 + i]["text"].upper() + " !! https://t.co/abc"
        rows.append({"id": f"text{i}", "img": None, "text": text, "label": 0})
        words = rows[200 + i]["text"].split()
        words[4] = "changed"
        rows.append({"id": f"word{i}", "img": None, "text": " ".join(words), "label": 1})
        planted |= {f"same{i}": f"{i}", f"near{i}": f"{i}"}
        planted |= {f"text{i}": f"{100 + i}", f"word{i}": f"{200 + i}"}
    done = preprocess(
        *("--input", source(photos, rows), "--allow_outside_root"),
        *("--splits", "train=0.6,val=0.2,test=0.2"),
    )
    assert done.code == 0
    split_of = done.split_of()
    assert len(split_of) == len(rows)
    assert {split_of[one] == split_of[other] for one, other in planted.items()} == {True}
    assert min(Counter(split_of.values()).values()) > 40
    groups = [GroupEntry.model_validate(line) for line in done.lines("groups")]
    told = [{item["item_id"] for item in group.items} for group in groups]
    for one, other in planted.items():
        assert any({one, other} <= items for items in told)
    moved = done.stats.grouping.rows_moved
    assert moved == sum(group.rows_moved for group in groups) > 20
    links = done.stats.grouping.rows_linked_by
    assert set(links) == {"image", "near_image", "text", "near_text"}


def test_without_grouping_likes_may_part(preprocess: Preprocess, photos: Path) -> None:
    rows = labelled(200)
    twins = [{**row, "id": f"t{row['id']}", "text": row["text"] + "!"} for row in rows]
    done = preprocess("--input", source(photos, rows + twins), "--group_by", "none")
    split_of = done.split_of()
    assert any(split_of[row["id"]] != split_of[f"t{row['id']}"] for row in rows)
    assert done.stats.grouping.rows_moved == 0


@pytest.mark.parametrize(
    ("rule", "kept", "dropped"),
    [
        ("drop", set(), {"a", "b", "c", "d", "e"}),
        ("majority", {"a", "b"}, {"c", "d", "e"}),
        ("keep_first", {"a", "b", "d"}, {"c", "e"}),
    ],
)
def test_contradicting_labels_of_one_content_are_settled_by_the_rule(
    preprocess: Preprocess, photos: Path, rule: str, kept: set[str], dropped: set[str]
) -> None:
    (photos / "copy.png").write_bytes((photos / "1.png").read_bytes())
    three = {"text": "one content", "img": "1.png"}
    two = {"text": "another", "img": None}
    rows = [
        {"id": "a", **three, "label": 1},
        {"id": "b", **three, "img": "copy.png", "label": 1},
        {"id": "c", **three, "label": 0},
        {"id": "d", **two, "label": 0},
        {"id": "e", **two, "label": 1},
        *labelled(5),
    ]
    done = preprocess("--input", source(photos, rows, "c.jsonl"), "--on_conflict", rule)
    assert set(done.split_of()) == kept | {str(i) for i in range(5)}
    letters = {letter["item_id"]: letter for letter in done.lines("dead_letters")}
    assert set(letters) == dropped
    assert {letter["code"] for letter in letters.values()} == {Code.CONFLICTING_LABEL.value}
    entries = [ConflictEntry.model_validate(line) for line in done.lines("conflicts")]
    assert sorted(tuple(entry.labels.items()) for entry in entries) == [
        (("0", 1), ("1", 1)),
        (("0", 1), ("1", 2)),
    ]
    conflicts = done.stats.conflicts
    assert (conflicts.contents, conflicts.rows) == (2, 5)
    assert (conflicts.rows_kept, conflicts.rows_dropped) == (len(kept), len(dropped))


def test_a_column_names_the_split_but_groups_stay_whole(
    preprocess: Preprocess, photos: Path
) -> None:
    rows = labelled(30)
    for index, row in enumerate(rows):
        row["part"] = "test" if index < 10 else "train"
    rows.append({**rows[0], "id": "leak", "text": rows[0]["text"] + " …", "part": "train"})
    rows.append({**rows[1], "id": "odd", "text": "no part", "part": "holdout"})
    done = preprocess("--input", source(photos, rows), "--split_column", "part")
    split_of = done.split_of()
    assert {split_of[str(index)] for index in range(10)} == {"test"}
    assert {split_of[str(index)] for index in range(10, 30)} == {"train"}
    assert split_of["leak"] == "test"
    assert done.stats.grouping.rows_moved == 1
    assert [letter["item_id"] for letter in done.lines("dead_letters")] == ["odd"]


def test_stratified_splits_have_their_share_of_each_label(
    preprocess: Preprocess, photos: Path
) -> None:
    rows = labelled(600)
    for index, row in enumerate(rows):
        row["label"] = int(index % 10 == 0)
    done = preprocess("--input", source(photos, rows), "--stratify")
    for split in done.stats.splits.values():
        assert split.labels["meme"]["1"].share == pytest.approx(0.1, abs=0.02)  # type: ignore[index]
    assert done.stats.splits["train"].share == pytest.approx(0.85, abs=0.01)


def test_groups_that_did_not_settle_are_not_committed(preprocess: Preprocess, photos: Path) -> None:
    words = [f"{WORDS[i % 24]}{i}" for i in range(400)]
    rows = [
        {"id": i, "img": None, "text": " ".join(words[i : i + 40]), "label": 0} for i in range(300)
    ]
    wide = [{**row, "notes": "x" * 70_000} for row in rows]  # a small input needs no rounds
    done = preprocess("--input", source(photos, wide), "--grouping_rounds", "1")
    assert done.code == 1
    assert "--grouping_rounds" in str(done.stats.refusal)
    done = preprocess("--input", source(photos, rows), "--grouping_rounds", "1", run_id="small")
    assert done.code == 0
    done = preprocess("--input", source(photos, wide), run_id="more")
    assert done.code == 0
    assert len(set(done.split_of().values())) == 1
