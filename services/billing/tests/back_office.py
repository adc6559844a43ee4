"""Catalog and scheduling as billing sees them: a plain AMQP client that publishes their messages and keeps what billing publishes."""

import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from aio_pika import Message as Letter
from aio_pika.abc import AbstractExchange
from contracts.catalog import BilledPer, Claimable, EffectiveRate, Kind, ServiceChanged, ServiceType
from contracts.envelope import CONTENT_TYPE, Envelope
from contracts.message import Message
from contracts.scheduling import SessionBooked, SessionCompleted, SessionStatus
from contracts.types import ClientId, RoomId, ServiceId, SessionId, SiteId, TherapistId, new_id
from httpx import AsyncClient
from testing import until

MONDAY: Final = date(2026, 3, 2)
NEW_YEAR: Final = date(2026, 1, 1)
CATALOG: Final = Path(__file__).parent / "data" / "services.csv"

Json = dict[str, Any]


def services() -> dict[str, ServiceChanged]:
    """Read the demo catalog as catalog would publish it."""
    return {row["service_code"]: _service(row) for row in csv.DictReader(CATALOG.read_text().splitlines())}


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
        description=row["description"] or "",
        is_active=True,
        kind=Kind(row["kind"]),
        components=tuple(row["components"].split()),
        min_minutes=int(row["min_minutes"]) if row["min_minutes"] else None,
        max_minutes=int(row["max_minutes"]) if row["max_minutes"] else None,
        claimable=Claimable(row["claimable"]),
        requires_primary=tuple(row["requires_primary"].split()),
        excludes_same_day=tuple(row["excludes_same_day"].split()),
        max_units_per_day=int(row["max_units_per_day"]) if row["max_units_per_day"] else None,
        billed_per=BilledPer(row["billed_per"]),
        version=1,
        created_at=written,
        updated_at=written,
        rates=(EffectiveRate(amount=Decimal(row["base_rate"]), effective_from=NEW_YEAR),),
    )


def complete(service: ServiceChanged, *, minutes: int | None = None, day: date = MONDAY, **facts: Any) -> SessionCompleted:
    """Report that a session took place; every fact may be named."""
    start = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    end = start + timedelta(minutes=service.standard_duration if minutes is None else minutes)
    published: Json = {
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
    return SessionCompleted(**{**published, **facts})


@dataclass(slots=True)
class Clinic:
    """Billing in its network."""

    billing: AsyncClient
    events: AbstractExchange
    database_url: str
    catalog: dict[str, ServiceChanged]
    received: list[tuple[str, Json]] = field(default_factory=list[tuple[str, Json]])
    """The type and data of everything that billing has published."""

    async def say(self, *messages: Message, event_id: UUID | None = None) -> None:
        """Publish facts as their services would."""
        for message in messages:
            envelope = Envelope(event_id or new_id(), message.type, "/test", datetime.now(UTC), sequence=message.sequence)
            letter = Letter(message.model_dump_json().encode(), content_type=CONTENT_TYPE, headers=dict(envelope.headers()))
            await self.events.publish(letter, message.type)

    async def know_the_catalog(self) -> None:
        """Tell billing every service, and wait until it knows them all."""
        await self.say(*self.catalog.values())
        await until(self._knows_the_last)

    async def _knows_the_last(self) -> bool:
        wanted = {"service_code": list(self.catalog)[-1], "date": str(MONDAY)}
        return (await self.billing.post("/preview", json=wanted)).status_code == HTTPStatus.OK

    async def preview(self, code: str, **wanted: Any) -> Json:
        """Price a visit on Monday."""
        answer = await self.billing.post("/preview", json={"service_code": code, "date": str(MONDAY), **wanted})
        assert answer.status_code == HTTPStatus.OK, answer.text
        return answer.json()

    async def records(self, **filters: Any) -> list[Json]:
        """Return the records that fit."""
        answer = await self.billing.get("/records", params={"limit": 500, **filters})
        assert answer.status_code == HTTPStatus.OK, answer.text
        return answer.json()["items"]

    async def count(self, wanted: int, **filters: Any) -> list[Json]:
        """Wait until at least so many records fit, and return them."""

        async def found() -> list[Json]:
            records = await self.records(**filters)
            return records if len(records) >= wanted else []

        return await until(found)

    async def bill(self, code: str = "90837", **facts: Any) -> Json:
        """Complete a session and return its record."""
        session = complete(self.catalog[code], **facts)
        await self.say(session)
        [record] = await self.count(1, session_id=session.session_id)
        return record

    async def post(self, record: Json, step: str, **body: Any) -> Json:
        """Post to a record's money and return the record."""
        answer = await self.billing.post(f"/records/{record['id']}/{step}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def pay(self, record: Json, amount: str, payer: str = "client") -> Json:
        """Pay and return the record."""
        return await self.post(record, "payments", amount=amount, payer=payer, method="card", reference="T-1009")

    async def ledger(self, record: Json) -> Json:
        """Return a record's ledger, having checked that every transaction balances."""
        found = (await self.billing.get(f"/records/{record['id']}/ledger")).json()
        for transaction in found["items"]:
            assert sum(Decimal(entry["amount"]) for entry in transaction["entries"]) == 0
        return found

    def published(self, kind: str) -> list[Json]:
        """Return what billing has published of this type so far."""
        return [data for type_, data in self.received if type_ == kind]

    async def receives(self, kind: str, count: int = 1) -> list[Json]:
        """Wait until billing has published this so often."""

        async def enough() -> bool:
            return len(self.published(kind)) >= count

        await until(enough)
        return self.published(kind)


async def payer(clinic: Clinic, **fees: str) -> str:
    """Add a payer that has agreed to these fees, each code with a "c" before it."""
    body = {"payer_name": "Harbor Mutual", "payer_code": f"HM{new_id().hex[:12]}"}
    found = (await clinic.billing.post("/payers", json=body)).json()["id"]
    for code, amount in fees.items():
        fee = {"service_code": code.removeprefix("c"), "amount": amount, "effective_from": "2026-01-01"}
        assert (await clinic.billing.post(f"/payers/{found}/fees", json=fee)).status_code == HTTPStatus.CREATED
    return found


async def cover(clinic: Clinic, client: ClientId, payer_id: str, **plan: Any) -> Json:
    """Cover a client from the beginning of the year."""
    usual = {"payer_id": payer_id, "member_id": "HM-1", "plan_name": "Silver", "as_of": "2026-01-01", "effective_from": "2026-01-01"}
    answer = await clinic.billing.post(f"/clients/{client}/coverages", json=usual | plan)
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    return answer.json()


def fact(clinic: Clinic, code: str, **facts: Any) -> Json:
    """Return what every fact about a session has."""
    start = datetime.fromisoformat(f"{MONDAY}T15:00:00+00:00")
    usual = {"session_id": SessionId(new_id()), "client_id": ClientId(new_id()), "therapist_id": TherapistId(new_id())}
    about = {"service_id": clinic.catalog[code].id, "service_code": code, "site_id": SiteId(new_id()), "room_id": RoomId(new_id())}
    return {**usual, **about, "starts_at": start, "ends_at": start + timedelta(hours=1), "version": 2, **facts}


def booked(clinic: Clinic, client: ClientId, code: str = "90837") -> SessionBooked:
    """Report that an insured session was booked at the catalog's rate."""
    facts = fact(clinic, code, client_id=client, status=SessionStatus.BOOKED)
    return SessionBooked(**facts, rate_per_unit=clinic.catalog[code].base_rate, insurance_applicable=True)
