"""What happens to a text before the tokenizer, as rules both sides read.

``text_graph`` applies them inside the SavedModel with RE2, ``text_reference``
in plain Python with ``re``. Every pattern here means the same to both: ASCII
classes only, no look-around, no back-reference. Unicode classes appear only in
``UNICODE_PATTERNS``, which the reference spells out with ``unicodedata``.
"""

from __future__ import annotations

MAX_BYTES = 4096
"""UTF-8 bytes of a text that are read; the rest is not looked at."""

MAX_WORD_CHARS = 64
"""Characters of one word that are read."""

MAX_TOKENS = 128
"""WordPiece ids of one text, [CLS] and [SEP] included."""

MARK = "\x1f"
"""Stands around an entity while it is decoded; no cleaned text holds it."""

ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"

REWRITES: tuple[tuple[str, str], ...] = (
    (r"(?i:https?)://[^ ]+|\b(?i:www)\.[^ ]+", " "),
    (r"\[URL\]", " "),
    (r"\[USER\]", " user "),
    (r"\bRT\b", " "),
    (r"\B@\w+", " user "),
)
"""Applied in order to the text once control characters are gone."""

REPEATED = "!?.,-_*~#'\"=+:;/"
"""Punctuation that is collapsed when it stands twice or more in a row."""

CONTROL = r"[^\P{C}\t\n\r]|\x{FFFD}"
SPACE = r"[\s\p{Z}]+"
MARKS = r"\p{Mn}"
FLAG_PAIR = r"([\x{1F1E6}-\x{1F1FF}][\x{1F1E6}-\x{1F1FF}])"
CJK_RANGES: tuple[tuple[int, int], ...] = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
"""Ideographs, each a word of its own, as in BERT's tokenizer."""

_CJK = "".join(f"\\x{{{low:X}}}-\\x{{{high:X}}}" for low, high in CJK_RANGES)
ALONE = r"([!-/:-@\[-`{-~\p{P}" + _CJK + "])"
"""Characters that are words of their own: punctuation and ideographs."""

UNICODE_PATTERNS = (CONTROL, SPACE, MARKS, FLAG_PAIR, ALONE)

WINDOWS_1252: dict[int, str] = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
"""What ``&#128;`` to ``&#159;`` mean in the wild."""

DESCRIPTION = (
    f"First {MAX_BYTES} UTF-8 bytes, broken bytes dropped. HTML entities unescaped; control and "
    "zero-width characters stripped; every kind of space becomes one space. URLs and RT dropped; "
    "mentions become 'user'; each emoji becomes its CLDR short name in English; repeated "
    "punctuation collapsed. NFD, combining marks dropped, lower case. Split at spaces, "
    f"punctuation and ideographs; a word is cut to {MAX_WORD_CHARS} characters. For hate, not for "
    "pairs, the spelling is repaired: a word that nobody knows is parted, joined with a neighbour "
    "or changed by one letter, letters spread out are joined, digits inside a word read as "
    "letters. Words of the vocabulary and of words.txt, hashtags, mentions, numbers, initials and "
    "texts that are hardly English stay as they are, and so do two wrong letters in one word. "
    "WordPiece "
    f"(uncased BERT vocabulary), at most {MAX_TOKENS} ids with [CLS] and [SEP]. Everything "
    "happens inside the SavedModel: feed the raw text."
)
