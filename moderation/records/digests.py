"""What tells an input file from another version of itself, for a run's manifest."""

from __future__ import annotations

import hashlib
from typing import Any

import apache_beam as beam

from moderation.records.files import InputFile


class Digests(beam.PTransform):
    """The root of a pipeline → ``(path, digest)`` of each file, as ``file_digest`` tells it."""

    def __init__(self, files: tuple[InputFile, ...]) -> None:
        super().__init__()
        self._files = files

    def expand(self, pipeline: Any) -> Any:
        """See the class."""
        return (
            pipeline
            | "Files" >> beam.Create(list(self._files))
            | "Digest" >> beam.Map(lambda file: (file.path, file_digest(file)))
        )


def file_digest(file: InputFile) -> str | None:
    """``sha256:…`` of a local file, ``etag:…`` (or the store's checksum) of an object."""
    if "://" not in file.path:
        try:
            with open(file.path, "rb") as stream:
                return f"sha256:{_sha256(stream)}"
        except OSError:
            return None
    from apache_beam.io.filesystems import FileSystems

    try:
        return f"etag:{FileSystems.checksum(file.path)}"
    except Exception:  # a store without checksums, or one that fails now: the digest is a courtesy
        return None


def _sha256(stream: Any) -> str:
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()
