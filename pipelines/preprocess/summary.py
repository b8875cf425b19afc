"""The few lines at the end of a run that wrote examples."""

from __future__ import annotations

from moderation.datasets.stats import image_outcomes
from moderation.records.positive import named_positive
from moderation.runs.directory import RunDirectory
from pipelines.command.summary_lines import image_lines, left_out_lines, loss_lines, many
from schemas.datasets import DatasetInfo, DatasetStats, ImageHash, Link
from schemas.records import DEFAULT_TASKS

_LARGE = 0.25
"""Share of the rows from which one group explains an empty split."""


def summary(directory: RunDirectory, seconds: float) -> str:
    """What was read, written, moved and lost, and where it lies."""
    stats = DatasetStats.model_validate(directory.read_json("stats.json"))
    info = DatasetInfo.model_validate(directory.read_json("info.json"))
    books = stats.account
    rate = books.read / seconds if seconds else 0.0
    lines = [
        f"run {stats.run_id} committed in {seconds:.1f} s ({rate:,.1f} rows/s, start-up included)",
        "",
        f"  read {books.read:,} = written {books.written:,} + dead-lettered "
        f"{books.dead_lettered:,}",
    ]
    for name, split in stats.splits.items():
        shards = len(info.splits[name].shards)
        lines.append(f"  {name:<8} {split.rows:>9,} ({split.share:.1%}) in {many(shards, 'file')}")
        for labels in split.labels.values():
            told = [f"{label} {balance.share:.1%}" for label, balance in labels.items()]
            lines.append(f"  {'':<8} {'':>9} " + ", ".join(told[:6]))
    lines += _warnings(stats, info)
    groups, conflicts = stats.grouping, stats.conflicts
    lines.append(
        f"  groups: {groups.groups:,}, of several contents {groups.groups_of_several:,}; "
        f"they moved {groups.rows_moved:,} rows"
    )
    if conflicts.contents:
        lines.append(
            f"  contradicting labels: {conflicts.contents:,} contents, {conflicts.rows:,} rows, "
            f"{conflicts.rows_dropped:,} dropped ({conflicts.rule.value})"
        )
    letters = [(letter.stage, letter.code, letter.rows) for letter in stats.dead_letters]
    images = image_outcomes(stats.images, letters)
    lines += image_lines(images, instead="examples hold texts alone")
    lines += left_out_lines(directory)
    lines += loss_lines(stats.unreadable)
    if stats.dead_letters:
        lines.append("  dead letters:")
        lines += [
            f"    {letter.rows:>8,}  {letter.code} ({letter.stage})"
            for letter in stats.dead_letters[:10]
        ]
    lines += ["", f"  statistics  {directory.file('stats.json')}"]
    lines += [f"  examples    {directory.file('examples/')}"]
    return "\n".join(lines)


def _hash_word(stats: DatasetStats) -> list[str]:
    """A word where near images went by the weaker hash for want of a package."""
    grouping, asked = stats.grouping, stats.options.get("image_hash")
    if Link.NEAR_IMAGE not in grouping.links or grouping.image_hash is ImageHash.PDQ:
        return []
    if asked != "auto" or not any(each.count for each in stats.image_width.values()):
        return []
    return [
        "  note: near images were told by brightness steps, which miss more than PDQ does: "
        "pip install '.[hashes]', or ask for it with --image_hash steps"
    ]


def _warnings(stats: DatasetStats, info: DatasetInfo) -> list[str]:
    """Splits that stay empty, and two labels of which no name tells the positive one."""
    lines = _hash_word(stats)
    books = stats.account
    empty = [name for name, split in stats.splits.items() if not split.rows]
    if books.written and empty:
        largest = stats.grouping.largest[0].rows if stats.grouping.largest else 1
        share = largest / books.written
        why = f"; the largest group holds {share:.0%} of the rows" if share > _LARGE else ""
        lines.append(
            f"  warning: no row in {', '.join(empty)}{why}: give more rows, other --splits, or "
            "fewer links (--group_by)"
        )
    for kind, labels in info.labels.items():
        unnamed = len(labels) == 2 and named_positive(labels, DEFAULT_TASKS[kind]) is None
        if unnamed and not info.multi_label:
            first, second = labels
            lines.append(
                f"  note: of {first} and {second} the second counts as the positive label, for "
                f"neither name tells: --labels {second},{first} turns them round"
            )
    return lines
