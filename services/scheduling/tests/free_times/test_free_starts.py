"""The free starts that the database finds are exactly the quarter hours at which nothing speaks against a booking."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from chassis.data.database import Database, Transaction
from chassis.hours import WEEKDAYS
from contracts.types import ClientId, ServiceId, SessionId, SiteId, TherapistId, new_id
from scheduling.decisions import queries
from scheduling.decisions.booking import is_bookable
from scheduling.decisions.requests import Named, ReferenceData
from scheduling.free_times.openings import Search
from scheduling.free_times.queries import find_free_starts
from scheduling.lifecycle.busy_times import BusyTimes, Interval
from scheduling.people import queries as people_queries
from scheduling.people import tables as people_tables
from scheduling.policies import tables as policies_tables
from scheduling.replicas import tables
from scheduling.sessions import queries as sessions_queries
from scheduling.settings import Settings
from sqlalchemy import text
from testing import MakeDatabase

QUARTER, HOUR, MINUTE = timedelta(minutes=15), timedelta(hours=1), timedelta(minutes=1)
ZONES = ("America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Phoenix", "Africa/Cairo")
WORLDS = 12
THERAPISTS = 4
DAYS = 3


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    """Give scheduling's database."""
    found = Database(Settings(service="scheduling", database_url=await make_database("scheduling"), broker_url="amqp://nowhere"))
    yield found
    await found.close()


class World:
    """A site with therapists, clinic's rules and sessions, drawn by chance."""

    def __init__(self, seed: int) -> None:
        """Draw it."""
        self.chance = Random(seed)
        self.zone = ZONES[seed % len(ZONES)]
        self.site, self.elsewhere = SiteId(new_id()), SiteId(new_id())
        self.service, self.other = ServiceId(new_id()), ServiceId(new_id())
        self.therapists = [TherapistId(new_id()) for _ in range(THERAPISTS)]
        self.client = ClientId(new_id())
        self.since = datetime.combine(datetime.now(UTC).date() + timedelta(days=self.chance.randrange(360)), time(), UTC)
        self.until, self.now = self.since + timedelta(days=DAYS, hours=7, minutes=5), self.since + timedelta(hours=2, minutes=7)
        self.minutes = self.chance.choice([30, 45, 60, 90])

    def spans(self, *choices: list[list[str]]) -> dict[str, list[list[str]]]:
        """Draw a week."""
        return {day: self.chance.choice(choices) for day in WEEKDAYS}

    async def write(self, database: Database) -> None:
        """Write it into scheduling's tables."""
        chance = self.chance
        async with database.transaction() as tx:
            for site in (self.site, self.elsewhere):
                hours = self.spans([["08:00", "18:00"]], [["00:00", "24:00"]], [["08:00", "12:00"], ["13:30", "20:00"]], [])
                row = {"id": site, "site_name": "Site", "time_zone": self.zone, "opening_hours": hours, "special_days": []}
                tx.add(tables.SiteReplicaRow(**row, is_active=True, version=1))
            rates = [{"amount": "185.00", "effective_from": "2020-01-01", "effective_to": str((self.since + timedelta(days=2)).date())}]
            for service, minutes in ((self.service, self.minutes), (self.other, 60)):
                row = {"id": service, "service_code": "90837", "service_name": "Psychotherapy", "standard_duration": minutes}
                tx.add(tables.ServiceReplicaRow(**row, kind="base", is_active=True, rates=rates, version=1))
            rules: dict[str, int | None] = {
                "buffer_before_minutes": chance.choice([0, 10]),
                "buffer_after_minutes": chance.choice([0, 10, 20]),
                "therapist_sessions_a_day": chance.choice([None, 2, 3]),
                "client_sessions_a_day": chance.choice([None, 2]),
                "notice_minutes": chance.choice([0, 90]),
                "book_ahead_days": chance.choice([2, 400]),
            }
            tx.add(policies_tables.PolicyRow(scope="default", rules=rules, version=1, updated_at=tx.now))
            other = {"buffer_after_minutes": chance.choice([0, 30])}
            tx.add(policies_tables.PolicyRow(scope=str(self.other), rules=other, version=1, updated_at=tx.now))
            one, two = sorted([self.site, self.elsewhere])
            tx.add(policies_tables.TravelRow(one_site_id=one, other_site_id=two, minutes=chance.choice([25, 40])))
            person: dict[str, Any] = {"full_name": "Somebody", "time_zone": "UTC", "created_at": tx.now, "updated_at": tx.now}
            tx.add(people_tables.ClientRow(id=self.client, email=None, phone=None, **person))
            for therapist in self.therapists:
                hours = {str(self.site): self.spans([["09:00", "17:00"]], [["00:00", "24:00"]], [])} if chance.random() < 0.7 else {}
                breaks = self.spans([["12:00", "12:45"]], []) if chance.random() < 0.7 else {}
                facts = {"npi": None, "credential": None, "site_ids": [], "is_active": True, "working_hours": hours, "breaks": breaks}
                tx.add(people_tables.TherapistRow(id=therapist, **facts, **person))
                await tx.flush()
                if chance.random() < 0.5:
                    begin = self.since + chance.randrange(4 * 24 * DAYS) * QUARTER
                    tx.add(
                        people_tables.TimeOffRow(
                            id=new_id(), therapist_id=therapist, starts_at=begin, ends_at=begin + 5 * HOUR, reason="off"
                        )
                    )
            await tx.flush()
            for _ in range(THERAPISTS * DAYS * 2):
                await self.add_session(tx)

    async def add_session(self, tx: Transaction) -> None:
        """Take a therapist's and sometimes the client's time, unless it is taken."""
        chance = self.chance
        begin = self.since + chance.randrange(-8, 12 * 24 * (DAYS + 1)) * 5 * MINUTE
        facts = {
            "id": new_id(), "client": self.client, "therapist": chance.choice(self.therapists),
            "service": chance.choice([self.service, self.other]), "site": chance.choice([self.site, self.elsewhere]),
            "begin": begin, "end": begin + chance.choice([30, 60, 90]) * MINUTE, "now": tx.now,
        }  # fmt: skip
        await tx.execute(ADD_SESSION, facts)
        people = [facts["therapist"], *([self.client] if chance.random() < 0.3 else [])]
        for person in people:
            await tx.execute(TAKE, {"person": person, **{name: facts[name] for name in ("begin", "end", "id")}})

    def plan(self, therapist: TherapistId, starts_at: datetime) -> Interval:
        """Think of a session."""
        length = timedelta(minutes=self.minutes)
        who = {"therapist_id": therapist, "client_ids": (self.client,)}
        where = {"service_id": self.service, "site_id": self.site}
        return Interval(session_id=SessionId(new_id()), **who, **where, starts_at=starts_at, ends_at=starts_at + length)  # type: ignore[arg-type]

    def has_rate(self, reference_data: ReferenceData, starts_at: datetime) -> bool:
        """Whether the service has a rate on the day of a start."""
        return reference_data.services[self.service].rate_on(reference_data.sites[self.site].day(starts_at)) is not None


ADD_SESSION = text("""
    INSERT INTO session (id, client_id, other_client_ids, therapist_id, service_id, service_code, service_name, site_id, starts_at, ends_at,
        calculated_rate, insurance_applicable, equipment, status, confirmed, pending_client_ids, pending_is_chosen, alternatives, obstacles,
        attended, asks, add_ons, version, created_at, updated_at)
    VALUES (:id, :client, '{}', :therapist, :service, '90837', 'Psychotherapy', :site, :begin, :end, 185, false, '{}', 'booked', true, '{}',
        true, '[]', '{}', '{}', 0, '[]', 1, :now, :now)
""")
TAKE = text("INSERT INTO taken (person_id, starts_at, ends_at, session_id) VALUES (:person, :begin, :end, :id) ON CONFLICT DO NOTHING")


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_free_starts_are_those_of_a_naive_search(database: Database, seed: int) -> None:
    world = World(seed)
    await world.write(database)
    starts = [world.since + number * QUARTER for number in range(4 * 24 * (DAYS + 1)) if world.since + number * QUARTER < world.until]
    async with database.reading() as db:
        named = Named(services=[world.service], sites=[world.site], therapists=world.therapists, clients=[world.client])
        reference_data = await queries.load_reference_data(db, named)
        _, times = await people_queries.load_working_times(db, world.site, None, world.since, world.until + 2 * HOUR)
        around = [
            (person, world.since - timedelta(days=2), world.until + timedelta(days=2)) for person in (*world.therapists, world.client)
        ]
        busy_times = await sessions_queries.load_busy(db, around)
    plans = [world.plan(therapist, start) for start in starts for therapist in sorted(world.therapists)]
    naive = [
        (plan.starts_at, plan.therapist_id)
        for plan in plans
        if world.has_rate(reference_data, plan.starts_at) and is_bookable(plan, reference_data, busy_times, world.now)
    ]
    search = Search(
        reference_data.services[world.service],
        reference_data.sites[world.site],
        reference_data.policies,
        times,
        world.since,
        world.until,
        world.now,
    )
    nobody = world.plan(TherapistId(new_id()), world.since)
    found = find_free_starts(search, busy_times, nobody, database, len(starts), THERAPISTS)
    assert [(start, therapist) async for start, therapists in found for therapist in therapists] == naive


async def test_of_each_start_only_the_first_therapists_are_found_and_of_each_part_only_the_first_starts(database: Database) -> None:
    world = World(1)
    await world.write(database)
    async with database.reading() as db:
        reference_data = await queries.load_reference_data(db, Named(services=[world.service], sites=[world.site]))
        _, times = await people_queries.load_working_times(db, world.site, None, world.since, world.until + 2 * HOUR)
    search = Search(
        reference_data.services[world.service],
        reference_data.sites[world.site],
        reference_data.policies,
        times,
        world.since,
        world.until,
        world.now,
    )
    nobody = world.plan(TherapistId(new_id()), world.since)
    every = [each async for each in find_free_starts(search, BusyTimes(), nobody, database, 1_000, THERAPISTS)]
    some = [each async for each in find_free_starts(search, BusyTimes(), nobody, database, 3, 1)]
    assert some[:3] == [(start, therapists[:1]) for start, therapists in every[:3]]
