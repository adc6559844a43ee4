"""What counts as a late cancellation is published in both versions of the message."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
from chassis.data.database import Database
from contracts.scheduling import AnnounceCancellationPolicy, CancellationPolicyStated, CancellationPolicyStatedV2
from front_desk import Clinic
from scheduling.policies import use_cases
from scheduling.policies.schemas import Rules
from scheduling.settings import Settings
from sqlalchemy import text
from testing import MakeDatabase, until


async def test_what_counts_as_a_late_cancellation_is_stated_in_both_versions_when_it_changes_and_when_somebody_asks(clinic: Clinic) -> None:
    stated = await clinic.rooms.listen(CancellationPolicyStatedV2)
    former = await clinic.rooms.listen(CancellationPolicyStated)
    own = f"/policies/services/{clinic.service_id}"
    (await clinic.http.put("/policies/default", json={"cancellation_window_minutes": 2880})).raise_for_status()
    (await clinic.http.put(own, json={"cancellation_window_minutes": 60})).raise_for_status()
    await clinic.rooms.say(AnnounceCancellationPolicy())

    async def thrice() -> bool:
        return len(stated) == len(former) == 3

    await until(thrice)
    (await clinic.http.delete(own)).raise_for_status()

    async def again() -> bool:
        return len(stated) == len(former) == 4

    await until(again)
    first = stated[0].version
    service = (clinic.service_id, 60)
    assert [(each.version - first, each.minutes, [(own.service_id, own.minutes) for own in each.services]) for each in stated] == [
        (0, 2880, []),
        (1, 2880, [service]),
        (1, 2880, [service]),
        (2, 2880, []),
    ]
    default = (None, 2880)
    assert [[(window.service_id, window.minutes) for window in each.windows] for each in former] == [
        [default],
        [default, service],
        [default, service],
        [default],
    ]


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    """Use scheduling's database without any service beside."""
    found = Database(Settings(service="scheduling", database_url=await make_database("scheduling"), broker_url="amqp://nowhere"))
    yield found
    await found.close()


async def test_a_statement_waits_for_a_change_that_is_under_way(database: Database) -> None:
    async def state() -> None:
        async with database.transaction() as tx:
            await use_cases.state_cancellation_policy((), tx)

    async with database.transaction() as tx:
        await use_cases.put_policy(None, Rules(cancellation_window_minutes=60), None, tx)
        requested = asyncio.create_task(state())
        await until(partial(_waits_for_a_lock, database))
    await requested
    async with database.reading() as db:
        rows = await db.rows(text("SELECT body FROM outbox WHERE type = :type ORDER BY id"), {"type": CancellationPolicyStatedV2.type})
    stated = [CancellationPolicyStatedV2.model_validate_json(row.body) for row in rows]
    assert [(each.version, each.minutes) for each in stated] == [(2, 60), (2, 60)]


async def _waits_for_a_lock(database: Database) -> bool:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    async with database.reading() as db:
        return bool((await db.rows(waiting))[0][0])
