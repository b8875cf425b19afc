"""A run in a bucket is reviewed as one on a disk; its decisions stay on this machine."""

from __future__ import annotations

from pathlib import Path

from moderation.review.queue.items import read_queue
from pipelines.command.without_beam import parse_all
from pipelines.review.options import ReviewOptions
from pipelines.review.plan import make_plan
from tests.faults.store import Store
from tests.pipelines.review.runs import reviewable


def test_a_queue_in_a_bucket_is_read_as_one_on_a_disk(store: Store, tmp_path: Path) -> None:
    run = reviewable(tmp_path, 3)
    for path in run.rglob("*"):
        if path.is_file():
            store.put(f"runs/run_id=night/{path.relative_to(run)}", path.read_bytes())

    far = make_plan(parse_all(ReviewOptions, [store.path("runs/run_id=night")]))
    near = make_plan(parse_all(ReviewOptions, [str(run)]))

    assert [*read_queue(far.queue)] == [*read_queue(near.queue)]
    assert far.decisions == "decisions/night.jsonl"
    assert near.decisions == str(tmp_path / "runs" / "decisions" / "night.jsonl")
    assert far.door.image_buckets == (store.bucket,)
