from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from apache_beam.pvalue import TaggedOutput

from moderation.audit.tally_transforms import TALLY
from moderation.exports.differ import DIFFERING
from moderation.exports.held_out import HeldOutItem
from moderation.exports.images import ImagePlacer
from moderation.exports.select_items import REJECTED
from moderation.exports.set_tables import SetTables
from moderation.exports.write_rows import ROWS_PER_SHARD, SHARDS, WriteRows, sharded, shards_for
from moderation.storage.packing import Pack
from schemas.export import Provenance

PROVENANCE = {
    name: None
    if "None" in str(field.annotation)
    else 0
    if field.annotation in (int, float)
    else "x"
    for name, field in Provenance.model_fields.items()
}


def row(item_id: str, **changes: Any) -> dict[str, Any]:
    """A selected meme."""
    fields = {"id": item_id, "text": "t", "img": None, "label": "1"}
    values: dict[str, Any] = {
        "item_id": item_id,
        "rank": 1,
        "kind": "meme",
        "label": "1",
        "label_source": "reviewed",
        "source": "feed",
        "by_label": "meme/1",
        "run": 0,
        "former": None,
        "images": {},
        "sha256s": {},
        "lost": [],
        "pictures": [],
        "far_images": 0,
        "row": {**fields, "provenance": PROVENANCE, "extras": "{}"},
    }
    return {**values, **changes}


def write(
    folder: Path,
    packs: Iterable[tuple[int, Pack]],
    held_out: tuple[HeldOutItem, ...] = (),
    *,
    compare: bool = True,
) -> dict[str, list[Any]]:
    placer = ImagePlacer(str(folder / "data"), copy=True)
    tables = SetTables(("parquet", "jsonl"))
    step = WriteRows(tables, placer, str(folder / "staging"), compare=compare)
    step.start_bundle()
    found: dict[str, list[Any]] = {}
    rows = step.process((0, packs), held_out, {"meme": ("0", "1")})
    for output in [*rows, *step.finish_bundle()]:
        assert isinstance(output, TaggedOutput)
        value = output.value.value if output.tag == TALLY else output.value
        found.setdefault(str(output.tag), []).append(value)
    return found


def test_a_shard_is_the_same_whatever_the_order_its_packs_came_in(tmp_path: Path) -> None:
    packs = [(bucket, Pack.of([row(f"{bucket}-{n}") for n in range(3)])) for bucket in range(9)]
    one = write(tmp_path / "one", packs)[SHARDS]
    other = write(tmp_path / "other", packs[::-1])[SHARDS]
    assert [shard.sha256 for shard in one] == [shard.sha256 for shard in other]
    [parquet] = [shard for shard in one if shard.extension == "parquet"]
    ids = pq.read_table(parquet.path)["id"].to_pylist()
    assert ids == [f"{bucket}-{n}" for bucket in range(9) for n in range(3)]


def test_shards_are_ranges_of_buckets_and_hold_about_as_many_rows() -> None:
    shards = shards_for(4 * ROWS_PER_SHARD)
    pack = Pack(b"", 0)
    places = [sharded((bucket, pack), buckets=100, shards=shards)[0] for bucket in range(100)]
    assert places == sorted(places)
    assert [places.count(shard) for shard in range(shards)] == [25] * 4


def test_an_image_that_turns_out_to_be_held_out_takes_its_row_with_it(tmp_path: Path) -> None:
    import hashlib

    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff and so on")
    digest = hashlib.sha256((tmp_path / "a.jpg").read_bytes()).hexdigest()
    seen = row("1", images={"img": ["a.jpg", str(tmp_path / "a.jpg"), str(tmp_path)]}, former="0")
    packs = [(0, Pack.of([seen, row("2")]))]
    found = write(tmp_path, packs, held_out=(HeldOutItem("key", (), (), (digest,), 0),))
    tally = found[TALLY][0]
    assert tally.of("verdict") == {"exported": 1, "held_out": 1}
    assert [(r["item_id"], r["reason"]) for r in found[DIFFERING]] == [
        ("1", "held_out"),
        ("2", None),
    ]


def test_a_lost_image_is_a_letter_and_its_row_is_not_written(tmp_path: Path) -> None:
    lost = row(
        "1",
        images={"img": ["a.jpg", str(tmp_path / "a.jpg"), str(tmp_path)]},
        sha256s={"img": "0" * 64},
    )
    found = write(tmp_path, [(0, Pack.of([lost, row("2")]))])
    assert [letter.item_id for letter in found[REJECTED]] == ["1"]
    assert {shard.rows for shard in found[SHARDS]} == {1}
    assert found[TALLY][0].of("verdict") == {"exported": 1, "dead_lettered": 1}


def test_without_an_earlier_set_nothing_differs(tmp_path: Path) -> None:
    assert DIFFERING not in write(tmp_path, [(0, Pack.of([row("1")]))], compare=False)
