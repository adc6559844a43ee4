"""What was left out of a payment is on the payer's account until somebody assigns it to a record; the books have what the bank has."""

from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from back_office import Clinic, Json
from contracts.types import new_id
from httpx import Response
from insurer import Answer, Claimed, answer, as_expected, claim, write_835
from remittances.test_remittances import park, receive, stand

PAID: Final = ("partially_paid", "25.00", "0.00", "0.00")
BECAUSE: Final = {"reason": "The payer explained it on the phone."}


def partly_taken_back(number: str) -> Answer:
    """Take 100.00 of 127.00 back, without a new answer."""
    return answer(number, "CO-45 -33.00", "PR-3 -25.00", "CO-97 -27.00", charge="-185.00", status="22")


async def leave_out(clinic: Clinic, text: str, *numbers: str) -> Json:
    """Post a parked payment without these claims."""
    _, key = await park(clinic, text)
    posted = await clinic.billing.post(f"/remittances/{key}/post", json={"leave_out": numbers})
    assert (posted.status_code, posted.json()["status"]) == (200, "posted"), posted.text
    return posted.json()


async def assign(clinic: Clinic, remittance: Json, position: int = 1, **body: Any) -> Response:
    return await clinic.billing.post(f"/remittances/{remittance['id']}/claims/{position}/assign", json=BECAUSE | body)


async def check(clinic: Clinic, remittance: Json, *, era: str, with_payers: str) -> None:
    """Assert what the day of a payment has at the bank and with payers, and that the books agree."""
    day = remittance["payment_date"]
    close = (await clinic.billing.get("/reports/daily-close", params={"from": day, "to": day})).json()
    assert sum(Decimal(row["received"]) for row in close["rows"] if row["method"] == "era") == Decimal(era)
    assert close["totals"]["with_payers"] == with_payers
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def reverse_last(clinic: Clinic, claimed: Claimed) -> Response:
    [*_, posted] = [item for item in (await clinic.ledger(claimed.record))["items"] if item["is_reversible"]]
    return await clinic.billing.post(f"/records/{claimed.record['id']}/ledger/{posted['id']}/reversal", json=BECAUSE)


async def test_a_partial_takeback_is_left_out_and_then_taken_from_its_record(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await receive(clinic, as_expected(claimed.control_number))
    text = write_835([partly_taken_back(claimed.control_number)], trace="EFT-2", withheld=[("FB", Decimal("-100.00"))], day="20260317")
    codes, key = await park(clinic, text)
    assert codes == ["reversal-differs"]
    [problem] = (await clinic.billing.get(f"/remittances/{key}")).json()["problems"]
    assert all(way in problem["fix"] for way in ("(leave_out)", "(assign)"))
    assert (await assign(clinic, {"id": key})).json()["type"] == "/problems/remittance-not-posted"
    posted = await leave_out(clinic, text, claimed.control_number)
    [stated] = posted["claims"]
    assert (stated["outcome"], stated["unassigned_amount"], [each["kind"] for each in stated["postings"]]) == (
        "left_out",
        "-100.00",
        ["unassigned"],
    )
    await check(clinic, posted, era="0.00", with_payers="0.00")
    assert await stand(clinic, claimed) == PAID
    assigned = await assign(clinic, posted)
    assert assigned.status_code == 200, assigned.text
    [stated] = assigned.json()["claims"]
    assert (stated["outcome"], stated["unassigned_amount"], stated["assigned_record_id"]) == ("assigned", "0.00", claimed.record["id"])
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "100.00", "0.00")
    await check(clinic, posted, era="0.00", with_payers="0.00")
    assert (await assign(clinic, posted)).json()["type"] == "/problems/assigned-already"
    assert (await reverse_last(clinic, claimed)).status_code == 201
    assert await stand(clinic, claimed) == PAID
    assert (await assign(clinic, posted)).status_code == 200, "it may be assigned anew"
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "100.00", "0.00")
    codes, _ = await park(clinic, write_835([as_expected(claimed.control_number).taken_back()], trace="EFT-3"))
    assert (codes, await stand(clinic, claimed)) == (["credit-is-gone"], ("partially_paid", "25.00", "100.00", "0.00"))
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def test_money_for_an_unknown_claim_is_with_the_payer_until_it_is_assigned(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    posted = await leave_out(clinic, write_835([as_expected("9999")]), "9999")
    await check(clinic, posted, era="127.00", with_payers="-127.00")
    listed = await clinic.billing.get("/remittances", params={"has_unassigned": "true"})
    assert [each["id"] for each in listed.json()["items"]] == [posted["id"]]
    assert (await assign(clinic, posted)).json()["type"] == "/problems/record-unknown"
    assert (await assign(clinic, posted, record_id=str(uuid4()))).status_code == 404
    assert (await assign(clinic, posted, 2)).status_code == 404
    assert (await assign(clinic, {"id": str(new_id())})).status_code == 404
    assigned = await assign(clinic, posted, record_id=claimed.record["id"])
    assert (assigned.status_code, assigned.json()["claims"][0]["client_id"]) == (200, claimed.record["client_id"])
    assert await stand(clinic, claimed) == PAID
    listed = await clinic.billing.get("/remittances", params={"has_unassigned": "true"})
    assert listed.json()["items"] == []
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}
    codes, _ = await park(clinic, write_835([as_expected(claimed.control_number)], trace="EFT-2"))
    assert codes == ["likely-duplicate"], "what was assigned may be what the claim's own answer pays"
    assert (await reverse_last(clinic, claimed)).status_code == 201
    await check(clinic, posted, era="127.00", with_payers="-127.00")


async def test_what_an_insurer_takes_back_of_money_that_was_posted_by_hand_is_taken_from_it(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.post(claimed.record, "payments", amount="127.00", payer="insurer", method="check")
    text = write_835([as_expected(claimed.control_number).taken_back()])
    assert (await park(clinic, text))[0] == ["nothing-to-reverse"]
    posted = await leave_out(clinic, text, claimed.control_number)
    assert (await assign(clinic, posted)).status_code == 200
    assert await stand(clinic, claimed) == ("submitted", "25.00", "127.00", "0.00")


async def test_more_than_the_insurer_has_on_a_record_is_not_taken_from_it(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    text = write_835([as_expected(claimed.control_number).taken_back()])
    posted = await leave_out(clinic, text, claimed.control_number)
    refused = await assign(clinic, posted)
    assert (refused.status_code, refused.json()["type"], refused.json()["here"]) == (409, "/problems/money-is-gone", "0.00")
    assert (await stand(clinic, claimed))[1:] == ("25.00", "127.00", "0.00")
    await check(clinic, posted, era="-127.00", with_payers="127.00")


async def test_a_claim_that_was_posted_or_for_which_nothing_was_paid_has_nothing_to_assign(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    posted = await receive(clinic, as_expected(claimed.control_number))
    assert (await assign(clinic, posted)).json()["type"] == "/problems/not-left-out"
    nothing = await leave_out(clinic, write_835([answer("9999", "CO-197 185.00", status="4")], trace="EFT-2"), "9999")
    assert nothing["claims"][0]["postings"] == []
    assert (await assign(clinic, nothing, record_id=claimed.record["id"])).json()["type"] == "/problems/nothing-to-assign"
