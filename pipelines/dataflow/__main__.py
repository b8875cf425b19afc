"""Score on Dataflow, by either way.

``python -m pipelines.dataflow --project P --region R --bucket gs://B --image IMAGE --input gs://…``
"""

from __future__ import annotations

import datetime
import json
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.command.run import DONE, FAILED, USAGE, say
from pipelines.command.usage import UsageError
from pipelines.dataflow.options import DataflowOptions

if TYPE_CHECKING:
    from pipelines.dataflow.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Submit the job, or write and launch its template; return the exit code."""
    now = datetime.datetime.now(datetime.timezone.utc)
    try:
        given, words = DataflowOptions.parse(argv)
        _expect_packages()
        from pipelines.dataflow.settings import settle

        settings = settle(given, words, started_at=now)
        return _by_template(settings) if given.template else _from_here(settings)
    except UsageError as error:
        return say(f"dataflow: error: {error}", USAGE)


def _expect_packages() -> None:
    try:
        import google.cloud.dataflow_v1beta3  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"Google's packages are missing ({error}): make gcp adds them, or the extra 'gcp'"
        ) from None


def _from_here(settings: Settings) -> int:
    from pipelines.dataflow.direct import command
    from pipelines.score.__main__ import main as score

    flags = command(settings)
    if settings.given.print_only:
        return say(shlex.join(["python", "-m", "pipelines.score", *flags]), DONE)
    return score(flags)


def _by_template(settings: Settings) -> int:
    from pipelines.dataflow import template

    given = settings.given
    written = template.template(settings) if given.image else None
    asked = None if given.write_only else template.request(settings)
    if given.print_only:
        return say(json.dumps({"template": written, "launch": asked}, indent=2), DONE)
    try:
        if written:
            template.write(settings)
            say(f"written to {given.template}, of {given.image}", DONE)
        if not asked:
            return say("nothing runs: without --write_only it is launched", DONE)
        job = template.launch(settings)
    except Exception as error:  # a store or a service that says no, or is not there
        return say(f"dataflow: failed: {type(error).__name__}: {error}", FAILED)
    return say(_launched(settings, job), DONE)


def _launched(settings: Settings, job: str) -> str:
    run = settings.score.run_id or "…"
    return (
        f"launch of {job} ({settings.job_name}) was taken in {settings.cloud.region}; its launcher "
        f"checks flags and inputs before it submits the job, and what it says is the job's log.\n"
        f"{settings.output}/run_id={run}/_SUCCESS will mark the end"
    )


if __name__ == "__main__":
    sys.exit(main())
