"""What every job settles alike before its first row: the door, the output folder, versions."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

from moderation.images.options import DoorOptions
from moderation.runs.directory import RunCommitted, RunDirectory
from moderation.storage.stores import expect_reachable
from pipelines.command.flags import UsageError, parse_buckets, parse_ports, split_list


class ImageFlags(Protocol):
    """The flags of ``flag_groups.add_images``."""

    @property
    def image_timeout_s(self) -> float: ...
    @property
    def image_retries(self) -> int: ...
    @property
    def max_image_mb(self) -> float: ...
    @property
    def max_image_megapixels(self) -> float: ...
    @property
    def image_connections(self) -> int: ...
    @property
    def image_connections_per_host(self) -> int: ...
    @property
    def decode_threads(self) -> int: ...
    @property
    def allow_private_hosts(self) -> bool: ...
    @property
    def allowed_ports(self) -> str: ...
    @property
    def allow_hosts(self) -> str: ...
    @property
    def deny_hosts(self) -> str: ...
    @property
    def egress_proxy(self) -> str | None: ...
    @property
    def image_buckets(self) -> str | None: ...


def door_options(flags: ImageFlags, *, places: Iterable[str | None]) -> DoorOptions:
    """The door as the flags want it; raises ``UsageError``.

    Args:
        flags: of the command line.
        places: records, their image root, the run's own staging area: what of them lies on
            ``gs://`` says which buckets images are read from, where no flag does.
    """
    try:
        return DoorOptions(
            timeout_s=flags.image_timeout_s,
            retries=flags.image_retries,
            max_bytes=int(flags.max_image_mb * (1 << 20)),
            max_pixels=int(flags.max_image_megapixels * 1_000_000),
            connections=flags.image_connections,
            connections_per_host=flags.image_connections_per_host,
            decode_threads=flags.decode_threads,
            allow_private_hosts=flags.allow_private_hosts,
            allowed_ports=parse_ports(flags.allowed_ports),
            allow_hosts=split_list(flags.allow_hosts),
            deny_hosts=split_list(flags.deny_hosts),
            egress_proxy=flags.egress_proxy,
            image_buckets=image_buckets(flags.image_buckets, places),
        )
    except ValueError as error:
        raise UsageError(f"--{error}") from error


def image_buckets(named: str | None, places: Iterable[str | None]) -> tuple[str, ...] | None:
    """Where ``gs://`` images may lie: as named, or else in the buckets of some places.

    The run's own staging area, where inline images are parked, is always among them.
    """
    near = [place[len("gs://") :] for place in places if place and place.startswith("gs://")]
    staging = {place for place in near if place.endswith("/_staging")}
    if named is None:
        buckets = {place.split("/")[0] for place in near if place not in staging}
        return tuple(sorted(buckets | staging))
    given = parse_buckets(named)
    return None if given is None else (*given, *sorted(staging))


def output_folder(output: str) -> str:
    """The folder as an absolute path; raises ``UsageError`` where it cannot be written to."""
    if "://" in output:
        return output
    path = os.path.abspath(output)
    standing = path
    while not os.path.lexists(standing):
        standing = os.path.dirname(standing)
    try:
        with tempfile.TemporaryFile(dir=standing):  # what a mount refuses no permission tells
            return path
    except OSError as error:
        raise UsageError(
            f"--output {output!r}: {standing} is no folder that can be written to "
            f"({(error.strerror or str(error)).lower()}): choose another"
        ) from None


def free_directory(output: str, run_id: str, *, overwrite: bool) -> RunDirectory:
    """The run's directory; raises ``UsageError`` where a committed run lies there already."""
    directory = RunDirectory(output_folder(output), run_id)
    try:
        expect_reachable(directory.path)
        directory.expect_free(overwrite=overwrite)
    except RunCommitted as error:
        raise UsageError(str(error)) from error
    except (OSError, ValueError) as error:  # a store that is down, or whose client is missing
        raise UsageError(f"--output {output!r} cannot be looked into: {error}") from error
    return directory


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Python's version and those of the packages that are installed."""
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
