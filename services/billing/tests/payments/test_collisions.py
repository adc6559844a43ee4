"""Several people write to the same records, or write the same for the first time, at one moment."""

import asyncio
from collections.abc import Awaitable
from typing import Final
from uuid import UUID

import pytest
from back_office import Clinic
from claims.test_claims import HARBOR, JONAS, NETWORK, RUTH
from contracts.types import ClientId, new_id
from httpx import Response
from insurer import Claimed, answer, as_expected, claim, database, write_835
from testing import until

WAITING: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
LOCK: Final = "SELECT 1 FROM record WHERE id = $1 FOR UPDATE"
AT_ONCE: Final = 3
SIX: Final = 6
FIRST_SAVED: Final = {
    "/organization": NETWORK,
    f"/facilities/{new_id()}": {"facility_name": "Harbor Street", "address": HARBOR, "place_of_service": "11"},
    f"/providers/{new_id()}": RUTH,
    f"/clients/{new_id()}/profile": JONAS,
}


async def replaced(clinic: Clinic) -> tuple[Claimed, str]:
    """Return a claimed record that its insurer has paid, and the record that took its place."""
    claimed = await claim(clinic)
    sent = await clinic.billing.post(
        "/remittances", content=write_835([as_expected(claimed.control_number)], trace=f"EFT-{new_id().hex[-12:]}")
    )
    assert sent.is_success, sent.text
    return claimed, (await clinic.post(claimed.record, "replace", reason="minutes"))["id"]


@pytest.mark.parametrize("step", ["replace", "credits"])
async def test_whoever_writes_to_a_record_locks_the_one_that_it_replaced_first(clinic: Clinic, step: str) -> None:
    claimed, newer = await replaced(clinic)
    other = await clinic.bill("90837", client_id=ClientId(UUID(claimed.record["client_id"])))
    await clinic.pay({"id": newer}, "40.00")
    body = {"reason": "again"} if step == "replace" else {"amount": "1.00", "to_record_id": other["id"]}
    async with database(clinic) as connection:
        async with connection.transaction():
            await connection.execute(LOCK, claimed.record["id"])
            written = asyncio.create_task(clinic.billing.post(f"/records/{newer}/{step}", json=body))
            await until(lambda: connection.fetchval(WAITING))
            await connection.execute(f"{LOCK} NOWAIT", newer)
        answered = await written
    assert answered.status_code == 201, answered.text


async def test_corrections_of_a_replaced_record_meet_payments_for_its_claim_without_a_deadlock(clinic: Clinic) -> None:
    claimed, newer = await replaced(clinic)

    def paid() -> Awaitable[Response]:
        again = answer(claimed.control_number, "CO-45 30.00", "PR-3 25.00")
        return clinic.billing.post("/remittances", content=write_835([again], trace=f"EFT-{new_id().hex[-12:]}"))

    def corrected() -> Awaitable[Response]:
        return clinic.billing.post(f"/records/{newer}/replace", json={"reason": "again"})

    answers = await asyncio.gather(*(step() for _ in range(AT_ONCE) for step in (paid, corrected)))
    assert [answered.text for answered in answers if answered.status_code >= 500] == []
    assert sorted(answered.status_code for answered in answers[1::2]) == [201, 409, 409]
    async with database(clinic) as connection:
        assert await connection.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0


async def test_six_people_who_save_the_same_for_the_first_time_write_it_once(clinic: Clinic) -> None:
    for path, stated in FIRST_SAVED.items():
        answers = await asyncio.gather(*(clinic.billing.put(path, json=stated) for _ in range(SIX)))
        assert [answered.status_code for answered in answers] == [200] * SIX, path
        assert [answered.json()["version"] for answered in answers] == [1] * SIX, path
