"""The biller: records and their money, claims and what insurers answer, reports that add up; by mouse, keyboard and file."""

import csv
import io
import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from demo.insurer import remittance
from demo.parties import ORGANIZATION, PLACE
from playwright.async_api import Locator, expect
from support.clinic import TODAY, Clinic, Json, at

from browser.desk import Desk, OpenDesk

PERSON: Json = {"birth_date": "1988-05-17", "gender": "U", "address": PLACE}
PAGES = ("", "/claims", "/remittances", "/reports", "/reports?report=reconciliation", "/payers", "/organization")


async def complete(clinic: Clinic, **wish: Any) -> Json:
    """Let a session of an hour ago take place, and return its record."""
    session = await clinic.booked(starts_at=at(-1), backdated=True, **wish)
    done = await clinic.step(session, "complete", actual_start=session["starts_at"], actual_end=session["ends_at"])
    assert done.is_success, done.text
    return await clinic.record(session)


async def insure(clinic: Clinic) -> Json:
    """Offer a service that insurers know, cover the client, and write down everybody who stands on a claim."""
    number = secrets.token_hex(4).upper()
    clinic.service = await clinic.post(
        "/api/catalog/services", service_code=f"9{secrets.randbelow(10_000):04}", service_name="Therapy, 60 minutes",
        service_type="psychotherapy", standard_duration=60, base_rate="185.00", billing_category="individual", claimable="insurance",
    )  # fmt: skip
    payer = await clinic.post("/api/billing/payers", payer_name=f"Harbor Mutual {number}", payer_code=f"HM{number}")
    since = {"effective_from": "2026-01-01"}
    await clinic.post(f"/api/billing/payers/{payer['id']}/fees", service_code=clinic.service["service_code"], amount="152.00", **since)
    plan = {"payer_id": payer["id"], "member_id": "M-1", "plan_name": "Silver", "copay": "25.00", "as_of": "2026-01-01", **since}
    await clinic.post(f"/api/billing/clients/{clinic.client['id']}/coverages", **plan)
    written = {
        "organization": ORGANIZATION,
        f"facilities/{clinic.site['id']}": {"facility_name": "Harbor Street", "address": PLACE},
        f"providers/{clinic.therapist['id']}": {
            "first_name": "Ruth", "last_name": "Adler", "npi": "1245319599", "taxonomy_code": "103TC0700X",
        },
        f"clients/{clinic.client['id']}/profile": PERSON | {"first_name": "Jonas", "last_name": "Weber", "diagnoses": ["F41.1"]},
    }  # fmt: skip
    for path, facts in written.items():
        answer = await clinic.http.put(f"/api/billing/{path}", json=facts)
        assert answer.is_success, answer.text
    await clinic.knows_price("185.00")
    return payer


def fact(desk: Desk, name: str) -> Locator:
    """Find what stands behind a fact's name."""
    return desk.page.locator("dl > div").filter(has=desk.page.locator("dt", has_text=re.compile(f"^{re.escape(name)}$"))).locator("dd")


async def test_a_payment_lowers_what_is_open_and_a_wrong_one_says_why(desk: Desk) -> None:
    await desk.clinic.knows_price("185.00")
    record = await complete(desk.clinic)
    await desk.go("/billing", client=desk.clinic.client["id"])
    await desk.page.get_by_role("table", name="Records").get_by_role("link").click()
    await expect(fact(desk, "Still open")).to_have_text("$185.00")
    await desk.page.get_by_role("button", name="Take a payment").click()
    form = desk.page.get_by_role("dialog", name="Take a payment")
    await expect(form.get_by_label("Amount")).to_have_value("185.00")
    await form.get_by_label("Amount").fill("0")
    await desk.page.keyboard.press("Control+Enter")
    await expect(form.get_by_text("Nothing is saved: one field needs another look.")).to_be_visible()
    await desk.assert_accessible()
    await form.get_by_label("Amount").fill("85")
    await form.get_by_label("Reference").fill("T-1009")
    await form.get_by_role("button", name="Take the payment").click()
    await expect(fact(desk, "Still open")).to_have_text("$100.00")
    await expect(desk.page.get_by_role("table", name="Ledger")).to_contain_text("T-1009")
    await desk.page.get_by_role("button", name="More").click()
    await desk.page.get_by_role("menuitem", name="Write off").click()
    form = desk.page.get_by_role("dialog", name="Write off")
    await form.get_by_label("Why").fill("uncollectable")
    await form.get_by_role("button", name="Write it off").click()
    await expect(fact(desk, "Still open")).to_have_text("$0.00")
    assert (await desk.clinic.get(f"/api/billing/records/{record['id']}"))["balance"] == "0.00"


async def test_a_record_that_was_wrong_is_billed_anew_and_what_was_paid_goes_along(desk: Desk) -> None:
    await desk.clinic.knows_price("185.00")
    record = await complete(desk.clinic)
    right = await desk.clinic.new_service(rate="140.00")
    await desk.clinic.post(f"/api/billing/records/{record['id']}/payments", amount="140.00", payer="client", method="card")
    await desk.go(f"/billing/records/{record['id']}")
    await desk.page.get_by_role("button", name="More").click()
    await desk.page.get_by_role("menuitem", name="Correct it").click()
    form = desk.page.get_by_role("dialog", name="Correct it")
    await form.get_by_role("combobox", name="The right service").fill(right["service_code"])
    await desk.page.get_by_role("option", name=re.compile(right["service_code"])).click()
    await form.get_by_label("Why").fill("another service took place")
    await form.get_by_role("button", name="Bill it anew").click()
    await expect(desk.page.get_by_role("main")).to_contain_text("taken back")
    await desk.go("/billing", client=desk.clinic.client["id"], status="paid")
    await expect(desk.page.get_by_role("table", name="Records").get_by_role("row")).to_have_count(2)
    await expect(desk.page.get_by_role("table", name="Records")).to_contain_text("$140.00")


async def test_an_insured_session_is_claimed_answered_and_settled(desk: Desk, tmp_path: Path) -> None:
    await insure(desk.clinic)
    record = await complete(desk.clinic, insurance_applicable=True)
    await desk.go("/billing/claims")
    mine = desk.page.get_by_role("table", name="To be claimed").get_by_role("row").filter(has_text=desk.clinic.service["service_code"])
    await expect(mine.get_by_role("checkbox")).to_be_checked()
    await desk.page.get_by_role("button", name="Write the claims").click()
    await expect(desk.page.get_by_role("heading", level=1, name=re.compile("Claim file"))).to_be_visible()
    async with desk.page.expect_download() as downloading:
        await desk.page.get_by_role("link", name="837P file").click()
    text = (await (await downloading.value).path()).read_text()
    assert f"SV1*HC:{desk.clinic.service['service_code']}*185*UN*1" in text
    await desk.assert_accessible()

    [claim] = (await desk.clinic.get("/api/billing/claims", record_id=record["id"]))["items"]
    answer = tmp_path / "answer.835"
    answer.write_text(remittance(claim, record, ORGANIZATION, TODAY))
    await desk.go("/billing/remittances")
    await desk.page.locator('input[type="file"]').set_input_files(answer)
    await expect(desk.page.get_by_role("heading", level=1, name=f"Remittance EFT-{claim['control_number']}")).to_be_visible()
    await expect(desk.page.get_by_role("region", name=f"Claim {claim['control_number']}")).to_contain_text("paid")
    await desk.assert_accessible()
    await desk.page.get_by_role("link", name="Its record").click()
    await expect(fact(desk, "Still open")).to_have_text("$25.00")
    await expect(desk.page.get_by_role("region", name="Insurance")).to_contain_text("Answered by remittance")


async def test_a_remittance_for_nobody_is_parked_and_says_what_would_work(desk: Desk, tmp_path: Path) -> None:
    await insure(desk.clinic)
    record = await complete(desk.clinic, insurance_applicable=True)
    stranger = tmp_path / "stranger.835"
    stranger.write_text(remittance({"control_number": f"X{secrets.token_hex(4)}"}, record, ORGANIZATION, TODAY))
    await desk.go("/billing/remittances")
    await desk.page.locator('input[type="file"]').set_input_files(stranger)
    await expect(desk.page.get_by_text("Nothing of this file is posted")).to_be_visible()
    await desk.assert_accessible()
    await desk.page.get_by_role("checkbox", name=re.compile("Claim X")).check()
    await desk.page.get_by_role("button", name="Try to post it").click()
    await expect(desk.page.get_by_role("region", name=re.compile("^Claim X"))).to_contain_text("left out")


async def test_reports_show_what_their_sheets_say_and_the_books_agree(desk: Desk) -> None:
    await desk.clinic.knows_price("185.00")
    await complete(desk.clinic)
    await desk.go("/billing/reports")
    row = desk.page.get_by_role("row").filter(has_text=desk.clinic.service["service_code"])
    await expect(row).to_contain_text("$185.00")
    async with desk.page.expect_download() as downloading:
        await desk.page.get_by_role("link", name="CSV").click()
    sheet = list(csv.DictReader(io.StringIO((await (await downloading.value).path()).read_text())))
    assert [line["charged"] for line in sheet if line["service_code"] == desk.clinic.service["service_code"]] == ["185.00"]
    await desk.page.get_by_role("combobox", name="Report").click()
    await desk.page.get_by_role("option", name="Reconciliation").click()
    await expect(desk.page.get_by_role("status").filter(has_text="No differences")).to_be_visible()
    await desk.page.get_by_role("button", name="Compare again and mend").click()
    await expect(desk.page.get_by_text("Sessions and records are being compared")).to_be_visible()


async def test_a_fee_shows_what_it_would_change_before_it_is_agreed(desk: Desk) -> None:
    payer = await insure(desk.clinic)
    await desk.clinic.booked(insurance_applicable=True)
    await desk.go(f"/billing/payers/{payer['id']}")
    await desk.page.get_by_role("button", name="Agree a fee").click()
    form = desk.page.get_by_role("dialog", name="Agree a fee")
    await form.get_by_label("Code").fill(desk.clinic.service["service_code"])
    await form.get_by_label("Fee for one unit").fill("162")
    await expect(form.get_by_role("status")).to_contain_text("1 booked session is touched")
    await expect(form.get_by_role("status")).to_contain_text("$137.00 instead of $127.00")
    await desk.assert_accessible()
    await form.get_by_role("button", name="Agree the fee").click()
    await expect(desk.page.get_by_role("table", name="Fees")).to_contain_text("$162.00")


async def test_a_superbill_opens_as_a_paper(desk: Desk) -> None:
    await insure(desk.clinic)
    record = await complete(desk.clinic, insurance_applicable=True)
    await desk.go(f"/billing/records/{record['id']}")
    address = await desk.page.get_by_role("link", name="Superbill").get_attribute("href")
    paper = await desk.clinic.http.get(str(address))
    assert (paper.status_code, paper.headers["content-type"], paper.content[:5]) == (200, "application/pdf", b"%PDF-")


async def test_what_claims_say_of_a_therapist_is_written_down_once_it_is_right(desk: Desk) -> None:
    await desk.go("/billing/organization")
    panel = desk.page.get_by_role("region", name=desk.clinic.site["site_name"])
    await panel.get_by_role("button", name="Write down").click()
    form = desk.page.get_by_role("dialog", name=desk.clinic.site["site_name"])
    for label, text in (("Name", "Harbor Street"), ("Place of service", "11"), ("Street", "12 Pier Road"), ("City", "Portland")):
        await form.get_by_role("textbox", name=label, exact=True).fill(text)
    await form.get_by_label("State").fill("Maine")
    await form.get_by_label("ZIP code").fill("04101")
    await form.get_by_role("button", name="Write it down").click()
    await expect(form.get_by_label("State")).to_have_attribute("aria-invalid", "true")
    await form.get_by_label("State").fill("ME")
    await form.get_by_role("button", name="Write it down").click()
    await expect(panel).to_contain_text("12 Pier Road")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_nothing_in_billing_keeps_anybody_out(open_desk: OpenDesk, clinic: Clinic, *, dark: bool) -> None:
    await clinic.knows_price("185.00")
    record = await complete(clinic)
    desk = await open_desk(clinic, dark=dark)
    for page in PAGES:
        path, _, query = page.partition("?")
        await desk.go(f"/billing{path}", **dict(pair.split("=") for pair in query.split("&") if pair))
        await desk.assert_accessible()
    await desk.go(f"/billing/records/{record['id']}")
    await desk.assert_accessible()
