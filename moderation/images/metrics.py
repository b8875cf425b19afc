"""The door's counts as Beam metrics, under the namespace ``images``."""

from __future__ import annotations

from moderation.images.stats import BUCKET_BOUNDS_MS, DoorStats

NAMESPACE = "images"
_NUMBERS = (
    "images",
    "fetches",
    "requests",
    "retries",
    "redirects",
    "bytes",
    "fetch_cache_hits",
    "decode_cache_hits",
    "decoders_lost",
    "hosts_given_up",
)


def counters(stats: DoorStats) -> dict[str, int]:
    """Counter names and what to add to them; zeros are left out.

    ``outcome_CODE`` counts outcomes, ``source_NAME`` references, ``fetch_ms_le_N`` and
    ``decode_ms_le_N`` are the buckets of the histograms (``…_le_inf``: what is longer). Hosts
    are no counters: there is no end to their names.
    """
    found = {name: getattr(stats, name) for name in _NUMBERS}
    found |= {f"outcome_{code}": count for code, count in stats.outcomes.items()}
    found |= {f"source_{name}": count for name, count in stats.sources.items()}
    for name, buckets in (("fetch_ms", stats.fetch_ms), ("decode_ms", stats.decode_ms)):
        bounds = [*map(str, BUCKET_BOUNDS_MS), "inf"]
        found |= {f"{name}_le_{bound}": n for bound, n in zip(bounds, buckets, strict=True)}
    return {name: count for name, count in found.items() if count}


def report(stats: DoorStats) -> None:
    """Add to the metrics of the step that this is called in, with ``ImageDoor.take_stats()``."""
    from apache_beam.metrics import Metrics

    for name, count in counters(stats).items():
        Metrics.counter(NAMESPACE, name).inc(count)
