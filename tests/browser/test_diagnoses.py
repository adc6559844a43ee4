"""Diagnoses in the browser: a list of codes is imported, a client's diagnosis is found in it, and sessions from before take it."""

from demo.parties import CODES
from playwright.async_api import FilePayload, expect
from support.clinic import succeeded

from browser.desk import Desk
from browser.money import PROFILE, billed


async def test_a_session_from_before_the_diagnosis_takes_it_from_the_client_and_an_outdated_code_is_refused(desk: Desk) -> None:
    page, clinic = desk.page, desk.clinic
    await desk.go("/billing/diagnosis-codes")
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Choose a sheet").click()
    await (await choosing.value).set_files(FilePayload(name="codes.csv", mimeType="text/csv", buffer=CODES.read_bytes()))
    await expect(page.get_by_text("Importing this sheet:")).to_be_visible()
    await page.get_by_role("button", name="Import codes.csv").click()
    await page.get_by_label("Find a code").fill("prolonged grief")
    await expect(page.get_by_role("table", name="Diagnosis codes").get_by_role("row")).to_have_count(2)
    await expect(page.get_by_role("row", name="F43.81")).to_contain_text("Prolonged grief disorder")
    await desk.assert_accessible()

    succeeded(await clinic.http.put(f"/api/billing/clients/{clinic.client['id']}/profile", json=PROFILE | {"diagnoses": []}))
    record = await billed(clinic)
    await desk.go(f"/billing/clients/{clinic.client['id']}", edit="profile")
    form = page.get_by_role("dialog", name="Details for claims and documents")
    await form.get_by_role("combobox", name="Diagnoses").fill("generalized anx")
    await page.get_by_role("option", name="F41.1 Generalized anxiety disorder").click()
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    waiting = page.get_by_role("alert").filter(has_text="One session without a diagnosis")
    await desk.assert_accessible()
    await waiting.get_by_role("button", name="Use for unclaimed records").click()
    await expect(waiting).to_have_count(0)

    await desk.go(f"/billing/records/{record['id']}")
    await expect(page.get_by_role("region", name="Services")).to_contain_text("F41.1")
    await page.get_by_role("button", name="Edit the diagnoses").click()
    form = page.get_by_role("dialog", name="Diagnoses of the session")
    await form.get_by_role("combobox", name="Diagnoses").fill("f32.8")
    await form.get_by_role("combobox", name="Diagnoses").press("Enter")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("F32.8 was valid until Fri, Sep 30, 2016")
    await expect(form).to_contain_text("F32.81, F32.89")
    await desk.assert_accessible()
    assert (await clinic.get(f"/api/billing/records/{record['id']}"))["diagnoses"] == ["F41.1"]
