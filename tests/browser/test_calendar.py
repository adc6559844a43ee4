"""The calendar: what is where, moved by mouse and by keyboard, and true without anybody reloading it."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import pytest_asyncio
from httpx import AsyncClient
from playwright.async_api import Locator, expect
from support.clinic import NEW_YORK, TODAY, Clinic, at, code, succeeded

from browser.booking import TOMORROW_WEEK, BookingPage, clinic_by_day, next_clock_change
from browser.desk import LOOP, Desk, OpenDesk

NEAR_THE_START = {"x": 8.0, "y": 20.0}
"""Where an entry is taken hold of and let go: what is under the pointer is its beginning."""

PLACE_OF = """(entry, words) => {
  const texts = document.createTreeWalker(entry, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const begin = texts.currentNode.data.indexOf(words);
    if (begin >= 0) {
      const range = document.createRange();
      range.setStart(texts.currentNode, begin);
      range.setEnd(texts.currentNode, begin + words.length);
      return range.getBoundingClientRect().toJSON();
    }
  }
}"""
"""Where words are painted, whether or not what is around them cuts them off."""


@pytest_asyncio.fixture(loop_scope=LOOP)
async def clinic(http: AsyncClient) -> Clinic:
    """Open a clinic by day, with two rooms."""
    return await clinic_by_day(http)


def entry(desk: Desk, who: dict[str, Any]) -> Locator:
    """Find somebody's session in the calendar."""
    return desk.page.locator("button[data-kind]", has_text=who["full_name"])


def slot(desk: Desk, room: str, time: str, day: str = TOMORROW_WEEK) -> Locator:
    """Find half an hour of a room."""
    return desk.page.get_by_role("button", name=re.compile(rf"Book {room} .*{day} {time}:00 -"))


async def drag(one: Locator, to: Locator) -> None:
    """Take hold of an entry's beginning and let go at the beginning of a slot."""
    await expect(one).to_have_attribute("draggable", "true")
    await one.drag_to(to, source_position=NEAR_THE_START, target_position=NEAR_THE_START)


async def test_a_session_is_dragged_to_another_room_and_time_and_back(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(room_id=clinic.rooms[0]["id"])
    await desk.go("/calendar", day=TOMORROW_WEEK)
    await drag(entry(desk, clinic.client), slot(desk, "202", "12:00"))
    await expect(desk.page.get_by_text(re.compile("Moved to .* 12:00 PM, room 202"))).to_be_visible()
    moved = await clinic.session(session)
    assert (moved["room_number"], moved["starts_at"]) == ("202", at(8, 12))
    await desk.page.get_by_role("button", name="Undo").click()
    await expect(desk.page.get_by_text(re.compile("Moved to .* 10:00 AM, room 201"))).to_be_visible()
    back = await clinic.session(session)
    assert (back["room_number"], back["starts_at"]) == ("201", at(8))
    await expect(entry(desk, clinic.client)).to_have_count(1)
    await expect(entry(desk, clinic.client)).to_have_attribute("draggable", "true")
    # Taken hold of near its end and let go straight below: only the room is another one.
    box = await entry(desk, clinic.client).bounding_box()
    assert box
    near_the_end = {"x": box["width"] - 10, "y": 20.0}
    beside = slot(desk, "202", "10:30")
    into = await beside.bounding_box()
    assert into
    below = {"x": box["x"] + near_the_end["x"] - into["x"], "y": 20.0}
    await entry(desk, clinic.client).drag_to(beside, source_position=near_the_end, target_position=below)
    await expect(desk.page.get_by_text(re.compile("Moved to .* 10:00 AM, room 202"))).to_be_visible()
    moved = await clinic.session(session)
    assert (moved["room_number"], moved["starts_at"]) == ("202", at(8))


async def test_a_session_that_cannot_move_stays_and_what_would_do_is_one_click_away(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(room_id=clinic.rooms[0]["id"])
    [pair] = await clinic.pairs(1)
    await clinic.booked(**pair, room_id=clinic.rooms[1]["id"], starts_at=at(8, 12, 30))
    await desk.go("/calendar", day=TOMORROW_WEEK)
    await drag(entry(desk, clinic.client), slot(desk, "202", "12:00"))
    dialog = desk.page.get_by_role("dialog", name="The session was not moved")
    await expect(dialog).to_be_visible()
    assert (await clinic.session(session))["starts_at"] == at(8)
    await desk.assert_accessible()
    await dialog.get_by_role("list", name="Alternatives").get_by_role("button").first.click()
    await expect(desk.page.get_by_text("Moved to ")).to_be_visible()
    assert (await clinic.session(session))["starts_at"] != at(8)


async def test_a_session_is_moved_without_a_mouse_and_not_back_while_its_place_is_offered(desk: Desk, clinic: Clinic) -> None:
    waiting = await clinic.new_client("Ida Lindqvist")
    wanted = {"client_id": waiting["id"], "service_id": clinic.service["id"], "site_id": clinic.site["id"]}
    await clinic.post("/api/scheduling/waitlist", **wanted, earliest=at(8, 0), latest=at(8, 12))
    session = await clinic.booked(room_id=clinic.rooms[0]["id"])
    await desk.go("/calendar", day=TOMORROW_WEEK)
    await entry(desk, clinic.client).press("Enter")
    dialog = desk.page.get_by_role("dialog", name=clinic.client["full_name"])
    await dialog.get_by_role("button", name="Move").press("Enter")
    await expect(dialog.get_by_role("button", name="Move")).to_be_disabled()
    await dialog.get_by_label("Time").press("Control+a")
    await dialog.get_by_label("Time").press_sequentially("0300PM")
    await dialog.get_by_label("Time").press("Enter")
    await expect(dialog.get_by_label("Time")).to_have_value("3:00 PM")
    await dialog.get_by_role("button", name="Move").press("Enter")
    await expect(desk.page.get_by_text(re.compile("Moved to .* 3:00 PM, room 201"))).to_be_visible()
    assert (await clinic.session(session))["starts_at"] == at(8, 15)
    await expect(entry(desk, waiting)).to_have_attribute("data-kind", "held")
    message = desk.page.get_by_role("alert").filter(has_text="Its former time is offered to Ida Lindqvist from the waitlist until")
    await message.get_by_role("button", name="Undo").click()
    refused = desk.page.get_by_role("dialog", name="The session was not moved")
    await expect(refused.get_by_text("Offered to Ida Lindqvist from the waitlist until")).to_be_visible()
    await expect(refused.get_by_role("list", name="Alternatives")).to_be_visible()
    await desk.assert_accessible()
    await refused.get_by_role("link", name="Decline it on the waitlist").click()
    await expect(desk.page.get_by_role("main").get_by_role("row").filter(has_text="Ida Lindqvist")).to_be_visible()


async def test_one_key_leads_from_day_to_day(desk: Desk) -> None:
    await desk.go("/calendar", day=TOMORROW_WEEK)
    next_day = TODAY + timedelta(days=9)
    await desk.page.keyboard.press("j")
    await expect(desk.page).to_have_url(re.compile(f"day={next_day}"))
    await desk.page.keyboard.press("k")
    await expect(desk.page).to_have_url(re.compile(f"day={TOMORROW_WEEK}"))
    await desk.page.keyboard.press("t")
    await expect(desk.page.get_by_role("button", name="Today")).to_be_disabled()


async def test_free_space_begins_a_booking_of_that_room_and_time(desk: Desk, clinic: Clinic) -> None:
    await desk.go("/calendar", day=TOMORROW_WEEK)
    page = BookingPage(desk)
    await slot(desk, "201", "09:00").click()
    await expect(page.field("Time")).to_have_value("9:00 AM")
    await desk.page.go_back()
    await slot(desk, "202", "14:30").press("Enter")
    await expect(page.field("Time")).to_have_value("2:30 PM")
    await expect(page.field("Room")).to_have_value(re.compile("^202"))
    await page.say_who_and_what()
    await page.book.click()
    await page.is_booked_in("202")
    await desk.page.get_by_role("link", name="Show in calendar").click()
    await expect(entry(desk, clinic.client)).to_be_visible()


async def test_dragging_over_free_space_begins_a_booking_where_it_began(desk: Desk) -> None:
    await desk.go("/calendar", day=TOMORROW_WEEK)
    await slot(desk, "202", "09:30").drag_to(slot(desk, "202", "11:00"))
    page = BookingPage(desk)
    await expect(page.field("Time")).to_have_value("9:30 AM")
    await expect(page.field("Room")).to_have_value(re.compile("^202"))


async def test_a_room_that_is_held_for_somebody_says_for_how_long(desk: Desk, clinic: Clinic) -> None:
    waits = {"client_id": (await clinic.new_client("First in line"))["id"], "earliest": at(8, 0), "latest": at(9, 0)}
    session = await clinic.booked()
    await clinic.post("/api/scheduling/waitlist", service_id=clinic.service["id"], site_id=clinic.site["id"], **waits)
    succeeded(await clinic.step(session, "cancel", reason="ill"))
    await desk.go("/calendar", day=TOMORROW_WEEK)
    await expect(desk.page.locator("button[data-kind=held]")).to_contain_text(re.compile(r"First in line 1 h \d\d min"))
    await expect(desk.page.get_by_role("group", name="Without a room")).to_have_count(0)


async def test_two_desks_see_each_other_without_reloading(desk: Desk, open_desk: OpenDesk, clinic: Clinic) -> None:
    other = await open_desk(clinic)
    await desk.go("/calendar", day=TOMORROW_WEEK)
    await expect(desk.page.get_by_text("live", exact=True)).to_be_visible()
    page = await BookingPage.of(other, day=TOMORROW_WEEK, time="10:00")
    await page.say_who_and_what()
    await page.book.click()
    await page.is_booked_in("201")
    await expect(entry(desk, clinic.client)).to_be_visible()
    await other.go("/calendar", day=TOMORROW_WEEK)
    await expect(other.page.get_by_text("live", exact=True)).to_be_visible()
    await expect(entry(other, clinic.client)).to_be_visible()
    await drag(entry(desk, clinic.client), slot(desk, "202", "12:00"))
    await expect(desk.page.get_by_text("Moved to ")).to_be_visible()
    await expect(other.page.get_by_role("button", name=re.compile(f"{clinic.client['full_name']}.*12:00 PM"))).to_be_visible()
    room = clinic.rooms[0]["id"]
    block = await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(8, 14), ends_at=at(8, 16), reason="New carpet")
    for each in (desk, other):
        await expect(each.page.get_by_role("button", name=re.compile("New carpet.*blocked"))).to_be_visible()
    assert (await clinic.http.delete(f"/api/rooms/blocks/{block['id']}")).is_success
    for each in (desk, other):
        await expect(each.page.get_by_role("button", name=re.compile("New carpet.*blocked"))).to_have_count(0)
    assert other.complaints == []


async def test_rooms_are_found_by_places_and_equipment(desk: Desk, clinic: Clinic) -> None:
    await clinic.new_room("301", capacity=8, equipment=["video"])
    await desk.go("/calendar", day=TOMORROW_WEEK)
    rooms = desk.page.get_by_text(re.compile(r"Room \d{3}"))
    await expect(rooms).to_have_count(3)
    await desk.page.get_by_label("Seats at least").select_option("8 seats or more")
    await expect(rooms).to_have_count(1)
    await desk.page.get_by_label("Seats at least").select_option("Any size")
    await expect(rooms).to_have_count(3)
    await desk.page.get_by_label("Equipment").first.click()
    await desk.page.get_by_role("option", name="video").click()
    await expect(rooms).to_have_count(1)
    await expect(desk.page).to_have_url(re.compile("equipment=video"))


@pytest.mark.parametrize("forward", [True, False], ids=["spring", "autumn"])
async def test_ten_stays_ten_in_the_weeks_in_which_the_clocks_are_set(desk: Desk, clinic: Clinic, *, forward: bool) -> None:
    sunday = next_clock_change(forward=forward)
    before, after = sunday - timedelta(days=2), sunday + timedelta(days=1)
    for day in (before, after):
        await clinic.booked(starts_at=datetime.combine(day, time(10), NEW_YORK).isoformat())
    await desk.go("/calendar", day=before.isoformat(), view="week", therapist=clinic.therapist["id"])
    await stands_at_ten(desk, before)
    await expect(desk.page.get_by_text("The clocks are set on")).to_have_count(0)
    await desk.page.get_by_role("button", name="Next week").click()  # it begins with the Sunday on which they are set
    await expect(desk.page.get_by_text("The clocks are set on")).to_be_visible()
    await stands_at_ten(desk, after)


async def stands_at_ten(desk: Desk, day: date) -> None:
    """Assert that the client's session states ten, and stands where the calendar's ten o'clock of that day is."""
    ten = desk.page.get_by_role("button", name=f"Book {day} 10:00:00 -")
    await expect(ten).to_be_visible()
    session = entry(desk, desk.clinic.client)
    await expect(session).to_have_accessible_name(re.compile(r"10:00.AM . 11:00.AM$"))
    place, meant = await session.bounding_box(), await ten.bounding_box()
    assert place
    assert meant
    assert (place["x"], place["y"]) == pytest.approx((meant["x"], meant["y"]), abs=2)


async def test_everything_that_takes_a_room_is_distinguished_and_explained(desk: Desk, http: AsyncClient) -> None:
    clinic = desk.clinic
    room = await clinic.new_room("301", turnover_minutes=15)
    await clinic.booked(room_id=room["id"])
    block = {"starts_at": at(8, 14), "ends_at": at(8, 16), "reason": "New carpet"}
    night = {"starts_at": at(8, 1), "ends_at": at(8, 3), "reason": "Old carpet"}
    for each in (block, night):
        assert (await http.post(f"/api/rooms/rooms/{room['id']}/blocks", json=each)).is_success
    await desk.go("/calendar", day=TOMORROW_WEEK)
    await expect(desk.page.get_by_text("room 301 blocked 1:00 AM – 3:00 AM: Old carpet")).to_be_visible()
    await expect(desk.page.get_by_role("button", name=re.compile("New carpet.*blocked"))).to_be_visible()
    await expect(desk.page.locator("[data-kind=turnover]")).to_be_attached()
    await desk.page.get_by_role("button", name="Legend").click()
    await expect(desk.page.get_by_role("dialog", name="Legend")).to_contain_text("Turnover after a session")


async def test_the_calendar_keeps_nobody_out(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked()
    await desk.go("/calendar", day=TOMORROW_WEEK)
    await expect(entry(desk, clinic.client)).to_be_visible()
    await desk.assert_accessible_in_both_colours()
    await entry(desk, clinic.client).click()
    await desk.page.get_by_role("dialog").get_by_role("button", name="Move").click()
    await desk.assert_accessible_in_both_colours()
    await desk.go("/calendar", day=TOMORROW_WEEK, view="week", therapist=session["therapist_id"])
    await expect(entry(desk, clinic.client)).to_be_visible()
    await desk.assert_accessible_in_both_colours()
    await desk.page.set_viewport_size({"width": 390, "height": 844})
    await desk.go("/calendar", day=TOMORROW_WEEK)
    await expect(entry(desk, clinic.client)).to_be_visible()
    await desk.assert_accessible_in_both_colours()
    assert desk.complaints == []


async def test_a_therapists_week_has_rooms_times_groups_and_time_off(desk: Desk, clinic: Clinic) -> None:
    others = [await clinic.new_client(f"Mara {number} {clinic.client['full_name']}") for number in range(2)]
    succeeded(await clinic.http.patch(f"/api/rooms/rooms/{clinic.rooms[1]['id']}", json={"capacity": 4}))
    await clinic.booked(other_client_ids=[other["id"] for other in others], room_id=clinic.rooms[1]["id"])
    therapist = clinic.therapist["id"]
    await clinic.post(f"/api/scheduling/therapists/{therapist}/time-off", starts_at=at(8, 13), ends_at=at(8, 15), reason="Training")
    await desk.go("/calendar", view="week", therapist=therapist, day=TOMORROW_WEEK)
    group = entry(desk, clinic.client)
    await expect(group).to_contain_text("+2")
    await expect(group).to_contain_text("10:00–11:00 AM", use_inner_text=True)
    await expect(group).to_contain_text("Room 202")
    await expect(desk.page.locator("button[data-kind=off]")).to_contain_text("Training")
    await desk.assert_accessible()


async def test_the_hours_stay_in_sight_above_the_last_of_many_rooms_and_a_session_is_moved_there(desk: Desk, http: AsyncClient) -> None:
    clinic = await clinic_by_day(http, rooms=15)
    desk.clinic = clinic
    session = await clinic.booked(room_id=clinic.rooms[12]["id"])
    await desk.go("/calendar", day=TOMORROW_WEEK)
    last = slot(desk, clinic.rooms[14]["room_number"], "12:00")
    await last.scroll_into_view_if_needed()
    await expect(last).to_be_in_viewport(ratio=1)
    await expect(desk.page.get_by_text("9 AM", exact=True)).to_be_in_viewport(ratio=1)
    await drag(entry(desk, clinic.client), last)
    await expect(desk.page.get_by_text(re.compile(f"Moved to .* 12:00 PM, room {clinic.rooms[14]['room_number']}"))).to_be_visible()
    moved = await clinic.session(session)
    assert (moved["room_id"], moved["starts_at"]) == (clinic.rooms[14]["id"], at(8, 12))


@pytest.mark.parametrize(("view", "minutes"), [("day", 20), ("week", 20), ("day", 45)])
async def test_a_short_session_shows_when_and_for_whom(desk: Desk, http: AsyncClient, view: str, minutes: int) -> None:
    clinic = await clinic_by_day(http, minutes=minutes)
    desk.clinic = clinic
    clinic.client = await clinic.new_client(f"Jo{code()[:4]} Weber")
    await clinic.booked(room_id=clinic.rooms[0]["id"])
    await desk.go("/calendar", day=TOMORROW_WEEK, view=view, **({"room": clinic.rooms[0]["id"]} if view == "week" else {}))
    shown = entry(desk, clinic.client)
    box = await shown.bounding_box()
    surname = clinic.therapist["full_name"].split()[-1]
    for words in ("10:00", clinic.client["full_name"].split()[0], *([surname[:4]] if minutes == 45 else [])):
        place = await shown.evaluate(PLACE_OF, words)
        assert box
        assert place["left"] >= box["x"], words
        assert place["right"] <= box["x"] + box["width"], words
        assert place["bottom"] <= box["y"] + box["height"], words
