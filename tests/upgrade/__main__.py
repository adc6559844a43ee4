"""The release before, this one and the one before again, process by process, while desks work: ``make prove-upgrade SEED=7``.

The seed decides the order. Desks repeat each request until it is decided, and the judge of ``make chaos`` looks at what they were answered
and what is stored in the end. Then this release comes once more, and what the one before could not read is put back.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TextIO

import pytest
from chaos.__main__ import ANY, say
from chaos.faults import Measured
from chaos.judge import SHOWN, judge, read
from chaos.plan import Planned
from chaos.replicas import CONNECTIONS, SECOND, Replicas
from chaos.run import run
from httpx import AsyncClient
from local import services as deployed
from local.keeper import stop_together
from schema.previous import previous_release
from servers import Postgres, RabbitMQ, ServerError, ports, postgres, rabbitmq
from servers.processes import Server
from support.clinic import Clinic, Json
from support.origin import Origin
from support.platform import Platform
from support.release import Release, code_of
from support.repository import ROOT

from upgrade.order import BACK, FORWARD, MIGRATE, steps
from upgrade.previous_release import NEW_TYPES, differences, parked, redrive

DESKS: Final = 6
PARKED: Final = "parked"


@dataclass(slots=True)
class Upgrade:
    """Both releases on one schema and broker, each process of which can be replaced by one of the other release."""

    platform: Platform
    before: Release
    now: Release

    async def begin(self) -> None:
        """Migrate to the schema of the release before, and start two processes of each of its services, and the front."""
        await self.before.migrate()
        for name in self.platform.services:
            self.platform.servers[name] = self._process(self.before, name)
        for server in self.platform.servers.values():
            server.start()
        await self.platform.until_ready()

    async def make(self, step: Planned, replicas: Replicas) -> Measured:
        """Make a step of an upgrade; the desks' own requests find whether what has been replaced works."""
        say(f"  {step}")
        if step.how == MIGRATE:
            await self.now.migrate()
            return {}
        release, platform = {FORWARD: self.now, BACK: self.before}[step.how], replicas.platform
        begun = time.monotonic()
        await platform.stop(step.what)
        platform.servers[step.what] = self._process(release, step.what)
        await platform.start_alone(step.what)
        async with AsyncClient(base_url=platform.services[step.what].url) as client:
            stated = (await client.get("/operations")).json()["release"]
        if stated != release.name:
            message = f"{step.what} states that it is {stated}"
            raise ServerError(message)
        return {"ready after s": round(time.monotonic() - begun, 2)}

    def _process(self, release: Release, name: str) -> Server:
        return release.process(self.platform.services[name], release.home / name)


@asynccontextmanager
async def both_releases(folder: Path, database: Postgres, broker: RabbitMQ) -> AsyncIterator[Upgrade]:
    """Run two processes of each service of the release before within the block."""
    databases = deployed.create_databases(database, folder)
    services = {service.name: service for service in deployed.equip(databases, broker, {}, folder)}
    first = list(services.values())
    before = Release.of("before", code_of(previous_release().commit, folder / "code"), folder / "before", first)
    now = Release.of("now", ROOT, folder / "now", first)
    services |= {SECOND[service.name]: replace(service, port=ports.free()) for service in first}
    port = ports.free()
    platform = Platform(folder, database, broker, databases, services, f"http://{ports.HOST}:{port}")
    platform.servers["front"] = deployed.front(port, first, folder)
    upgrade = Upgrade(platform, before, now)
    try:
        await upgrade.begin()
        yield upgrade
    finally:
        await asyncio.to_thread(stop_together, platform.servers.values())


async def forward_and_back(upgrade: Upgrade, file: TextIO, seed: int) -> list[str]:
    """Go forward and back while desks work; return what is parked and of a type that the release before knows."""
    await run(Replicas(upgrade.platform), file, seed, ([step] for step in steps(seed)), DESKS, upgrade.make)
    async with Origin(upgrade.platform.url).client() as http:
        left = await parked(Clinic(http))
    return [f"{service}: {each['type']}" for service, each in _all(left) if each["type"] not in NEW_TYPES.get(service, ())]


async def forward_again(upgrade: Upgrade, seed: int) -> list[str]:
    """Replace every process by this release once more and put back what is parked; return what differs or is still parked."""
    for step in steps(seed):
        if step.how == FORWARD:
            await upgrade.make(step, Replicas(upgrade.platform))
    async with Origin(upgrade.platform.url).client() as http:
        clinic = Clinic(http)
        await redrive(clinic)
        return [*map(str, await differences(clinic)), *(f"{service}: {each['type']}" for service, each in _all(await parked(clinic)))]


def main() -> int:
    """Run it; 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="make prove-upgrade")
    parser.add_argument("--seed", type=int, default=int(time.time()) % ANY, help="decides the work and the order")
    parser.add_argument("--history", type=Path, default=Path(tempfile.gettempdir()) / "holdfast-upgrade.jsonl")
    options = parser.parse_args()
    say(f"seed {options.seed}, history in {options.history}")
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-upgrade-") as folder,
        postgres(Path(folder, "postgres"), durable=True, settings=CONNECTIONS) as database,
        rabbitmq(Path(folder, "rabbitmq"), eager=True) as broker,
        options.history.open("w") as file,
    ):
        try:
            wrong = asyncio.run(_run(Path(folder), database, broker, file, options.seed))
        except pytest.skip.Exception as reason:  # a clone without history
            sys.exit(str(reason))
    lines = read(options.history)
    answers = [line for line in lines if line["kind"] == "answer"]
    say(f"{len(answers)} answers, {sum(line['kind'] == 'no answer' for line in lines)} requests without one")
    found = {kind: each for kind, each in judge(lines).items() if each and kind != PARKED} | wrong
    for kind, each in found.items():
        say("\n          ".join([f"{len(each):6}  {kind}", *each[:SHOWN]]))
    say("nothing is wrong" if not found else "something is wrong")
    return int(bool(found))


async def _run(folder: Path, database: Postgres, broker: RabbitMQ, file: TextIO, seed: int) -> dict[str, list[str]]:
    async with both_releases(folder, database, broker) as upgrade:
        wrong = {PARKED: await forward_and_back(upgrade, file, seed)}
        say("and forward again")
        wrong["differs, or is parked, once all is of this release again"] = await forward_again(upgrade, seed)
    return {kind: found for kind, found in wrong.items() if found}


def _all(left: dict[str, list[Json]]) -> list[tuple[str, Json]]:
    return [(service, message) for service, messages in left.items() for message in messages]


if __name__ == "__main__":
    sys.exit(main())
