"""From checked options to the two files."""

from __future__ import annotations

from moderation.exports.reviewer_key import ReviewerKeyError, load_key
from moderation.nights.page import render
from moderation.nights.people import Decided, read_files
from moderation.nights.side_by_side import side_by_side
from moderation.review.answers.shape import AnswersRefused
from moderation.runs.commit import as_json
from moderation.runs.committed import RunError
from moderation.storage import files
from moderation.storage.stores import expect_reachable
from pipelines.command.places import matched
from pipelines.command.usage import UsageError
from pipelines.report.options import ReportOptions
from schemas.nights import Nights


def make(options: ReportOptions) -> Nights:
    """Read the runs, and what people decided; raises ``UsageError``."""
    [runs_dir] = options.runs
    given = matched("decisions", options.decisions).files
    try:
        expect_reachable(runs_dir)
        decided = read_files(given, load_key(None)) if given else Decided()
        return side_by_side(
            runs_dir,
            name="runs",
            decided=decided,
            decisions_files=[file.path for file in given],
        )
    except (RunError, AnswersRefused, ReviewerKeyError) as error:
        raise UsageError.of(error) from error


def write(nights: Nights, page: str) -> tuple[str, str]:
    """Write page and JSON; their paths. Raises ``UsageError`` where they cannot be written."""
    told = f"{page.removesuffix('.html')}.json"
    try:
        files.write_bytes(told, as_json(nights))
        files.write_bytes(page, render(nights).encode())
    except OSError as error:
        raise UsageError(
            f"--output {page!r} cannot be written: {(error.strerror or str(error)).lower()}"
        ) from error
    return page, told
