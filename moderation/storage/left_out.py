"""The books of files that lie where inputs are looked for and are not read."""

from __future__ import annotations

from collections.abc import Collection

from moderation.storage.places import printable
from schemas.manifest import LeftOut

_EXAMPLES = 20


class LeftOutBooks:
    """Counts by reason, with the first names of each: folders of pictures have very many."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}
        """Path to reason: two patterns may leave out the same file."""

    def add(self, path: str, why: str) -> None:
        """One file, or a folder with all in it. ``why`` is a plural: ``hidden files``."""
        self._paths.setdefault(path, why)

    def count(self) -> int:
        """How many there are so far."""
        return len(self._paths)

    def told_since(self, before: int) -> str:
        """What came since, in half a sentence; empty where nothing did."""
        entries = _grouped([*self._paths.items()][before:])
        if not entries:
            return ""
        told = ", ".join(f"{entry.files:,} {entry.why}" for entry in entries)
        return f" (left out: {told}, as {entries[0].examples[0]})"

    def entries(self, taken: Collection[str]) -> tuple[LeftOut, ...]:
        """All, the commonest reason first; what was taken all the same is none of them."""
        return _grouped([item for item in self._paths.items() if item[0] not in taken])


def _grouped(items: list[tuple[str, str]]) -> tuple[LeftOut, ...]:
    by_reason: dict[str, list[str]] = {}
    for path, why in items:
        by_reason.setdefault(why, []).append(path)
    entries = (
        LeftOut(
            why=why,
            files=len(paths),
            examples=[printable(path) for path in sorted(paths)[:_EXAMPLES]],
        )
        for why, paths in by_reason.items()
    )
    return tuple(sorted(entries, key=lambda entry: (-entry.files, entry.why)))
