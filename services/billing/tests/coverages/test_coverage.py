"""What a client is covered by decides who owes what, before the booking and after it alike."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from back_office import MONDAY, Clinic, complete, cover, fact, payer
from billing.payers import use_cases
from billing.pricing.amounts import Plan
from billing.pricing.terms import Fee, Used, contract_fee, remaining
from chassis.errors import Invalid
from contracts.scheduling import (
    CancellationPolicyStated,
    CancellationPolicyStatedV2,
    CancellationWindow,
    ServiceWindow,
    SessionBooked,
    SessionCancelled,
    SessionNoShow,
    SessionRescheduled,
    SessionStatus,
    Slot,
)
from contracts.types import ClientId, ServiceId, SessionId, new_id
from hypothesis import given
from hypothesis import strategies as st
from insurer import answer, claim, database
from remittances.test_remittances import receive
from testing import until

Json = dict[str, Any]
EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "billing_examples.json").read_text())
INSURED = [each for each in EXAMPLES if each.get("insurance") and each.get("plan") is not None and "contract_fee" in each]
LAST_DAY: Final = f"{MONDAY.year}-12-31"
"""What is left of a coverage that has ended is what was left in its last year, whenever the test runs."""
money = st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize("example", INSURED, ids=lambda each: each["id"])
async def test_the_worked_examples_come_out_to_the_cent_through_coverage_preview_and_record(clinic: Clinic, example: Json) -> None:
    code, fee = example["service_code"], example["contract_fee"]
    if fee is None or "+" in code or clinic.catalog[code].base_rate != Decimal(example["rate"]) or example.get("units", 1) != 1:
        pytest.skip("prices something else than a session of the demo catalog")
    client = ClientId(new_id())
    await cover(clinic, client, await payer(clinic, **{f"c{code}": fee}), **example["plan"])
    shown = await clinic.preview(code, client_id=str(client), insurance_applicable=True)
    record = await clinic.bill(code, client_id=client, insurance_applicable=True)
    expected = example["expect"]
    names = {"total": "total_amount", "allowed": "allowed_amount", "patient": "patient_amount", "insurer": "insurance_amount"}
    for what, amount in expected.items():
        name = names.get(what, what if what.endswith("adjustment") else f"{what}_amount")
        if name in shown:
            assert (shown[name], record[name]) == (amount, amount), name


async def test_what_records_take_from_a_plan_is_gone_for_the_next(clinic: Clinic) -> None:
    client = ClientId(new_id())
    plan = {"deductible_remaining": "200.00", "coinsurance_percent": "20", "visits_authorized": 2, "effective_to": LAST_DAY}
    plan |= {"out_of_pocket_remaining": "900.00"}
    await cover(clinic, client, await payer(clinic, c90837="150.00"), **plan)
    first, second = [await clinic.bill("90837", client_id=client, insurance_applicable=True) for _ in range(2)]
    assert (first["deductible_amount"], first["patient_amount"]) == ("150.00", "150.00")
    assert (second["deductible_amount"], second["coinsurance_amount"], second["patient_amount"]) == ("50.00", "20.00", "70.00")
    [left] = (await clinic.billing.get(f"/clients/{client}/coverages")).json()["items"]
    assert (left["deductible_left"], left["visits_left"]) == ("0.00", 0)
    shown = await clinic.preview("90837", client_id=str(client), insurance_applicable=True)
    assert "AUTHORIZATION_REQUIRED" in [flag["code"] for flag in shown["flags"]]
    await clinic.post(first, "void", reason="completed by mistake")
    [again] = (await clinic.billing.get(f"/clients/{client}/coverages")).json()["items"]
    assert (again["deductible_left"], again["out_of_pocket_left"], again["visits_left"]) == ("150.00", "830.00", 1)
    learnt = {"deductible_remaining": "90.00", "as_of": str(MONDAY + timedelta(days=1))}
    later = (await clinic.billing.patch(f"/coverages/{again['id']}", json=learnt)).json()
    reported = (later["deductible_left"], later["out_of_pocket_left"], later["visits_left"])
    assert reported == ("90.00", "830.00", 1), "what was not learnt anew is what was left then"


async def test_what_an_insurer_has_decided_is_taken_from_the_plan_until_it_takes_that_back(clinic: Clinic) -> None:
    claimed = await claim(
        clinic,
        deductible_remaining="200.00",
        coinsurance_percent="20",
        copay="0.00",
        out_of_pocket_remaining="1000.00",
        effective_to=LAST_DAY,
    )
    client = claimed.record["client_id"]
    assert await left_of(clinic, client) == ("48.00", "848.00")
    answered = answer(claimed.control_number, "CO-45 33.00", "PR-3 25.00")
    await receive(clinic, answered)
    assert await left_of(clinic, client) == ("200.00", "975.00")
    shown = await clinic.preview("90837", client_id=client, insurance_applicable=True)
    assert shown["deductible_amount"] == "152.00"
    await receive(clinic, answer(claimed.control_number, "CO-18 185.00", status="4"), trace="EFT-6001")
    assert await left_of(clinic, client) == ("200.00", "975.00")
    await receive(
        clinic, answered.taken_back(), answer(claimed.control_number, "CO-45 33.00", "PR-1 100.00", of_the_claim=True), trace="6002"
    )
    assert await left_of(clinic, client) == ("100.00", "900.00")


async def test_a_plan_begins_anew_with_each_calendar_year_and_authorised_visits_do_not(clinic: Clinic) -> None:
    client = ClientId(new_id())
    await cover(clinic, client, await payer(clinic, c90837="150.00"), deductible_remaining="150.00", visits_authorized=3)
    await clinic.bill("90837", client_id=client, insurance_applicable=True)
    later = MONDAY.replace(year=MONDAY.year + 1)
    same_year, next_year = [
        await clinic.preview("90837", client_id=str(client), insurance_applicable=True, date=str(day)) for day in (MONDAY, later)
    ]
    assert (same_year["deductible_amount"], next_year["deductible_amount"]) == ("0.00", "150.00")
    [reported] = [each for each in next_year["assumptions"] if each["name"] == "benefit_year"]
    assert (reported["value"], reported["effective_to"]) == (str(later.year), f"{later.year}-12-31")
    assert "starts anew" in reported["detail"]
    for day in (later, later):
        await clinic.bill("90837", client_id=client, insurance_applicable=True, day=day)
    taken = await clinic.preview("90837", client_id=str(client), insurance_applicable=True, date=str(later))
    assert taken["deductible_amount"] == "0.00"
    assert "AUTHORIZATION_REQUIRED" in [flag["code"] for flag in taken["flags"]]


async def left_of(clinic: Clinic, client: str) -> tuple[str, str]:
    [plan] = (await clinic.billing.get(f"/clients/{client}/coverages")).json()["items"]
    return plan["deductible_left"], plan["out_of_pocket_left"]


async def test_two_sessions_in_one_message_do_not_spend_a_deductible_twice(clinic: Clinic) -> None:
    client = ClientId(new_id())
    await cover(clinic, client, await payer(clinic, c90837="150.00"), deductible_remaining="200.00")
    await clinic.say(*(complete(clinic.catalog["90837"], client_id=client, insurance_applicable=True) for _ in range(4)))
    records = await clinic.count(4, client_id=client)
    assert sum(Decimal(record["deductible_amount"]) for record in records) == Decimal("200.00")


async def refused_overlap(clinic: Clinic, path: str, body: Json) -> str:
    """Return how something with a last day is refused that lies within something open, which stays open."""
    answer = await clinic.billing.post(path, json=body)
    assert answer.status_code == HTTPStatus.CONFLICT, answer.text
    assert body["effective_to"] not in {each["effective_to"] for each in (await clinic.billing.get(path)).json()["items"]}
    return answer.json()["type"].removeprefix("/problems/")


async def test_out_of_network_and_discounted_clients_pay_themselves(clinic: Clinic) -> None:
    away, poor = ClientId(new_id()), ClientId(new_id())
    await cover(clinic, away, await payer(clinic, c90837="150.00"), mode="out_of_network")
    shown = await clinic.preview("90837", client_id=str(away), insurance_applicable=True)
    assert (shown["patient_amount"], [flag["code"] for flag in shown["flags"]]) == ("185.00", ["OUT_OF_NETWORK"])
    body = {"percent": "30", "reason": "sliding scale", "effective_from": "2026-01-01"}
    assert (await clinic.billing.post(f"/clients/{poor}/discounts", json=body)).status_code == HTTPStatus.CREATED
    record = await clinic.bill("90837", client_id=poor)
    assert (record["other_adjustment"], record["patient_amount"], record["total_amount"]) == ("55.50", "129.50", "185.00")
    assert [posting["reason"] for posting in (await clinic.ledger(record))["items"]] == ["sliding scale"]
    again = await clinic.billing.post(f"/clients/{poor}/discounts", json=body)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/discounts-overlap")
    dated = body | {"percent": "100", "effective_from": "2026-03-01", "effective_to": "2026-03-31"}
    assert await refused_overlap(clinic, f"/clients/{poor}/discounts", dated) == "discounts-overlap", "else none in April"
    more = await clinic.billing.post(f"/clients/{poor}/discounts", json=body | {"percent": "50", "effective_from": "2026-07-01"})
    listed = (await clinic.billing.get(f"/clients/{poor}/discounts")).json()["items"]
    assert [(Decimal(one["percent"]), one["effective_to"], one["version"]) for one in listed] == [(50, None, 1), (30, "2026-06-30", 2)]
    ended = await clinic.billing.patch(f"/discounts/{more.json()['id']}", json={"percent": "40", "effective_to": "2026-12-31"})
    assert (ended.json()["percent"], ended.json()["effective_to"], ended.json()["version"]) == ("40", "2026-12-31", 2)
    overlap = await clinic.billing.patch(f"/discounts/{listed[1]['id']}", json={"effective_to": "2026-07-01"})
    assert (overlap.status_code, overlap.json()["type"]) == (409, "/problems/discounts-overlap")


async def test_a_payer_is_found_by_words_of_its_name_and_code_however_many_there_are(clinic: Clinic) -> None:
    for number in range(3):
        body = {"payer_name": f"Ínsula Health {number}", "payer_code": f"ISL{number}", "is_active": number != 1}
        assert (await clinic.billing.post("/payers", json=body)).status_code == HTTPStatus.CREATED

    async def found(**query: str | bool) -> list[str]:
        return [each["payer_code"] for each in (await clinic.billing.get("/payers", params={**query, "limit": 2})).json()["items"]]

    assert (await found(q="health insula 2"), await found(q="isl1"), await found(q="isl1", is_active=True)) == (["ISL2"], ["ISL1"], [])
    assert await found(q="insula", is_active=True) == ["ISL0", "ISL2"]


async def test_fees_do_not_overlap_and_a_new_one_ends_the_open_one(clinic: Clinic) -> None:
    found = await payer(clinic, c90837="150.00")
    path = f"/payers/{found}/fees"
    july = {"service_code": "90837", "amount": "160.00", "effective_from": "2026-07-01"}
    assert await refused_overlap(clinic, path, july | {"effective_to": "2026-07-31"}) == "fees-overlap", "else none in August"
    assert (await clinic.billing.post(path, json=july)).status_code == HTTPStatus.CREATED
    fees = (await clinic.billing.get(path)).json()["items"]
    assert [(fee["amount"], fee["effective_to"]) for fee in fees] == [("150.00", "2026-06-30"), ("160.00", None)]
    overlap = await clinic.billing.post(path, json=july | {"effective_from": "2026-03-01", "effective_to": "2026-03-31"})
    assert (overlap.status_code, overlap.json()["type"]) == (409, "/problems/fees-overlap")
    assert (await clinic.billing.post(path, json=july | {"credential": "PhD", "amount": "175.00"})).status_code == HTTPStatus.CREATED
    same = await clinic.billing.post(path, json=july | {"credential": "phd", "amount": "1.00"})
    assert (same.status_code, same.json()["type"]) == (409, "/problems/fees-overlap"), "phd is written for PhD"
    march = await clinic.billing.patch(f"/fees/{fees[0]['id']}", json={"amount": "155.00", "effective_to": "2026-03-31"})
    assert (march.json()["amount"], march.json()["effective_to"], march.json()["version"]) == ("155.00", "2026-03-31", 3)
    stale = await clinic.billing.patch(f"/fees/{fees[0]['id']}", json={"amount": "1.00"}, headers={"If-Match": '"2"'})
    assert stale.status_code == HTTPStatus.PRECONDITION_FAILED
    late = await clinic.billing.patch(f"/fees/{fees[0]['id']}", json={"effective_to": "2026-07-01"})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/fees-overlap")
    for bad in ({"amount": "-1.00"}, {"amount": "150.001"}, {"service_code": ""}, {"effective_to": "2026-06-30"}):
        assert (await clinic.billing.post(path, json=july | bad)).status_code in {400, 422}, bad


async def test_a_sheet_of_fees_is_taken_whole_or_not_at_all_and_comes_back_as_it_was(clinic: Clinic) -> None:
    found = await payer(clinic)
    path = f"/payers/{found}/fees"
    bad = "service_code,amount,effective_from\n90834,120.00,2026-01-01\n90837,12.345,2026-01-01\n90832,90.00,soon\n"
    refused = await clinic.billing.post(f"{path}/import", content=bad, headers={"Content-Type": "text/csv"})
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (
        422,
        ["line 3: amount", "line 4: effective_from"],
    )
    assert (await clinic.billing.get(path)).json()["items"] == []
    good = "service_code,credential,amount,effective_from,effective_to\r\n"
    good += "90834,,120.00,2026-01-01,\r\n90837,PhD,160.00,2026-01-01,2026-12-31\r\n"
    taken = await clinic.billing.post(f"{path}/import", content=good, headers={"Content-Type": "text/csv"})
    assert taken.json() == {"added": 2, "unchanged": 0, "unknown_codes": []}
    assert (await clinic.billing.get(f"/payers/{found}/fees.csv")).text == good
    more = f"{good}90832,,90.00,2026-01-01,\r\n"
    again = await clinic.billing.post(f"{path}/import", content=more, headers={"Content-Type": "text/csv"})
    assert again.json() == {"added": 1, "unchanged": 2, "unknown_codes": []}


async def test_a_sheet_of_fees_names_lines_that_are_not_utf_8_and_codes_that_the_catalog_lacks(clinic: Clinic) -> None:
    found = await payer(clinic)
    path = f"/payers/{found}/fees"

    async def send(content: bytes) -> Json:
        answer = await clinic.billing.post(f"{path}/import", content=content, headers={"Content-Type": "text/csv"})
        return answer.json() | {"status_code": answer.status_code}

    head = b"service_code,credential,amount,effective_from\n"
    latin = await send(head + b"90834,PhD,120.00,2026-01-01\n90837,Ph\xe9,150.00,2026-01-01\n")
    assert (latin["status_code"], latin["type"], latin["errors"][0]["field"]) == (400, "/problems/not-utf-8", "line 3")
    assert "line 3" not in latin["errors"][0]["message"].lower(), "the field says so"
    assert (await clinic.billing.get(path)).json()["items"] == []
    both = await send(head + b"90834,,much,2026-01-01\n9O834,,150.00,2026-01-01\n")
    assert (both["type"], "9O834 (line 3)" in both["detail"]) == ("/problems/bad-sheet", True)
    [unknown] = (await send(head + b"90834,,120.00,2026-01-01\n9O834,,150.00,2026-01-01\n"))["unknown_codes"]
    assert (unknown["line"], unknown["service_code"]) == (3, "9O834")
    assert "90834" in unknown["fix"]
    for code in ("9O834", "90834"):
        fee = {"service_code": code, "amount": "150.00", "effective_from": "2026-07-01"}
        assert (await clinic.billing.post(path, json=fee)).json()["in_catalog"] is (code == "90834")
    assert {each["service_code"]: each["in_catalog"] for each in (await clinic.billing.get(path)).json()["items"]} == {
        "9O834": False,
        "90834": True,
    }


async def test_before_any_service_is_known_every_code_of_a_fee_is_taken(strangers_clinic: Clinic) -> None:
    found = await payer(strangers_clinic, c90837="150.00")
    content = "service_code,amount,effective_from\n9O834,150.00,2026-01-01\n"
    sent = await strangers_clinic.billing.post(f"/payers/{found}/fees/import", content=content, headers={"Content-Type": "text/csv"})
    assert sent.json() == {"added": 1, "unchanged": 0, "unknown_codes": []}


def test_a_sheet_of_fees_may_be_written_as_spreadsheets_write_amounts_and_headings() -> None:
    text = 'Service Code,Amount,effective from\n90837,$99.00,2026-01-01\n90834,"1,200.00",2026-01-01\n90791,99,2026-01-01\n'
    sheet = use_cases.read_sheet(text.encode())
    assert ([fee.amount for _, fee in sheet.fees], sheet.wrong) == ([Decimal("99.00"), Decimal("1200.00"), Decimal("99.00")], [])


def test_each_wrong_cell_of_a_sheet_of_fees_is_named_in_words_with_its_line() -> None:
    rows = ('90837,"1,200",2026-01-01,', '90837,"99,50",1/2/2026,', "90837,,2026-01-01,", "90837,99.00,2026-03-01,2026-01-31")
    sheet = use_cases.read_sheet("\n".join(["service_code,amount,effective_from,effective_to", *rows]).encode())
    assert [(each.field, each.message) for each in sheet.wrong] == [
        ("line 2: amount", "'1,200' is no amount, such as 152.00."),
        ("line 3: amount", "'99,50' is no amount, such as 152.00."),
        ("line 3: effective_from", "'1/2/2026' is no day, such as 2026-01-01."),
        ("line 4: amount", "This cell must not be empty."),
        ("line 5: effective_to", "2026-01-31 lies before the first day, 2026-03-01."),
    ]


async def test_a_sheet_of_fees_is_written_beside_records_of_the_same_payer(clinic: Clinic) -> None:
    found = await payer(clinic, c90837="150.00")
    sheet = (
        "service_code,amount,effective_from,effective_to\n90834,120.00,2026-07-01,\n90834,110.00,2026-01-01,\n90837,160.00,2026-07-01,\n"
    )
    async with database(clinic) as connection, connection.transaction():
        await connection.execute("SELECT FROM payer WHERE id = $1 FOR KEY SHARE", UUID(found))  # as a record's foreign key does
        sent = await clinic.billing.post(f"/payers/{found}/fees/import", content=sheet, headers={"Content-Type": "text/csv"})
    assert sent.json() == {"added": 3, "unchanged": 0, "unknown_codes": []}
    fees = [(fee["amount"], fee["effective_to"]) for fee in (await clinic.billing.get(f"/payers/{found}/fees")).json()["items"]]
    assert fees == [("110.00", "2026-06-30"), ("120.00", None), ("150.00", "2026-06-30"), ("160.00", None)]
    kept = (await clinic.billing.get("/changes", params={"key": found, "what": "fee"})).json()["items"]
    assert sorted(each["action"] for each in kept) == ["added"] * 4 + ["changed"]


async def test_a_coverage_ends_where_the_next_begins_and_never_overlaps(clinic: Clinic) -> None:
    client, found = ClientId(new_id()), await payer(clinic)
    await cover(clinic, client, found)
    short = {"payer_id": found, "member_id": "1", "plan_name": "Short", "as_of": "2026-03-01", "effective_from": "2026-03-01"}
    short |= {"effective_to": "2026-03-31"}
    assert await refused_overlap(clinic, f"/clients/{client}/coverages", short) == "coverages-overlap", "else none in April"
    await cover(clinic, client, found, effective_from="2026-06-01", plan_name="Gold")
    listed = (await clinic.billing.get(f"/clients/{client}/coverages")).json()["items"]
    assert [(each["plan_name"], each["effective_to"]) for each in listed] == [("Gold", None), ("Silver", "2026-05-31")]
    body = {"payer_id": found, "member_id": "1", "plan_name": "Iron", "as_of": "2026-01-01", "effective_from": "2026-02-01"}
    overlap = await clinic.billing.post(f"/clients/{client}/coverages", json=body | {"effective_to": "2026-03-01"})
    assert (overlap.status_code, overlap.json()["type"]) == (409, "/problems/coverages-overlap")
    assert "a secondary insurer's is not kept" in overlap.json()["detail"]
    holder = {"last_name": "Weber", "first_name": "Ida", "birth_date": "2190-01-01", "gender": "F"}
    address = {"line1": "12 Harbor Street", "city": "Portland", "state": "ME", "postal_code": "041010000"}
    unborn = {"relationship": "child", "subscriber": holder | {"address": address}}
    refused = await clinic.billing.patch(f"/coverages/{listed[0]['id']}", json=unborn)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "subscriber.birth_date")
    stale = await clinic.billing.patch(f"/coverages/{listed[-1]['id']}", json={"member_id": "HM-9"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    unknown = await clinic.billing.post(f"/clients/{client}/coverages", json=body | {"payer_id": str(new_id())})
    assert unknown.json()["type"] == "/problems/unknown-payer"
    undated = await clinic.billing.patch(f"/coverages/{listed[0]['id']}", json={"deductible_remaining": "10.00"})
    assert undated.json()["type"] == "/problems/as-of-missing"


async def test_missed_and_late_cancelled_sessions_are_charged_once_and_never_to_insurance(clinic: Clinic) -> None:
    client = ClientId(new_id())
    late = SessionCancelled(**fact(clinic, "90837", client_id=client, status=SessionStatus.CANCELLED), late=True)
    early = SessionCancelled(**fact(clinic, "90837", client_id=client, status=SessionStatus.CANCELLED), late=False)
    missed = SessionNoShow(**fact(clinic, "90837", client_id=client, status=SessionStatus.NO_SHOW))
    await clinic.say(late, early, missed, late, missed)
    records = await clinic.count(2, client_id=client)
    assert sorted((record["kind"], record["service_code"], record["total_amount"]) for record in records) == [
        ("late_cancellation", "LATECXL", "75.00"),
        ("no_show", "NOSHOW", "75.00"),
    ]
    assert {record["patient_amount"] for record in records} == {"75.00"}
    assert {record["session_id"] for record in records} == {str(late.session_id), str(missed.session_id)}


async def test_a_late_cancellation_is_charged_on_the_day_on_which_it_was_cancelled(clinic: Clinic) -> None:
    facts = fact(clinic, "90837", status=SessionStatus.CANCELLED)
    soon = datetime.now(UTC) + timedelta(days=2)
    facts |= {"starts_at": soon, "ends_at": soon + timedelta(hours=1)}
    await clinic.say(SessionCancelled(**facts, late=True))
    [fee] = await clinic.count(1, session_id=facts["session_id"])
    [charge] = (await clinic.ledger(fee))["items"]
    assert fee["service_date"] == fee["billing_date"] == charge["received_date"]


async def test_a_booking_keeps_its_quote_and_a_later_one_takes_its_place(clinic: Clinic) -> None:
    session = SessionId(new_id())
    first = SessionBooked(**fact(clinic, "90837", session_id=session, status=SessionStatus.BOOKED), rate_per_unit=Decimal("185.00"))
    await clinic.say(first, first.model_copy(update={"version": 4, "rate_per_unit": Decimal("195.00")}), first)

    async def quoted() -> Json | None:
        answer = await clinic.billing.get(f"/sessions/{session}/quotes")
        [quote] = answer.json()["items"] or [{}]
        return quote if quote.get("total_amount") == "195.00" else None

    assert (await until(quoted))["patient_amount"] == "195.00"
    facts = fact(clinic, "90837", session_id=session, client_id=first.client_id, status=SessionStatus.BOOKED, version=6)
    facts |= {"starts_at": first.starts_at + timedelta(days=7), "ends_at": first.ends_at + timedelta(days=7)}
    slot = Slot(room_id=first.room_id, starts_at=first.starts_at, ends_at=first.ends_at)
    await clinic.say(SessionRescheduled(**facts, previous=slot, rate_per_unit=Decimal("195.00")))

    async def moved() -> bool:
        quotes = (await clinic.billing.get(f"/sessions/{session}/quotes")).json()["items"]
        return [quote["service_date"] for quote in quotes] == [str(MONDAY + timedelta(days=7))]

    await until(moved)


@given(deductible=money, out_of_pocket=money, used=money)
def test_what_is_left_of_a_plan_is_never_negative_and_never_grows(deductible: Decimal, out_of_pocket: Decimal, used: Decimal) -> None:
    plan = Plan(deductible_remaining=deductible, out_of_pocket_remaining=out_of_pocket)
    left = remaining(plan, Used(used, used, 1))
    assert 0 <= left.deductible_remaining <= deductible
    assert left.out_of_pocket_remaining is not None
    assert 0 <= left.out_of_pocket_remaining <= out_of_pocket


def test_the_most_specific_fee_in_force_counts() -> None:
    year, july = date(2026, 1, 1), date(2026, 7, 1)
    usual = {"payer_id": new_id(), "service_code": "90837", "effective_to": None}
    fees = [
        Fee(**usual, credential=None, amount=Decimal(150), effective_from=year),
        Fee(**usual, credential="PhD", amount=Decimal(170), effective_from=july),
    ]
    assert contract_fee(fees, MONDAY, "PhD") == Decimal(150)
    assert contract_fee(fees, july, "PhD") == Decimal(170)
    assert contract_fee(fees, july, "phd") == Decimal(170)
    assert contract_fee(fees, july, "LCSW") == Decimal(150)
    assert contract_fee(fees, date(2025, 12, 31), "PhD") is None


async def test_a_preview_says_what_not_coming_costs_and_until_when_it_counts(clinic: Clinic) -> None:
    client = ClientId(new_id())
    await cover(clinic, client, await payer(clinic, c90837="150.00"), effective_to="2026-12-31")
    shown = await clinic.preview("90837", client_id=str(client), insurance_applicable=True)
    assert (shown["cancellation"]["late_cancellation_fee"], shown["cancellation"]["no_show_fee"]) == ("75.00", "75.00")
    assert shown["valid_until"] == "2026-12-31"
    assert shown["cancellation"]["late_within_minutes"] is None
    service = clinic.catalog["90837"].id
    windows = (CancellationWindow(service_id=None, minutes=1440), CancellationWindow(service_id=service, minutes=2880))
    march = datetime(2026, 3, 1, tzinfo=UTC)
    await clinic.say(
        CancellationPolicyStated(windows=windows, stated_at=march + timedelta(days=1)),
        CancellationPolicyStated(windows=windows[:1], stated_at=march),
    )

    async def stated() -> bool:
        return (await clinic.preview("90837"))["cancellation"]["late_within_minutes"] == 2880

    await until(stated)
    reported = (await clinic.preview("90837"))["cancellation"]["detail"]
    assert reported == "Cancelled less than 48 hours before the start: 75.00. Missed: 75.00. Never claimed from insurance."
    assert (await clinic.preview("90834"))["cancellation"]["late_within_minutes"] == 1440
    assert (await clinic.preview("90837"))["valid_until"] is None


async def test_the_policy_of_the_highest_version_counts_whenever_it_was_stated(clinic: Clinic) -> None:
    service = clinic.catalog["90837"].id
    march = datetime(2026, 3, 1, tzinfo=UTC)
    own = (ServiceWindow(service_id=service, minutes=60),)
    last = CancellationWindow(service_id=None, minutes=1)
    await clinic.say(
        CancellationPolicyStated(windows=(last,), stated_at=march),
        CancellationPolicyStatedV2(version=8, minutes=2880, services=own, stated_at=march),
    )

    async def is_kept() -> bool:
        return (await clinic.preview("90837"))["cancellation"]["late_within_minutes"] == 60

    await until(is_kept)
    await clinic.say(
        CancellationPolicyStatedV2(version=7, minutes=1440, services=(), stated_at=march + timedelta(days=1)),
        CancellationPolicyStated(windows=(last,), stated_at=march + timedelta(days=2)),
        clinic.catalog["90837"].model_copy(update={"id": ServiceId(new_id()), "service_code": "READLAST"}),
    )

    async def all_are_read() -> bool:
        requested = {"service_code": "READLAST", "date": str(MONDAY)}
        return (await clinic.billing.post("/preview", json=requested)).status_code == HTTPStatus.OK

    await until(all_are_read)
    assert await is_kept()
    assert (await clinic.preview("90834"))["cancellation"]["late_within_minutes"] == 2880


def test_an_amount_with_a_comma_that_is_not_quoted_is_refused_with_its_line() -> None:
    text = "service_code,effective_from,amount\n90834,2026-01-01,120.00\n90837,2026-01-01,1,200.00\n"
    with pytest.raises(Invalid, match=r"Line 3 has '200\.00' under no column"):
        use_cases.read_sheet(text.encode())
