"""Who stands on the claims and documents of the demonstration: the network, its sites and therapists, the insured clients. All made up."""

import asyncio
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

from demo.coverage import INSURED, PAYERS, insure
from demo.front import Front, Json, RefusedError
from demo.network import CLIENTS, SITES, THERAPISTS, npi

PLACE: Final[Json] = {"line1": "12 Harbor Street", "city": "Exampleton", "state": "NY", "postal_code": "100010001"}
ORGANIZATION: Final[Json] = {
    "organization_name": "Demonstration Therapy Network",
    "npi": npi("199999998"),
    "tax_id": "000000001",
    "taxonomy_code": "261QM0801X",
    "address": PLACE,
    "contact_name": "Billing office",
    "phone": "2125550100",
    "submitter_id": "DEMONET",
    "receiver_name": "Demonstration Clearing House",
    "receiver_id": "DEMOCLEAR",
}
TAXONOMIES: Final = {"MD": "2084P0800X", "PMHNP": "363LP0808X", "LCSW": "1041C0700X", "LMFT": "106H00000X"}
PSYCHOLOGIST: Final = "103TC0700X"
DIAGNOSES: Final = ("F41.1", "F33.1", "F43.23", "F40.10")
FIRST_BIRTHDAY: Final = date(1958, 2, 3)
BETWEEN_BIRTHDAYS: Final = timedelta(days=211)
CODES: Final = Path(__file__).with_name("diagnosis_codes.csv")
"""Codes of ICD-10-CM that therapists use, with the days on which they are valid."""
FIRST_EXAMPLE_NPI: Final = 199_999_900


async def load_diagnosis_codes(front: Front) -> str:
    """Import the list of diagnosis codes where there is none."""
    known = (await front.get("billing/diagnosis-codes/totals"))["codes"]
    if known:
        return f"{known} codes were there"
    imported = await front.send_file("billing/diagnosis-codes/import", CODES.read_text())
    return f"{imported['added']} codes"


async def load_parties(front: Front, sites: dict[str, str], therapists: dict[str, str], clients: dict[str, str]) -> str:
    """Write down what is not written down yet."""
    parties = {"organization": ORGANIZATION}
    parties |= {f"facilities/{sites[site.name]}": {"facility_name": site.name, "address": PLACE} for site in SITES}
    for therapist in THERAPISTS:
        parties[f"providers/{therapists[therapist.npi]}"] = {
            **_named(therapist.full_name),
            "npi": therapist.npi,
            "taxonomy_code": TAXONOMIES.get(therapist.credential, PSYCHOLOGIST),
        }
    for number, client in enumerate(CLIENTS):
        if client.email in INSURED:
            parties[f"clients/{clients[client.email]}/profile"] = profile(client.full_name, number)
    await asyncio.gather(*(_write(front, f"billing/{path}", facts) for path, facts in parties.items()))
    return f"an organization, {len(SITES)} sites, {len(THERAPISTS)} therapists, {len(INSURED)} clients"


async def load_example_parties(front: Front, site: Json, therapists: dict[int, Json], clients: dict[int, Json]) -> None:
    """Add the parties of the walkthrough, and insure its clients."""
    parties = {"organization": ORGANIZATION, f"facilities/{site['id']}": {"facility_name": site["site_name"], "address": PLACE}}
    for number, therapist in therapists.items():
        own = {"npi": npi(str(FIRST_EXAMPLE_NPI + number)), "taxonomy_code": PSYCHOLOGIST}
        parties[f"providers/{therapist['id']}"] = _named(therapist["full_name"]) | own
    for number, client in clients.items():
        parties[f"clients/{client['id']}/profile"] = profile(client["full_name"], number)
        await insure(front, client["id"], f"M-demo-{number}", PAYERS[0])
    await asyncio.gather(*(_write(front, f"billing/{path}", facts) for path, facts in parties.items()))


def profile(full_name: str, number: int) -> Json:
    """Make up an insurer's data of a client."""
    return {
        **_named(full_name),
        "birth_date": (FIRST_BIRTHDAY + number * BETWEEN_BIRTHDAYS).isoformat(),
        "gender": "U",
        "address": PLACE,
        "diagnoses": [DIAGNOSES[number % len(DIAGNOSES)]],
    }


def _named(full_name: str) -> Json:
    first_name, _, last_name = full_name.rpartition(" ")
    return {"first_name": first_name, "last_name": last_name}


async def _write(front: Front, path: str, facts: Json) -> None:
    try:
        await front.get(path)
    except RefusedError as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        await front.put(path, facts)
