"""Each service knows which others are there, with no more rights at the broker than its own user has."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from aio_pika import RobustChannel, connect
from chassis.messaging.broker import PRESENCE
from chassis.requests import presence
from chassis.settings import Role
from httpx import AsyncClient
from pydantic import SecretStr
from servers import RabbitMQ
from servers.rights import rights
from testing import Serve, until
from testing.running import is_ready
from toy import HANDLERS, Settings, service

GiveUser = Callable[[str], Awaitable[str]]


@pytest.fixture
def give_user(rabbitmq_server: RabbitMQ, broker_url: str) -> GiveUser:
    """Make a user with the rights of a service, and return where it connects."""
    parts = urlsplit(broker_url)

    async def give(name: str) -> str:
        user, password = f"{name}-{secrets.token_hex(4)}", secrets.token_hex(8)
        await asyncio.to_thread(rabbitmq_server.manage, "PUT", f"users/{user}", {"password": password, "tags": ""})
        await asyncio.to_thread(rabbitmq_server.manage, "PUT", f"permissions/{quote(parts.path[1:], safe='')}/{user}", rights(name))
        return urlunsplit(parts._replace(netloc=f"{user}:{password}@{parts.hostname}:{parts.port}"))

    return give


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every queue that is declared or looked at."""
    names: list[str] = []
    declare = RobustChannel.declare_queue

    async def noted(self: RobustChannel, name: str | None = None, **options: object) -> object:
        names.append(name or "")
        return await declare(self, name, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(RobustChannel, "declare_queue", noted)
    return names


async def test_a_service_knows_who_is_there_without_a_look_at_the_queues_of_others(
    settings: Settings, give_user: GiveUser, serve: Serve, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "AWAY_AFTER_S", 2.0)
    watching = service(settings.model_copy(update={"service": "front", "broker_url": SecretStr(await give_user("front"))}), handlers={})
    watching.dependencies = ("lamps", "doors")
    app = watching.app()
    client = await serve(app)

    async def away(*services: str) -> bool:
        return app.state.dependencies.away == set(services)

    await until(lambda: away("lamps", "doors"))
    lamps = service(settings.model_copy(update={"service": "lamps", "broker_url": SecretStr(await give_user("lamps"))}), handlers=HANDLERS)
    there = await serve(lamps.app())
    await until(lambda: away("doors"))
    assert await both_ready(client, there)
    assert not [name for name in looked_at if not name.startswith(("front.", "lamps.", "holdfast.", "amq.rabbitmq.reply-to"))]


async def test_a_process_that_only_serves_knows_who_is_there_after_the_exchange_was_deleted(
    settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "AWAY_AFTER_S", 2.0)
    watching = service(settings.model_copy(update={"service": "front", "role": Role.API}), handlers={})
    watching.dependencies = ("lamps",)
    app = watching.app()
    await serve(app)

    async def away(*services: str) -> bool:
        return app.state.dependencies.away == set(services)

    await until(lambda: away("lamps"))
    async with await connect(settings.broker_url.get_secret_value()) as connection:
        await (await connection.channel()).exchange_delete(PRESENCE)
    await serve(service(settings.model_copy(update={"service": "lamps"}), handlers=HANDLERS).app())
    await until(away)


async def test_nobody_is_away_for_the_time_in_which_the_broker_was(settings: Settings) -> None:
    dependencies = presence.Dependencies(settings, ("lamps",))
    dependencies._seen["lamps"] = time.monotonic() - 60  # noqa: SLF001 (they were seen before the broker went away)
    dependencies._close()  # noqa: SLF001
    assert dependencies.away == {presence.BROKER}

    async def absent() -> bool:
        return False

    async def connected() -> bool:
        return presence.BROKER not in dependencies.away

    running = asyncio.create_task(dependencies.run(absent))
    await until(connected)
    assert not dependencies.away
    running.cancel()


async def both_ready(*clients: AsyncClient) -> bool:
    return all([await is_ready(client) for client in clients])
