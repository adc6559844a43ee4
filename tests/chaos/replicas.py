"""Two replicas of each service: the second reaches PostgreSQL and RabbitMQ through proxies, and the clock of each can be stepped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from local.keeper import stop_together
from servers import ports
from servers.rights import SERVICES
from support.platform import Platform

from chaos import clocks
from chaos.proxy import Proxy

SECOND: Final = {name: f"{name}-2" for name in SERVICES}
"""By service the name of its second replica."""
PROCESSES: Final = (*SERVICES, *SECOND.values())
CONNECTIONS: Final = {"max_connections": "400"}
"""What PostgreSQL needs for two replicas of each service."""


@dataclass(slots=True)
class Replicas:
    """A platform in which each service runs twice."""

    platform: Platform
    proxies: dict[str, list[Proxy]] = field(default_factory=dict[str, list[Proxy]])
    """By second replica what is between it and the servers."""

    def step_clock(self, name: str, ahead_s: int) -> None:
        """Put the clock of a process so many seconds ahead of the machine's, or behind it."""
        clocks.step(self.platform.home / f"clock-of-{name}", ahead_s)

    @property
    def second_scheduling(self) -> str:
        """Where the second replica of scheduling answers."""
        return self.platform.services[SECOND["scheduling"]].url


@asynccontextmanager
async def two_of_each(platform: Platform) -> AsyncIterator[Replicas]:
    """Run two replicas of each service within the block, and one as usual after it."""
    replicas, usual = Replicas(platform), {name: platform.servers[name] for name in SERVICES}
    await asyncio.to_thread(stop_together, usual.values())
    async with AsyncExitStack() as stack:
        for name in SERVICES:
            await _add(replicas, name, stack)
        try:
            for name in PROCESSES:
                platform.servers[name].start()
            await platform.until_ready()
            yield replicas
        finally:
            await asyncio.to_thread(stop_together, [platform.servers[name] for name in PROCESSES])
            for name in SECOND.values():
                del platform.servers[name], platform.services[name]
            platform.servers |= usual
    for server in usual.values():
        server.start()
    await platform.until_ready()


async def _add(replicas: Replicas, name: str, stack: AsyncExitStack) -> None:
    platform, second = replicas.platform, SECOND[name]
    first = platform.services[name]
    proxies = [await stack.enter_async_context(Proxy(server.port).running()) for server in (platform.postgres, platform.rabbitmq)]
    replicas.proxies[second] = proxies
    through = dict(zip(("HOLDFAST_DATABASE_URL", "HOLDFAST_BROKER_URL"), zip(_ports(platform), proxies, strict=True), strict=True))
    urls = {setting: first.env[setting].replace(f":{port}/", f":{proxy.port}/") for setting, (port, proxy) in through.items()}
    platform.services[second] = replace(first, port=ports.free(), env={**first.env, **urls})
    for process, home in ((name, platform.home / "first"), (second, platform.home / "second")):
        service = platform.services[process]
        clock = clocks.with_clock(platform.home / f"clock-of-{process}")
        platform.servers[process] = replace(service, env={**service.env, **clock}).server(home)


def _ports(platform: Platform) -> tuple[int, int]:
    return platform.postgres.port, platform.rabbitmq.port
