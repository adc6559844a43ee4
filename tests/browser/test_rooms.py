"""Rooms: added, blocked with their sessions in sight, re-planned, and how much of them is used; sites and their hours."""

import re
from typing import Final

from playwright.async_api import expect
from support.clinic import Clinic, at

from browser.desk import Desk

PAGES: Final = ("rooms", "rooms/hours", "rooms/utilization", "rooms/what-if", "rooms/equipment", "rooms/sites")


def room_path(clinic: Clinic, room_id: str | None = None) -> str:
    """Return where a room is shown."""
    return f"/rooms/{room_id or clinic.rooms[0]['id']}"


async def block(desk: Desk, day: str) -> None:
    """Ask to block the room that is looked at, from nine to noon."""
    await desk.page.get_by_role("button", name="Block", exact=True).click()
    form = desk.page.get_by_role("dialog")
    await form.get_by_label("First day").fill(day)
    await form.get_by_label("From").fill("09:00")
    await form.get_by_label("Until").fill("12:00")
    await form.get_by_role("textbox", name="Reason").fill("New carpet")
    await form.get_by_role("button", name="Block the room").click()


async def test_a_room_is_added_and_used(desk: Desk, clinic: Clinic) -> None:
    await desk.go("/rooms")
    await desk.page.get_by_role("button", name="Add a room").click()
    form = desk.page.get_by_role("dialog")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_text("Not saved: 3 fields need to be corrected.")).to_be_visible()
    await form.get_by_label("Number").fill("305")
    await form.get_by_label("Name").fill("Willow")
    await form.get_by_label("Seats").fill("6")
    await form.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_role("link", name="305")).to_be_visible()
    added = next(
        room for room in (await clinic.get("/api/rooms/rooms", site_id=clinic.site["id"]))["items"] if room["room_number"] == "305"
    )
    session = await clinic.booked(room_requirements={"capacity": 6})
    assert session["room_id"] == added["id"]


async def test_a_blocked_room_shows_its_sessions_first_and_they_are_moved(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(room_id=clinic.rooms[0]["id"])
    await desk.go(room_path(clinic))
    await block(desk, at(8)[:10])
    form = desk.page.get_by_role("dialog")
    await expect(form.get_by_role("table", name="Affected sessions")).to_contain_text(clinic.service["service_code"])
    assert (await clinic.get(f"/api/rooms/rooms/{clinic.rooms[0]['id']}/blocks"))["items"] == [], "nothing is written yet"
    await form.get_by_role("button", name="Find other rooms").click()
    await expect(form.get_by_role("table", name="Sessions that get another room")).to_contain_text("Room 20")
    await form.get_by_role("button", name="Move 1 session and block the room").click()
    await expect(form.get_by_text("moved", exact=True)).to_be_visible()
    await form.get_by_role("button", name="Done").click()
    await expect(desk.page.get_by_role("table", name="Blocks")).to_contain_text("New carpet")
    moved = await clinic.session(session)
    assert (moved["status"], moved["starts_at"]) == ("booked", session["starts_at"])
    assert moved["room_id"] != session["room_id"]


async def test_a_block_by_force_keeps_its_sessions_and_lists_them(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(room_id=clinic.rooms[0]["id"])
    await desk.go(room_path(clinic))
    await block(desk, at(8)[:10])
    form = desk.page.get_by_role("dialog")
    await expect(form.get_by_role("button", name="Block the room anyway")).to_be_disabled()
    await form.get_by_label("I will take care of these sessions").check()
    await form.get_by_role("button", name="Block the room anyway").click()
    await expect(desk.page.get_by_role("table", name="Blocks")).to_contain_text("New carpet")
    await desk.go("/rooms")
    await expect(desk.page.get_by_role("region", name="1 session needs another room or time")).to_contain_text(
        clinic.service["service_code"]
    )
    assert (await clinic.session(session))["status"] == "booked"


async def test_opening_hours_are_changed_and_what_they_leave_outside_is_shown(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked()
    await desk.go("/rooms/hours")
    weekday = await desk.page.evaluate(
        "day => new Intl.DateTimeFormat('en-US', {weekday: 'long', timeZone: 'UTC'}).format(new Date(day))", session["starts_at"]
    )
    group = desk.page.get_by_role("group", name=weekday)
    await group.get_by_label("opens, span 1").fill("13:00")
    await group.get_by_label("closes, span 1").fill("12:00")
    await expect(group.get_by_text("end must be after the start")).to_be_visible()
    await group.get_by_label("closes, span 1").fill("18:00")
    await desk.page.get_by_role("button", name="Save", exact=True).click()
    await expect(desk.page.get_by_role("table", name="Affected sessions")).to_contain_text(clinic.service["service_code"])
    await group.get_by_label("opens, span 1").fill("08:00")
    await desk.page.get_by_role("button", name="Save", exact=True).click()
    await expect(desk.page.get_by_text("hours are saved")).to_be_visible()
    hours = (await clinic.get(f"/api/rooms/sites/{clinic.site['id']}"))["opening_hours"]
    assert hours[weekday[:3].lower()] == [["08:00", "18:00"]]


async def test_the_way_back_asks_before_it_takes_opening_hours_that_are_not_saved(desk: Desk) -> None:
    await desk.go("/rooms")
    await desk.page.get_by_role("link", name="Opening hours").first.click()
    closes = desk.page.get_by_label("Monday closes, span 1")
    await closes.fill("17:00")
    await expect(desk.page.get_by_text("Not saved yet")).to_be_visible()
    await desk.page.go_back()
    question = desk.page.get_by_role("dialog", name="Leave without saving?")
    await question.get_by_role("button", name="Stay").click()
    await expect(closes).to_have_value("5:00 PM")
    await expect(desk.page).to_have_url(re.compile("/rooms/hours"))
    await desk.page.go_back()
    await question.get_by_role("button", name="Discard and leave").click()
    await expect(desk.page.get_by_role("heading", level=1, name="Rooms")).to_be_visible()
    await expect(desk.page).to_have_url(re.compile(r"/rooms\?"))


async def test_the_way_back_asks_before_it_takes_a_form_that_is_filled_in(desk: Desk) -> None:
    await desk.go("/calendar")
    await desk.page.get_by_role("link", name="Rooms").first.click()
    await desk.page.get_by_role("button", name="Add a room").click()
    name = desk.page.get_by_role("dialog", name="Add a room").get_by_label("Name")
    await name.fill("Willow")
    await desk.page.go_back()
    await desk.page.get_by_role("dialog", name="Leave without saving?").get_by_role("button", name="Stay").click()
    await expect(name).to_have_value("Willow")


async def test_utilization_shows_what_is_booked(desk: Desk) -> None:
    clinic = desk.clinic
    await clinic.booked(room_id=clinic.rooms[0]["id"])
    day = at(8)[:10]
    await desk.go("/rooms/utilization", **{"from": day, "to": day})
    bars = desk.page.get_by_role("list", name="Used by room").get_by_role("listitem")
    await expect(bars.first).to_contain_text("Room 201")
    await expect(bars.first).to_contain_text("1 h of 24 h")
    await expect(desk.page.get_by_role("row").filter(has_text="10:00 AM")).to_contain_text("33%")


async def test_the_rooms_pages_keep_nobody_out(desk: Desk, clinic: Clinic) -> None:
    for page in PAGES:
        await desk.go(f"/{page}")
        await desk.assert_accessible_in_both_colours()
    for path, button in (
        ("/rooms", "Add a room"),
        ("/rooms/hours", "Add a day"),
        ("/rooms/equipment", "Add equipment"),
        ("/rooms/sites", "Add a site"),
        (room_path(clinic), "Edit"),
        (room_path(clinic), "Block"),
        (room_path(clinic), "Take out of use"),
    ):
        await desk.go(path)
        await desk.page.get_by_role("button", name=button, exact=True).click()
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        await desk.assert_accessible_in_both_colours()
    assert desk.complaints == []
