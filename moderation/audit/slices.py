"""From summed slices to what the audit tells of them: rates, comparisons, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from moderation.audit.comparisons import fisher, holm
from moderation.audit.fit_to_show import Tell
from moderation.audit.intervals import share_of_items
from moderation.audit.keyed.members import SliceBy
from moderation.audit.keyed.slices import ColumnPart, SliceCounts, SlicesPart
from moderation.audit.tally import Tally
from schemas.figures import Proportion
from schemas.slices import Differs, Slice, SliceColumn, SliceFlag, Slices

LEVEL = 0.05


class _Compared(NamedTuple):
    flag: str
    raised: Proportion
    rest: Proportion
    p: float


def slices(part: SlicesPart, by: SliceBy, tally: Tally, *, tell: Tell = str) -> Slices:
    """All that was asked for.

    Args:
        part: of the run, summed.
        by: what it was sliced by.
        tally: of the run, with the flags of all its items.
        tell: how a column's values are shown.
    """
    kept = [counts for column in part for counts in column.kept]
    compared = [list(_compared(counts, by.flags, tally)) for counts in kept]
    corrected = iter(holm([each.p for some in compared for each in some]))
    found = [
        _slice(counts, by, [_flag(each, next(corrected)) for each in some], tell)
        for counts, some in zip(kept, compared, strict=True)
    ]
    return Slices(
        least_items=by.least_items,
        most=by.most,
        level=LEVEL,
        comparisons=sum(map(len, compared)),
        columns=[_column(str(column), each) for column, each in zip(by.columns, part, strict=True)],
        slices=sorted(found, key=_badness),
    )


def _compared(counts: SliceCounts, flags: Sequence[str], tally: Tally) -> Iterator[_Compared]:
    for flag, (judged, raised) in zip(flags, counts.flags, strict=True):
        everywhere = tally.of("flag_items", flag)
        rest_of = sum(everywhere.values()) - judged
        rest = everywhere.get("true", 0) - raised
        if judged and rest_of:
            p = fisher(raised, judged, rest, rest_of)
            yield _Compared(flag, share_of_items(raised, judged), share_of_items(rest, rest_of), p)


def _flag(compared: _Compared, adjusted: float) -> SliceFlag:
    flag, raised, rest, p = compared
    higher = raised.hits * rest.of > rest.hits * raised.of
    side = Differs.HIGHER if higher else Differs.LOWER
    return SliceFlag(
        flag=flag,
        raised=raised,
        rest=rest,
        p_value=p,
        p_adjusted=adjusted,
        differs=side if adjusted <= LEVEL else None,
    )


def _slice(counts: SliceCounts, by: SliceBy, flags: list[SliceFlag], tell: Tell) -> Slice:
    return Slice(
        column=str(by.columns[counts.name.column]),
        kind=counts.name.kind,
        value=counts.name.text and tell(counts.name.text),
        rows=counts.rows,
        items=counts.items,
        flags=flags,
    )


def _badness(each: Slice) -> tuple[int, float, float, int, str, str, str]:
    """Higher flags by how sure they are; then lower ones, the surest last."""
    higher = [flag for flag in each.flags if _excess(flag) > 0]
    named = (-each.items, each.column, each.kind.value, each.value or "")
    if higher:
        worst = min(higher, key=lambda flag: (flag.p_value, -_excess(flag)))
        return 0, worst.p_value, -_excess(worst), *named
    surest = min((flag.p_value for flag in each.flags), default=1.0)
    return 1, -surest, 0.0, *named


def _excess(flag: SliceFlag) -> float:
    return (flag.raised.value or 0.0) - (flag.rest.value or 0.0)


def _column(name: str, part: ColumnPart) -> SliceColumn:
    return SliceColumn(
        column=name,
        slices=part.slices,
        rows=part.rows,
        too_small=part.small,
        rows_too_small=part.small_rows,
        left_out=part.slices - part.small - len(part.kept),
        rows_left_out=part.rows - part.small_rows - sum(each.rows for each in part.kept),
    )
