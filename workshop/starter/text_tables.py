"""The lookup tables of the text graph, written once at build time as bundle assets.

``fold.tsv``: one line per character that changes, ``character TAB replacement``:
an emoji becomes its CLDR short name between spaces, anything else its lower-case
NFD form without combining marks. ``entities.tsv``: HTML entity to characters.
"""

from __future__ import annotations

import html.entities
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from moderation.starter.text_rules import WINDOWS_1252

_REGIONAL_A = 0x1F1E6


def emoji_names() -> dict[str, str]:
    """CLDR short names (English) of the emoji that are one code point. Needs package ``emoji``."""
    import emoji

    names = {
        char: " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", entry["en"]))).lower()
        for char, entry in emoji.EMOJI_DATA.items()
        if len(char) == 1 and ord(char) > 0xFF
    }
    letters = {chr(_REGIONAL_A + i): chr(ord("a") + i) for i in range(26)}
    return {char: name for char, name in names.items() if char not in letters}


def fold_table(names: Mapping[str, str]) -> dict[str, str]:
    """Replacement of every character above ASCII that has one."""
    table = {chr(_REGIONAL_A + i): chr(ord("a") + i) for i in range(26)}
    for char in _characters():
        folded = _fold(char)
        if folded != char:
            table.setdefault(char, folded)
    for char, name in names.items():
        table[char] = f" {_fold(name)} "
    return table


def entity_table() -> dict[str, str]:
    """Replacement of every named HTML 5 entity, and of the numeric ones that mean CP 1252."""
    named = {
        f"&{name}": re.sub(r"\s", " ", value)
        for name, value in html.entities.html5.items()
        if name.endswith(";")
    }
    numeric = {f"&#{byte};": char for byte, char in WINDOWS_1252.items()}
    return named | numeric


def write_table(path: Path, table: Mapping[str, str]) -> None:
    """Writes ``key TAB value`` lines, sorted by key, UTF-8."""
    lines = "".join(f"{key}\t{value}\n" for key, value in sorted(table.items()))
    path.write_bytes(lines.encode("utf-8"))


def _characters() -> Iterator[str]:
    for code in range(0x80, 0x30000):
        if not 0xD800 <= code <= 0xDFFF and unicodedata.category(chr(code))[0] not in "CZ":
            yield chr(code)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    bare = (char for char in decomposed if unicodedata.category(char) != "Mn")
    return "".join(char.lower() for char in bare)
