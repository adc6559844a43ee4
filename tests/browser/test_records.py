"""A record's page: its insurer, how it is paid and corrected, and what another desk does with it meanwhile."""

import re

from playwright.async_api import Locator, expect
from support.clinic import Json

from browser.desk import Desk, begin
from browser.money import billed, billed_to_insurance


async def take(desk: Desk, record: Json, step: str) -> Locator:
    """Open the form of a step under More."""
    await desk.go(f"/billing/records/{record['id']}")
    await desk.page.get_by_role("button", name="More").click()
    await desk.page.get_by_role("menuitem", name=step).click()
    form = desk.page.get_by_role("dialog", name=step)
    await expect(form).to_be_visible()
    return form


async def test_a_record_names_its_insurer_and_leads_there(desk: Desk) -> None:
    record = await billed_to_insurance(desk.clinic)
    payer = await desk.clinic.get(f"/api/billing/payers/{record['payer_id']}")
    await desk.go(f"/billing/records/{record['id']}")
    services = desk.page.get_by_role("region", name="Services")
    await services.get_by_role("link", name=f"{payer['payer_name']} ({payer['payer_code']})").click()
    await expect(desk.page.get_by_role("heading", level=1, name=payer["payer_name"])).to_be_visible()


async def test_the_name_of_a_column_of_amounts_stands_over_them(desk: Desk) -> None:
    record = await billed(desk.clinic)
    await desk.go(f"/billing/records/{record['id']}")
    services = desk.page.get_by_role("region", name="Services")
    await expect(services.get_by_role("cell", name="$185.00").first).to_have_css("text-align", "right")
    await expect(services.get_by_role("columnheader", name="Charge")).to_have_css("text-align", "right")


async def test_what_a_corrected_record_will_charge_is_shown_before_and_the_voided_one_leads_to_it(desk: Desk) -> None:
    record = await billed(desk.clinic)
    other = await desk.clinic.new_service(rate="140.00")
    form = await take(desk, record, "Correct the record")
    amount = form.get_by_role("region", name="New amount")
    await expect(amount).to_contain_text("$185.00")
    await form.get_by_role("combobox", name="Correct service").fill(other["service_code"])
    await desk.page.get_by_role("option", name=other["service_code"]).click()
    await expect(amount).to_contain_text(f"New amount, {other['service_code']}$140.00")
    await expect(amount.get_by_role("row").filter(has_text="Client's part")).to_have_text("Client's part$185.00$140.00")
    await desk.assert_accessible()
    await form.get_by_role("textbox", name="Reason").fill("the therapist corrected the code")
    await form.get_by_role("button", name="Void and rebill").click()
    await expect(desk.page.get_by_role("heading", level=1)).to_contain_text(other["service_code"])
    await expect(desk.page).not_to_have_url(re.compile(record["id"]))
    corrected = re.search(r"/records/([-0-9a-f]+)", desk.page.url)
    await desk.page.get_by_role("link", name="the voided record").click()
    await expect(desk.page).to_have_url(re.compile(record["id"]))
    await expect(desk.page.get_by_text("voided", exact=True)).to_be_visible()
    successor = desk.page.get_by_text("Replaced by").locator("xpath=..").get_by_role("link")
    await successor.click()
    assert corrected is not None
    await expect(desk.page).to_have_url(re.compile(corrected[1]))


async def test_a_correction_that_would_be_refused_says_so_before_it_is_sent(desk: Desk) -> None:
    record = await billed(desk.clinic)
    form = await take(desk, record, "Correct the record")
    await expect(form.get_by_role("region", name="New amount")).to_contain_text("$185.00")
    refusal = '{"type": "/problems/no-rate-on-date", "title": "No rate", "status": 422, "detail": "It has no rate on that day."}'
    refused = {"status": 422, "content_type": "application/problem+json", "body": refusal}
    await desk.page.route("**/replace/preview", lambda route: route.fulfill(**refused))
    await form.get_by_role("textbox", name="Actual minutes").fill("45")
    await expect(form.get_by_role("alert")).to_contain_text("It has no rate on that day.")


async def test_a_form_stays_with_what_was_typed_when_another_desk_voids_its_record(desk: Desk) -> None:
    record = await billed(desk.clinic)
    await desk.go(f"/billing/records/{record['id']}")
    await expect(desk.page.get_by_text("live", exact=True)).to_be_visible()
    form = await begin(desk.page, "Record a payment")
    await form.get_by_label("Amount").fill("60")
    await form.get_by_label("Reference").fill("T-1004")
    await desk.clinic.post(f"/api/billing/records/{record['id']}/void", reason="booked for somebody else")
    await expect(form.get_by_role("status").filter(has_text="Somebody else has voided this record")).to_be_visible()
    await expect(form.get_by_label("Amount")).to_have_value("60.00")
    await expect(form.get_by_label("Reference")).to_have_value("T-1004")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_role("alert")).to_contain_text("This record is voided")
    await expect(form.get_by_label("Reference")).to_have_value("T-1004")


async def test_how_it_is_paid_is_proposed_by_who_pays_and_stays_as_somebody_chose(desk: Desk) -> None:
    record = await billed_to_insurance(desk.clinic)
    await desk.go(f"/billing/records/{record['id']}")
    form = await begin(desk.page, "Record a payment")
    method = form.get_by_role("combobox", name="Method")
    await expect(method).to_have_value("Card")
    await form.get_by_text("Insurer", exact=True).click()
    await expect(method).to_have_value("Check")
    await expect(form.get_by_label("Amount")).to_have_value(re.compile("127"))
    await method.click()
    await desk.page.get_by_role("option", name="Electronic transfer").click()
    await form.get_by_text("Client", exact=True).click()
    await expect(method).to_have_value("Electronic transfer")


async def test_a_form_whose_service_is_away_says_that_nothing_is_lost_and_is_saved_again_once(desk: Desk) -> None:
    record = await billed(desk.clinic)
    path = f"/api/billing/records/{record['id']}"
    await desk.go(f"/billing/records/{record['id']}")
    form = await begin(desk.page, "Record a payment")
    await form.get_by_label("Amount").fill("60")
    away = (
        '{"type": "/problems/service-unreachable", "title": "Service unreachable", "status": 502, "service": "billing", "detail": '
        '"The service billing cannot be reached, or went away before it answered. It is not known whether it did what was asked."}'
    )
    await desk.page.route(f"**{path}/payments", lambda route: route.fulfill(status=502, content_type="application/problem+json", body=away))
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_role("alert")).to_contain_text("Billing cannot be reached now")
    await expect(form.get_by_role("alert")).to_contain_text("Nothing that you entered is lost: save it again in a moment")
    await desk.page.unroute(f"**{path}/payments")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    ledger = await desk.clinic.get(f"{path}/ledger")
    assert [posting["kind"] for posting in ledger["items"]] == ["charge", "payment"]
