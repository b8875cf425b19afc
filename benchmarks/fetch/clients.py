"""aiohttp beside httpx: the same URLs, the same server, one event loop, fetch alone.

``python -m benchmarks.fetch.clients`` (both libraries installed) prints seconds on the clock and
of the processor for each, large and tiny bodies, at several numbers in flight.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import time
from collections.abc import Awaitable, Callable

import aiohttp
import httpx

from benchmarks.fetch.serving import image_server

Get = Callable[[str], Awaitable[int]]


async def with_aiohttp(urls: list[str], in_flight: int) -> int:
    connector = aiohttp.TCPConnector(limit=in_flight)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:

        async def get(url: str) -> int:
            async with session.get(url, allow_redirects=False) as response:
                return len(await response.read())

        return await all_of(urls, get, in_flight)


async def with_httpx(urls: list[str], in_flight: int) -> int:
    limits = httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    async with httpx.AsyncClient(limits=limits, timeout=30, trust_env=False) as client:

        async def get(url: str) -> int:
            async with client.stream("GET", url) as response:
                return sum([len(part) async for part in response.aiter_raw()])

        return await all_of(urls, get, in_flight)


async def all_of(urls: list[str], get: Get, in_flight: int) -> int:
    turns = asyncio.Semaphore(in_flight)

    async def one(url: str) -> int:
        async with turns:
            return await get(url)

    return sum(await asyncio.gather(*(one(url) for url in urls)))


def measured(name: str, run: Callable[[], int]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    size = run()
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{name:40} {wall:7.2f} s  processor {cpu:7.2f} s  {size / 1e6:8.1f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--large", type=int, default=800)
    parser.add_argument("--tiny", type=int, default=10_000)
    options = parser.parse_args()
    with image_server(count=options.large, kilobytes=400) as origin:
        large = [f"{origin}/{number}.jpg" for number in range(options.large)]
        tiny = [f"{origin}/tiny/{number}.png" for number in range(options.tiny)]
        for in_flight in (32, 256):
            for client in (with_aiohttp, with_httpx):
                for kind, urls in (("large", large), ("tiny", tiny)):
                    name = f"{client.__name__} {len(urls)} {kind}, {in_flight} in flight"
                    measured(name, lambda c=client, u=urls, n=in_flight: asyncio.run(c(u, n)))  # type: ignore[misc]


if __name__ == "__main__":
    main()
