"""A posting that was wrong is taken back once, by one of opposite sign that names it."""

from typing import Any
from uuid import UUID

from back_office import Clinic, Json
from contracts.types import ClientId, new_id
from httpx import Response
from insurer import answer, as_expected, claim
from remittances.test_remittances import receive


async def reverse(clinic: Clinic, record: Json, posting: Json, **body: Any) -> Response:
    path = f"/records/{record['id']}/ledger/{posting['id']}/reversal"
    return await clinic.billing.post(path, json={"reason": "the check was returned unpaid"} | body)


async def posted(clinic: Clinic, record: Json, kind: str) -> list[Json]:
    return [item for item in (await clinic.ledger(record))["items"] if item["kind"] == kind]


async def refused(clinic: Clinic, record: Json, posting: Json) -> str:
    answer = await reverse(clinic, record, posting)
    assert answer.status_code in {409, 422}, answer.text
    return answer.json()["type"].removeprefix("/problems/")


async def test_a_check_that_bounced_is_reversed_once_and_owed_again(clinic: Clinic) -> None:
    record = await clinic.bill("90834")
    await clinic.pay(record, "140.00")
    [payment] = await posted(clinic, record, "payment")
    answer = await reverse(clinic, record, payment)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["payment_status"], answer.json()["balance"]) == ("pending", "140.00")
    payment, reversal = await posted(clinic, record, "payment")
    assert (reversal["reverses_id"], reversal["method"], reversal["is_reversible"]) == (payment["id"], "card", False)
    assert {entry["account"]: entry["amount"] for entry in reversal["entries"]} == {"cash": "-140.00", "patient_ar": "140.00"}
    assert (payment["is_reversible"], await refused(clinic, record, payment)) == (False, "reversed-already")
    assert await refused(clinic, record, reversal) == "is-a-reversal"
    close = (await clinic.billing.get("/reports/daily-close")).json()["totals"]
    assert (close["received"], (await clinic.billing.get("/reports/reconciliation")).json()["totals"]) == ("0.00", {"found": 0})
    assert (await clinic.billing.get(f"/records/{record['id']}/receipts/{reversal['id']}.pdf")).status_code == 404


async def test_mistyped_adjustments_write_offs_and_refunds_are_reversed(clinic: Clinic) -> None:
    record = await clinic.bill("90834")
    await clinic.post(record, "adjustments", amount="100.00", reason="hardship")
    await clinic.post(record, "write-offs", amount="40.00", reason="uncollectable")
    await clinic.pay(record, "10.00")
    await clinic.post(record, "refunds", amount="10.00", method="cash", reason="paid twice")
    for kind in ("adjustment", "write_off"):
        [wrong] = await posted(clinic, record, kind)
        assert (await reverse(clinic, record, wrong)).status_code == 201
    [handed] = await posted(clinic, record, "refund")
    back = (await reverse(clinic, record, handed)).json()
    assert (back["balance"], back["unapplied_credit"]) == ("130.00", "0.00")


async def test_money_that_was_moved_is_not_reversed_before_that_is(clinic: Clinic) -> None:
    client = ClientId(new_id())
    record, other = [await clinic.bill("90834", client_id=client) for _ in range(2)]
    await clinic.pay(record, "180.00")
    [payment] = await posted(clinic, record, "payment")
    await clinic.post(record, "credits", amount="40.00", to_record_id=other["id"])
    answer = await reverse(clinic, record, payment)
    assert (answer.status_code, answer.json()["moved_to"], answer.json()["here"]) == (409, other["id"], "140.00")
    [given] = await posted(clinic, record, "credit")
    assert await refused(clinic, record, given) == "not-reversible"
    [taken] = await posted(clinic, other, "credit")
    assert (await reverse(clinic, other, taken)).json()["balance"] == "140.00"
    await clinic.post(record, "refunds", amount="40.00", method="cash", reason="paid twice")
    [handed] = await posted(clinic, record, "refund")
    assert (await reverse(clinic, record, handed)).status_code == 201
    assert (await reverse(clinic, record, payment)).json()["balance"] == "140.00"


async def test_a_check_that_bounces_after_its_overpayment_was_refunded_is_owed_again_with_the_refund(clinic: Clinic) -> None:
    record = await clinic.bill("90834")
    await clinic.pay(record, "180.00")
    await clinic.post(record, "refunds", amount="40.00", method="cash", reason="overpaid")
    [payment] = await posted(clinic, record, "payment")
    back = (await reverse(clinic, record, payment)).json()
    assert (back["balance"], back["unapplied_credit"], back["payment_status"]) == ("180.00", "0.00", "pending")
    await clinic.pay(record, "200.00")
    paid = await clinic.ledger(record)
    assert (paid["balance"], paid["unapplied_credit"]) == ("0.00", "20.00")
    again = [item for item in await posted(clinic, record, "payment") if item["is_reversible"]]
    assert [(await reverse(clinic, record, one)).json()["balance"] for one in again] == ["180.00"]
    [handed] = await posted(clinic, record, "refund")
    assert (await reverse(clinic, record, handed)).json()["balance"] == "140.00"
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def test_a_record_is_voided_only_when_no_more_was_refunded_than_came_in(clinic: Clinic) -> None:
    record = await clinic.bill("90834")
    await clinic.pay(record, "155.00")
    await clinic.post(record, "refunds", amount="15.00", method="cash", reason="paid too much")
    [payment] = await posted(clinic, record, "payment")
    assert (await reverse(clinic, record, payment)).json()["balance"] == "155.00"
    body = {"reason": "entered for the wrong client"}
    steps: dict[str, Json] = {"void": body, "replace": body, "replace/preview": {}}
    for path, sent in steps.items():
        answer = await clinic.billing.post(f"/records/{record['id']}/{path}", json=sent)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/refunded-beyond-payments"), f"{path}: {answer.text}"
        assert answer.json()["refunded_beyond"] == "15.00"
    await clinic.post(record, "write-offs", amount="155.00", reason="uncollectable")
    assert (await clinic.billing.post(f"/records/{record['id']}/void", json=body)).status_code == 409
    [handed] = await posted(clinic, record, "refund")
    assert (await reverse(clinic, record, handed)).status_code == 201
    voided = await clinic.billing.post(f"/records/{record['id']}/void", json=body)
    assert voided.status_code in {200, 201}, voided.text
    assert (voided.json()["balance"], voided.json()["unapplied_credit"]) == ("0.00", "0.00")


async def test_what_a_remittance_posted_is_reversed_by_the_insurer_alone(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await receive(clinic, as_expected(claimed.control_number))
    [payment] = await posted(clinic, claimed.record, "payment")
    assert (payment["is_reversible"], await refused(clinic, claimed.record, payment)) == (False, "posted-by-remittance")
    unknown = await clinic.billing.post(f"/records/{claimed.record['id']}/ledger/{UUID(int=7)}/reversal", json={"reason": "a typo"})
    assert unknown.status_code == 404


async def test_a_waiver_that_an_answer_has_made_needless_is_no_money_and_is_not_reversed_by_hand(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.post(claimed.record, "adjustments", amount="25.00", reason="hardship")
    nothing_left = answer(claimed.control_number, "CO-45 33.00")
    await receive(clinic, nothing_left)
    found = await clinic.ledger(claimed.record)
    assert (found["balance"], found["unapplied_credit"], found["balances"]["discount"]) == ("0.00", "0.00", "0.00")
    [given, _] = [item for item in found["items"] if any(entry["account"] == "discount" for entry in item["entries"])]
    assert (given["is_reversible"], await refused(clinic, claimed.record, given)) == (False, "taken-back-already")
    await receive(clinic, nothing_left.taken_back(), trace="EFT-6001")
    assert (await clinic.ledger(claimed.record))["balances"]["discount"] == "25.00"
    corrected = await clinic.post(claimed.record, "replace", reason="by video", modality="video")
    assert (corrected["balance"], (await clinic.ledger(corrected))["balances"]["discount"]) == ("127.00", "25.00")


async def test_what_somebody_no_longer_gives_off_does_not_come_back_with_a_reversed_answer(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.post(claimed.record, "adjustments", amount="25.00", reason="hardship")
    ten = answer(claimed.control_number, "CO-45 33.00", "PR-3 10.00")
    await receive(clinic, ten)
    given = next(item for item in await posted(clinic, claimed.record, "adjustment") if item["reason"] == "hardship")
    assert (await reverse(clinic, claimed.record, given)).json()["balance"] == "10.00"
    await receive(clinic, ten.taken_back(), as_expected(claimed.control_number), trace="EFT-6002")
    found = await clinic.ledger(claimed.record)
    assert (found["balances"]["patient_ar"], found["balances"]["discount"], found["unapplied_credit"]) == ("25.00", "0.00", "0.00")


async def test_what_is_written_off_of_a_client_stays_so_when_the_insurer_takes_its_answer_back_and_gives_it_again(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    paid = answer(claimed.control_number, "CO-45 33.00", "PR-3 52.00")
    await receive(clinic, paid)
    await clinic.post(claimed.record, "write-offs", amount="52.00", payer="client", reason="cannot be reached")
    await receive(clinic, paid.taken_back(), paid, trace="EFT-6004")
    found = await clinic.ledger(claimed.record)
    assert (found["balance"], found["balances"]["bad_debt"], found["unapplied_credit"]) == ("0.00", "52.00", "0.00")


async def test_an_insurer_that_pays_what_was_written_off_has_no_credit(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.post(claimed.record, "write-offs", amount="127.00", payer="insurer", reason="not claimed in time")
    paid = answer(claimed.control_number, "CO-45 33.00", "PR-3 52.00")
    await receive(clinic, paid)
    found = await clinic.ledger(claimed.record)
    assert (found["balances"]["bad_debt"], found["balances"]["payer_ar"], found["unapplied_credit"]) == ("0.00", "0.00", "0.00")
    assert found["balances"]["patient_ar"] == "52.00"
    await receive(clinic, paid.taken_back(), trace="EFT-6003")
    found = await clinic.ledger(claimed.record)
    assert (found["balances"]["bad_debt"], found["balances"]["payer_ar"], found["balances"]["patient_ar"]) == ("127.00", "0.00", "25.00")


async def test_a_payment_that_went_along_to_the_record_in_place_of_another_is_reversed_from_there(clinic: Clinic) -> None:
    wrong = await clinic.bill("90834")
    await clinic.pay(wrong, "100.00")
    right = await clinic.post(wrong, "replace", reason="by video", modality="video")
    [payment] = await posted(clinic, wrong, "payment")
    assert await refused(clinic, wrong, payment) == "money-is-gone"
    [taken] = await posted(clinic, right, "credit")
    assert (await reverse(clinic, right, taken)).json()["balance"] == "140.00"
    back = (await reverse(clinic, wrong, payment)).json()
    assert (back["payment_status"], back["unapplied_credit"]) == ("voided", "0.00")
