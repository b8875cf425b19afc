"""What an item says and shows, as the audit counts it: by digests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moderation.audit.keyed.posted import Posted
from moderation.storage.packing import digest64
from moderation.verdicts.judgement import Judgement
from schemas.records import IMAGE_FIELDS, TEXT_FIELDS


def posted(judgement: Judgement, texts: Mapping[str, Any], *, shown: bool) -> list[Posted]:
    """Each text of an item with the picture beside it.

    Args:
        judgement: of the item; a picture has a digest where it could be had.
        texts: by field; empty where there is none.
        shown: people see the item, so its text may be told.
    """
    pictures = {image.field: image.sha256 for image in judgement.images if image.sha256}
    kind = judgement.kind
    if not pictures and len(texts) == 1:  # as most memes without their pictures
        [text] = map(str, texts.values())
        return [Posted(digest64(text), 0, text if shown else None)] if text else []
    found = []
    for field, beside in zip(TEXT_FIELDS[kind], IMAGE_FIELDS[kind], strict=True):
        text = str(texts.get(field) or "")
        picture = pictures.get(beside)
        found.append(
            Posted(
                text=digest64(text) if text else 0,
                picture=int(picture[:16], 16) if picture else 0,
                shown=text if shown and text else None,
            )
        )
    return found
