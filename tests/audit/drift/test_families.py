from __future__ import annotations

from moderation.audit.drift.families import BLOCKS, block_of_item, block_of_row

POST = "Look at this wonderful offer"


def test_copies_that_differ_in_links_mentions_and_numbers_share_a_block() -> None:
    copies = [
        f"{POST} https://a.example/{n}" if n % 2 else f"@user{n} LOOK at this: wonderful offer {n}!"
        for n in range(20)
    ]
    assert len({block_of_item(f"{n:032x}", [text], []) for n, text in enumerate(copies)}) == 1


def test_what_says_something_else_is_dealt_over_all_blocks() -> None:
    words = [f"{chr(97 + n % 26)}{chr(97 + n // 26)} a post of its own" for n in range(600)]
    assert len({block_of_item("", [text], []) for text in words}) == BLOCKS


def test_without_words_the_pictures_tell_then_the_content() -> None:
    assert block_of_item("1", ["12"], ["aa"]) == block_of_item("2", ["34"], ["aa"])
    assert len({block_of_item(str(n), [""], [None]) for n in range(500)}) == BLOCKS


def test_bad_rows_that_differ_in_numbers_share_a_block() -> None:
    assert block_of_row('{"id": 7, "img": "7.png"}') == block_of_row('{"id": 912, "img": "4.png"}')
