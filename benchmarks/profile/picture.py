"""Draws a run's profile: what the work itself takes (the limit), and what is lost beside it.

``python -m benchmarks.profile.picture RUN/audit.json --out docs/images/stages.svg``
"""

from __future__ import annotations

import argparse
from pathlib import Path

from schemas.audit import Audit
from schemas.profile import Profile, ProfileStage, StageProfile

LIMIT = (ProfileStage.INFER, ProfileStage.FEED, ProfileStage.DECODE, ProfileStage.EXTRACT)
_WIDTH, _LEFT, _BAR, _STEP = 640, 90, 16, 24


def drawn(profile: Profile, *, title: str) -> str:
    """An SVG with a bar for each stage, the longest first."""
    stages = sorted(profile.stages, key=lambda each: -each.processor_s)
    limit = sum(each.share for each in stages if each.stage in LIMIT)
    head = f"{title}: {100 * limit:.0f} % limit (dark), {100 * (1 - limit):.0f} % loss (light)"
    height = _STEP * (len(stages) + 2)
    bars = "\n".join(_bar(each, _STEP * (at + 2)) for at, each in enumerate(stages))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n<text x="8" y="20">{head}</text>\n'
        f"{bars}\n</svg>\n"
    )


def _bar(stage: StageProfile, top: int) -> str:
    width = max(1.0, (_WIDTH - _LEFT - 190) * stage.share)
    fill = "#1f4e79" if stage.stage in LIMIT else "#c9a66b"
    words = f"{100 * stage.share:.1f} %, {stage.processor_s:.2f} s"
    return (
        f'<text x="8" y="{top + 12}">{stage.stage.value}</text>'
        f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{fill}"/>'
        f'<text x="{_LEFT + width + 8:.1f}" y="{top + 12}">{words}</text>'
    )


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audit", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--title", default="Processor time by stage")
    given = parser.parse_args()
    audit = Audit.model_validate_json(given.audit.read_bytes())
    if audit.profile is None:
        parser.error(f"{given.audit} has no profile: run pipelines.score with --profile")
    given.out.write_text(drawn(audit.profile, title=given.title), encoding="utf-8")


if __name__ == "__main__":
    main()
