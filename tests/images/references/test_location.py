from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.images.references import locate
from moderation.images.references.data_uris import data_uri_bytes
from moderation.images.references.printing import safe_reference
from moderation.images.types import ImageError
from schemas.codes import Code
from tests.faults.pictures import jpeg


@pytest.mark.parametrize(
    ("reference", "location"),
    [
        ("a.png", "/images/a.png"),
        ("./b/../a.png", "/images/a.png"),
        ("/images/c/a.png", "/images/c/a.png"),
        ("file:///images/a%20b.png", "/images/a b.png"),
        ("file:/images/a.png", "/images/a.png"),
        ("odd?name#1.png", "/images/odd?name#1.png"),
        ("C:a.png", "/images/C:a.png"),
    ],
)
def test_a_path_is_joined_to_the_root_and_stays_in_it(reference: str, location: str) -> None:
    ref = locate("img", reference, root="/images")
    assert (ref.location, ref.root, ref.field) == (location, "/images", "img")


@pytest.mark.parametrize(
    "reference",
    ["../a.png", "b/../../a.png", "/etc/passwd", "/imagess/a.png", "file:///etc/passwd", "/"],
)
def test_a_path_that_leaves_the_root_is_refused_unless_allowed(reference: str) -> None:
    with pytest.raises(ImageError) as caught:
        locate("img", reference, root="/images")
    assert caught.value.code is Code.OUTSIDE_ROOT
    ref = locate("img", reference, root="/images", allow_outside_root=True)
    assert ref.root is None
    assert Path(ref.location).is_absolute()


@pytest.mark.parametrize(
    ("reference", "location"),
    [("a.png", "gs://bucket/set/a.png"), ("x/../a.png", "gs://bucket/set/a.png")],
)
def test_a_relative_path_may_lie_under_a_bucket(reference: str, location: str) -> None:
    ref = locate("img", reference, root="gs://bucket/set/")
    assert (ref.location, ref.root) == (location, "gs://bucket/set")


@pytest.mark.parametrize("reference", ["../a.png", "..", "x/../../a.png", "/a.png"])
def test_a_path_that_leaves_the_bucket_folder_is_refused(reference: str) -> None:
    with pytest.raises(ImageError) as caught:
        locate("img", reference, root="gs://bucket/set")
    assert caught.value.code is Code.OUTSIDE_ROOT


@pytest.mark.parametrize(
    "reference", ["https://example.com/a.png?sig=1", "HTTP://example.com/", "gs://b/o", "data:,x"]
)
def test_what_names_its_own_place_is_kept_as_it_is(reference: str) -> None:
    ref = locate("img", f" {reference}\n", root="/root")
    assert (ref.location, ref.root) == (reference, None)


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "  ",
        "a\x00.png",
        "a\n.png",
        "\ud800.png",
        "ftp://example.com/a.png",
        "s3://bucket/key",
        "//example.com/a.png",
        "http://user:secret@example.com/",
        "http:example.com",
        "gs://bucket",
        "gs://bucket/",
        "gs:/bucket/a",
        "file://host/a.png",
        "file:a.png",
        "file:///a%00b",
        "file:///a%ff",
    ],
)
def test_what_names_nothing_is_an_invalid_reference(reference: str) -> None:
    with pytest.raises(ImageError) as caught:
        locate("img", reference, root="/root")
    assert caught.value.code is Code.INVALID_REFERENCE
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("reference", "printed"),
    [
        ("https://example.com/a.png?token=SECRET#SECRET", "https://example.com/a.png"),
        ("https://user:SECRET@example.com/a.png", "https://example.com/a.png"),
        ("https://user:SEC/RET@example.com/a.png", "https://example.com/a.png"),
        ("https:/user:SECRET@example.com/a.png", "https:/example.com/a.png"),
        ("https:\\\\user:SECRET@example.com/a", "https:\\\\example.com/a"),
        ("//user:SECRET@example.com/a.png?SECRET", "//example.com/a.png"),
        ("ftp://u:SECRET@example.com/?SECRET", "ftp://example.com/"),
        ("gs://b/my memes/a #1.png", "gs://b/my memes/a #1.png"),
        ("gs://b/a?b@c:d@e.png", "gs://b/a?b@c:d@e.png"),
        ("gs://b/a.png?X-Goog-Signature=SECRET", "gs://b/a.png"),
        ("s3://b/a#1?.png", "s3://b/a#1?.png"),
        ("s3://user:SECRET@b/a@1.png", "s3://b/a@1.png"),
        ("S3A://key:SEC/RET@b/a#1.png", "S3A://b/a#1.png"),
        ("file:///memes/a?b@c #1.png", "file:///memes/a?b@c #1.png"),
        ("https://h.example/my file.png?sig=SECRET", "https://h.example/my file.png"),
        ("https://h.example/a\n.png?sig=SECRET", "https://h.example/a.png"),
        ("ht\ttps://h.example/a.png?sig=SECRET", "https://h.example/a.png"),
        ("\ufeff https://h.example/a.png?sig=SECRET\u00a0", "https://h.example/a.png"),
        ("https://user:SEC?RET@h.example/", "https://…"),
        ("https://user:SEC#RET@h.example/", "https://…"),
        ("https://[::1]:8080/a?SECRET", "https://[::1]:8080/a"),
        ("wasbs://box@acc.blob.example/a.png?sv=1&sig=SECRET", "wasbs://acc.blob.example/a.png"),
        ("ABFSS://acc.dfs.example/a.png?sig=SECRET", "ABFSS://acc.dfs.example/a.png"),
        ("\\\\h.example\\a.png?sig=SECRET", "\\\\h.example\\a.png"),
        (" data:image/png ;base64,AAEC", "data:image/png (3 bytes, sha256 ae4b3280e56e)"),
        ("https://example.com:8080/@somebody/a.png", "https://example.com:8080/@somebody/a.png"),
        ("img/odd?name.png", "img/odd?name.png"),
        ("a\x1b[31m\nb.png", "a\ufffd[31m\ufffdb.png"),
        ("data:image/PNG;base64,AAEC", "data:image/png (3 bytes, sha256 ae4b3280e56e)"),
        ("data:image/png;base64,!", "data:image/png (malformed)"),
        ("data:SECRET", "data: (malformed)"),
    ],
)
def test_nothing_secret_is_printed(reference: str, printed: str) -> None:
    assert safe_reference(reference) == printed


def test_a_long_reference_is_cut() -> None:
    assert len(safe_reference("https://example.com/" + "a" * 100_000)) < 600


@given(st.text(max_size=80), st.sampled_from(["", "https://", "data:", "file:", "gs://", "//"]))
def test_any_reference_is_located_or_refused_and_prints_on_one_line(text: str, head: str) -> None:
    printed = safe_reference(head + text)
    assert printed.isprintable() or not any(ord(c) < 32 for c in printed)
    printed.encode()
    try:
        ref = locate("img", head + text, root="/root")
    except ImageError as error:
        code = error.code
    else:
        code = None
    if code is not None:
        assert code in (Code.INVALID_REFERENCE, Code.OUTSIDE_ROOT)
        return
    assert ref.root is None or ref.location.startswith("/root/") or ref.location == "/root"


@pytest.mark.parametrize(
    ("uri", "data"),
    [
        ("data:image/png;base64,AAEC", b"\0\1\2"),
        ("data:;base64,AAEC", b"\0\1\2"),
        ("DATA:image/png;charset=x;BASE64,AAEC", b"\0\1\2"),
        ("data:image/png;base64,AA%45C", b"\0\1\2"),
        ("data:image/png;base64,AA\nEC AA==", b"\0\1\2\0"),
        ("data:image/png;base64,__--", b"\xff\xff\xbe"),
        ("data:image/png;base64,AAECAw", b"\0\1\2\3"),
        ("data:,a%00b", b"a\0b"),
        (" \ndata:image/png;base64,AAEC", b"\0\1\2"),
        ("data:image/png ; base64 ,AAEC", b"\0\1\2"),
        ("data:image/png;base64,AAEC&#43;&#x2F;A&equals;", b"\0\1\2\xfb\xf0"),
        ("data:image/jpg;charset=utf-8;base64,AAEC", b"\0\1\2"),
        ('data:image/png;name="a,b.png";base64,AAEC', b"\0\1\2"),
        ("data:image/png;base64;charset=utf-8,AAEC", b"\0\1\2"),
        ("data:base64,AAEC", b"\0\1\2"),
        ("data:image%2Fpng%3Bbase64%2CAAEC", b"\0\1\2"),
        ("data:image&#x2F;png&#x3B;base64&#x2C;AAEC", b"\0\1\2"),
        (r"data:image\/png;base64,AA\nEC\/w==", b"\0\1\2\xff"),
        ("data:image/png;base64,AA\u200bE\u00a0C#top", b"\0\1\2"),
        ("\0data:image/png;base64,AAEC\x1f", b"\0\1\2"),
        ('data:,"a;base64,AAEC', b'"a;base64,AAEC'),
    ],
)
def test_the_bytes_of_a_data_uri_are_found(uri: str, data: bytes) -> None:
    assert data_uri_bytes(uri, 100) == data


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("data:image/png;base64", Code.INVALID_REFERENCE),
        ("data:image/png;base64,A", Code.INVALID_REFERENCE),
        ("data:image/png;base64,ä", Code.INVALID_REFERENCE),
        ("data:image/png;base64,A*EC", Code.INVALID_REFERENCE),
        ("data:image/png;base64," + "A" * 1000, Code.TOO_LARGE_BYTES),
        ("data:," + "%41" * 101, Code.TOO_LARGE_BYTES),
        ("data:," + "a" * 101, Code.TOO_LARGE_BYTES),
    ],
)
def test_a_data_uri_that_is_none_or_too_large_says_so(uri: str, code: Code) -> None:
    with pytest.raises(ImageError) as caught:
        data_uri_bytes(uri, 100)
    assert caught.value.code is code


@pytest.mark.parametrize(
    "wrap", [lambda t: t, lambda t: f" {t}\n", lambda t: t[:76] + "\n" + t[76:]]
)
@pytest.mark.parametrize("letters", [base64.b64encode, base64.urlsafe_b64encode])
def test_plain_base64_of_an_image_is_read_as_its_bytes(wrap: Any, letters: Any) -> None:
    data = jpeg()
    text = wrap(letters(data).decode().rstrip("="))
    ref = locate("img", text, root="/root")
    assert data_uri_bytes(ref.location, len(data)) == data
    assert ref.reference.startswith(f"data: ({len(data)} bytes")


@pytest.mark.parametrize(
    "form", ["base64,{}", "image/png;base64,{}", "b'{}'", "data:image/png,{}", "data:,{}"]
)
def test_base64_of_an_image_is_read_with_half_a_header_or_none(form: str) -> None:
    data = jpeg()
    ref = locate("img", form.format(base64.b64encode(data).decode()), root="/root")
    assert data_uri_bytes(ref.location, len(data)) == data
    assert f"{len(data)} bytes" in ref.reference


@pytest.mark.parametrize("name", ["base64,a.png", "image/png;base64,cat", "b'cat'"])
def test_a_name_that_looks_like_half_a_header_is_a_name(name: str) -> None:
    assert locate("img", name, root="/root").location == f"/root/{name}"


def test_a_long_text_of_base64_letters_is_no_path_and_is_not_printed() -> None:
    ref = locate("img", "A" * 400, root="/root")
    assert (ref.location[:13], "AAAA" in ref.reference) == ("data:;base64,", False)
    folder = "ab/" * 30 + "0123456789abcdef"
    assert locate("img", folder, root="/root").location == f"/root/{folder}"
