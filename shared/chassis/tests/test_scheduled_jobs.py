"""What is due happens by itself, on one replica at a time, and again after a failure."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from chassis.data.database import Database, Transaction
from chassis.data.idempotency import REMEMBERED_FOR
from chassis.runtime import jobs
from chassis.runtime.jobs import ScheduledItems, ScheduledJob, run
from prometheus_client import REGISTRY
from sqlalchemy import text
from testing import until
from toy import LampLit, light
from watching import names, outbox_size

SOON = timedelta(milliseconds=20)


async def test_a_job_runs_on_one_replica_at_a_time(database: Database) -> None:
    scheduled, together, rung = 0, 0, 0

    async def run_job(_: Transaction) -> int:
        nonlocal scheduled, together, rung
        scheduled += 1
        together = max(together, scheduled)
        await asyncio.sleep(0.01)
        scheduled -= 1
        rung += 1
        return 0

    job = ScheduledJob("due", SOON, run_job)
    replicas = [asyncio.create_task(run([job], database)) for _ in range(3)]

    async def often() -> bool:
        return rung >= 6

    await until(often)
    await end(*replicas)
    assert together == 1


async def test_a_full_batch_runs_again_at_once(database: Database) -> None:
    async with database.transaction() as tx:
        for position in range(25):
            await light("due", position, tx)

    async def run_job(tx: Transaction) -> int:
        return await tx.execute(text("DELETE FROM lamp WHERE id IN (SELECT id FROM lamp LIMIT 10)"))

    replica = asyncio.create_task(run([ScheduledJob("clear", timedelta(hours=1), run_job, batch=10)], database))

    async def cleared() -> bool:
        return await names(database) == []

    await until(cleared)
    await end(replica)


async def test_a_job_that_fails_runs_again_and_leaves_nothing_half_done(database: Database) -> None:
    tries = 0

    async def run_job(tx: Transaction) -> int:
        nonlocal tries
        tries += 1
        await light(f"try {tries}", 0, tx)
        if tries < 3:
            raise ZeroDivisionError
        return 1

    replica = asyncio.create_task(run([ScheduledJob("shaky", SOON, run_job)], database))

    async def lit() -> bool:
        return "try 3" in await names(database)

    await until(lit)
    await end(replica)
    assert (await names(database))[0] == "try 3"


async def test_an_item_that_fails_holds_up_no_other_and_is_tried_again_later(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "POSTPONED_S", 0.2)
    async with database.transaction() as tx:
        for position in range(20):
            await light(f"due {position}", position, tx)
    failures = 0

    async def due(tx: Transaction, limit: int, besides: Collection[UUID]) -> Sequence[UUID]:
        query = text("SELECT id FROM lamp WHERE name LIKE 'due %' AND id <> ALL(:besides) ORDER BY position LIMIT :limit FOR UPDATE")
        return [row.id for row in await tx.rows(query, {"besides": list(besides), "limit": limit})]

    async def act(ids: Sequence[UUID], tx: Transaction) -> None:
        nonlocal failures
        for lamp in ids:
            await tx.execute(text("UPDATE lamp SET name = 'done' WHERE id = :id"), {"id": lamp})
            tx.send(LampLit(lamp_id=lamp, name="done", version=2))
            if await tx.scalar(text("SELECT position FROM lamp WHERE id = :id"), {"id": lamp}) == 7 and failures < 8:
                failures += 1
                await tx.execute(text("SELECT 1 / 0"))

    async with database.transaction() as tx:
        await tx.execute(text("DELETE FROM outbox"))
    replica = asyncio.create_task(run([ScheduledItems("clear", SOON, due, act, lambda lamp: lamp, batch=10)], database))

    async def others_done() -> bool:
        return await names(database) == ["done" if position != 7 else "due 7" for position in range(20)]

    async def all_done() -> bool:
        return set(await names(database)) == {"done"}

    await until(others_done)
    assert await outbox_size(database) == 19
    assert REGISTRY.get_sample_value("holdfast_alarm_items_set_aside", {"alarm": "clear"}) == 1
    await until(all_done)
    await end(replica)
    assert await outbox_size(database) == 20
    assert REGISTRY.get_sample_value("holdfast_alarm_items_set_aside", {"alarm": "clear"}) == 0


async def test_answers_and_messages_are_forgotten_after_their_time_and_not_before(database: Database) -> None:
    ages = {"inbox": jobs.INBOX_KEPT, "idempotency": REMEMBERED_FOR}
    rows = {
        "inbox": "INSERT INTO inbox (event_id, received_at) SELECT gen_random_uuid(), now() - CAST(:age AS interval)",
        "idempotency": """
            INSERT INTO idempotency (scope, key, fingerprint, remembered_at)
            SELECT 'a', gen_random_uuid()::text, '', now() - CAST(:age AS interval)
        """,
    }
    async with database.transaction() as tx:
        for table, kept in ages.items():
            for age in (kept - timedelta(hours=1), kept + timedelta(hours=1)):
                await tx.execute(text(rows[table]), {"age": age})
    replica = asyncio.create_task(run([], database))

    async def forgotten() -> bool:
        async with database.reading() as db:
            return all([await db.scalar(text(f"SELECT count(*) FROM {table}")) == 1 for table in ages])  # noqa: S608 (two names)

    await until(forgotten)
    await end(replica)
    async with database.reading() as db:
        for table, column in (("inbox", "received_at"), ("idempotency", "remembered_at")):
            assert await db.scalar(text(f"SELECT now() - {column} FROM {table}")) < ages[table]  # noqa: S608 (two names)


async def end(*replicas: asyncio.Task[None]) -> None:
    for replica in replicas:
        replica.cancel()
    await asyncio.gather(*replicas, return_exceptions=True)
