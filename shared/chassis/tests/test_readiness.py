"""A process that cannot do its work reports it, and what somebody deleted at the broker is declared again."""

import asyncio
from collections.abc import Sequence

import pytest
from aio_pika import connect
from chassis.data.database import Database, Transaction
from chassis.messaging import broker as messaging_broker
from chassis.messaging import inbox as messaging_inbox
from chassis.messaging.broker import PARKED, PRESENCE, Broker, Reason, UndeliverableError
from chassis.messaging.inbox import Consumers
from chassis.operations import health
from chassis.settings import Role
from contracts.message import COMMANDS, EVENTS, QUESTIONS
from httpx import AsyncClient
from pamqp.commands import Queue
from sqlalchemy import text
from testing import Serve, until
from toy import HANDLERS, LightLamp, NobodyListens, Settings, build, service
from watching import names, say

COMING_BACK_S = 160.0


async def unready(client: AsyncClient, part: str) -> str | None:
    """Return why this part is not ready, or None."""
    answer = await client.get("/readyz")
    return answer.json()["checks"][part] if answer.status_code == 503 and answer.json()["checks"][part] != "answers" else None


@pytest.mark.parametrize("deleted", [EVENTS, COMMANDS, PARKED, QUESTIONS, PRESENCE])
async def test_a_deleted_exchange_makes_the_service_unready_until_it_is_declared_again(
    settings: Settings, broker: Broker, serve: Serve, database: Database, monkeypatch: pytest.MonkeyPatch, deleted: str
) -> None:
    monkeypatch.setattr(messaging_broker, "DECLARE_EVERY_S", 0.5)
    client = await serve(build(settings))
    async with await connect(broker.url) as connection:
        channel = await connection.channel()
        await channel.exchange_delete(deleted)
        await until(lambda: unready(client, "broker"))
        await until(lambda: is_ready(client), within=COMING_BACK_S)

    async def stated() -> bool:
        try:
            await say(broker, LightLamp(name="hall"))
        except UndeliverableError:  # the exchange is there again a moment before the inbox is bound to it
            return False
        return True

    await until(stated)

    async def lit() -> bool:
        return "hall" in await names(database)

    await until(lit)


async def test_a_deleted_inbox_is_declared_and_consumed_again(
    settings: Settings, broker: Broker, serve: Serve, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messaging_inbox, "LOOK_EVERY_S", 0.2)
    monkeypatch.setattr(messaging_broker, "DECLARE_EVERY_S", 0.5)
    client = await serve(build(settings))
    async with await connect(broker.url) as connection:
        await (await connection.channel()).queue_delete(broker.inbox)
    await until(lambda: unready(client, "broker"))
    await until(lambda: is_ready(client), within=COMING_BACK_S)
    await say(broker, LightLamp(name="hall"))

    async def lit() -> bool:
        return "hall" in await names(database)

    await until(lit)


async def test_an_outbox_that_does_not_empty_makes_the_service_unready(settings: Settings, database: Database, serve: Serve) -> None:
    client = await serve(build(settings))
    async with database.transaction() as tx:
        tx.send(NobodyListens(position=1))

    async def set_aside() -> bool:
        async with database.reading() as db:
            return bool(await db.scalar(text("SELECT 1 FROM outbox WHERE parked_reason = 'unbound'")))

    await until(set_aside)
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE outbox SET written_at = now() - interval '1 hour'"))
    assert await unready(client, "outbox") is None, "nobody owns this command yet, which is no fault of this service"
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE outbox SET parked_reason = :full"), {"full": Reason.FULL.value})
    assert str(await unready(client, "outbox")).startswith("the oldest message has waited for 36")


async def test_a_process_that_only_serves_is_unready_while_nobody_publishes_what_it_commits(
    settings: Settings, database: Database, serve: Serve
) -> None:
    serving = await serve(build(settings.model_copy(update={"role": Role.API})))
    (await serving.post("/lamps", json={"name": "hall"})).raise_for_status()
    assert await unready(serving, "outbox") is None
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE outbox SET written_at = now() - interval '1 hour'"))
    assert str(await unready(serving, "outbox")).startswith("the oldest message has waited for 36")
    await serve(build(settings.model_copy(update={"role": Role.WORKER})))
    await until(lambda: is_ready(serving))


async def test_a_message_that_is_worked_on_for_long_makes_the_service_unready(
    settings: Settings, broker: Broker, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messaging_inbox, "LONGEST_UNSETTLED_S", 0.1)
    monkeypatch.setattr(messaging_inbox, "LONG_UNSETTLED_S", 0.1)
    leave = asyncio.Event()

    async def slowly(messages: Sequence[LightLamp], tx: Transaction) -> None:
        await leave.wait()
        await HANDLERS[LightLamp](messages, tx)

    client = await serve(service(settings, handlers={LightLamp: slowly}).app())
    await say(broker, LightLamp(name="hall"))
    assert "a message has been worked on" in await until(lambda: unready(client, "consumers"))
    inbox = (await client.get("/operations")).json()["inbox"]
    assert inbox.pop("oldest_unacknowledged_seconds") >= 0.1
    assert inbox == {"messages": 0, "consumers": 1, "unacknowledged": 1, "unacknowledged_for_long": 1}
    leave.set()
    await until(lambda: is_ready(client))
    assert (await client.get("/operations")).json()["inbox"]["unacknowledged_for_long"] == 0


async def test_a_part_that_is_late_once_is_asked_again_before_the_service_is_unready(
    settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await serve(build(settings))
    look = Broker.look_at
    was_late: set[object] = set()

    async def late_once(broker: Broker, queue: str) -> Queue.DeclareOk:
        """Be late for each caller, but not twice."""
        task = asyncio.current_task()
        if task not in was_late:
            was_late.add(task)
            raise TimeoutError
        return await look(broker, queue)

    monkeypatch.setattr(Broker, "look_at", late_once)
    answer = await client.get("/readyz")
    assert (answer.status_code, len(was_late) >= 2) == (200, True), answer.text


async def test_a_part_that_is_late_twice_makes_the_service_unready(
    settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await serve(build(settings))

    async def late(broker: Broker, queue: str) -> Queue.DeclareOk:
        del broker, queue
        raise TimeoutError

    monkeypatch.setattr(Broker, "look_at", late)
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["outbox"]) == (503, "answers")
    assert answer.json()["checks"]["broker"] == answer.json()["checks"]["consumers"] == "no answer in time, 2 looks in a row"


async def test_nobody_waits_for_what_a_late_look_still_has_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ANSWER_WITHIN_S", 0.01)
    closed = asyncio.Event()

    async def frozen() -> str | None:
        """Wait for a server that does not answer, and then for its connection to end."""
        await closed.wait()
        raise TimeoutError

    async with asyncio.timeout(120):
        assert await health.run_checks({"database": frozen}) == {"database": health.TOO_LATE}
    closed.set()


class SlowToStop:
    """Stands in for the consuming connection: it takes its time to end."""

    def __init__(self) -> None:
        """Begin without a start."""
        self.starts = 0
        self.is_ending = False
        self.may_end = asyncio.Event()

    async def start(self) -> None:
        """Count."""
        self.starts += 1

    async def stop(self) -> None:
        """Wait until it may end."""
        self.is_ending = True
        await self.may_end.wait()


async def test_a_process_that_stops_does_not_begin_to_consume_again(
    database: Database, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messaging_inbox, "LOOK_EVERY_S", 0.01)
    looks_while_stopping: list[int] = []
    connection = SlowToStop()
    consuming = Consumers(database, broker, HANDLERS)

    async def count() -> int:
        if connection.is_ending:
            looks_while_stopping.append(0)
        return int(not connection.is_ending)

    async def looked() -> bool:
        return len(looks_while_stopping) > 2 * messaging_inbox.LOOKS

    async def started() -> bool:
        return connection.starts == 1

    monkeypatch.setattr(consuming, "_assemble", lambda: connection)
    monkeypatch.setattr(broker, "count_consumers", count)
    running = asyncio.create_task(consuming.run())
    await until(started)
    stopping = asyncio.create_task(consuming.stop())
    await until(looked)
    connection.may_end.set()
    await stopping
    running.cancel()
    assert connection.starts == 1


async def is_ready(client: AsyncClient) -> bool:
    return (await client.get("/readyz")).is_success
