"""Who stands on claims and documents is written by the biller, and every change of money's ground rules is kept."""

from typing import Any, Final
from uuid import uuid4

import pytest
from back_office import Clinic

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
RUTH: Final[Json] = {"last_name": "Adler", "first_name": "Ruth", "npi": "1245319599", "taxonomy_code": "103TC0700X"}
JONAS: Final[Json] = {
    "last_name": "Weber",
    "first_name": "Jonas",
    "birth_date": "1988-05-17",
    "gender": "M",
    "address": HARBOR,
    "diagnoses": ["F41.1"],
}


async def test_what_claims_say_of_somebody_is_read_back_as_it_was_written(clinic: Clinic) -> None:
    for path, facts in ((f"/providers/{uuid4()}", RUTH), (f"/clients/{uuid4()}/profile", JONAS), ("/organization", NETWORK)):
        assert (await clinic.billing.get(path)).status_code == 404
        written = await clinic.billing.put(path, json=facts)
        assert written.status_code == 200, written.text
        found = (await clinic.billing.get(path)).json()
        assert found == written.json()
        assert {name: found[name] for name in facts if name != "address"} == {name: facts[name] for name in facts if name != "address"}
        assert found["version"] == 1


@pytest.mark.parametrize(("typed", "kept"), [("04101-0000", "041010000"), ("04101", "04101"), ("041010000", "041010000")])
async def test_a_zip_code_is_kept_in_its_digits(clinic: Clinic, typed: str, kept: str) -> None:
    written = await clinic.billing.put(f"/clients/{uuid4()}/profile", json=JONAS | {"address": HARBOR | {"postal_code": typed}})
    assert (written.status_code, written.json()["address"]["postal_code"]) == (200, kept), written.text


async def test_a_zip_code_that_is_none_is_refused_with_such_as_are_written(clinic: Clinic) -> None:
    refused = await clinic.billing.put(f"/clients/{uuid4()}/profile", json=JONAS | {"address": HARBOR | {"postal_code": "041-01"}})
    assert refused.status_code == 422
    assert "such as 04101 or 04101-0000" in refused.text


async def test_a_client_is_born_already_and_has_each_diagnosis_once(clinic: Clinic) -> None:
    wrong = JONAS | {"birth_date": "2190-01-01", "diagnoses": ["F41.1", "F32.1", "F41.1"]}
    refused = await clinic.billing.put(f"/clients/{uuid4()}/profile", json=wrong)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/birth-date-in-future")
    assert [each["field"] for each in refused.json()["errors"]] == ["birth_date", "diagnoses.2"]


async def test_somebody_who_changed_in_between_is_not_overwritten(clinic: Clinic) -> None:
    path = f"/providers/{uuid4()}"
    await clinic.billing.put(path, json=RUTH)
    assert (await clinic.billing.put(path, json=RUTH | {"license": "PSY-1"}, headers={"If-Match": '"1"'})).json()["version"] == 2
    stale = await clinic.billing.put(path, json=RUTH, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["version"]) == (412, 2)


@pytest.mark.parametrize(
    "wrong", [{"npi": "1234567890"}, {"npi": "3234567893"}, {"taxonomy_code": "psych"}, {"last_name": " "}, {"ssn": "123"}], ids=str
)
async def test_a_therapist_whom_no_claim_could_name_is_refused(clinic: Clinic, wrong: Json) -> None:
    answer = await clinic.billing.put(f"/providers/{uuid4()}", json=RUTH | wrong)
    assert answer.status_code in {400, 422}
    assert answer.json()["errors"][0]["field"] == next(iter(wrong))


async def test_it_is_kept_who_changed_a_fee_from_what_to_what(clinic: Clinic) -> None:
    by = {"X-Forwarded-User": "ines"}
    payer = (await clinic.billing.post("/payers", json={"payer_name": "Harbor Mutual", "payer_code": "HM77"}, headers=by)).json()
    fees = f"/payers/{payer['id']}/fees"
    await clinic.billing.post(fees, json={"service_code": "90837", "amount": "150.00", "effective_from": "2026-01-01"}, headers=by)
    await clinic.billing.post(fees, json={"service_code": "90837", "amount": "160.00", "effective_from": "2026-07-01"})
    found = (await clinic.billing.get("/changes", params={"key": payer["id"]})).json()["items"]
    reported = [(each["by"], each["what"], each["action"]) for each in reversed(found)]
    assert reported[:2] == [("ines", "payer", "added"), ("ines", "fee", "added")]
    assert sorted(reported[2:]) == [("unknown", "fee", "added"), ("unknown", "fee", "changed")]
    [ended] = [each for each in found if each["action"] == "changed"]
    assert (ended["before"]["effective_to"], ended["after"]["effective_to"]) == (None, "2026-06-30")
