"""The job submitted from this machine: the command of ``pipelines.score`` that does it."""

from __future__ import annotations

from pipelines.dataflow.settings import DISK_GB, MACHINE_TYPE, MAX_WORKERS, Settings


def command(settings: Settings) -> list[str]:
    """The flags of ``pipelines.score``: what was typed, and what was left to this command."""
    workers = settings.workers
    flags = {
        "--runner": "DataflowRunner",
        "--job_name": settings.job_name,
        "--temp_location": settings.temp_location,
        "--staging_location": settings.staging_location,
        "--sdk_container_image": settings.given.image,
        "--output": settings.output,
    }
    if not workers.machine_type:
        flags["--worker_machine_type"] = MACHINE_TYPE
    if not workers.max_num_workers:
        flags["--max_num_workers"] = str(MAX_WORKERS)
    if not workers.disk_size_gb:
        flags["--disk_size_gb"] = str(DISK_GB)
    return [*settings.words, *(f"{name}={value}" for name, value in flags.items())]
