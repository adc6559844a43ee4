"""Who stands on documents, entered over HTTP, and the text of a printed document."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from back_office import Clinic
from contracts.types import ClientId, SiteId, TherapistId, new_id
from httpx import Response
from pypdf import PdfReader

Json = dict[str, Any]

HARBOR: Final[Json] = {"line1": "12 Harbor Street", "city": "Portland", "state": "ME", "postal_code": "041010000"}
NETWORK: Final[Json] = {
    "organization_name": "Harbor Therapy Network",
    "npi": "1234567893",
    "tax_id": "123456789",
    "taxonomy_code": "261QM0801X",
    "address": HARBOR,
    "contact_name": "Billing office",
    "phone": "2075550100",
    "submitter_id": "HARBOR01",
    "receiver_name": "Clearing House",
    "receiver_id": "CLEARING01",
}
HARBOR_STREET: Final[Json] = {"facility_name": "Harbor Street", "address": HARBOR, "place_of_service": "11"}
RUTH: Final[Json] = {
    "last_name": "Adler",
    "first_name": "Ruth",
    "npi": "1245319599",
    "taxonomy_code": "103TC0700X",
    "license": "PSY-2210",
}
JONAS: Final[Json] = {
    "last_name": "Weber",
    "first_name": "Jonas",
    "birth_date": "1988-05-17",
    "gender": "M",
    "address": HARBOR,
    "diagnoses": ["F41.1", "F32.1"],
}


@dataclass(frozen=True, slots=True)
class People:
    """A client, a therapist and a site that nobody else in the clinic has."""

    client_id: ClientId
    therapist_id: TherapistId
    site_id: SiteId

    @property
    def facts(self) -> Json:
        """What to complete a session with."""
        return {"client_id": self.client_id, "therapist_id": self.therapist_id, "site_id": self.site_id}


def strangers() -> People:
    """Return people of whom nothing is written down."""
    return People(ClientId(new_id()), TherapistId(new_id()), SiteId(new_id()))


async def write_down(clinic: Clinic, people: People | None = None, **client: Any) -> People:
    """Write down everybody who stands on a document, the client as named."""
    people = people or strangers()
    written = {
        "/organization": NETWORK,
        f"/facilities/{people.site_id}": HARBOR_STREET,
        f"/providers/{people.therapist_id}": RUTH,
        f"/clients/{people.client_id}/profile": JONAS | client,
    }
    for path, facts in written.items():
        answer = await clinic.billing.put(path, json=facts)
        assert answer.is_success, answer.text
    return people


async def insure(clinic: Clinic, people: People, fee: str = "152.00", **plan: Any) -> str:
    """Cover a client from the beginning of the year; return the payer's id."""
    payer = {"payer_name": "Harbor Mutual", "payer_code": f"HM{new_id().hex[-12:]}", "address": HARBOR}
    payer_id = (await clinic.billing.post("/payers", json=payer)).json()["id"]
    agreed = {"service_code": "90837", "amount": fee, "effective_from": "2026-01-01"}
    assert (await clinic.billing.post(f"/payers/{payer_id}/fees", json=agreed)).is_success
    usual = {"payer_id": payer_id, "member_id": "HM-4471-02", "plan_name": "Silver", "group_number": "G-100", "copay": "25.00"}
    days = {"as_of": "2026-01-01", "effective_from": "2026-01-01"}
    covered = await clinic.billing.post(f"/clients/{people.client_id}/coverages", json=usual | days | plan)
    assert covered.is_success, covered.text
    return payer_id


def read(answer: Response) -> list[str]:
    """Return the text of each page of a printed document, in one line."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages]
