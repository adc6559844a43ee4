"""Every completed session becomes exactly one record, however often and in whatever order it is received."""

import asyncio
from datetime import timedelta

from back_office import MONDAY, Clinic, Json, complete
from contracts.types import ClientId, SiteId, new_id

CREATED = "billing.record_created.v1"


def flags(record: Json) -> list[str]:
    return [flag["code"] for flag in record["flags"]]


async def test_a_completed_session_becomes_a_record_at_the_price_that_was_promised(clinic: Clinic) -> None:
    session = complete(clinic.catalog["90837"], rate_per_unit="175.00")
    await clinic.say(session)
    [record] = await clinic.count(1, session_id=session.session_id)
    assert {name: record[name] for name in ("total_amount", "patient_amount", "balance", "payment_status", "minutes", "flags")} == {
        "total_amount": "175.00",
        "patient_amount": "175.00",
        "balance": "175.00",
        "payment_status": "pending",
        "minutes": 60,
        "flags": [],
    }
    assert record["client_id"] == str(session.client_id)
    assert record["service_date"] == str(MONDAY)
    ledger = await clinic.ledger(record)
    assert [transaction["kind"] for transaction in ledger["items"]] == ["charge"]
    assert ledger["balances"] == {"patient_ar": "175.00", "revenue": "-175.00"}


async def test_a_new_record_is_announced(clinic: Clinic) -> None:
    record = await clinic.bill()
    [stated] = await clinic.receives(CREATED)
    assert (stated["record_id"], stated["session_id"], stated["total_amount"]) == (record["id"], record["session_id"], "185.00")
    assert stated["site_id"] == record["site_id"]


async def test_a_session_that_is_told_again_has_one_record(clinic: Clinic) -> None:
    session, event_id = complete(clinic.catalog["90834"]), new_id()
    for _ in range(3):
        await clinic.say(session, event_id=event_id)
    await clinic.say(*[session] * 20)
    last = await clinic.bill()
    assert len(await clinic.records(session_id=session.session_id)) == 1
    await clinic.say(session)
    await clinic.bill()
    assert len(await clinic.records(session_id=session.session_id)) == 1
    await clinic.receives(CREATED, 3)
    assert [stated["session_id"] for stated in clinic.published(CREATED)].count(str(session.session_id)) == 1
    assert last["session_id"] != str(session.session_id)


async def test_records_are_listed_and_summed_for_one_site(clinic: Clinic) -> None:
    client, here, there = ClientId(new_id()), SiteId(new_id()), SiteId(new_id())
    wanted = await clinic.bill("90837", client_id=client, site_id=here)
    await clinic.bill("90834", client_id=client, site_id=there)
    assert [record["id"] for record in await clinic.records(site_id=here)] == [wanted["id"]]
    totals = await clinic.billing.get("/records/totals", params={"site_id": str(here)})
    assert totals.json() == {"count": 1, "balance": "185.00"}


async def test_a_burst_of_sessions_and_repetitions_has_one_record_each(clinic: Clinic) -> None:
    sessions = [complete(clinic.catalog[code]) for code in ("90832", "90834", "90837", "90834+90837", "INTRO15") for _ in range(20)]
    await asyncio.gather(*(clinic.say(session) for session in [*sessions, *reversed(sessions)]))
    records = await clinic.count(len(sessions))
    await clinic.receives(CREATED, len(sessions))
    assert {record["session_id"] for record in records} == {str(session.session_id) for session in sessions}
    assert len(records) == len(clinic.published(CREATED)) == len(sessions)


async def test_a_session_whose_service_is_not_known_yet_is_billed_all_the_same(strangers_clinic: Clinic) -> None:
    clinic = strangers_clinic
    record = await clinic.bill("90837")
    assert (record["total_amount"], flags(record)) == ("185.00", ["SERVICE_UNKNOWN"])
    extended = await clinic.bill("90834+90837", insurance_applicable=True)
    assert flags(extended) == ["COMPOSITE_NOT_CLAIMABLE", "SERVICE_UNKNOWN"]
    await clinic.know_the_catalog()
    assert flags(await clinic.bill("90837")) == []


async def test_billing_that_knows_no_service_asks_for_all_of_them(strangers_clinic: Clinic) -> None:
    assert await strangers_clinic.receives("catalog.announce_services.v1") == [{}]


async def test_an_older_version_of_a_service_is_not_believed(clinic: Clinic) -> None:
    service = clinic.catalog["90837"]
    newer = service.model_copy(update={"version": 3, "max_units_per_day": None})
    await clinic.say(newer, service.model_copy(update={"version": 2}), service)
    await clinic.bill()
    assert (await clinic.preview("90837", units=2))["flags"] == []


async def test_an_extended_session_is_billed_as_its_two_codes(clinic: Clinic) -> None:
    record = await clinic.bill("90834+90837")
    assert [(line["service_code"], line["amount"]) for line in record["lines"]] == [("90834", "140.00"), ("90837", "185.00")]
    assert (record["service_code"], record["total_amount"], record["flags"]) == ("90834+90837", "325.00", [])


async def test_insurance_without_a_coverage_on_file_is_billed_to_the_client_and_flagged(clinic: Clinic) -> None:
    record = await clinic.bill("90837", insurance_applicable=True)
    assert (record["patient_amount"], record["insurance_amount"], record["insurance_covered"]) == ("185.00", "0.00", False)
    assert flags(record) == ["NO_COVERAGE"]
    composite = await clinic.bill("90834+90837", insurance_applicable=True)
    assert (composite["patient_amount"], flags(composite)) == ("325.00", ["COMPOSITE_NOT_CLAIMABLE"])
    assert composite["flags"][0]["severity"] == "error"
    assert "90837" in composite["flags"][0]["suggestion"]


async def test_minutes_that_belong_to_another_code_are_flagged_and_the_code_is_kept(clinic: Clinic) -> None:
    record = await clinic.bill("90834", minutes=55)
    assert (record["service_code"], record["total_amount"], flags(record)) == ("90834", "140.00", ["MINUTES_CODE_MISMATCH"])
    assert "90837" in record["flags"][0]["suggestion"]


async def test_a_second_unit_on_a_day_and_a_lonely_add_on_are_flagged(clinic: Clinic) -> None:
    client = ClientId(new_id())
    assert flags(await clinic.bill("90785")) == ["ADD_ON_WITHOUT_PRIMARY"]
    assert flags(await clinic.bill("90837", client_id=client)) == []
    assert flags(await clinic.bill("90785", client_id=client)) == []
    assert flags(await clinic.bill("90837", client_id=client)) == ["UNITS_EXCEED_MAX"]
    assert flags(await clinic.bill("90837", client_id=client, day=MONDAY + timedelta(days=1))) == []


async def test_records_are_found_by_session_client_status_and_date_page_by_page(clinic: Clinic) -> None:
    client = ClientId(new_id())
    days = [MONDAY + timedelta(days=offset) for offset in range(5)]
    for day in days:
        await clinic.bill("90834", client_id=client, day=day)
    paid = await clinic.pay(await clinic.bill("90832"), "95.00")
    assert [record["service_date"] for record in await clinic.records(client_id=client)] == [str(day) for day in reversed(days)]
    assert [record["id"] for record in await clinic.records(payment_status="paid")] == [paid["id"]]
    within = await clinic.records(**{"client_id": client, "from": str(days[1]), "to": str(days[3])})
    assert [record["service_date"] for record in within] == [str(days[3]), str(days[2]), str(days[1])]
    assert [record["id"] for record in await clinic.records(open=False)] == [paid["id"]]
    assert {record["client_id"] for record in await clinic.records(open=True)} == {str(client)}
    totals = await clinic.billing.get("/records/totals", params={"client_id": str(client), "from": str(days[1])})
    assert totals.json() == {"count": 4, "balance": "560.00"}
    seen: list[str] = []
    cursor: str | None = None
    while len(seen) < 6:
        page = (await clinic.billing.get("/records", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [record["id"] for record in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert len(set(seen)) == 6
