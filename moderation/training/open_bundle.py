"""``python -m moderation.training.open_bundle BUNDLE KIND``: load a bundle as a scoring run would.

Ends with 0 where its golden items come out as they should, else with 1 and the reason.
"""

from __future__ import annotations

import sys

from moderation.models.bundle import open_bundle
from moderation.models.loading import warm_up
from moderation.models.types import ModelError
from schemas.records import Kind


def main(bundle: str, kind: str) -> int:
    """Open, load, probe, check the golden items."""
    try:
        warm_up(open_bundle(bundle), [Kind(kind)])
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
