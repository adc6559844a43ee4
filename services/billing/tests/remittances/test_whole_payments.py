"""Whole payments: each of a file on its own, the ledger ties to the deposit, and what nobody will post is discarded."""

from decimal import Decimal
from typing import Final

import pytest
from back_office import Clinic
from billing.payment_advice import x12_835
from billing.payment_advice.advice import ProviderAdjustment, balance
from insurer import answer, as_expected, claim, write_835
from remittances.test_remittances import park, receive, send, stand

PAID: Final = ("partially_paid", "25.00", "0.00", "0.00")


def together(*files: str, groups: bool = False) -> str:
    """Put payments into one file: each in a group of its own, or all of them in one."""
    first, *others = files
    inside = "GS*" if groups else "ST*"
    outside = "IEA*" if groups else "GE*"
    more = "".join(each[each.index(inside) : each.index(outside)] for each in others)
    text = first.replace(outside, more + outside)
    return text.replace("IEA*1*", f"IEA*{len(files)}*") if groups else text.replace("GE*1*", f"GE*{len(files)}*")


@pytest.mark.parametrize("groups", [False, True], ids=["two ST", "two GS"])
async def test_each_payment_of_a_file_is_posted_or_parked_on_its_own(clinic: Clinic, groups: bool) -> None:  # noqa: FBT001 (a case)
    one, other = await claim(clinic), await claim(clinic)
    good = write_835([as_expected(one.control_number)], trace="EFT-1")
    bad = write_835([as_expected("9999")], trace="EFT-2")
    second = write_835([as_expected(other.control_number)], trace="EFT-3")
    text = together(bad, good, second, groups=groups)
    sent = await send(clinic, text)
    assert sent.status_code == 201, sent.text
    reported = [(each["trace_number"], each["status"]) for each in (sent.json(), *sent.json()["others"])]
    assert reported == [("EFT-2", "parked"), ("EFT-1", "posted"), ("EFT-3", "posted")]
    assert (await stand(clinic, one), await stand(clinic, other)) == (PAID, PAID)
    again = await send(clinic, text)
    assert (again.status_code, again.json()["others"]) == (200, sent.json()["others"])
    alone = (await clinic.billing.get(f"/remittances/{sent.json()['id']}/835")).text
    assert x12_835.read(alone).remittance is not None
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}
    assert (await park(clinic, bad))[0] == ["unknown-claim"], "the part of the file is the same payment as one in a file of its own"


async def test_a_payment_that_was_posted_with_other_content_is_parked_beside_the_others(clinic: Clinic) -> None:
    one, other = await claim(clinic), await claim(clinic)
    await receive(clinic, as_expected(one.control_number), trace="EFT-1")
    changed = write_835([as_expected(one.control_number, payer_reference="HM-2")], trace="EFT-1")
    sent = await send(clinic, together(write_835([as_expected(other.control_number)], trace="EFT-2"), changed))
    assert (sent.status_code, sent.json()["status"], [each["status"] for each in sent.json()["others"]]) == (201, "posted", ["parked"])
    assert (await stand(clinic, one), await stand(clinic, other)) == (PAID, PAID)


async def test_a_file_of_several_payments_sent_again_keeps_the_parked_one_parked(clinic: Clinic) -> None:
    one, other = await claim(clinic), await claim(clinic)
    await receive(clinic, as_expected(one.control_number), trace="EFT-1")
    changed = write_835([as_expected(one.control_number, payer_reference="HM-2")], trace="EFT-1")
    text = together(write_835([as_expected(other.control_number)], trace="EFT-2"), changed)
    first, again = await send(clinic, text), await send(clinic, text)
    assert (first.status_code, again.status_code) == (201, 200), again.text
    assert again.json() == first.json()
    kept = (await clinic.billing.get(f"/remittances/{again.json()['others'][0]['id']}")).json()
    assert [each["code"] for each in kept["problems"]] == ["trace-number-posted"]
    alone = await send(clinic, changed)
    assert (alone.status_code, alone.json()["type"]) == (409, "/problems/trace-number-posted")


async def test_a_day_in_the_ledger_is_what_the_bank_has(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    withheld = [("L6", Decimal("-1.15")), ("WO:1007", Decimal("20.00")), ("FB:X", Decimal("-3.00")), ("CS:Y", Decimal("0.50"))]
    found = await receive(clinic, as_expected(claimed.control_number), withheld=withheld)
    day = found["payment_date"]
    close = (await clinic.billing.get("/reports/daily-close", params={"from": day, "to": day})).json()
    rows = [row for row in close["rows"] if row["method"] == "era"]
    assert {row["kind"] for row in rows} == {"payment", "provider_adjustment"}
    assert sum(Decimal(row["received"]) for row in rows) == Decimal(found["amount"]) == Decimal("110.65")
    assert (close["totals"]["interest"], close["totals"]["with_payers"]) == ("1.15", "17.50")
    assert (await clinic.billing.get("/reports/reconciliation")).json()["totals"] == {"found": 0}
    assert await stand(clinic, claimed) == PAID


def test_interest_that_only_the_claim_names_is_that_of_the_payment() -> None:
    text = write_835([answer("1", "CO-45 33.00")]).replace("SVC*", "AMT*I*2.10~\nSVC*").replace("SE*18", "SE*19")
    paid = text.replace("BPR*I*152.00", "BPR*I*154.10")
    for each, expected in ((text, ()), (paid, (ProviderAdjustment("L6", None, Decimal("-2.10")),))):
        found = x12_835.read(each).remittance
        assert found is not None, x12_835.read(each).findings
        assert found.provider_adjustments == expected
        assert balance(found) == ()


async def test_a_parked_payment_is_discarded_with_who_when_and_why_and_kept(clinic: Clinic) -> None:
    text = write_835([as_expected("9999")])
    _, key = await park(clinic, text)
    path = f"/remittances/{key}/discard"
    assert (await clinic.billing.post(path, json={"reason": " "})).status_code == 422
    done = await clinic.billing.post(path, json={"reason": "A test file."}, headers={"X-Forwarded-User": "ines"})
    assert done.status_code == 200, done.text
    reported = done.json()
    assert (reported["status"], reported["discarded_by"], reported["discard_reason"]) == ("discarded", "ines", "A test file.")
    assert reported["discarded_at"]
    listed = [
        (await clinic.billing.get("/remittances", params=params)).json()["items"] for params in ({"limit": "9"}, {"status": "discarded"})
    ]
    assert [[each["id"] for each in items] for items in listed] == [[], [key]]
    assert (await clinic.billing.get(f"/remittances/{key}/835")).text == text
    kept = (await clinic.billing.get("/changes", params={"what": "remittance"})).json()["items"]
    assert [(each["by"], each["after"]["reason"]) for each in kept] == [("ines", "A test file.")]
    for again in (await send(clinic, text), await clinic.billing.post(path, json={"reason": "Again."})):
        assert (again.status_code, again.json()["type"]) == (409, "/problems/remittance-discarded")
    still = await clinic.billing.post(f"/remittances/{key}/post", json={})
    assert (still.status_code, still.json()["type"]) == (422, "/problems/remittance-parked")
    posted = await clinic.billing.post(f"/remittances/{key}/post", json={"leave_out": ["9999"]})
    assert (posted.status_code, posted.json()["status"]) == (200, "posted")
    assert (await clinic.billing.post(path, json={"reason": "Late."})).json()["type"] == "/problems/remittance-posted"
