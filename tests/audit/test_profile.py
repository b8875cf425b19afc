"""The table of a run's stages, from tallies in any order."""

from __future__ import annotations

import pytest

from moderation.audit.profile import FAMILY, profile_of
from moderation.audit.tally import Tally
from moderation.profiling.meter import CLOCK, ENCODER, ITEMS, PROCESSOR, SIGNATURE, STAGE, WHOLE
from schemas.audit import Account
from schemas.profile import ProfileStage

BOOKS = Account(read=10, scored=4, reused=0, duplicates=6, dead_lettered=0)
S = 1_000_000_000


def worker(*, infer: int, decode: int, whole: int) -> Tally:
    tally = Tally()
    for key, number in {
        (STAGE, "read", PROCESSOR): 1 * S,
        (STAGE, "read", CLOCK): 1 * S,
        (STAGE, "infer", PROCESSOR): infer * S,
        (STAGE, "infer", CLOCK): infer * S,
        (STAGE, "infer", ITEMS): 2,
        (STAGE, "feed", CLOCK): S // 2,
        (STAGE, "feed", PROCESSOR): S // 2,
        (STAGE, "decode", PROCESSOR): decode * S,
        (STAGE, "decode", CLOCK): 9 * decode * S,
        (STAGE, "decode", ITEMS): 8,
        (WHOLE, PROCESSOR): whole * S,
        (WHOLE, CLOCK): whole * S,
        (ENCODER, "text", "asked"): 4,
        (ENCODER, "text", "encoded"): 2,
        (ENCODER, "text", "repeated"): 1,
        (ENCODER, "text", "known"): 1,
        (SIGNATURE, "hateful", "whole", "it looks at one thing alone"): 3,
    }.items():
        tally.add(FAMILY, *key, rows=number)
    return tally


def test_workers_add_up_and_the_rest_is_the_engines() -> None:
    workers = [worker(infer=4, decode=2, whole=10), worker(infer=6, decode=1, whole=12)]
    profiles = []
    for order in (workers, workers[::-1]):
        total = Tally()
        for each in order:
            total.merge(each)
        profiles.append(profile_of(total, BOOKS))
    profile = profiles[0]
    assert profile is not None
    assert profile == profiles[1]
    stages = {each.stage: each for each in profile.stages}
    assert stages[ProfileStage.INFER].processor_s == 10
    assert stages[ProfileStage.INFER].clock_s == 9, "what feeds it is within the call"
    assert stages[ProfileStage.DECODE].processor_us_per_item == pytest.approx(3e6 / 16)
    assert stages[ProfileStage.ENGINE].processor_s == 22 - 2 - 10 - 1 - 3
    assert stages[ProfileStage.ENGINE].clock_s == 22 - 2 - 10, "decoders work beside"
    assert sum(each.share for each in profile.stages) == pytest.approx(1, abs=1e-3)
    assert stages[ProfileStage.READ].items == BOOKS.read
    [encoder] = profile.encoders
    assert encoder.asked == encoder.encoded + encoder.repeated + encoder.known == 8
    [signature] = profile.signatures
    assert (signature.two_steps, signature.why) == (False, "it looks at one thing alone")


def test_a_run_that_was_not_measured_has_no_profile() -> None:
    tally = Tally()
    tally.add("account", "scored")
    assert profile_of(tally, BOOKS) is None
