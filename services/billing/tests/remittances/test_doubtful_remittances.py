"""Payments that are likely posted already or come from somebody else: parked until somebody has compared them."""

from typing import Final
from uuid import UUID

import pytest
from back_office import Clinic, Json
from billing.payment_advice.senders import KnownPayer, Sender, doubt
from insurer import answer, as_expected, claim, database, write_835
from remittances.test_remittances import BILLED, park, receive, replace_and_claim, stand

PAID: Final = ("partially_paid", "25.00", "0.00", "0.00")
BY_A_PERSON: Final = {"payer": "insurer", "method": "check", "reference": "CHK 881"}


async def test_a_payment_that_was_posted_by_hand_is_parked_until_it_is_accepted_or_the_posting_is_reversed(clinic: Clinic) -> None:
    one, other = await claim(clinic), await claim(clinic)
    for each in (one, other):
        await clinic.post(each.record, "payments", amount="127.00", **BY_A_PERSON)
    text = write_835([as_expected(one.control_number), as_expected(other.control_number)])
    codes, key = await park(clinic, text)
    assert (codes, await stand(clinic, one)) == (["likely-duplicate"] * 2, PAID)
    [problem, _] = (await clinic.billing.get(f"/remittances/{key}")).json()["problems"]
    assert "127.00 (CHK 881) was posted by hand" in problem["message"]
    assert all(way in problem["fix"] for way in ("reverse the posting by hand", "(accept)", "(leave_out)"))
    [posted] = [item for item in (await clinic.ledger(one.record))["items"] if item["kind"] == "payment"]
    await clinic.post(one.record, f"ledger/{posted['id']}/reversal", reason="it comes as a file")
    accepted = await clinic.billing.post(f"/remittances/{key}/post", json={"accept": [other.control_number]})
    assert (accepted.status_code, accepted.json()["status"]) == (200, "posted"), accepted.text
    assert await stand(clinic, one) == PAID
    assert await stand(clinic, other) == ("partially_paid", "25.00", "0.00", "127.00")


async def test_more_than_the_insurer_is_to_pay_together_with_what_was_posted_by_hand_is_parked(clinic: Clinic) -> None:
    mistyped, replaced = await claim(clinic), await claim(clinic)
    await clinic.post(mistyped.record, "payments", amount="172.00", **BY_A_PERSON)
    assert (await park(clinic, write_835([as_expected(mistyped.control_number)], trace="EFT-1")))[0] == ["likely-duplicate"]
    await clinic.post(replaced.record, "payments", amount="127.00", **BY_A_PERSON)
    right = await replace_and_claim(clinic, replaced, 58)
    for number, trace in ((replaced.control_number, "EFT-2"), (right.control_number, "EFT-3")):
        assert (await park(clinic, write_835([as_expected(number)], trace=trace)))[0] == ["likely-duplicate"]


async def test_another_answer_that_takes_nothing_back_is_parked_where_both_pay_more_than_is_to_be_paid(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await receive(clinic, as_expected(claimed.control_number))
    other = answer(claimed.control_number, "CO-45 33.00", "PR-3 32.00")
    assert (await park(clinic, write_835([other], trace="EFT-5513")))[0] == ["likely-duplicate"]
    further = answer(claimed.control_number, "CO-45 30.00", "PR-3 25.00", "OA-B13 127.00")
    await receive(clinic, further, trace="EFT-5514")


async def test_a_payment_by_hand_that_was_handed_back_is_no_duplicate(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    await clinic.post(claimed.record, "payments", amount="127.00", **BY_A_PERSON)
    [posted] = [item for item in (await clinic.ledger(claimed.record))["items"] if item["kind"] == "payment"]
    await clinic.post(claimed.record, f"ledger/{posted['id']}/reversal", reason="the check was returned")
    await receive(clinic, as_expected(claimed.control_number))
    assert await stand(clinic, claimed) == PAID


async def test_a_payment_of_another_payer_is_parked_until_somebody_accepts_it_and_its_next_one_is_not(clinic: Clinic) -> None:
    one, other = await claim(clinic), await claim(clinic)
    stranger: Json = {"payer_name": "SOME OTHER INSURANCE", "payer_id": "UNKNOWNPAY"}
    codes, key = await park(clinic, write_835([as_expected(one.control_number)], **stranger))
    assert (codes, await stand(clinic, one)) == (["other-payer"], BILLED)
    [problem] = (await clinic.billing.get(f"/remittances/{key}")).json()["problems"]
    assert problem["message"].startswith("It is paid by SOME OTHER INSURANCE (UNKNOWNPAY), but the claim was sent to Harbor Mutual (HM")
    accepted = await clinic.billing.post(f"/remittances/{key}/post", json={"accept": [one.control_number]})
    assert (accepted.status_code, await stand(clinic, one)) == (200, PAID), accepted.text
    another = write_835([as_expected(other.control_number)], trace="EFT-2", payer_name="YET ANOTHER", payer_id="UNKNOWNPAY")
    codes, _ = await park(clinic, another)
    assert codes == ["other-payer"], "what was accepted of one sender says nothing of another"
    async with database(clinic) as connection:
        await connection.execute("UPDATE claim SET payer_id = $1", one.record["payer_id"])
    await receive(clinic, as_expected(other.control_number), trace="EFT-3", **stranger)
    assert await stand(clinic, other) == PAID


HARBOR: Final = KnownPayer(UUID(int=1), "Harbor Mutual", "HM001")
NORTH: Final = KnownPayer(UUID(int=2), "North Star Health", "NS-77")
NAMESAKE: Final = KnownPayer(UUID(int=3), "HARBOR MUTUAL", "HM002")


@pytest.mark.parametrize(
    ("sender", "known", "expected"),
    [
        (Sender("HARBOR MUTUAL", ()), [HARBOR], None),
        (Sender("Harbor-Mutual", ("1234567",)), [HARBOR], None),
        (Sender("HARBOR MUTUAL OF MAINE, INC.", ("1234567",)), [HARBOR], None),
        (Sender("HARBOR", ()), [HARBOR, KnownPayer(UUID(int=4), "Harbor", "HB")], None),
        (Sender("HM LIFE INSURANCE CO", ("hm 001",)), [HARBOR], None),
        (Sender("HM LIFE INSURANCE CO", ()), [], None),
        (Sender("HARBOR MUTUAL", ()), [HARBOR, NAMESAKE], None),
        (Sender("HARBOR MUTUAL", ("HM002",)), [HARBOR, NAMESAKE], "that is the id of HARBOR MUTUAL"),
        (Sender("HM LIFE INSURANCE CO", ("HM001", "NS77")), [HARBOR, NORTH], None),
        (Sender("ANYBODY", ("NS77",)), [NORTH], "that is the id of North Star Health"),
        (Sender("NORTH STAR HEALTH", ()), [NORTH], "that is the name of another payer on file, North Star Health (NS-77)"),
        (Sender("SOME OTHER INSURANCE", ("UNKNOWNPAY",)), [], "neither that id nor that name is on file"),
    ],
    ids=str,
)
def test_a_payment_is_doubted_where_its_file_names_somebody_else(sender: Sender, known: list[KnownPayer], expected: str | None) -> None:
    assert doubt(sender, HARBOR, known) == expected


async def test_a_corrected_claim_that_is_paid_while_the_payment_of_the_first_stands_is_parked(clinic: Clinic) -> None:
    first = await claim(clinic)
    given = as_expected(first.control_number)
    await receive(clinic, given, trace="EFT-1")
    right = await replace_and_claim(clinic, first, 58)
    anew = as_expected(right.control_number)
    codes, key = await park(clinic, write_835([anew], trace="EFT-2"))
    [problem] = (await clinic.billing.get(f"/remittances/{key}")).json()["problems"]
    assert (codes, f"Payment EFT-1 has paid 127.00 for claim {first.control_number}" in problem["message"]) == (["likely-duplicate"], True)
    await receive(clinic, given.taken_back(), anew, trace="EFT-3")
    assert await stand(clinic, right) == PAID


async def test_a_payment_dated_before_the_service_is_parked_until_somebody_accepts_it(clinic: Clinic) -> None:
    accepted, corrected = await claim(clinic), await claim(clinic)
    years_before = as_expected(accepted.control_number), as_expected(corrected.control_number)
    codes, key = await park(clinic, write_835(years_before, day="20160316"))
    assert (codes, await stand(clinic, accepted)) == (["paid-before-service"] * 2, BILLED)
    [problem, _] = (await clinic.billing.get(f"/remittances/{key}")).json()["problems"]
    assert "dated 2016-03-16, before the service, which was on 2026-03-02" in problem["message"]
    choice = {"accept": [accepted.control_number], "leave_out": [corrected.control_number]}
    posted = await clinic.billing.post(f"/remittances/{key}/post", json=choice)
    assert (posted.status_code, await stand(clinic, accepted), await stand(clinic, corrected)) == (200, PAID, BILLED), posted.text
    on_the_day = await receive(clinic, as_expected(corrected.control_number), trace="EFT-2", day="20260302")
    assert (on_the_day["status"], await stand(clinic, corrected)) == ("posted", PAID)
    await receive(clinic, as_expected(corrected.control_number).taken_back(), trace="EFT-3", day="20260301")
