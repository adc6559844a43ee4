"""Billing in the browser: records and what is paid, claims and their answers, reports, and who is covered by what."""

import re
from datetime import timedelta
from typing import Final

import pytest
from httpx import AsyncClient
from playwright.async_api import FilePayload, Page, Route, expect
from support.clinic import TODAY, Clinic

from browser.desk import Desk, OpenDesk, begin
from browser.money import answered, billed, billed_to_insurance, claim_of, insure, taken_back, write_down

COLOURS: Final = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
UNREADABLE: Final = FilePayload(name="holiday.835", mimeType="text/plain", buffer=b"Greetings from the coast")


async def test_a_payment_is_taken_and_the_balance_falls(desk: Desk) -> None:
    record = await billed(desk.clinic)
    await desk.go("/billing", client=desk.clinic.client["id"])
    row = desk.page.get_by_role("row", name="Jonas Weber")
    await expect(row).to_contain_text("pending")
    await row.get_by_role("link").first.click()
    await expect(desk.page).to_have_url(re.compile(record["id"]))
    money = desk.page.get_by_role("region", name="Balance")
    await expect(money.get_by_text("Open balance").locator("xpath=..")).to_contain_text("$185.00")

    form = await begin(desk.page, "Record a payment")
    await form.get_by_label("Amount").fill("60")
    await form.get_by_label("Reference").fill("T-1001")
    for label, day in (("Received on", TODAY - timedelta(days=3)), ("Deposited on", TODAY - timedelta(days=2))):
        await form.get_by_label(label).fill(str(day))
        await form.get_by_label(label).press("Tab")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await expect(money.get_by_text("Open balance").locator("xpath=..")).to_contain_text("$125.00")
    ledger = desk.page.get_by_role("table", name="Ledger")
    await expect(ledger.get_by_role("row").filter(has_text="T-1001")).to_contain_text("received $60.00")
    await expect(desk.page.get_by_text("partly paid")).to_be_visible()
    found = await desk.clinic.get(f"/api/billing/records/{record['id']}/ledger")
    paid = next(posting for posting in found["items"] if posting["reference"] == "T-1001")
    days = {name: str(TODAY - timedelta(days=back)) for name, back in (("received_date", 3), ("deposit_date", 2))}
    assert {name: paid[name] for name in days} == days
    await desk.go("/billing/reports", report="daily-close", **{"from": days["deposit_date"], "to": days["deposit_date"]})
    await expect(desk.page.get_by_role("table", name="Rows").get_by_role("row").filter(has_text="payment")).to_contain_text("$60.00")
    report = desk.page.get_by_role("region", name="Report")
    assert await report.evaluate("each => each.scrollWidth <= each.clientWidth"), "nothing of the table is out of sight"


async def test_a_payment_that_is_refused_says_why_and_keeps_what_was_typed(desk: Desk) -> None:
    record = await billed(desk.clinic)
    await desk.go(f"/billing/records/{record['id']}")
    form = await begin(desk.page, "Record a payment")
    await form.get_by_label("Amount").fill("nothing at all")
    await form.get_by_label("Reference").fill("T-1002")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_label("Amount")).to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_role("alert")).to_contain_text("Not saved")
    await expect(form.get_by_label("Reference")).to_have_value("T-1002")
    ledger = await desk.clinic.get(f"/api/billing/records/{record['id']}/ledger")
    assert [posting["kind"] for posting in ledger["items"]] == ["charge"]


async def test_what_another_desk_posts_appears_by_itself(desk: Desk) -> None:
    record = await billed(desk.clinic)
    await desk.go(f"/billing/records/{record['id']}")
    await expect(desk.page.get_by_text("live", exact=True)).to_be_visible()
    await expect(desk.page.get_by_role("table", name="Ledger")).to_contain_text("Charge")
    path = f"/api/billing/records/{record['id']}/payments"
    await desk.clinic.post(path, amount="185.00", payer="client", method="cash", reference="T-1003")
    await expect(desk.page.get_by_role("table", name="Ledger")).to_contain_text("T-1003")


async def test_a_record_is_taken_back_only_for_a_reason(desk: Desk) -> None:
    record = await billed(desk.clinic)
    await desk.go(f"/billing/records/{record['id']}")
    await desk.page.get_by_role("button", name="More").click()
    await desk.page.get_by_role("menuitem", name="Void").click()
    form = desk.page.get_by_role("dialog", name="Void")
    await expect(form).to_contain_text("cannot be undone")
    await form.get_by_role("button", name="Void the record").click()
    await expect(form.get_by_role("textbox", name="Reason")).to_have_attribute("aria-invalid", "true")
    await form.get_by_role("textbox", name="Reason").fill("booked for somebody else")
    await form.get_by_role("button", name="Void the record").click()
    await expect(desk.page.get_by_text("voided", exact=True)).to_be_visible()
    await expect(desk.page.get_by_role("button", name="Record a payment")).to_have_count(0)


async def test_a_telephone_shows_all_of_a_record_that_was_written_off(open_desk: OpenDesk, clinic: Clinic) -> None:
    record = await billed(clinic)
    await clinic.post(f"/api/billing/records/{record['id']}/payments", amount="20.00", payer="client", method="cash")
    await clinic.post(f"/api/billing/records/{record['id']}/write-offs", amount="15.00", payer="client", reason="uncollectable")
    desk = await open_desk(clinic, size=(390, 844))
    await desk.go(f"/billing/records/{record['id']}")
    await expect(desk.page.get_by_role("columnheader", name="Now")).to_be_visible()
    paid = desk.page.get_by_role("table", name="Ledger").get_by_role("row").filter(has_text="received $20.00")
    await expect(paid.get_by_text(re.compile("^Posted .+, .+"))).to_be_visible()
    await expect(paid.get_by_text(re.compile("^Received .+, Deposited "))).to_be_visible()
    assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing lies beside the screen"


async def test_a_superbill_opens_as_a_paper(desk: Desk) -> None:
    await write_down(desk.clinic)
    record = await billed(desk.clinic)
    await desk.go(f"/billing/records/{record['id']}")
    link = desk.page.get_by_role("link", name="Superbill")
    paper = await desk.clinic.http.get(str(await link.get_attribute("href")))
    assert (paper.status_code, paper.headers["content-type"], paper.content[:5]) == (200, "application/pdf", b"%PDF-")


async def test_a_document_that_lacks_details_says_which_and_leads_to_their_form(desk: Desk) -> None:
    record = await billed(desk.clinic)
    await desk.go(f"/billing/records/{record['id']}")
    await desk.page.get_by_role("link", name="Superbill").click()
    notice = desk.page.get_by_role("dialog", name="The document cannot be created")
    await expect(notice.get_by_role("listitem").filter(has_text="client's details")).to_be_visible()
    await desk.assert_accessible()
    await notice.get_by_role("link", name="Enter the client's details").click()
    form = desk.page.get_by_role("dialog", name="Details for claims and documents")
    await expect(form.get_by_label("Date of birth")).to_be_visible()
    assert len(desk.page.context.pages) == 1

    await desk.go(f"/billing/clients/{desk.clinic.client['id']}")
    await desk.page.get_by_role("link", name="Statement").click()
    await expect(notice.get_by_role("link", name="Enter the client's details")).to_be_visible()


async def test_a_record_is_claimed_and_the_insurers_answer_settles_it(desk: Desk) -> None:
    record = await billed_to_insurance(desk.clinic)
    await desk.go("/billing/claims")
    ready = desk.page.get_by_role("region", name="To be claimed")
    await expect(ready.get_by_role("button", name="Create claim file")).to_be_enabled()
    await ready.get_by_role("button", name="Create claim file").click()
    await expect(desk.page.get_by_role("heading", level=1)).to_contain_text("Claim file")
    claim = await claim_of(desk.clinic, record)
    made = desk.page.get_by_role("table", name="Claims").get_by_role("row").filter(has_text=claim["control_number"])
    await expect(made).to_contain_text(claim["payer_name"])
    await expect(made.get_by_role("link", name=desk.clinic.client["full_name"])).to_be_visible()
    file = await desk.clinic.http.get(str(await desk.page.get_by_role("link", name="837P file").get_attribute("href")))
    assert file.text.startswith("ISA*")
    assert claim["control_number"] in file.text

    await desk.go("/billing/remittances")
    await post_file(desk.page, FilePayload(name="answer.835", mimeType="text/plain", buffer=answered(claim, record)))
    await expect(desk.page.get_by_role("heading", level=1)).to_contain_text("Remittance EFT-")
    answer = desk.page.get_by_role("region", name=f"Claim {claim['control_number']}")
    await expect(answer).to_contain_text("paid")
    await answer.get_by_role("link", name="Open the record").click()
    money = desk.page.get_by_role("region", name="Balance")
    await expect(money.get_by_text("Open balance").locator("xpath=..")).to_contain_text("$25.00")
    # Voided, it still stands with the insurer: the way to withdraw the claim is shown before and after.
    await desk.page.get_by_role("button", name="More").click()
    await desk.page.get_by_role("menuitem", name="Void").click()
    form = desk.page.get_by_role("dialog", name="Void")
    await expect(form).to_contain_text(f"{claim['control_number']} stays with the insurer until you withdraw it")
    await form.get_by_role("textbox", name="Reason").fill("wrong client")
    await form.get_by_role("button", name="Void the record").click()
    await desk.page.get_by_role("button", name="Go to the claim").click()
    insurance = desk.page.get_by_role("region", name="Insurance")
    await expect(insurance).to_be_in_viewport()
    await insurance.get_by_role("button", name=f"Withdraw {claim['control_number']}").click()
    question = desk.page.get_by_role("dialog", name=f"Withdraw claim {claim['control_number']}?")
    await expect(question).to_contain_text("This cannot be undone")
    await desk.assert_accessible()
    await question.get_by_role("button", name="Cancel").click()
    assert (await claim_of(desk.clinic, record))["status"] == "paid"
    await desk.go(f"/sessions/{record['session_id']}")
    await expect(desk.page.get_by_role("link", name="Withdraw the claim")).to_be_visible()


async def test_an_answer_to_an_unknown_claim_is_parked_until_somebody_says_whose_it_is(desk: Desk) -> None:
    record = await billed_to_insurance(desk.clinic)
    await desk.clinic.post("/api/billing/claims", record_ids=[record["id"]])
    claim = await claim_of(desk.clinic, record)
    unknown = answered({**claim, "control_number": f"OLD{claim['control_number'][2:]}"}, record)
    await desk.go("/billing/remittances")
    await post_file(desk.page, FilePayload(name="old.835", mimeType="text/plain", buffer=unknown))
    parked = desk.page.get_by_role("alert").filter(has_text="This payment is not posted")
    await expect(parked).to_contain_text("Claim OLD")
    await parked.get_by_role("combobox").click()
    await desk.page.get_by_role("option").filter(has_text=claim["control_number"]).click()
    await parked.get_by_role("button", name="Post").click()
    await expect(parked).to_have_count(0)
    answer = desk.page.get_by_role("region", name="Claim OLD")
    await expect(answer).to_contain_text(f"Posted to claim{claim['control_number']}Client{desk.clinic.client['full_name']}")
    assert (await claim_of(desk.clinic, record))["status"] == "paid"


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["wide", "narrow"])
async def test_post_stays_where_it_is_when_a_claim_is_chosen(desk: Desk, open_desk: OpenDesk, size: tuple[int, int]) -> None:
    record = await billed_to_insurance(desk.clinic)
    await desk.clinic.post("/api/billing/claims", record_ids=[record["id"]])
    claim = await claim_of(desk.clinic, record)
    unknown = answered({**claim, "control_number": f"OLD{claim['control_number'][2:]}"}, record)
    here = await open_desk(desk.clinic, size=size)
    await here.page.route("**/api/billing/claims?*", more_unless_numbered)
    await here.go("/billing/remittances")
    await post_file(here.page, FilePayload(name="old.835", mimeType="text/plain", buffer=unknown))
    field, post = here.page.get_by_role("combobox", name="Claim that"), here.page.get_by_role("button", name="Post", exact=True)
    await field.fill(claim["control_number"])
    option = here.page.get_by_role("option", name=claim["control_number"])
    await expect(option).to_have_count(1)
    before = await post.bounding_box()
    await option.click()
    await expect(here.page.get_by_text("than listed")).to_be_visible()
    assert await post.bounding_box() == before


async def test_a_reversal_of_an_unknown_claim_is_posted_to_the_answered_claim_that_somebody_chooses(desk: Desk) -> None:
    record = await billed_to_insurance(desk.clinic)
    await desk.clinic.post("/api/billing/claims", record_ids=[record["id"]])
    claim = await claim_of(desk.clinic, record)
    files = [answered(claim, record), taken_back({**claim, "control_number": f"OLD{claim['control_number'][2:]}"}, record)]
    for number, file in enumerate(files):
        await desk.go("/billing/remittances")
        await post_file(desk.page, FilePayload(name=f"{number}.835", mimeType="text/plain", buffer=file))
        await expect(desk.page).to_have_url(re.compile(r"/billing/remittances/[\da-f]"))
    parked = desk.page.get_by_role("alert").filter(has_text="This payment is not posted")
    await parked.get_by_role("combobox").fill(claim["control_number"])
    await desk.page.get_by_role("option", name=re.compile(f"{claim['control_number']}, paid")).click()
    await parked.get_by_role("button", name="Post").click()
    await expect(parked).to_have_count(0)
    assert (await claim_of(desk.clinic, record))["status"] == "reversed"


async def test_a_file_that_was_cut_off_can_only_be_discarded_and_says_once_why(desk: Desk) -> None:
    record = await billed_to_insurance(desk.clinic)
    await desk.clinic.post("/api/billing/claims", record_ids=[record["id"]])
    whole = answered(await claim_of(desk.clinic, record), record)
    await desk.go("/billing/remittances")
    await post_file(desk.page, FilePayload(name="cut.835", mimeType="text/plain", buffer=whole[: len(whole) // 2]))
    parked = desk.page.get_by_role("alert").filter(has_text="This file is not posted")
    await expect(parked).to_contain_text("it was cut off")
    await expect(desk.page.get_by_text("it was cut off")).to_have_count(1)
    await expect(parked.get_by_role("button")).to_have_text(["Discard"])
    await parked.get_by_label("Reason to discard it").fill("cut off on the way")
    await parked.get_by_role("button", name="Discard").click()
    await expect(desk.page.get_by_role("alert").filter(has_text="This file is discarded")).to_be_visible()


async def test_a_payment_that_still_cannot_be_posted_says_its_reasons_once(desk: Desk) -> None:
    record = await billed_to_insurance(desk.clinic)
    await desk.clinic.post("/api/billing/claims", record_ids=[record["id"]])
    early = answered(await claim_of(desk.clinic, record), record, TODAY - timedelta(days=900))
    await desk.go("/billing/remittances")
    await post_file(desk.page, FilePayload(name="early.835", mimeType="text/plain", buffer=early))
    parked = desk.page.get_by_role("alert").filter(has_text="This payment is not posted")
    await expect(parked).to_contain_text("before the service, which was on")
    await parked.get_by_role("button", name="Post").click()
    await expect(parked.get_by_role("alert")).to_have_text("Not posted, for the reasons above.")
    await parked.get_by_role("checkbox", name="Post as it is").check()
    await parked.get_by_role("button", name="Post").click()
    await expect(parked).to_have_count(0)
    assert (await claim_of(desk.clinic, record))["status"] == "paid"


async def test_a_file_that_is_no_remittance_is_kept_and_says_why(desk: Desk) -> None:
    await desk.go("/billing/remittances")
    await post_file(desk.page, UNREADABLE)
    await expect(desk.page.get_by_role("alert").first).to_contain_text(
        re.compile("(This file is not|This payment is not|Nothing was) posted")
    )
    await desk.go("/billing/remittances", status="parked")
    await expect(desk.page.get_by_role("table", name="Remittances")).to_contain_text("parked")


async def test_a_file_is_posted_by_dropping_it_anywhere_on_the_page(desk: Desk) -> None:
    await desk.go("/billing/remittances")
    invitation = desk.page.get_by_text("Drop the file to post it: 835, 999 or 277CA")
    await expect(invitation).to_have_count(0)
    dragged = await desk.page.evaluate_handle(
        "text => { const held = new DataTransfer(); held.items.add(new File([text], 'answer.835')); return held; }",
        UNREADABLE["buffer"].decode(),
    )
    await desk.page.dispatch_event("main", "dragover", {"dataTransfer": dragged})
    await expect(invitation).to_be_visible()
    await desk.page.dispatch_event("main", "drop", {"dataTransfer": dragged})
    await expect(invitation).to_have_count(0)
    await expect(desk.page.get_by_role("alert").first).to_contain_text(
        re.compile("(This file is not|This payment is not|Nothing was) posted")
    )


async def test_what_speaks_against_a_claim_leads_to_where_it_is_mended(desk: Desk) -> None:
    await insure(desk.clinic)
    await billed(desk.clinic, insurance_applicable=True)
    await desk.go("/billing/claims")
    row = desk.page.get_by_role("row").filter(has_text=desk.clinic.service["service_code"])
    await expect(row.get_by_text("must be corrected").first).to_be_visible()
    await expect(row.get_by_role("checkbox")).to_be_disabled()
    await row.get_by_role("link", name="The client's account").first.click()
    await expect(desk.page.get_by_role("region", name="Details for claims and documents")).to_contain_text("missing: needed for claims")


async def test_revenue_is_drawn_told_in_numbers_and_downloaded(desk: Desk) -> None:
    await billed(desk.clinic)
    await desk.go("/billing/reports")
    code = desk.clinic.service["service_code"]
    row = desk.page.get_by_role("table", name="Rows").get_by_role("row").filter(has_text=code)
    await expect(row).to_contain_text("$185.00")
    await expect(desk.page.locator(".recharts-bar-rectangle:visible").first).to_be_visible()
    async with desk.page.expect_download() as downloading:
        await desk.page.get_by_role("link", name="CSV").click()
    download = await downloading.value
    assert re.fullmatch(r"revenue[-0-9]*\.csv", download.suggested_filename)
    sheet = (await download.path()).read_text()
    assert any(line.startswith(f"{code},1,185.00") for line in sheet.splitlines()), sheet


async def test_reconciliation_counts_no_difference(desk: Desk) -> None:
    await billed(desk.clinic)
    await desk.go("/billing/reports", report="reconciliation")
    await expect(desk.page.get_by_role("status").filter(has_text="No differences")).to_be_visible()
    await desk.page.get_by_role("button", name="Compare and repair").click()
    await expect(desk.page.get_by_text("Comparing sessions and records")).to_be_visible()


async def test_a_fee_shows_what_it_would_change_before_it_is_agreed(desk: Desk) -> None:
    payer = await insure(desk.clinic)
    await desk.go(f"/billing/payers/{payer['id']}")
    form = await begin(desk.page, "Add a fee")
    await form.get_by_label("Code").fill(desk.clinic.service["service_code"])
    await form.get_by_label("Fee per unit").fill("160")
    await expect(form.get_by_role("status")).to_contain_text("No booked session is affected")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await expect(desk.page.get_by_role("table", name="Fees")).to_contain_text("$160.00")
    await expect(desk.page.get_by_role("table", name="Changes")).to_contain_text("Fee added")


async def test_a_fee_is_withdrawn_with_what_that_does_to_records_beside_it(desk: Desk) -> None:
    payer = await insure(desk.clinic)
    await desk.go(f"/billing/payers/{payer['id']}")
    await desk.page.get_by_role("button", name=f"Change the fee for {desk.clinic.service['service_code']}").click()
    form = desk.page.get_by_role("dialog")
    await expect(form.get_by_label("Fee per unit")).to_have_accessible_description(re.compile("Records that are made keep their amounts"))
    withdraw = form.get_by_role("button", name="Withdraw: it was entered by mistake")
    await expect(withdraw.locator("xpath=following-sibling::*")).to_contain_text("are priced again")
    await withdraw.click()
    await expect(form.get_by_role("status").filter(has_text="it counts on no day once this is saved")).to_be_visible()
    await form.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_role("table", name="Fees")).to_contain_text("withdrawn")


async def test_a_payer_that_is_no_longer_active_says_so(desk: Desk) -> None:
    payer = await insure(desk.clinic)
    await desk.go(f"/billing/payers/{payer['id']}")
    await desk.page.get_by_role("region", name="On claims").get_by_role("button", name="Edit").click()
    form = desk.page.get_by_role("dialog", name="Edit the payer")
    await form.get_by_label("Active").uncheck()
    await desk.assert_accessible()
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await desk.go("/billing/payers")
    await expect(desk.page.get_by_role("row").filter(has_text=payer["payer_name"])).to_contain_text("not active")


async def test_a_client_is_covered_and_given_something_off(desk: Desk, http: AsyncClient) -> None:
    payer = await insure(await Clinic.open(http, rooms=1))
    client = await desk.clinic.new_client("Ida Lund")
    await desk.go(f"/billing/clients/{client['id']}")
    form = await begin(desk.page, "Add a plan")
    await expect(form.get_by_role("combobox", name="Payer")).to_be_focused()
    await form.get_by_role("combobox", name="Payer").fill(payer["payer_name"])
    await desk.page.get_by_role("option", name=payer["payer_name"]).click()
    await form.get_by_role("textbox", name="Plan").fill("Gold")
    await form.get_by_label("Member id").fill("HM-77")
    await form.get_by_label("Copay per visit").fill("30")
    await form.get_by_label("Authorization number").fill("AU-1")
    await form.get_by_label("Authorized visits remaining").fill("8")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    plan = desk.page.get_by_role("article", name=f"{payer['payer_name']} Gold")
    await expect(plan).to_contain_text("$30.00")
    form = await begin(desk.page, f"Change {payer['payer_name']}, Gold")
    await expect(form.get_by_label("Authorization number")).to_have_value("AU-1")
    await form.get_by_label("Out-of-pocket remaining").fill("500")
    await form.get_by_role("button", name="Save").click()
    await expect(plan).to_contain_text("$500.00")
    await expect(plan).to_contain_text("Authorized visits remaining8")

    form = await begin(desk.page, "Add a discount")
    await form.get_by_label("Percent").fill("20")
    await form.get_by_role("textbox", name="Reason").fill("sliding scale")
    await form.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_role("region", name="Discounts")).to_contain_text("20 %, sliding scale")


async def test_the_log_of_changes_leads_to_what_was_changed(desk: Desk) -> None:
    record = await billed(desk.clinic)
    payer = await insure(await Clinic.open(desk.clinic.http, rooms=1))
    reference = f"T-{record['id'][-8:]}"
    await desk.clinic.post(
        f"/api/billing/records/{record['id']}/payments", amount="60.00", payer="client", method="cash", reference=reference
    )
    await desk.go("/billing/changes", what="payer")
    row = desk.page.get_by_role("table", name="Changes").get_by_role("row").filter(has_text=payer["payer_code"])
    await expect(row.get_by_role("link", name=payer["payer_name"])).to_have_attribute("href", re.compile(payer["id"]))
    await desk.go("/billing/changes", what="payment")
    row = desk.page.get_by_role("table", name="Changes").get_by_role("row").filter(has_text=reference)
    await row.get_by_role("link", name=f"Jonas Weber, {record['service_code']}").click()
    await expect(desk.page).to_have_url(re.compile(record["id"]))


async def test_the_account_of_a_client_whom_nobody_has_offers_no_form(desk: Desk) -> None:
    await desk.go("/billing/clients/01890a5d-ac96-7b55-93e6-9f0a1b2c3d56")
    await expect(desk.page.get_by_role("heading", name="There is no such client")).to_be_visible()
    await expect(desk.page.get_by_role("button", name="Add a plan")).to_have_count(0)


async def test_billing_keeps_nobody_out(desk: Desk, clinic: Clinic) -> None:
    record = await billed_to_insurance(clinic)
    await desk.go("/billing/claims")
    await expect(desk.page.get_by_role("status").filter(has_text="chosen")).to_be_visible()
    await desk.assert_accessible_in_both_colours()
    payers = ("/payers", f"/payers/{record['payer_id']}")
    for path in ("", "/remittances", "/credit", "/reports", *payers, "/organization", "/diagnosis-codes", "/changes"):
        await desk.go(f"/billing{path}")
        await desk.assert_accessible_in_both_colours()
    await desk.go(f"/billing/records/{record['id']}")
    await desk.assert_accessible_in_both_colours()
    await begin(desk.page, "Record a payment")
    await desk.assert_accessible_in_both_colours()
    await desk.go(f"/billing/clients/{clinic.client['id']}")
    await desk.assert_accessible_in_both_colours()
    form = await begin(desk.page, "Add a plan")
    await form.get_by_label("Member id").focus()
    await expect(desk.page.get_by_role("listbox")).to_have_count(0)
    await desk.assert_accessible_in_both_colours()


async def post_file(page: Page, file: FilePayload) -> None:
    """Choose a file of an insurer."""
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Post a file").click()
    await (await choosing.value).set_files(file)


async def more_unless_numbered(route: Route) -> None:
    """Let there be more claims than are answered, unless one is asked for by its number."""
    answer = await route.fetch()
    more = {} if "control_number" in route.request.url else {"next_cursor": "more"}
    await route.fulfill(response=answer, json={**await answer.json(), **more})
