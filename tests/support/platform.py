"""The whole platform as it runs for people: four services and the front, each a process, on private servers."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from local import services as processes
from local.keeper import stop_together
from local.services import Service
from local.state import password
from servers import Postgres, RabbitMQ, ports
from servers.processes import Server
from testing.private_servers import private_postgres, private_rabbitmq

SHARE_A_PLATFORM: Final = {"tests/browser/": 2, "tests/faults/": 1, "tests/journeys/": 1, "tests/provider/": 1}
"""Folders, each a package, whose tests share a platform, by how many test processes run a part of them with a platform each: it is started
for the first test of the part and ends with the last."""
START_S: Final = 240.0
LOOK_S: Final = 0.1


@dataclass(slots=True)
class Platform:
    """Everything that runs, and a hand on each process."""

    home: Path
    postgres: Postgres
    rabbitmq: RabbitMQ
    databases: dict[str, str]
    services: dict[str, Service]
    url: str = ""
    """The one origin."""
    servers: dict[str, Server] = field(default_factory=dict[str, Server])

    async def kill(self, name: str) -> None:
        """End a service, RabbitMQ or PostgreSQL with SIGKILL."""
        await asyncio.to_thread(self._server(name).kill)

    async def stop(self, name: str) -> None:
        """End a service as an operator would."""
        await asyncio.to_thread(self._server(name).stop)

    async def start(self, name: str) -> None:
        """Start it again where it was, and return when every service is ready."""
        await asyncio.to_thread(self._server(name).start)
        await self.until_ready()

    async def start_alone(self, name: str) -> None:
        """Start it again where it was, and return when it is ready, whatever happens to the others."""
        await asyncio.to_thread(self._server(name).start)
        if name in self.servers:
            await asyncio.to_thread(self._wait_for, name)

    @asynccontextmanager
    async def frozen(self, name: str) -> AsyncIterator[None]:
        """Let a service or a server stand still for a while, as a machine that is suspended does."""
        if name in {"postgres", "rabbitmq"}:
            with self.postgres.frozen() if name == "postgres" else self.rabbitmq.frozen():
                yield
            return
        os.kill(self.servers[name].pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.servers[name].pid, signal.SIGCONT)

    @asynccontextmanager
    async def with_settings(self, name: str, **settings: str) -> AsyncIterator[None]:
        """Run a service with other settings for a while."""
        usual, service = self.servers[name], self.services[name]
        await self.stop(name)
        try:
            self.servers[name] = replace(service, env={**service.env, **settings}).server(self.home)
            await self.start(name)
            yield
        finally:
            await self.stop(name)
            self.servers[name] = usual
            await self.start(name)

    async def until_ready(self) -> None:
        """Wait until every service that should run states that it can work."""
        await asyncio.to_thread(self.wait)

    def wait(self) -> None:
        """Wait, for those who cannot await; a process that ended by itself raises ServerError."""
        for name, server in self.servers.items():
            if server.started:
                self._wait_for(name)

    def heal(self) -> None:
        """Start again whatever does not run, and wait until every service can work."""
        for server in (self.postgres, self.rabbitmq, *self.servers.values()):
            if not server.running():
                server.start()
        self.wait()

    def _wait_for(self, name: str) -> None:
        where = f"{self.services[name].url}/readyz" if name in self.services else f"{self.url}/healthz"
        self.servers[name].wait(lambda: not processes.unready(where), seconds=START_S, every=LOOK_S)

    @asynccontextmanager
    async def deployed_late(self, name: str) -> AsyncIterator[None]:
        """Run a service on a new empty database for a while, as if it had only just been deployed."""
        home = self.home / f"late-{name}"
        usual = self.servers[name]
        await self.stop(name)
        try:
            database = await asyncio.to_thread(self._empty_database, name, home)
            service = self.services[name]
            self.servers[name] = replace(service, env={**service.env, "HOLDFAST_DATABASE_URL": database}).server(home)
            await self.start(name)
            yield
        finally:
            await self.stop(name)
            self.servers[name] = usual
            await self.start(name)

    def _empty_database(self, name: str, home: Path) -> str:
        late = f"late_{name}"
        self.postgres.create(late, late, password(late, home))
        url = self.postgres.dsn(late).replace("postgresql://", "postgresql+asyncpg://", 1)
        processes.migrate({name: url}, home)
        return url

    def _server(self, name: str) -> Server | Postgres | RabbitMQ:
        return {"postgres": self.postgres, "rabbitmq": self.rabbitmq}.get(name) or self.servers[name]


@contextmanager
def platform(home: Path, postgres: Postgres, rabbitmq: RabbitMQ) -> Iterator[Platform]:
    """Run the platform on these servers, with everything else under ``home``; it ends with the block."""
    home.mkdir(parents=True, exist_ok=True)
    databases = processes.create_databases(postgres, home)
    processes.migrate(databases, home)
    services = {service.name: service for service in processes.equip(databases, rabbitmq, {}, home)}
    running = Platform(home, postgres, rabbitmq, databases, services)
    port = ports.free()
    running.url = f"http://{ports.HOST}:{port}"
    running.servers = {name: service.server(home) for name, service in services.items()}
    running.servers["front"] = processes.front(port, list(services.values()), home)
    try:
        for server in running.servers.values():
            server.start()
        running.wait()
        yield running
    finally:
        stop_together(running.servers.values())


@contextmanager
def private_platform(home: Path) -> Iterator[Platform]:
    """Run the platform on servers that nobody else uses: two platforms on one PostgreSQL would relay each other's messages."""
    with (
        private_postgres(home / "postgres") as postgres,
        private_rabbitmq(home / "rabbitmq") as broker,
        platform(home / "platform", postgres, broker) as running,
    ):
        yield running
