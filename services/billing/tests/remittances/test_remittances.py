"""Insurers' remittances: posted as a whole and once, or parked as a whole with every reason and nothing half-posted."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

import pytest
from back_office import Clinic, Json
from billing.remittances.queries import CLAIM_LIST
from chassis.rows.paging import write_cursor
from contracts.types import new_id
from httpx import Response
from insurer import Answer, Claimed, answer, as_expected, ask, claim, claim_says, database, write_835
from parties.test_parties import NETWORK

CHANGED: Final = "billing.payment_status_changed.v1"
EDI: Final = {"Content-Type": "application/edi-x12"}


async def send(clinic: Clinic, text: str, **headers: str) -> Response:
    return await clinic.billing.post("/remittances", content=text, headers=EDI | headers)


async def receive(clinic: Clinic, *answers: Answer, **facts: Any) -> Json:
    """Send a remittance that is posted."""
    sent = await send(clinic, write_835(answers, **facts))
    assert sent.status_code == 201, sent.text
    return sent.json()


async def park(clinic: Clinic, text: str) -> tuple[list[str], str]:
    """Send a remittance that is parked; return why, and its id."""
    sent = await send(clinic, text)
    assert (sent.status_code, sent.json()["type"]) == (422, "/problems/remittance-parked"), sent.text
    assert all(error["message"] and error["fix"] for error in sent.json()["errors"])
    return [error["code"] for error in sent.json()["errors"]], sent.json()["remittance_id"]


async def receive_again(clinic: Clinic, given: Answer, trace: str) -> None:
    """Send an answer that was posted before under another trace number, and accept it."""
    codes, key = await park(clinic, write_835([given], trace=trace))
    assert codes == ["likely-duplicate"]
    accepted = await clinic.billing.post(f"/remittances/{key}/post", json={"accept": [given.control_number]})
    assert (accepted.status_code, accepted.json()["status"]) == (200, "posted"), accepted.text


async def stand(clinic: Clinic, claimed: Claimed) -> tuple[str, str, str, str]:
    """Return a record's status, what client and insurer owe, and its unapplied credit, as the ledger has them."""
    ledger = await clinic.ledger(claimed.record)
    record = (await clinic.billing.get(f"/records/{claimed.record['id']}")).json()
    at = ledger["balances"]
    assert (record["payment_status"], record["balance"]) == (ledger["payment_status"], ledger["balance"])
    return record["payment_status"], at.get("patient_ar", "0.00"), at.get("payer_ar", "0.00"), record["unapplied_credit"]


BILLED: Final = ("submitted", "25.00", "127.00", "0.00")


async def test_a_remittance_pays_adjusts_and_transfers_claim_by_claim(clinic: Clinic) -> None:
    same, less, deductible = [await claim(clinic) for _ in range(3)]
    found = await receive(
        clinic,
        as_expected(same.control_number),
        answer(less.control_number, "CO-45 43.00", "PR-3 25.00"),
        answer(deductible.control_number, "CO-45 33.00", "PR-1 152.00"),
        withheld=[("L6", Decimal("-1.15"))],
    )
    assert (found["status"], found["amount"], found["paid_for_claims"]) == ("posted", "245.15", "244.00")
    assert [(each["meaning"], each["amount"]) for each in found["provider_adjustments"]] == [("interest", "-1.15")]
    assert [each["outcome"] for each in found["claims"]] == ["paid"] * 3
    assert await stand(clinic, same) == ("partially_paid", "25.00", "0.00", "0.00")
    assert await stand(clinic, less) == ("partially_paid", "25.00", "0.00", "0.00")
    assert await stand(clinic, deductible) == ("pending", "152.00", "0.00", "0.00")
    reported = [(each["kind"], each["reason"], each["method"], each["reference"]) for each in found["claims"][1]["postings"]]
    assert reported == [("adjustment", "CO-45", None, "EFT-5512"), ("payment", None, "era", "EFT-5512")]
    assert [each["kind"] for each in found["claims"][2]["postings"]] == ["transfer"]
    assert found["claims"][2]["lines"][0]["adjustments"][1] == {
        "code": "PR-1",
        "meaning": "deductible (owed by the client)",
        "amount": "152.00",
    }
    assert (await clinic.billing.get(f"/remittances/{found['id']}")).json() | {"others": []} == found
    first = (await clinic.billing.get(f"/remittances/{found['id']}", params={"limit": 2})).json()
    rest = (await clinic.billing.get(f"/remittances/{found['id']}", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert first["claims"] + rest["claims"] == found["claims"]
    assert (len(first["claims"]), rest["next_cursor"], first["paid_for_claims"], rest["paid_for_claims"]) == (2, None, "244.00", "244.00")
    changed = await clinic.billing.get(f"/remittances/{found['id']}", params={"limit": 2, "cursor": write_cursor(CLAIM_LIST, 2**40)})
    assert (changed.status_code, changed.headers["content-type"]) == (400, "application/problem+json")


async def test_each_changed_record_is_announced_once(clinic: Clinic) -> None:
    one, other = await claim(clinic), await claim(clinic)
    await receive(clinic, answer(one.control_number, "CO-45 43.00", "PR-3 10.00"), answer(other.control_number, "CO-16 185.00", status="4"))
    await clinic.pay(one.record, "10.00")
    stated = await clinic.receives(CHANGED, 3)
    assert sorted((each["record_id"], each["payment_status"]) for each in stated) == sorted([
        (one.record["id"], "partially_paid"),
        (one.record["id"], "paid"),
        (other.record["id"], "denied"),
    ])  # fmt: skip


async def test_a_denial_leaves_the_insurers_part_open_and_keeps_its_reason(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    found = await receive(clinic, answer(claimed.control_number, "CO-197 185.00", status="4"))
    assert await stand(clinic, claimed) == ("denied", "25.00", "127.00", "0.00")
    [posted] = found["claims"][0]["postings"]
    assert (posted["kind"], posted["reason"], posted["payer"], posted["entries"]) == ("denial", "CO-197", "insurer", [])
    assert await claim_says(clinic, claimed) == ("denied", "HM-99017")
    all_deductible = await claim(clinic, deductible_remaining="400.00", copay="0.00")
    denied = answer(all_deductible.control_number, "CO-197 185.00", status="4")
    await receive(clinic, denied, trace="EFT-6000")
    assert await stand(clinic, all_deductible) == ("denied", "0.00", "152.00", "0.00")
    await receive(clinic, denied, trace="EFT-6001")
    assert await stand(clinic, all_deductible) == ("denied", "0.00", "152.00", "0.00")
    await receive(clinic, denied.taken_back(), trace="EFT-6002")
    await receive(clinic, denied.taken_back(), trace="EFT-6003")
    assert await stand(clinic, all_deductible) == ("pending", "152.00", "0.00", "0.00")


async def test_an_answer_taken_back_and_given_anew_in_one_file_ends_at_the_new_one(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    first = as_expected(claimed.control_number)
    await receive(clinic, first)
    anew = answer(claimed.control_number, "CO-45 33.00", "PR-1 50.00", payer_reference="HM-99018")
    found = await receive(clinic, first.taken_back(), anew, trace="EFT-6000")
    assert [each["outcome"] for each in found["claims"]] == ["reversed", "paid"]
    assert (found["amount"], await stand(clinic, claimed)) == ("-25.00", ("partially_paid", "50.00", "0.00", "0.00"))
    assert await claim_says(clinic, claimed) == ("paid", "HM-99018")
    await receive(clinic, anew.taken_back(), trace="EFT-6001")
    assert await stand(clinic, claimed) == BILLED
    assert (await claim_says(clinic, claimed))[0] == "reversed"
    codes, _ = await park(clinic, write_835([anew.taken_back()], trace="EFT-6002"))
    assert (codes, await stand(clinic, claimed)) == (["nothing-to-reverse"], BILLED)


async def replace_and_claim(clinic: Clinic, claimed: Claimed, minutes: int) -> Claimed:
    """Put the right record in a wrong one's place, and claim it."""
    better = await clinic.post(claimed.record, "replace", reason="the minutes were wrong", minutes=minutes)
    number = new_id().hex[-12:].upper()
    async with database(clinic) as connection:
        plan = await connection.fetchval("SELECT coverage_id FROM claim WHERE control_number = $1", claimed.control_number)
        await ask(connection, better, str(plan), number)
    return Claimed(better, number)


async def shares(clinic: Clinic, claimed: Claimed) -> tuple[str, str, str, bool]:
    reported = (await clinic.ledger(claimed.record))["shares"]
    return reported["contractual_adjustment"], reported["patient_amount"], reported["insurance_amount"], reported["is_answered"]


async def test_the_ledger_says_who_bears_what_by_the_insurers_answer_and_as_billed_once_that_is_taken_back(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    billed = ("33.00", "25.00", "127.00", False)
    assert await shares(clinic, claimed) == billed
    await clinic.pay(claimed.record, "25.00")
    given = answer(claimed.control_number, "CO-45 55.00", "PR-3 40.00")
    await receive(clinic, given)
    assert await shares(clinic, claimed) == ("55.00", "40.00", "90.00", True)
    await receive(clinic, given.taken_back(), trace="EFT-6000")
    assert await shares(clinic, claimed) == billed
    await receive(clinic, as_expected(claimed.control_number), trace="EFT-6001")
    assert await shares(clinic, claimed) == ("33.00", "25.00", "127.00", True), "an answer that changes nothing"


async def test_what_was_paid_for_a_replaced_record_is_taken_back_from_the_one_in_its_place(clinic: Clinic) -> None:
    wrong = await claim(clinic)
    first = as_expected(wrong.control_number)
    await receive(clinic, first)
    right = await replace_and_claim(clinic, wrong, 58)
    assert await stand(clinic, right) == ("partially_paid", "25.00", "0.00", "0.00")
    anew = answer(right.control_number, "CO-45 43.00", "PR-3 25.00", payer_reference="HM-99018")
    found = await receive(clinic, anew, first.taken_back(), trace="EFT-6000")
    assert [each["outcome"] for each in found["claims"]] == ["paid", "reversed"]
    assert [each["kind"] for each in found["claims"][1]["postings"]] == ["credit", "credit", "payment"]
    assert await stand(clinic, right) == ("partially_paid", "25.00", "0.00", "0.00")
    assert await stand(clinic, wrong) == ("voided", "0.00", "0.00", "0.00")
    assert [(await clinic.ledger(each.record))["balances"].get("cash") for each in (wrong, right)] == ["0.00", "117.00"]
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}


async def test_what_was_paid_is_taken_back_however_often_its_record_was_replaced(clinic: Clinic) -> None:
    wrong = await claim(clinic)
    first = as_expected(wrong.control_number)
    await receive(clinic, first)
    wrong_too = await replace_and_claim(clinic, wrong, 58)
    right = await replace_and_claim(clinic, wrong_too, 59)
    await receive(clinic, first.taken_back(), trace="EFT-6000")
    assert await stand(clinic, right) == BILLED
    for each in (wrong, wrong_too):
        assert await stand(clinic, each) == ("voided", "0.00", "0.00", "0.00")


async def test_what_went_along_and_was_handed_out_since_is_not_taken_back_without_a_human(clinic: Clinic) -> None:
    wrong = await claim(clinic)
    first = as_expected(wrong.control_number)
    await receive(clinic, first)
    right = Claimed(await clinic.post(wrong.record, "replace", reason="no insurance", insurance_applicable=False), "")
    await clinic.post(right.record, "void", reason="billed twice")
    await clinic.post(right.record, "refunds", amount="127.00", payer="insurer", method="check", reason="it was never owed")
    before = [await stand(clinic, each) for each in (wrong, right)]
    codes, _ = await park(clinic, write_835([first.taken_back()], trace="EFT-6000"))
    assert (codes, [await stand(clinic, each) for each in (wrong, right)]) == (["credit-is-gone"], before)


async def test_a_denial_taken_back_is_asked_for_again(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    denied = answer(claimed.control_number, "CO-197 185.00", status="4")
    await receive(clinic, denied)
    await receive(clinic, denied.taken_back(), trace="EFT-6000")
    assert await stand(clinic, claimed) == BILLED


async def test_an_answer_to_a_claim_that_was_replaced_leaves_it_replaced(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    async with database(clinic) as connection:
        await connection.execute("UPDATE claim SET status = 'replaced' WHERE control_number = $1", claimed.control_number)
    await receive(clinic, as_expected(claimed.control_number))
    assert await claim_says(clinic, claimed) == ("replaced", "HM-99017")
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")


async def test_money_for_a_record_that_was_voided_meanwhile_is_kept_as_its_credit(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.post(claimed.record, "void", reason="completed by mistake")
    found = await receive(clinic, as_expected(claimed.control_number))
    assert [each["outcome"] for each in found["claims"]] == ["credited"]
    assert await stand(clinic, claimed) == ("voided", "0.00", "0.00", "127.00")


async def test_a_client_who_paid_beforehand_what_the_insurer_now_pays_has_credit(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.pay(claimed.record, "25.00")
    await receive(clinic, answer(claimed.control_number, "CO-45 33.00"))
    assert await stand(clinic, claimed) == ("paid", "0.00", "0.00", "25.00")


async def test_a_file_that_comes_again_is_answered_as_it_stands_and_posts_nothing(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    text = write_835([as_expected(claimed.control_number)])
    first = (await send(clinic, text)).json()
    for again in (text, text.replace("\n", "").replace("000000077", "000000099")):
        answered = await send(clinic, again)
        assert (answered.status_code, answered.json()) == (200, first)
    assert len((await clinic.ledger(claimed.record))["items"]) == 3
    other = await send(clinic, write_835([as_expected(claimed.control_number, payer_reference="HM-1")]))
    assert (other.status_code, other.json()["type"], other.json()["remittance_id"]) == (409, "/problems/trace-number-posted", first["id"])
    assert len((await clinic.ledger(claimed.record))["items"]) == 3


@pytest.mark.parametrize("keys", [[{}] * 5, [{"Idempotency-Key": f"sender-{number}"} for number in range(5)]], ids=["no key", "own keys"])
async def test_the_same_file_sent_by_five_at_once_is_posted_once(clinic: Clinic, keys: list[dict[str, str]]) -> None:
    claimed = await claim(clinic)
    text = write_835([as_expected(claimed.control_number)])
    sent = await asyncio.gather(*(send(clinic, text, **key) for key in keys))
    assert sorted(each.status_code for each in sent) == [200, 200, 200, 200, 201]
    assert len({each.json()["id"] for each in sent}) == 1
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")


async def test_files_that_share_records_wait_for_each_other(clinic: Clinic) -> None:
    claims = [await claim(clinic) for _ in range(3)]
    files = [[as_expected(each.control_number) for each in order] for order in (claims, claims[::-1], claims[1:] + claims[:1])]
    sent = await asyncio.gather(*(send(clinic, write_835(answers, trace=f"EFT-{n}")) for n, answers in enumerate(files)))
    assert sorted(each.status_code for each in sent) == [201, 422, 422], "one is posted, the others pay the same again"
    for claimed in claims:
        assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")


SUSPECT: Final[dict[str, tuple[Callable[[str], str], str, str]]] = {
    "in another currency": (lambda text: text.replace("TRN*1", "CUR*PR*CAD~TRN*1").replace("SE*19", "SE*20"), "other-currency", "CUR02"),
    "a test file": (lambda text: text.replace("*0*P*:", "*0*T*:"), "test-file", "segment 1 (ISA)"),
}


@pytest.mark.parametrize("case", SUSPECT)
async def test_a_payment_that_is_no_money_of_the_books_is_parked_whatever_is_chosen(clinic: Clinic, case: str) -> None:
    change, code, place = SUSPECT[case]
    claimed = await claim(clinic)
    good = write_835([as_expected(claimed.control_number)])
    codes, key = await park(clinic, change(good))
    assert codes == [code]
    nobody: list[str] = []
    for accepted in (nobody, [claimed.control_number]):
        refused = await clinic.billing.post(f"/remittances/{key}/post", json={"accept": accepted})
        assert [(error["field"], error["code"]) for error in refused.json()["errors"]] == [(place, code)]
    assert await stand(clinic, claimed) == BILLED
    await clinic.billing.post(f"/remittances/{key}/discard", json={"reason": "it is no payment"})
    assert (await receive(clinic, as_expected(claimed.control_number)))["status"] == "posted", "the payment itself may follow"


async def test_an_answer_to_another_service_is_parked_until_somebody_accepts_it(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    reported = as_expected(claimed.control_number, code="90834")
    other_day = write_835([reported]).replace("DTM*472*20260302", "DTM*472*20200101")
    codes, key = await park(clinic, other_day)
    assert (codes, await stand(clinic, claimed)) == (["other-service", "other-service-day"], BILLED)
    both = await clinic.billing.post(
        f"/remittances/{key}/post", json={"leave_out": [claimed.control_number], "accept": [claimed.control_number, "NO-1"]}
    )
    assert [(error["field"], error["code"]) for error in both.json()["errors"]] == [
        ("accept", "not-in-file"),
        ("accept", "left-out-too"),
    ]
    accepted = await clinic.billing.post(f"/remittances/{key}/post", json={"accept": [claimed.control_number]})
    assert (accepted.status_code, accepted.json()["status"]) == (200, "posted"), accepted.text
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")
    back = write_835([reported.taken_back()], trace="EFT-6000").replace("DTM*472*20260302", "DTM*472*20200101")
    assert (await send(clinic, back)).json()["status"] == "posted", "a reversal is compared with what it takes back"
    assert await stand(clinic, claimed) == BILLED


async def test_the_same_answer_under_another_trace_number_is_parked_until_somebody_accepts_it(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    reported = as_expected(claimed.control_number)
    await receive(clinic, reported)
    await park(clinic, write_835([reported], trace="EFT-5513"))
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")
    await receive_again(clinic, reported, "EFT-5513")
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "127.00")


async def test_a_claim_that_a_file_answers_twice_is_parked_and_one_taken_back_in_between_is_not(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    reported = as_expected(claimed.control_number)
    codes, _ = await park(clinic, write_835([reported, reported]))
    assert (codes, await stand(clinic, claimed)) == (["answered-twice"], BILLED)
    await receive(clinic, reported)
    await receive(clinic, reported, reported.taken_back(), trace="EFT-5513")
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")


async def test_an_answer_without_lines_and_one_whose_lines_name_the_claimed_code_are_posted(clinic: Clinic) -> None:
    bare, joined = await claim(clinic), await claim(clinic)
    text = write_835([as_expected(bare.control_number, of_the_claim=True), as_expected(joined.control_number, code="90834")])
    without_line = text.replace("SVC*HC:90837*185.00*185.00**1~\nDTM*472*20260302~\nREF*6R*1~\n", "").replace("SE*26", "SE*23")
    joined_line = without_line.replace("SVC*HC:90834*185.00*127.00**1", "SVC*HC:90834*185.00*127.00**1*HC:90837")
    assert (await send(clinic, joined_line)).status_code == 201
    for each in (bare, joined):
        assert await stand(clinic, each) == ("partially_paid", "25.00", "0.00", "0.00")


def named(text: str, claimed: Claimed) -> str:
    return text.replace("1041", claimed.control_number)


UNKNOWN: Final = write_835([as_expected("1041"), as_expected("9999")])
GOOD: Final = write_835([as_expected("1041")])
BAD: Final[dict[str, tuple[str, list[str]]]] = {
    "for nobody": (write_835([as_expected("9999")]), ["unknown-claim"]),
    "of two claims one is unknown": (UNKNOWN, ["unknown-claim"]),
    "out of balance by a cent": (GOOD.replace("BPR*I*127.00", "BPR*I*127.01"), ["payment-out-of-balance"]),
    "unknown and out of balance": (UNKNOWN.replace("BPR*I*254.00", "BPR*I*254.01"), ["payment-out-of-balance", "unknown-claim"]),
    "letters in an amount": (GOOD.replace("*33.00", "*3E.00"), ["not-an-amount"]),
    "truncated": (GOOD[: GOOD.index("CAS")], ["truncated"]),
    "wrong count": (GOOD.replace("SE*", "SE*1"), ["wrong-count"]),
    "wrong delimiters": (GOOD.replace("*", "|", 5), ["not-x12"]),
    "not a remittance": ("Dear Harbor Street", ["not-x12"]),
    "another charge": (write_835([answer("1041", "CO-45 33.00", charge="180.00")]), ["charge-differs"]),
    "nothing to take back": (write_835([as_expected("1041").taken_back()]), ["nothing-to-reverse"]),
}


async def test_a_bad_file_is_parked_whole_and_the_ledger_is_untouched(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    before = await clinic.ledger(claimed.record)
    for what, (text, expected) in BAD.items():
        codes, key = await park(clinic, named(text, claimed))
        assert codes == expected, what
        kept = (await clinic.billing.get(f"/remittances/{key}")).json()
        assert (kept["status"], [each["code"] for each in kept["problems"]]) == ("parked", codes)
        assert [each["postings"] for each in kept["claims"]] == [[]] * len(kept["claims"])
        assert (await clinic.billing.get(f"/remittances/{key}/835")).text == named(text, claimed)
        again = await park(clinic, named(text, claimed))
        assert again == (codes, key), "sent again, it is the same one"
    assert await clinic.ledger(claimed.record) == before
    assert await claim_says(clinic, claimed) == ("submitted", None)
    parked = (await clinic.billing.get("/remittances", params={"status": "parked", "limit": 500})).json()["items"]
    assert len(parked) == len(BAD)
    assert (await clinic.billing.get("/remittances", params={"status": "posted"})).json()["items"] == []


async def test_what_is_no_file_at_all_is_refused_and_not_kept(clinic: Clinic) -> None:
    sent = [
        await send(clinic, ""),
        await send(clinic, "  \n"),
        await send(clinic, GOOD * 8_000),
        await clinic.billing.post("/remittances", json={"file": GOOD}),
        await clinic.billing.post("/remittances", data={"other": GOOD}, files={"wrong": GOOD}),
        await clinic.billing.post("/remittances", files=[("file", GOOD), ("file", GOOD)]),
    ]
    assert [each.status_code for each in sent] == [422, 422, 413, 415, 422, 422]
    assert sent[-2].json()["detail"].endswith("Name the part that holds the file 'file'.")
    assert sent[-1].json()["detail"].startswith("The form has 2 parts named 'file'")
    assert {each.headers["content-type"] for each in sent} == {"application/problem+json"}
    assert (await clinic.billing.get("/remittances")).json()["items"] == []


async def test_a_file_with_nul_characters_is_parked_and_kept(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    text = named(GOOD, claimed)
    for body in (text.replace("HARBOR", "HAR\x00BOR").encode(), text.encode("utf-16")):
        sent = await clinic.billing.post("/remittances", content=body, headers=EDI)
        assert (sent.status_code, sent.json()["type"]) == (422, "/problems/remittance-parked"), sent.text
        assert [each["code"] for each in sent.json()["errors"]] == ["nul-characters"]
        kept = (await clinic.billing.get(f"/remittances/{sent.json()['remittance_id']}/835")).text
        assert ("\u2400" in kept, "\x00" in kept) == (True, False)
        assert (await clinic.billing.post(f"/remittances/{sent.json()['remittance_id']}/post", json={})).status_code == 422
    assert await claim_says(clinic, claimed) == ("submitted", None)


async def test_a_file_may_be_uploaded_by_a_form_or_as_plain_text(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    text = named(GOOD, claimed)
    uploaded = await clinic.billing.post("/remittances", files={"file": ("march.835", text, "application/octet-stream")})
    assert uploaded.status_code == 201, uploaded.text
    plain = await clinic.billing.post("/remittances", content=text, headers={"Content-Type": "text/plain; charset=utf-8"})
    assert (plain.status_code, plain.json()) == (200, uploaded.json())


async def test_a_remittance_for_another_payee_is_parked(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.billing.put("/organization", json=NETWORK)
    codes, _ = await park(clinic, write_835([as_expected(claimed.control_number)], npi="1245319599"))
    assert (codes, await stand(clinic, claimed)) == (["other-payee"], BILLED)
    assert (await receive(clinic, as_expected(claimed.control_number)))["status"] == "posted"


async def test_a_corrected_file_with_the_same_trace_number_takes_the_place_of_a_parked_one(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    _, key = await park(clinic, named(BAD["out of balance by a cent"][0], claimed))
    posted = await receive(clinic, as_expected(claimed.control_number))
    late = await clinic.billing.post(f"/remittances/{key}/post", json={})
    assert (late.status_code, late.json()["remittance_id"]) == (409, posted["id"])


async def test_a_file_that_was_damaged_on_the_way_is_posted_when_it_comes_whole(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    for damage in ("SE*", "IEA*"):
        await park(clinic, named(GOOD, claimed).replace(damage, f"{damage}1"))
    found = await receive(clinic, as_expected(claimed.control_number))
    assert (found["trace_number"], await stand(clinic, claimed)) == ("EFT-5512", ("partially_paid", "25.00", "0.00", "0.00"))


async def test_somebody_decides_what_becomes_of_a_claim_that_nobody_knows(clinic: Clinic) -> None:
    known, unknown = await claim(clinic), await claim(clinic)
    text = write_835([as_expected(known.control_number), as_expected("OLD-17"), as_expected("OLD-18")])
    codes, key = await park(clinic, text)
    assert codes == ["unknown-claim", "unknown-claim"]
    path = f"/remittances/{key}/post"
    still = await clinic.billing.post(path, json={"leave_out": ["OLD-18"]})
    assert (still.status_code, [error["field"] for error in still.json()["errors"]]) == (422, ["claims.OLD-17"])
    done = await clinic.billing.post(
        path, json={"leave_out": ["OLD-18"], "match": {"OLD-17": unknown.record["id"]}}, headers={"X-Forwarded-User": "ines"}
    )
    assert done.status_code == 200, done.text
    assert [(each["outcome"], each["record_id"]) for each in done.json()["claims"]] == [
        ("paid", known.record["id"]),
        ("paid", unknown.record["id"]),
        ("left_out", None),
    ]
    assert [(each["client_id"], each["claim_number"]) for each in done.json()["claims"]] == [
        *((claimed.record["client_id"], claimed.control_number) for claimed in (known, unknown)),
        (None, None),
    ]
    for claimed in (known, unknown):
        assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")
    late = (await clinic.billing.post(path, json={})).json()
    assert (late["type"], late["detail"]) == (
        "/problems/remittance-posted",
        "It was posted by ines already; its page shows what became of each claim.",
    )
    assert (await send(clinic, text)).json() == done.json() | {"others": []}
    [kept] = (await clinic.billing.get("/changes", params={"what": "remittance"})).json()["items"]
    assert (kept["by"], kept["key"], kept["after"]["amount"]) == ("ines", key, "381.00")


async def test_a_claim_that_becomes_known_meanwhile_is_posted_when_the_file_comes_again(clinic: Clinic) -> None:
    text = write_835([as_expected("LATE-1")])
    await park(clinic, text)
    claimed = await claim(clinic, control_number="LATE-1")
    again = await send(clinic, text)
    assert (again.status_code, again.json()["status"]) == (200, "posted")
    assert await stand(clinic, claimed) == ("partially_paid", "25.00", "0.00", "0.00")


async def test_choices_that_make_no_sense_are_all_named_at_once(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    _, key = await park(clinic, write_835([as_expected(claimed.control_number), as_expected("OLD-17")]))
    choices = {"leave_out": ["OLD-17", "NO-1"], "match": {"OLD-17": str(uuid4()), claimed.control_number: claimed.record["id"]}}
    refused = await clinic.billing.post(f"/remittances/{key}/post", json=choices)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/wrong-choices")
    assert {(error["field"], error["code"]) for error in refused.json()["errors"]} == {
        ("leave_out", "not-in-file"),
        ("match.OLD-17", "left-out-too"),
        ("match.OLD-17", "unknown-record"),
        (f"match.{claimed.control_number}", "known-already"),
    }
    assert await stand(clinic, claimed) == BILLED


async def test_no_choice_posts_a_file_that_does_not_balance(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    _, key = await park(clinic, named(BAD["out of balance by a cent"][0], claimed))
    nobody: list[str] = []
    for left_out in (nobody, [claimed.control_number]):
        refused = await clinic.billing.post(f"/remittances/{key}/post", json={"leave_out": left_out})
        assert [error["code"] for error in refused.json()["errors"]] == ["payment-out-of-balance"]
    assert await stand(clinic, claimed) == BILLED


async def test_a_repeated_key_is_answered_as_before_also_for_a_parked_file(clinic: Clinic) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first, again = [await send(clinic, write_835([as_expected("9999")]), **key) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()) == (422, 422, first.json())


async def test_a_remittance_that_does_not_exist_is_not_found(clinic: Clinic) -> None:
    nowhere = f"/remittances/{uuid4()}"
    sent = [
        await clinic.billing.get(nowhere),
        await clinic.billing.get(f"{nowhere}/835"),
        await clinic.billing.post(f"{nowhere}/post", json={}),
    ]
    assert {each.status_code for each in sent} == {404}


async def test_remittances_are_listed_page_by_page_and_found_by_their_trace_number(clinic: Clinic) -> None:
    for number in range(3):
        await receive(clinic, trace=f"EFT-{number}")
    first = (await clinic.billing.get("/remittances", params={"limit": 2})).json()
    rest = (await clinic.billing.get("/remittances", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["trace_number"] for each in first["items"] + rest["items"]] == ["EFT-2", "EFT-1", "EFT-0"]
    [found] = (await clinic.billing.get("/remittances", params={"trace_number": "EFT-1"})).json()["items"]
    assert found["trace_number"] == "EFT-1"
    claimed = await claim(clinic)
    about = await receive(clinic, as_expected(claimed.control_number))
    [found] = (await clinic.billing.get("/remittances", params={"record_id": claimed.record["id"]})).json()["items"]
    assert found["id"] == about["id"]
