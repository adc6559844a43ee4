"""Each service knows which others are there, with no more rights at the broker than its own user has."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from aio_pika import RobustChannel, connect
from chassis import neighbours
from chassis.messaging import PRESENCE
from chassis.settings import Role
from httpx import AsyncClient
from local.servers import RabbitMQ
from pydantic import SecretStr
from support import Serve, until
from support.running import is_ready
from toy import HANDLERS, Settings, service

START = Path(__file__).parents[3] / "deploy" / "rabbitmq" / "start.sh"

GiveUser = Callable[[str], Awaitable[str]]


@pytest.fixture
def give_user(rabbitmq_server: RabbitMQ, broker_url: str) -> GiveUser:
    """Make a user of a service as the containers have it, and return where it connects."""
    [rights] = re.findall(r"""own="(.*)"$""", START.read_text(), re.MULTILINE)
    parts = urlsplit(broker_url)

    async def give(name: str) -> str:
        user, password = f"{name}-{secrets.token_hex(4)}", secrets.token_hex(8)
        own = rights.replace("$service", name).replace(r"\\\\", "\\")
        await asyncio.to_thread(rabbitmq_server.manage, "PUT", f"users/{user}", {"password": password, "tags": ""})
        granted = {"configure": own, "write": own, "read": own}
        await asyncio.to_thread(rabbitmq_server.manage, "PUT", f"permissions/{quote(parts.path[1:], safe='')}/{user}", granted)
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
    monkeypatch.setattr(neighbours, "AWAY_AFTER_S", 2.0)
    watching = service(settings.model_copy(update={"service": "front", "broker_url": SecretStr(await give_user("front"))}), handlers={})
    watching.neighbours = ("lamps", "doors")
    app = watching.app()
    client = await serve(app)

    async def away(*services: str) -> bool:
        return app.state.neighbours.away == set(services)

    await until(lambda: away("lamps", "doors"))
    lamps = service(settings.model_copy(update={"service": "lamps", "broker_url": SecretStr(await give_user("lamps"))}), handlers=HANDLERS)
    there = await serve(lamps.app())
    await until(lambda: away("doors"))
    assert await both_ready(client, there)
    assert not [name for name in looked_at if not name.startswith(("front.", "lamps.", "holdfast.", "amq.rabbitmq.reply-to"))]


async def test_a_process_that_only_serves_knows_who_is_there_after_the_exchange_was_deleted(
    settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "AWAY_AFTER_S", 2.0)
    watching = service(settings.model_copy(update={"service": "front", "role": Role.API}), handlers={})
    watching.neighbours = ("lamps",)
    app = watching.app()
    await serve(app)

    async def away(*services: str) -> bool:
        return app.state.neighbours.away == set(services)

    await until(lambda: away("lamps"))
    async with await connect(settings.broker_url.get_secret_value()) as connection:
        await (await connection.channel()).exchange_delete(PRESENCE)
    await serve(service(settings.model_copy(update={"service": "lamps"}), handlers=HANDLERS).app())
    await until(away)


async def both_ready(*clients: AsyncClient) -> bool:
    return all([await is_ready(client) for client in clients])
