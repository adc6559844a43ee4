"""Three services in one process, without a broker: messages wait until somebody delivers them, in any order, twice, or not yet."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Final

import asyncpg
from chassis.data.database import Database, Transaction
from chassis.messaging.broker import Broker
from chassis.messaging.inbox import Consumers, Received
from chassis.messaging.outbox import COLUMNS, envelope_of
from chassis.runtime.capability import joined
from chassis.runtime.jobs import ScheduledItems, ScheduledJob
from contracts.envelope import Envelope
from httpx import ASGITransport, AsyncClient
from testing.databases import Databases
from testing.running import REQUEST_S

SETTINGS: Final[dict[str, dict[str, object]]] = {
    "rooms": {"hold_seconds": 0.001},
    "scheduling": {"ask_again_after": 0.001, "replica_patience": 0.001},
    "billing": {},
}
"""Every time-out is over as soon as somebody looks: when time passes is decided by the history."""
RARE: Final = timedelta(minutes=1)
"""Jobs with a longer interval compare everything and forget what is old."""
TAKE: Final = f"SELECT {COLUMNS} FROM outbox ORDER BY id LIMIT 100"  # noqa: S608 (our columns)


class CrashError(Exception):
    """The process ends here."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on its way to one service."""

    to: str
    about: Envelope
    body: bytes


@dataclass(slots=True)
class Replica:
    """A service as one of its processes runs it."""

    name: str
    database: Database
    consumers: Consumers
    http: AsyncClient
    jobs: Sequence[ScheduledJob]
    looking: asyncpg.Connection
    """Looks at the service's tables from outside."""
    types: frozenset[str]

    async def act(self, messages: Sequence[Sent], *, crash: bool = False) -> None:
        """Handle messages in one transaction, as the inbox does; the process may end before it is committed."""
        received = [self.consumers.read(dict(sent.about.headers()), sent.body) for sent in messages]
        try:
            async with self.database.transaction([one.envelope.id for one in received]) as tx:
                await self._handle(received, tx, crash=crash)
        except CrashError:
            pass

    async def _handle(self, received: Sequence[Received], tx: Transaction, *, crash: bool) -> None:
        await self.consumers.handle(received, tx)
        if crash:
            await tx.flush()
            raise CrashError

    async def run_jobs(self) -> None:
        """Do what is due because time has passed."""
        for job in self.jobs:
            async with self.database.transaction() as tx:
                await job.run(tx)


@dataclass(slots=True)
class Network:
    """The services, and the messages that are on their way between them."""

    replicas: dict[str, Replica]
    in_flight: list[Sent] = field(default_factory=list)

    async def relay(self, *names: str, crash: bool = False) -> None:
        """Publish what these services have in their outboxes; a process that ends before it notes so publishes it again."""
        await asyncio.gather(*(self._relay(self.replicas[name], crash=crash) for name in names))

    async def _relay(self, service: Replica, *, crash: bool) -> None:
        rows = await service.looking.fetch(TAKE)
        for row in rows:
            about = envelope_of(row, f"/holdfast/{service.name}")
            self.in_flight += [Sent(each.name, about, row["body"]) for each in self.replicas.values() if row["type"] in each.types]
        if rows and not crash:
            await service.looking.execute("DELETE FROM outbox WHERE id = ANY($1)", [row["id"] for row in rows])

    async def deliver(self, messages: Sequence[Sent], *, crash: bool = False) -> None:
        """Deliver messages to their services, each service's in one transaction."""
        parts = ((each, [sent for sent in messages if sent.to == each.name]) for each in self.replicas.values())
        await asyncio.gather(*(service.act(mine, crash=crash) for service, mine in parts if mine))

    async def forget(self) -> None:
        """Forget what an earlier history left behind."""
        self.in_flight.clear()
        for service in self.replicas.values():
            await service.looking.execute("DELETE FROM outbox")


@asynccontextmanager
async def network(databases: Databases) -> AsyncIterator[Network]:
    """Run the services on databases of their own."""
    async with AsyncExitStack() as stack:
        replicas: dict[str, Replica] = {}
        for name, settings in SETTINGS.items():
            url = await databases.make(name)
            stack.push_async_callback(databases.drop, url)
            replicas[name] = await _replica(stack, name, url, settings)
        yield Network(replicas)


async def _replica(stack: AsyncExitStack, name: str, url: str, settings: dict[str, object]) -> Replica:
    made = import_module(f"{name}.settings").Settings(database_url=url, broker_url="amqp://nowhere", log_level="ERROR", **settings)
    service = import_module(f"{name}.main").composed(made)
    whole = joined(service.capabilities)
    stack.push_async_callback(service.database.close)
    looking = await asyncpg.connect(url.replace("+asyncpg", ""))
    stack.push_async_callback(looking.close)
    http = await stack.enter_async_context(AsyncClient(transport=ASGITransport(service.app()), base_url="http://test", timeout=REQUEST_S))
    return Replica(
        name,
        service.database,
        Consumers(service.database, Broker(made, whole.handlers), whole.handlers),
        http,
        [job.scheduled() if isinstance(job, ScheduledItems) else job for job in whole.jobs if job.every < RARE],
        looking,
        frozenset(message.type for message in whole.handlers),
    )
