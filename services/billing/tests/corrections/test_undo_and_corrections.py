"""An undone completion next to what people do with its record meanwhile: claims, replacements and voids."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from back_office import Clinic, Json, complete
from billing.claims import use_cases as claims_use_cases
from billing.corrections import use_cases as corrections_use_cases
from billing.corrections.schemas import NewReplacement
from billing.records.schemas import NewVoid
from billing.settings import Settings
from chassis.data.database import Database, Transaction
from claims.test_claims import ADLER, HERE, LAST_WEEK, WEBER, ask, claim, deny, listed, open_books, refused, see
from contracts.scheduling import SessionCompleted, SessionFact, SessionRestored, SessionStatus, UndoneStep
from contracts.types import ClientId, RecordId, new_id
from insurer import database
from pydantic import SecretStr
from testing import until

Step = Callable[[RecordId, Transaction], Awaitable[object]]
STEPS: Final[dict[str, Step]] = {
    "void": lambda key, tx: claims_use_cases.void(key, NewVoid(reason="by mistake"), "ines", LAST_WEEK, tx),
    "replace": lambda key, tx: corrections_use_cases.replace_record(
        key, NewReplacement(reason="minutes", minutes=58), "ines", ZoneInfo("UTC"), tx
    ),
}


def restored(session: SessionCompleted) -> SessionRestored:
    """Report that the completion of a session was undone."""
    facts = {name: getattr(session, name) for name in SessionFact.model_fields if name not in {"status", "version"}}
    steps = {"undone": UndoneStep.COMPLETION, "rate_per_unit": session.rate_per_unit}
    return SessionRestored(**facts, status=SessionStatus.BOOKED, version=session.version + 1, **steps)


def again(session: SessionCompleted) -> SessionCompleted:
    """Complete a session after an undo."""
    return session.model_copy(update={"version": session.version + 2})


async def all_voided(clinic: Clinic, session: SessionCompleted) -> list[Json]:
    """Return a session's records once none of them counts."""
    records = await clinic.records(session_id=session.session_id)
    return records if all(record["payment_status"] == "voided" for record in records) else []


async def test_after_an_undo_the_next_claim_replaces_the_one_that_stands(clinic: Clinic) -> None:
    await open_books(clinic)
    usual = {"client_id": WEBER, "therapist_id": ADLER, "site_id": HERE, "day": LAST_WEEK, "insurance_applicable": True}
    session = complete(clinic.catalog["90837"], **usual)
    await clinic.say(session)
    [record] = await clinic.count(1, session_id=session.session_id)
    [first] = (await claim(clinic, record))["claims"]
    await clinic.say(restored(session), again(session))
    [anew] = [each for each in await clinic.count(2, session_id=session.session_id) if each["id"] != record["id"]]
    assert (anew["revision"], anew["replaces_id"]) == (2, record["id"])
    assert refused(await ask(clinic, anew)) == [(anew["id"], "PAYER_REFERENCE_MISSING")]
    await deny(clinic, first)
    [second] = (await claim(clinic, anew))["claims"]
    assert (second["frequency"], second["replaces_id"], second["payer_reference"]) == ("7", first["id"], "ICN-9")
    assert [each["status"] for each in await listed(clinic, record_id=record["id"])] == ["replaced"]


async def to_withdraw(clinic: Clinic) -> list[str]:
    """Return the claims that are listed as to be withdrawn."""
    return [each["id"] for each in await listed(clinic, to_be_withdrawn=True) if each["to_be_withdrawn"]]


async def test_a_claim_whose_record_was_voided_is_named_and_listed_until_it_is_withdrawn(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    [sent] = (await claim(clinic, record))["claims"]
    assert await to_withdraw(clinic) == []
    newer = await clinic.post(record, "replace", reason="minutes", minutes=58)
    assert await to_withdraw(clinic) == []
    voided = await clinic.post(newer, "void", reason="by mistake")
    [standing] = voided["claims_to_withdraw"]
    assert (standing["claim_id"], standing["record_id"], standing["status"]) == (sent["id"], record["id"], "submitted")
    assert "frequency 8" in standing["fix"]
    assert await to_withdraw(clinic) == [sent["id"]]
    assert [each["id"] for each in await listed(clinic, record_id=newer["id"], revisions=True)] == [sent["id"]]
    await claim(clinic, record, frequency="8", payer_references={record["id"]: "ICN-9"})
    assert await to_withdraw(clinic) == []


async def test_a_claim_of_an_undone_session_is_to_be_withdrawn_unless_its_client_attends_the_next_one(clinic: Clinic) -> None:
    await open_books(clinic)
    usual = {"client_id": WEBER, "therapist_id": ADLER, "site_id": HERE, "day": LAST_WEEK, "insurance_applicable": True}
    session = complete(clinic.catalog["90837"], **usual)
    await clinic.say(session)
    [record] = await clinic.count(1, session_id=session.session_id)
    [sent] = (await claim(clinic, record))["claims"]
    await clinic.say(restored(session))
    await until(lambda: all_voided(clinic, session))
    assert await to_withdraw(clinic) == [sent["id"]]
    other = again(session).model_copy(update={"client_id": ClientId(new_id())})
    await clinic.say(other)
    await clinic.count(2, session_id=session.session_id)
    assert await to_withdraw(clinic) == [sent["id"]]
    undone = restored(other).model_copy(update={"version": other.version + 1})
    await clinic.say(undone, other.model_copy(update={"client_id": WEBER, "version": other.version + 2}))
    await clinic.count(3, session_id=session.session_id)
    assert await to_withdraw(clinic) == []


@pytest.mark.parametrize("step", STEPS)
async def test_an_undo_that_meets_a_correction_leaves_no_record_that_counts(clinic: Clinic, step: str) -> None:
    session = complete(clinic.catalog["90837"])
    await clinic.say(session)
    [record] = await clinic.count(1, session_id=session.session_id)
    beside = Database(Settings(database_url=SecretStr(clinic.database_url), broker_url=SecretStr("amqp://nobody")))
    async with beside.transaction() as tx, database(clinic) as connection:
        await STEPS[step](RecordId(UUID(record["id"])), tx)
        await tx.flush()
        await clinic.say(restored(session))
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        await until(lambda: connection.fetchval(waiting))
    await beside.close()
    await until(lambda: all_voided(clinic, session))
    await clinic.say(again(session))
    await clinic.count(2 if step == "void" else 3, session_id=session.session_id)
    parked = (await clinic.billing.get("/operations/parked")).json()["items"]
    assert [each["type"] for each in parked if each["where"] == "inbox"] == []
