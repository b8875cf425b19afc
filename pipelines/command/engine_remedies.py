"""What mends an engine that cannot be started, by what Beam says of it. Beam is not loaded."""

from __future__ import annotations

from importlib.metadata import version

_PRISM = (
    "Prism is fetched from the internet unless it is named: build it where there is one, by "
    "go install github.com/apache/beam/sdks/v2/go/cmd/prism@v{beam}, and give its path as "
    "--prism_location"
)
_FLINK = (
    "Beam's own job server for this version of Flink cannot be had there: deploy/flink builds one "
    "and says how a job is given to it (deploy/flink/README.md), by --runner=FlinkRunner "
    "--flink_job_server_jar, or --runner=PortableRunner --job_endpoint"
)
_REMEDIES = {
    "Unable to fetch remote prism binary": _PRISM,
    "Unable to fetch remote job server jar": _FLINK,
}


def remedy(told: str) -> str | None:
    """What to do about an engine's failure; None where it says so itself.

    Args:
        told: the engine's words.
    """
    for sign, words in _REMEDIES.items():
        if sign in told:
            return words.format(beam=version("apache-beam"))
    return None
