"""The small parts of a fetch, one by one: budgets, retries, the breaker, the resolver, counts."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import apache_beam as beam
import pytest
from apache_beam.metrics import MetricsFilter
from apache_beam.testing import test_pipeline

from moderation.images.fetching.breaker import Breaker
from moderation.images.fetching.budgets import ByteBudget, TimeBudget
from moderation.images.fetching.hosts import HostList
from moderation.images.fetching.resolver import CachingResolver, SystemResolver
from moderation.images.fetching.retry import backoff_s, code_of_status, retry_after_s
from moderation.images.lru import Lru
from moderation.images.metrics import counters, report
from moderation.images.stats import DoorStats
from moderation.images.types import ImageError
from schemas.codes import Code
from tests.faults.names import FakeResolver

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def test_a_time_budget_counts_what_is_spent_and_ends_a_step_that_exceeds_it() -> None:
    async def spend() -> float:
        budget = TimeBudget(0.2)
        await budget.spend(asyncio.sleep(0.05), "sleeping")
        await asyncio.sleep(0.3)  # not spent
        left_s = budget.left_s
        with pytest.raises(ImageError, match=r"0\.2 s \(sleeping\)") as caught:
            await budget.spend(asyncio.sleep(5), "sleeping")
        assert caught.value.code is Code.TIMEOUT
        return left_s

    assert 0.0 < asyncio.run(spend()) <= 0.15


def test_a_byte_budget_makes_others_wait_and_serves_them_in_order() -> None:
    async def run() -> list[str]:
        budget, order = ByteBudget(100), []

        async def take(name: str, amount: int) -> None:
            held = budget.reservation()
            await held.grow(amount)
            order.append(name)
            assert budget.used <= 100
            await asyncio.sleep(0)
            held.release()

        await asyncio.gather(*(take(name, 60) for name in "abcdef"))
        assert (budget.used, budget.peak) == (0, 60)
        return order

    assert asyncio.run(run()) == list("abcdef")


def test_holders_who_all_want_more_do_not_wait_for_each_other() -> None:
    async def run() -> int:
        budget = ByteBudget(100)

        async def grow() -> None:
            held = budget.reservation()
            for _ in range(8):
                await held.grow(25)
                await asyncio.sleep(0)
            held.shrink_to(10)
            held.release()

        await asyncio.wait_for(asyncio.gather(*(grow() for _ in range(20))), 10)
        assert budget.used == 0
        return budget.peak

    assert asyncio.run(run()) <= 100 + 8 * 25


def test_who_gives_up_waiting_for_bytes_holds_up_nobody() -> None:
    async def run() -> None:
        budget = ByteBudget(100)
        first, second, third = (budget.reservation() for _ in range(3))
        await first.grow(100)
        waiting = asyncio.ensure_future(second.grow(50))
        behind = asyncio.ensure_future(third.grow(50))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        first.release()
        await asyncio.wait_for(behind, 5)
        assert budget.used == 50

    asyncio.run(run())


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 50, 999_999_999.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Wed, 32 Foo 2030 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_a_number_a_date_or_nothing(
    value: str | None, seconds: float | None
) -> None:
    assert retry_after_s(value, NOW) == seconds


def test_back_off_doubles_up_to_its_cap_with_full_jitter() -> None:
    rng = random.Random(1)
    for attempt, most in [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 4.0), (50, 4.0)]:
        waits = [backoff_s(attempt, base_s=0.5, cap_s=4.0, rng=rng) for _ in range(500)]
        assert min(waits) < 0.1 * most
        assert 0.9 * most < max(waits) <= most


def test_every_status_has_a_code_and_only_the_stated_ones_are_tried_again() -> None:
    retryable = {status for status in range(300, 600) if code_of_status(status).retryable}
    assert retryable == {408, 425, 429, 500, 502, 503, 504}
    assert {code_of_status(status) for status in (404, 410, 451)} == {
        Code.NOT_FOUND,
        Code.GONE,
        Code.UNAVAILABLE_LEGALLY,
    }


def test_a_breaker_opens_after_failures_in_a_row_and_stays_open() -> None:
    breaker = Breaker(max_failures=3, max_hosts=2)
    assert [breaker.failed("a") for _ in range(2)] == [False, False]
    breaker.answered("a")
    assert [breaker.failed("a") for _ in range(4)] == [False, False, True, False]
    breaker.answered("a")
    assert breaker.is_open("a")
    assert not breaker.is_open("b")


def test_a_host_that_asks_for_quiet_gets_the_longest_of_what_it_asked() -> None:
    breaker = Breaker(max_failures=3)
    breaker.quiet("a", 50.0)
    breaker.quiet("a", 20.0)
    assert (breaker.quiet_until("a"), breaker.quiet_until("b")) == (50.0, 0.0)


def test_the_least_recently_used_goes_first_and_the_heaviest_never_comes() -> None:
    cache: Lru[str, int] = Lru(10)
    for key in "abc":
        cache.put(key, ord(key), weight=3)
    assert cache.get("a")
    cache.put("d", 1, weight=4)
    assert (cache.get("b"), cache.get("a") is None, cache.weight) == (None, False, 10)
    cache.put("huge", 1, weight=11)
    assert cache.get("huge") is None
    cache.put("a", 1, weight=1)
    assert cache.weight == 8
    cache.drop("a")
    assert (len(cache), cache.weight) == (2, 7)


def test_many_who_ask_for_one_name_ask_once_and_a_failure_is_asked_again() -> None:
    async def run() -> None:
        names = FakeResolver({"a.test": ["127.0.0.1"]})
        resolver = CachingResolver(names, max_names=2)
        answers = await asyncio.gather(*(resolver.resolve("a.test") for _ in range(50)))
        assert answers == [["127.0.0.1"]] * 50
        assert names.asked["a.test"] == 1
        failures = await asyncio.gather(
            *(resolver.resolve("none.test") for _ in range(3)), return_exceptions=True
        )
        assert len({id(failure) for failure in failures}) == 3
        with pytest.raises(ImageError):
            await resolver.resolve("none.test")
        assert names.asked["none.test"] == 2
        resolver.close()

    asyncio.run(run())


def test_answers_are_forgotten_after_a_while() -> None:
    async def run() -> Sequence[str]:
        names = FakeResolver({"a.test": [["127.0.0.1"], ["127.0.0.2"]]})
        resolver = CachingResolver(names, keep_s=0.0)
        await resolver.resolve("a.test")
        return await resolver.resolve("a.test")

    assert asyncio.run(run()) == ["127.0.0.2"]


def test_the_systems_resolver_knows_this_machine_and_fails_as_dns() -> None:
    async def run() -> Sequence[str]:
        resolver = SystemResolver(threads=2)
        for name in ("no-such-name.invalid", "a" * 70 + ".invalid"):
            with pytest.raises(ImageError) as caught:
                await resolver.resolve(name)
            assert caught.value.code is Code.DNS
        found = await resolver.resolve("localhost")
        resolver.close()
        return found

    assert {"127.0.0.1", "::1"} & set(asyncio.run(run()))


def test_a_list_of_hosts_reads_names_suffixes_addresses_and_networks() -> None:
    listed = HostList.parse(["Example.ORG", "*.cdn.test", ".img.test", "10.0.0.1", "[::1]"])
    for host in ("example.org", "a.cdn.test", "cdn.test", "b.a.img.test"):
        assert listed.has_name(host)
    for host in ("a.example.org", "xcdn.test", "org"):
        assert not listed.has_name(host)
    assert [str(network) for network in listed.networks] == ["10.0.0.1/32", "::1/128"]
    assert not HostList.parse([])


def test_counts_become_beam_metrics() -> None:
    stats = DoorStats(images=3, outcomes={"ok": 2, "dns": 1}, sources={"http": 3}, fetches=3)
    stats = stats.merge(DoorStats(fetch_ms=(0, 3, *[0] * 14), worst_hosts={"a.test": 1}))
    assert counters(stats) == {
        "images": 3,
        "fetches": 3,
        "outcome_ok": 2,
        "outcome_dns": 1,
        "source_http": 3,
        "fetch_ms_le_2": 3,
    }
    pipeline = test_pipeline.TestPipeline()
    _ = pipeline | beam.Create([stats, stats]) | beam.Map(report)
    result = pipeline.run()
    result.wait_until_finish()
    found = result.metrics().query(MetricsFilter().with_namespace("images"))["counters"]
    assert {each.key.metric.name: each.committed for each in found}["outcome_ok"] == 4
