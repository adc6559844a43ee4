"""Several processes of scheduling: a caller at one is answered by what another decides, without looking at intervals."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from chassis.live.notifications import NAME
from chassis.messaging import outbox
from chassis.requests import waiting
from front_desk import Clinic, RoomsStandIn, next_monday, room_changed, service_changed, site_changed
from httpx import AsyncClient
from testing import MakeDatabase, RunService, until

TOO_LATE_S = 600.0
PATIENCE_S = 30
"""Of a caller, who looks once more at its end."""
NOTIFIED_WITHIN_S = 20
KNOW_EACH_OTHER = """
    SELECT count(*) = $2 AND bool_and(state = 'idle' AND query LIKE '%pg_stat_activity%' AND query_start > newest)
    FROM (
        SELECT state, query, query_start, max(backend_start) OVER () AS newest
        FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()
    ) AS notifying
"""


@pytest.fixture
async def database_url(make_database: MakeDatabase) -> str:
    return await make_database("scheduling")


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def opened(http: AsyncClient, rooms: RoomsStandIn, database_url: str) -> Clinic:
    """Open a clinic to book in."""
    service, site = service_changed(), site_changed()
    for message in (service, site, room_changed(site.id)):
        await rooms.say(message)
    clinic = Clinic(http, rooms, site.id, service.id, "", "", next_monday(), database_url)
    clinic.therapist_id, clinic.client_id = await clinic.new_therapist(), await clinic.new_client()
    return clinic


async def only_notified(connection: asyncpg.Connection, processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be found by looking at intervals, once the processes know of each other."""
    await until(lambda: connection.fetchval(KNOW_EACH_OTHER, NAME, processes))
    monkeypatch.setattr(waiting, "LOOK_EVERY_S", TOO_LATE_S)
    monkeypatch.setattr(outbox, "POLL_S", TOO_LATE_S)


async def book_and_grant(clinic: Clinic, rooms: RoomsStandIn, hour: int) -> None:
    """Book and wait for the decision, which rooms takes meanwhile."""
    requested = len(rooms.requests)

    async def request() -> bool:
        return len(rooms.requests) > requested

    booking = asyncio.create_task(clinic.book(wait=PATIENCE_S, starts_at=(clinic.monday + timedelta(hours=hour)).isoformat()))
    await until(request)
    await rooms.grant(rooms.requests[-1])
    answer = await asyncio.wait_for(booking, NOTIFIED_WITHIN_S)
    assert (answer.status_code, answer.json()["status"]) == (201, "booked"), answer.text


async def test_a_caller_at_an_api_process_is_answered_by_what_a_worker_handles(
    run_service: RunService, rooms: RoomsStandIn, database_url: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_service("scheduling", database_url=database_url, role="worker")
    clinic = await opened(await run_service("scheduling", database_url=database_url, role="api"), rooms, database_url)
    await only_notified(connection, 2, monkeypatch)
    for hour in range(3):
        await book_and_grant(clinic, rooms, hour)


async def test_callers_at_two_replicas_are_answered_whichever_of_them_handles_the_answer(
    run_service: RunService, rooms: RoomsStandIn, database_url: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = [await run_service("scheduling", database_url=database_url) for _ in range(2)]
    clinic = await opened(here, rooms, database_url)
    await only_notified(connection, 2, monkeypatch)
    for hour in range(8):
        await book_and_grant(replace(clinic, http=there if hour % 2 else here), rooms, hour)
