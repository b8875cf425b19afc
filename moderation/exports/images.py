"""Images of a training set: copied beside its rows, so that the set loads wherever it lies."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.images.decoding.sniff import identify
from moderation.images.fetching.local import read_local
from moderation.images.types import ImageError
from moderation.storage import files
from schemas.codes import Code

FOLDER = "images"
_SUFFIXES = {"jpeg": ".jpg", "mpo": ".jpg"}
_MAX_BYTES = 256 << 20


class ImageLost(Exception):
    """An image is not what the run judged; ``code`` and ``message`` as on a dead letter."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Placed:
    """A reference for the training set, and what it leads to."""

    reference: str | None
    sha256: str | None = None
    """Of the bytes, where they are known."""
    copied: bool = False
    data: bytes | None = None
    """Of an image that the set holds; None of bytes in no known format."""


@dataclass(frozen=True, slots=True)
class ImagePlacer:
    """Where a set's images go. Picklable; placing the same image twice is harmless."""

    data_folder: str
    """The folder of the data files, which references are relative to."""
    copy: bool
    """False: local images stay where they are, under their absolute path."""
    folder: str = FOLDER
    """Of the copies, in the data folder."""
    as_files: bool = True
    """Whether copies are files; where every row holds its own bytes, they need not be."""

    def place(
        self,
        field: str,
        written: str | None,
        where: tuple[str | None, str | None, str | None],
        sha256: str | None,
    ) -> Placed:
        """The reference that leads to an image from the set.

        Args:
            field: the record's field, for messages.
            written: the reference as the record has it; None for inline bytes.
            where: ``written``, the location that it led to, the folder it must stay inside.
            sha256: of the bytes that the model was shown; None where it was shown none.

        Raises:
            ImageLost: where the model was shown bytes that are not there any more.
        """
        _, location, root = where
        if location is None:
            return Placed(written)
        inline = written is None
        if files.is_remote(location) and not inline:
            return Placed(location if location.startswith("gs://") else written, sha256)
        if not self.copy and not inline:
            return Placed(location, sha256)
        try:
            data = self._read(location, root)
        except (ImageError, OSError) as error:
            if sha256 is None:
                return Placed(written)
            code = error.code if isinstance(error, ImageError) else Code.NOT_FOUND
            raise ImageLost(code, f"{field}: {error}") from error
        return self._copied(field, data, sha256)

    def _read(self, location: str, root: str | None) -> bytes:
        if files.is_remote(location):
            return files.read_bytes(location)
        return read_local(location, root, max_bytes=_MAX_BYTES)

    def _copied(self, field: str, data: bytes, sha256: str | None) -> Placed:
        import hashlib

        digest = hashlib.sha256(data).hexdigest()
        if sha256 is not None and digest != sha256:
            message = f"{field}: the file is not the image that the run judged"
            raise ImageLost(Code.SOURCE_CHANGED, message)
        suffix = _suffix(data)
        name = f"{self.folder}/{digest[:2]}/{digest}{suffix}"
        if self.as_files:
            files.write_once(f"{self.data_folder}/{name}", data)
        return Placed(name, digest, copied=True, data=data if suffix else None)


def _suffix(data: bytes) -> str:
    try:
        kind = identify(data).lower()
    except ImageError:
        return ""
    return _SUFFIXES.get(kind, f".{kind}")
