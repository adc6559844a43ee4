"""Reports tie to the ledger to the cent, and one as of a day comes out the same whenever it is asked for."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from back_office import MONDAY, Clinic
from contracts.scheduling import SessionBooked, SessionCancelled, SessionStatus
from contracts.types import ClientId, RoomId, SessionId, SiteId, TherapistId, new_id
from support import until

Json = dict[str, Any]


async def report(clinic: Clinic, name: str, **asked: Any) -> Json:
    """Ask for a report about the spring."""
    answer = await clinic.billing.get(f"/reports/{name}", params={"from": "2026-01-01", "to": "2026-06-30", **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def busy_week(clinic: Clinic) -> list[Json]:
    """Complete sessions of several codes and days, and let some money move."""
    records = [await clinic.bill(code, day=day) for code in ("90837", "90834", "90832") for day in (MONDAY, MONDAY - timedelta(days=50))]
    await clinic.pay(records[0], "100.00")
    await clinic.pay(records[1], "500.00")
    await clinic.post(records[2], "adjustments", amount="20.00", reason="courtesy")
    await clinic.post(records[3], "void", reason="by mistake")
    return records


async def test_revenue_ties_to_the_ledger_however_it_is_grouped(clinic: Clinic) -> None:
    records = await busy_week(clinic)
    ledgers = [await clinic.ledger(record) for record in records]
    accounts: dict[str, Decimal] = {}
    for ledger in ledgers:
        for account, amount in ledger["balances"].items():
            accounts[account] = accounts.get(account, Decimal(0)) + Decimal(amount)
    for group_by in ("service_code", "therapist", "payer", "site", "month"):
        found = await report(clinic, "revenue", group_by=group_by)
        totals = {name: Decimal(amount) for name, amount in found["totals"].items()}
        assert totals["records"] == 6, group_by
        assert totals["charged"] == -accounts["revenue"], group_by
        assert totals["received"] == accounts["cash"], group_by
        assert totals["outstanding"] == accounts.get("patient_ar", 0) + accounts.get("payer_ar", 0), group_by
        parts = ("contractual_adjustment", "discounted", "written_off", "received", "outstanding")
        assert totals["charged"] == sum(totals[part] for part in parts) - totals["unapplied_credit"], group_by
    by_code = {row["service_code"]: row for row in (await report(clinic, "revenue"))["rows"]}
    assert (by_code["90837"]["charged"], by_code["90837"]["records"]) == ("370.00", 2)


async def test_aging_puts_what_is_owed_into_buckets_as_of_a_day(clinic: Clinic) -> None:
    await clinic.bill("90837", day=MONDAY)
    old = await clinic.bill("90834", day=MONDAY - timedelta(days=50))
    today = (await report(clinic, "aging"))["as_of"]
    days = (date.fromisoformat(today) - MONDAY).days
    bucket = next(name for name, most in (("0-30", 30), ("31-60", 60), ("61-90", 90), ("91-120", 120), ("over 120", 10**6)) if days <= most)
    found = await report(clinic, "aging", group_by="service_code")
    by_code = {row["service_code"]: row for row in found["rows"]}
    assert [by_code["90837"][name] for name in (bucket, "owed_by_client", "owed_by_payer")] == ["185.00", "185.00", "0.00"]
    assert [row["payer"] for row in (await report(clinic, "aging"))["rows"]] == ["self-pay"]
    assert found["totals"]["total"] == "325.00"
    await clinic.pay(old, "140.00")
    assert (await report(clinic, "aging"))["totals"]["total"] == "185.00"
    before = await report(clinic, "aging", as_of="2026-01-01")
    assert (before["rows"], before["totals"]) == ([], {})


async def test_the_daily_close_counts_what_came_in_by_method(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    await clinic.pay(record, "100.00")
    today = (await report(clinic, "aging"))["as_of"]
    found = await report(clinic, "daily-close", **{"from": today, "to": today})
    kinds = {(row["kind"], row["payer"], row["method"]): row for row in found["rows"]}
    assert kinds["payment", "client", "card"]["cash"] == "100.00"
    assert kinds["charge", None, None]["charged"] == "185.00"
    assert found["totals"]["cash"] == "100.00"
    yesterday = str(date.fromisoformat(today) - timedelta(days=1))
    assert (await report(clinic, "daily-close", **{"from": yesterday, "to": yesterday}))["rows"] == []


def booked(clinic: Clinic, code: str, **facts: Any) -> SessionBooked:
    """Say that a session was booked for Monday."""
    start = datetime.fromisoformat(f"{MONDAY}T15:00:00+00:00")
    said: Json = {
        "session_id": SessionId(new_id()),
        "client_id": ClientId(new_id()),
        "therapist_id": TherapistId(new_id()),
        "service_id": clinic.catalog[code].id,
        "service_code": code,
        "site_id": SiteId(new_id()),
        "room_id": RoomId(new_id()),
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "status": SessionStatus.BOOKED,
        "version": 2,
        "rate_per_unit": clinic.catalog[code].base_rate,
    }
    return SessionBooked(**{**said, **facts})


async def test_sessions_that_nobody_completed_are_unbilled_until_they_are_billed_or_called_off(clinic: Clinic) -> None:
    done, forgotten, called_off = (booked(clinic, "90837") for _ in range(3))
    await clinic.say(done, forgotten, called_off)

    async def listed() -> set[str]:
        return {row["session_id"] for row in (await report(clinic, "unbilled"))["rows"]}

    async def all_three() -> bool:
        return len(await listed()) == 3

    await until(all_three)
    facts = called_off.model_dump(include=set(SessionCancelled.model_fields)) | {"status": SessionStatus.CANCELLED, "version": 3}
    await clinic.say(SessionCancelled(**facts, late=False))
    await clinic.bill("90837", session_id=done.session_id, client_id=done.client_id)

    async def only_one() -> bool:
        return await listed() == {str(forgotten.session_id)}

    await until(only_one)


async def test_where_quote_and_bill_differ_the_report_says_why(clinic: Clinic) -> None:
    same, other = booked(clinic, "90837"), booked(clinic, "90834")
    await clinic.say(same, other)
    await clinic.bill("90837", session_id=same.session_id, client_id=same.client_id)
    await clinic.bill("90834", session_id=other.session_id, client_id=other.client_id, rate_per_unit=Decimal("150.00"))

    async def told() -> list[Json]:
        return (await report(clinic, "variance"))["rows"]

    [row] = await until(told)
    assert (row["session_id"], row["why"], row["difference"]) == (str(other.session_id), "another rate", "10.00")


async def test_nothing_contradicts_the_ledger_and_a_sheet_runs_no_formula(clinic: Clinic) -> None:
    await busy_week(clinic)
    checks = await report(clinic, "reconciliation")
    assert {row["found"] for row in checks["rows"]} == {0}
    answer = await clinic.billing.get("/reports/revenue", params={"from": "2026-01-01", "to": "2026-06-30"}, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert (rows[0][:3], rows[-1][0], rows[-1][1]) == (["service_code", "records", "charged"], "total", "6")
    backwards = await clinic.billing.get("/reports/revenue", params={"from": "2026-06-30", "to": "2026-01-01"})
    assert (backwards.status_code, backwards.json()["type"]) == (422, "/problems/impossible-range")
