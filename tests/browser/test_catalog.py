"""The catalog: services found, added and changed, rates scheduled with their impact in sight, sheets looked at before they are imported."""

import re
from datetime import datetime
from typing import Final

from playwright.async_api import Locator, expect
from support.clinic import Clinic, at, code, succeeded

from browser.desk import Desk, OpenDesk

HEADER: Final = "service_code,service_name,service_type,standard_duration,base_rate,effective_from"
PHONE: Final = (390, 844)
TABLET: Final = (1024, 768)


def service_path(clinic: Clinic) -> str:
    """Return where the clinic's service is shown."""
    return f"/catalog/{clinic.service['id']}"


async def choose(desk: Desk, sheet: str) -> None:
    """Choose a sheet on the import page."""
    chosen = {"name": "services.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    await desk.page.locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]


async def ask_for_rate(desk: Desk, amount: str, day: str) -> Locator:
    """Open the form for a new rate, fill it, wait until its impact is known, and return what it states about that."""
    await desk.page.get_by_role("button", name="Schedule a rate").click()
    await desk.page.get_by_role("textbox", name="New rate").fill(amount)
    await desk.page.get_by_role("textbox", name="First day").fill(day)
    await desk.page.keyboard.press("Tab")
    await expect(desk.page.get_by_role("button", name="Schedule the rate")).to_be_enabled()
    return desk.page.get_by_role("region", name="Booked sessions affected")


async def test_services_are_found_by_words_type_and_whether_they_are_offered(desk: Desk, clinic: Clinic) -> None:
    own = clinic.service["service_code"]
    await desk.go("/catalog")
    await desk.page.get_by_role("textbox", name="Code or name").fill(own)
    await expect(desk.page.get_by_role("row")).to_have_count(2)
    await desk.page.get_by_role("radiogroup", name="Status").get_by_text("Not offered").click()
    await expect(desk.page.get_by_role("heading", name="No matching services")).to_be_visible()
    await desk.page.get_by_role("button", name="Show every offered service").click()
    await expect(desk.page.get_by_role("link", name=own)).to_be_visible()
    await desk.go("/catalog", q=own, type="assessment")
    await expect(desk.page.get_by_role("heading", name="No matching services")).to_be_visible()


async def test_a_service_is_not_offered_any_more_until_that_is_undone(desk: Desk, clinic: Clinic) -> None:
    await desk.go(service_path(clinic))
    await desk.page.get_by_role("button", name="Stop offering").click()
    await expect(desk.page.get_by_text("cannot be booked any more")).to_be_visible()
    assert not (await clinic.get(f"/api/catalog/services/{clinic.service['id']}"))["is_active"]
    await desk.page.get_by_role("button", name="Undo").click()
    await expect(desk.page.get_by_role("button", name="Stop offering")).to_be_visible()
    await expect(desk.page.get_by_text("version 3")).to_be_visible()
    assert (await clinic.get(f"/api/catalog/services/{clinic.service['id']}"))["is_active"]


async def test_everything_that_a_new_service_lacks_is_said_beside_its_field(desk: Desk, clinic: Clinic) -> None:
    own = code()
    await desk.go("/catalog")
    await desk.page.get_by_role("button", name="Add a service").click()
    form = desk.page.get_by_role("dialog", name="Add a service")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_text("Not saved: 4 fields need to be corrected.")).to_be_visible()
    for field in ("Code", "Rate", "Name", "Duration"):
        await expect(form.get_by_role("textbox", name=field, exact=True)).to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_role("textbox", name="Code", exact=True)).to_be_focused()
    await form.get_by_role("textbox", name="Code", exact=True).fill(own.lower())
    await form.get_by_role("textbox", name="Rate", exact=True).fill("$1,240.5")
    await form.get_by_role("textbox", name="Name", exact=True).fill("Couples intensive")
    await form.get_by_role("textbox", name="Duration", exact=True).fill("180")
    await desk.page.keyboard.press("Control+Enter")
    await expect(desk.page.get_by_role("heading", level=1, name=f"{own} Couples intensive")).to_be_visible()
    added = await clinic.get(f"/api/catalog/services/by-code/{own}")
    assert (added["base_rate"], added["standard_duration"]) == ("1240.50", 180)


async def test_a_rate_is_scheduled_once_its_impact_was_seen(desk: Desk, clinic: Clinic) -> None:
    sessions = [await clinic.booked(starts_at=at(days)) for days in (8, 9)]
    day = at(8)[:10]
    await desk.go(service_path(clinic))
    impact = await ask_for_rate(desk, "195", day)
    await expect(impact).to_contain_text("2 booked sessions")
    await expect(impact).to_contain_text("$20.00 more")
    await desk.page.get_by_role("button", name="Schedule the rate").click()
    scheduled = desk.page.get_by_role("table", name="Rates").get_by_role("row").filter(has_text="scheduled")
    await expect(scheduled).to_contain_text("$195.00")
    await expect(scheduled).to_contain_text("+$10.00")
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    assert (await clinic.get(f"/api/catalog/services/{clinic.service['id']}/rates/on/{day}"))["amount"] == "195.00"
    assert {(await clinic.session(session))["calculated_rate"] for session in sessions} == {"185.00"}, "promises are kept"
    await scheduled.get_by_role("button", name="Withdraw").click()
    question = desk.page.get_by_role("dialog", name="Withdraw the rate of $195.00?")
    await expect(question).to_contain_text("Without it, the rate before goes on.")
    await question.get_by_role("button", name="Withdraw the rate").click()
    await expect(scheduled).to_have_count(0)
    assert (await clinic.get(f"/api/catalog/services/{clinic.service['id']}/rates/on/{day}"))["amount"] == "185.00"


async def test_a_rate_that_others_schedule_appears_by_itself_and_its_day_is_taken(desk: Desk, clinic: Clinic) -> None:
    await desk.go(service_path(clinic))
    await expect(desk.page.get_by_role("table", name="Rates").get_by_role("row")).to_have_count(2)
    await clinic.post(f"/api/catalog/services/{clinic.service['id']}/rates", amount="199.00", effective_from=at(20)[:10])
    await expect(desk.page.get_by_role("table", name="Rates").get_by_role("row").nth(1)).to_contain_text("$199.00")
    impact = await ask_for_rate(desk, "205", at(19)[:10])
    earliest = datetime.fromisoformat(at(21))
    await expect(desk.page.get_by_role("dialog")).to_contain_text(f"At the earliest {earliest:%a, %b} {earliest.day}, {earliest.year}")
    await expect(impact).to_contain_text("No session is booked")
    await desk.page.get_by_role("button", name="Schedule the rate").click()
    await expect(desk.page.get_by_label("First day")).to_have_attribute("aria-invalid", "true")
    await expect(desk.page.get_by_role("dialog")).to_contain_text("a further one begins on")


async def test_a_stale_edit_shows_what_others_changed_and_overwrites_nothing(desk: Desk, clinic: Clinic) -> None:
    path = f"/api/catalog/services/{clinic.service['id']}"
    await desk.page.route("**/api/scheduling/events", lambda route: route.abort())
    await desk.go(service_path(clinic))
    await desk.page.get_by_role("button", name="Edit").click()
    form = desk.page.get_by_role("dialog")
    await form.get_by_role("textbox", name="Name", exact=True).fill("An hour of psychotherapy")
    succeeded(await clinic.http.patch(path, json={"standard_duration": 55}))
    await form.get_by_role("button", name="Save").click()
    changed = form.get_by_role("alert").filter(has_text="Somebody changed this while you were editing")
    await expect(changed).to_contain_text(re.compile("Duration: 1 h → 55 min"))
    assert (await clinic.get(path))["service_name"] == clinic.service["service_name"]
    await changed.get_by_role("button", name="Keep both: theirs and mine").click()
    await form.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    saved = await clinic.get(path)
    assert (saved["service_name"], saved["standard_duration"]) == ("An hour of psychotherapy", 55)


async def test_a_bad_sheet_is_refused_line_by_line_and_the_mended_one_is_seen_before_it_is_imported(desk: Desk, clinic: Clinic) -> None:
    known, new = clinic.service["service_code"], code()
    await desk.go("/catalog/import")
    await choose(desk, f"{HEADER}\n{known},Renamed,psychotherapy,60,195.00,\n{new},,yoga,fifty,95.00,\n")
    wrong = desk.page.get_by_role("table", name="Lines that are wrong").get_by_role("row")
    await expect(wrong).to_have_count(3)
    await expect(wrong.nth(1)).to_contain_text("base_rate: It costs 185.00 today")
    for field in ("service_name", "service_type", "standard_duration"):
        await expect(wrong.nth(2)).to_contain_text(field)
    await expect(desk.page.get_by_role("button", name=re.compile("^Import"))).to_have_count(0)

    await choose(desk, f"{HEADER}\n{known},Renamed,psychotherapy,60,195.00,{at(30)[:10]}\n{new},Short,psychotherapy,50,95.00,\n")
    foreseen = desk.page.get_by_role("table", name="Changes").get_by_role("row")
    await expect(foreseen.nth(1)).to_contain_text("185.00 → 195.00")
    await expect(foreseen.nth(2)).to_contain_text("new")
    assert (await clinic.get(f"/api/catalog/services/by-code/{known}"))["version"] == 1, "only looked at"
    await desk.page.get_by_role("button", name="Import 2 services").click()
    await expect(desk.page.get_by_role("region", name="Imported")).to_contain_text("1 added, 1 changed")
    assert (await clinic.get(f"/api/catalog/services/by-code/{new}"))["service_name"] == "Short"
    assert (await clinic.get(f"/api/catalog/services/by-code/{known}"))["service_name"] == "Renamed"


async def test_the_catalog_is_downloaded_as_a_sheet(desk: Desk, clinic: Clinic) -> None:
    await desk.go("/catalog")
    async with desk.page.expect_download() as download:
        await desk.page.get_by_role("link", name="Export").click()
    file = await download.value
    assert file.suggested_filename == "services.csv"
    assert clinic.service["service_code"] in (await file.path()).read_text()


async def test_nobody_is_kept_out_of_the_catalog(open_desk: OpenDesk, clinic: Clinic) -> None:
    await clinic.booked()
    await clinic.post(f"/api/catalog/services/{clinic.service['id']}/rates", amount="190.00", effective_from=at(2)[:10])
    desk = await open_desk(clinic, size=PHONE)
    await desk.go("/catalog", q=clinic.service["service_code"])
    await expect(desk.page.get_by_role("row")).to_have_count(2)
    await desk.assert_accessible_in_both_colours()
    await desk.page.get_by_role("button", name="Add a service").click()
    await desk.page.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_text("Not saved")).to_be_visible()
    await desk.assert_accessible_in_both_colours()

    await desk.go(service_path(clinic))
    await expect(desk.page.get_by_role("table", name="Rates")).to_be_visible()
    for width, height in (TABLET, PHONE):
        await desk.page.set_viewport_size({"width": width, "height": height})
        assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing lies beside the screen"
        await desk.assert_accessible_in_both_colours()
    await desk.page.get_by_role("button", name="Edit").click()
    await expect(desk.page.get_by_role("dialog")).to_be_visible()
    await desk.assert_accessible_in_both_colours()
    await desk.page.keyboard.press("Escape")
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    impact = await ask_for_rate(desk, "195", at(8)[:10])
    await expect(impact).to_contain_text("1 booked session")
    await desk.assert_accessible_in_both_colours()

    await desk.go("/catalog/import")
    await choose(desk, f"{HEADER}\n{clinic.service['service_code']},,psychotherapy,60,185.00,\n")
    await expect(desk.page.get_by_role("table", name="Lines that are wrong")).to_be_visible()
    await desk.assert_accessible_in_both_colours()
    await choose(desk, f"{HEADER}\n{clinic.service['service_code']},Renamed,psychotherapy,60,185.00,\n")
    await expect(desk.page.get_by_role("table", name="Changes")).to_be_visible()
    await desk.assert_accessible_in_both_colours()
    assert desk.complaints == []
