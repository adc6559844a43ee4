"""An insurer counts what its plan leaves to the client only when it receives the claim, also where the client has paid all of it."""

from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest
from back_office import Clinic, Json
from claim_examples import segments
from claims.test_claims import LAST_WEEK, WEBER, ask, claim, file_of, open_books, replicate_policy, see
from clearing_house import rejected, write_277ca
from contracts.types import ClientId, new_id
from coverages.test_coverage import cover, payer

DEDUCTIBLE = {"deductible_remaining": "500.00"}


async def waiting(clinic: Clinic) -> tuple[list[str], int, str]:
    """Return the records that wait to be claimed, how many they are and what they come to."""
    found = (await clinic.billing.get("/claims/unclaimed")).json()
    return [record["id"] for record in found["items"]], found["count"], found["total_amount"]


async def now(clinic: Clinic, record: Json) -> Json:
    """Return a record as it is by now."""
    return (await clinic.billing.get(f"/records/{record['id']}")).json()


async def settled(clinic: Clinic) -> Json:
    """Return a record of which the client has paid the whole allowed amount as the deductible."""
    await open_books(clinic, **DEDUCTIBLE)
    record = await see(clinic)
    assert (record["patient_amount"], record["deductible_amount"], record["insurance_amount"]) == ("150.00", "150.00", "0.00")
    return await clinic.pay(record, "150.00")


async def entries(clinic: Clinic, record: Json) -> list[tuple[str, dict[str, str]]]:
    """Return what each posting moved."""
    items = (await clinic.ledger(record))["items"]
    return [(item["kind"], {entry["account"]: entry["amount"] for entry in item["entries"]}) for item in items]


@pytest.mark.parametrize(
    "plan", [DEDUCTIBLE, {"copay": "150.00"}, {"coinsurance_percent": "100"}], ids=["deductible", "copay", "coinsurance"]
)
async def test_a_record_that_is_all_the_clients_part_waits_to_be_claimed_after_the_client_has_paid(
    clinic: Clinic, plan: dict[str, str]
) -> None:
    await open_books(clinic, **plan)
    record = await see(clinic)
    assert await waiting(clinic) == ([record["id"]], 1, "185.00")
    paid = await clinic.pay(record, "150.00")
    assert (paid["payment_status"], paid["balance"]) == ("paid", "0.00")
    assert await waiting(clinic) == ([record["id"]], 1, "185.00")
    checked = (await clinic.billing.post("/claims/check", json={"record_ids": [record["id"]]})).json()
    assert checked["items"] == [{"record_id": record["id"], "claimable": True, "frequency": "1", "total_amount": "185.00", "findings": []}]
    batch = await claim(clinic, record)
    assert batch["claims"][0]["findings"] == []
    assert segments(await file_of(clinic, batch), "AMT") == [["F5", "150"]]
    assert await waiting(clinic) == ([], 0, "0.00")
    assert (await now(clinic, record))["payment_status"] == "paid"
    again = await ask(clinic, record)
    assert [error["code"] for error in again.json()["errors"]] == ["ALREADY_CLAIMED"]


async def test_a_paid_deductible_is_claimed_in_a_batch_with_records_that_are_owed(clinic: Clinic) -> None:
    await open_books(clinic, deductible_remaining="150.00", coinsurance_percent="20")
    paid, owed = await see(clinic), await see(clinic, "90834", day=LAST_WEEK + timedelta(days=1))
    assert (paid["insurance_amount"], owed["insurance_amount"]) == ("0.00", "96.00")
    await clinic.pay(paid, "150.00")
    assert await waiting(clinic) == ([paid["id"], owed["id"]], 2, str(Decimal(paid["total_amount"]) + Decimal(owed["total_amount"])))
    batch = await claim(clinic, paid, owed)
    assert [made["record_id"] for made in batch["claims"]] == [paid["id"], owed["id"]]
    assert segments(await file_of(clinic, batch), "AMT") == [["F5", "150"]]
    assert await waiting(clinic) == ([], 0, "0.00")


async def test_what_no_insurer_is_to_count_waits_for_no_claim(clinic: Clinic) -> None:
    found = await open_books(clinic, **DEDUCTIBLE)
    written_off = await see(clinic, day=LAST_WEEK)
    await clinic.post(written_off, "write-offs", amount="150.00", payer="client", reason="hardship")
    voided = await clinic.pay(await see(clinic, day=LAST_WEEK - timedelta(days=1)), "150.00")
    await clinic.post(voided, "void", reason="completed by mistake")
    by_choice = await see(clinic, day=LAST_WEEK - timedelta(days=2), insurance_applicable=False)
    await clinic.pay(by_choice, "185.00")
    uncovered = await see(clinic, client_id=ClientId(new_id()))
    await clinic.pay(uncovered, "185.00")
    with_copay = ClientId(new_id())
    await cover(clinic, with_copay, found, copay="25.00")
    given_up = await see(clinic, client_id=with_copay)
    await clinic.post(given_up, "write-offs", amount="125.00", payer="insurer", reason="the insurer no longer takes it")
    assert (await clinic.pay(given_up, "25.00"))["payment_status"] == "paid"
    by_hand = await see(clinic, client_id=with_copay, day=LAST_WEEK - timedelta(days=1))
    await clinic.pay(by_hand, "125.00", "insurer")
    assert (await clinic.pay(by_hand, "25.00"))["payment_status"] == "paid"
    away = ClientId(new_id())
    await cover(clinic, away, await payer(clinic, c90837="150.00"), mode="out_of_network")
    await clinic.pay(await see(clinic, client_id=away), "185.00")
    assert await waiting(clinic) == ([], 0, "0.00")
    checked = (await clinic.billing.post("/claims/check", json={"record_ids": [given_up["id"]]})).json()
    assert [finding["code"] for finding in checked["items"][0]["findings"] if finding["severity"] == "warning"] == ["RECORD_SETTLED"]


async def test_a_part_that_was_given_off_of_a_deductible_keeps_no_claim_back(clinic: Clinic) -> None:
    await open_books(clinic, **DEDUCTIBLE)
    record = await see(clinic)
    await clinic.post(record, "adjustments", amount="50.00", reason="hardship")
    assert (await clinic.pay(record, "100.00"))["payment_status"] == "paid"
    assert await waiting(clinic) == ([record["id"]], 1, "185.00")
    assert segments(await file_of(clinic, await claim(clinic, record)), "AMT") == [["F5", "100"]]


async def test_a_paid_record_that_no_payer_takes_any_more_does_not_wait(clinic: Clinic) -> None:
    await open_books(clinic, **DEDUCTIBLE, effective_from="2024-01-01", as_of="2024-01-01")
    days = (LAST_WEEK - timedelta(days=350), LAST_WEEK - timedelta(days=400))
    in_time, late = [await clinic.pay(await see(clinic, day=day), "185.00") for day in days]
    assert (in_time["payment_status"], late["payment_status"]) == ("paid", "paid")
    assert await waiting(clinic) == ([in_time["id"]], 1, "185.00")
    assert "TIMELY_FILING" in [error["code"] for error in (await ask(clinic, late)).json()["errors"]]


async def test_records_that_no_payer_takes_any_more_are_listed_apart(clinic: Clinic) -> None:
    await open_books(clinic, effective_from="2024-01-01")
    taken, late = [await see(clinic, day=LAST_WEEK - timedelta(days=days)) for days in (300, 400)]
    assert await waiting(clinic) == ([late["id"], taken["id"]], 2, "370.00")
    for wanted, record in ((False, taken), (True, late)):
        found = (await clinic.billing.get("/claims/unclaimed", params={"late": wanted})).json()
        assert ([each["id"] for each in found["items"]], found["count"], found["total_amount"]) == ([record["id"]], 1, "185.00")


async def test_a_paid_record_waits_again_once_its_claim_is_rejected(clinic: Clinic) -> None:
    record = await settled(clinic)
    batch = await claim(clinic, record)
    assert await waiting(clinic) == ([], 0, "0.00")
    back = write_277ca(batch["control_number"], rejected(batch["claims"][0]["control_number"]))
    sent = await clinic.billing.post("/claims/acknowledgements", content=back, headers={"Content-Type": "application/edi-x12"})
    assert sent.status_code == HTTPStatus.CREATED, sent.text
    assert await waiting(clinic) == ([record["id"]], 1, "185.00")
    assert (await now(clinic, record))["payment_status"] == "paid"
    assert (await claim(clinic, record))["claims"][0]["frequency"] == "1"


async def deductible_left(clinic: Clinic) -> str:
    """Return what is left of Jonas's deductible."""
    [coverage] = (await clinic.billing.get(f"/clients/{WEBER}/coverages")).json()["items"]
    return coverage["deductible_left"]


async def test_an_insurer_that_confirms_a_paid_deductible_moves_nothing(clinic: Clinic) -> None:
    record = await settled(clinic)
    [made] = (await claim(clinic, record))["claims"]
    before = await entries(clinic, record)
    posted = await replicate_policy(clinic, made, "CO-45 35.00", "PR-1 150.00")
    assert (posted["outcome"], await entries(clinic, record)) == ("paid", before)
    after = await now(clinic, record)
    assert (after["payment_status"], after["balance"], after["unapplied_credit"]) == ("paid", "0.00", "0.00")
    assert (await deductible_left(clinic), await waiting(clinic)) == ("350.00", ([], 0, "0.00"))
    [stated] = (await clinic.billing.get("/claims", params={"record_id": record["id"]})).json()["items"]
    assert stated["status"] == "paid"


async def test_a_client_who_paid_a_deductible_that_the_insurer_bears_has_credit(clinic: Clinic) -> None:
    record = await settled(clinic)
    [made] = (await claim(clinic, record))["claims"]
    await replicate_policy(clinic, made, "CO-45 35.00", "PR-3 30.00")
    assert (await entries(clinic, record))[-2:] == [
        ("transfer", {"patient_ar": "-120.00", "payer_ar": "120.00"}),
        ("payment", {"cash": "120.00", "payer_ar": "-120.00", "patient_ar": "120.00", "unapplied_credit": "-120.00"}),
    ]
    after = await now(clinic, record)
    assert (after["payment_status"], after["balance"], after["unapplied_credit"]) == ("paid", "0.00", "120.00")
    assert await deductible_left(clinic) == "500.00"
    given_back = await clinic.post(record, "refunds", amount="120.00", method="card", reason="the insurer pays it")
    assert (given_back["payment_status"], given_back["balance"], given_back["unapplied_credit"]) == ("paid", "0.00", "0.00")


async def test_a_client_who_paid_a_deductible_that_the_insurer_denies_has_credit_and_the_insurer_owes(clinic: Clinic) -> None:
    record = await settled(clinic)
    [made] = (await claim(clinic, record))["claims"]
    await replicate_policy(clinic, made, "CO-197 185.00", status="4")
    after = await now(clinic, record)
    assert (after["payment_status"], after["balance"], after["unapplied_credit"]) == ("denied", "150.00", "150.00")
    assert (await deductible_left(clinic), await waiting(clinic)) == ("500.00", ([], 0, "0.00"))


async def test_an_answer_that_is_taken_back_leaves_the_paid_deductible_as_it_was(clinic: Clinic) -> None:
    record = await settled(clinic)
    [made] = (await claim(clinic, record))["claims"]
    adjustments: tuple[Any, ...] = ("CO-45 35.00", "PR-3 30.00")
    await replicate_policy(clinic, made, *adjustments)
    await replicate_policy(clinic, made, *adjustments, taken_back=True)
    after = await now(clinic, record)
    assert (after["payment_status"], after["balance"], after["unapplied_credit"]) == ("paid", "0.00", "0.00")
    assert await deductible_left(clinic) == "350.00"
