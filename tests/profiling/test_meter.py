"""What is measured of a process, and that nothing is where nobody asked."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from moderation.profiling.meter import CLOCK, ENCODER, ITEMS, PROCESSOR, STAGE, WHOLE, Meter
from schemas.profile import ProfileStage


def work(seconds: float) -> None:
    """Keep this thread's processor busy."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def begun() -> Meter:
    meter = Meter()
    meter.begin("r")
    return meter


def spent(taken: dict[tuple[str, ...], int], stage: ProfileStage, what: str) -> float:
    return taken.get((STAGE, stage.value, what), 0) / 1e9


def test_a_meter_that_is_off_takes_nothing() -> None:
    meter = Meter()
    meter.add(ProfileStage.READ, clock_ns=5)
    meter.count(ENCODER, "text", "asked")
    with meter.thread(ProfileStage.FEED), meter.process(ProfileStage.INFER):
        pass
    assert meter.take() == {}


def test_a_thread_is_charged_for_what_it_computes_and_not_for_its_sleep() -> None:
    meter = begun()
    with meter.thread(ProfileStage.FETCH, items=2):
        work(0.02)
        time.sleep(0.05)
    taken = meter.take()
    assert 0.02 <= spent(taken, ProfileStage.FETCH, PROCESSOR) < 0.05
    assert spent(taken, ProfileStage.FETCH, CLOCK) >= 0.07
    assert taken[STAGE, "fetch", ITEMS] == 2


def test_a_call_is_charged_for_all_threads_but_those_of_other_stages() -> None:
    meter = begun()

    def decode() -> None:
        with meter.thread(ProfileStage.DECODE):
            work(0.04)

    with ThreadPoolExecutor(2) as pool, meter.process(ProfileStage.INFER, items=1):
        decoding, helping = pool.submit(decode), pool.submit(work, 0.06)
        with meter.thread(ProfileStage.FEED):
            work(0.02)
        decoding.result()
        helping.result()
    taken = meter.take()
    assert 0.06 <= spent(taken, ProfileStage.INFER, PROCESSOR) < 0.08
    assert spent(taken, ProfileStage.DECODE, PROCESSOR) >= 0.04
    stages = sum(number for key, number in taken.items() if key[0] == STAGE and key[2] == PROCESSOR)
    assert stages <= taken[WHOLE, PROCESSOR]


def test_what_children_spent_is_part_of_the_whole() -> None:
    meter = begun()
    meter.add(ProfileStage.DECODE, child_ns=7_000_000_000, items=1)
    taken = meter.take()
    assert taken[STAGE, "decode", PROCESSOR] == 7_000_000_000
    assert taken[WHOLE, PROCESSOR] >= 7_000_000_000


def test_what_is_taken_bit_by_bit_adds_up() -> None:
    meter, total = begun(), Counter[tuple[str, ...]]()
    for _ in range(3):
        meter.add(ProfileStage.READ, clock_ns=4, items=1)
        meter.count(ENCODER, "text", "asked", number=5)
        total.update(meter.take())
    assert total[STAGE, "read", CLOCK] == 12
    assert total[ENCODER, "text", "asked"] == 15
    assert total[WHOLE, CLOCK] > 0


def test_another_run_in_the_same_process_begins_with_nothing() -> None:
    meter = begun()
    meter.add(ProfileStage.READ, items=1)
    meter.begin("r")
    meter.begin("another")
    assert not [key for key in meter.take() if key[0] == STAGE]


def test_what_a_model_is_tried_with_counts_for_no_item() -> None:
    meter = begun()
    with meter.deaf():
        meter.count(ENCODER, "text", "asked")
    meter.count(ENCODER, "text", "asked")
    assert meter.take()[ENCODER, "text", "asked"] == 1
