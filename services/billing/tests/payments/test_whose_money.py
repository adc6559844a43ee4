"""Whoever's credit it is settles what the same payer owes on the record, and only that payer gets it back."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from back_office import MONDAY, Clinic, Json, cover, payer
from contracts.types import ClientId, new_id
from insurer import Claimed, answer, as_expected, claim, database
from remittances.test_remittances import receive, receive_again, stand

LEFT_TO_THE_CLIENT: Final = """
    WITH told AS (INSERT INTO ledger_transaction (id, record_id, kind, posted_at) VALUES ($1, $2, 'transfer', now()) RETURNING *)
    INSERT INTO ledger_entry (transaction_id, record_id, posted_at, account, amount)
    SELECT id, record_id, posted_at, account, amount
    FROM told, (VALUES ('patient_ar', 127.00), ('payer_ar', -127.00)) AS entry (account, amount)
"""


async def refused(clinic: Clinic, claimed: Claimed, step: str, **body: str) -> Json:
    sent = await clinic.billing.post(f"/records/{claimed.record['id']}/{step}", json=body)
    assert sent.status_code == 422, sent.text
    return sent.json()


async def credit(clinic: Clinic, record: Json) -> tuple[str, str]:
    found = await clinic.ledger(record)
    return found["client_credit"], found["insurer_credit"]


async def test_what_the_insurer_leaves_to_a_client_who_has_paid_it_already_is_settled(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.pay(claimed.record, "152.00")
    assert await credit(clinic, claimed.record) == ("127.00", "0.00")
    found = await receive(clinic, answer(claimed.control_number, "CO-45 33.00", "PR-1 152.00"))
    assert found["claims"][0]["outcome"] == "paid"
    assert await stand(clinic, claimed) == ("paid", "0.00", "0.00", "0.00")


async def test_an_insurers_money_goes_back_to_the_insurer_alone(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await receive(clinic, as_expected(claimed.control_number))
    await clinic.pay(claimed.record, "25.00")
    again = as_expected(claimed.control_number)
    await receive_again(clinic, again, "EFT-6000")
    assert await credit(clinic, claimed.record) == ("0.00", "127.00")
    problem = await refused(clinic, claimed, "refunds", amount="127.00", payer="client", method="check", reason="paid twice")
    assert (problem["client_credit"], problem["insurer_credit"]) == ("0.00", "127.00")
    other = await clinic.bill("90837", client_id=ClientId(UUID(claimed.record["client_id"])))
    await refused(clinic, claimed, "credits", amount="1.00", payer="client", to_record_id=other["id"])
    corrected = await clinic.post(claimed.record, "replace", reason="by video", modality="video")
    assert (corrected["balance"], await credit(clinic, corrected)) == ("0.00", ("0.00", "127.00"))
    await clinic.post(corrected, "refunds", amount="127.00", payer="insurer", method="check", reason="paid twice")


async def test_a_surplus_of_the_insurer_does_not_settle_the_clients_part_of_the_record_in_its_place(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    twice = as_expected(claimed.control_number)
    await receive(clinic, twice)
    await receive_again(clinic, twice, "EFT-6000")
    corrected = await clinic.post(claimed.record, "replace", reason="by video", modality="video")
    assert (corrected["balance"], await credit(clinic, corrected)) == ("25.00", ("0.00", "127.00"))
    await receive(clinic, twice.taken_back(), trace="EFT-6001")
    found = await clinic.ledger(corrected)
    assert (found["balance"], found["insurer_credit"]) == ("25.00", "0.00")


async def test_a_payment_taken_back_after_the_corrected_claim_was_paid_leaves_neither_debt_nor_credit(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    first = as_expected(claimed.control_number)
    await receive(clinic, first)
    corrected = await clinic.post(claimed.record, "replace", reason="by video", modality="video")
    await clinic.pay(corrected, "127.00", payer="insurer")
    await receive(clinic, first.taken_back(), trace="EFT-6001")
    found = await clinic.ledger(corrected)
    assert (found["balances"]["payer_ar"], found["unapplied_credit"]) == ("0.00", "0.00")


async def test_a_record_from_before_with_debt_and_credit_of_one_payer_is_found_and_healed(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.pay(claimed.record, "152.00")
    async with database(clinic) as connection:
        await connection.execute(LEFT_TO_THE_CLIENT, new_id(), claimed.record["id"])
    found = {row["what"]: row["found"] for row in (await clinic.billing.get("/reports/reconciliation")).json()["rows"]}
    assert found["records with credit of a payer who owes on them"] == 1
    for wrong in ({"amount": "1.00"}, {"amount": "127.00", "payer": "insurer"}):
        await refused(clinic, claimed, "credits", to_record_id=claimed.record["id"], **wrong)
    healed = await clinic.post(claimed.record, "credits", amount="127.00", to_record_id=claimed.record["id"])
    assert (healed["payment_status"], healed["balance"], healed["unapplied_credit"]) == ("paid", "0.00", "0.00")
    found = {row["what"]: row["found"] for row in (await clinic.billing.get("/reports/reconciliation")).json()["rows"]}
    assert found["records with credit of a payer who owes on them"] == 0


async def test_credit_is_listed_with_whose_money_it_is_and_where_it_may_go(clinic: Clinic) -> None:
    client, harbor = ClientId(new_id()), await payer(clinic, c90837="150.00")
    await cover(clinic, client, harbor, copay="25.00")
    facts: dict[str, Any] = {"client_id": client, "insurance_applicable": True}
    record = await clinic.bill("90837", **facts)
    await clinic.pay(record, "30.00")
    await clinic.pay(record, "125.00", "insurer")
    voided = await clinic.bill("90837", **facts | {"day": MONDAY + timedelta(days=1)})
    await clinic.pay(voided, "125.00", "insurer")
    await clinic.post(voided, "void", reason="completed by mistake")
    await clinic.pay(await clinic.bill("90834"), "150.00")
    found = (await clinic.billing.get("/credits", params={"client_id": str(client), "limit": 1})).json()
    [first] = found["items"]
    assert (found["count"], found["total_amount"]) == (2, "130.00")
    assert (first["record_id"], first["client_credit"], first["insurer_credit"]) == (record["id"], "5.00", "0.00")
    rest = (await clinic.billing.get("/credits", params={"client_id": str(client), "cursor": found["next_cursor"]})).json()["items"]
    reported = [
        (each["record_id"], each["payment_status"], each["client_credit"], each["insurer_credit"], each["payer_name"]) for each in rest
    ]
    assert reported == [(voided["id"], "voided", "0.00", "125.00", "Harbor Mutual")]
    assert (await clinic.billing.get("/credits", params={"payer_id": harbor})).json()["total_amount"] == "130.00"
    assert (await clinic.billing.get("/credits")).json()["total_amount"] == "140.00"


@pytest.mark.parametrize("times", [1, 2])
async def test_an_insurers_credit_names_the_payer_that_paid_also_where_insurance_is_not_billed_any_more(clinic: Clinic, times: int) -> None:
    claimed = await claim(clinic)
    await receive(clinic, as_expected(claimed.control_number))
    record = claimed.record
    for number in range(times):
        record = await clinic.post(record, "replace", reason=f"not insured, {number}", insurance_applicable=False)
    paid_by = claimed.record["payer_id"]
    assert record["payer_id"] is None
    found = (await clinic.billing.get("/credits", params={"payer_id": paid_by})).json()
    assert [(each["record_id"], each["payer_id"], each["insurer_credit"]) for each in found["items"]] == [(record["id"], paid_by, "127.00")]
    named = (await clinic.billing.get(f"/payers/{paid_by}")).json()["payer_name"]
    assert (found["items"][0]["payer_name"], found["count"]) == (named, 1)


async def test_the_credit_of_a_client_whose_insurance_is_not_billed_names_no_payer(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    await clinic.pay(record, "200.00")
    found = (await clinic.billing.get("/credits", params={"client_id": record["client_id"]})).json()
    assert [(each["payer_id"], each["client_credit"]) for each in found["items"]] == [(None, "15.00")]
