from __future__ import annotations

import json
from typing import Any

import pytest

from moderation.images.references.printing import safe_message, safe_reference
from moderation.records.redact import redact_fields, redact_line

S = "hunter2"
LINKS = [
    f"https:/user:{S}@h/x",
    f"https:user:{S}@h/x",
    rf"https:\\u:{S}@h\x",
    f"HTTP://u:{S}@h/x",
    f"ftp://u:{S}@h/x",
    f"//h/x?sig={S}",
    rf"\\h\x?sig={S}",
    f"\n https://h/x?sig={S}",
    f"\0https://h/x?sig={S}",
    f"\u200bhttps://h/x?sig={S}",
    f"ht\ttps://h/\tx?sig={S}",
    f"https ://h/x?sig={S}",
    f"https: //u:{S}@h/x",
    f"https://a.blob.example/c/b?sv=2020&sr=b&sig={S}%3D",
    f"https://h/x&sig={S}",
    f"https://h/x;signature={S}",
    f"wss://h/x?token={S}",
    f"postgresql+psycopg2://u:{S}@h:5432/db",
    f"jdbc:postgresql://u:{S}@h/db",
    f"blob:https://h/x?sig={S}",
    f"redis://:{S}@h:6379/0",
    f"<https://h/x?sig={S}>",
    f"'https://h/x?sig={S}'",
    f"(https://u:{S}@h/x)",
    f"see https://h/x?X-Amz-Signature={S}",
    f"h.example/x?sig={S}",
]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("wrap", [lambda t: t, lambda t: {"a": [{"b": t}]}, lambda t: [[t], "x"]])
@pytest.mark.parametrize("images", [(), ("x",)])
def test_no_column_keeps_a_secret_however_the_link_is_written(
    link: str, wrap: Any, images: tuple[str, ...]
) -> None:
    kept, lost = redact_fields({"x": wrap(link), "y": "plain"}, images=images)
    assert S not in json.dumps(kept)
    assert (lost, kept["y"]) == (("x",), "plain")


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("line", ['{{"x": {0}, "y', "7,{1},ok", '7,"{1}",ok'])
def test_a_row_that_cannot_be_parsed_keeps_no_secret(link: str, line: str) -> None:
    assert S not in redact_line(line.format(json.dumps(link), link))


@pytest.mark.parametrize("link", [link for link in LINKS if not link.startswith("h.example")])
def test_a_message_and_a_verdict_keep_no_secret(link: str) -> None:
    assert S not in safe_message(f"{link}: cannot be opened")
    assert S not in safe_reference(link)


@pytest.mark.parametrize(
    "value",
    [
        "what is this? a = b & c",
        "mail me @home: 7:30?",
        "a//b?c",
        "memes?v=2.jsonl",
        "gs://b/what?.jpg#1",
        "https://h/plain.jpg",
        "C:\\pictures\\a.jpg",
        "http: what is it",
    ],
)
def test_what_bears_no_secret_stays_as_it_came(value: str) -> None:
    fields = {"x": value}
    assert redact_fields(fields) == (fields, ())


def test_a_post_that_quotes_a_link_is_judged_and_kept_as_it_came() -> None:
    fields = {"text": f"look https://h/x?sig={S} now"}
    assert redact_fields(fields, texts=("text",)) == (fields, ())


def test_a_message_about_a_file_keeps_its_name() -> None:
    assert safe_message("--input '/data/a?b=c#d.jsonl' matches no file") == (
        "--input '/data/a?b=c#d.jsonl' matches no file"
    )
