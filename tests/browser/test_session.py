"""A session's page: it is completed, called off, moved and joined there, and states what that costs."""

import asyncio
import re
import secrets

from httpx import AsyncClient
from playwright.async_api import Route, expect
from support.clinic import Clinic, Json, at, succeeded
from testing.waiting import until

from browser.desk import Desk, OpenDesk

LATE_FEE, NO_SHOW_FEE = "LATECXL", "NOSHOW"


async def open_session(desk: Desk, session: Json) -> None:
    await desk.go(f"/sessions/{session['id']}")
    await expect(desk.page.get_by_role("region", name="Facts")).to_be_visible()


async def fee(http: AsyncClient, clinic: Clinic, code: str) -> str:
    """Return what the network charges for it, after seeing to it that it does."""
    found = await http.get(f"/api/catalog/services/by-code/{code}")
    if found.status_code == 404:
        facts = {"service_name": code.capitalize(), "service_type": "consultation", "standard_duration": 0, "kind": "fee"}
        await http.post("/api/catalog/services", json={"service_code": code, "base_rate": "75.00", "claimable": "never", **facts})
        found = await http.get(f"/api/catalog/services/by-code/{code}")
    amount: str = succeeded(found)["base_rate"]

    async def is_known() -> bool:
        asked = {"service_id": clinic.service["id"]}
        terms = succeeded(await http.post("/api/billing/preview", json=asked))["cancellation"]
        known = terms["late_cancellation_fee"] if code == LATE_FEE else terms["no_show_fee"]
        return known == amount and terms["late_within_minutes"] is not None

    await until(is_known)
    return amount


async def test_a_session_is_completed_and_its_record_and_amounts_appear(desk: Desk, clinic: Clinic) -> None:
    await clinic.knows_price("185.00")
    besides = await clinic.new_service(minutes=15, rate="40.00")
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="Complete", exact=True).click()
    dialog = desk.page.get_by_role("dialog", name="Complete the session")
    await dialog.get_by_label("Ended").fill("10:50")
    await expect(dialog.get_by_text("50 min, 10 min shorter than booked")).to_be_visible()
    await dialog.get_by_role("button", name="Add a service").click()
    await dialog.get_by_role("button", name="Complete", exact=True).click()
    await expect(dialog.get_by_text("Choose the additional service, or remove its line.")).to_be_visible()
    await dialog.get_by_role("combobox", name="Additional service, 1").fill(besides["service_code"])
    await desk.page.get_by_role("option", name=besides["service_code"]).click()
    await dialog.get_by_role("textbox", name="Units, 1").fill("2")
    await expect(dialog.get_by_role("region", name="Bill preview")).to_contain_text("$265.00")
    await desk.assert_accessible()
    await desk.page.keyboard.press("Control+Enter")

    record = desk.page.get_by_role("article", name="Record of Jonas Weber")
    await expect(record).to_contain_text("$265.00")
    await expect(record.get_by_role("row", name="open balance")).to_contain_text("$265.00")
    await expect(record.get_by_role("link")).to_have_attribute(
        "href", f"/billing/records/{(await clinic.record(session))['id']}?site={clinic.site['id']}"
    )
    facts = desk.page.get_by_role("region", name="Facts")
    await expect(facts).to_contain_text("10:50 AM, 50 min")
    await expect(facts).to_contain_text(f"2 \N{MULTIPLICATION SIGN} {besides['service_code']}")
    await expect(desk.page.get_by_role("region", name="History")).to_contain_text("completed")


async def test_minutes_that_fit_another_code_are_said_before_and_billed_as_that_code(desk: Desk, clinic: Clinic) -> None:
    family = f"talk-{secrets.token_hex(4)}"
    booked, shorter = [
        await clinic.post(
            "/api/catalog/services",
            service_code=f"9{secrets.randbelow(10_000):04}{letter}",
            service_name=f"Psychotherapy, {minutes} minutes",
            service_type="psychotherapy",
            standard_duration=minutes,
            min_minutes=least,
            max_minutes=most,
            base_rate=rate,
            billing_category=family,
        )
        for letter, minutes, least, most, rate in (("L", 60, 53, None, "185.00"), ("S", 45, 38, 52, "140.00"))
    ]
    clinic.service = booked
    await clinic.knows_price("185.00")
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="Complete", exact=True).click()
    dialog = desk.page.get_by_role("dialog", name="Complete the session")
    await dialog.get_by_label("Ended").fill("10:40")
    bill = dialog.get_by_role("region", name="Bill preview")
    await expect(bill).to_contain_text(f"{booked['service_code']} covers 53 minutes and more, but the session took 40.")
    await bill.get_by_role("button", name=f"Bill as {shorter['service_code']}, $140.00").click()
    await expect(bill).to_contain_text(f"Billed as {shorter['service_code']}")
    await expect(bill.get_by_role("alert")).to_have_count(0)
    await desk.assert_accessible()
    await dialog.get_by_role("button", name="Complete", exact=True).click()
    await expect(desk.page.get_by_role("article", name="Record of Jonas Weber")).to_contain_text("$140.00")
    assert (await clinic.record(session))["service_code"] == shorter["service_code"]


async def test_a_late_cancellation_says_its_fee_before_and_bills_it_after(desk: Desk, clinic: Clinic, http: AsyncClient) -> None:
    amount = await fee(http, clinic, LATE_FEE)
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="Cancel the session").click()
    dialog = desk.page.get_by_role("dialog", name="Cancel the session?")
    await expect(dialog.get_by_role("status").filter(has_text="late cancellation")).to_contain_text(f"${amount}")
    await dialog.get_by_role("button", name="Cancel the session").click()
    await expect(dialog.get_by_text("Enter a reason.")).to_be_visible()
    await desk.assert_accessible()
    await dialog.get_by_role("button", name="The client is ill").click()
    await dialog.get_by_role("button", name="Cancel the session").click()

    record = desk.page.get_by_role("article", name="Record of Jonas Weber")
    await expect(record).to_contain_text("Late cancellation")
    await expect(record.get_by_role("row", name="open balance")).to_contain_text(f"${amount}")
    await expect(desk.page.get_by_role("link", name="Book again")).to_be_visible()


async def test_an_early_cancellation_is_free_and_says_until_when(desk: Desk, clinic: Clinic, http: AsyncClient) -> None:
    await fee(http, clinic, LATE_FEE)
    session = await clinic.booked(starts_at=at(20))
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="Cancel the session").click()
    await expect(desk.page.get_by_role("dialog")).to_contain_text("Cancelling now is free of charge")


async def test_after_a_cancellation_and_its_undo_by_keyboard_the_keyboard_goes_on_at_the_heading(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(20))
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="Cancel the session").press("Enter")
    dialog = desk.page.get_by_role("dialog", name="Cancel the session?")
    await dialog.get_by_role("textbox", name="Reason").fill("ill")
    await dialog.get_by_role("button", name="Cancel the session").press("Enter")
    heading = desk.page.get_by_role("heading", level=1)
    await expect(dialog).to_have_count(0)
    await expect(heading).to_be_focused()
    await desk.page.keyboard.press("Tab")
    undo = desk.page.get_by_role("main").get_by_role("button", name="Undo")
    await expect(undo).to_be_focused()
    await desk.page.keyboard.press("Enter")
    await expect(undo).to_have_count(0)
    await expect(heading).to_be_focused()


async def test_whoever_does_not_come_is_charged_after_it_was_said(desk: Desk, clinic: Clinic, http: AsyncClient) -> None:
    amount = await fee(http, clinic, NO_SHOW_FEE)
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="No-show").click()
    await expect(desk.page.get_by_role("dialog")).to_contain_text(f"${amount}")
    await desk.page.get_by_role("dialog").get_by_role("button", name="Mark as no-show").click()
    await expect(desk.page.get_by_role("article", name="Record of Jonas Weber")).to_contain_text("No-show")
    await desk.assert_accessible()
    await desk.page.get_by_role("button", name="Undo").click()
    await expect(desk.page.get_by_text("Undone. The session is booked again.")).to_be_visible()
    await expect(desk.page.get_by_role("button", name="No-show")).to_be_visible()


async def test_only_the_clients_own_late_cancellation_is_charged_and_the_fee_can_be_waived(
    desk: Desk, clinic: Clinic, http: AsyncClient
) -> None:
    await fee(http, clinic, LATE_FEE)
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="Cancel the session").click()
    dialog = desk.page.get_by_role("dialog", name="Cancel the session?")
    await dialog.get_by_label("Waive the fee").check()
    await dialog.get_by_role("button", name="The client is ill").click()
    await dialog.get_by_role("button", name="Cancel the session").click()
    await expect(dialog.get_by_text("Enter a reason.")).to_be_visible()
    await desk.assert_accessible()
    await dialog.get_by_role("button", name="The therapist is away").click()
    await expect(dialog.get_by_label("Cancelled by")).to_have_value("therapist")
    await expect(dialog).to_contain_text("No fee")
    await dialog.get_by_label("Cancelled by").select_option("The client")
    await expect(dialog).to_contain_text("is waived: nothing is charged")
    await expect(dialog.get_by_text("The client is charged")).to_have_count(0)
    await dialog.get_by_label("Reason for waiving the fee").fill("for the first time")
    await dialog.get_by_role("button", name="Cancel the session").click()
    await expect(desk.page.get_by_role("region", name="Facts")).to_contain_text("for the first time")
    assert (await clinic.session(session))["fee_waiver"] == "for the first time"


async def test_a_move_that_cannot_be_had_offers_what_would_do_and_takes_it(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(9))
    other = await clinic.new_client("Ana Ortega")
    therapist = await clinic.new_therapist("Ines Ortiz")
    taken = await clinic.booked(starts_at=at(9, 14), client_id=other["id"], therapist_id=therapist["id"])
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="Move", exact=True).click()
    dialog = desk.page.get_by_role("dialog", name="Move the session")
    await dialog.get_by_label("Time").fill("14:00")
    await dialog.get_by_role("combobox", name="Room").fill(taken["room_number"])
    await desk.page.get_by_role("option", name=taken["room_number"]).click()
    await dialog.get_by_role("button", name="Move", exact=True).click()
    await expect(dialog.get_by_role("list", name="Alternatives")).to_be_visible()
    await desk.assert_accessible()
    await dialog.get_by_role("button", name="Move here").first.click()
    await expect(dialog).to_have_count(0)
    await expect(desk.page.get_by_text("Moved to")).to_be_visible()
    assert (await clinic.session(session))["starts_at"] != session["starts_at"] or (await clinic.session(session))["room_id"] != session[
        "room_id"
    ]


async def test_a_second_client_makes_a_group_and_may_leave_it(desk: Desk, clinic: Clinic) -> None:
    await clinic.new_client(name := f"Noor {clinic.service['service_code']}")
    await clinic.new_room("301", capacity=6)
    session = await clinic.booked(starts_at=at(9))
    named = asyncio.Event()

    async def hold(route: Route) -> None:
        await named.wait()
        await route.continue_()

    await desk.page.route("**/api/scheduling/clients?*", hold)
    await open_session(desk, session)
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Session")  # and no name that stands in for another
    named.set()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Jonas Weber")
    await desk.page.get_by_role("button", name="Make it a group").click()
    await expect(desk.page.get_by_role("dialog").get_by_role("status")).to_contain_text("The session would move to room 301.")
    await desk.page.get_by_role("dialog").get_by_role("combobox", name="Client").fill(name)
    await desk.page.get_by_role("option", name=re.compile(f"^{name}")).click()
    await desk.page.get_by_role("dialog").get_by_role("button", name="Add to the group").click()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text(f"Jonas Weber and {name}")
    await desk.page.get_by_role("button", name=f"Remove {name} from the group").click()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Jonas Weber")


async def test_nobody_is_added_to_a_group_while_no_larger_room_is_free(desk: Desk, clinic: Clinic) -> None:
    await open_session(desk, await clinic.booked(starts_at=at(9)))
    await desk.page.get_by_role("button", name="Make it a group").click()
    dialog = desk.page.get_by_role("dialog", name="Add a client")
    await expect(dialog.get_by_role("status")).to_contain_text("No larger room is free at that time")
    await expect(dialog.get_by_role("button", name="No larger room is free")).to_be_disabled()
    await expect(dialog.get_by_role("button", name="Add to the group")).to_have_count(0)


async def test_what_others_do_with_a_session_appears_by_itself(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(9))
    elsewhere = await clinic.post(
        "/api/rooms/sites", site_name=f"Elsewhere {secrets.token_hex(4)}", time_zone="UTC", opening_hours={"mon": [["08:00", "18:00"]]}
    )
    await desk.page.goto(f"/sessions/{session['id']}?site={elsewhere['id']}")
    await expect(desk.page).to_have_url(re.compile(clinic.site["id"]))
    await expect(desk.page.get_by_role("status").filter(has_text="live")).to_be_visible()
    succeeded(await clinic.step(session, "cancel", reason="Called off elsewhere"))
    await expect(desk.page.get_by_text("Called off elsewhere")).to_be_visible()
    await expect(desk.page.get_by_role("link", name="Book again")).to_be_visible()


async def test_a_move_that_is_being_written_says_at_once_that_the_session_was_cancelled(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(9))
    await open_session(desk, session)
    await expect(desk.page.get_by_role("status").filter(has_text="live")).to_be_visible()
    await desk.page.get_by_role("button", name="Move", exact=True).click()
    dialog = desk.page.get_by_role("dialog", name="Move the session")
    await dialog.get_by_role("combobox", name="Room").focus()
    await expect(desk.page.get_by_role("option")).to_have_count(0)
    await dialog.get_by_label("Time").fill("14:00")
    await expect(dialog.get_by_role("button", name="Move", exact=True)).to_be_enabled()
    succeeded(await clinic.step(session, "cancel", reason="Called off elsewhere"))
    await expect(dialog.get_by_role("alert")).to_contain_text("The session was cancelled and can no longer be moved.")
    await expect(dialog.get_by_role("button", name="Move", exact=True)).to_be_disabled()


async def test_a_cancelled_session_names_who_is_offered_its_slot_until_the_offer_is_declined(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(9))
    waiting = await clinic.post("/api/scheduling/clients", full_name="Tobias Turnwait", phone="+1 207 555 0134", time_zone="UTC")
    wanted = {"client_id": waiting["id"], "service_id": clinic.service["id"], "site_id": clinic.site["id"]}
    await clinic.post("/api/scheduling/waitlist", **wanted, earliest=at(9), latest=at(9, 12))
    succeeded(await clinic.step(session, "cancel", reason="By mistake"))
    await open_session(desk, session)
    await expect(desk.page.get_by_text("Offered to Tobias Turnwait from the waitlist until")).to_be_visible()
    await desk.page.get_by_role("link", name="Decline it on the waitlist").click()
    await desk.go("/waitlist")
    held = desk.page.get_by_role("table", name="Held slots").get_by_role("row").filter(has_text="Tobias Turnwait")
    for words in ("10:00 AM", clinic.therapist["full_name"], "+1 207 555 0134"):
        await expect(held).to_contain_text(words)
    await held.get_by_role("button", name="Decline").click()
    await desk.page.get_by_role("dialog", name="Decline the slot for Tobias Turnwait?").get_by_role("button", name="Decline").click()
    await expect(held).to_have_count(0)
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="Undo").click()
    await expect(desk.page.get_by_text("Undone. The session is booked again.")).to_be_visible()


async def test_the_undo_of_a_move_waits_until_the_offer_of_the_former_time_is_declined(desk: Desk, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(9))
    waiting = await clinic.post("/api/scheduling/clients", full_name="Mina Moveup", phone="+1 207 555 0135", time_zone="UTC")
    wanted = {"client_id": waiting["id"], "service_id": clinic.service["id"], "site_id": clinic.site["id"]}
    await clinic.post("/api/scheduling/waitlist", **wanted, earliest=at(9), latest=at(9, 12))
    await open_session(desk, session)
    await desk.page.get_by_role("button", name="Move", exact=True).click()
    dialog = desk.page.get_by_role("dialog", name="Move the session")
    await dialog.get_by_label("Time").fill("16:00")
    await dialog.get_by_role("button", name="Move", exact=True).click()
    message = desk.page.get_by_role("alert").filter(has_text="Its former time is offered to Mina Moveup from the waitlist until")
    await message.get_by_role("link", name="Decline it on the waitlist").click()
    held = desk.page.get_by_role("main").get_by_role("row").filter(has_text="Mina Moveup")
    await held.get_by_role("button", name="Decline").click()
    declining = desk.page.get_by_role("dialog", name="Decline the slot for Mina Moveup?")
    await declining.get_by_label("Offer the slot to the next on the waitlist").uncheck()
    await declining.get_by_role("button", name="Decline").click()
    await expect(held).to_have_count(0)
    async with desk.page.expect_response("**/reschedule") as undone:
        await message.get_by_role("button", name="Undo").click()
    assert (await (await undone.value).json())["starts_at"] == session["starts_at"]
    await expect(message).to_have_count(0)


async def test_nothing_of_a_session_keeps_anybody_out(open_desk: OpenDesk, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(9))
    desk = await open_desk(clinic, size=(390, 844))
    await open_session(desk, session)
    await desk.assert_accessible_in_both_colours()
    for button in ("Move", "Cancel the session"):
        await desk.page.get_by_role("button", name=button, exact=True).click()
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        await desk.assert_accessible_in_both_colours()
        await desk.page.keyboard.press("Escape")
        await expect(desk.page.get_by_role("dialog")).to_have_count(0)
