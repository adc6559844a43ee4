"""Money of a clinic in a browser's test: sessions that are billed, a client who is insured, and who stands on claims."""

import re
import secrets
from datetime import date
from typing import Any, Final

from demo.insurer import remittance
from support.clinic import TODAY, Clinic, Json, at, succeeded
from testing.waiting import until

ADDRESS: Final[Json] = {"line1": "12 Harbor Street", "city": "Portland", "state": "ME", "postal_code": "041010000"}
ORGANIZATION: Final[Json] = {
    "organization_name": "Harbor Therapy Network",
    "npi": "1234567893",
    "tax_id": "123456789",
    "taxonomy_code": "261QM0801X",
    "address": ADDRESS,
    "contact_name": "Billing office",
    "phone": "2075550100",
    "submitter_id": "HARBOR01",
    "receiver_name": "Clearing House",
    "receiver_id": "CLEARING01",
}
FACILITY: Final[Json] = {"facility_name": "Harbor Street", "address": ADDRESS, "place_of_service": "11"}
PROVIDER: Final[Json] = {"last_name": "Adler", "first_name": "Ruth", "npi": "1245319599", "taxonomy_code": "103TC0700X"}
PROFILE: Final[Json] = {
    "last_name": "Weber",
    "first_name": "Jonas",
    "birth_date": "1988-05-17",
    "gender": "M",
    "address": ADDRESS,
    "diagnoses": ["F41.1"],
}


async def billed(clinic: Clinic, **wanted: Any) -> Json:
    """Complete yesterday's session and return its record."""
    session = await clinic.booked(starts_at=at(-1), backdated=True, **wanted)
    succeeded(await clinic.step(session, "complete"))
    return await clinic.record(session)


async def write_down(clinic: Clinic) -> None:
    """Write down everybody who stands on claims and documents."""
    for path, facts in {
        "organization": ORGANIZATION,
        f"facilities/{clinic.site['id']}": FACILITY,
        f"providers/{clinic.therapist['id']}": PROVIDER,
        f"clients/{clinic.client['id']}/profile": PROFILE,
    }.items():
        succeeded(await clinic.http.put(f"/api/billing/{path}", json=facts))


async def insure(clinic: Clinic) -> Json:
    """Cover the client for a code that insurers know; an hour leaves 127.00 to the insurer and 25.00 to the client."""
    code = f"9{secrets.randbelow(10_000):04}"
    clinic.service = await clinic.post(
        "/api/catalog/services",
        service_code=code,
        service_name="Individual psychotherapy, 60 minutes",
        service_type="psychotherapy",
        standard_duration=60,
        base_rate="185.00",
        billing_category="individual",
    )
    await clinic.knows_price("185.00")
    payer = await clinic.post("/api/billing/payers", payer_name=f"Harbor Mutual {code}", payer_code=f"HM{secrets.token_hex(6)}")
    await clinic.post(f"/api/billing/payers/{payer['id']}/fees", service_code=code, amount="152.00", effective_from="2020-01-01")
    plan = {"member_id": "HM-4471-02", "plan_name": "Silver", "copay": "25.00", "as_of": "2020-01-01", "effective_from": "2020-01-01"}
    await clinic.post(f"/api/billing/clients/{clinic.client['id']}/coverages", payer_id=payer["id"], **plan)
    return payer


async def billed_to_insurance(clinic: Clinic) -> Json:
    """Complete yesterday's session of an insured client and return its record, ready to be claimed."""
    await insure(clinic)
    await write_down(clinic)
    session = await clinic.booked(starts_at=at(-1), backdated=True, insurance_applicable=True)

    async def quoted() -> bool:
        return bool((await clinic.get(f"/api/billing/sessions/{session['id']}/quotes"))["items"])

    await until(quoted)
    succeeded(await clinic.step(session, "complete"))
    return await clinic.record(session)


async def claim_of(clinic: Clinic, record: Json) -> Json:
    """Return the claim of a record."""
    return (await clinic.get("/api/billing/claims", record_id=record["id"]))["items"][0]


def answered(claim: Json, record: Json, today: date = TODAY) -> bytes:
    """Write the file with which the insurer pays a claim as the contract has it."""
    return remittance(claim, record, ORGANIZATION, today).encode()


def taken_back(claim: Json, record: Json) -> bytes:
    """Write the file with which the insurer takes its answer to a claim back and carries what it is owed forward (PLB with FB)."""
    paid = record["insurance_amount"]
    whole = re.sub(r"(?<=\*)(?=\d+\.\d\d\b)", "-", answered(claim, record).decode())
    for before, after in (
        (f"CLP*{claim['control_number']}*1*", f"CLP*{claim['control_number']}*22*"),
        (f"BPR*I*-{paid}", "BPR*I*0"),
        ("TRN*1*EFT", "TRN*1*REV"),
        ("SE*", f"PLB*1512345678*{TODAY.year}1231*FB:{claim['control_number']}*-{paid}~\nSE*"),
    ):
        whole = whole.replace(before, after)
    return re.sub(r"SE\*(\d+)", lambda count: f"SE*{int(count[1]) + 1}", whole).encode()
