"""A clinic of one history: a site with two rooms, two therapists and three clients, and what must be true of it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import asyncpg
from contracts.catalog import BilledPer, Claimable, EffectiveRate, Kind, ServiceChanged, ServiceType
from contracts.envelope import Envelope
from contracts.rooms import OpeningHours
from contracts.types import ServiceId, new_id
from rooms.places import use_cases as places
from rooms.places.schemas import NewRoom, NewSite
from scheduling.people import use_cases as people
from scheduling.people.schemas import NewClient, NewTherapist

from histories.network import Network, Sent

ALL_DAY: Final[OpeningHours] = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (("00:00", "24:00"),))
TURNOVER: Final = 10
LAST_ROUND: Final = 40
"""After so many rounds of delivering everything, nothing may be under way any more."""

SHARED_ROOMS: Final = """
    SELECT one.id, other.id FROM hold one JOIN hold other ON one.room_id = other.room_id AND one.session_id < other.session_id
    WHERE one.site_id = $1 AND other.site_id = $1 AND one.status IN ('held', 'confirmed') AND other.status IN ('held', 'confirmed')
        AND tstzrange(one.starts_at, one.occupied_until) && tstzrange(other.starts_at, other.occupied_until)
"""
PEOPLE_IN_TWO_SESSIONS: Final = """
    WITH taken AS (
        SELECT id, unnest(ARRAY[therapist_id, client_id] || other_client_ids) AS person_id, tstzrange(starts_at, ends_at) AS during
        FROM session WHERE site_id = $1 AND (status IN ('booked', 'completed') OR (status = 'offered' AND hold_id IS NOT NULL))
    )
    SELECT one.id, other.id FROM taken one JOIN taken other
        ON one.id < other.id AND one.person_id = other.person_id AND one.during && other.during
"""
UNBALANCED: Final = """
    SELECT entry.transaction_id FROM ledger_entry entry JOIN record ON record.id = entry.record_id
    WHERE record.site_id = $1 GROUP BY entry.transaction_id HAVING sum(entry.amount) <> 0
"""
SESSIONS_WITH_ROOMS: Final = """
    SELECT id AS session_id, hold_id, room_id, starts_at, ends_at FROM session
    WHERE site_id = $1 AND (status IN ('booked', 'completed') OR (status = 'offered' AND hold_id IS NOT NULL)) ORDER BY 1
"""
CONFIRMED_HOLDS: Final = """
    SELECT session_id, id AS hold_id, room_id, starts_at, ends_at FROM hold WHERE site_id = $1 AND status = 'confirmed' ORDER BY 1
"""
UNCONFIRMED: Final = "SELECT id, status FROM hold WHERE site_id = $1 AND status = 'held'"
UNDECIDED: Final = "SELECT id, status FROM session WHERE site_id = $1 AND (status = 'requested' OR pending_hold_id IS NOT NULL)"
COMPLETED: Final = """
    SELECT id, unnest(CASE WHEN attended = '{}' THEN ARRAY[client_id] ELSE attended END) FROM session
    WHERE site_id = $1 AND status = 'completed' ORDER BY 1, 2
"""
BILLED: Final = """
    SELECT session_id, client_id FROM record WHERE site_id = $1 AND kind = 'session' AND payment_status <> 'voided' ORDER BY 1, 2
"""
UNSENT: Final = "SELECT type FROM outbox LIMIT 1"


@dataclass(slots=True)
class Clinic:
    """Who and what a history is about."""

    network: Network
    service: str
    site: str = ""
    rooms: list[str] = field(default_factory=list[str])
    therapists: list[str] = field(default_factory=list[str])
    clients: list[str] = field(default_factory=list[str])
    sessions: list[str] = field(default_factory=list[str])
    past: list[str] = field(default_factory=list[str])
    """Those of them whose time has come."""
    ended: list[str] = field(default_factory=list[str])
    """Those of them that somebody wanted to end."""
    entries: list[str] = field(default_factory=list[str])
    blocks: list[str] = field(default_factory=list[str])

    async def open(self) -> None:
        """Add everything, and tell everybody."""
        await self.network.forget()
        async with self.network.replicas["rooms"].database.transaction() as tx:
            site = await places.add_site(NewSite(site_name="Harbor", time_zone="UTC", opening_hours=ALL_DAY), tx)
            await tx.flush()
            for number in ("201", "202"):
                new = NewRoom(site_id=site.id, room_number=number, room_name=number, capacity=4, turnover_minutes=TURNOVER)
                room = await places.add_room(new, tx)
                self.rooms.append(str(room.id))
                await tx.flush()
            self.site = str(site.id)
        async with self.network.replicas["scheduling"].database.transaction() as tx:
            self.therapists = [str((await people.add_therapist(NewTherapist(full_name="Ruth Adler"), tx)).id) for _ in range(2)]
            self.clients = [str((await people.add_client(NewClient(full_name="Jonas Weber"), tx)).id) for _ in range(3)]
        await self.exchange()

    async def holds(self) -> None:
        """Look at what is true at every moment."""
        rooms, people, money = await asyncio.gather(
            self._found("rooms", SHARED_ROOMS), self._found("scheduling", PEOPLE_IN_TWO_SESSIONS), self._found("billing", UNBALANCED)
        )
        assert rooms == [], "a room has two sessions at once"
        assert people == [], "a person is in two sessions at once"
        assert money == [], "a transaction of the ledger does not balance"

    async def exchange(self) -> None:
        """Publish everything that was sent, and deliver it."""
        await self.network.relay(*self.network.replicas)
        arrived = list(self.network.in_flight)
        self.network.in_flight.clear()
        await self.network.deliver(arrived)

    async def settle(self) -> None:
        """Deliver everything that is under way, and look at what is true then."""
        for _ in range(LAST_ROUND):
            await self.exchange()
            await asyncio.gather(self.network.replicas["rooms"].run_jobs(), self.network.replicas["scheduling"].run_jobs())
            waiting = await asyncio.gather(self._found("scheduling", UNDECIDED), self._found("rooms", UNCONFIRMED))
            if not any(waiting) and not any(await asyncio.gather(*self._unsent())):
                break
        assert await self._found("scheduling", UNDECIDED) == [], "a session is never decided"
        assert await self._found("rooms", UNCONFIRMED) == [], "a hold is never confirmed"
        assert not any(await asyncio.gather(*self._unsent())), "messages go back and forth without an end"
        await self.holds()
        stands, confirmed = await self._found("scheduling", SESSIONS_WITH_ROOMS), await self._found("rooms", CONFIRMED_HOLDS)
        assert stands == confirmed, "scheduling and rooms disagree"
        completed, billed = await self._found("scheduling", COMPLETED), await self._found("billing", BILLED)
        assert completed == billed, "not one record for each client of a completed session"

    def _unsent(self) -> list[Awaitable[list[asyncpg.Record]]]:
        return [each.looking.fetch(UNSENT) for each in self.network.replicas.values()]

    async def request(self, service: str, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Send a request; it may be refused, but it never fails."""
        answer = await self.network.replicas[service].http.request(method, path, json=body or None)
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else {}

    async def _found(self, service: str, query: str) -> list[asyncpg.Record]:
        return await self.network.replicas[service].looking.fetch(query, self.site)


def at(hour: int, minute: int = 0, *, days: int = 8) -> str:
    """Return a moment so many days from today."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=days, hours=hour, minutes=minute)).isoformat()


async def offered_service(network: Network) -> str:
    """Publish a service of an hour, and return its id."""
    key, now = ServiceId(new_id()), datetime.now(UTC)
    message = ServiceChanged(
        id=key,
        service_code="90837",
        service_name="Psychotherapy, 60 minutes",
        service_type=ServiceType.PSYCHOTHERAPY,
        standard_duration=60,
        base_rate=Decimal("185.00"),
        billing_category="individual",
        description="",
        is_active=True,
        kind=Kind.BASE,
        components=(),
        min_minutes=None,
        max_minutes=None,
        claimable=Claimable.INSURANCE,
        requires_primary=(),
        excludes_same_day=(),
        max_units_per_day=None,
        billed_per=BilledPer.CLIENT,
        version=1,
        created_at=now,
        updated_at=now,
        rates=(EffectiveRate(amount=Decimal("185.00"), effective_from=(now - timedelta(days=365)).date()),),
    )
    about = Envelope(id=new_id(), type=message.type, source="/holdfast/catalog", time=now, subject=str(key), sequence=1)
    body = message.model_dump_json().encode()
    await network.deliver([Sent(each.name, about, body) for each in network.replicas.values() if message.type in each.types])
    return str(key)
