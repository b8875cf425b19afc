"""A bank of known hashes: its name, its files, and what is found in it. Small and picklable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from moderation.hashes.build import BankError, BankRows, read_rows
from moderation.hashes.stored import StoredBank, stored
from moderation.option_error import option
from moderation.storage import files
from schemas.hashes import Algorithm, HashBankFacts


@dataclass(frozen=True, slots=True)
class BankFile:
    """One file of a bank, as it was when the bank was opened."""

    path: str
    assumed: Algorithm | None
    """What its hashes are of where it does not say so."""
    sha256: str


@dataclass(frozen=True, slots=True)
class HashBank:
    """A bank that can be opened on any machine that reaches its files."""

    name: str
    files: tuple[BankFile, ...]

    @property
    def digest(self) -> str:
        """``sha256:…`` of the file; of several, of their digests in order."""
        digests = [file.sha256 for file in self.files]
        if len(digests) == 1:
            return f"sha256:{digests[0]}"
        return f"sha256:{hashlib.sha256(chr(10).join(digests).encode()).hexdigest()}"

    @property
    def key(self) -> str:
        """Of its index: digests, names and what its hashes are taken for."""
        told = "\n".join(
            f"{file.sha256} {file.assumed} {file.path.rsplit('/', 1)[-1]}" for file in self.files
        )
        return hashlib.sha256(told.encode()).hexdigest()

    def open(self, folder: Path | None = None) -> StoredBank:
        """Its index, built where this machine has it not.

        Raises:
            BankError: lines that cannot be used; files that are not those of the launch.
        """
        return stored(self.key, self._read, folder=folder)

    def facts(self, opened: StoredBank) -> HashBankFacts:
        """What a run says of it."""
        return HashBankFacts(
            name=self.name,
            files=[file.path for file in self.files],
            digest=self.digest,
            entries=opened.count,
            hashes=opened.hashes,
            left_out=opened.left_out,
        )

    def _read(self) -> BankRows:
        for file in self.files:
            if _sha256(file.path, self.name) != file.sha256:
                raise BankError(
                    f"{file.path} of bank {self.name} was changed since the run began: start again"
                )
        try:
            return read_rows((file.path, file.assumed) for file in self.files)
        except BankError as error:
            raise BankError(f"{option('hash_bank')} {self.name}: {error}") from None


def hash_bank(name: str, given: Iterable[tuple[str, Algorithm | None]]) -> HashBank:
    """The bank of some files as they are now.

    Raises:
        BankError: one cannot be read.
    """
    found = [BankFile(path, assumed, _sha256(path, name)) for path, assumed in given]
    return HashBank(name, tuple(found))


def _sha256(path: str, name: str) -> str:
    try:
        return files.digest(path)[0]
    except OSError as error:
        why = error.strerror or str(error)
        raise BankError(
            f"{option('hash_bank')} {name}={path} cannot be read ({why.lower()})"
        ) from error
