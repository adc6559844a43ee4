"""A series at the front desk: dates that are not available, a cancellation that was a mistake, and what another desk changes meanwhile."""

from typing import Any

from playwright.async_api import expect
from support.clinic import Clinic, Json, at, succeeded

from browser.booking import TOMORROW_WEEK, BookingPage
from browser.desk import Desk


async def booked_series(clinic: Clinic, count: int = 3, **changes: Any) -> Json:
    """Book a weekly series that begins in eight days at ten."""
    wanted = clinic.wanted(recurrence={"rrule": f"FREQ=WEEKLY;COUNT={count}"}, **changes)
    return succeeded(await clinic.http.post("/api/scheduling/series", json=wanted, headers={"Prefer": "wait=30"}))


async def test_a_date_that_is_not_available_is_booked_at_another_time_without_a_mouse(desk: Desk, clinic: Clinic) -> None:
    [pair] = await clinic.pairs(1)
    for day in (15, 22):
        await clinic.booked(starts_at=at(day), client_id=pair["client_id"])
    who = {"client": clinic.client["id"], "therapist": clinic.therapist["id"], "service": clinic.service["id"]}
    recurs = {"every": "week", "times": "3", "mode": "all_or_nothing"}
    await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00", **who, **recurs)
    await expect(desk.page.get_by_text("Would be refused: 2 dates are not available")).to_be_visible()
    rows = desk.page.get_by_role("table", name="Occurrences").locator("tbody tr")
    instead = rows.nth(1).get_by_role("combobox")
    await instead.focus()
    await desk.page.keyboard.press("ArrowDown")
    await expect(instead.locator("option:checked")).to_contain_text("Book 9:00")
    await desk.page.keyboard.press("Tab")
    await expect(rows.nth(2).get_by_role("combobox")).to_be_focused()
    await desk.page.keyboard.press("End")
    await expect(rows.nth(2).locator("option:checked")).to_have_text("Leave it out")
    await desk.assert_accessible_in_both_colours()
    await desk.page.keyboard.press("Control+Enter")
    await expect(desk.page.get_by_text("2 of 3 sessions are booked")).to_be_visible()
    booked = desk.page.get_by_role("table", name="Sessions of the series").locator("tbody tr")
    await expect(booked.nth(1)).to_contain_text("9:00")
    await expect(booked.nth(2)).to_contain_text("left out")


async def test_a_cancelled_series_is_undone_as_a_whole_and_what_stays_cancelled_is_named(desk: Desk, clinic: Clinic) -> None:
    series = await booked_series(clinic)
    page, rows = desk.page, desk.page.get_by_role("table", name="Sessions of the series").locator("tbody tr")
    await desk.go(f"/series/{series['id']}")
    await _cancel_all(desk)
    await page.get_by_role("alert").get_by_role("button", name="Undo all").click()
    await expect(page.get_by_text("3 sessions are booked again.")).to_be_visible()
    await expect(rows.filter(has_text="booked")).to_have_count(3)
    await _cancel_all(desk)
    last = page.get_by_role("region", name="Last cancellation")
    await expect(last).to_contain_text("3 sessions were cancelled together")
    await desk.assert_accessible()
    [pair] = await clinic.pairs(1)
    await clinic.booked(starts_at=at(15), client_id=pair["client_id"])
    await last.get_by_role("button", name="Undo all").press("Enter")
    await expect(page.get_by_text("2 sessions are booked again; 1 stays cancelled.")).to_be_visible()
    await expect(last.get_by_role("alert")).to_contain_text("The therapist has another session")
    await expect(rows.filter(has_text="booked")).to_have_count(2)
    await expect(rows.nth(1)).to_contain_text("cancelled")
    await expect(last.get_by_role("button", name="Undo all")).to_have_count(0)
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await desk.assert_accessible_in_both_colours()


async def _cancel_all(desk: Desk) -> None:
    """Cancel all sessions of the series that is shown."""
    form = desk.page.get_by_role("dialog")
    await desk.page.get_by_role("button", name="Cancel sessions").click()
    await form.get_by_role("radio", name="All sessions of the series").check()
    await form.get_by_role("textbox", name="Reason").fill("On holiday")
    await form.get_by_role("button", name="Cancel 3 sessions").click()
    await expect(desk.page.get_by_text("3 sessions are cancelled.")).to_be_visible()
    await expect(form).to_have_count(0)


async def test_a_move_waits_for_a_look_at_the_dates_that_another_desk_changed(desk: Desk, clinic: Clinic) -> None:
    series = await booked_series(clinic)
    await desk.go(f"/series/{series['id']}")
    await expect(desk.page.get_by_role("status").filter(has_text="live")).to_be_visible()
    await desk.page.get_by_role("button", name="Move sessions").click()
    form = desk.page.get_by_role("dialog")
    await form.get_by_label("Time").fill("14:00")
    await expect(form.get_by_role("button", name="Move 3 sessions")).to_be_enabled()
    await clinic.step(series["occurrences"][2], "cancel", reason="ill")
    changed = form.get_by_role("alert")
    await expect(changed).to_contain_text("Somebody changed sessions of this series meanwhile")
    await expect(form.get_by_role("button", name="Move 2 sessions")).to_be_disabled()
    await desk.assert_accessible()
    await changed.get_by_role("button", name="Go on with these dates").press("Enter")
    await expect(changed).to_have_count(0)
    await form.get_by_role("button", name="Move 2 sessions").click()
    await expect(desk.page.get_by_text("Sessions of the series: 2 moved.")).to_be_visible()
