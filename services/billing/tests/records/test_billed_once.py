"""A family or couple session is billed once, to the client for whom it is booked; a group session to each client who attended."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from back_office import MONDAY, Clinic, Json, complete, cover, fact, payer
from billing.reconciliation.use_cases import Recorded, differ
from contracts.billing import CompareRecords, CompletedSession
from contracts.catalog import BilledPer
from contracts.scheduling import SessionCompleted, SessionFact, SessionNoShow, SessionRestored, SessionStatus, UndoneStep
from contracts.types import ClientId, ComparisonId, RecordId, SessionId, new_id


def clients(count: int) -> tuple[ClientId, ...]:
    return tuple(ClientId(new_id()) for _ in range(count))


async def test_a_couple_session_makes_one_record_of_the_client_for_whom_it_is_booked(clinic: Clinic) -> None:
    patient, partner = clients(2)
    session = complete(clinic.catalog["90847"], client_id=patient, client_ids=(patient, partner), primary_client_id=patient)
    await clinic.say(session, session)
    await clinic.bill()
    [record] = await clinic.records(session_id=session.session_id)
    assert (record["client_id"], record["total_amount"], record["billed_per"]) == (str(patient), "165.00", "session")


async def test_a_family_session_without_the_patient_is_billed_to_the_patient(clinic: Clinic) -> None:
    patient, parent = clients(2)
    await cover(clinic, patient, await payer(clinic, c90846="120.00"))
    facts = {"client_id": parent, "client_ids": (parent,), "primary_client_id": patient, "insurance_applicable": True}
    record = await clinic.bill("90846", **facts)
    assert (record["client_id"], record["insurance_covered"], record["allowed_amount"]) == (str(patient), True, "120.00")


async def test_a_couple_session_without_the_patient_says_which_code_is_for_that(clinic: Clinic) -> None:
    patient, partner = clients(2)
    await cover(clinic, patient, await payer(clinic, c90846="120.00", c90847="130.00"))
    facts = {"client_id": partner, "client_ids": (partner,), "primary_client_id": patient, "insurance_applicable": True}
    record = await clinic.bill("90847", **facts)
    [flag] = record["flags"]
    assert (record["client_id"], flag["code"], flag["severity"]) == (str(patient), "PATIENT_ABSENT", "error")
    assert "90846" in flag["suggestion"]
    [checked] = (await clinic.billing.post("/claims/check", json={"record_ids": [record["id"]]})).json()["items"]
    assert flag in checked["findings"]
    again = await clinic.post(record, "replace", reason="by video", modality="video")
    assert [each["code"] for each in again["flags"]] == ["PATIENT_ABSENT"]
    right = await clinic.post(again, "replace", reason="the patient was absent", service_code="90846")
    assert (right["allowed_amount"], right["flags"]) == ("120.00", [])


async def test_a_group_session_makes_a_record_of_each_client_who_attended(clinic: Clinic) -> None:
    attended = clients(3)
    session = complete(clinic.catalog["90853"], client_id=attended[0], client_ids=attended, primary_client_id=attended[0])
    await clinic.say(session)
    records = await clinic.count(3, session_id=session.session_id)
    assert {record["client_id"] for record in records} == {str(client) for client in attended}


async def test_a_couple_that_does_not_come_is_charged_one_fee(clinic: Clinic) -> None:
    patient, partner = clients(2)
    facts = fact(clinic, "90847", client_id=patient, client_ids=(patient, partner), status=SessionStatus.NO_SHOW)
    await clinic.say(SessionNoShow(**facts))
    [fee] = await clinic.count(1, session_id=facts["session_id"])
    await clinic.bill()
    assert (await clinic.records(session_id=facts["session_id"])) == [fee]
    assert (fee["client_id"], fee["service_code"]) == (str(patient), "NOSHOW")


async def test_a_session_that_was_billed_once_stays_so_when_its_service_is_billed_otherwise_later(clinic: Clinic) -> None:
    patient, partner = clients(2)
    session = complete(clinic.catalog["90847"], client_id=patient, client_ids=(patient, partner), primary_client_id=patient)
    await clinic.say(session)
    await clinic.count(1, session_id=session.session_id)
    changed = clinic.catalog["90847"].model_copy(update={"billed_per": BilledPer.CLIENT, "version": 2})
    await clinic.say(changed, session.model_copy(update={"session_id": SessionId(new_id())}), session)
    await clinic.bill()
    assert len(await clinic.records(session_id=session.session_id)) == 1


def restored(session: SessionCompleted, version: int) -> SessionRestored:
    """Report that the completion of a session was undone."""
    facts = {name: getattr(session, name) for name in SessionFact.model_fields if name not in {"status", "version"}}
    steps = {"undone": UndoneStep.COMPLETION, "rate_per_unit": session.rate_per_unit}
    return SessionRestored(**facts, status=SessionStatus.BOOKED, version=version, **steps)


@pytest.mark.parametrize("billed_per", list(BilledPer))
async def test_after_an_undo_a_session_is_billed_by_its_new_completion(clinic: Clinic, billed_per: BilledPer) -> None:
    left, patient, partner = clients(3)
    session = complete(clinic.catalog["90847"], client_id=left, client_ids=(left, patient), primary_client_id=left)
    await clinic.say(session)
    await clinic.count(1, session_id=session.session_id)
    await clinic.say(restored(session, 4))
    if billed_per is BilledPer.CLIENT:
        await clinic.say(clinic.catalog["90847"].model_copy(update={"billed_per": billed_per, "version": 2}))
    await clinic.bill()
    those = {"client_id": patient, "client_ids": (patient, partner), "primary_client_id": patient}
    again = session.model_copy(update={**those, "version": 5})
    await clinic.say(again, again)
    await clinic.bill()
    counting = [record["client_id"] for record in await clinic.records(session_id=session.session_id) if record["balance"] != "0.00"]
    expected = [patient] if billed_per is BilledPer.SESSION else [patient, partner]
    assert sorted(counting) == sorted(str(client) for client in expected)


def test_the_comparison_asks_for_no_second_record_of_a_session_that_was_billed_once() -> None:
    (patient, partner), session = clients(2), SessionId(new_id())
    page = CompareRecords(
        comparison_id=ComparisonId(new_id()),
        page=1,
        sessions=(CompletedSession(session_id=session, client_ids=(patient, partner)),),
        after=None,
        upto=None,
    )
    record = Recorded(RecordId(new_id()), datetime(2026, 3, 2, tzinfo=UTC), BilledPer.SESSION)
    assert list(differ(page, {(session, patient): record})) == []
    assert [found.client_id for found in differ(page, {(session, patient): replace(record, billed_per=BilledPer.CLIENT)})] == [partner]
    other = SessionId(new_id())
    assert [found.session_id for found in differ(page, {(session, patient): record, (other, patient): record})] == [other]


async def test_crisis_units_beyond_the_documented_minutes_are_flagged(clinic: Clinic) -> None:
    crisis = clinic.catalog["90839"]
    more = {"service_id": clinic.catalog["90840"].id, "service_code": "90840", "rate_per_unit": "100.00"}
    found = {}
    for minutes, units in ((30, 3), (134, 3), (135, 3), (164, 3), (165, 3), (75, 1), (74, 1)):
        record = await clinic.bill("90839", minutes=minutes, add_ons=({**more, "units": units},), day=MONDAY)
        found[minutes, units] = [flag["message"] for flag in record["flags"]]
    assert crisis.max_minutes == 74
    assert {key for key, messages in found.items() if messages} == {(30, 3), (134, 3), (165, 3), (74, 1)}
    assert found[30, 3] == ["90839 with 3 x 90840 covers 135 to 164 minutes, but the session took 30."]


async def test_hours_of_test_evaluation_beyond_the_documented_minutes_are_flagged(clinic: Clinic) -> None:
    more = {"service_id": clinic.catalog["96131"].id, "service_code": "96131", "rate_per_unit": "125.00", "units": 2}
    found = {minutes: (await clinic.bill("96130", minutes=minutes, add_ons=(more,)))["flags"] for minutes in (60, 150, 151, 300)}
    assert {minutes for minutes, flags in found.items() if flags} == {60, 150}


async def test_two_individual_codes_of_one_client_on_one_day_are_flagged(clinic: Clinic) -> None:
    [client] = clients(1)
    long = clinic.catalog["90837"].model_copy(update={"excludes_same_day": ("90834",), "version": 2})
    await clinic.say(long)
    first = await clinic.bill("90834", client_id=client)
    second = await clinic.bill("90837", client_id=client)
    assert [flag["code"] for flag in second["flags"]] == ["SAME_DAY_CONFLICT"]

    async def is_refused_for_it() -> bool:
        [checked] = (await clinic.billing.post("/claims/check", json={"record_ids": [second["id"]]})).json()["items"]
        return "SAME_DAY_CONFLICT" in {finding["code"] for finding in checked["findings"]}

    assert await is_refused_for_it()
    await clinic.post(first, "void", reason="only the longer one is billed")
    assert not await is_refused_for_it(), "what it excluded is not billed any more"


async def test_a_claim_is_judged_by_what_is_billed_on_its_day_by_then(clinic: Clinic) -> None:
    [client] = clients(1)

    async def found(record: Json) -> set[str]:
        [checked] = (await clinic.billing.post("/claims/check", json={"record_ids": [record["id"]]})).json()["items"]
        return {finding["code"] for finding in checked["findings"]} & {"ADD_ON_WITHOUT_PRIMARY", "UNITS_EXCEED_MAX"}

    primary = await clinic.bill("90839", client_id=client)
    more = await clinic.bill("90840", client_id=client)
    assert (more["flags"], await found(more)) == ([], set())
    again = await clinic.post(primary, "replace", reason="it was no crisis", service_code="90834")
    assert await found(more) == {"ADD_ON_WITHOUT_PRIMARY"}, "what it was billed with is not billed any more"
    await clinic.post(again, "replace", reason="it was a crisis", service_code="90839")
    assert await found(more) == set()
    once = clinic.catalog["90834"].model_copy(update={"max_units_per_day": 1, "version": 2})
    await clinic.say(once)
    [other] = clients(1)
    first, second = await clinic.bill("90834", client_id=other), await clinic.bill("90834", client_id=other)
    assert (await found(first), await found(second)) == (set(), {"UNITS_EXCEED_MAX"})
    await clinic.post(first, "void", reason="entered twice")
    assert await found(second) == set()
