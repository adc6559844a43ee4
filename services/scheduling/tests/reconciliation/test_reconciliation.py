"""One comparison of everything is under way at a time, a page after the other."""

import asyncio
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import asyncpg
import pytest
from chassis.data.database import Database
from contracts.billing import CompareRecords, RecordsCompared
from contracts.rooms import CompareHolds, HoldDifference, HoldDifferenceKind, HoldsCompared
from contracts.types import HoldId, SessionId
from front_desk import Clinic
from pydantic import SecretStr
from scheduling.reconciliation import use_cases
from scheduling.settings import Settings
from testing import until

Page = TypeVar("Page", CompareHolds, CompareRecords)


async def page_of(pages: list[Page], number: int) -> Page:
    """Wait for so many pages and return the last of these."""

    async def sent() -> bool:
        return len(pages) >= number

    await until(sent)
    return pages[number - 1]


async def compared(clinic: Clinic, holds: CompareHolds, records: CompareRecords) -> None:
    """Answer a page of each owner: nothing differs."""
    await clinic.rooms.say(HoldsCompared(comparison_id=holds.comparison_id, page=holds.page, upto=holds.upto, differences=()))
    await clinic.rooms.say(RecordsCompared(comparison_id=records.comparison_id, page=records.page, upto=records.upto, differences=()))


async def test_whoever_requests_a_comparison_while_one_is_under_way_is_given_the_one_that_follows(clinic: Clinic) -> None:
    holds, records = await clinic.rooms.listen(CompareHolds), await clinic.rooms.listen(CompareRecords)
    first = (await clinic.http.post("/reconciliations", json={"repair": False})).json()
    begun = await page_of(holds, 1), await page_of(records, 1)
    answers = await asyncio.gather(*(clinic.http.post("/reconciliations", json={"repair": number == 3}) for number in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    [waiting] = {answer.json()["id"] for answer in answers}
    assert waiting != first["id"]
    shown = (await clinic.http.get(f"/reconciliations/{waiting}")).json()
    assert (shown["is_waiting"], shown["repair"], shown["holds_page"]) == (True, True, 0)

    await compared(clinic, *begun)
    await compared(clinic, await page_of(holds, 2), await page_of(records, 2))
    assert [str(page.comparison_id) for page in holds] == [str(page.comparison_id) for page in records] == [first["id"], waiting]

    async def complete() -> bool:
        found = [(await clinic.http.get(f"/reconciliations/{each}")).json() for each in (first["id"], waiting)]
        return all(each["is_complete"] and not each["is_waiting"] for each in found)

    await until(complete)


async def test_the_next_comparison_does_not_begin_while_a_page_of_the_one_before_is_recorded(clinic: Clinic, broker_url: str) -> None:
    holds = await clinic.rooms.listen(CompareHolds)
    first = (await clinic.http.post("/reconciliations")).json()["id"]
    await page_of(holds, 1)
    waiting = (await clinic.http.post("/reconciliations")).json()["id"]
    settings = Settings(database_url=SecretStr(clinic.database_url), broker_url=SecretStr(broker_url))
    database, recording = Database(settings), await asyncpg.connect(clinic.database_url.replace("+asyncpg", ""))
    async with recording.transaction():
        await recording.execute("SELECT FROM comparison WHERE id = $1 FOR UPDATE", first)
        async with database.transaction() as tx:
            assert await use_cases.advance(tx) == 0
    await recording.close()
    await database.close()
    assert (await clinic.http.get(f"/reconciliations/{waiting}")).json()["is_waiting"]


async def test_a_comparison_that_lost_an_answer_keeps_the_next_one_waiting_only_for_a_while(clinic: Clinic) -> None:
    holds = await clinic.rooms.listen(CompareHolds)
    await clinic.http.post("/reconciliations")
    await page_of(holds, 1)
    waiting = (await clinic.http.post("/reconciliations")).json()["id"]
    connection = await asyncpg.connect(clinic.database_url.replace("+asyncpg", ""))
    await connection.execute("UPDATE comparison SET started_at = now() - interval '7 hours'")
    await connection.close()
    assert str((await page_of(holds, 2)).comparison_id) == waiting


async def test_a_page_that_was_lost_is_sent_again_and_its_differences_count_once(clinic: Clinic) -> None:
    holds, records = await clinic.rooms.listen(CompareHolds), await clinic.rooms.listen(CompareRecords)
    comparison = (await clinic.http.post("/reconciliations", json={"repair": False})).json()["id"]
    first, bills = await page_of(holds, 1), await page_of(records, 1)
    connection = await asyncpg.connect(clinic.database_url.replace("+asyncpg", ""))
    await connection.execute("UPDATE comparison SET holds_sent_at = holds_sent_at - interval '1 hour'")
    await connection.close()
    assert await page_of(holds, 2) == first
    assert records == [bills]

    orphan = HoldDifference(kind=HoldDifferenceKind.ORPHAN, hold_id=HoldId(uuid4()), session_id=SessionId(uuid4()))
    for _ in range(2):  # rooms answers both
        await clinic.rooms.say(HoldsCompared(comparison_id=first.comparison_id, page=first.page, upto=None, differences=(orphan,)))
    await clinic.rooms.say(RecordsCompared(comparison_id=bills.comparison_id, page=bills.page, upto=None, differences=()))

    async def complete() -> bool:
        found = (await clinic.http.get(f"/reconciliations/{comparison}")).json()
        return found["is_complete"] and len(found["differences"]) == 1

    await until(complete)


async def test_the_next_page_begins_after_the_last_session_of_the_one_before(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "PAGE", 2)
    for hour in range(3):
        requested = len(clinic.rooms.requests)
        await clinic.book(starts_at=(clinic.monday + timedelta(hours=hour)).isoformat())

        async def request(requested: int = requested) -> bool:
            return len(clinic.rooms.requests) > requested

        await until(request)
        await clinic.rooms.grant(clinic.rooms.requests[-1])
    holds, records = await clinic.rooms.listen(CompareHolds), await clinic.rooms.listen(CompareRecords)
    await clinic.http.post("/reconciliations")
    one, bills = await page_of(holds, 1), await page_of(records, 1)
    await compared(clinic, one, bills)
    other = await page_of(holds, 2)
    assert (one.after, one.upto == other.after, other.page, other.upto) == (None, True, 2, None)
    found = [hold.session_id for page in (one, other) for hold in page.holds]
    assert (len(found), len(set(found)), bills.upto) == (3, 3, None)
