"""Every message is acted on once, whatever arrives beside it; what cannot be acted on is parked and seen."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from aio_pika import DeliveryMode, connect
from aio_pika import Message as DeadLetter
from chassis.data import group_commit
from chassis.data.database import Database, Transaction
from chassis.data.group_commit import BESIDE_PAUSES_S
from chassis.messaging import inbox
from chassis.messaging.broker import Broker
from chassis.messaging.inbox import ALONE_FROM, PREFETCH, Consumers, HasTime
from contracts.envelope import Envelope
from contracts.message import COMMANDS
from contracts.types import EARLIEST, new_id
from faststream.rabbit import RabbitBroker
from httpx import AsyncClient
from pydantic import SecretStr
from sqlalchemy import text
from testing import Serve, until
from toy import BROKEN, HANDLERS, LightLamp, NobodyListens, Settings, build, service
from watching import metric, names, say

GIVEN_BACK_S = 90.0


async def test_a_message_that_arrives_twice_acts_once(settings: Settings, database: Database, broker: Broker, serve: Serve) -> None:
    await serve(build(settings))
    await say(broker, LightLamp(name="hall"), times=2)
    await say(broker, LightLamp(name="stairs"))
    await until(lambda: has(database, "stairs"))
    assert await names(database) == ["hall", "stairs"]


async def test_a_message_that_is_twice_in_one_batch_acts_once(settings: Settings, database: Database, broker: Broker, serve: Serve) -> None:
    await say(broker, LightLamp(name="hall"), times=20)
    await say(broker, LightLamp(name="stairs"))
    await serve(build(settings))
    await until(lambda: has(database, "stairs"))
    assert await names(database) == ["hall", "stairs"]


async def test_messages_that_wait_share_transactions(settings: Settings, database: Database, broker: Broker, serve: Serve) -> None:
    batches: list[int] = []

    async def light(messages: Sequence[LightLamp], tx: Transaction) -> None:
        batches.append(len(messages))
        await HANDLERS[LightLamp](messages, tx)

    for position in range(200):
        await say(broker, LightLamp(name=f"lamp {position}", position=position))
    await serve(service(settings, handlers={LightLamp: light}).app())
    await until(lambda: has_count(database, 200))
    assert sum(batches) == 200
    assert len(batches) <= 20


async def test_a_poisoned_message_among_good_ones_is_the_only_one_parked(
    settings: Settings, database: Database, broker: Broker, serve: Serve
) -> None:
    for position in range(10):
        await say(broker, LightLamp(name=BROKEN if position == 5 else f"lamp {position}"))
    client = await serve(build(settings))
    await until(lambda: has_count(database, 9))
    await until(lambda: parked(client, 1))
    assert BROKEN not in await names(database)
    assert await metric(client, f'holdfast_received_messages_total{{outcome="parked",type="{LightLamp.type}"}}') >= 1


async def test_what_cannot_be_read_is_parked(settings: Settings, database: Database, broker: Broker, serve: Serve) -> None:
    client = await serve(build(settings))
    good = Envelope(id=new_id(), type=LightLamp.type, source="/test", time=EARLIEST)
    headers = good.headers()
    body = LightLamp(name="hall").model_dump_json().encode()
    without_id = {name: value for name, value in headers.items() if name != "cloudEvents_id"}
    bad = [
        (headers, b"{not json"),
        (headers, b"\xff\xfe"),
        (headers, b'{"name": 7}'),
        (headers, b'{"name": "hall", "position": "first"}'),
        (dict[str, str](), body),
        (without_id, body),
        ({**headers, "cloudEvents_id": "seven"}, body),
        ({**headers, "cloudEvents_specversion": "2.0"}, body),
        ({**headers, "cloudEvents_type": NobodyListens.type}, body),
        ({**headers, "cloudEvents_sequence": "first"}, body),
        ({**headers, "cloudEvents_time": "0001-01-01T00:00:00+23:59"}, body),
        *[({**headers, "cloudEvents_id": str(new_id()), "x-delivery-count": "abc"}, body)] * PREFETCH,
    ]
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        for stated, data in bad:
            letter = DeadLetter(data, headers=dict(stated), delivery_mode=DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(letter, broker.inbox)
        await say(broker, LightLamp(name="hall"))
        await until(lambda: has(database, "hall"))
        await until(lambda: parked(client, len(bad)))
        queue = await channel.declare_queue(broker.parked, passive=True)
        kept = await queue.get()
        assert kept is not None
        assert kept.body == b"{not json"
    assert await names(database) == ["hall"]


class Far(datetime):
    """A moment that is encoded as one after the year 9999."""

    def timestamp(self) -> float:
        """Return the seconds that are encoded."""
        return 2**62


FAR = Far(2026, 3, 2, tzinfo=UTC)


async def test_a_message_whose_timestamp_is_beyond_the_calendar_is_handled_like_its_neighbours(
    settings: Settings, database: Database, broker: Broker, serve: Serve
) -> None:
    client = await serve(build(settings))
    headers: dict[str, Any] = {**Envelope(id=new_id(), type=LightLamp.type, source="/test", time=EARLIEST).headers()}
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        for body in (b'{"name": "far"}', b"{not json"):
            letter = DeadLetter(body, headers=headers, timestamp=FAR, delivery_mode=DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(letter, broker.inbox)
            headers["cloudEvents_id"] = str(new_id())
    await say(broker, LightLamp(name="hall"))
    await until(lambda: has_count(database, 2))
    await until(lambda: parked(client, 1))
    assert await names(database) == ["far", "hall"]
    assert len((await client.get("/operations/parked")).raise_for_status().json()["items"]) == 1


async def test_a_dead_letter_with_a_history_that_the_broker_did_not_write_is_parked_like_its_neighbours(
    settings: Settings, broker: Broker, serve: Serve
) -> None:
    client = await serve(build(settings))
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        written: list[dict[str, Any]] = [
            {"x-death": ["junk"]},
            {"x-death": ["junk"], "long": "h" * 100_000},
            {"a": FAR, "x-death": ["junk"]},
            {},
        ]
        for headers in written:
            letter = DeadLetter(b"{not json", headers=headers, delivery_mode=DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(letter, broker.inbox)
        await until(lambda: parked(client, len(written)))


async def test_fields_that_a_later_version_adds_are_ignored(settings: Settings, database: Database, broker: Broker, serve: Serve) -> None:
    await serve(build(settings))
    envelope = Envelope(id=new_id(), type=LightLamp.type, source="/test", time=EARLIEST)
    await broker.publish(COMMANDS, envelope, b'{"name": "hall", "colour": "warm"}')
    await until(lambda: has(database, "hall"))


async def test_a_message_seen_three_times_is_processed_alone(settings: Settings, database: Database, broker: Broker, serve: Serve) -> None:
    batches: list[list[str]] = []

    async def light(messages: Sequence[LightLamp], tx: Transaction) -> None:
        batches.append([message.name for message in messages])
        await HANDLERS[LightLamp](messages, tx)

    await say(broker, LightLamp(name="suspect"))
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(broker.inbox, passive=True)
        for _ in range(ALONE_FROM - 1):
            delivery = await queue.get()
            assert delivery is not None
            await delivery.nack(requeue=True)
    for position in range(5):
        await say(broker, LightLamp(name=f"lamp {position}"))
    await serve(service(settings, handlers={LightLamp: light}).app())
    await until(lambda: has_count(database, 6))
    assert ["suspect"] in batches


async def test_messages_that_nobody_waits_for_share_the_transaction_of_the_next_that_somebody_waits_for(
    settings: Settings, database: Database, broker: Broker, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "PAUSE_S", 3600.0)
    batches: list[list[str]] = []

    async def light(messages: Sequence[LightLamp], tx: Transaction) -> None:
        batches.append([message.name for message in messages])
        await HANDLERS[LightLamp](messages, tx)

    await serve(service(settings, handlers={LightLamp: HasTime(light, is_awaited=lambda message: message.name == "hall")}).app())
    for name in ("cellar", "stairs", "hall"):
        await say(broker, LightLamp(name=name))
    await until(lambda: has(database, "hall"))
    assert batches == [["cellar", "stairs", "hall"]]


async def test_a_process_that_stops_finishes_what_it_has_in_hand(database: Database, broker: Broker) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slowly(messages: Sequence[LightLamp], tx: Transaction) -> None:
        entered.set()
        await leave.wait()
        await HANDLERS[LightLamp](messages, tx)

    consumers = Consumers(database, broker, {LightLamp: slowly})
    await consumers.start()
    await say(broker, LightLamp(name="hall"))
    await asyncio.wait_for(entered.wait(), 10)
    stopping = asyncio.create_task(consumers.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    leave.set()
    await asyncio.wait_for(stopping, 10)
    assert await names(database) == ["hall"]


async def test_a_statement_that_took_too_long_parks_no_message(
    settings: Settings, database: Database, broker: Broker, serve: Serve
) -> None:
    attempts: list[int] = []

    async def slowly_at_first(messages: Sequence[LightLamp], tx: Transaction) -> None:
        attempts.append(len(messages))
        if len(attempts) == 1:
            await tx.execute(text("SET LOCAL statement_timeout = '10ms'"))
            await tx.rows(text("SELECT pg_sleep(10)"))
        await HANDLERS[LightLamp](messages, tx)

    client = await serve(service(settings, handlers={LightLamp: slowly_at_first}).app())
    await say(broker, LightLamp(name="hall"))
    await until(lambda: has(database, "hall"))
    assert attempts == [1, 1]
    assert await parked(client, 0)


async def test_a_message_whose_rows_a_process_locked_that_froze_between_the_parts_of_a_statement_is_done(
    settings: Settings, database: Database, broker: Broker, serve: Serve
) -> None:
    event_id = new_id()
    frozen = await asyncpg.connect(
        settings.database_url.get_secret_value().replace("+asyncpg", ""),
        server_settings={"application_name": "holdfast-toy-writer", "idle_in_transaction_session_timeout": "15000"},
    )
    try:
        await frozen.execute("BEGIN")
        await frozen.execute("INSERT INTO inbox (event_id) VALUES ($1)", event_id)
        await frozen.prepare("SELECT 1")  # parsed and not executed: PostgreSQL waits for its client inside a statement
        client = await serve(service(settings).app())
        envelope = Envelope(id=event_id, type=LightLamp.type, source="/test", time=EARLIEST)
        await broker.publish(LightLamp.exchange, envelope, LightLamp(name="hall").model_dump_json().encode())
        await until(lambda: has(database, "hall"), within=180)
        assert await parked(client, 0)
    finally:
        frozen.terminate()


@pytest.mark.parametrize(
    "failing",
    [
        "SET LOCAL lock_timeout = '20ms' | LOCK TABLE lamp IN ACCESS EXCLUSIVE MODE",
        "SET LOCAL statement_timeout = '20ms' | SELECT pg_sleep(10)",
        "DO $$ BEGIN RAISE exclusion_violation; END $$",
        "DO $$ BEGIN RAISE foreign_key_violation; END $$",
        "SELECT pg_terminate_backend(pg_backend_pid())",
    ],
    ids=["lock time-out", "statement time-out", "exclusion violation", "foreign-key violation", "lost connection"],
)
async def test_a_message_that_collides_each_time_is_parked_and_the_others_are_served_meanwhile(
    settings: Settings, database: Database, broker: Broker, serve: Serve, failing: str
) -> None:
    attempts: list[str] = []
    async with database.transaction() as other:
        await other.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # it does nothing until the end
        await other.execute(text("LOCK TABLE lamp IN ROW EXCLUSIVE MODE"))

        async def light(messages: Sequence[LightLamp], tx: Transaction) -> None:
            if any(message.name == "stuck" for message in messages):
                attempts.append("stuck")
                for statement in failing.split(" | "):
                    await tx.execute(text(statement))
            await HANDLERS[LightLamp](messages, tx)

        client = await serve(service(settings, handlers={LightLamp: light}).app())
        await say(broker, LightLamp(name="stuck"))
        for position in range(5):
            await say(broker, LightLamp(name=f"lamp {position}"))
        await until(lambda: has_count(database, 5))
        await until(lambda: parked(client, 1), within=120)
        await say(broker, LightLamp(name="hall"))
        await until(lambda: has(database, "hall"))
    assert len(attempts) >= len(BESIDE_PAUSES_S)
    assert "stuck" not in await names(database)


async def test_messages_wait_while_the_database_refuses_the_service(
    settings: Settings, database: Database, broker: Broker, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await serve(service(settings).app())
    await say(broker, LightLamp(name="hall"))
    await until(lambda: has(database, "hall"))
    async with database.transaction() as tx:
        await tx.execute(text("ALTER TABLE lamp RENAME TO lamp_of_another_release"))
        await tx.execute(text("ALTER TABLE inbox RENAME TO inbox_of_another_release"))
    for position in range(5):
        await say(broker, LightLamp(name=f"lamp {position}"))

    async def is_noticed() -> bool:
        return "a batch is tried again" in capsys.readouterr().out

    await until(is_noticed)
    assert await parked(client, 0)
    async with database.transaction() as tx:
        await tx.execute(text("ALTER TABLE lamp_of_another_release RENAME TO lamp"))
        await tx.execute(text("ALTER TABLE inbox_of_another_release RENAME TO inbox"))
    await until(lambda: has_count(database, 6))
    assert await parked(client, 0)


@pytest.mark.parametrize("how", ["is cut off", "hangs"])
async def test_a_process_whose_database_is_lost_gives_its_messages_back_to_the_others(
    settings: Settings, toy_database: str, broker: Broker, serve: Serve, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(inbox, "LOOK_EVERY_S", 0.5)
    async with relayed(toy_database) as relay:
        first = service(settings.model_copy(update={"database_url": SecretStr(relay.url)}))
        await serve(first.app())
        if how == "hangs":
            relay.hangs = True
        else:
            relay.cut_off()
        for position in range(PREFETCH):
            await say(broker, LightLamp(name=f"lamp {position}"))
        second = service(settings)
        client = await serve(second.app())
        await until(lambda: has_count(second.database, PREFETCH), within=GIVEN_BACK_S)
        assert await parked(client, 0)


async def test_a_process_whose_database_refuses_it_takes_no_message_from_the_others(
    settings: Settings, database: Database, broker: Broker, serve: Serve
) -> None:
    url, _, name = settings.database_url.get_secret_value().rpartition("/")
    wrong = settings.model_copy(update={"database_url": SecretStr(f"{url}/no_{name}")})
    await serve(service(wrong).app(), ready=False)
    for position in range(PREFETCH):
        await say(broker, LightLamp(name=f"lamp {position}"))
    client = await serve(build(settings))
    await until(lambda: has_count(database, PREFETCH))
    assert await parked(client, 0)


async def test_a_process_that_began_to_consume_but_consumes_nothing_is_not_ready(
    settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def begin_in_vain(_: RabbitBroker) -> None: ...

    monkeypatch.setattr(RabbitBroker, "start", begin_in_vain)
    client = await serve(build(settings), ready=False)

    async def reported() -> bool:
        return (await client.get("/readyz")).json().get("detail") == "consumers: nobody consumes the inbox"

    await until(reported)
    assert (await client.get("/readyz")).status_code == 503


class Relay:
    """Stands between a process and its database."""

    def __init__(self, url: str) -> None:
        """Stand before the database of this address."""
        self._database = urlsplit(url)
        self._connected: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.url = url
        self.hangs = False
        """Whether it keeps its connections, and what it gets on them."""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        here = "{}:{}".format(*self._server.sockets[0].getsockname())
        self.url = self.url.replace(f"{self._database.hostname}:{self._database.port}", here)

    def cut_off(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._connected:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._database.hostname, self._database.port)
        self._connected.update((writer, back))
        await asyncio.gather(self._copy(reader, back), self._copy(there, writer), return_exceptions=True)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65_536):
            if not self.hangs:
                writer.write(part)
        writer.close()


@asynccontextmanager
async def relayed(url: str) -> AsyncIterator[Relay]:
    """Yield a relay to the database of this address."""
    relay = Relay(url)
    await relay.start()
    try:
        yield relay
    finally:
        relay.cut_off()


async def has(database: Database, name: str) -> bool:
    return name in await names(database)


async def has_count(database: Database, count: int) -> bool:
    return len(await names(database)) == count


async def parked(client: AsyncClient, count: int) -> bool:
    return await metric(client, "holdfast_parked_messages ") == count
