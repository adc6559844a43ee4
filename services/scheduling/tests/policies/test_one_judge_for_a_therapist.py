"""The clinic's rules about a therapist are judged by one transaction at a time, also by two replicas at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from chassis.data.database import Database
from contracts.types import ClientId, ServiceId, SessionId, SiteId, TherapistId, new_id
from front_desk import Clinic
from pydantic import SecretStr
from scheduling.decisions.requests import BookingRequest
from scheduling.lifecycle.state import Session
from scheduling.sessions import actions, use_cases
from scheduling.settings import Settings
from sqlalchemy import text
from testing import until

AGAIN = timedelta(seconds=30)
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
async def replica(clinic: Clinic) -> AsyncIterator[Database]:
    """Write to the clinic's database as a second replica of the service would."""
    database = Database(Settings(database_url=SecretStr(clinic.database_url), broker_url=SecretStr("amqp://nobody")))
    yield database
    await database.close()


async def test_two_replicas_do_not_exceed_a_therapists_sessions_of_a_day(clinic: Clinic, replica: Database) -> None:
    (await clinic.http.put("/policies/default", json={"therapist_sessions_a_day": 1})).raise_for_status()
    booking_request = BookingRequest(
        client_id=ClientId(UUID(clinic.client_id)),
        therapist_id=TherapistId(UUID(clinic.therapist_id)),
        service_id=ServiceId(UUID(str(clinic.service_id))),
        site_id=SiteId(UUID(str(clinic.site_id))),
        starts_at=clinic.monday,
    )
    other_client = await clinic.new_client("Client of the other replica")
    async with replica.transaction() as tx:
        [booked] = await use_cases.book([actions.Book(SessionId(new_id()), booking_request)], tx, AGAIN)
        assert isinstance(booked, Session)
        later = (clinic.monday + timedelta(hours=3)).isoformat()
        asking = asyncio.create_task(clinic.book(client_id=other_client, starts_at=later))

        async def waits() -> bool:
            async with replica.reading() as db:
                return bool(await db.scalar(WAITING))

        await until(waits)
    answer = await asking
    assert answer.status_code == 422, answer.text
    assert [error["code"] for error in answer.json()["errors"]] == ["therapist-daily-maximum"]
