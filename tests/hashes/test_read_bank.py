"""Banks as people and exchanges write them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from moderation.hashes.entries import BadEntry, Entry, LeftOut
from moderation.hashes.read_bank import read_bank
from schemas.hashes import Algorithm

PDQ, MD5, SHA256 = Algorithm.PDQ, Algorithm.MD5, Algorithm.SHA256
P, Q = "0f" * 32, "F0" * 32
M, S = "ab" * 16, "cd" * 32


def read(folder: Path, text: str | bytes, name: str = "bank.txt", **more: Any) -> list[Any]:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return [(place, found) for place, found in read_bank(str(path), **more)]


def entries(found: list[Any]) -> list[Entry]:
    return [each for _, each in found if isinstance(each, Entry)]


def test_a_csv_has_columns_by_any_of_their_names(tmp_path: Path) -> None:
    text = f'id,pdq,Quality,tags,text\n7,{P},81,"hate symbols","a,b"\n8,{Q},,,\n'
    one, other = read(tmp_path, text)
    assert one == ("line 2", Entry("7", ((PDQ, bytes.fromhex(P)),), ("hate", "symbols"), 81, "a,b"))
    assert other == ("line 3", Entry("8", ((PDQ, bytes.fromhex(Q)),)))


def test_an_entry_may_have_several_hashes(tmp_path: Path) -> None:
    text = json.dumps({"entry_id": 5, "pdq": P, "md5": M, "sha256": S, "tags": ["x", "y"]})
    [(place, entry)] = read(tmp_path, text, "bank.jsonl")
    hashes = {kind: digest.hex() for kind, digest in entry.hashes}
    assert (place, entry.id, entry.tags) == ("line 1", "5", ("x", "y"))
    assert hashes == {PDQ: P, MD5: M, SHA256: S}


def test_a_list_of_sums_is_read_as_it_was_written(tmp_path: Path) -> None:
    text = f"# ours\n{M}  one picture.jpg\n\n{S} *two.png\n{M.upper()}\n"
    assert [(place, each.id, each.hashes[0][0]) for place, each in read(tmp_path, text)] == [
        ("line 2", "one picture.jpg", MD5),
        ("line 4", "two.png", SHA256),
        ("line 5", None, MD5),
    ]


def test_the_reference_tools_lines_are_read(tmp_path: Path) -> None:
    assert entries(read(tmp_path, f"{P},100,photos/a.jpg\n")) == [
        Entry("photos/a.jpg", ((PDQ, bytes.fromhex(P)),), (), 100)
    ]
    assert entries(read(tmp_path, f"pdq {P}\ntmk 0123456789\n")) == [
        Entry(None, ((PDQ, bytes.fromhex(P)),))
    ]


def test_of_64_digits_somebody_says_what_they_are(tmp_path: Path) -> None:
    [(place, bad)] = read(tmp_path, f"{P}\n")
    assert place == "line 1"
    assert "NAME=pdq:FILE or NAME=sha256:FILE" in str(bad)
    assert entries(read(tmp_path, f"{P}\n", assumed=PDQ))[0].hashes[0][0] is PDQ
    mixed = entries(read(tmp_path, f"FilePath,Hash\na.jpg,{P}\nb.mp4,{M}\n", assumed=PDQ))
    assert [(each.id, each.hashes[0][0]) for each in mixed] == [("a.jpg", PDQ), ("b.mp4", MD5)]
    assert entries(read(tmp_path, f"{P}\n", "known.sha256"))[0].hashes[0][0] is SHA256
    assert entries(read(tmp_path, f"hash,type\n{P},SHA256\n"))[0].hashes[0][0] is SHA256
    assert entries(read(tmp_path, f"hash,quality\n{P},90\n"))[0].hashes[0][0] is PDQ


def test_what_threatexchanges_client_keeps_and_prints_is_read(tmp_path: Path) -> None:
    kept = read(tmp_path, f"{P},6789,2020-07-01,tag1 tag2\n", "simple.HASH_PDQ.te")
    assert entries(kept) == [Entry("6789", ((PDQ, bytes.fromhex(P)),), ("tag1", "tag2"))]
    header = "signal_type,signal_str,collab,category,tags"
    seed, false_alarm = f"pdq,{P},ours,POSITIVE_CLASS,a b", f"pdq,{Q},ours,NEGATIVE_CLASS,"
    printed = read(tmp_path, f"{header}\n{seed}\n{false_alarm}\n")
    assert [each.tags for each in entries(printed)] == [("a", "b")]
    assert printed[1] == ("line 3", LeftOut("category NEGATIVE_CLASS"))


def indicator(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "indicator": P,
        "type": "HASH_PDQ",
        "last_updated": 1_700_000_000,
        "should_delete": False,
        "descriptors": {
            "data": [
                {
                    "id": "91",
                    "status": "MALICIOUS",
                    "owner": {"id": "3"},
                    "tags": {"data": [{"id": "1", "text": "media_type_photo"}]},
                    "added_on": "2024-01-01T00:00:00+0000",
                }
            ]
        },
        **more,
    }


def test_updates_of_threatexchange_are_read_and_what_is_gone_is_left_out(tmp_path: Path) -> None:
    harmless = {"data": [{"id": "1", "status": "NON_MALICIOUS", "owner": {"id": "1"}}]}
    disputed = {"data": [*indicator(0)["descriptors"]["data"], *harmless["data"]]}
    page = {
        "data": [
            indicator(1),
            indicator(2, should_delete=True),
            indicator(3, descriptors=harmless),
            indicator(4, descriptors=disputed),
            indicator(5, type="HASH_TMK", indicator="x" * 500),
            indicator(6, type="HASH_MD5", indicator=M),
        ],
        "paging": {"cursors": {"after": "z"}},
    }
    found = read(tmp_path, json.dumps(page, indent=1), "updates.json")
    assert [place for place, _ in found] == [f"data[{at}]" for at in range(6)]
    kept = entries(found)
    assert [(each.id, each.tags, each.hashes[0][0]) for each in kept] == [
        ("1", ("media_type_photo",), PDQ),
        ("4", ("media_type_photo", "disputed"), PDQ),
        ("6", ("media_type_photo",), MD5),
    ]
    assert [each.why for _, each in found if isinstance(each, LeftOut)] == [
        "deleted",
        "status NON_MALICIOUS",
        "of type HASH_TMK",
    ]


def test_descriptors_of_threatexchange_are_read_by_themselves(tmp_path: Path) -> None:
    descriptor = {
        "id": "3058061737574159",
        "raw_indicator": M,
        "type": "HASH_MD5",
        "owner": {"id": "616"},
        "status": "MALICIOUS",
        "tags": None,
        "added_on": "2020-07-01T18:31:15+0000",
    }
    lines = "\n".join(json.dumps(each) for each in (descriptor, {**descriptor, "tags": ["a"]}))
    assert [(each.id, each.tags) for each in entries(read(tmp_path, lines))] == [
        ("3058061737574159", ()),
        ("3058061737574159", ("a",)),
    ]


def test_contents_of_hma_are_read_and_disabled_ones_left_out(tmp_path: Path) -> None:
    content = {
        "id": 12,
        "bank": {"name": "TEST_BANK", "matching_enabled_ratio": 1.0},
        "disable_until_ts": 1,
        "original_media_uri": None,
        "signals": {"pdq": P, "video_md5": M, "raw_text": "what it says"},
    }
    contents = [
        content,
        {**content, "disable_until_ts": 0},
        {**content, "disable_until_ts": 4_000_000_000},
        {**content, "disable_until_ts": 1_500_000_000},
        {**content, "signals": {"video_md5": M}},
    ]
    found = read(tmp_path, json.dumps(contents), "bank.json")
    assert [type(each) for _, each in found] == [Entry, LeftOut, LeftOut, Entry, LeftOut]
    assert found[0][1] == Entry(
        "12", ((PDQ, bytes.fromhex(P)),), ("TEST_BANK",), None, "what it says"
    )
    assert found[4][1].why == "only video_md5"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (f"id,pdq\n1,{P}\n2,{P[:-1]}\n", "line 3", "63 characters; 64 hexadecimal"),
        (f"id,pdq\n1,{'g' * 64}\n", "line 2", "not all hexadecimal"),
        (f"id,pdq\n1,{P},3\n", "line 2", "has 3 fields, and the header 2"),
        (f"id,pdq,quality\n1,{P},high\n", "line 2", "quality 'high'"),
        ("id,pdq\n1,\n", "line 2", "has no hash"),
        ("id,name\n1,2\n", "line 1", "no column of id, name is a hash's"),
        (f'{{"pdq": "{P}"}}\nnope\n', "line 2", "is no JSON"),
        (f'{{"pdq": "{P}"}}\n{{"id": 1}}\n', "line 2", "is no object with a hash"),
        ("[1]", "[0]", "is no object with a hash"),
        (f"{M}\nhello\n", "line 2", "'hello' is no hash"),
        (f"{M}\n\xff".encode("latin-1"), "line 2", "is not UTF-8"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, text: str | bytes, place: str, said: str
) -> None:
    wrong = [(at, str(each)) for at, each in read(tmp_path, text) if isinstance(each, BadEntry)]
    assert [at for at, _ in wrong] == [place]
    assert said in wrong[0][1]


def test_a_packed_bank_is_unpacked(tmp_path: Path) -> None:
    assert len(entries(read(tmp_path, gzip.compress(f"{M}\n".encode()), "known.md5.gz"))) == 1
