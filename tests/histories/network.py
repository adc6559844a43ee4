"""Three services of two processes each, without a broker: messages wait until somebody delivers them, in any order, twice, or not yet."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any, Final

import asyncpg
from chassis.data.database import Database, Transaction
from chassis.data.group_commit import GroupCommit
from chassis.messaging.broker import Broker
from chassis.messaging.inbox import Consumers, Received
from chassis.messaging.outbox import COLUMNS, envelope_of
from chassis.runtime.capability import joined
from chassis.runtime.jobs import ScheduledItems, ScheduledJob
from contracts.envelope import Envelope
from testing.databases import Databases

SETTINGS: Final[dict[str, dict[str, object]]] = {
    "rooms": {"hold_seconds": 0.001},
    "scheduling": {"ask_again_after": 0.001, "replica_patience": 0.001},
    "billing": {},
}
"""Every time-out is over as soon as somebody looks: when time passes is decided by the history."""
PROCESSES: Final = 2
"""Of each service."""
UNSENT: Final = f"SELECT {COLUMNS} FROM outbox ORDER BY id"  # noqa: S608 (our columns)
SENT: Final = f"DELETE FROM outbox RETURNING {COLUMNS}"  # noqa: S608 (our columns)


MOST_ROUNDS: Final = 40
"""After so many rounds of delivering everything, nothing may be under way any more."""


class CrashError(Exception):
    """The process ends here."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on its way to one service."""

    to: str
    about: Envelope
    body: bytes


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a service."""

    database: Database
    consumers: Consumers
    inbox: GroupCommit[Received, None]
    """The queue of the message edge, which tries again what collides with the other process."""
    state: dict[str, Any]
    """What its routes use."""
    jobs: Sequence[ScheduledJob]

    async def do(self, work: Callable[[Transaction], Awaitable[Any]], *, crash: bool = False, causes: Sequence[Sent] = ()) -> Any:  # noqa: ANN401 (whatever it returns)
        """Do work in one transaction; the process may end before it is committed, with CrashError."""
        async with self.database.transaction([sent.about.id for sent in causes]) as tx:
            done = await work(tx)
            if crash:
                await tx.record()
                raise CrashError
            return done

    async def act(self, messages: Sequence[Sent], *, crash: bool = False) -> None:
        """Handle messages in one transaction, as the inbox does."""
        received = [self.read(sent) for sent in messages]
        await self.do(lambda tx: self.consumers.handle(received, tx), crash=crash, causes=messages)

    async def compete(self, messages: Sequence[Sent]) -> None:
        """Handle messages while another process handles some."""
        await asyncio.gather(*(self.inbox.submit(self.read(sent), cause=sent.about.id) for sent in messages))

    def read(self, sent: Sent) -> Received:
        """Read a message as the message edge does."""
        return self.consumers.read(dict(sent.about.headers()), sent.body)


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its processes, and its tables as they are seen from outside."""

    name: str
    processes: Sequence[Process]
    looking: asyncpg.Connection
    types: frozenset[str]
    """Of the messages that it handles."""


@dataclass(slots=True)
class Network:
    """The services, and the messages that are on their way between them."""

    services: dict[str, Service]
    in_flight: list[Sent] = field(default_factory=list[Sent])
    unsent: set[str] = field(default_factory=set[str])
    """The services whose outboxes have messages."""
    touched: set[str] = field(default_factory=set[str])
    """The services that may have written since somebody looked at them last."""

    def process(self, service: str, which: int = 0) -> Process:
        """Return a process of a service, which is about to do something."""
        self.touched.add(service)
        return self.services[service].processes[which % PROCESSES]

    async def relay(self, *, crash: bool = False) -> None:
        """Publish what is in the outboxes; a process that ends before it notes so publishes it again."""
        for name in sorted(self.unsent):
            rows = await self.services[name].looking.fetch(UNSENT if crash else SENT)
            for row in sorted(rows, key=lambda row: row["id"]):
                about = envelope_of(row, f"/holdfast/{name}")
                self.in_flight += [Sent(each.name, about, row["body"]) for each in self.services.values() if row["type"] in each.types]
        if not crash:
            self.unsent.clear()

    async def deliver(self, messages: Sequence[Sent], which: int = 0, *, crash: bool = False) -> None:
        """Deliver messages to a process of each of their services, those of a service in one transaction."""
        for name in dict.fromkeys(sent.to for sent in messages):
            mine = [sent for sent in messages if sent.to == name]
            try:
                await self.process(name, which).act(mine, crash=crash)
            except CrashError:
                continue

    async def deliver_to_both(self, messages: Sequence[Sent], *, shared: bool) -> None:
        """Deliver messages to the processes of each of their services at once: to each of them some, or all of them twice."""
        for name in dict.fromkeys(sent.to for sent in messages):
            mine = [sent for sent in messages if sent.to == name]
            parts = [mine[which::PROCESSES] if shared else mine for which in range(PROCESSES)]
            await asyncio.gather(*(self.process(name, which).compete(part) for which, part in enumerate(parts)))

    async def exchange(self) -> None:
        """Publish everything that was sent, and deliver it."""
        await self.relay()
        arrived = list(self.in_flight)
        self.in_flight.clear()
        await self.deliver(arrived)

    async def drain(self) -> None:
        """Publish and deliver until nothing is under way."""
        for _ in range(MOST_ROUNDS):
            if not (self.unsent or self.in_flight):
                return
            await self.exchange()
        message = "messages go back and forth without an end"
        raise AssertionError(message)

    async def run_jobs(self, which: int = 0) -> None:
        """Do what is due because time has passed."""
        for name, service in self.services.items():
            for position in range(len(service.processes[which].jobs)):
                await self.run_job(name, position, which)

    async def run_job(self, service: str, position: int, which: int = 0) -> None:
        """Do what one job of a service finds due."""
        process = self.process(service, which)
        if process.jobs:
            await process.do(process.jobs[position % len(process.jobs)].run)

    async def forget(self) -> None:
        """Forget what an earlier history left behind."""
        self.in_flight.clear()
        for name in self.unsent:
            await self.services[name].looking.execute("DELETE FROM outbox")
        self.unsent.clear()
        self.touched.clear()


@asynccontextmanager
async def network(databases: Databases) -> AsyncIterator[Network]:
    """Run the services on databases of their own."""
    async with AsyncExitStack() as stack:
        net = Network({})
        for name, settings in SETTINGS.items():
            url = await databases.make(name)
            stack.push_async_callback(databases.drop, url)
            net.services[name] = await _service(stack, net, name, url, settings)
        yield net


async def _service(stack: AsyncExitStack, net: Network, name: str, url: str, settings: dict[str, object]) -> Service:
    looking = await asyncpg.connect(url.replace("+asyncpg", ""))
    stack.push_async_callback(looking.close)
    made = import_module(f"{name}.settings").Settings(database_url=url, broker_url="amqp://nowhere", log_level="ERROR", **settings)
    processes: list[Process] = []
    types: frozenset[str] = frozenset()
    for _ in range(PROCESSES):
        service = import_module(f"{name}.main").composed(made)
        stack.push_async_callback(service.database.close)
        service.database.on_outgoing_messages = partial(net.unsent.add, name)
        whole = joined(service.capabilities)
        consumers = Consumers(service.database, Broker(made, whole.handlers), whole.handlers)
        inbox: GroupCommit[Received, None] = GroupCommit("messages", service.database, consumers.handle, patience_s=None)
        jobs = [job.scheduled() for job in whole.jobs if isinstance(job, ScheduledItems)]
        processes.append(Process(service.database, consumers, inbox, dict(whole.state), jobs))
        types = frozenset(message.type for message in whole.handlers)
    return Service(name, processes, looking, types)
