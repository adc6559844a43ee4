"""Two processes of one service: when one of them freezes, the other does its work within seconds, and no order is lost."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from chassis.data.database import Database
from chassis.messaging.broker import Broker
from contracts.message import EVENTS
from contracts.types import new_id
from httpx import AsyncClient, TransportError
from pydantic import SecretStr
from servers import Postgres, ports
from sqlalchemy import text
from testing import until
from toy import LampLit, LightLamp, Settings
from watching import Received, listening, names, outbox_size, say

START_S = 240.0
TAKEOVER_S = 240.0
MOST_TO_END_S = 25.0


@asynccontextmanager
async def replica(settings: Settings) -> AsyncIterator[tuple[asyncio.subprocess.Process, AsyncClient]]:
    """Run a toy as a process, and serve a client of it."""
    port = ports.free()
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "uvicorn",
            "--factory",
            "toy:app",
            "--port",
            str(port),
            "--log-level",
            "warning",
            "--timeout-graceful-shutdown",
            "5",
        ),
        cwd=Path(__file__).parent,
        env={
            **os.environ,
            "HOLDFAST_DATABASE_URL": settings.database_url.get_secret_value(),
            "HOLDFAST_BROKER_URL": settings.broker_url.get_secret_value(),
        },
    )
    try:
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def ready() -> bool:
                try:
                    return (await client.get("/readyz")).is_success
                except TransportError:
                    return False

            await until(ready, within=START_S)
            yield process, client
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            await asyncio.wait_for(process.wait(), 20)


@asynccontextmanager
async def running(work: Coroutine[None, None, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Do something beside the block, at most as long as it lasts."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def replicas(settings: Settings) -> AsyncIterator[dict[int, asyncio.subprocess.Process]]:
    async with AsyncExitStack() as stack:
        running = [await stack.enter_async_context(replica(settings)) for _ in range(2)]
        yield {process.pid: process for process, _ in running}


async def leader(database: Database) -> int:
    async with database.reading() as db:
        holder: str = await db.scalar(text("SELECT holder FROM lease WHERE name = :name"), {"name": EVENTS})
    return int(holder.rpartition(":")[2])


async def test_a_frozen_leader_of_the_relay_is_replaced_and_changes_nothing_when_it_wakes(
    settings: Settings, database: Database, replicas: dict[int, asyncio.subprocess.Process]
) -> None:
    lamp, version, stop = new_id(), 0, asyncio.Event()

    async def light_again() -> None:
        nonlocal version
        while not stop.is_set():
            async with database.transaction() as tx:
                for _ in range(5):
                    version += 1
                    tx.send(LampLit(lamp_id=lamp, name="hall", version=version))
            await asyncio.sleep(0.05)

    async with listening(settings.broker_url.get_secret_value(), EVENTS, LampLit.type) as received, running(light_again()) as writer:
        await until(lambda: received.at_least(100))
        frozen = await leader(database)
        replicas[frozen].send_signal(signal.SIGSTOP)
        at_freezing = version

        async def taken_over() -> bool:
            return versions(received)[-1] > at_freezing

        await until(taken_over, within=TAKEOVER_S)
        assert await leader(database) != frozen
        replicas[frozen].send_signal(signal.SIGCONT)
        at_waking = version

        async def goes_on() -> bool:
            return versions(received)[-1] > at_waking + 50

        await until(goes_on, within=TAKEOVER_S)
        stop.set()
        await writer

        async def sent() -> bool:
            return await outbox_size(database) == 0 and versions(received)[-1] == version

        await until(sent, within=TAKEOVER_S)
    assert list(dict.fromkeys(versions(received))) == list(range(1, version + 1))


async def test_what_a_frozen_consumer_has_in_hand_is_done_by_another(
    database: Database, broker: Broker, replicas: dict[int, asyncio.subprocess.Process]
) -> None:
    frozen = next(iter(replicas.values()))
    wanted = [f"lamp {position}" for position in range(300)]
    for name in wanted[:100]:
        await say(broker, LightLamp(name=name))
    frozen.send_signal(signal.SIGSTOP)
    for name in wanted[100:]:
        await say(broker, LightLamp(name=name))

    async def done() -> bool:
        return sorted(await names(database)) == sorted(wanted)

    await until(done, within=TAKEOVER_S)
    frozen.send_signal(signal.SIGCONT)
    await say(broker, LightLamp(name="after"))

    async def after() -> bool:
        return "after" in await names(database)

    await until(after)
    assert len(await names(database)) == len(wanted) + 1


def versions(received: Received) -> list[int]:
    """Return the versions of the lamp in the order in which they arrived."""
    return [data["version"] for data in received.data()]


async def test_a_process_ends_in_time_while_its_database_does_not_answer(
    mortal_postgres: Postgres, mortal_database_url: str, broker_url: str, broker: Broker
) -> None:
    settings = Settings(database_url=SecretStr(mortal_database_url), broker_url=SecretStr(broker_url))
    async with replica(settings) as (process, client), asyncio.TaskGroup() as group:
        with mortal_postgres.frozen():
            for position in range(100):
                await say(broker, LightLamp(name=f"lamp {position}"))
            asked = [group.create_task(answer_to(client, f"hall {position}")) for position in range(30)]
            await until(lambda: taken(broker))
            process.terminate()
            await asyncio.wait_for(process.wait(), MOST_TO_END_S)
    assert process.returncode == -signal.SIGTERM, "the server ends by the signal that it got"
    assert {each.result() for each in asked} - {None} == {(503, "/problems/unavailable")}


async def taken(broker: Broker) -> bool:
    """Whether the process has messages in hand."""
    return (await broker.look_at("toy.inbox")).message_count != 100


async def answer_to(client: AsyncClient, name: str) -> tuple[int, str] | None:
    """Return the status and the type of the answer; None where the request came after the process had begun to stop."""
    try:
        answer = await client.post("/lamps", json={"name": name}, timeout=MOST_TO_END_S)
    except TransportError:
        return None
    return answer.status_code, answer.json()["type"]
