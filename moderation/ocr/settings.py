"""How pictures are read. What is set here is part of a reader's digest: see ``model``."""

from __future__ import annotations

LARGER_PX = 1_024
"""Longer side of the picture that lines are recognised in: as much as PDQ asks for. Makers are
shown the largest that one of them wants, and a text must not hang on whether one is hashed."""
DETECT_PX = 640
"""Longer side of the one in which they are found."""
LEAST_PX = 12
"""Shorter side of a picture that is read at all: the reader would enlarge a mere strip."""
LOWEST_SCORE = 0.3
"""Of a line, for it to leave the reader's process at all; what is kept is ``floor``'s."""
ASSEMBLY = "1"
"""Of how lines become a text; it changes with what is done in ``floor``, ``words`` or ``order``."""
