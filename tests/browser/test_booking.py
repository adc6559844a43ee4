"""Booking at the front desk: what it states before, what happens after, and that it never lies about either."""

import asyncio
import re
from datetime import timedelta
from typing import Any, Final

import pytest_asyncio
from httpx import AsyncClient
from playwright.async_api import Route, expect
from support.clinic import TODAY, Clinic, at, code, succeeded
from support.platform import Platform

from browser.booking import TOMORROW_WEEK, BookingPage, clinic_by_day, next_clock_change
from browser.desk import LOOP, Desk

MOST_TABS: Final = 50
"""So often Tab is pressed until a field has the focus."""
FOUND_AT_MOST: Final = 20
"""Services that a list has before anything is typed, by their code."""


@pytest_asyncio.fixture(loop_scope=LOOP)
async def clinic(http: AsyncClient) -> Clinic:
    """Open a clinic by day, with two rooms."""
    return await clinic_by_day(http)


async def covered(clinic: Clinic) -> None:
    """Insure the clinic's client: 152.00 are agreed, of which the client pays 25.00."""
    payer = await clinic.post("/api/billing/payers", payer_name="Harbor Mutual", payer_code=code())
    fee: dict[str, Any] = {"service_code": clinic.service["service_code"], "amount": "152.00", "effective_from": "2020-01-01"}
    await clinic.post(f"/api/billing/payers/{payer['id']}/fees", **fee)
    terms = {"member_id": "M1", "plan_name": "Silver", "copay": "25.00", "effective_from": "2020-01-01", "as_of": "2020-01-01"}
    await clinic.post(f"/api/billing/clients/{clinic.client['id']}/coverages", payer_id=payer["id"], **terms)


async def test_a_session_is_booked_and_every_step_of_it_is_seen(desk: Desk, clinic: Clinic) -> None:
    page = await BookingPage.of(desk, day=TOMORROW_WEEK)
    await expect(page.book).to_be_disabled()
    await page.say_who_and_what()
    await page.field("Time").fill("10:00")
    await expect(desk.page.get_by_text("Ends at 11:00 AM")).to_be_visible()
    await expect(page.check).to_contain_text("11:00 AM in room 201")
    await expect(page.price).to_contain_text("The client owes")
    await expect(page.price).to_contain_text("$185.00")
    await page.book.click()
    await page.is_booked_in("201")
    await expect(
        desk.page.get_by_role("heading", name=f"{clinic.client['full_name']} with {clinic.therapist['full_name']}")
    ).to_be_visible()
    for step in ("requested", "booked", "hold confirmed"):
        await expect(desk.page.get_by_role("region", name="History").get_by_text(step, exact=True)).to_be_visible()
    [session] = (await clinic.get("/api/scheduling/sessions", site_id=clinic.site["id"]))["items"]
    assert (session["status"], session["starts_at"], session["client_id"]) == ("booked", at(8), clinic.client["id"])


async def test_a_taken_room_ends_in_an_alternative_one_click_away(desk: Desk, clinic: Clinic) -> None:
    [pair] = await clinic.pairs(1)
    await clinic.booked(**pair, room_id=clinic.rooms[0]["id"])
    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00", room=clinic.rooms[0]["id"])
    await page.say_who_and_what()
    await expect(page.check).to_contain_text("Cannot be booked")
    await page.book.click()
    await expect(desk.page.get_by_role("heading", name="is not available")).to_be_visible()
    alternatives = desk.page.get_by_role("list", name="Alternatives").get_by_role("listitem")
    await expect(alternatives.first).to_contain_text("11:00 AM in 202")
    await expect(alternatives.first).to_contain_text("same time")
    await alternatives.first.get_by_role("button").click()
    await page.is_booked_in("202")


async def test_nothing_is_chosen_any_more_while_the_booking_is_being_answered(desk: Desk, clinic: Clinic) -> None:
    [pair] = await clinic.pairs(1)
    await clinic.booked(**pair, room_id=clinic.rooms[0]["id"])
    sent, release = asyncio.Event(), asyncio.Event()
    problem: dict[str, Any] = {"type": "/problems/refused", "title": "Refused", "status": 409, "detail": "Not this one.", "errors": []}

    async def refuse(route: Route) -> None:
        await route.fulfill(status=409, json=problem, content_type="application/problem+json")

    async def hold(route: Route) -> None:
        sent.set()
        await release.wait()
        await route.continue_()

    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00", room=clinic.rooms[0]["id"])
    await page.say_who_and_what()
    suggestion = page.check.get_by_role("listitem").get_by_role("button", name="Use this").first
    await expect(suggestion).to_be_enabled()
    await page.field("Day").fill("13/40")
    await page.field("Day").press("Control+Enter")
    await expect(desk.page.get_by_text("Enter a day, such as")).to_be_visible()
    await page.field("Day").fill(TOMORROW_WEEK)
    await desk.page.route("**/api/scheduling/sessions", refuse)
    await page.field("Time").press("Control+Enter")
    await expect(desk.page.get_by_text("Not this one.")).to_be_visible()
    await expect(page.field("Time")).to_be_focused()
    await desk.page.unroute("**/api/scheduling/sessions", refuse)
    await desk.page.route("**/api/scheduling/sessions", hold)
    await page.book.click()
    await sent.wait()
    await expect(suggestion).to_be_disabled()
    await expect(page.field("Time")).to_be_disabled()
    release.set()
    await expect(desk.page.get_by_role("heading", name="is not available")).to_be_visible()


async def test_a_booking_whose_answer_was_lost_offers_nothing_and_is_found_when_the_line_is_back(desk: Desk, clinic: Clinic) -> None:
    is_lost = True
    sent: list[str | None] = []

    async def lose(route: Route) -> None:
        sent.append(route.request.headers.get("idempotency-key"))
        if not is_lost:
            await route.continue_()
            return
        if len(sent) == 1:
            await route.fetch()
        await route.abort()

    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00")
    await page.say_who_and_what()
    await expect(page.check).to_contain_text("Yes")
    await desk.page.route("**/api/scheduling/sessions", lose)
    await page.book.click()
    notice = desk.page.get_by_role("alert").filter(has_text="there is no answer")
    await expect(notice).to_be_visible()
    await expect(page.check).to_contain_text("Not checked")
    await expect(page.check.get_by_role("button")).to_have_count(0)
    await expect(page.field("Time")).to_be_disabled()
    await notice.get_by_role("button", name="Send again now").click()
    await expect(notice).to_be_visible()
    await desk.page.get_by_role("navigation", name="Pages").get_by_role("link", name="Waitlist").click()
    await expect(desk.page.get_by_role("heading", name="Waitlist", level=1)).to_be_visible()
    await desk.page.get_by_role("navigation", name="Pages").get_by_role("link", name="Book a session").click()
    await expect(notice).to_be_in_viewport()  # who leaves and comes back finds it
    await desk.page.reload()
    await expect(notice).to_be_in_viewport()
    is_lost = False
    await page.is_booked_in("201")  # sent again without a click
    assert len(set(sent)) == 1
    asked = {"client_id": clinic.client["id"], "limit": 10}
    assert len(succeeded(await clinic.http.get("/api/scheduling/sessions", params=asked))["items"]) == 1
    desk.complaints.clear()  # the browser's own, about the requests that were lost


async def test_a_service_of_a_catalog_longer_than_a_list_is_found(desk: Desk, clinic: Clinic) -> None:
    services = [await clinic.new_service() for _ in range(FOUND_AT_MOST + 1)]
    service = max(services, key=lambda each: each["service_code"])
    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00")
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url) if "/api/catalog/services?" in request.url else None)
    await page.choose("Service", service["service_code"])
    await expect(page.field("Service")).to_have_value(f"{service['service_code']} \N{MIDDLE DOT} {service['service_name']}")
    assert any(f"q={service['service_code']}" in url for url in asked)


async def test_everything_in_the_way_is_said_at_once_and_what_would_work_is_taken_over(desk: Desk, clinic: Clinic) -> None:
    taken = await clinic.booked()
    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00")
    await page.say_who_and_what()
    await expect(page.check).to_contain_text("The therapist has another session")
    await expect(page.check).to_contain_text(re.compile(r"Jonas \S+ has another session"))
    link = page.check.get_by_role("link", name="Open that session").first
    await expect(link).to_have_attribute("href", re.compile(f"/sessions/{taken['id']}"))
    await page.check.get_by_role("listitem").get_by_role("button", name="Use this").first.click()
    await expect(page.check).to_contain_text("Yes")
    await page.book.click()
    await expect(desk.page.get_by_role("heading", name=re.compile("Booked in room"))).to_be_visible()


async def test_who_is_insured_sees_what_is_left_to_pay(desk: Desk, clinic: Clinic) -> None:
    await clinic.knows_price("185.00")
    await covered(clinic)
    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00")
    await page.say_who_and_what()
    insurance = desk.page.get_by_role("switch", name="Bill insurance")
    await expect(insurance).to_be_checked()
    await expect(desk.page.get_by_text("Harbor Mutual · Silver · copay $25.00")).to_be_visible()
    for amount in ("$185.00", "-$33.00", "$127.00", "$25.00"):
        await expect(page.price).to_contain_text(amount)
    await insurance.press("Space")
    await expect(page.price).not_to_contain_text("$127.00")


async def test_a_new_client_is_added_without_leaving(desk: Desk, clinic: Clinic) -> None:
    name = f"Mara {code()}"
    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00")
    await page.say_who_and_what()
    await page.field("Client").fill(name)
    await desk.page.get_by_role("option", name=f"Add “{name}”").click()
    dialog = desk.page.get_by_role("dialog", name="Add a client")
    await expect(dialog.get_by_label("Name")).to_have_value(name)
    await dialog.get_by_label("E-mail").fill("mailto:mara@example.com")
    await dialog.get_by_label("Phone").fill("Tel. +1 207 555 0134")
    await dialog.get_by_label("Phone").press("Tab")
    await expect(dialog.get_by_label("Time zone")).to_be_focused()
    await expect(desk.page.get_by_role("option", name="America/")).to_have_count(0)  # a list would cover the buttons
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    await expect(page.field("Client")).to_have_value(name)
    [client] = (await clinic.get("/api/scheduling/clients", q=name))["items"]
    assert [client[each] for each in ("full_name", "email", "phone")] == [name, "mara@example.com", "+1 207 555 0134"]
    await expect(page.book).to_be_enabled()
    assert (await clinic.get("/api/scheduling/sessions", site_id=clinic.site["id"]))["items"] == []
    await clinic.new_client(name)
    await page.field("Client").fill(name.lower())
    for contact in ("+1 207 555 0134 · mara@example.com", "No phone or e-mail on file"):  # two of one name
        await expect(desk.page.get_by_role("option").filter(has_text=name).filter(has_text=contact)).to_have_count(1)


async def test_a_session_is_booked_without_a_mouse(desk: Desk, clinic: Clinic) -> None:
    page = await BookingPage.of(desk)
    keyboard = desk.page.keyboard
    await expect(desk.page.get_by_role("combobox", name="Client")).to_be_focused()
    for words in (clinic.client["full_name"], clinic.therapist["full_name"], clinic.service["service_code"]):
        await keyboard.type(words)
        await expect(page.found(words)).to_be_visible()
        await keyboard.press("ArrowDown")
        await keyboard.press("Enter")
        await expect(page.found(words)).to_have_count(0)
        await tab_to_a_field(desk)
    await keyboard.press("Control+a")
    await keyboard.type(TOMORROW_WEEK)
    await tab_to_a_field(desk)
    await keyboard.type("1000AM")
    await expect(page.check).to_contain_text("Yes")
    await expect(page.book).to_be_enabled()
    await keyboard.press("Control+Enter")
    await page.is_booked_in("201")
    await expect(desk.page.get_by_role("heading", name="Booked in room 201")).to_be_focused()


async def tab_to_a_field(desk: Desk) -> None:
    """Press Tab until a field has the focus."""
    focused = ""
    for _ in range(MOST_TABS):
        await desk.page.keyboard.press("Tab")
        focused = await desk.page.evaluate("document.activeElement.tagName")
        if focused == "INPUT":
            return
    message = f"no field has the focus after {MOST_TABS} times Tab, but {focused}"
    raise AssertionError(message)


async def test_a_booking_waits_for_the_broker_and_goes_on_by_itself(desk: Desk, stage: Platform) -> None:
    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00")
    await page.say_who_and_what()
    await stage.kill("rabbitmq")
    try:
        await page.book.click()
        await expect(desk.page.get_by_role("heading", name="Waiting for a room", level=3)).to_be_visible()
        await expect(desk.page.get_by_text("You can leave this page")).to_be_visible()
    finally:
        await stage.start("rabbitmq")
    await page.is_booked_in("201")


async def test_a_series_is_seen_before_it_is_booked(desk: Desk, clinic: Clinic) -> None:
    [pair] = await clinic.pairs(1)
    await clinic.booked(starts_at=at(15), client_id=pair["client_id"])
    await clinic.booked(starts_at=at(22, 14), client_id=pair["client_id"])
    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00")
    await page.say_who_and_what()
    await desk.page.get_by_role("switch", name="Repeat").press("Space")
    await page.field("Sessions").fill("3")
    await desk.page.keyboard.press("Tab")
    occurrences = desk.page.get_by_role("table", name="Occurrences").locator("tbody tr")
    await expect(occurrences).to_have_count(3)
    await expect(desk.page.get_by_text("2 of 3 are available")).to_be_visible()
    await expect(occurrences.nth(0)).to_contain_text("free")
    await expect(occurrences.nth(1)).to_contain_text("The therapist has another session")
    await expect(desk.page.get_by_role("button", name="Book 2 of 3 sessions")).to_be_enabled()
    await expect(desk.page.get_by_role("region", name="Price")).to_contain_text("owes in all")
    await page.field("If a date is not available").click()
    await desk.page.get_by_role("option", name="book none").click()
    await expect(desk.page.get_by_text("none would be booked")).to_be_visible()
    await expect(desk.page.get_by_text("Would be refused: 1 date is not available")).to_be_visible()
    await page.field("If a date is not available").click()
    await desk.page.get_by_role("option", name="book the other dates").click()
    sent, release = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        sent.set()
        await release.wait()
        await route.continue_()

    await desk.page.route("**/api/scheduling/series", hold)
    await desk.page.get_by_role("button", name="Book 2 of 3 sessions").click()
    await sent.wait()
    preview = desk.page.get_by_role("region", name="Series preview")
    await expect(preview).to_contain_text("Not checked until the booking that was sent is answered")
    await expect(occurrences).to_have_count(0)  # its own sessions would be in the way
    release.set()
    await expect(desk.page.get_by_text("2 of 3 sessions are booked")).to_be_visible()
    refused = desk.page.get_by_role("table", name="Sessions of the series").locator("tbody tr").nth(1)
    await refused.get_by_role("button", name="Find another time").click()
    await expect(page.field("Client")).to_have_value(clinic.client["full_name"])
    await expect(page.check).to_contain_text("The therapist has another session")
    await desk.page.get_by_role("link", name="the series").click()
    await expect(refused).to_contain_text("Not booked: The therapist has another session")
    await _move_and_cancel_the_first_and_the_third(desk)
    await refused.get_by_role("link", name="Find another time").click()
    await expect(page.check).to_contain_text("The therapist has another session")
    await expect(desk.page).to_have_url(re.compile("beside="))


async def _move_and_cancel_the_first_and_the_third(desk: Desk) -> None:
    """Move all sessions of a series, one to an alternative, and back, the third alone, and cancel the first and what follows."""
    sessions = desk.page.get_by_role("table", name="Sessions of the series").locator("tbody tr")
    form = desk.page.get_by_role("dialog")
    last = desk.page.get_by_role("region", name="Last move")
    await sessions.nth(0).get_by_role("button", name="Move").click()
    await form.get_by_label("Time").fill("14:00")
    await form.get_by_role("radio", name="All sessions of the series").check()
    await expect(form.get_by_text("1 of 2 sessions can be moved; 1 cannot.")).to_be_visible()
    stays = form.get_by_role("list", name="Dates that cannot be moved").get_by_role("listitem").first
    await expect(stays).to_contain_text("The therapist has another session at that time")
    await desk.assert_accessible()
    await stays.get_by_role("combobox").select_option(label=await stays.get_by_role("option", name="Move it to").first.inner_text())
    await form.get_by_role("button", name="Move 2 sessions").click()
    await expect(form).to_have_count(0)
    await expect(last).to_contain_text("2 moved")
    await expect(sessions.nth(0)).to_contain_text("2:00")
    await last.get_by_role("button", name="Undo the move").click()
    await expect(last).to_contain_text("2 moved back")
    await expect(sessions.nth(0)).to_contain_text("10:00")
    await sessions.nth(2).get_by_role("button", name="Move").click()
    await form.get_by_label("Time").fill("15:00")
    await form.get_by_role("radio", name="Only this session").check()
    await form.get_by_role("button", name="Move 1 session").click()
    await expect(form).to_have_count(0)
    await expect(sessions.nth(2)).to_contain_text("3:00")
    await desk.assert_accessible()
    await sessions.nth(0).get_by_role("button", name="Cancel").click()
    await form.get_by_role("radio", name="This and the following sessions").check()
    await form.get_by_role("textbox", name="Reason").fill("On holiday")
    await form.get_by_role("button", name="Cancel 2 sessions").click()
    await expect(desk.page.get_by_text("2 sessions are cancelled.")).to_be_visible()
    for row in (0, 2):
        await expect(sessions.nth(row)).to_contain_text("cancelled")


async def test_a_series_keeps_its_time_when_the_clocks_are_set_and_says_so(desk: Desk) -> None:
    change = next_clock_change(forward=True)
    page = await BookingPage.of(desk, day=(change - timedelta(days=2)).isoformat(), time="10:00")
    await page.say_who_and_what()
    await desk.page.get_by_role("switch", name="Repeat").press("Space")
    await page.field("Sessions").fill("2")
    await desk.page.keyboard.press("Tab")
    occurrences = desk.page.get_by_role("table", name="Occurrences").locator("tbody tr")
    await expect(occurrences).to_have_count(2)
    await expect(occurrences.nth(0)).to_contain_text("10:00 AM")
    await expect(occurrences.nth(1)).to_contain_text("10:00 AM")
    await expect(occurrences.nth(1)).to_contain_text("the clocks have changed")


async def test_a_time_that_comes_twice_is_asked_about_and_one_that_never_comes_is_refused(desk: Desk, http: AsyncClient) -> None:
    desk.clinic = await Clinic.open(http, rooms=1)
    autumn = next_clock_change(forward=False)
    page = await BookingPage.of(desk, day=autumn.isoformat(), time="01:30")
    await expect(desk.page.get_by_role("radio", name="1:30 AM GMT-4")).to_be_checked()
    await desk.page.get_by_text("1:30 AM GMT-5").click()
    await expect(desk.page.get_by_role("radio", name="1:30 AM GMT-5")).to_be_checked()
    spring = next_clock_change(forward=True)
    page = await BookingPage.of(desk, day=spring.isoformat(), time="02:30")
    await expect(desk.page.get_by_text("this time does not exist that day")).to_be_visible()
    await expect(page.book).to_be_disabled()


async def test_booking_keeps_nobody_out(desk: Desk, clinic: Clinic) -> None:
    await clinic.booked()
    page = await BookingPage.of(desk, day=TOMORROW_WEEK, time="10:00")
    await desk.assert_accessible_in_both_colours()
    await page.say_who_and_what()
    await expect(page.check).to_contain_text("Cannot be booked")
    await expect(page.price).to_contain_text("The client owes")
    await desk.assert_accessible_in_both_colours()
    await page.field("Time").fill("14:00")
    await expect(page.check).to_contain_text("Yes")
    await page.book.click()
    await page.is_booked_in("201")
    await desk.assert_accessible_in_both_colours()
    assert desk.complaints == []


async def test_a_couple_is_booked_in_one_session_and_a_booking_that_was_left_is_there_again(desk: Desk, clinic: Clinic) -> None:
    partner = await clinic.new_client(f"Mara {code()}")
    succeeded(await clinic.http.patch(f"/api/rooms/rooms/{clinic.rooms[1]['id']}", json={"capacity": 4}))
    page = await BookingPage.of(desk, day=TOMORROW_WEEK)
    await page.say_who_and_what()
    await desk.page.get_by_role("button", name="Add another client").click()
    await page.choose("Client 2", partner["full_name"])
    await page.field("Time").fill("10:00")
    note = desk.page.get_by_label("Note for billing")
    await desk.page.get_by_role("button", name="More options").click()
    await note.fill("Both come by car")

    await desk.page.get_by_role("link", name="Calendar", exact=True).click()
    await expect(desk.page.get_by_role("heading", name="Calendar")).to_be_visible()
    await desk.page.get_by_role("link", name="Book", exact=True).click()
    await expect(page.field("Client 2")).to_have_value(partner["full_name"])
    await expect(page.field("Time")).to_have_value("10:00 AM")
    await expect(note).to_have_value("Both come by car")
    await desk.page.reload()
    await expect(page.field("Client 2")).to_have_value(partner["full_name"])

    await page.book.click()
    await page.is_booked_in("202")
    [session] = (await clinic.get("/api/scheduling/sessions", site_id=clinic.site["id"]))["items"]
    assert set(session["client_ids"]) == {clinic.client["id"], partner["id"]}
    assert session["billing_notes"] == "Both come by car"
    await desk.page.reload()
    await page.is_booked_in("202")


async def test_a_typed_day_is_the_next_one_and_the_next_free_times_begin_on_it(desk: Desk) -> None:
    page = await BookingPage.of(desk)
    day = TODAY + timedelta(days=12)
    await page.field("Day").fill(f"{day.month}/{day.day}")
    await page.field("Day").press("Tab")
    await expect(page.field("Day")).to_have_value(f"{day:%a, %b} {day.day}, {day.year}")
    await page.say_who_and_what()
    free = desk.page.get_by_role("group", name="Next free times").get_by_role("button")
    await expect(free.first).to_contain_text(f"{day:%b} {day.day}")


async def test_a_booking_stays_with_its_site(desk: Desk, clinic: Clinic, http: AsyncClient) -> None:
    other = await Clinic.open(http, rooms=1)
    page = await BookingPage.of(desk, day=TOMORROW_WEEK)
    await page.say_who_and_what()
    site = desk.page.get_by_role("banner").get_by_role("combobox", name="Site")
    for chosen, client in ((other, ""), (clinic, clinic.client["full_name"])):
        await site.click()
        await desk.page.get_by_role("option", name=chosen.site["site_name"]).click()
        await expect(page.field("Client")).to_have_value(client)
