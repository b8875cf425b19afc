"""Pictures as inputs: where a path holds no records but pictures, each is a record without text."""

from __future__ import annotations

import posixpath
import re

from moderation.storage.input_files import Format, InputFile
from moderation.storage.partitions import partition_of

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".bmp", ".tif", ".tiff")
"""Names' endings, in whatever case; what a picture is, its bytes say later."""
_MOST_CHARS = 256
"""Of an id."""
_PATTERN = re.compile(r"[*?[]")


def is_picture(name: str) -> bool:
    """Whether a file's name says that it is a picture."""
    return name.lower().endswith(PICTURES)


def picture_file(path: str, size: int, *, item_id: str) -> InputFile:
    """A picture as an input of one row."""
    return InputFile(path, size, Format.PICTURE, partition=partition_of(path), item_id=item_id)


def fixed_folder(given: str, *, is_folder: bool) -> str:
    """The folder that all lie below which a path or a pattern names.

    >>> fixed_folder("/data/pictures/*.jpg", is_folder=False)
    '/data/pictures'
    >>> fixed_folder("/data/pictures", is_folder=True)
    '/data/pictures'
    """
    if is_folder:
        return given.rstrip("/")
    magic = _PATTERN.search(given)
    return posixpath.dirname(given[: magic.start()] if magic else given)


def id_of_picture(path: str, *, folder: str) -> str:
    """A picture's id: its path from the folder that was given, that folder's name included.

    A path that is longer than an id may be gives its end.

    >>> id_of_picture("/data/pictures/a/1.jpg", folder="/data/pictures")
    'pictures/a/1.jpg'
    """
    above = posixpath.dirname(folder)
    inside = path[len(above) :] if path.startswith(above) else path
    return inside.lstrip("/")[-_MOST_CHARS:]
