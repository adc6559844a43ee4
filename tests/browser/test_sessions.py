"""The list of sessions: found by words and by filters, walked through by keyboard."""

import re

import pytest
from playwright.async_api import expect
from support.clinic import Clinic, at, succeeded

from browser.desk import Desk, OpenDesk


async def test_a_day_is_searched_and_its_sessions_are_opened_by_keyboard(desk: Desk, clinic: Clinic) -> None:
    other = await clinic.new_client("Ana Ortega")
    session = await clinic.booked(starts_at=at(9))
    await clinic.booked(starts_at=at(9, 14), client_id=other["id"])
    await desk.go("/sessions", **{"from": at(9)[:10]})
    table = desk.page.get_by_role("table", name="Sessions")
    await expect(table.locator("[data-row]")).to_have_text(["Jonas Weber", "Ana Ortega"])
    search = desk.page.get_by_role("textbox", name="Name, service or room")
    await search.press("ArrowDown")
    await desk.page.keyboard.press("ArrowDown")
    await expect(table.get_by_role("link", name="Ana Ortega")).to_be_focused()
    await search.fill(f"jonas {session['room_number']}")
    await expect(table.locator("[data-row]")).to_have_text(["Jonas Weber"])
    await search.press("ArrowDown")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page).to_have_url(re.compile(session["id"]))


async def test_what_is_to_be_completed_is_found_and_leaves_the_list_when_it_is(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(-2), backdated=True)
    await clinic.booked(starts_at=at(9))
    await desk.go("/sessions", period="open")
    await expect(desk.page.locator("[data-row]")).to_have_count(1)
    await expect(desk.page.get_by_role("status").filter(has_text="live")).to_be_visible()
    succeeded(await clinic.step(session, "complete"))
    await expect(desk.page.get_by_role("heading", name="Nothing to complete")).to_be_visible()


async def test_a_long_list_is_read_on(desk: Desk, clinic: Clinic) -> None:
    for index in range(3):
        await clinic.booked(starts_at=at(9, 8 + 2 * index))
    await desk.page.route(
        re.compile(r"/api/scheduling/sessions\?"), lambda route: route.continue_(url=route.request.url.replace("limit=100", "limit=2"))
    )
    await desk.go("/sessions", **{"from": at(9)[:10]})
    await expect(desk.page.locator("[data-row]")).to_have_count(2)
    await desk.page.get_by_role("button", name="Show more").click()
    await expect(desk.page.locator("[data-row]")).to_have_count(3)
    await expect(desk.page.get_by_text("3 sessions")).to_be_visible()


async def test_filters_stand_in_the_address_and_nothing_found_says_what_would_help(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(9))
    await desk.go("/sessions", **{"from": at(9)[:10], "status": "cancelled", "room": session["room_id"]})
    await expect(desk.page.get_by_role("heading", name="No matching sessions")).to_be_visible()
    await desk.page.get_by_role("button", name="Show all of this period").click()
    await expect(desk.page.locator("[data-row]")).to_have_count(1)
    await desk.page.get_by_role("button", name="Next day").click()
    await expect(desk.page.get_by_role("heading", name="No sessions")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_list_of_sessions_keeps_nobody_out(open_desk: OpenDesk, clinic: Clinic, *, dark: bool) -> None:
    await clinic.booked(starts_at=at(9))
    desk = await open_desk(clinic, dark=dark, size=(390, 844))
    await desk.go("/sessions", period="week", **{"from": at(9)[:10]})
    await expect(desk.page.locator("[data-row]")).to_have_count(1)
    await desk.assert_accessible()
