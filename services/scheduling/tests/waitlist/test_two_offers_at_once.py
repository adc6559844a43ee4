"""Two replicas that offer freed slots at the same moment offer each person one of them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import asyncpg
import pytest
from chassis.data.database import Database
from contracts.scheduling import FreedSlot, OfferSlots
from contracts.types import ClientId, EntryId, ServiceId, SiteId, TherapistId, new_id
from front_desk import next_monday, service_changed, site_changed
from scheduling.people import tables
from scheduling.replicas import use_cases
from scheduling.settings import Settings
from scheduling.waitlist import schemas
from scheduling.waitlist import use_cases as waitlist_use_cases
from sqlalchemy import text
from testing import MakeDatabase, until

HOUR: Final = timedelta(hours=1)
WAITS_FOR_A_LOCK: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
OFFERED: Final = text("SELECT entry_id, starts_at FROM session ORDER BY starts_at")


@pytest.fixture
async def database_url(make_database: MakeDatabase) -> str:
    return await make_database("scheduling")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Use scheduling's database without any service beside."""
    found = Database(Settings(service="scheduling", database_url=database_url, broker_url="amqp://nowhere"))
    yield found
    await found.close()


async def wait_for(service: ServiceId, site: SiteId, database: Database, name: str) -> EntryId:
    """Let a new client wait for next Monday."""
    client = ClientId(new_id())
    async with database.transaction() as tx:
        facts = {"full_name": name, "email": None, "phone": None, "time_zone": "UTC", "created_at": tx.now, "updated_at": tx.now}
        tx.add(tables.ClientRow(id=client, **facts))
        await tx.flush()
        when = {"earliest": next_monday(), "latest": next_monday() + 8 * HOUR}
        return (await waitlist_use_cases.add(schemas.NewEntry(client_id=client, service_id=service, site_id=site, **when), tx)).id


async def test_two_slots_that_are_free_at_once_are_offered_to_two_people(database: Database, database_url: str) -> None:
    service, site, therapist = service_changed(), site_changed(), TherapistId(new_id())
    async with database.transaction() as tx:
        await use_cases.put_services(tx, [service])
        await use_cases.put_sites(tx, [site])
        facts = {"npi": None, "credential": None, "site_ids": [], "is_active": True, "working_hours": {}, "breaks": {}}
        person = {"full_name": "Therapist", "time_zone": "UTC", "created_at": tx.now, "updated_at": tx.now}
        tx.add(tables.TherapistRow(id=therapist, **facts, **person))
    first, second = [await wait_for(service.id, site.id, database, name) for name in ("First", "Second")]
    begins = [next_monday(), next_monday() + 3 * HOUR]
    slots = [FreedSlot(site_id=site.id, therapist_id=therapist, room_id=None, starts_at=begin, ends_at=begin + HOUR) for begin in begins]

    async def offer(slot: FreedSlot) -> None:
        async with database.transaction() as tx:
            await waitlist_use_cases.offer([OfferSlots(slots=(slot,))], tx, HOUR, HOUR)

    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    async with database.transaction() as tx:
        await waitlist_use_cases.offer([OfferSlots(slots=(slots[0],))], tx, HOUR, HOUR)
        other = asyncio.create_task(offer(slots[1]))
        await until(lambda: connection.fetchval(WAITS_FOR_A_LOCK))
    await other
    await connection.close()
    async with database.reading() as db:
        assert [tuple(row) for row in await db.rows(OFFERED)] == [(first, begins[0]), (second, begins[1])]
