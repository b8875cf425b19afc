"""A report's figures against each other, against the manifest, and against the rows counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from moderation.runs.books import KEYS, Books, Key
from moderation.runs.verify_output import Tables, differs
from schemas.datasets import DatasetInfo
from schemas.manifest import Manifest


def recount(books: Books, manifest: Manifest, tables: Tables) -> Iterator[str]:
    """What of a report is not so. A table with a fault of its own says nothing of the report."""
    if books.run_id != manifest.run_id:
        yield differs("run_id", expected=repr(manifest.run_id), found=repr(books.run_id))
    if books.status != manifest.status:
        yield differs("status", expected=manifest.status, found=books.status)
    for equation, (left, right) in books.sums.items():
        if left != right:
            yield differs(f"{equation} does not hold", expected=left, found=right)
    read = sum(entry.rows for entry in manifest.inputs)
    if books.read not in (None, read):
        yield differs("rows read, by the manifest's inputs", expected=books.read, found=read)
    yield from _rows(books, tables)
    for table, due in books.by_key.items():
        for counted in tables.get(table, {}).values():
            if counted.sound:
                yield from _by_key(table, due, counted.by_key)
    yield from _reviews(tables)


def _reviews(tables: Tables) -> Iterator[str]:
    """A verdict that is held back, or drawn as a sample, is in the queue, by its content."""
    for verdicts in tables.get("verdicts", {}).values():
        for queue in tables.get("review_queue", {}).values():
            due, found = verdicts.for_review, queue.for_review
            if verdicts.sound and queue.sound and due != found:
                yield differs("verdicts that review_queue is for", expected=due, found=found)


def _rows(books: Books, tables: Tables) -> Iterator[str]:
    for table, due in books.rows.items():
        found = tables.get(table, {})
        if due and not found:
            yield differs(f"rows of {table}, which has no file", expected=due, found=0)
        for counted in found.values():
            if counted.sound and counted.rows != due:
                yield differs(f"rows of {table}", expected=due, found=counted.rows)


def _by_key(table: str, due: Counter[Key], found: Counter[Key]) -> Iterator[str]:
    for key in sorted({*due, *found}):
        if due[key] != found[key]:
            what = ", ".join(
                f"{name} {value}" for name, value in zip(KEYS[table], key, strict=True)
            )
            yield differs(f"rows of {table} with {what}", expected=due[key], found=found[key])


def recount_shards(info: DatasetInfo, manifest: Manifest) -> Iterator[str]:
    """What ``info.json`` says of the examples' files otherwise than the manifest."""
    outputs = {entry.path: entry for entry in manifest.outputs}
    if info.run_id != manifest.run_id:
        yield differs("run_id", expected=repr(manifest.run_id), found=repr(info.run_id))
    for split, told in info.splits.items():
        for shard in told.shards:
            entry = outputs.pop(shard.path, None)
            if entry is None:
                yield f"{shard.path} of split {split} is not in the manifest"
            elif (shard.examples, shard.bytes, shard.sha256) != (
                entry.rows,
                entry.bytes,
                entry.sha256,
            ):
                yield f"{shard.path} is another one in the manifest"
        if told.examples != sum(shard.examples for shard in told.shards):
            what = f"examples of split {split}, by its shards"
            found = sum(shard.examples for shard in told.shards)
            yield differs(what, expected=told.examples, found=found)
    for path in outputs:
        if path.startswith("examples/"):
            yield f"{path} is in the manifest and in no split"
