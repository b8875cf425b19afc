"""How often people agree with a run's flags, by distinct item.

What people saw is what the review queue showed them: items near a threshold, and samples. So a
share of agreement is one of those, not of all items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic_core import from_json

from moderation.audit.intervals import share_of_items
from moderation.exports.decisions import DecisionRow, settle
from moderation.nights.people import Decided
from moderation.nights.read_night import ReadNight
from moderation.records.labels import labels_text, place_of
from moderation.runs.committed import RunError
from moderation.storage import files
from schemas.distributions import FlagRate
from schemas.nights import Agreement


class _Said(NamedTuple):
    """Of one item and one flag."""

    raised: bool
    people: bool | None
    """Whether most of them say that it holds; None: as many say that it does not."""


@dataclass(slots=True)
class Agreements:
    """What people said of every night's items, each content once."""

    decided: Decided
    latest: dict[str, dict[str, _Said]] = field(default_factory=dict)
    """By flag and content."""
    matched: set[str] = field(default_factory=set)
    """Items with decisions that some night's queue has."""

    def add(self, night: ReadNight) -> list[Agreement]:
        """Take a night in; its own shares.

        Raises:
            RunError: its review queue cannot be read.
        """
        own: dict[str, dict[str, _Said]] = {}
        for entry in _entries(night):
            decisions = self.decided.by_item.get(entry["item_id"])
            if not decisions:
                continue
            self.matched.add(entry["item_id"])
            for flag, said in _said(entry, decisions, night.flags):
                own.setdefault(flag, {})[entry["content_key"]] = said
        for flag, items in own.items():
            self.latest.setdefault(flag, {}).update(items)
        return _shares(own)

    def over_all(self) -> list[Agreement]:
        """Over all nights: of a content that several had, what the last one raised."""
        return _shares(self.latest)

    def unmatched(self) -> int:
        """Decisions on items that no night's queue has."""
        by_item = self.decided.by_item
        return sum(len(by_item[item]) for item in by_item.keys() - self.matched)


def _entries(night: ReadNight) -> Iterator[dict[str, Any]]:
    for file in night.queue:
        try:
            with files.open_read(file.path) as stream:
                yield from map(from_json, stream)
        except (OSError, ValueError) as error:
            why = (str(error).splitlines() or [type(error).__name__])[0]
            raise RunError(
                f"{file.path} cannot be read, so nobody knows what people saw of run "
                f"{night.night.run_id}: see what became of it by pipelines.verify ({why})"
            ) from error


def _said(
    entry: Mapping[str, Any], decisions: Sequence[DecisionRow], flags: Iterable[FlagRate]
) -> Iterator[tuple[str, _Said]]:
    """For each flag that the item's task answers and somebody decided."""
    probabilities = entry["probabilities"]
    for flag in flags:
        p = probabilities.get(f"{flag.task}.{flag.label}")
        about = [d for d in decisions if d.task in ("", flag.task)]
        if p is None or not about or flag.kind.value != entry["kind"]:
            continue
        names = [n.partition(".")[2] for n in probabilities if n.partition(".")[0] == flag.task]
        votes = [_holds(decision, flag, names) for decision in settle(about).counted]
        yes, no = votes.count(True), votes.count(False)
        if yes or no:
            yield flag.flag, _Said(p >= flag.threshold, None if yes == no else yes > no)


def _holds(decision: DecisionRow, flag: FlagRate, names: Sequence[str]) -> bool | None:
    """Whether a person says that the flag's label is the item's; None: that cannot be told."""
    wanted = names.index(flag.label)
    place = place_of(decision.label, names, flag.task)
    if place is not None:
        says = place == wanted
        return says if not decision.rejects else (not says if len(names) == 2 or says else None)
    several = labels_text(decision.label)
    if several is None:
        return None
    places = [place_of(name, names, yes_or_no=False) for name in several]
    return None if None in places else wanted in places


def _shares(said: Mapping[str, Mapping[str, _Said]]) -> list[Agreement]:
    return [
        Agreement(
            flag=flag,
            raised=_share(items.values(), raised=True),
            not_raised=_share(items.values(), raised=False),
            ties=sum(each.people is None for each in items.values()),
        )
        for flag, items in sorted(said.items())
    ]


def _share(said: Iterable[_Said], *, raised: bool) -> Any:
    settled = [each for each in said if each.raised is raised and each.people is not None]
    return share_of_items(sum(each.people is raised for each in settled), len(settled))
