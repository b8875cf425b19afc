"""The lines of a summary that say what became of the images."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.audit.images import listed, none_had, remedy


def image_lines(found: Mapping[str, int], *, instead: str) -> list[str]:
    """One line of outcomes, and a warning where no image at all could be had.

    Args:
        found: images that were wanted, by ``ok`` or code.
        instead: what stands in the run for want of images, as in "verdicts are by texts alone".
    """
    if not found:
        return []
    lines = [f"  images: {listed(found)}"]
    if none := none_had(found):
        hint = f"; {hint}" if (hint := remedy(found)) else ""
        lines.append(f"  warning: {none}, {instead}{hint}")
    return lines
