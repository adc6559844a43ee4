"""What goes wrong: everything that runs is killed, frozen, stopped, cut off, filled, slowed down or given a wrong clock, and mended again.

A fault returns what was measured of it, so that a history shows that it took effect.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from subprocess import CalledProcessError
from typing import Final

import asyncpg
from httpx import AsyncClient, HTTPError
from servers import ServerError
from support.platform import Platform
from support.truth import database

from chaos.plan import TABLES, Planned
from chaos.replicas import SECOND, Replicas

CUTS: Final = 3
LOCKED_WITHIN: Final = "5s"
UNCUT: Final = "chaos"
"""The name of a fault's own connection, which no other fault cuts."""
CUT: Final = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name <> $1"
FULL_DISK: Final = ("set_disk_free_limit", "1000000GB")
USUAL_DISK: Final = ("set_disk_free_limit", "64MB")
FULL_MEMORY: Final = ("set_vm_memory_high_watermark", "absolute", "1MB")
USUAL_MEMORY: Final = ("set_vm_memory_high_watermark", "0.4")
SLOW: Final = "ALTER SYSTEM SET commit_delay = 100000; ALTER SYSTEM SET commit_siblings = 0; SELECT pg_reload_conf()"
"""Each flush of the write-ahead log, and so each commit that waits for the disk, begins 0.1 s later: the most that can be set."""
USUAL_SPEED: Final = "ALTER SYSTEM RESET commit_delay; ALTER SYSTEM RESET commit_siblings; SELECT pg_reload_conf()"
COMMIT: Final = "CREATE TABLE IF NOT EXISTS commits (at timestamptz); INSERT INTO commits VALUES (now())"
COMMITS: Final = 5
"""One that joins the flush of another waits for less; the slowest is stated."""
LONGEST_STEP_S: Final = 3600
STATED_AFTER_S: Final = 1.5
"""The time in a service's answers is that of the last second or so."""
UNDER_WAY: Final = """
    SELECT outbox.id, split_part(lease.holder, ':', 2)::int AS pid FROM outbox JOIN lease ON lease.name = outbox.exchange
    WHERE outbox.parked_until IS NULL
"""
"""What a relay publishes, and the process that leads."""
PUBLISHES_WITHIN_S: Final = 10.0
LOOK_S: Final = 0.001
ARRIVED_S: Final = 0.05
"""So long after a process was frozen, whatever it sent to PostgreSQL has been done."""

Measured = dict[str, float]
Fault = Callable[[Replicas, str, float], Awaitable[Measured]]
"""Makes a fault of what has this name for so many seconds, mends it, and returns what was measured."""


async def kill(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """End it with SIGKILL, and start it again."""
    await replicas.platform.kill(what)
    await asyncio.sleep(lasts_s)
    return await _start(replicas.platform, what)


async def kill_while_it_publishes(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """Kill the process of a service that leads its relay while messages are between its outbox and the broker's confirmation."""
    platform = replicas.platform
    processes = {platform.servers[name].pid: name for name in (what, SECOND[what])}
    messages, leader = 0, what
    async with database(platform, what, UNCUT) as connection:
        ends_at = time.monotonic() + PUBLISHES_WITHIN_S
        while not messages and time.monotonic() < ends_at:
            seen = [row for row in await connection.fetch(UNDER_WAY) if row["pid"] in processes]
            if not seen:
                await asyncio.sleep(LOOK_S)
                continue
            os.kill(seen[0]["pid"], signal.SIGSTOP)  # it does not come to delete what it has published
            try:
                await asyncio.sleep(ARRIVED_S)
                left = {(row["id"], row["pid"]) for row in await connection.fetch(UNDER_WAY)}
                messages = sum((row["id"], row["pid"]) in left for row in seen if row["pid"] == seen[0]["pid"])
                leader = processes[seen[0]["pid"]] if messages else what
            finally:
                if not messages:
                    os.kill(seen[0]["pid"], signal.SIGCONT)
    await platform.kill(leader)
    await asyncio.sleep(lasts_s)
    return {"messages": messages, **await _start(platform, leader)}


async def stop(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """End it as an operator does, and start it again."""
    await replicas.platform.stop(what)
    await asyncio.sleep(lasts_s)
    return await _start(replicas.platform, what)


async def _start(platform: Platform, what: str) -> Measured:
    begun = time.monotonic()
    await platform.start_alone(what)
    return {"ready after s": round(time.monotonic() - begun, 2)}


async def freeze(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """Let it stand still."""
    async with replicas.platform.frozen(what):
        await asyncio.sleep(lasts_s)
    return {}


async def cut(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """Cut all connections to a service's database, or to the broker, several times."""
    connections, platform = 0, replicas.platform
    for _ in range(CUTS):
        if what == "rabbitmq":
            connections += len(await asyncio.to_thread(platform.rabbitmq.connections))
            await asyncio.to_thread(platform.rabbitmq.cut_connections)
        else:
            async with database(platform, what, UNCUT) as connection:
                connections += await connection.fetchval(CUT, UNCUT) or 0
        await asyncio.sleep(lasts_s / CUTS)
    return {"connections": connections}


async def lock(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """Lock a service's most important table."""
    async with database(replicas.platform, what, UNCUT) as connection, connection.transaction():
        try:
            await connection.execute(f"SET LOCAL lock_timeout = '{LOCKED_WITHIN}'; LOCK TABLE {TABLES[what]} IN ACCESS EXCLUSIVE MODE")
        except asyncpg.LockNotAvailableError:
            return {"locked": 0}
        await asyncio.sleep(lasts_s)
    return {"locked": 1}


async def fill_disk(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """Let the broker state that its disk is full: it takes no message."""
    del what
    return await _alarm(replicas.platform, FULL_DISK, USUAL_DISK, lasts_s)


async def fill_memory(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """Let the broker state that it has used its memory: it takes no message."""
    del what
    return await _alarm(replicas.platform, FULL_MEMORY, USUAL_MEMORY, lasts_s)


async def _alarm(platform: Platform, full: tuple[str, ...], usual: tuple[str, ...], lasts_s: float) -> Measured:
    broker = platform.rabbitmq
    await asyncio.to_thread(broker.control, *full)
    try:
        await asyncio.sleep(lasts_s)
        return {"alarms": await asyncio.to_thread(_alarms, platform)}
    finally:
        await asyncio.to_thread(broker.control, *usual)


def _alarms(platform: Platform) -> int:
    try:
        platform.rabbitmq.manage("GET", "health/checks/alarms")
    except ServerError:
        return 1
    return 0


async def slow_disk(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """Delay every flush of PostgreSQL's write-ahead log."""
    del what
    async with _superuser(replicas.platform) as connection:
        await _each(connection, SLOW)
        try:
            await asyncio.sleep(lasts_s)
            return {"a commit takes s": max([await _commit(connection) for _ in range(COMMITS)])}
        finally:
            await _each(connection, USUAL_SPEED)


async def _commit(connection: asyncpg.Connection) -> float:
    begun = time.monotonic()
    await connection.execute(COMMIT)
    return round(time.monotonic() - begun, 3)


async def _each(connection: asyncpg.Connection, statements: str) -> None:
    for statement in statements.split(";"):  # ALTER SYSTEM takes no others beside it
        await connection.execute(statement)


@asynccontextmanager
async def _superuser(platform: Platform) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(platform.postgres.superuser_dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def step_clock(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """Put the clock of a process up to an hour ahead or behind while it runs, and later back."""
    ahead_s = Random(f"{what} {lasts_s}").randint(-LONGEST_STEP_S, LONGEST_STEP_S)
    replicas.step_clock(what, ahead_s)
    try:
        await asyncio.sleep(STATED_AFTER_S + lasts_s)
        return {"wanted s": ahead_s, **await _ahead(replicas.platform.services[what].url)}
    finally:
        replicas.step_clock(what, 0)


async def _ahead(url: str) -> Measured:
    """Measure how far the time that a service states in its answers is ahead."""
    try:
        async with AsyncClient() as client:
            answer = await client.get(f"{url}/healthz")
    except HTTPError:  # it waits for something that another fault happens to
        return {}
    return {"ahead s": round((parsedate_to_datetime(answer.headers["date"]) - datetime.now(UTC)).total_seconds())}


async def partition(replicas: Replicas, what: str, lasts_s: float) -> Measured:
    """Cut a replica off from PostgreSQL and RabbitMQ in silence: its connections stay open, and nothing passes."""
    proxies = replicas.proxies[what]
    before = sum(proxy.held_bytes for proxy in proxies)
    for proxy in proxies:
        proxy.partition()
    try:
        await asyncio.sleep(lasts_s)
    finally:
        for proxy in proxies:
            proxy.heal()
    return {"held bytes": sum(proxy.held_bytes for proxy in proxies) - before}


FAULTS: Final[dict[str, Fault]] = {
    "kill": kill,
    "kill while it publishes": kill_while_it_publishes,
    "freeze": freeze,
    "stop": stop,
    "cut the connections of": cut,
    "lock the table of": lock,
    "fill the disk of": fill_disk,
    "fill the memory of": fill_memory,
    "slow the disk of": slow_disk,
    "step the clock of": step_clock,
    "partition": partition,
}


FAILED: Final = (OSError, ServerError, CalledProcessError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What ``happen`` raises when a fault cannot be made or mended."""


async def happen(fault: Planned, replicas: Replicas) -> Measured:
    """Let a fault happen, mend it, and return what was measured of it; raise one of FAILED otherwise."""
    return await FAULTS[fault.how](replicas, fault.what, fault.lasts_s)
