"""A picture that is an input by itself, as the row of a meme without text."""

from __future__ import annotations

from moderation.records.rows import RawRow
from moderation.storage.input_files import InputFile


def picture_row(file: InputFile) -> RawRow:
    """The one row of a picture: an id, and a reference that its own folder leads from."""
    name = file.path.rsplit("/", 1)[-1]
    plain = name == name.strip() and ":" not in name
    fields = {"id": file.item_id, "img": name if plain else f"./{name}", "text": None}
    return RawRow(file.path, 1, fields)
