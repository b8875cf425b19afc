"""The options of ``pipelines.dataflow``; all others are for ``pipelines.score`` and Beam."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pipelines.command.options import Options
from pipelines.command.usage import UsageError
from pipelines.command.values import checked, text

_BUCKET = re.compile(r"gs://[a-z0-9][a-z0-9._-]+(/.*)?")
_OBJECT = re.compile(r"gs://[a-z0-9][a-z0-9._-]+/.*[^/]")
_EPILOG = """\
All other flags are those of pipelines.score (python -m pipelines.score --help) and Beam's
(--help_beam there). Of Beam's --project and --region are needed; --machine_type, --max_num_workers,
--service_account_email, --subnetwork, --no_use_public_ips, --label and more do in both ways.

exit codes: submitted from here, those of pipelines.score: 0 done, or with --no_wait_until_finish
submitted; 1 failed; 2 usage; 3 a gate broke. By a template: 0 written, or its launch was taken;
1 refused by the store or by Dataflow; 2 usage, nothing was sent.
"""


def expect_bucket(text: str) -> None:
    """Raise ``UsageError`` for what is no bucket, nor a folder in one."""
    if not _BUCKET.fullmatch(text):
        raise UsageError("write gs://BUCKET or gs://BUCKET/FOLDER")


def expect_object(text: str) -> None:
    """Raise ``UsageError`` for what is no object of a bucket."""
    if not _OBJECT.fullmatch(text):
        raise UsageError("write an object, as in gs://BUCKET/templates/moderation.json")


@dataclass(frozen=True, kw_only=True)
class Way(Options):
    """How the job comes to Dataflow."""

    TITLE = "way"

    image: Annotated[str, text("IMAGE")] | None = None
    """the image of deploy/docker, where workers can pull it"""
    bucket: Annotated[str, checked(expect_bucket, "gs://BUCKET")] | None = None
    """where staged and temporary files go, and runs unless --output says where"""
    template: Annotated[str, checked(expect_object, "gs://FILE")] | None = None
    """by a Flex Template, whose file this is: with --image it is written, then it is launched.
    Default: the job is submitted from here"""
    write_only: bool = False
    """write the template's file, launch nothing"""
    print_only: bool = False
    """print what would be run, written and sent, and do none of it"""


@dataclass(frozen=True, kw_only=True)
class DataflowOptions(Way):
    """Every option of the command."""

    NAME = "dataflow"
    DESCRIPTION = (
        "Score on Dataflow: the job is submitted from here, or launched by a Flex Template."
    )
    EPILOG = _EPILOG

    def check(self) -> None:
        """What flags ask of each other; raises ``UsageError``."""
        if not self.template and self.write_only:
            raise UsageError("--write_only writes a template's file: give its place, --template")
        if self.write_only and not self.image:
            raise UsageError("--write_only writes a template of an image: give --image too")
        if not self.template and not self.image:
            raise UsageError("--image is missing: name the image that workers are to run")
        if not self.bucket and not self.write_only:
            raise UsageError("--bucket is missing: name a bucket for staged and temporary files")
        super().check()
