from __future__ import annotations

import pytest

from moderation.records.layout import extension_of

MEDIA = "https://media.example/m/A"


@pytest.mark.parametrize(
    ("reference", "extension"),
    [
        (f"{MEDIA}.jpg:orig", "jpg"),
        (f"{MEDIA}.jpg:4096x4096", "jpg"),
        (f"{MEDIA}.jpg:x-large", "jpg"),
        (f"{MEDIA}.jpg%3Alarge", "jpg"),
        (f"{MEDIA}.png?name=large", "png"),
        (f"{MEDIA}.jpg?x=y.png", "jpg"),
        (f"{MEDIA}.jpg;v=1", "jpg"),
        (f"{MEDIA}.webp", "webp"),
        (f"{MEDIA}?format=png&name=large", "png"),
        (f"{MEDIA}?name=large&amp;format=jpg", "jpg"),
        (f"{MEDIA}?format=jpg%3Alarge", "jpg"),
        (MEDIA, ""),
        ("https://media.example", ""),
        ("A.jpg:large", "jpg"),
        ("A.jpg?x=1", "jpg"),
        ("a.b/c.jpeg", "jpeg"),
        ("gs://bucket/what?.jpg", "jpg"),
    ],
)
def test_the_extension_is_the_files_whatever_hosts_write_behind_it(
    reference: str, extension: str
) -> None:
    assert extension_of(reference) == extension
