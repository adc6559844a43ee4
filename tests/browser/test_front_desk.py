"""What the front desk plans ahead: the waitlist and the clinic's own rules."""

from httpx import AsyncClient
from playwright.async_api import expect
from support.clinic import Clinic, at, code

from browser.desk import Desk


async def test_a_client_is_put_on_the_waitlist_and_taken_off_it(desk: Desk, clinic: Clinic) -> None:
    client = await clinic.new_client(f"Noor {code()}")
    await desk.go("/waitlist")
    await desk.page.get_by_role("button", name="Add to the waitlist").click()
    form = desk.page.get_by_role("dialog", name="Add to the waitlist")
    for field, words in (("Client", client["full_name"]), ("Service", clinic.service["service_code"])):
        await form.get_by_role("combobox", name=field).fill(words)
        await desk.page.get_by_role("option").filter(has_text=words).first.click()
    await form.get_by_role("button", name="Save").click()
    entry = desk.page.get_by_role("table", name="Waitlist").get_by_role("row").filter(has_text=client["full_name"])
    await expect(entry).to_contain_text("number 1")
    await desk.assert_accessible()
    await entry.get_by_role("button", name="Remove").click()
    await desk.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    await expect(entry).to_have_count(0)


async def test_rules_overrides_and_travel_times_stand_on_one_page(desk: Desk, clinic: Clinic, http: AsyncClient) -> None:
    other, reason = await Clinic.open(http, rooms=1), f"In a crisis {code()}"
    await clinic.booked(starts_at=at(30))  # scheduling knows the service by now
    await desk.go("/policies")
    await expect(desk.page.get_by_role("navigation", name="Pages").get_by_role("link", name="Rooms")).to_have_attribute(
        "data-active", "true"
    )
    await desk.page.get_by_role("button", name="Add rules for a service").click()
    form = desk.page.get_by_role("dialog", name="Rules of a service")
    await form.get_by_role("combobox", name="Service").fill(clinic.service["service_code"])
    await desk.page.get_by_role("option").filter(has_text=clinic.service["service_code"]).first.click()
    await form.get_by_label("Booking window (days)").fill("7")
    await form.get_by_role("button", name="Save").click()
    await expect(desk.page.locator("section").filter(has_text=clinic.service["service_code"]).last).to_contain_text("7 days")

    await clinic.booked(override={"reason": reason})
    await desk.page.get_by_role("button", name="Add a travel time").click()
    form = desk.page.get_by_role("dialog", name="Add a travel time")
    for field, site in (("Between", clinic.site), ("And", other.site)):
        await form.get_by_role("combobox", name=field).click()
        await desk.page.get_by_role("option", name=site["site_name"], exact=True).click()
    await form.get_by_label("Minutes").fill("35")
    await form.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_role("row").filter(has_text=other.site["site_name"])).to_contain_text("35 min")
    await desk.page.reload()
    await expect(desk.page.get_by_role("table", name="Overrides")).to_contain_text(reason)
    await desk.assert_accessible()
