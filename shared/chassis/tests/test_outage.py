"""A broker or a database that goes away and comes back: nothing is lost, and no answer states otherwise."""

import asyncio
import socket
from contextlib import AsyncExitStack

import pytest
from aio_pika import connect
from aiormq.connection import FrameReceiver
from asyncpg import InternalClientError
from chassis.data.database import Database
from chassis.database_errors import lost
from chassis.driver import connections
from chassis.messaging import broker as messaging_broker
from chassis.messaging import inbox
from chassis.messaging.broker import Broker
from chassis.messaging.inbox import Consumers
from contracts.message import EVENTS
from httpx import AsyncClient
from pydantic import SecretStr
from servers import Postgres, RabbitMQ
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from testing import Serve, until
from toy import HANDLERS, LightLamp, Settings, service
from watching import names, outbox_size, say

COMING_BACK_S = 120.0
BACKEND = text("SELECT pg_backend_pid()")


async def test_a_broker_that_goes_and_comes_back(toy_database: str, mortal_rabbitmq: RabbitMQ, serve: Serve) -> None:
    settings = Settings(database_url=SecretStr(toy_database), broker_url=SecretStr(mortal_rabbitmq.admin_url))
    toy = service(settings)
    client = await serve(toy.app())

    # Gently first: RabbitMQ 3 may forget what was declared in the last seconds before it is killed.
    for end in (mortal_rabbitmq.stop, mortal_rabbitmq.kill):
        await asyncio.to_thread(end)
        await until(lambda: answers(client, "/readyz", 503))
        refusal = (await client.get("/readyz")).json()
        assert refusal["type"] == "/problems/not-ready"
        assert refusal["checks"]["database"] == "answers"
        assert refusal["checks"]["consumers"].startswith("cannot be looked at")
        assert refusal["detail"].startswith("broker: ")
        for position in range(20):
            answer = await client.post("/lamps", json={"name": f"{end.__name__} {position}"})
            assert answer.status_code == 201, answer.text
        assert await outbox_size(toy.database) == 20

        await asyncio.to_thread(mortal_rabbitmq.start)

        async def flowed() -> bool:
            return await outbox_size(toy.database) == 0

        await until(flowed, within=COMING_BACK_S)
        await until(lambda: answers(client, "/readyz", 200), within=COMING_BACK_S)
        await notify(settings, f"after {end.__name__}")

        await until(lambda name=f"after {end.__name__}": lit(toy.database, name), within=COMING_BACK_S)
        await until(flowed)


async def test_a_connection_that_ends_before_its_first_frame_counts_as_a_broker_that_is_away() -> None:
    reader = asyncio.StreamReader()
    reader.feed_eof()  # as a balancer does that has no broker
    with pytest.raises(messaging_broker.BROKER_ERRORS):
        await FrameReceiver(reader).get_frame()


async def test_a_server_that_became_a_standby_is_lost_and_every_connection_to_it_is_opened_anew(database: Database) -> None:
    async def write_on_a_standby() -> None:
        async with database.transaction() as tx:
            connections.append(await tx.scalar(BACKEND))
            await tx.execute(text("SET TRANSACTION READ ONLY"))
            await tx.execute(text("DELETE FROM lamp"))

    connections = list[int]()
    with pytest.raises(DBAPIError) as refused:
        await write_on_a_standby()
    assert lost(refused.value)
    async with database.transaction() as tx:
        assert await tx.scalar(BACKEND) not in connections


async def test_a_frozen_broker_ends_no_part_of_a_process(
    toy_database: str, mortal_rabbitmq: RabbitMQ, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messaging_broker, "HEARTBEAT_S", 1)
    monkeypatch.setattr(messaging_broker, "DECLARE_EVERY_S", 0.1)
    monkeypatch.setattr(inbox, "LOOK_EVERY_S", 0.1)
    settings = Settings(database_url=SecretStr(toy_database), broker_url=SecretStr(mortal_rabbitmq.admin_url))
    toy = service(settings)
    client = await serve(toy.app())

    async def is_lost() -> bool:
        return "broker: does not answer: ConnectionError" in (await client.get("/readyz")).text

    with mortal_rabbitmq.frozen():
        await until(is_lost, within=COMING_BACK_S)
    await until(lambda: answers(client, "/readyz", 200), within=COMING_BACK_S)
    async with await connect(mortal_rabbitmq.admin_url) as connection:
        channel = await connection.channel()
        await channel.exchange_delete(EVENTS)
        await channel.queue_delete("toy.inbox")
    await until(lambda: answers(client, "/readyz", 503))
    await until(lambda: answers(client, "/readyz", 200), within=COMING_BACK_S)
    await notify(settings, "hall")
    await until(lambda: lit(toy.database, "hall"), within=COMING_BACK_S)


@pytest.mark.parametrize("part", ["publishing", "consuming"])
async def test_who_gives_up_on_a_broker_that_does_not_answer_leaves_nothing_behind(database: Database, part: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.setblocking(False)
        url = SecretStr(f"amqp://guest:guest@127.0.0.1:{mute.getsockname()[1]}/")
        broker = Broker(Settings(database_url=SecretStr("postgresql+asyncpg://"), broker_url=url), HANDLERS)
        before = asyncio.all_tasks()
        attempt = asyncio.create_task(broker.connect() if part == "publishing" else Consumers(database, broker, HANDLERS).start())
        caller, _ = await asyncio.wait_for(asyncio.get_running_loop().sock_accept(mute), 15)
        with caller:
            attempt.cancel()

            async def nothing_is_left() -> bool:
                return asyncio.all_tasks() <= before

            await until(nothing_is_left)


async def test_a_database_that_goes_and_comes_back(
    mortal_postgres: Postgres, mortal_database_url: str, broker_url: str, serve: Serve
) -> None:
    settings = Settings(database_url=SecretStr(mortal_database_url), broker_url=SecretStr(broker_url))
    toy = service(settings)
    client = await serve(toy.app())
    warm = await asyncio.gather(*(client.post("/lamps", json={"name": f"warm {position}"}) for position in range(20)))
    assert {answer.status_code for answer in warm} == {201}

    for end in (mortal_postgres.stop, mortal_postgres.kill):
        await asyncio.to_thread(end)
        for path in ("/readyz", "/lamps"):
            answer = await client.get(path)
            assert answer.status_code == 503, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["retry-after"]
        assert (await client.get("/readyz")).json()["checks"]["outbox"].startswith("cannot be looked at")
        refused = await client.post("/lamps", json={"name": "refused"})
        assert refused.status_code == 503, refused.text
        assert refused.json()["type"] == "/problems/unavailable"
        assert (await client.get("/healthz")).status_code == 200
        await notify(settings, *(f"waited for {end.__name__} {position}" for position in range(5)))

        await asyncio.to_thread(mortal_postgres.start)
        await until(lambda: answers(client, "/readyz", 200), within=COMING_BACK_S)
        await until(lambda name=f"waited for {end.__name__} 4": lit(toy.database, name), within=COMING_BACK_S)
        stale = await asyncio.gather(*(client.post("/lamps", json={"name": "again"}) for _ in range(20)))
        assert {answer.status_code for answer in stale} == {201}
        assert "refused" not in await names(toy.database)

        async def flowed() -> bool:
            return await outbox_size(toy.database) == 0

        await until(flowed, within=COMING_BACK_S)


async def test_connections_to_a_database_that_does_not_answer_are_closed_without_an_error(
    mortal_postgres: Postgres, mortal_database_url: str, broker_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(Settings(database_url=SecretStr(mortal_database_url), broker_url=SecretStr(broker_url)))
    async with database.reading() as one, database.reading() as another:
        backends = {await session.scalar(text("SELECT pg_backend_pid()")) for session in (one, another)}
    with mortal_postgres.frozen():
        async with asyncio.timeout(60):
            await database.close()
    assert (len(backends), caplog.messages) == (2, [])


def test_a_connection_that_breaks_while_a_statement_begins_is_lost() -> None:
    broken = AsyncAdapt_asyncpg_dbapi.InternalClientError("cannot switch to state 12; another operation (2) is in progress")
    broken.__cause__ = InternalClientError(str(broken))
    assert lost(DBAPIError.instance("SELECT 1", {}, broken, dbapi_base_err=AsyncAdapt_asyncpg_dbapi.Error))


async def test_a_service_starts_and_serves_before_its_broker(toy_database: str, mortal_rabbitmq: RabbitMQ, serve: Serve) -> None:
    mortal_rabbitmq.stop()
    settings = Settings(database_url=SecretStr(toy_database), broker_url=SecretStr(mortal_rabbitmq.admin_url))
    client = await serve(service(settings).app(), ready=False)
    assert (await client.post("/lamps", json={"name": "hall"})).status_code == 201
    assert await answers(client, "/readyz", 503)
    await asyncio.to_thread(mortal_rabbitmq.start)
    await until(lambda: answers(client, "/readyz", 200), within=COMING_BACK_S)


async def test_a_process_without_a_free_connection_does_not_blame_the_database(
    settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "CONNECT_TIMEOUT_S", 1)
    toy = service(settings.model_copy(update={"database_pool": 2}))
    client = await serve(toy.app())
    async with AsyncExitStack() as stack:
        for _ in range(2):
            session = await stack.enter_async_context(toy.database.reading())
            await session.scalar(text("SELECT 1"))
        refused = await client.get("/lamps")
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/overloaded")
        assert refused.headers["retry-after"]
        assert (await client.get("/readyz")).json()["checks"]["database"] == "every connection of this process is in use"
    assert (await client.get("/lamps")).status_code == 200


async def notify(settings: Settings, *lamps: str) -> None:
    beside = Broker(settings, HANDLERS)
    await beside.connect()
    for name in lamps:
        await say(beside, LightLamp(name=name))
    await beside.close()


async def lit(database: Database, name: str) -> bool:
    return name in await names(database)


async def answers(client: AsyncClient, path: str, status: int) -> bool:
    return (await client.get(path)).status_code == status
