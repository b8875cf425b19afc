"""Steps of a pipeline that is laid out are measured, each for itself, and give what they gave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from moderation.profiling.meter import PROCESSOR, STAGE, meter
from moderation.profiling.timed import Timed, measure
from schemas.profile import ProfileStage
from tests.profiling.test_meter import work

STAGES = {"/Read/": ProfileStage.READ, "/Decide/": ProfileStage.DECIDE}


class Two(beam.DoFn):
    """Each element twice, and what the bundle had at its end."""

    def start_bundle(self) -> None:
        self.had = 0

    def process(self, element: int) -> Iterator[int]:
        self.had += 1
        work(0.01)
        yield element
        yield element

    def finish_bundle(self) -> Iterator[Any]:
        window = GlobalWindow()
        yield WindowedValue(100 * self.had, window.max_timestamp(), [window])


def test_a_step_is_charged_for_itself_and_not_for_those_behind_it() -> None:
    timed = Timed(Two(), ProfileStage.READ, "timed")
    timed.setup()
    meter.take()
    timed.start_bundle()
    for _ in timed.process(1):
        work(0.05)
    taken = meter.take()
    meter.end()
    assert 0.01 <= taken[STAGE, "read", PROCESSOR] / 1e9 < 0.05


def slow(number: int, *, more: int) -> int:
    work(0.001)
    return number + more


def test_a_pipeline_gives_the_same_measured() -> None:
    pipeline = beam.Pipeline(runner="DirectRunner")
    found = (
        pipeline
        | beam.Create([1, 2], reshuffle=False)
        | "Read" >> beam.ParDo(Two())
        | "Decide" >> beam.Map(slow, more=1)
    )
    assert_that(found, equal_to([2, 2, 3, 3, 201]))
    assert measure(pipeline, STAGES, run_id="pipeline") == ["Read", "Decide"]
    pipeline.run().wait_until_finish()
    taken = meter.take()
    meter.end()
    assert taken[STAGE, "read", PROCESSOR] >= 0.02e9
    assert 0.005e9 <= taken[STAGE, "decide", PROCESSOR] < 0.02e9


def test_steps_that_get_more_than_elements_are_left_alone() -> None:
    pipeline = beam.Pipeline()
    numbers = pipeline | beam.Create([1])
    side = beam.pvalue.AsList(numbers)
    _ = numbers | "Read" >> beam.Map(lambda number, all_of_them: number, side)
    _ = numbers | "Decide" >> beam.Map(lambda number, when=beam.DoFn.TimestampParam: number)
    assert measure(pipeline, STAGES, run_id="none") == []
