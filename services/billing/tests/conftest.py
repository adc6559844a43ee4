"""A clinic around billing: what scheduling and catalog would say, said by a plain AMQP client, and what billing says heard."""

import csv
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from contracts.catalog import Claimable, EffectiveRate, Kind, ServiceChanged, ServiceType
from contracts.envelope import CONTENT_TYPE, Envelope
from contracts.message import EVENTS, Message
from contracts.scheduling import SessionCompleted, SessionStatus
from contracts.types import ClientId, RoomId, ServiceId, SessionId, SiteId, TherapistId, new_id
from httpx import AsyncClient
from support import MakeDatabase, RunService, until

MONDAY: Final = date(2026, 3, 2)
NEW_YEAR: Final = date(2026, 1, 1)
SERVICES: Final = Path(__file__).parent / "data" / "services.csv"


def services() -> dict[str, ServiceChanged]:
    """Read the demo catalog as catalog would say it."""
    return {row["service_code"]: _service(row) for row in csv.DictReader(SERVICES.read_text().splitlines())}


def _service(row: dict[str, str]) -> ServiceChanged:
    written = datetime(2026, 1, 1, tzinfo=UTC)
    return ServiceChanged(
        id=ServiceId(new_id()),
        service_code=row["service_code"],
        service_name=row["service_name"],
        service_type=ServiceType(row["service_type"]),
        standard_duration=int(row["standard_duration"]),
        base_rate=Decimal(row["base_rate"]),
        billing_category=row["billing_category"],
        description=row["description"],
        is_active=True,
        kind=Kind(row["kind"]),
        components=tuple(row["components"].split()),
        min_minutes=int(row["min_minutes"]) if row["min_minutes"] else None,
        max_minutes=int(row["max_minutes"]) if row["max_minutes"] else None,
        claimable=Claimable(row["claimable"]),
        requires_primary=tuple(row["requires_primary"].split()),
        excludes_same_day=(),
        max_units_per_day=int(row["max_units_per_day"]) if row["max_units_per_day"] else None,
        version=1,
        created_at=written,
        updated_at=written,
        rates=(EffectiveRate(amount=Decimal(row["base_rate"]), effective_from=NEW_YEAR),),
    )


def complete(service: ServiceChanged, *, minutes: int | None = None, day: date = MONDAY, **facts: Any) -> SessionCompleted:
    """Say that a session took place; every fact may be named."""
    start = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    end = start + timedelta(minutes=service.standard_duration if minutes is None else minutes)
    said: dict[str, Any] = {
        "session_id": SessionId(new_id()),
        "client_id": ClientId(new_id()),
        "therapist_id": TherapistId(new_id()),
        "service_id": service.id,
        "service_code": service.service_code,
        "site_id": SiteId(new_id()),
        "room_id": RoomId(new_id()),
        "starts_at": start,
        "ends_at": end,
        "status": SessionStatus.COMPLETED,
        "version": 3,
        "rate_per_unit": service.base_rate,
        "insurance_applicable": False,
        "actual_start": start,
        "actual_end": end,
        "service_date": day,
    }
    return SessionCompleted(**{**said, **facts})


@dataclass(slots=True)
class Clinic:
    """Billing in its network."""

    billing: AsyncClient
    channel: AbstractChannel
    database_url: str
    catalog: dict[str, ServiceChanged]
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """The type and data of everything that billing has said."""

    async def say(self, *messages: Message, event_id: UUID | None = None) -> None:
        """Publish facts as their services would."""
        exchange = await self.channel.get_exchange(EVENTS, ensure=False)
        for message in messages:
            envelope = Envelope(event_id or new_id(), message.type, "/test", datetime.now(UTC), sequence=message.sequence)
            body = message.model_dump_json().encode()
            await exchange.publish(
                aio_pika.Message(body, content_type=CONTENT_TYPE, headers=dict(envelope.headers())), message.type, mandatory=True
            )

    async def know_the_catalog(self) -> None:
        """Tell billing every service, and wait until it knows them all."""
        await self.say(*self.catalog.values())
        await until(lambda: self._knows(list(self.catalog)[-1]))

    async def _knows(self, code: str) -> bool:
        answer = await self.billing.post("/preview", json={"service_code": code, "date": str(MONDAY)})
        return answer.status_code == 200

    async def records(self, **filters: Any) -> list[dict[str, Any]]:
        """Return the records that fit."""
        answer = await self.billing.get("/records", params=filters)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def record_of(self, session: SessionCompleted) -> dict[str, Any]:
        """Wait for the record of a session and return it."""
        [record] = await until(lambda: self.records(session_id=session.session_id))
        return record

    async def bill(self, code: str = "90837", **facts: Any) -> dict[str, Any]:
        """Complete a session and return its record."""
        session = complete(self.catalog[code], **facts)
        await self.say(session)
        return await self.record_of(session)

    async def post(self, record: dict[str, Any], step: str, **body: Any) -> dict[str, Any]:
        """Post to a record's money and return the record."""
        answer = await self.billing.post(f"/records/{record['id']}/{step}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def pay(self, record: dict[str, Any], amount: str, payer: str = "client") -> dict[str, Any]:
        """Pay and return the record."""
        return await self.post(record, "payments", amount=amount, payer=payer, method="card", reference="T-1")

    async def ledger(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record's ledger, having checked that every transaction balances."""
        found = (await self.billing.get(f"/records/{record['id']}/ledger")).json()
        for transaction in found["items"]:
            assert sum(Decimal(entry["amount"]) for entry in transaction["entries"]) == 0
        return found

    async def hears(self, kind: str, count: int = 1, **data: Any) -> list[dict[str, Any]]:
        """Wait until billing has said this so often; return what it said."""

        async def said() -> list[dict[str, Any]]:
            fits = [body for type_, body in self.heard if type_ == kind and data.items() <= body.items()]
            return fits if len(fits) >= count else []

        return await until(said)


@pytest.fixture
async def strangers_clinic(run_service: RunService, make_database: MakeDatabase, broker_url: str) -> AsyncIterator[Clinic]:
    """Run billing before it has heard of any service."""
    database_url = await make_database("billing")
    billing = await run_service("billing", database_url=database_url, log_level="WARNING")
    connection = await aio_pika.connect(broker_url)
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        clinic = Clinic(billing, channel, database_url, services())
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(EVENTS, "billing.#")
        await queue.consume(_listener(clinic), no_ack=True)
        yield clinic


@pytest.fixture
async def clinic(strangers_clinic: Clinic) -> Clinic:
    """Run billing, which knows the demo catalog."""
    await strangers_clinic.know_the_catalog()
    return strangers_clinic


def _listener(clinic: Clinic) -> Callable[[AbstractIncomingMessage], Any]:
    async def listen(message: AbstractIncomingMessage) -> None:
        clinic.heard.append((str(message.headers["cloudEvents_type"]), json.loads(message.body)))

    return listen
