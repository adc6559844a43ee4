"""What a transaction states is stated once it is true, in order, and never lost."""

import asyncio
import gc
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from chassis import lease as leases
from chassis.data.database import Database
from chassis.messaging import outbox
from chassis.messaging.broker import Broker
from chassis.messaging.outbox import BATCH, TAKE, TAKE_POSTPONED, Relay
from contracts.envelope import PREFIX, Envelope, read
from contracts.message import COMMANDS, EVENTS
from contracts.types import new_id
from sqlalchemy import text
from testing import Serve, until
from toy import HANDLERS, LampLit, NobodyListens, Settings, build
from watching import listening, outbox_size


def lit(position: int) -> LampLit:
    return LampLit(lamp_id=new_id(), name=f"lamp {position}", version=1)


async def test_what_was_said_arrives_after_the_commit(settings: Settings, broker: Broker, serve: Serve) -> None:
    client = await serve(build(settings))
    async with listening(broker.url, EVENTS, LampLit.type) as received:
        answer = await client.post("/lamps", json={"name": "hall"})
        assert answer.status_code == 201, answer.text
        await until(lambda: received.at_least(1))
    [message] = received.messages
    about = read(message.headers)
    assert about.source == "/holdfast/toy"
    assert about.type == message.routing_key == message.type == LampLit.type
    assert about.subject == about.correlationid == answer.json()["id"]
    assert about.sequence == 1
    assert about.causationid is None
    assert message.message_id == str(about.id)
    assert about.id.version == 7
    assert message.headers[f"{PREFIX}specversion"] == "1.0"
    assert message.content_type == "application/json"
    assert message.delivery_mode == 2
    assert received.data() == [{"lamp_id": answer.json()["id"], "name": "hall", "version": 1}]


async def test_a_rollback_says_nothing(settings: Settings, database: Database, broker: Broker, serve: Serve) -> None:
    await serve(build(settings))
    async with listening(broker.url, EVENTS, LampLit.type) as received:
        with pytest.raises(ZeroDivisionError):
            await _say_and_fail(database)
        async with database.transaction() as tx:
            tx.send(lit(1))
        await until(lambda: received.at_least(1))
    assert [data["name"] for data in received.data()] == ["lamp 1"]


async def _say_and_fail(database: Database) -> None:
    async with database.transaction() as tx:
        tx.send(lit(0))
        await tx.record()
        raise ZeroDivisionError


async def test_messages_keep_their_order(
    settings: Settings, database: Database, broker: Broker, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LOOK_AT_POSTPONED_S", 3600.0)  # after that look everything is in order again
    await serve(build(settings))
    async with listening(broker.url, EVENTS, LampLit.type) as received:
        async with database.transaction() as tx:
            tx.send(lit(0))
        await until(lambda: received.at_least(1))
        for batch in range(5):
            async with database.transaction() as tx:
                for position in range(60):
                    tx.send(lit(1 + batch * 60 + position))
        await until(lambda: received.at_least(301))
    assert [data["name"] for data in received.data()] == [f"lamp {position}" for position in range(301)]
    assert await until(lambda: is_empty(database))


async def test_of_two_processes_one_leads_until_its_connection_ends(toy_database: str) -> None:
    dsn = toy_database.replace("+asyncpg", "")
    first, second, watcher = [await asyncpg.connect(dsn) for _ in range(3)]
    try:
        await leases.Leadership(1, "relay").win(first)
        waits = asyncio.create_task(leases.Leadership(1, "relay").win(second))

        async def was_refused_or_leads() -> bool:
            last = await watcher.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", second.get_server_pid())
            return waits.done() or last == leases.HAS_RUN_OUT

        await until(was_refused_or_leads)
        assert not waits.done()
        await first.close()
        await waits
    finally:
        for connection in (first, second, watcher):
            connection.terminate()


async def test_a_command_without_an_owner_waits_for_one(settings: Settings, database: Database, broker: Broker, serve: Serve) -> None:
    await serve(build(settings))
    async with listening(broker.url, EVENTS, LampLit.type) as received:
        async with database.transaction() as tx:
            tx.send(NobodyListens(position=7))
            tx.send(lit(1))
        await until(lambda: received.at_least(1))
    await until(lambda: set_aside(database))
    async with listening(broker.url, COMMANDS, NobodyListens.type) as owner:
        await until(lambda: owner.at_least(1))
    assert owner.data() == [{"position": 7}]
    await until(lambda: is_empty(database))


async def test_a_repeated_message_keeps_its_id(settings: Settings, database: Database, broker: Broker, serve: Serve) -> None:
    async with database.transaction() as tx:
        stated: UUID = tx.send(lit(1))
    assert await outbox_size(database) == 1
    async with listening(broker.url, EVENTS, LampLit.type) as received:
        await serve(build(settings))
        await until(lambda: received.at_least(1))
    assert read(received.messages[0].headers).id == stated


async def test_rows_that_are_set_aside_cost_the_relay_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            text("""
                INSERT INTO outbox (event_id, type, exchange, written_at, body, parked_until)
                SELECT gen_random_uuid(), 'toy.lamp_lit.v1', :exchange, now(), '', now() + interval '1 hour' FROM generate_series(1, 20000)
            """),
            {"exchange": EVENTS},
        )
        await tx.execute(text("ANALYZE outbox"))
    for statement, index in ((TAKE, "outbox_ready"), (TAKE_POSTPONED, "outbox_aside")):
        plan = f"EXPLAIN {statement}".replace("$1", f"'{EVENTS}'").replace("$2", str(BATCH))
        async with database.reading() as db:
            steps = "\n".join(row[0] for row in await db.rows(text(plan)))
        assert index in steps, steps
        assert "Seq Scan" not in steps, steps


async def test_a_row_that_was_set_aside_is_tried_again_while_many_others_wait(
    settings: Settings, database: Database, broker: Broker, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 1)
    async with database.transaction() as tx:
        tx.send(lit(0))
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE outbox SET parked_until = now(), parked_reason = 'unbound'"))
    async with database.transaction() as tx:
        for position in range(1, 20):
            tx.send(lit(position))
    async with listening(broker.url, EVENTS, LampLit.type) as received:
        await serve(build(settings))
        await until(lambda: received.at_least(20))
    assert [data["name"] for data in received.data()] == [f"lamp {position}" for position in range(20)]


class BlockingBroker(Broker):
    """Confirms nothing, as while a scheduled job of its memory or its disk keeps publishers waiting."""

    async def publish(self, exchange: str, envelope: Envelope, body: bytes) -> None:
        """Wait."""
        del exchange, envelope, body
        await asyncio.Event().wait()


async def test_a_leader_that_waits_for_the_broker_goes_on_leading(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE_S", 3.0)
    monkeypatch.setattr(leases, "RENEW_S", 0.3)
    monkeypatch.setattr(leases, "RETRY_S", 0.3)
    async with database.transaction() as tx:
        tx.send(lit(1))
    first, second = [Relay(settings, BlockingBroker(settings, HANDLERS), EVENTS) for _ in range(2)]
    tasks = [asyncio.create_task(first.run())]

    async def leads() -> bool:
        return first.leads

    async def renewed() -> bool:
        async with database.reading() as db:
            return await db.scalar(text("SELECT until FROM lease")) > begun + timedelta(seconds=7)

    try:
        await until(leads)
        async with database.reading() as db:
            begun = await db.scalar(text("SELECT until FROM lease"))
        tasks.append(asyncio.create_task(second.run()))
        await until(renewed)
        assert (first.leads, second.leads) == (True, False)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Clock:
    """The leader's clock, which a freeze moves on."""

    def __init__(self) -> None:
        """Begin with the machine's own."""
        self.frozen_s = 0.0

    def monotonic(self) -> float:
        """Return the time."""
        return time.monotonic() + self.frozen_s


class FreezesOnce(Relay):
    """Stands still once for longer than its lease, between reading rows and publishing them."""

    clock: Clock
    lease: datetime | None = None

    async def _publish(self, connection: asyncpg.Connection, rows: list[asyncpg.Record]) -> bool:
        if not self.clock.frozen_s:
            self.lease = await connection.fetchval("SELECT until FROM lease")
            self.clock.frozen_s = 2 * leases.LEASE_S
        return await super()._publish(connection, rows)


class NotingBroker(Broker):
    """Notes when it was to publish."""

    leases: list[datetime]
    database: Database

    async def publish(self, exchange: str, envelope: Envelope, body: bytes) -> None:
        """Note which lease holds."""
        del exchange, envelope, body
        async with self.database.reading() as db:
            self.leases.append(await db.scalar(text("SELECT until FROM lease")))


async def test_a_leader_that_wakes_after_its_lease_publishes_nothing_before_it_leads_again(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(leases, "time", clock)
    async with database.transaction() as tx:
        tx.send(lit(1))
    broker = NotingBroker(settings, HANDLERS)
    broker.leases, broker.database = list[datetime](), database
    relay = FreezesOnce(settings, broker, EVENTS)
    relay.clock = clock
    task = asyncio.create_task(relay.run())
    try:
        await until(lambda: is_empty(database))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    [lease] = broker.leases
    assert relay.lease is not None
    assert lease > relay.lease


async def is_empty(database: Database) -> bool:
    return await outbox_size(database) == 0


async def set_aside(database: Database) -> bool:
    async with database.reading() as db:
        return await db.scalar(text("SELECT count(*) FROM outbox WHERE parked_until IS NOT NULL")) == 1


async def test_publishing_that_ends_with_the_database_leaves_no_error_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.01)

    class Lost:
        async def execute(self, *_: object) -> None:
            await asyncio.sleep(0)
            raise ConnectionError

    reported: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(context))
    publishing = asyncio.gather(asyncio.Event().wait(), return_exceptions=True)
    connection: Any = Lost()
    leading = leases.Leadership(1, "relay")
    with pytest.raises(ConnectionError):
        async with asyncio.timeout(60):
            await leading.keep_during(publishing, connection)
    await asyncio.wait([publishing])
    del publishing
    gc.collect()
    assert reported == []
