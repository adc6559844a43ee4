"""What becomes of a record's money: payments, adjustments, a void; and what is refused, with nothing half-posted."""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from back_office import Clinic, Json
from contracts.types import new_id

CHANGED: Final = "billing.payment_status_changed.v1"
PAYMENT: Final[Mapping[str, Any]] = {"amount": "10.00", "payer": "client", "method": "cash", "reference": "R-1"}
STEPS: Final[Mapping[str, Mapping[str, Any]]] = {
    "payments": PAYMENT,
    "adjustments": {"amount": "1.00", "reason": "late"},
    "void": {"reason": "again"},
}
NONSENSE: Final[Sequence[tuple[Json, str]]] = (
    ({"amount": "-5.00"}, "amount"),
    ({"amount": "0.00"}, "amount"),
    ({"amount": "10.005"}, "amount"),
    ({"amount": 10.5}, "amount"),
    ({"amount": 10}, "amount"),
    ({"amount": "NaN"}, "amount"),
    ({"amount": "1000000.01"}, "amount"),
    ({"amount": "99999999999.00"}, "amount"),
    ({"amount": "ten"}, "amount"),
    ({"payer": "grandmother"}, "payer"),
    ({"method": "seashells"}, "method"),
    ({"method": "era"}, "method"),
    ({"reference": "x\x00y"}, "reference"),
    ({"tip": "1.00"}, "tip"),
)


async def test_payments_take_a_record_to_paid_and_each_change_of_status_is_announced(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    record = await clinic.pay(record, "85.00")
    assert (record["payment_status"], record["balance"], record["version"]) == ("partially_paid", "100.00", 2)
    record = await clinic.pay(record, "50.00")
    record = await clinic.pay(record, "50.00")
    assert (record["payment_status"], record["balance"]) == ("paid", "0.00")
    stated = await clinic.receives(CHANGED, 2)
    assert [(one["payment_status"], one["version"]) for one in stated] == [("partially_paid", 2), ("paid", 4)]


async def test_an_overpayment_becomes_unapplied_credit(clinic: Clinic) -> None:
    record = await clinic.pay(await clinic.bill("90834"), "150.00")
    assert (record["payment_status"], record["balance"], record["unapplied_credit"]) == ("paid", "0.00", "10.00")
    assert (await clinic.ledger(record))["balances"] == {
        "patient_ar": "0.00",
        "revenue": "-140.00",
        "cash": "150.00",
        "unapplied_credit": "-10.00",
    }


async def test_an_insurer_that_pays_lowers_what_the_client_owes(clinic: Clinic) -> None:
    record = await clinic.pay(await clinic.bill("90837", insurance_applicable=True), "120.00", payer="insurer")
    assert (record["payment_status"], record["balance"]) == ("partially_paid", "65.00")


async def test_an_adjustment_lowers_what_the_client_owes_and_keeps_its_reason(clinic: Clinic) -> None:
    record = await clinic.post(await clinic.bill("90834"), "adjustments", amount="40.00", reason="sliding scale")
    assert (record["payment_status"], record["balance"], record["total_amount"]) == ("pending", "100.00", "140.00")
    assert (await clinic.ledger(record))["items"][-1]["reason"] == "sliding scale"
    record = await clinic.post(record, "adjustments", amount="100.00", reason="hardship")
    assert (record["payment_status"], record["balance"]) == ("written_off", "0.00")


async def test_an_adjustment_beyond_what_is_owed_is_refused(clinic: Clinic) -> None:
    record = await clinic.bill("90834")
    answer = await clinic.billing.post(f"/records/{record['id']}/adjustments", json={"amount": "140.01", "reason": "too kind"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["type"].endswith("adjustment-exceeds-balance")
    assert answer.json()["owed_by_client"] == "140.00"


async def test_a_void_takes_the_bill_back_and_keeps_the_money_as_credit(clinic: Clinic) -> None:
    record = await clinic.pay(await clinic.bill("90834"), "50.00")
    record = await clinic.post(record, "void", reason="completed by mistake")
    assert (record["payment_status"], record["balance"], record["unapplied_credit"]) == ("voided", "0.00", "50.00")
    await clinic.receives(CHANGED, 2)
    assert clinic.published(CHANGED)[-1]["payment_status"] == "voided"


async def test_nothing_can_be_posted_to_a_voided_record(clinic: Clinic) -> None:
    record = await clinic.post(await clinic.bill(), "void", reason="completed by mistake")
    for step, body in STEPS.items():
        answer = await clinic.billing.post(f"/records/{record['id']}/{step}", json=body)
        assert (answer.status_code, answer.json()["payment_status"]) == (HTTPStatus.CONFLICT, "voided")
    assert len((await clinic.ledger(record))["items"]) == 2


async def test_a_repeated_key_posts_once(clinic: Clinic) -> None:
    record, headers = await clinic.bill(), {"Idempotency-Key": str(new_id())}
    path = f"/records/{record['id']}/payments"
    answers = await asyncio.gather(*(clinic.billing.post(path, json=PAYMENT, headers=headers) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {HTTPStatus.CREATED}
    assert {answer.json()["balance"] for answer in answers} == {"175.00"}
    other = await clinic.billing.post(path, json={**PAYMENT, "amount": "11.00"}, headers=headers)
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (422, "idempotency-key-reused")
    assert len((await clinic.ledger(record))["items"]) == 2


async def test_twenty_payments_at_once_keep_the_balance_right(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    paid = await asyncio.gather(*(clinic.pay(record, "10.00") for _ in range(20)))
    [record] = await clinic.records(session_id=record["session_id"])
    assert (record["balance"], record["unapplied_credit"], record["payment_status"]) == ("0.00", "15.00", "paid")
    assert sorted(one["version"] for one in paid) == list(range(2, 22))
    ledger = await clinic.ledger(record)
    assert len(ledger["items"]) == 21
    assert Decimal(ledger["balances"]["cash"]) == 200


async def test_a_payment_that_makes_no_sense_is_refused_and_named(clinic: Clinic) -> None:
    record = await clinic.bill()
    for wrong, field in NONSENSE:
        answer = await clinic.billing.post(f"/records/{record['id']}/payments", json={**PAYMENT, **wrong})
        assert answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
        assert answer.headers["content-type"] == "application/problem+json"
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert len((await clinic.ledger(record))["items"]) == 1


async def test_all_problems_of_a_payment_are_named_at_once(clinic: Clinic) -> None:
    answer = await clinic.billing.post(f"/records/{new_id()}/payments", json={"amount": "-1", "payer": "nobody", "method": "none"})
    assert {error["field"] for error in answer.json()["errors"]} == {"amount", "payer", "method"}


async def test_a_record_that_does_not_exist_is_not_found(clinic: Clinic) -> None:
    nowhere = f"/records/{new_id()}"
    answers = [await clinic.billing.post(f"{nowhere}/{step}", json=body) for step, body in STEPS.items()]
    answers += [await clinic.billing.get(nowhere), await clinic.billing.get(f"{nowhere}/ledger")]
    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}


async def test_what_will_not_be_paid_is_written_off_as_bad_debt_and_no_more(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    await clinic.pay(record, "85.00")
    refused = await clinic.billing.post(f"/records/{record['id']}/write-offs", json={"amount": "100.01", "reason": "gone"})
    assert (refused.status_code, refused.json()["owed"]) == (422, "100.00")
    done = await clinic.post(record, "write-offs", amount="100.00", reason="uncollectable")
    assert (done["balance"], done["payment_status"]) == ("0.00", "paid")
    assert (await clinic.ledger(record))["balances"]["bad_debt"] == "100.00"
    other = await clinic.bill("90834")
    assert (await clinic.post(other, "write-offs", amount="140.00", reason="uncollectable"))["payment_status"] == "written_off"


async def test_only_money_that_settles_nothing_is_handed_back_also_of_a_voided_record(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    paid = await clinic.pay(record, "200.00")
    assert paid["unapplied_credit"] == "15.00"
    path = f"/records/{record['id']}/refunds"
    too_much = await clinic.billing.post(path, json={"amount": "15.01", "method": "card", "reason": "paid twice"})
    assert (too_much.status_code, too_much.json()["type"]) == (422, "/problems/refund-exceeds-credit")
    assert too_much.json()["detail"] == "The client has $15.00 of unapplied credit on this record; at most that can be refunded to them."
    back = await clinic.post(record, "refunds", amount="15.00", method="card", reason="paid twice")
    assert (back["unapplied_credit"], back["payment_status"], back["balance"]) == ("0.00", "paid", "0.00")
    await clinic.post(record, "void", reason="by mistake")
    ended = await clinic.post(record, "refunds", amount="185.00", method="card", reason="voided")
    assert (ended["unapplied_credit"], ended["payment_status"]) == ("0.00", "voided")
    assert (await clinic.ledger(record))["balances"]["cash"] == "0.00"


async def test_the_log_of_changes_says_who_posted_what_to_a_record(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    clinic.billing.headers["X-Forwarded-User"] = "ines"
    await clinic.pay(record, "200.00")
    await clinic.post(record, "refunds", amount="5.00", payer="client", method="cash", reason="paid too much")
    await clinic.post(record, "void", reason="completed by mistake")
    kept = (await clinic.billing.get("/changes", params={"key": record["id"]})).json()["items"]
    assert [(each["what"], each["by"], each["action"]) for each in reversed(kept)] == [
        ("payment", "ines", "added"),
        ("refund", "ines", "added"),
        ("void", "ines", "added"),
    ]
    moved = {name: kept[-1]["after"][name] for name in ("cash", "patient_ar", "unapplied_credit")}
    assert moved == {"cash": "200.00", "patient_ar": "-185.00", "unapplied_credit": "-15.00"}
    assert (kept[1]["after"]["method"], kept[1]["after"]["reason"]) == ("cash", "paid too much")
