"""Reports tie to the ledger to the cent, and one as of a day comes out the same whenever it is requested."""

import asyncio
import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from back_office import MONDAY, Clinic
from billing.reports import queries as reports
from contracts.scheduling import SessionBooked, SessionCancelled, SessionStatus
from contracts.types import ClientId, RoomId, SessionId, SiteId, TherapistId, new_id
from insurer import answer, as_expected, database
from insurer import claim as insurer_claim
from remittances.test_remittances import receive
from testing import until
from testing.running import build

Json = dict[str, Any]


async def report(clinic: Clinic, name: str, **requested: Any) -> Json:
    """Ask for a report about the spring."""
    answer = await clinic.billing.get(f"/reports/{name}", params={"from": "2026-01-01", "to": "2026-06-30", **requested})
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
    for group_by in ("service_code", "therapist", "payer", "site", "client", "month"):
        found = await report(clinic, "revenue", group_by=group_by)
        totals = {name: Decimal(amount) for name, amount in found["totals"].items()}
        assert totals["records"] == 5, group_by
        assert totals["charged"] == -accounts["revenue"], group_by
        assert totals["received"] == accounts["cash"], group_by
        assert totals["outstanding"] == accounts.get("patient_ar", 0) + accounts.get("payer_ar", 0), group_by
        parts = ("contractual_adjustment", "discounted", "written_off", "received", "outstanding")
        assert totals["charged"] == sum(totals[part] for part in parts) - totals["unapplied_credit"], group_by
    by_code = {row["service_code"]: row for row in (await report(clinic, "revenue"))["rows"]}
    assert (by_code["90837"]["charged"], by_code["90837"]["records"]) == ("370.00", 2)
    both = (await report(clinic, "revenue", group_by=["service_code", "month"]))["rows"]
    assert [(row["service_code"], row["month"], row["records"]) for row in both if row["service_code"] == "90837"] == [
        ("90837", "2026-01", 1),
        ("90837", "2026-03", 1),
    ]


async def test_a_report_of_one_site_or_therapist_counts_only_their_money(clinic: Clinic) -> None:
    one, other = await clinic.bill("90837"), await clinic.bill("90834")
    await clinic.pay(other, "40.00")
    for name in ("aging", "revenue"):
        owed = {"aging": "total", "revenue": "outstanding"}[name]
        for filters in ({"site_id": one["site_id"]}, {"therapist_id": one["therapist_id"]}, {"service_code": "90837"}):
            found = await report(clinic, name, **filters)
            assert (found["totals"][owed], found["filters"]) == ("185.00", filters)
        assert (await report(clinic, name, payer_id=str(new_id())))["rows"] == []
    close = await report(clinic, "daily-close", to="2099-01-01", **{"from": "2096-01-01"}, as_of="2099-01-01", site_id=other["site_id"])
    assert close["figures"] == {"opening_receivables": "100.00", "closing_receivables": "100.00", "cash_in_till": "0.00"}


async def test_a_report_refuses_what_nobody_can_mean_all_of_it_at_once(clinic: Clinic) -> None:
    requested = {"from": "2026-06-30", "to": "2026-01-01", "site_id": str(new_id())}
    answer = await clinic.billing.get("/reports/unbilled", params=requested)
    assert answer.status_code == 422
    assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
        ("to", "impossible-range"),
        ("site_id", "filter-not-applicable"),
    }


@pytest.mark.parametrize("name", ["to", "as_of"])
async def test_a_report_up_to_the_first_day_of_the_calendar_begins_on_that_day(clinic: Clinic, name: str) -> None:
    answer = await clinic.billing.get("/reports/revenue", params={name: "1900-01-01"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["since"], found["until"], found["rows"]) == ("1900-01-01", "1900-01-01", [])


async def test_adjustments_are_told_by_kind_and_reason(clinic: Clinic) -> None:
    first, second = await clinic.bill("90837"), await clinic.bill("90834")
    await clinic.post(first, "adjustments", amount="20.00", reason="courtesy")
    await clinic.post(second, "adjustments", amount="5.00", reason="courtesy")
    await clinic.post(second, "write-offs", amount="60.00", reason="uncollectable")
    found = await report(clinic, "adjustments", to="2099-01-01", **{"from": "2096-01-01"}, as_of="2099-01-01")
    assert found["rows"] == []
    today = (await report(clinic, "aging"))["as_of"]
    found = await report(clinic, "adjustments", **{"from": today, "to": today})
    reported = [(row["kind"], row["posted_as"], row["reason"], row["postings"], row["amount"]) for row in found["rows"]]
    assert reported == [
        ("discount", "adjustment", "courtesy", 2, "25.00"),
        ("write_off", "write_off", "uncollectable", 1, "60.00"),
    ]
    by_code = await report(clinic, "adjustments", **{"from": today, "to": today, "group_by": "service_code"})
    assert [(row["service_code"], row["amount"]) for row in by_code["rows"]] == [("90834", "5.00"), ("90834", "60.00"), ("90837", "20.00")]


async def test_a_denial_is_open_until_the_insurer_is_asked_again_or_owes_nothing_any_more(clinic: Clinic) -> None:
    names = ("open", "left to the client", "paid after all", "in part", "written off", "paid before", "taken back", "voided")
    claims = {name: await insurer_claim(clinic) for name in names}
    records = {name: claimed.record for name, claimed in claims.items()}
    await clinic.post(records["paid before"], "payments", amount="127.00", payer="insurer", method="check")
    denied = [answer(claimed.control_number, "CO-16 185.00", status="4") for claimed in claims.values()]
    await receive(clinic, *denied, trace="EFT-1")
    number = {name: claimed.control_number for name, claimed in claims.items()}
    await receive(
        clinic,
        answer(number["left to the client"], "CO-45 33.00", "PR-1 152.00"),
        as_expected(number["paid after all"]),
        answer(number["in part"], "CO-45 33.00", "PR-3 25.00", "CO-197 40.00"),
        answer(number["taken back"], "CO-16 185.00", status="4").taken_back(),
        trace="EFT-2",
    )
    await clinic.post(records["written off"], "write-offs", amount="127.00", payer="insurer", reason="too late to appeal")
    await clinic.post(records["voided"], "void", reason="completed by mistake")

    async def found(**requested: str) -> dict[tuple[str, str], tuple[int, str]]:
        rows = (await report(clinic, "denials", group_by="service_code", **requested))["rows"]
        return {(row["state"], row["reason"]): (row["records"], row["owed_by_payer"]) for row in rows}

    still_open = {("open", "CO-16"): (1, "127.00"), ("open", "CO-197"): (1, "40.00")}
    others = {("overturned", "CO-16"): (2, "0.00"), ("closed", "CO-16"): (2, "0.00"), ("asked_again", "CO-16"): (1, "127.00")}
    assert await found() == still_open
    assert await found(state="all") == still_open | others
    assert (await report(clinic, "denials"))["totals"] == {
        "records": 2,
        "charged": "370.00",
        "owed_by_client": "50.00",
        "owed_by_payer": "167.00",
    }
    [paid] = [item for item in (await clinic.ledger(records["paid before"]))["items"] if item["kind"] == "payment"]
    await clinic.post(records["paid before"], f"ledger/{paid['id']}/reversal", reason="the check was returned")
    assert (await found())["open", "CO-16"] == (2, "254.00")


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


async def test_payers_of_the_same_name_are_rows_of_their_own_told_apart_by_their_codes(clinic: Clinic) -> None:
    one, other = await insurer_claim(clinic), await insurer_claim(clinic)
    code = {each["id"]: each["payer_code"] for each in (await clinic.billing.get("/payers", params={"limit": 500})).json()["items"]}
    codes = sorted(code[each.record["payer_id"]] for each in (one, other))
    await clinic.bill("90834")
    for name, amount in (("aging", "total"), ("revenue", "charged")):
        rows = (await report(clinic, name, group_by=["payer", "service_code"]))["rows"]
        mutual = {row["payer_code"]: (row["payer"], row["service_code"], row[amount]) for row in rows if row["payer_code"] in codes}
        owed = {"aging": "152.00", "revenue": "185.00"}[name]
        assert mutual == dict.fromkeys(codes, ("Harbor Mutual", "90837", owed))
        assert [row["payer"] for row in rows if row["payer_code"] is None] == ["self-pay"]
    before = await report(clinic, "aging", as_of="2026-01-01")
    assert (before["rows"], before["totals"]["total"]) == ([], "0.00")


async def test_the_daily_close_counts_what_came_in_by_method(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    await clinic.pay(record, "100.00")
    today = (await report(clinic, "aging"))["as_of"]
    found = await report(clinic, "daily-close", **{"from": today, "to": today})
    kinds = {(row["kind"], row["payer"], row["method"]): row for row in found["rows"]}
    assert kinds["payment", "client", "card"]["received"] == "100.00"
    assert kinds["charge", None, None]["charged"] == "185.00"
    assert [(row["receivables"], row["receivables_after"]) for row in found["rows"]] == [("185.00", "185.00"), ("-100.00", "85.00")]
    assert found["totals"]["received"] == "100.00"
    assert found["figures"] == {"opening_receivables": "0.00", "closing_receivables": "85.00", "cash_in_till": "0.00"}
    yesterday = str(date.fromisoformat(today) - timedelta(days=1))
    assert (await report(clinic, "daily-close", **{"from": yesterday, "to": yesterday}))["rows"] == []


def booked(clinic: Clinic, code: str, **facts: Any) -> SessionBooked:
    """Report that a session was booked for Monday."""
    start = datetime.fromisoformat(f"{MONDAY}T15:00:00+00:00")
    stated: Json = {
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
    return SessionBooked(**{**stated, **facts})


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
    same, other, more = booked(clinic, "90837"), booked(clinic, "90834"), booked(clinic, "90834")
    await clinic.say(same, other, more)
    await clinic.bill("90837", session_id=same.session_id, client_id=same.client_id)
    await clinic.bill("90834", session_id=other.session_id, client_id=other.client_id, rate_per_unit=Decimal("150.00"))

    add_ons = {"service_id": clinic.catalog["90785"].id, "service_code": "90785", "rate_per_unit": "20.00", "units": 1}
    await clinic.bill("90834", session_id=more.session_id, client_id=more.client_id, add_ons=(add_ons,))

    async def reported() -> list[Json]:
        rows = (await report(clinic, "variance", only="different"))["rows"]
        return rows if len(rows) == len((other, more)) else []

    by_session = {row["session_id"]: row for row in await until(reported)}
    assert by_session[str(more.session_id)]["why"] == "services added"
    row = by_session[str(other.session_id)]
    assert (row["session_id"], row["why"], row["difference"]) == (str(other.session_id), "another rate", "10.00")
    every = (await report(clinic, "variance"))["rows"]
    why = {row["session_id"]: row["why"] for row in every}
    assert (len(every), why[str(same.session_id)], why[str(other.session_id)]) == (3, None, "another rate")


async def test_nothing_contradicts_the_ledger(clinic: Clinic) -> None:
    await busy_week(clinic)
    checks = await report(clinic, "reconciliation")
    assert {row["found"] for row in checks["rows"]} == {0}


async def test_a_report_that_takes_too_long_is_refused_with_what_would_work(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "STATEMENT_TIMEOUT_MS", 50)
    async with database(clinic) as connection, connection.transaction():
        await connection.execute("LOCK TABLE record IN ACCESS EXCLUSIVE MODE")
        answers = [await clinic.billing.get(f"/reports/{name}") for name in ("aging", "daily-close", "variance", "reconciliation")]
    assert [(each.status_code, each.json()["type"]) for each in answers] == [(422, "/problems/report-takes-too-long")] * len(answers)
    assert "Ask for a shorter time" in answers[0].json()["detail"]


def test_every_report_has_an_example_of_its_own_columns() -> None:
    described = build("billing", database_url="postgresql+asyncpg://nowhere/none", broker_url="amqp://nowhere").openapi()
    paths = [path for path in described["paths"] if path.startswith("/reports/") and not path.endswith("repair")]
    assert len(paths) == 8
    for path in paths:
        content = described["paths"][path]["get"]["responses"]["200"]["content"]
        shown = content["application/json"]["example"]
        assert shown["report"] == path.removeprefix("/reports/")
        columns = [column["name"] for column in shown["columns"]]
        assert [list(row) for row in shown["rows"]] == [columns] * len(shown["rows"]) != []
        assert next(csv.reader(io.StringIO(content["text/csv"]["example"]))) == columns
        assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Report"}


async def test_a_long_report_is_read_page_by_page_and_each_page_has_the_totals_of_all_rows(clinic: Clinic) -> None:
    for day in range(5):
        await clinic.bill("90837", day=MONDAY + timedelta(days=day))
    whole = await report(clinic, "variance")
    pages = [await report(clinic, "variance", limit=2)]
    while pages[-1]["next_cursor"] is not None:
        pages.append(await report(clinic, "variance", limit=2, cursor=pages[-1]["next_cursor"]))
    assert [row["record_id"] for page in pages for row in page["rows"]] == [row["record_id"] for row in whole["rows"]]
    assert [page["first_row"] for page in pages] == [1, 3, 5]
    assert {(page["row_count"], page["totals"]["charged"], page["is_complete"]) for page in pages} == {(5, "925.00", False)}
    assert (whole["next_cursor"], whole["is_complete"]) == (None, True)


async def test_a_cursor_of_no_report_is_refused_before_the_report_is_read(clinic: Clinic) -> None:
    async with database(clinic) as connection, connection.transaction():
        await connection.execute("LOCK TABLE record, ledger_entry IN ACCESS EXCLUSIVE MODE")  # a report that is read waits
        for name in ("aging", "daily-close", "revenue", "reconciliation", "variance"):
            refused = await asyncio.wait_for(clinic.billing.get(f"/reports/{name}", params={"cursor": "junk"}), timeout=8)
            assert (refused.status_code, refused.json()["type"]) == (400, "/problems/invalid-cursor"), name
