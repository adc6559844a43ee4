"""An insured session from the quote before the booking to the payer's payment: the same numbers all the way."""

from support.clinic import Clinic, Json, at, succeeded
from testing.waiting import until

PARTS = ("total_amount", "contractual_adjustment", "patient_amount", "insurance_amount")


async def test_what_is_shown_before_the_booking_is_what_is_billed_and_paid(clinic: Clinic) -> None:
    await clinic.knows_price("185.00")
    code, client = clinic.service["service_code"], clinic.client["id"]
    payer = await clinic.post("/api/billing/payers", payer_name="Harbor Mutual", payer_code=f"HM{code}")
    await clinic.post(f"/api/billing/payers/{payer['id']}/fees", service_code=code, amount="152.00", effective_from="2020-01-01")
    plan = {"member_id": "HM-1", "plan_name": "Silver", "copay": "25.00", "as_of": "2020-01-01", "effective_from": "2020-01-01"}
    await clinic.post(f"/api/billing/clients/{client}/coverages", payer_id=payer["id"], **plan)
    shown = await clinic.post("/api/billing/preview", service_code=code, client_id=client, insurance_applicable=True)
    assert [shown[part] for part in PARTS] == ["185.00", "33.00", "25.00", "127.00"]

    session = await clinic.booked(starts_at=at(-1), backdated=True, insurance_applicable=True)

    async def quoted() -> Json | None:
        return next(iter((await clinic.get(f"/api/billing/sessions/{session['id']}/quotes"))["items"]), None)

    quote = await until(quoted)
    assert [quote[part] for part in PARTS] == [shown[part] for part in PARTS]
    succeeded(await clinic.step(session, "complete"))
    record = await clinic.record(session)
    assert [record[part] for part in PARTS] == [shown[part] for part in PARTS]
    assert (record["payer_id"], record["insurance_covered"]) == (payer["id"], True)
    path = f"/api/billing/records/{record['id']}/payments"
    await clinic.post(path, amount="127.00", payer="insurer", method="eft", reference="TRN-1")
    paid = await clinic.post(path, amount="25.00", payer="client", method="card", reference="T-1")
    assert (paid["payment_status"], paid["balance"]) == ("paid", "0.00")
