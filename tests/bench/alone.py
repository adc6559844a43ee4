"""The benches that each have a platform of their own, by name: what one of them leaves behind would be measured by the next."""

import argparse
from collections.abc import Callable, Coroutine
from typing import Any, Final

from support.platform import Platform

from bench import drain, exports, fanout, floors, memory, replay, scaling, start
from bench.clinics import furnish
from bench.ratios import Ratios

FIRST_DAY: Final = 2

Say = Callable[..., None]
Bench = Callable[[Platform, argparse.Namespace, Say, Ratios], Coroutine[Any, Any, None]]


async def _fanout(running: Platform, wanted: argparse.Namespace, say: Say, ratios: Ratios) -> None:
    await fanout.measure(running, await furnish(running.url), wanted.seconds, FIRST_DAY, say, ratios)


async def _replay(running: Platform, wanted: argparse.Namespace, say: Say, ratios: Ratios) -> None:
    publishes = await floors.publishes_per_second(running.rabbitmq.admin_url)
    say(f"floor: {publishes:8.0f} persistent confirmed publishes/s to a quorum queue, {floors.PUBLISHERS} in flight")
    load = replay.Load(await furnish(running.url), wanted.seconds, FIRST_DAY)
    await replay.measure(running, load, wanted.events, publishes, say, ratios)


async def _start(running: Platform, _: argparse.Namespace, say: Say, ratios: Ratios) -> None:
    await start.measure(running, say, ratios)


async def _memory(running: Platform, wanted: argparse.Namespace, say: Say, ratios: Ratios) -> None:
    await memory.measure(running, await furnish(running.url), wanted.minutes, FIRST_DAY, say, ratios)


async def _drain(running: Platform, wanted: argparse.Namespace, say: Say, ratios: Ratios) -> None:
    await drain.measure(running, await furnish(running.url), wanted.waiting, FIRST_DAY, say, ratios)


async def _scaling(running: Platform, wanted: argparse.Namespace, say: Say, ratios: Ratios) -> None:
    await scaling.measure(running, await furnish(running.url), wanted.seconds, FIRST_DAY, say, ratios)


async def _exports(running: Platform, wanted: argparse.Namespace, say: Say, ratios: Ratios) -> None:
    await exports.measure(running, wanted.records, say, ratios)


BENCHES: Final[dict[str, Bench]] = {
    "fanout": _fanout,
    "replay": _replay,
    "start": _start,
    "memory": _memory,
    "drain": _drain,
    "scaling": _scaling,
    "exports": _exports,
}
