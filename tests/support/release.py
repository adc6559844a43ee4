"""A release as processes: its code from a folder, its services on databases and a broker that two releases share."""

import asyncio
import io
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest
from httpx import AsyncClient
from local import services as deployed
from local.keeper import stop_together
from local.services import Service
from servers import ports, processes
from testing.running import REQUEST_S

from support.network import Network
from support.repository import ROOT

EVENT_LOOP: Final = "shared/chassis/chassis/runtime/event_loop.py"
MIGRATION_S: Final = 300
START_S: Final = 240.0
LOOK_S: Final = 0.1


def code_of(commit: str, folder: Path) -> Path:
    """Write the services of a commit into the folder; a clone without its history skips the test, and one with it fails."""
    git = ["git", "-C", str(ROOT)]
    known = subprocess.run([*git, "cat-file", "-e", f"{commit}^{{commit}}"], capture_output=True, check=False).returncode == 0  # noqa: S603
    if not known:
        shallow = subprocess.run([*git, "rev-parse", "--is-shallow-repository"], capture_output=True, text=True, check=True)  # noqa: S603
        if shallow.stdout.strip() == "true":
            pytest.skip(f"this clone is shallow and lacks the release before, {commit}: git fetch --unshallow brings it")
        pytest.fail(f"deploy/previous-release.toml names {commit}, which this repository does not have")
    packed = subprocess.run([*git, "archive", "--format=tar", commit, "services", "shared"], capture_output=True, check=True).stdout  # noqa: S603
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@dataclass(slots=True)
class Release:
    """One version of the four services; ``start`` and ``stop`` are about single ones or about all."""

    name: str
    code: Path
    home: Path
    services: Mapping[str, Service]
    servers: dict[str, processes.Server] = field(default_factory=dict[str, processes.Server])
    _clients: AsyncExitStack = field(default_factory=AsyncExitStack)

    @classmethod
    def of(cls, name: str, code: Path, home: Path, services: list[Service]) -> "Release":
        """Describe a release that shares the databases and the broker of these services, on ports of its own."""
        path = ":".join(str(code / part) for part in ("shared/contracts", "shared/chassis", *(f"services/{one.name}" for one in services)))
        own = {"PYTHONPATH": path, "HOLDFAST_RELEASE": name}
        return cls(name, code, home, {one.name: replace(one, port=ports.free(), env={**one.env, **own}) for one in services})

    async def migrate(self) -> None:
        """Bring all databases to this release's schema."""
        await asyncio.gather(*(self._migrate(service) for service in self.services.values()))

    async def start(self, *names: str) -> None:
        """Start these services, or all, and return when they are ready."""
        started = [self.services[name] for name in names or self.services]
        for service in started:
            server = self.process(service, self.home)
            await asyncio.to_thread(server.start)
            self.servers[service.name] = server
        for service in started:
            address = f"{service.url}/readyz"
            ready = lambda address=address: not deployed.unready(address)  # noqa: E731
            await asyncio.to_thread(self.servers[service.name].wait, ready, seconds=START_S, every=LOOK_S)

    def process(self, service: Service, home: Path) -> processes.Server:
        """Describe a process of this release for a service, which may have another port than the release's own, and logs there."""
        own = replace(service, env={**service.env, **self.services[service.name].env})
        server = replace(own.server(home), folder=self.code / "services" / service.name)
        server.command = self._command(server.command)
        return server

    async def stop(self, *names: str) -> None:
        """Stop these services, or all that run, as an operator would."""
        stopped = [self.servers.pop(name) for name in names or list(self.servers)]
        await asyncio.to_thread(stop_together, stopped)

    async def front(self) -> AsyncClient:
        """Return a client of this release's services at one origin."""
        clients = {
            name: await self._clients.enter_async_context(AsyncClient(base_url=service.url, timeout=REQUEST_S))
            for name, service in self.services.items()
        }
        return await self._clients.enter_async_context(Network(**clients).front())

    async def end(self) -> None:
        """Stop what runs and close the clients."""
        await self._clients.aclose()
        await self.stop()

    def _command(self, command: Sequence[str]) -> list[str]:
        """Return how a service of this release is started: one whose chassis has no event loop of its own is started with uvicorn's."""
        if (self.code / EVENT_LOOP).exists() or "--loop" not in command:
            return list(command)
        option = list(command).index("--loop")
        return [*command[:option], *command[option + 2 :]]

    async def _migrate(self, service: Service) -> None:
        run = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "alembic", "-c", f"services/{service.name}/alembic.ini", "upgrade", "head"),
            cwd=self.code,
            env={**service.env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(MIGRATION_S):
            printed, _ = await run.communicate()
        assert run.returncode == 0, f"{self.name}: the migration of {service.name} failed:\n{printed.decode()}"
