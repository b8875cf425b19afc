from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.records.half_characters import mend_escapes, mend_utf8


@given(st.text())
def test_whole_text_stays_as_it_is(text: str) -> None:
    assert mend_utf8(text.encode()) == text.encode()


@given(st.text(), st.text(alphabet="…é日😀 a"))
def test_a_text_cut_inside_a_character_can_be_read(before: str, behind: str) -> None:
    for missing in (1, 2):
        cut = "😀".encode()[:-missing]
        assert mend_utf8(before.encode() + cut + behind.encode()).decode() == f"{before}�{behind}"


def test_surrogates_as_characters_become_what_they_mean_or_a_replacement() -> None:
    pair, half = "\ud83d\ude00", "\ud83d"
    raw = f"{pair} {half}".encode("utf-8", "surrogatepass")
    assert mend_utf8(raw).decode() == "😀 �"


@pytest.mark.parametrize("behind", ["", '"', ",", "\r\n"])
def test_the_first_byte_of_an_emoji_is_a_half_where_a_text_ends(behind: str) -> None:
    for sign in "😀❤\ufe0f":
        raw = b"x" + sign.encode()[:1] + behind.encode()
        assert mend_utf8(raw).decode() == f"x\ufffd{behind}"


@pytest.mark.parametrize("raw", [b"caf\xe9", b"\xff\xfe", b"na\xefve"])
def test_the_letters_of_another_encoding_are_no_halves(raw: bytes) -> None:
    assert mend_utf8(raw) == raw


def test_escapes_lose_halves_alone() -> None:
    line = rb'{"a":"\\ud83d \ud83d\ude00 \ud83dx \ude00"}'
    assert mend_escapes(line) == rb'{"a":"\\ud83d \ud83d\ude00 \ufffdx \ufffd"}'
