"""Banks: refused where a line is wrong, built once, mapped by all, asked by rule."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from moderation.hashes.bank import HashBank, hash_bank
from moderation.hashes.build import BankError
from moderation.hashes.look_up import LookUp, OpenLookUp, SeenPicture
from moderation.hashes.pdq import Pdq
from moderation.hashes.views import View
from schemas.hashes import Algorithm, HashMatch, MatchedAs
from schemas.policy import HashBankRule
from tests.hashes.test_near import flipped, hashes

KNOWN = hashes(60, 3)
RULE = HashBankRule()


def bank_of(folder: Path, rows: list[dict[str, object]], name: str = "known") -> HashBank:
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return hash_bank(name, [(str(path), None)])


def entry(number: int, **more: object) -> dict[str, object]:
    return {"id": f"e{number}", "pdq": KNOWN[number].tobytes().hex(), **more}


def seen(bits: np.ndarray, quality: int = 100, as_: MatchedAs = MatchedAs.PICTURE) -> View:
    return View(as_, Pdq(bits.tobytes(), quality))


def picture(*views: View, data: bytes = b"") -> SeenPicture:
    digests = (hashlib.new(kind, data).hexdigest() for kind in ("sha256", "md5"))
    return SeenPicture("img", *digests, views)


def asked(
    bank: HashBank, folder: Path, pictures: list[SeenPicture], rule: HashBankRule = RULE
) -> list[list[HashMatch]]:
    return OpenLookUp([(bank.name, bank.open(folder), rule)]).matches(pictures)


def test_the_nearest_entry_is_told_and_how_many_others_match(tmp_path: Path) -> None:
    near, nearer = flipped(KNOWN[:1], 20, 1)[0], flipped(KNOWN[:1], 6, 2)[0]
    rows = [
        {"id": "far", "pdq": near.tobytes().hex()},
        {"id": "near", "pdq": nearer.tobytes().hex(), "tags": ["a"], "text": "what it says"},
        entry(9),
    ]
    [[match], []] = asked(
        bank_of(tmp_path, rows),
        tmp_path,
        [picture(seen(KNOWN[0]), data=b"x"), picture(seen(KNOWN[30]))],
    )
    assert match == HashMatch(
        field="img",
        bank="known",
        entry="near",
        algorithm=Algorithm.PDQ,
        distance=6,
        matched_as=MatchedAs.PICTURE,
        others=1,
        tags=["a"],
        text="what it says",
    )


def test_a_match_says_as_what_it_was_found(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, [entry(each) for each in range(10)])
    views = (
        seen(KNOWN[40]),
        seen(flipped(KNOWN[3:4], 30, 1)[0], as_=MatchedAs.MIRROR),
        seen(flipped(KNOWN[4:5], 7, 1)[0], as_=MatchedAs.WITHOUT_BORDERS),
    )
    [[match]] = asked(bank, tmp_path, [picture(*views)])
    assert (match.entry, match.distance, match.matched_as) == ("e4", 7, MatchedAs.WITHOUT_BORDERS)
    assert match.others == 1


def test_bytes_that_are_known_go_before_what_looks_alike(tmp_path: Path) -> None:
    data = b"the very file"
    rows = [entry(0), {"id": "file", "md5": hashlib.md5(data).hexdigest()}]
    bank = bank_of(tmp_path, [*rows, {"id": "sum", "sha256": hashlib.sha256(b"other").hexdigest()}])
    shown = [picture(seen(KNOWN[0]), data=data), picture(data=b"other"), picture(data=b"third")]
    [[both], [sha256], []] = asked(bank, tmp_path, shown)
    assert (both.entry, both.algorithm, both.distance) == ("file", Algorithm.MD5, 0)
    assert (both.matched_as, both.others) == (MatchedAs.BYTES, 1)
    assert (sha256.entry, sha256.algorithm) == ("sum", Algorithm.SHA256)


def test_hashes_of_low_quality_are_not_compared(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, [entry(0, quality=49), entry(1, quality=50), entry(2)])
    shown = [picture(seen(KNOWN[each])) for each in range(3)]
    assert [len(found) for found in asked(bank, tmp_path, shown)] == [0, 1, 1]
    poor = [picture(seen(KNOWN[2], quality=49))]
    assert asked(bank, tmp_path, poor) == [[]]
    assert len(asked(bank, tmp_path, poor, HashBankRule(min_quality=0))[0]) == 1


@pytest.mark.parametrize(("most", "found"), [(0, 0), (11, 0), (12, 1), (31, 1)])
def test_how_near_is_near_is_the_rules_to_say(tmp_path: Path, most: int, found: int) -> None:
    bank = bank_of(tmp_path, [entry(0)])
    shown = [picture(seen(flipped(KNOWN[:1], 12, 1)[0]))]
    [matches] = asked(bank, tmp_path, shown, HashBankRule(max_distance=most))
    assert len(matches) == found


def test_a_bank_with_bad_lines_is_refused_with_each_of_the_first(tmp_path: Path) -> None:
    rows = [entry(0), *({"id": each, "pdq": f"f0{each}"} for each in range(7))]
    with pytest.raises(BankError) as refused:
        bank_of(tmp_path, rows).open(tmp_path)
    told = str(refused.value)
    assert f"{tmp_path}/known.jsonl, line 2: pdq 'f00': 3 characters" in told
    assert "line 6" in told
    assert "line 7" not in told
    assert "and 2 more" in told
    assert not [each for each in tmp_path.iterdir() if each.is_dir()]


def test_what_is_wrong_with_every_line_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "bank.txt").write_text("\n".join(each.tobytes().hex() for each in KNOWN))
    with pytest.raises(BankError) as refused:
        hash_bank("known", [(str(tmp_path / "bank.txt"), None)]).open(tmp_path)
    assert str(refused.value).count("64 digits may be") == 1
    assert "and 59 more" in str(refused.value)


@pytest.mark.parametrize("text", ["", "# nothing\n", "tmk 0123456789abcdef\n"])
def test_a_bank_with_nothing_to_look_for_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "bank.txt").write_text(text)
    with pytest.raises(BankError, match="has no hash to look for"):
        hash_bank("known", [(str(tmp_path / "bank.txt"), None)]).open(tmp_path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"hash_bank known=.*/none\.csv cannot be read"):
        hash_bank("known", [(str(tmp_path / "none.csv"), None)])


def test_a_bank_of_one_file_has_the_digest_that_everybody_can_check(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, [entry(0)])
    [file] = bank.files
    whole = hashlib.sha256(Path(file.path).read_bytes()).hexdigest()
    assert bank.digest == f"sha256:{whole}"
    both = hash_bank("known", [(file.path, None), (file.path, None)])
    assert both.digest != bank.digest
    facts = both.facts(both.open(tmp_path))
    assert (facts.entries, facts.hashes) == (2, {Algorithm.PDQ: 2})


def test_a_bank_that_changed_since_the_launch_is_not_used(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, [entry(0)])
    bank_of(tmp_path, [entry(1)])
    with pytest.raises(BankError, match="changed since the run began"):
        bank.open(tmp_path)


def test_the_index_is_built_once_and_mapped_by_other_processes(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, [entry(each) for each in range(50)])
    assert bank.open(tmp_path).count == 50
    Path(bank.files[0].path).unlink()  # nobody reads it again
    said = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import pathlib, pickle, sys\n"
            "bank = pickle.load(sys.stdin.buffer)\n"
            "opened = bank.open(pathlib.Path(sys.argv[1]))\n"
            "print(opened.count, opened.entry(7)[0])",
            str(tmp_path),
        ],
        input=pickle.dumps(bank),
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert said.stdout.split() == [b"50", b"e7"]


def test_an_index_that_nobody_opened_for_long_is_removed(tmp_path: Path) -> None:
    old, new = (bank_of(tmp_path, [entry(each)], f"bank{each}") for each in range(2))
    old.open(tmp_path)
    [place] = tmp_path.glob("1-*")
    long_ago = time.time() - 40 * 86_400
    os.utime(place / "facts.json", (long_ago, long_ago))
    new.open(tmp_path)
    assert len([*tmp_path.glob("1-*")]) == 1
    assert not place.exists()


def test_what_was_disabled_for_a_time_is_looked_for_when_it_is_over(tmp_path: Path) -> None:
    until = int(time.time()) + 1
    content = {"id": 1, "disable_until_ts": 1, "signals": {"pdq": KNOWN[0].tobytes().hex()}}
    signals = {"pdq": KNOWN[1].tobytes().hex()}
    bank = bank_of(tmp_path, [content, {**content, "disable_until_ts": until, "signals": signals}])
    assert bank.open(tmp_path).left_out == {"disabled": 1}
    time.sleep(1.2)
    assert bank.open(tmp_path).count == 2


def test_the_signature_tells_what_would_be_found_otherwise(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, [entry(0)])
    one = LookUp(((bank, RULE),)).signature
    assert one == LookUp(((bank, HashBankRule(action="flag", block=True)),)).signature
    assert one != LookUp(((bank, HashBankRule(max_distance=30)),)).signature
    assert one != LookUp(((bank_of(tmp_path, [entry(1)]), RULE),)).signature
    assert len(one) == 16
