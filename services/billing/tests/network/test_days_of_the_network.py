"""The day that it is in billing is that of the network's time zone, also while it is another in UTC."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from back_office import Clinic
from claims.test_claims import claim as make_claim
from claims.test_claims import open_books, see
from insurer import as_expected, claim, write_835
from remittances.test_remittances import park, receive

NOON: Final = 12
BEHIND, AHEAD = ZoneInfo("Etc/GMT+12"), ZoneInfo("Etc/GMT-14")
"""Twelve hours behind UTC it is yesterday until noon, and fourteen ahead it is tomorrow from ten o'clock."""
DAYS_AHEAD: Final = 31


@pytest.fixture
def zone() -> ZoneInfo:
    """Return a zone where it is another day than in UTC, at whatever hour this test starts."""
    return BEHIND if datetime.now(UTC).hour < NOON - 1 else AHEAD


@pytest.fixture
def network_time_zone(zone: ZoneInfo) -> str:
    """Run billing in that zone."""
    return zone.key


def day_in(zone: ZoneInfo) -> date:
    """Return the day that it is in the network, which is not the day in UTC."""
    now = datetime.now(UTC)
    assert now.astimezone(zone).date() != now.date()
    return now.astimezone(zone).date()


async def test_the_networks_day_is_answered(clinic: Clinic, zone: ZoneInfo) -> None:
    assert (await clinic.billing.get("/network")).json() == {"time_zone": zone.key, "today": str(day_in(zone))}


async def test_what_is_posted_now_is_on_the_networks_day_in_ledger_and_reports(clinic: Clinic, zone: ZoneInfo) -> None:
    record = await clinic.pay(await clinic.bill("90837"), "30.00")
    today = str(day_in(zone))
    assert record["billing_date"] == today
    posted = (await clinic.ledger(record))["items"]
    assert {(each["received_date"], each["deposit_date"]) for each in posted} == {(today, today)}
    for by in ("deposit", "posting"):
        close = (await clinic.billing.get("/reports/daily-close", params={"from": today, "to": today, "by": by})).json()
        assert {row["day"] for row in close["rows"]} == {today}
        assert close["totals"]["received"] == "30.00"
    for report in ("aging", "revenue", "daily-close", "unbilled"):
        assert (await clinic.billing.get(f"/reports/{report}")).json()["as_of"] == today


async def test_money_is_received_at_the_latest_on_the_networks_day(clinic: Clinic, zone: ZoneInfo) -> None:
    record, today = await clinic.bill("90837"), day_in(zone)
    body = {"amount": "1.00", "payer": "client", "method": "check"}
    for day, status in ((today, 201), (today + timedelta(days=1), 422)):
        days = {"received_date": str(day), "deposit_date": str(today + timedelta(days=1))}
        answer = await clinic.billing.post(f"/records/{record['id']}/payments", json=body | days)
        assert answer.status_code == status, answer.text


async def test_a_remittance_may_be_dated_as_far_ahead_of_the_networks_day_as_is_said(clinic: Clinic, zone: ZoneInfo) -> None:
    claimed, last = await claim(clinic), day_in(zone) + timedelta(days=DAYS_AHEAD)
    after = last + timedelta(days=1)
    codes, _ = await park(clinic, write_835([as_expected(claimed.control_number)], day=f"{after:%Y%m%d}"))
    assert codes == ["payment-date-implausible"]
    found = await receive(clinic, as_expected(claimed.control_number), day=f"{last:%Y%m%d}")
    assert found["status"] == "posted"


async def test_claims_are_found_by_the_networks_day_on_which_they_were_made(clinic: Clinic, zone: ZoneInfo) -> None:
    await open_books(clinic)
    await make_claim(clinic, await see(clinic))
    today = day_in(zone)
    for since, until, found in ((today, today, 1), (today - timedelta(days=1),) * 2 + (0,), (today + timedelta(days=1),) * 2 + (0,)):
        requested = {"from": str(since), "to": str(until)}
        assert len((await clinic.billing.get("/claims", params=requested)).json()["items"]) == found, requested
