"""A page of scheduling's sessions is compared with the holds in the database, and answered with what differs."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import pytest
from chassis.data.database import Database
from contracts.rooms import CompareHolds, HoldDifferenceKind, HoldsCompared, StandingHold
from contracts.types import ComparisonId, HoldId, RoomId, SessionId, SiteId, new_id
from pydantic import SecretStr
from requester import at
from rooms.reconciliation.use_cases import compare_holds
from rooms.settings import Settings
from sqlalchemy import text

ADD: Final = text("""
    INSERT INTO hold (id, session_id, site_id, room_id, starts_at, ends_at, occupied_until, status, alternatives, created_at, updated_at)
    SELECT :hold_id, :session_id, :site_id, :room_id, :starts_at, :ends_at, :ends_at, :status, '[]', written, written
    FROM (SELECT now() - interval '1 hour' AS written) AS long_ago
""")
ANSWERED: Final = text("SELECT body FROM outbox WHERE type = 'rooms.holds_compared.v1' ORDER BY id")
"""What is sent stands in the outbox until a broker takes it."""
SITE: Final = SiteId(new_id())
ROOM: Final = RoomId(new_id())


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Write to the database of rooms without any service beside."""
    database = Database(Settings(database_url=SecretStr(database_url), broker_url=SecretStr("amqp://nobody")))
    yield database
    await database.close()


def stated(hour: float) -> StandingHold:
    """Return what a new session stands on, for an hour."""
    return StandingHold(hold_id=HoldId(new_id()), session_id=SessionId(new_id()), room_id=ROOM, starts_at=at(hour), ends_at=at(hour + 1))


async def keep(database: Database, hold: StandingHold, **other: Any) -> None:
    """Keep a confirmed hold as it is stated, but for what is other; it was written long before the comparison."""
    async with database.transaction() as tx:
        await tx.execute(ADD, {**hold.model_dump(), "site_id": SITE, "status": "confirmed", **other})


async def compared(database: Database, *pages: CompareHolds) -> list[HoldsCompared]:
    """Compare pages in one transaction and return what is sent."""
    async with database.transaction() as tx:
        await compare_holds(pages, tx)
    async with database.reading() as db:
        return [HoldsCompared.model_validate_json(row.body) for row in await db.rows(ANSWERED)]


def page_of(holds: Sequence[StandingHold], number: int = 1, **bounds: SessionId) -> CompareHolds:
    """Write a page of a comparison, of all sessions but for the bounds."""
    return CompareHolds.model_validate(
        {"comparison_id": ComparisonId(new_id()), "page": number, "after": None, "upto": None, **bounds, "holds": tuple(holds)}
    )


async def test_what_differs_is_named_in_the_order_of_the_page_and_orphans_after_it(database: Database) -> None:
    same, missing, later, moved, unconfirmed, orphan = [stated(hour) for hour in (8, 9, 10, 12, 13, 14)]
    await keep(database, same)
    await keep(database, missing, status="released")
    await keep(database, later, starts_at=at(10.5), ends_at=at(11.5))
    await keep(database, moved, room_id=RoomId(new_id()))
    await keep(database, unconfirmed, status="held")
    await keep(database, orphan)
    page = page_of([unconfirmed, same, moved, missing, later])
    [answer] = await compared(database, page)
    assert (answer.comparison_id, answer.page, answer.upto) == (page.comparison_id, 1, None)
    assert [(each.kind, each.hold_id, each.session_id) for each in answer.differences] == [
        (HoldDifferenceKind.UNCONFIRMED, unconfirmed.hold_id, unconfirmed.session_id),
        (HoldDifferenceKind.ELSEWHERE, moved.hold_id, moved.session_id),
        (HoldDifferenceKind.MISSING, missing.hold_id, missing.session_id),
        (HoldDifferenceKind.ELSEWHERE, later.hold_id, later.session_id),
        (HoldDifferenceKind.ORPHAN, orphan.hold_id, orphan.session_id),
    ]


async def test_a_hold_is_an_orphan_of_the_page_that_its_session_belongs_to(database: Database) -> None:
    first, second, third = sorted((stated(hour) for hour in (8, 9, 10)), key=lambda hold: hold.session_id)
    for hold in (first, second, third):
        await keep(database, hold)
    pages = page_of([first], upto=second.session_id), page_of([], 2, after=second.session_id)
    assert [[each.session_id for each in answer.differences] for answer in await compared(database, *pages)] == [
        [second.session_id],
        [third.session_id],
    ]
