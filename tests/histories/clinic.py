"""A clinic of one history: a site with two rooms, two therapists and three clients, and what must be true of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import asyncpg
from chassis.data.database import Transaction
from contracts.catalog import BilledPer, Claimable, EffectiveRate, Kind, ServiceChanged, ServiceType
from contracts.envelope import Envelope
from contracts.rooms import ConfirmHolds, HoldsAnswered, OpeningHours, ReleaseHolds, RequestHolds
from contracts.types import BlockId, ClientId, EntryId, RoomId, SeriesId, ServiceId, SessionId, SiteId, TherapistId, new_id
from rooms.places import use_cases as places
from rooms.places.schemas import NewRoom, NewSite
from scheduling.people import use_cases as people
from scheduling.people.schemas import NewClient, NewTherapist

from histories.network import Network, Sent

ALL_DAY: Final[OpeningHours] = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (("00:00", "24:00"),))
TURNOVER: Final = 10
OPENED_AT_ONCE: Final = 40
"""Clinics that are announced together: a history takes one that nobody has used."""
TIMES_THAT_PASS: Final = 10
"""So often everything is done that is due, and then nothing may be undecided any more."""
AHEAD: Final = 8
BEFORE: Final = -2
"""Days from today of sessions to come, and of those whose time has passed."""

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
AT_EVERY_MOMENT: Final = {
    "rooms": (SHARED_ROOMS, "a room has two sessions at once"),
    "scheduling": (PEOPLE_IN_TWO_SESSIONS, "a person is in two sessions at once"),
    "billing": (UNBALANCED, "a transaction of the ledger does not balance"),
}
SESSIONS_WITH_ROOMS: Final = """
    SELECT id AS session_id, hold_id, room_id, starts_at, ends_at FROM session
    WHERE site_id = $1 AND (status IN ('booked', 'completed') OR (status = 'offered' AND hold_id IS NOT NULL)) ORDER BY 1
"""
CONFIRMED_HOLDS: Final = """
    SELECT session_id, id AS hold_id, room_id, starts_at, ends_at FROM hold WHERE site_id = $1 AND status = 'confirmed' ORDER BY 1
"""
UNCONFIRMED: Final = "SELECT id, status FROM hold WHERE site_id = $1 AND status = 'held'"
UNDECIDED: Final = "SELECT id, status FROM session WHERE site_id = $1 AND (status = 'requested' OR pending_hold_id IS NOT NULL)"
NEEDED_TIMES: Final = """
    SELECT id, unnest(ARRAY[therapist_id, client_id] || other_client_ids), starts_at, ends_at FROM session
    WHERE site_id = $1 AND (status IN ('booked', 'completed') OR (status = 'offered' AND hold_id IS NOT NULL)) ORDER BY 1, 2
"""
TAKEN_TIMES: Final = """
    SELECT taken.session_id, taken.person_id, taken.starts_at, taken.ends_at FROM taken JOIN session ON session.id = taken.session_id
    WHERE session.site_id = $1 ORDER BY 1, 2
"""
COMPLETED: Final = """
    SELECT id, unnest(CASE WHEN attended = '{}' THEN ARRAY[client_id] ELSE attended END) FROM session
    WHERE site_id = $1 AND status = 'completed' ORDER BY 1, 2
"""
BILLED: Final = """
    SELECT session_id, client_id FROM record WHERE site_id = $1 AND kind = 'session' AND payment_status <> 'voided' ORDER BY 1, 2
"""
CONFIRMED: Final = "SELECT id FROM hold WHERE id = ANY($1) AND status = 'confirmed'"
TIME_PASSES: Final = {
    "scheduling": "UPDATE session SET ask_again_at = now() WHERE site_id = $1 AND ask_again_at IS NOT NULL",
    "rooms": "UPDATE hold SET expires_at = now() WHERE site_id = $1 AND status = 'held'",
}
REPEATED: Final = {RequestHolds.type, ConfirmHolds.type, HoldsAnswered.type}
"""Messages that are sent again until they are answered, and the answers."""


@dataclass(slots=True)
class Clinic:
    """Who and what a history is about."""

    network: Network
    service: ServiceId
    site: SiteId
    rooms: list[RoomId]
    therapists: list[TherapistId]
    clients: list[ClientId]
    today: datetime
    """Its midnight."""
    sessions: list[SessionId] = field(default_factory=list[SessionId])
    past: list[SessionId] = field(default_factory=list[SessionId])
    """Those of them whose time has come."""
    ended: list[SessionId] = field(default_factory=list[SessionId])
    """Those of them that somebody wanted to end."""
    series: list[SeriesId] = field(default_factory=list[SeriesId])
    entries: list[EntryId] = field(default_factory=list[EntryId])
    blocks: list[BlockId] = field(default_factory=list[BlockId])

    def at(self, hour: int, minute: int = 0, *, days: int = AHEAD) -> datetime:
        """Return a moment so many days from today."""
        return self.today + timedelta(days=days, hours=hour, minutes=minute)

    async def holds(self) -> None:
        """Look at what is true at every moment, of the services that may have written."""
        for name in sorted(self.network.touched):
            query, damage = AT_EVERY_MOMENT[name]
            assert await self.found(name, query) == [], damage
        self.network.touched.clear()

    async def may_be_lost(self, sent: Sent) -> bool:
        """Whether what a message brings about comes about without it: by what is repeated until there is an answer.

        A release is where its hold is not confirmed; one of a confirmed hold, and a fact, is missed by the hourly comparison alone.
        """
        if sent.about.type == ReleaseHolds.type:
            holds = [each.hold_id for each in ReleaseHolds.model_validate_json(sent.body).holds]
            return not await self.network.services["rooms"].looking.fetch(CONFIRMED, holds)
        return sent.about.type in REPEATED

    async def let_time_pass(self) -> None:
        """Have the time come at which requests and confirmations are repeated."""
        for name, statement in TIME_PASSES.items():
            await self.network.services[name].looking.execute(statement, self.site)

    async def settle(self) -> None:
        """Deliver everything that is under way, and look at what is true then."""
        for _ in range(TIMES_THAT_PASS):
            await self.network.drain()
            await self.holds()
            undecided, unconfirmed = await self.found("scheduling", UNDECIDED), await self.found("rooms", UNCONFIRMED)
            if not (undecided or unconfirmed):
                break
            await self.let_time_pass()
            await self.network.run_jobs()
        else:
            assert undecided == [], "a session is never decided"
            assert unconfirmed == [], "a hold is never confirmed"
        stands, confirmed = await self.found("scheduling", SESSIONS_WITH_ROOMS), await self.found("rooms", CONFIRMED_HOLDS)
        assert stands == confirmed, "scheduling and rooms disagree"
        needed, taken = await self.found("scheduling", NEEDED_TIMES), await self.found("scheduling", TAKEN_TIMES)
        assert needed == taken, "somebody's time is taken for nothing, or not taken"
        completed, billed = await self.found("scheduling", COMPLETED), await self.found("billing", BILLED)
        assert completed == billed, "not one record for each client of a completed session"

    async def found(self, service: str, query: str) -> list[asyncpg.Record]:
        """Return the rows of this clinic that a query finds."""
        return await self.network.services[service].looking.fetch(query, self.site)


@dataclass(slots=True)
class Clinics:
    """Clinics that no history has used, some of them ready."""

    network: Network
    service: ServiceId
    ready: list[Clinic] = field(default_factory=list[Clinic])

    async def next(self) -> Clinic:
        """Return a clinic that everybody knows, with nothing under way."""
        await self.network.forget()
        if not self.ready:
            await self._open()
        return self.ready.pop()

    async def _open(self) -> None:
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        sites = await self.network.process("rooms").do(_add_sites)
        some = await self.network.process("scheduling").do(_add_people)
        await self.network.drain()
        self.network.touched.clear()
        for (site, rooms), (therapists, clients) in zip(sites, some, strict=True):
            self.ready.append(Clinic(self.network, self.service, site, rooms, therapists, clients, today))


async def _add_sites(tx: Transaction) -> list[tuple[SiteId, list[RoomId]]]:
    new_site = NewSite(site_name="Harbor", time_zone="UTC", opening_hours=ALL_DAY)
    sites = [(await places.add_site(new_site, tx)).id for _ in range(OPENED_AT_ONCE)]
    await tx.flush()
    return [(site, [await _add_room(site, number, tx) for number in ("201", "202")]) for site in sites]


async def _add_room(site_id: SiteId, number: str, tx: Transaction) -> RoomId:
    new = NewRoom(site_id=site_id, room_number=number, room_name=number, capacity=4, turnover_minutes=TURNOVER)
    return (await places.add_room(new, tx)).id


async def _add_people(tx: Transaction) -> list[tuple[list[TherapistId], list[ClientId]]]:
    return [
        (
            [(await people.add_therapist(NewTherapist(full_name="Ruth Adler"), tx)).id for _ in range(2)],
            [(await people.add_client(NewClient(full_name="Jonas Weber"), tx)).id for _ in range(3)],
        )
        for _ in range(OPENED_AT_ONCE)
    ]


async def offered_service(network: Network) -> ServiceId:
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
    await network.deliver([Sent(each.name, about, body) for each in network.services.values() if message.type in each.types])
    return key
