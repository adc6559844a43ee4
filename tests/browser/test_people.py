"""Clients and therapists: found, added, changed, covered, away."""

import asyncio
import re

from playwright.async_api import Route, expect
from support.clinic import Clinic, at, succeeded

from browser.desk import Desk, OpenDesk


async def test_a_client_is_found_by_a_part_of_the_name_and_changed(desk: Desk, clinic: Clinic) -> None:
    surname = f"Ortega{clinic.service['service_code']}"
    client = await clinic.new_client(f"Ana {surname}")
    await desk.go("/people")
    await desk.page.get_by_role("textbox", name="Name").fill(f"{surname[2:]} an")
    row = desk.page.get_by_role("table", name="Clients").get_by_role("link", name=f"Ana {surname}")
    await expect(row).to_be_visible()
    await expect(desk.page.get_by_role("table", name="Clients").get_by_role("row")).to_have_count(2)
    await desk.page.get_by_role("textbox", name="Name").press("ArrowDown")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text(f"Ana {surname}")
    await desk.page.get_by_role("button", name="Edit").click()
    dialog = desk.page.get_by_role("dialog")
    await dialog.get_by_label("Phone").fill("+1 207 555 0134")
    await dialog.get_by_label("E-mail").fill("not an address")
    await desk.page.keyboard.press("Control+Enter")
    await expect(dialog.get_by_label("E-mail")).to_be_focused()
    await desk.assert_accessible()
    await dialog.get_by_label("E-mail").fill("ana@example.com")
    await desk.page.keyboard.press("Control+Enter")
    await expect(desk.page.get_by_role("region", name="Contact")).to_contain_text("ana@example.com")
    changed = await clinic.get(f"/api/scheduling/clients/{client['id']}")
    assert (changed["email"], changed["version"]) == ("ana@example.com", 2)


async def test_what_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(desk: Desk, clinic: Clinic) -> None:
    path = f"/api/scheduling/clients/{clinic.client['id']}"
    await desk.go(f"/people/clients/{clinic.client['id']}")
    await desk.page.get_by_role("button", name="Edit").click()
    dialog = desk.page.get_by_role("dialog")
    await dialog.get_by_label("Phone").fill("+1 207 555 0134")
    succeeded(await clinic.http.patch(path, json={"full_name": "Jonas Weber-Adler"}))
    await desk.page.keyboard.press("Control+Enter")
    await expect(dialog.get_by_text("Somebody changed this while you were editing")).to_be_visible()
    await dialog.get_by_role("button", name="Keep both: theirs and mine").click()
    await dialog.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Jonas Weber-Adler")
    await expect(desk.page.get_by_role("region", name="Contact")).to_contain_text("+1 207 555 0134")


async def test_a_plan_is_put_on_file_and_the_next_quote_knows_it(desk: Desk, clinic: Clinic) -> None:
    code = clinic.service["service_code"]
    payer = await clinic.post("/api/billing/payers", payer_name=f"Harbor Mutual {code}", payer_code=code)
    await desk.go(f"/people/clients/{clinic.client['id']}")
    await desk.page.get_by_role("button", name="Add a plan").click()
    dialog = desk.page.get_by_role("dialog", name="Add a plan")
    await expect(dialog.get_by_role("combobox", name="Payer")).to_be_focused()
    await dialog.get_by_role("combobox", name="Payer").fill(payer["payer_name"])
    await desk.page.get_by_role("option", name=payer["payer_name"]).click()
    await dialog.get_by_role("textbox", name="Plan").fill("Silver")
    await dialog.get_by_label("Member id").fill("M-1009")
    await dialog.get_by_label("Copay per visit").fill("25")
    await desk.assert_accessible()
    await dialog.get_by_role("button", name="Save").click()
    plan = desk.page.get_by_role("article", name=f"{payer['payer_name']} Silver")
    await expect(plan).to_contain_text("active")
    await expect(plan).to_contain_text("$25.00")
    asked = {"service_id": clinic.service["id"], "client_id": clinic.client["id"], "insurance_applicable": True}
    assert succeeded(await clinic.http.post("/api/billing/preview", json=asked))["copay_amount"] == "25.00"


async def hold_reads(desk: Desk, path: str) -> tuple[asyncio.Event, asyncio.Event]:
    """Keep answers of this path from the page; one event is set when an answer is waited for, the other lets all pass."""
    held, release = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method == "GET":
            held.set()
            await release.wait()
        await route.continue_()

    await desk.page.route(f"**{path}", hold)
    return held, release


async def test_a_therapist_is_added_works_by_hours_and_leaves(desk: Desk, clinic: Clinic) -> None:
    name = f"Ines {clinic.service['service_code']}"
    await desk.go("/people/therapists")
    await desk.page.get_by_role("button", name="Add a therapist").click()
    await desk.page.get_by_role("dialog").get_by_label("Name").fill(name)
    await desk.page.get_by_role("dialog").get_by_label("Credential").fill("PhD")
    await desk.page.keyboard.press("Control+Enter")
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text(f"{name}, PhD")

    await desk.page.get_by_role("region", name="Working hours").get_by_role("button", name="Change").click()
    dialog = desk.page.get_by_role("dialog")
    site = dialog.get_by_role("group", name=clinic.site["site_name"])
    await site.get_by_label("Whenever the site is open").uncheck()
    await site.get_by_label("Tuesday").fill("9-12, 1pm-5pm")
    await site.get_by_label("Monday").fill("morning")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Not saved")
    await expect(site.get_by_label("Monday")).to_be_focused()
    await site.get_by_label("Monday").fill("")
    held, release = await hold_reads(desk, "/api/scheduling/therapists/*")
    await dialog.get_by_role("button", name="Save").click()
    hours = desk.page.get_by_role("table", name=clinic.site["site_name"])
    await expect(hours.get_by_role("row", name="Tuesday")).to_contain_text("9:00 AM\N{EN DASH}12:00 PM, 1:00 PM\N{EN DASH}5:00 PM")
    await expect(hours.get_by_role("row", name="Monday")).to_contain_text("free")

    await held.wait()  # the new hours are a new version of the therapist, which the page does not have yet
    await desk.page.get_by_role("button", name="Deactivate").click()
    await expect(desk.page.get_by_text("cannot be booked any more")).to_be_visible()
    release.set()
    await expect(desk.page.get_by_text("inactive: cannot be booked")).to_be_visible()
    await desk.page.get_by_role("button", name="Undo").click()
    await expect(desk.page.get_by_text("inactive: cannot be booked")).to_have_count(0)


async def test_time_off_shows_the_sessions_in_it_before_it_is_written_down(desk: Desk, clinic: Clinic) -> None:
    await clinic.booked(starts_at=at(1))
    await desk.go(f"/people/therapists/{clinic.therapist['id']}")
    await desk.page.get_by_role("button", name="Add time off").click()
    dialog = desk.page.get_by_role("dialog")
    await expect(dialog.get_by_text("No booked sessions in this period.")).to_be_visible()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("Enter a reason.")).to_be_visible()
    await expect(dialog.get_by_role("textbox", name="Reason")).to_be_focused()
    await dialog.get_by_role("textbox", name="Reason").fill("Holiday")
    first, tomorrow = dialog.get_by_label("First day"), dialog.get_by_label("Last day")
    today = await first.input_value()
    await first.fill("13/40")
    await first.press("Control+Enter")  # it is no day, and the day that was there before it is not saved
    await expect(dialog.get_by_text("Enter a day, such as 12/31, Dec 31 or tomorrow.")).to_be_visible()
    await first.press("Tab")
    await expect(first).to_have_value("13/40")
    await first.clear()
    await first.press_sequentially("12/31")  # 12/3 lies between, and must not become the last day
    await first.fill(today)
    await first.press("Tab")
    await expect(tomorrow).to_have_value(today)
    await tomorrow.fill(at(1)[:10])
    await tomorrow.press("Tab")
    await expect(dialog.get_by_role("table", name="Sessions in this period").locator("[data-row]")).to_have_text(["Jonas Weber"])
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("Move or cancel them first, or choose to keep them.")).to_be_visible()
    await expect(dialog.get_by_text("Not saved: one field needs to be corrected.")).to_be_visible()
    await expect(dialog.get_by_label("Keep them booked")).to_be_focused()
    await desk.assert_accessible()
    await dialog.get_by_label("Keep them booked").check()
    await dialog.get_by_role("button", name="Save").click()
    off = desk.page.get_by_role("region", name="Time off")
    await expect(off).to_contain_text("Holiday")
    await expect(off).not_to_contain_text("12:00 AM")
    await expect(off).to_contain_text("1 session is still booked in it")
    await off.get_by_role("link", name="Jonas Weber").click()
    await expect(desk.page.get_by_role("status").filter(has_text="The therapist is off at this time")).to_contain_text("Holiday")
    await desk.page.get_by_role("link", name="the therapist's page").click()
    await off.get_by_role("button", name=re.compile("Delete")).click()
    await expect(off).to_contain_text("No time off planned.")


async def test_nothing_about_people_keeps_anybody_out(open_desk: OpenDesk, clinic: Clinic) -> None:
    desk = await open_desk(clinic, size=(390, 844))
    for path in ("/people", "/people/therapists", f"/people/clients/{clinic.client['id']}", f"/people/therapists/{clinic.therapist['id']}"):
        await desk.go(path)
        await desk.assert_accessible_in_both_colours()
    for button in ("Edit", "Add time off"):
        await desk.page.get_by_role("button", name=button).click()
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        await desk.assert_accessible_in_both_colours()
        await desk.page.keyboard.press("Escape")
        await expect(desk.page.get_by_role("dialog")).to_have_count(0)


async def test_the_keyboard_goes_on_where_it_was_when_a_dialog_is_closed(desk: Desk, clinic: Clinic) -> None:
    await desk.go(f"/people/clients/{clinic.client['id']}")
    edit = desk.page.get_by_role("button", name="Edit", exact=True)
    await edit.press("Enter")
    await expect(desk.page.get_by_role("dialog")).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await expect(edit).to_be_focused()
    await edit.press("Enter")
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(request.method) if request.method == "PATCH" else None)
    dialog = desk.page.get_by_role("dialog")
    await dialog.get_by_label("Phone").press("Control+Enter")  # nothing is changed: the button is disabled
    await dialog.get_by_label("Phone").fill("+1 207 555 0134")
    await dialog.get_by_label("Phone").press("Control+Enter")
    await expect(edit).to_be_focused()
    assert sent == ["PATCH"]
