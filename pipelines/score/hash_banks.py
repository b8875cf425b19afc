"""Banks of known pictures as the command line names them, opened before the run's first row."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from typing import NamedTuple

from moderation.hashes.bank import HashBank, hash_bank
from moderation.hashes.build import BankError
from moderation.hashes.look_up import LookUp
from moderation.storage.patterns import expand, is_hidden
from moderation.storage.places import printable
from moderation.storage.trees import tree_of
from moderation.verdicts.picture_look_up import PictureHashes
from pipelines.command.usage import UsageError
from pipelines.score.bank_place import bank_place
from schemas.hashes import Algorithm, HashBankFacts
from schemas.policy import Policy


class GivenBanks(NamedTuple):
    """What ``--hash_bank`` and ``--write_hashes`` come to."""

    hashes: PictureHashes
    facts: tuple[HashBankFacts, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """All of the banks'."""
        return tuple(path for facts in self.facts for path in facts.files)

    def words(self) -> list[str]:
        """The banks, for people: a line each."""
        return [
            f"{bank.name}: {bank.entries:,} entries, {bank.digest}"
            + "".join(f"; left out: {n:,} {why}" for why, n in bank.left_out.items())
            for bank in self.facts
        ]


def open_banks(given: Iterable[str], *, policy: Policy, write: bool) -> GivenBanks:
    """Every bank read and its index made.

    Args:
        given: as ``parse_bank`` gives them; a name may come more than once.
        policy: has the banks' rules.
        write: whether verdicts have hashes.

    Raises:
        UsageError: a bank cannot be used, or the policy has rules for one that is not given.
    """
    files: dict[str, list[tuple[str, Algorithm | None]]] = {}
    for text in given:
        name, kind, path = bank_place(text)
        kinds = Algorithm(kind) if kind else None
        files.setdefault(name, []).extend((file, kinds) for file in _files_of(text, path))
    _expect_all(policy, files)
    try:
        banks = [hash_bank(name, some) for name, some in files.items()]
        facts = tuple(bank.facts(bank.open()) for bank in banks)
    except BankError as error:
        raise UsageError.of(error) from error
    if write or any(Algorithm.PDQ in each.hashes for each in facts):
        _expect_pdq("write_hashes" if write else "hash_bank")
    return GivenBanks(PictureHashes(_look_up(banks, facts, policy), write), facts)


def _files_of(said: str, path: str) -> list[str]:
    """The file of that name, else what a folder holds or a pattern matches; ``UsageError``: none.

    A file that is not there stays: who reads it says why.
    """
    tree = tree_of(path)
    found: set[str] = set()
    try:
        entries = [entry for entry, _ in expand(tree, path)]
        for entry in entries:
            inside = tree.children(entry.path) if entry.folder else []
            found |= {each.path for each in inside if not (each.folder or is_hidden(each.name))}
            found |= set() if entry.folder else {entry.path}
    except (OSError, ValueError) as error:
        raise UsageError(f"--hash_bank {said} cannot be listed: {printable(str(error))}") from error
    if entries and not found:
        raise UsageError(f"--hash_bank {said}: no files lie in that folder: name the bank's own")
    return sorted(found) or [path]


def _look_up(
    banks: Iterable[HashBank], facts: Iterable[HashBankFacts], policy: Policy
) -> LookUp | None:
    ruled = tuple((bank, policy.bank_rule(bank.name)) for bank in banks)
    kinds = {algorithm for each in facts for algorithm in each.hashes}
    if not ruled:
        return None
    return LookUp(ruled, pdq=Algorithm.PDQ in kinds, md5=Algorithm.MD5 in kinds)


def _expect_all(policy: Policy, given: Iterable[str]) -> None:
    missing = sorted(policy.hash_banks.keys() - set(given))
    if missing:
        raise UsageError(
            f"--policy has a rule for the hash bank {missing[0]!r}, and no such bank is given: add "
            f"--hash_bank {missing[0]}=FILE, or take the rule out"
        )


def _expect_pdq(flag: str) -> None:
    if importlib.util.find_spec("pdqhash") is None:
        raise UsageError(
            f"--{flag} needs the hashes extra: pip install '.[hashes]' in the project's folder"
        )
