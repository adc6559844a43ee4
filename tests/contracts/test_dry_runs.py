"""A question is stored nowhere: no row in any service's tables, no persistent message at the broker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from traceback import format_stack
from typing import Any, Final
from urllib.parse import quote, urlsplit

import aio_pika
import pytest
from chassis.data.database import Database, Transaction
from httpx import AsyncClient
from servers import RabbitMQ
from servers.rights import SERVICES
from support.clinic import TODAY, Clinic, Json, at, succeeded
from support.network import Network
from testing import MakeDatabase, RunService, until
from testing.databases import traces
from testing.running import until_ready

TRACE = "amq.rabbitmq.trace"
PERSISTENT = 2


ASKING: Final = ContextVar("asking", default=False)
"""Whether what runs was begun by a question."""


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every transaction that can write and was begun for a question."""
    begun: list[str] = []
    begin = Database.transaction

    @wraps(begin)
    def noted(self: Database, *args: Any, **options: Any) -> AbstractAsyncContextManager[Transaction]:
        if ASKING.get():
            begun.append("".join(format_stack(limit=8)))
        return begin(self, *args, **options)

    monkeypatch.setattr(Database, "transaction", noted)
    return begun


@dataclass
class Wiretap:
    """Every message that is published at a virtual host."""

    seen: list[str] = field(default_factory=list)
    persistent: list[str] = field(default_factory=list)


@asynccontextmanager
async def wiretap(rabbitmq: RabbitMQ, broker_url: str) -> AsyncIterator[Wiretap]:
    """Let the broker copy whatever is published, and note it."""
    name = quote(urlsplit(broker_url).path[1:], safe="")
    await asyncio.to_thread(rabbitmq.manage, "PUT", f"vhosts/{name}", {"tracing": True})
    tap = Wiretap()
    async with await aio_pika.connect(broker_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(await channel.get_exchange(TRACE, ensure=False), "publish.#")

        async def note(delivery: aio_pika.abc.AbstractIncomingMessage) -> None:
            properties = delivery.headers["properties"]
            assert isinstance(properties, dict)
            kind = str(properties.get("type", delivery.headers["routing_keys"]))
            tap.seen.append(kind)
            if properties.get("delivery_mode") == PERSISTENT:
                tap.persistent.append(kind)

        await queue.consume(note, no_ack=True)
        yield tap


@pytest.fixture
async def databases_of(make_database: MakeDatabase) -> dict[str, str]:
    """Make a database for each service."""
    return {service: await make_database(service) for service in SERVICES}


@pytest.fixture
async def network(run_service: RunService, databases_of: dict[str, str]) -> Network:
    """Run all four services on these databases."""
    clients = {service: await run_service(service, database_url=url, ready=False) for service, url in databases_of.items()}
    await until_ready(*clients.values())
    return Network(**clients)


async def ask_everything(http: AsyncClient, clinic: Clinic, series: Json) -> None:
    """Send every question that changes nothing."""
    ASKING.set(True)
    wanted = clinic.wanted()
    place = {"site_id": wanted["site_id"], "service_id": wanted["service_id"]}
    span = {"site_id": wanted["site_id"], "starts_at": wanted["starts_at"], "ends_at": wanted["starts_at"].replace(":00:00Z", ":50:00Z")}
    move = {"session_id": series["occurrences"][0]["id"], "scope": "all", "starts_at": at(5, 15)}
    answers = await asyncio.gather(
        http.post("/api/scheduling/sessions/check", json=wanted),
        http.post("/api/scheduling/sessions/alternatives", json=wanted),
        http.post("/api/scheduling/series/preview", json=wanted | {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=4"}}),
        http.post(f"/api/scheduling/series/{series['id']}/reschedule/preview", json=move),
        http.get("/api/scheduling/first-available", params=place),
        http.get(
            f"/api/scheduling/services/{wanted['service_id']}/rates/impact", params={"amount": "190.00", "effective_from": f"{TODAY}"}
        ),
        http.get("/api/rooms/availability", params=span),
        http.get("/api/rooms/alternatives", params=span),
        http.post("/api/billing/preview", json={"service_id": wanted["service_id"], "client_id": wanted["client_id"]}),
    )
    checked, _, previewed, moving, free, *_ = [succeeded(answer) for answer in answers]
    assert (checked["ok"], previewed["bookable"], free["rooms_checked"]) == (True, 4, True), "rooms was asked"
    assert [date["outcome"] for date in moving["dates"]] == ["moves", "moves"]


async def test_what_only_asks_writes_no_row_begins_no_transaction_and_publishes_no_persistent_message(
    network: Network, databases_of: dict[str, str], broker_url: str, rabbitmq_server: RabbitMQ, transactions: list[str]
) -> None:
    async with network.front() as http, wiretap(rabbitmq_server, broker_url) as tap:
        clinic = await Clinic.open(http)
        await clinic.booked(starts_at=at(3))
        repeated = clinic.wanted(starts_at=at(5), recurrence={"rrule": "FREQ=DAILY;COUNT=2"})
        series = succeeded(await http.post("/api/scheduling/series", json=repeated, headers={"Prefer": "wait=30"}))
        await clinic.knows_price("185.00")

        async def untouched() -> bool:
            """Compare before with after; what the network still wrote beside the first comparison is no difference at a later one."""
            before, persistent = [await traces(url) for url in databases_of.values()], len(tap.persistent)
            await asyncio.create_task(ask_everything(http, clinic, series))
            return (before, persistent) == ([await traces(url) for url in databases_of.values()], len(tap.persistent))

        await until(untouched)
        assert transactions == []
    assert "rooms.check_holds.v1" in tap.seen
    assert "rooms.holds_checked.v1" in tap.seen
    assert "rooms.request_holds.v1" in tap.persistent, "the booking before was seen too"
    assert not {"rooms.check_holds.v1", "rooms.holds_checked.v1"} & set(tap.persistent)
