"""Every posting names who made it, and may have the day when the money was received and the day on which it is deposited."""

from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import pytest
from back_office import MONDAY, Clinic, Json
from billing.ledger.dates import MOST_DAYS_PREPAID, MOST_DAYS_TO_DEPOSIT, objections
from billing.payment_advice.advice import MOST_DAYS_AHEAD
from billing.records.schemas import NewVoid
from contracts.types import ClientId
from insurer import as_expected, claim, write_835
from remittances.test_remittances import BILLED, park, receive, stand

INES: Final = {"X-Forwarded-User": "ines.ortiz"}
TODAY: Final = date(2026, 3, 20)
PAYMENT: Final = {"amount": "100.00", "payer": "client", "method": "check"}


async def today_of(clinic: Clinic) -> date:
    """Return the day that it is in the network."""
    return date.fromisoformat((await clinic.billing.get("/reports/aging")).json()["as_of"])


async def close(clinic: Clinic, since: date, until: date | None = None, **requested: str) -> Json:
    """Ask for the daily close of a day, or of several."""
    answer = await clinic.billing.get("/reports/daily-close", params={"from": str(since), "to": str(until or since), **requested})
    assert answer.status_code == HTTPStatus.OK, answer.text
    return answer.json()


async def test_each_kind_of_posting_names_who_made_it_and_its_days(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    today = await today_of(clinic)
    received, deposited = today - timedelta(days=3), today - timedelta(days=1)
    days = {"received_date": str(received), "deposit_date": str(deposited)}
    clinic.billing.headers.update(INES)
    await clinic.post(record, "adjustments", amount="5.00", reason="courtesy", **days)
    await clinic.post(record, "write-offs", amount="10.00", reason="uncollectable", **days)
    await clinic.post(record, "payments", amount="200.00", payer="client", method="check", **days)
    await clinic.post(record, "refunds", amount="20.00", method="check", reason="paid twice", **days)
    await clinic.post(record, "void", reason="completed by mistake", **days)
    items = (await clinic.ledger(record))["items"]
    charge, *rest = [(each["kind"], each["posted_by"], each["received_date"], each["deposit_date"]) for each in items]
    assert charge == ("charge", "scheduling", str(today), str(today))
    kinds = ("adjustment", "write_off", "payment", "refund", "void")
    assert rest == [(kind, "ines.ortiz", str(received), str(deposited)) for kind in kinds]
    kept = (await clinic.billing.get("/changes", params={"key": record["id"]})).json()["items"]
    assert {(each["by"], each["after"]["received_date"], each["after"]["deposit_date"]) for each in kept} == {
        ("ines.ortiz", str(received), str(deposited))
    }


async def test_credit_that_is_moved_and_a_replacement_name_who_did_it(clinic: Clinic) -> None:
    first = await clinic.bill("90837")
    second = await clinic.bill("90834", client_id=ClientId(UUID(first["client_id"])))
    today = await today_of(clinic)
    day = str(today - timedelta(days=2))
    clinic.billing.headers.update(INES)
    await clinic.pay(first, "225.00")
    await clinic.post(first, "credits", amount="40.00", to_record_id=second["id"], received_date=day, deposit_date=day)
    for record in (first, second):
        moved = (await clinic.ledger(record))["items"][-1]
        assert (moved["kind"], moved["posted_by"], moved["received_date"], moved["deposit_date"]) == ("credit", "ines.ortiz", day, day)
    made = await clinic.post(first, "replace", reason="it was shorter", service_code="90834")
    for record in (first, made):
        changed = (await clinic.ledger(record))["items"][-2:]
        assert {each["posted_by"] for each in changed} == {"ines.ortiz"}


async def test_days_that_are_absent_are_the_day_of_the_posting(clinic: Clinic) -> None:
    record = await clinic.pay(await clinic.bill("90837"), "10.00")
    today = str(await today_of(clinic))
    paid = (await clinic.ledger(record))["items"][-1]
    assert (paid["received_date"], paid["deposit_date"]) == (today, today)


async def test_days_that_cannot_be_are_refused_all_at_once_and_nothing_is_posted(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    today = await today_of(clinic)
    wrong: Json = {"received_date": str(today + timedelta(days=1)), "deposit_date": str(today - timedelta(days=1))}
    bodies: dict[str, Json] = {
        "payments": {**PAYMENT},
        "adjustments": {"amount": "1.00", "reason": "courtesy"},
        "write-offs": {"amount": "1.00", "reason": "uncollectable"},
        "refunds": {"amount": "1.00", "method": "check", "reason": "paid twice"},
        "void": {"reason": "by mistake"},
    }
    for step, body in bodies.items():
        answer = await clinic.billing.post(f"/records/{record['id']}/{step}", json=body | wrong)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, answer.text
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
            ("received_date", "received-later-than-today"),
            ("deposit_date", "deposit-before-received"),
        ]
        assert all(error["fix"] for error in answer.json()["errors"])
        assert all(named["text"] in error["message"] + error["fix"] for error in answer.json()["errors"] for named in error["times"])
    assert len((await clinic.ledger(record))["items"]) == 1


@pytest.mark.parametrize(
    ("received", "deposited", "codes"),
    [
        (None, None, []),
        (TODAY, TODAY, []),
        (MONDAY - timedelta(days=MOST_DAYS_PREPAID), None, []),
        (MONDAY - timedelta(days=MOST_DAYS_PREPAID + 1), None, ["received-too-early"]),
        (TODAY + timedelta(days=1), None, ["received-later-than-today", "deposit-before-received"]),
        (None, TODAY - timedelta(days=1), ["deposit-before-received"]),
        (TODAY - timedelta(days=1), TODAY - timedelta(days=1), []),
        (None, TODAY + timedelta(days=MOST_DAYS_TO_DEPOSIT), []),
        (None, TODAY + timedelta(days=MOST_DAYS_TO_DEPOSIT + 1), ["deposit-too-late"]),
        (date(1900, 1, 1), None, ["received-too-early"]),
        (None, date(2199, 12, 31), ["deposit-too-late"]),
    ],
)
def test_received_lies_between_the_longest_prepayment_and_today_and_the_deposit_is_not_before(
    received: date | None, deposited: date | None, codes: list[str]
) -> None:
    body = NewVoid(reason="by mistake", received_date=received, deposit_date=deposited)
    assert [each.code for each in objections(body, MONDAY, TODAY)] == codes


async def test_the_daily_close_has_a_payment_on_the_day_of_its_deposit(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    today = await today_of(clinic)
    friday, monday = today - timedelta(days=4), today - timedelta(days=1)
    await clinic.post(record, "payments", **PAYMENT, received_date=str(friday), deposit_date=str(monday))
    await clinic.post(record, "payments", **{**PAYMENT, "amount": "30.00", "method": "cash"}, received_date=str(monday))

    def rows(found: Json) -> list[Any]:
        return [(row["day"], row["kind"], row["method"], row["received"]) for row in found["rows"]]

    assert rows(await close(clinic, friday)) == []
    bank = await close(clinic, monday)
    assert rows(bank) == [(str(monday), "payment", "check", "100.00")]
    assert bank["figures"] == {"opening_receivables": "0.00", "closing_receivables": "-100.00", "cash_in_till": "0.00"}
    this = await close(clinic, today)
    assert rows(this) == [(str(today), "charge", None, "0.00"), (str(today), "payment", "cash", "30.00")]
    assert this["figures"] == {"opening_receivables": "-100.00", "closing_receivables": "55.00", "cash_in_till": "30.00"}
    posted = await close(clinic, today, by="posting")
    assert [row[3] for row in rows(posted)] == ["0.00", "30.00", "100.00"]
    assert posted["figures"] == {"opening_receivables": "0.00", "closing_receivables": "55.00", "cash_in_till": "30.00"}


async def test_a_deposit_of_a_day_that_is_over_does_not_change_a_close_as_of_that_day(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    today = await today_of(clinic)
    yesterday = today - timedelta(days=1)
    before = await close(clinic, yesterday, as_of=str(yesterday))
    await clinic.post(record, "payments", **PAYMENT, received_date=str(yesterday), deposit_date=str(yesterday))
    assert await close(clinic, yesterday, as_of=str(yesterday)) == before
    assert (await close(clinic, yesterday))["totals"]["received"] == "100.00"


async def test_a_deposit_to_come_is_in_the_close_of_its_day(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    today = await today_of(clinic)
    tomorrow = today + timedelta(days=1)
    await clinic.post(record, "payments", **PAYMENT, deposit_date=str(tomorrow))
    now, later = await close(clinic, today), await close(clinic, tomorrow)
    assert (now["totals"]["received"], later["totals"]["received"]) == ("0.00", "100.00")
    assert now["figures"]["closing_receivables"] == later["figures"]["opening_receivables"] == "185.00"
    assert later["figures"]["closing_receivables"] == "85.00"
    assert (await close(clinic, tomorrow, as_of=str(today)))["totals"]["received"] == "100.00"


async def test_the_postings_of_a_remittance_have_its_payment_date_and_who_posted_it_also_in_the_log_of_changes(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    clinic.billing.headers.update(INES)
    found = await receive(clinic, as_expected(claimed.control_number), withheld=[("WO:1007", Decimal("20.00"))])
    assert found["payment_date"] == "2026-03-16"
    posted = [each for each in (await clinic.ledger(claimed.record))["items"] if each["reference"] == found["trace_number"]]
    assert {each["kind"] for each in posted} >= {"payment"}
    assert {(each["posted_by"], each["received_date"], each["deposit_date"]) for each in posted} == {
        ("ines.ortiz", "2026-03-16", "2026-03-16")
    }
    kept = (await clinic.billing.get("/changes", params={"key": claimed.record["id"]})).json()["items"]
    assert sorted(each["what"] for each in kept) == sorted(each["kind"] for each in posted)
    assert {(each["by"], each["after"]["deposit_date"]) for each in kept} == {("ines.ortiz", "2026-03-16")}
    whole = (await clinic.billing.get("/changes", params={"key": found["id"]})).json()["items"]
    assert {each["what"] for each in whole} == {"remittance", "provider_adjustment"}
    bank = await close(clinic, date(2026, 3, 16))
    assert Decimal(bank["totals"]["received"]) == Decimal(found["amount"])


async def test_a_remittance_with_a_payment_date_that_cannot_be_is_parked_and_can_be_read(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    last = await today_of(clinic) + timedelta(days=MOST_DAYS_AHEAD)
    for day, code in (
        (date(1999, 12, 31), "payment-date-implausible"),
        (last + timedelta(days=1), "payment-date-implausible"),
        (date(206, 3, 16), "not-a-date"),
    ):
        text = write_835([as_expected(claimed.control_number)], day=f"{day.year:04}{day:%m%d}")
        codes, key = await park(clinic, text)
        assert codes == [code]
        assert (await clinic.billing.get(f"/remittances/{key}")).json()["status"] == "parked"
    assert await stand(clinic, claimed) == BILLED
    found = await receive(clinic, as_expected(claimed.control_number), day=f"{last:%Y%m%d}")
    assert found["status"] == "posted"


async def test_the_postings_of_a_remittance_without_a_payment_date_are_on_the_day_of_posting(clinic: Clinic) -> None:
    claimed = await claim(clinic)
    today = str(await today_of(clinic))
    found = await receive(clinic, as_expected(claimed.control_number), day="")
    read = (await clinic.billing.get(f"/remittances/{found['id']}")).json()
    for shown in (found, read):
        assert {(each["received_date"], each["deposit_date"]) for each in shown["claims"][0]["postings"]} == {(today, today)}
