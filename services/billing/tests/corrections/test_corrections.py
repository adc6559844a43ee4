"""A wrong record is replaced, never changed; what was paid for it goes along."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import uuid4

from back_office import Clinic, booked, complete, cover, payer
from contracts.scheduling import AddOn
from contracts.types import ClientId, new_id
from insurer import answer, claim
from remittances.test_remittances import receive
from testing import until

Json = dict[str, Any]


def supplement(clinic: Clinic, code: str = "90785", units: int = 1) -> AddOn:
    service = clinic.catalog[code]
    return AddOn(service_id=service.id, service_code=code, units=units, rate_per_unit=service.base_rate)


async def settle(clinic: Clinic, giver: Json, taker: Json, amount: str) -> Json:
    answer = await clinic.billing.post(f"/records/{giver['id']}/credits", json={"amount": amount, "to_record_id": taker["id"]})
    return {"status": answer.status_code, **answer.json()}


async def test_what_was_done_besides_stands_in_the_same_record_with_one_copay(clinic: Clinic) -> None:
    client = ClientId(new_id())
    await cover(clinic, client, await payer(clinic, c90834="118.00", c90785="15.00"), copay="25.00")
    add_ons = [{"service_code": "90785"}]
    shown = await clinic.preview("90834", client_id=str(client), insurance_applicable=True, add_ons=add_ons)
    record = await clinic.bill("90834", client_id=client, insurance_applicable=True, add_ons=(supplement(clinic),))
    for stated in (shown, record):
        assert [(line["service_code"], line["amount"]) for line in stated["lines"]] == [("90834", "140.00"), ("90785", "20.00")]
        assert (stated["total_amount"], stated["allowed_amount"], stated["copay_amount"]) == ("160.00", "133.00", "25.00")
        assert (stated["patient_amount"], stated["insurance_amount"], stated["flags"]) == ("25.00", "108.00", [])


async def test_a_further_half_hour_of_a_crisis_explains_its_minutes(clinic: Clinic) -> None:
    long = await clinic.bill("90839", minutes=100)
    explained = await clinic.bill("90839", minutes=100, add_ons=(supplement(clinic, "90840"),))
    assert [[flag["code"] for flag in record["flags"]] for record in (long, explained)] == [["MINUTES_CODE_MISMATCH"], []]


async def test_a_wrong_code_is_replaced_by_the_right_one_and_the_payment_goes_along(clinic: Clinic) -> None:
    wrong = await clinic.bill("90837", minutes=45)
    await clinic.pay(wrong, "100.00")
    right = await clinic.post(wrong, "replace", reason="the therapist corrected the code", service_code="90834")
    assert (right["total_amount"], right["balance"], right["payment_status"]) == ("140.00", "40.00", "partially_paid")
    assert (right["revision"], right["replaces_id"], right["flags"], right["minutes"]) == (2, wrong["id"], [], 45)
    [old] = [one for one in await clinic.records(session_id=wrong["session_id"]) if one["id"] == wrong["id"]]
    assert (old["payment_status"], old["balance"], old["unapplied_credit"]) == ("voided", "0.00", "0.00")
    await clinic.ledger(old)
    assert (await clinic.ledger(right))["balances"] == {"cash": "100.00", "patient_ar": "40.00", "revenue": "-140.00"}
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def test_more_than_the_right_record_costs_stays_as_credit(clinic: Clinic) -> None:
    wrong = await clinic.bill("90837")
    await clinic.pay(wrong, "185.00")
    right = await clinic.post(wrong, "replace", reason="half an hour only", service_code="90832", minutes=30)
    assert (right["payment_status"], right["unapplied_credit"]) == ("paid", "90.00")


async def test_a_record_is_replaced_after_a_refund_of_some_of_the_insurers_money(clinic: Clinic) -> None:
    client = ClientId(new_id())
    await cover(clinic, client, await payer(clinic, c90837="110.00", c90834="100.00"))
    wrong = await clinic.bill("90837", client_id=client, insurance_applicable=True)
    await clinic.pay(wrong, "110.01", "insurer")
    await clinic.post(wrong, "refunds", amount="0.01", payer="insurer", method="cash", reason="paid twice")
    right = await clinic.post(wrong, "replace", reason="it was shorter", service_code="90834")
    assert (right["balance"], right["unapplied_credit"], right["payment_status"]) == ("0.00", "10.00", "paid")
    [carried] = [item for item in (await clinic.ledger(right))["items"] if item["kind"] == "credit"]
    assert (carried["payer"], carried["entries"][0]["amount"]) == ("insurer", "110.00")
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def test_a_record_is_replaced_after_credit_was_moved_away(clinic: Clinic) -> None:
    client = ClientId(new_id())
    await cover(clinic, client, await payer(clinic, c90837="110.00"))
    wrong, other = [await clinic.bill("90837", client_id=client, insurance_applicable=insured) for insured in (True, False)]
    await clinic.pay(wrong, "150.00")
    moved = {"amount": "40.00", "to_record_id": other["id"], "payer": "client"}
    assert (await clinic.post(wrong, "credits", **moved))["unapplied_credit"] == "110.00"
    right = await clinic.post(wrong, "replace", reason="it was not insured", insurance_applicable=False)
    assert (right["balance"], right["unapplied_credit"]) == ("75.00", "0.00")
    [old] = [one for one in await clinic.records(session_id=wrong["session_id"]) if one["id"] == wrong["id"]]
    assert (old["payment_status"], old["unapplied_credit"]) == ("voided", "0.00")
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def test_a_session_that_is_told_again_does_not_bring_a_replaced_record_back(clinic: Clinic) -> None:
    session = complete(clinic.catalog["90837"])
    await clinic.say(session)
    [wrong] = await clinic.count(1, session_id=session.session_id)
    await clinic.post(wrong, "replace", reason="it was shorter", service_code="90834")
    await clinic.say(session, complete(clinic.catalog["90832"]))
    await clinic.count(3)
    records = await clinic.records(session_id=session.session_id)
    assert sorted((one["service_code"], one["payment_status"]) for one in records) == [("90834", "pending"), ("90837", "voided")]


async def test_a_replacement_gives_the_plan_back_what_the_wrong_record_took(clinic: Clinic) -> None:
    client = ClientId(new_id())
    await cover(
        clinic, client, await payer(clinic, c90837="150.00", c90834="118.00"), deductible_remaining="150.00", effective_to="2026-12-31"
    )
    wrong = await clinic.bill("90837", client_id=client, insurance_applicable=True)
    right = await clinic.post(wrong, "replace", reason="it was shorter", service_code="90834", add_ons=[])
    assert (right["deductible_amount"], right["insurance_amount"]) == ("118.00", "0.00")
    [plan] = (await clinic.billing.get(f"/clients/{client}/coverages")).json()["items"]
    assert plan["deductible_left"] == "32.00"


async def test_a_replacement_that_cannot_be_priced_leaves_the_record_as_it_was(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    for body, slug in (({"service_code": "99999"}, "service-unknown"), ({"add_ons": [{"service_code": "NONE"}]}, "service-unknown")):
        answer = await clinic.billing.post(f"/records/{record['id']}/replace", json={"reason": "a slip"} | body)
        assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{slug}")
    await clinic.post(record, "void", reason="completed by mistake")
    again = await clinic.billing.post(f"/records/{record['id']}/replace", json={"reason": "a slip"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/record-voided")
    assert "refunded or moved to another record" in again.json()["detail"]
    assert "GET" not in again.json()["detail"]
    assert len(await clinic.records()) == 1


async def test_what_a_replacement_would_charge_is_shown_before_by_the_function_that_makes_it(clinic: Clinic) -> None:
    client = ClientId(new_id())
    plan = {"deductible_remaining": "150.00", "coinsurance_percent": "20", "effective_to": "2026-12-31"}
    await cover(clinic, client, await payer(clinic, c90837="150.00", c90834="118.00"), **plan)
    wrong = await clinic.bill("90837", client_id=client, insurance_applicable=True)
    await clinic.post(wrong, "write-offs", amount="150.00", payer="client", reason="hardship")
    await clinic.bill("90834", client_id=client, insurance_applicable=True)
    before = await clinic.ledger(wrong)
    corrections: list[Json] = [{}, {"service_code": "90834", "minutes": 45}, {"insurance_applicable": False}, {"minutes": 30}]
    for correction in corrections:
        shown = await clinic.billing.post(f"/records/{wrong['id']}/replace/preview", json=correction)
        assert (shown.status_code, await clinic.ledger(wrong)) == (200, before), shown.text
        right = await clinic.post(wrong, "replace", reason="as shown", **correction)
        assert shown.json() == {name: right[name] for name in shown.json()}
        wrong, before = right, await clinic.ledger(right)


async def test_a_replacement_that_would_be_refused_is_refused_when_its_amount_is_asked_for(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    path = f"/records/{record['id']}/replace/preview"
    unknown = await clinic.billing.post(path, json={"service_code": "99999"})
    assert (unknown.status_code, unknown.json()["type"]) == (422, "/problems/service-unknown")
    await clinic.post(record, "void", reason="completed by mistake")
    voided = await clinic.billing.post(path, json={})
    assert (voided.status_code, voided.json()["type"]) == (409, "/problems/record-voided")
    nowhere = await clinic.billing.post(f"/records/{uuid4()}/replace/preview", json={})
    assert nowhere.status_code == 404


async def test_credit_settles_another_record_of_the_same_client_and_nobody_elses(clinic: Clinic) -> None:
    client = ClientId(new_id())
    first, second = [await clinic.bill("90837", client_id=client) for _ in range(2)]
    stranger = await clinic.bill("90837")
    await clinic.pay(first, "235.00")
    assert (await settle(clinic, first, stranger, "50.00"))["type"] == "/problems/other-client"
    assert (await settle(clinic, first, second, "60.00"))["at_most"] == "50.00"
    assert (await settle(clinic, first, first, "1.00"))["type"] == "/problems/same-record"
    assert (await settle(clinic, first, {"id": str(uuid4())}, "1.00"))["status"] == 404
    moved = await settle(clinic, first, second, "50.00")
    assert (moved["status"], moved["unapplied_credit"], moved["payment_status"]) == (201, "0.00", "paid")
    [settled] = [one for one in await clinic.records(client_id=client) if one["id"] == second["id"]]
    assert (settled["balance"], settled["payment_status"]) == ("135.00", "partially_paid")
    cash = [Decimal((await clinic.ledger(one))["balances"]["cash"]) for one in (first, second)]
    assert cash == [Decimal("185.00"), Decimal("50.00")]


async def test_credit_that_two_people_move_at_once_is_moved_once(clinic: Clinic) -> None:
    client = ClientId(new_id())
    first, second, third = [await clinic.bill("90837", client_id=client) for _ in range(3)]
    await clinic.pay(first, "285.00")
    answers = await asyncio.gather(*(settle(clinic, first, taker, "100.00") for taker in (second, third, second, third)))
    assert sorted(answer["status"] for answer in answers) == [201, 422, 422, 422]


async def test_a_fee_shows_what_it_would_change_for_the_payers_booked_sessions(clinic: Clinic) -> None:
    client = ClientId(new_id())
    found = await payer(clinic, c90837="150.00")
    await cover(clinic, client, found, copay="25.00")
    await clinic.say(booked(clinic, client), booked(clinic, ClientId(new_id())))
    requested = {"service_code": "90837", "amount": "160.00", "effective_from": "2026-01-01"}

    async def reported() -> Json | None:
        impact = (await clinic.billing.get(f"/payers/{found}/fees/impact", params=requested)).json()
        return impact if impact["sessions"] else None

    impact = await until(reported)
    assert (impact["sessions"], impact["insurance_now"], impact["insurance_then"]) == (1, "125.00", "135.00")
    assert (impact["client_now"], impact["client_then"], impact["difference"]) == ("25.00", "25.00", "10.00")
    assert [month["month"] for month in impact["by_month"]] == ["2026-03"]
    later = await clinic.billing.get(f"/payers/{found}/fees/impact", params=requested | {"effective_from": "2026-04-01"})
    assert later.json()["sessions"] == 0
    wrong = await clinic.billing.get(f"/payers/{found}/fees/impact", params=requested | {"amount": "-1.00"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "amount")


async def test_what_was_given_off_stays_given_off_on_the_record_in_its_place(clinic: Clinic) -> None:
    client = ClientId(new_id())
    await cover(clinic, client, await payer(clinic, c90837="152.00", c90832="60.00"), copay="25.00")
    wrong = await clinic.bill("90837", client_id=client, insurance_applicable=True)
    await clinic.post(wrong, "adjustments", amount="25.00", reason="hardship")
    await clinic.post(wrong, "write-offs", amount="127.00", payer="insurer", reason="filed too late")
    same = await clinic.post(wrong, "replace", reason="by video", modality="video")
    assert (same["balance"], same["payment_status"], same["flags"]) == ("0.00", "written_off", [])
    reported = [(item["kind"], item["reason"]) for item in (await clinic.ledger(same))["items"]]
    assert reported == [("charge", None), ("adjustment", "hardship"), ("write_off", "filed too late")]
    less = await clinic.post(same, "replace", reason="it was shorter", service_code="90832", minutes=30)
    [flag] = [flag for flag in less["flags"] if flag["code"] == "GRANT_REDUCED"]
    assert (less["balance"], "35.00 of the write-off of 127.00 (filed too late)" in flag["message"]) == ("0.00", True)


async def test_a_replacement_says_that_the_insurers_answer_is_not_kept(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await receive(clinic, answer(claimed.control_number, "CO-45 33.00", "PR-1 152.00"))
    right = await clinic.post(claimed.record, "replace", reason="by video", modality="video")
    [flag] = [flag for flag in right["flags"] if flag["code"] == "DECISION_NOT_KEPT"]
    assert "left 152.00 to the client and 0.00 to the insurer" in flag["message"]
    assert (right["patient_amount"], right["insurance_amount"]) == ("25.00", "127.00")
