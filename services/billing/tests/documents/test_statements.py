"""A client's statement ties to the ledger to the cent, in any time and as of any day."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from back_office import Clinic
from billing.documents import queries
from insurer import answer
from remittances.test_remittances import receive
from written_down import insure, read, write_down

Json = dict[str, Any]


def today() -> date:
    return datetime.now(ZoneInfo("America/New_York")).date()


async def statement(clinic: Clinic, client_id: object, **period: object) -> str:
    last_claim = {name.strip("_"): str(day) for name, day in period.items()}
    return " ".join(read(await clinic.billing.get(f"/clients/{client_id}/statement.pdf", params=last_claim)))


async def test_a_statement_says_what_was_charged_paid_and_taken_off_and_what_is_left(clinic: Clinic) -> None:
    people = await write_down(clinic)
    await insure(clinic, people)
    insured = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    private = await clinic.bill("90834", **people.facts)
    await clinic.pay(insured, "25.00")
    await clinic.pay(insured, "100.00", "insurer")
    await clinic.post(private, "adjustments", amount="15.00", reason="a hard year")
    stated = await statement(clinic, people.client_id)
    sums = ("Charges $325.00", "Adjustments and discounts −$48.00", "Payments by insurance −$100.00", "Payments by you −$25.00")
    split = ("Expected from insurance $27.00", "Your share $125.00", "PLEASE PAY $125.00")
    reported = ("Payment by Harbor Mutual", "Payment by you", "90837 on 03/02/2026; card T-1009", "Adjustment")
    assert [
        words for words in (*sums, *split, *reported, "Over 120 days", "By check to Harbor Therapy Network") if words not in stated
    ] == []
    assert "a hard year" not in stated
    assert [(await clinic.ledger(record))["balance"] for record in (insured, private)] == ["27.00", "125.00"]


async def test_what_lies_before_and_after_the_time_is_summed(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", **people.facts)
    await clinic.pay(record, "25.00")
    day = timedelta(days=1)
    after = await statement(clinic, people.client_id, from_=today() + day, to=today() + day)
    assert "$160.00 Charges $0.00" in after
    assert "Nothing was posted in this time" in after
    before = await statement(clinic, people.client_id, from_=today() - 9 * day, to=today() - day, as_of=today())
    assert "Charges $0.00" in before
    assert f"{today():%B} {today().day}, {today().year} $160.00" in before
    assert "Your share $160.00" in before


async def test_a_credit_lowers_what_the_client_is_asked_for(clinic: Clinic) -> None:
    people = await write_down(clinic)
    await clinic.pay(await clinic.bill("90834", **people.facts), "200.00")
    await clinic.bill("90837", **people.facts)
    stated = await statement(clinic, people.client_id)
    assert [words for words in ("Your share $185.00", "Your credit −$60.00", "PLEASE PAY $125.00") if words not in stated] == []


async def test_what_an_insurer_paid_too_much_is_no_credit_of_the_client(clinic: Clinic) -> None:
    people = await write_down(clinic)
    await insure(clinic, people)
    insured = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    await clinic.pay(insured, "25.00")
    await clinic.pay(insured, "227.00", "insurer")
    await clinic.bill("90834", **people.facts)
    stated = await statement(clinic, people.client_id)
    assert [words for words in ("Overpaid by insurance −$100.00", "Your share $140.00", "PLEASE PAY $140.00") if words not in stated] == []
    assert "Your credit" not in stated


async def test_what_an_insurer_leaves_to_the_client_stands_on_the_statement_with_its_amount(clinic: Clinic) -> None:
    people = await write_down(clinic)
    await insure(clinic, people)
    record = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    batch = (await clinic.billing.post("/claims", json={"record_ids": [record["id"]]})).json()
    await receive(clinic, answer(batch["claims"][0]["control_number"], "CO-45 33.00", "PR-3 40.00"))
    assert "Left to you by insurance: $15.00" in await statement(clinic, people.client_id)


async def test_nothing_is_asked_for_where_more_came_in_than_is_owed(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90834", **people.facts)
    await clinic.pay(record, "30.00")
    await clinic.post(record, "void", reason="completed by mistake")
    stated = await statement(clinic, people.client_id)
    assert [
        words for words in ("NOTHING TO PAY $0.00", "Your credit: $30.00", "Charge voided", "Charges $0.00") if words not in stated
    ] == []
    assert "completed by mistake" not in stated


async def test_a_statement_that_would_be_a_book_is_refused(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", **people.facts)
    for _ in range(3):
        await clinic.pay(record, "10.00")
    monkeypatch.setattr(queries, "MOST_ROWS", 4)
    assert "Payments by you −$30.00" in await statement(clinic, people.client_id)
    await clinic.pay(record, "10.00")
    answer = await clinic.billing.get(f"/clients/{people.client_id}/statement.pdf")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/statement-too-long")
    later = await statement(clinic, people.client_id, from_=today() + timedelta(days=1), to=today() + timedelta(days=1))
    assert "$145.00 Charges $0.00" in later


async def test_a_time_that_ends_before_it_begins_is_refused_with_every_reason(clinic: Clinic) -> None:
    people = await write_down(clinic)
    last_claim = {"from": "2026-04-01", "to": "2026-03-01", "as_of": "2026-02-01"}
    answer = await clinic.billing.get(f"/clients/{people.client_id}/statement.pdf", params=last_claim)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["to", "as_of"])


async def test_a_long_statement_has_numbered_pages_and_one_head(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", **people.facts)
    for _ in range(30):
        await clinic.pay(record, "1.00")
    pages = read(await clinic.billing.get(f"/clients/{people.client_id}/statement.pdf"))
    assert len(pages) > 1
    assert [f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)
    assert [page.count("Date What Charges") for page in pages[:2]] == [1, 1]
