"""What is due happens by itself, on one replica at a time, and again after a failure."""

import asyncio
from datetime import timedelta

from chassis.alarms import Alarm, run
from chassis.database import Database, Transaction
from sqlalchemy import text
from support import until
from toy import light
from watching import names

SOON = timedelta(milliseconds=20)


async def test_an_alarm_rings_on_one_replica_at_a_time(database: Database) -> None:
    ringing, together, rung = 0, 0, 0

    async def ring(_: Transaction) -> int:
        nonlocal ringing, together, rung
        ringing += 1
        together = max(together, ringing)
        await asyncio.sleep(0.01)
        ringing -= 1
        rung += 1
        return 0

    alarm = Alarm("due", SOON, ring)
    replicas = [asyncio.create_task(run([alarm], database)) for _ in range(3)]

    async def often() -> bool:
        return rung >= 6

    await until(often)
    await end(*replicas)
    assert together == 1


async def test_a_full_batch_rings_again_at_once(database: Database) -> None:
    async with database.transaction() as tx:
        for position in range(25):
            await light("due", position, tx)

    async def ring(tx: Transaction) -> int:
        return await tx.execute(text("DELETE FROM lamp WHERE id IN (SELECT id FROM lamp LIMIT 10)"))

    replica = asyncio.create_task(run([Alarm("clear", timedelta(hours=1), ring, batch=10)], database))

    async def cleared() -> bool:
        return await names(database) == []

    await until(cleared)
    await end(replica)


async def test_an_alarm_that_fails_rings_again_and_leaves_nothing_half_done(database: Database) -> None:
    tries = 0

    async def ring(tx: Transaction) -> int:
        nonlocal tries
        tries += 1
        await light(f"try {tries}", 0, tx)
        if tries < 3:
            raise ZeroDivisionError
        return 1

    replica = asyncio.create_task(run([Alarm("shaky", SOON, ring)], database))

    async def lit() -> bool:
        return "try 3" in await names(database)

    await until(lit)
    await end(replica)
    assert (await names(database))[0] == "try 3"


async def end(*replicas: asyncio.Task[None]) -> None:
    for replica in replicas:
        replica.cancel()
    await asyncio.gather(*replicas, return_exceptions=True)
