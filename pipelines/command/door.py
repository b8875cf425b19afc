"""The image door as the command line wants it."""

from __future__ import annotations

from collections.abc import Iterable

from moderation.images.options import DoorOptions
from moderation.option_error import OptionError
from pipelines.command.option_groups import Door
from pipelines.command.usage import UsageError
from pipelines.command.values import parse_buckets, parse_ports, split_list


def door_options(flags: Door, *, places: Iterable[str | None]) -> DoorOptions:
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
    except OptionError as error:
        raise UsageError.of(error) from error


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
