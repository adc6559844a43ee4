"""What goes wrong: everything that runs is killed, frozen, stopped or cut off, in an order that a seed decides."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Final

import asyncpg
from support.platform import Platform
from support.truth import database

SERVICES: Final = ("catalog", "rooms", "scheduling", "billing")
EVERYTHING: Final = (*SERVICES, "rabbitmq", "postgres")
TABLES: Final = {"rooms": "hold", "scheduling": "session", "billing": "record"}
SHORTEST_S: Final = 0.2
LONGEST_S: Final = 8.0
CUT: Final = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

Fault = Callable[[Platform, str, float], Awaitable[None]]
"""Hurts what has this name for so many seconds, and mends it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault that will be: how, of what, after which pause and for how long."""

    how: str
    what: str
    pause_s: float
    lasts_s: float

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.how} {self.what} for {self.lasts_s:.1f} s"


async def kill(platform: Platform, what: str, lasts_s: float) -> None:
    """End it with SIGKILL, and start it again."""
    await platform.kill(what)
    await asyncio.sleep(lasts_s)
    await platform.start(what)


async def stop(platform: Platform, what: str, lasts_s: float) -> None:
    """End it as an operator does, and start it again."""
    await platform.stop(what)
    await asyncio.sleep(lasts_s)
    await platform.start(what)


async def freeze(platform: Platform, what: str, lasts_s: float) -> None:
    """Let it stand still."""
    async with platform.frozen(what):
        await asyncio.sleep(lasts_s)


async def cut(platform: Platform, what: str, lasts_s: float) -> None:
    """Cut all connections to a service's database, or to the broker, several times."""
    for _ in range(3):
        if what == "rabbitmq":
            await asyncio.to_thread(platform.rabbitmq.cut_connections)
        else:
            async with database(platform, what) as connection:
                await connection.fetchval(CUT)
        await asyncio.sleep(lasts_s / 3)


async def lock(platform: Platform, what: str, lasts_s: float) -> None:
    """Lock a service's most important table."""
    async with database(platform, what) as connection, connection.transaction():
        try:
            await connection.execute(f"SET LOCAL lock_timeout = '5s'; LOCK TABLE {TABLES[what]} IN ACCESS EXCLUSIVE MODE")
        except asyncpg.LockNotAvailableError:
            return
        await asyncio.sleep(lasts_s)


async def fill(platform: Platform, what: str, lasts_s: float) -> None:
    """Let the broker state that its disk is full: it takes no message."""
    del what
    async with _alarm(platform):
        await asyncio.sleep(lasts_s)


@asynccontextmanager
async def _alarm(platform: Platform) -> AsyncIterator[None]:
    await asyncio.to_thread(platform.rabbitmq.control, "set_disk_free_limit", "1000000GB")
    try:
        yield
    finally:
        await asyncio.to_thread(platform.rabbitmq.control, "set_disk_free_limit", "64MB")


FAULTS: Final[dict[str, tuple[Fault, tuple[str, ...]]]] = {
    "kill": (kill, EVERYTHING),
    "freeze": (freeze, EVERYTHING),
    "stop": (stop, SERVICES),
    "cut the connections of": (cut, (*SERVICES, "rabbitmq")),
    "lock the table of": (lock, tuple(TABLES)),
    "fill the disk of": (fill, ("rabbitmq",)),
}
ROUND: Final = [(how, what) for how, (_, whats) in FAULTS.items() for what in whats]
"""Every fault once."""


def plan(seed: int, longest_s: float) -> Iterator[Planned]:
    """Plan faults of at most ``longest_s`` without an end; each is planned once before any is planned again."""
    chance = Random(seed)
    while True:
        for how, what in chance.sample(ROUND, len(ROUND)):
            yield Planned(how, what, chance.uniform(0, longest_s / 4), chance.uniform(SHORTEST_S, longest_s))


async def happen(fault: Planned, platform: Platform) -> None:
    """Let a fault happen, and wait until everything is ready again."""
    await asyncio.sleep(fault.pause_s)
    hurt, _ = FAULTS[fault.how]
    await hurt(platform, fault.what, fault.lasts_s)
    await platform.until_ready()
