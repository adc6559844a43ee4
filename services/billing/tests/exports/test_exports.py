"""Other systems take records as the boxes of the paper form and as FHIR R4, with everybody and every cent in its place."""

import json
from decimal import Decimal
from typing import Any

from back_office import Clinic
from contracts.scheduling import Modality
from contracts.types import ClientId, new_id
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.claim import Claim
from httpx import Response
from written_down import JONAS, insure, strangers, write_down

Json = dict[str, Any]


def resource(answer: Response) -> Json:
    """Return a FHIR resource with its money as it was written."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    return json.loads(answer.text, parse_float=Decimal)


async def test_every_box_of_the_paper_form_is_filled_from_the_record(clinic: Clinic) -> None:
    people = await write_down(clinic)
    await insure(clinic, people, authorization_number="AUTH-9")
    record = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    await clinic.pay(record, "25.00")
    answer = await clinic.billing.get(f"/records/{record['id']}/cms1500.json")
    assert answer.status_code == 200, answer.text
    [form] = answer.json()["forms"]
    box = {each["number"]: each["value"] for each in form["boxes"]}
    numbers = {number.rstrip("abcd") for number in box}
    assert numbers == {str(number) for number in range(1, 34)}
    assert (box["1"], box["1a"], box["6"], box["11"], box["23"]) == ("group", "HM-4471-02", "self", "G-100", "AUTH-9")
    assert box["2"] == box["4"] == {"last": "Weber", "first": "Jonas"}
    assert box["3"] == {"month": "05", "day": "17", "year": "1988", "sex": "M"}
    assert box["21"] == {"icd_indicator": "0", "A": "F411", "B": "F321"}
    assert box["24"] == [
        {
            "24A": {"from": {"month": "03", "day": "02", "year": "2026"}, "to": {"month": "03", "day": "02", "year": "2026"}},
            "24B": "11",
            "24C": None,
            "24D": {"code": "90837", "modifiers": []},
            "24E": "AB",
            "24F": {"dollars": "185", "cents": "00"},
            "24G": "1",
            "24H": None,
            "24I": None,
            "24J": "1245319599",
        }
    ]
    assert (box["28"], box["29"]) == ({"dollars": "185", "cents": "00"}, {"dollars": "25", "cents": "00"})
    assert (box["25"], box["27"], box["33a"]) == ({"number": "123456789", "kind": "EIN"}, True, "1234567893")
    assert (box["33"]["phone_area"], box["33"]["phone_number"], box["32"]["zip"]) == ("207", "5550100", "041010000")


async def test_whoever_holds_the_plan_stands_in_the_boxes_of_the_insured(clinic: Clinic) -> None:
    people = await write_down(clinic)
    holder = {name: JONAS[name] for name in ("birth_date", "gender", "address")} | {"last_name": "Weber", "first_name": "Mara"}
    await insure(clinic, people, relationship="spouse", subscriber=holder | {"gender": "F"}, mode="out_of_network")
    record = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    [form] = (await clinic.billing.get(f"/records/{record['id']}/cms1500.json")).json()["forms"]
    box = {each["number"]: each["value"] for each in form["boxes"]}
    assert (box["4"], box["6"], box["11a"]["sex"], box["27"]) == ({"last": "Weber", "first": "Mara"}, "spouse", "F", False)
    claim = resource(await clinic.billing.get(f"/records/{record['id']}/fhir/Claim"))
    [mara] = [each for each in claim["contained"] if each["resourceType"] == "RelatedPerson"]
    assert mara["name"] == [{"family": "Weber", "given": ["Mara"]}]


async def test_no_form_is_filled_for_what_no_insurer_pays(clinic: Clinic) -> None:
    people = await write_down(clinic)
    private, alone = await clinic.bill("90834+90837", **people.facts), await clinic.bill("90837", **people.facts)
    refusals = [await clinic.billing.get(f"/records/{record['id']}/cms1500.json") for record in (private, alone)]
    assert [(each.status_code, each.json()["type"]) for each in refusals] == [
        (422, "/problems/nothing-to-claim"),
        (422, "/problems/not-insured"),
    ]
    assert (await clinic.billing.get(f"/records/{private['id']}/fhir/Claim")).json()["type"] == "/problems/nothing-to-claim"
    await clinic.post(alone, "void", reason="by mistake")
    assert (await clinic.billing.get(f"/records/{alone['id']}/cms1500.json")).status_code == 409


async def test_a_record_is_a_fhir_claim_that_names_everybody_and_adds_up(clinic: Clinic) -> None:
    people = await write_down(clinic, first_name="Łukasz")
    await insure(clinic, people, authorization_number="AUTH-9")
    record = await clinic.bill("90837", insurance_applicable=True, telehealth=True, modality=Modality.AUDIO, **people.facts)
    answer = await clinic.billing.get(f"/records/{record['id']}/fhir/Claim", headers={"Accept": "application/fhir+json"})
    shown = resource(answer)
    claim = Claim.model_validate_json(answer.text)
    made = claim.created and claim.created.isoformat()
    assert (claim.id, claim.use, claim.status, made) == (record["id"], "claim", "active", record["billing_date"])
    assert '"value":185.00,' in answer.text
    assert shown["total"] == {"value": Decimal("185.00"), "currency": "USD"}
    [item] = shown["item"]
    assert item["productOrService"]["coding"][0]["system"] == "http://www.ama-assn.org/go/cpt"
    assert item["productOrService"]["coding"][0]["code"] == "90837"
    assert (item["net"], item["unitPrice"], item["servicedDate"]) == (shown["total"], shown["total"], "2026-03-02")
    assert item["modifier"][0]["coding"][0]["code"] == "93"
    assert item["locationCodeableConcept"]["coding"][0]["code"] == "10"
    assert [each["diagnosisCodeableConcept"]["coding"][0]["code"] for each in shown["diagnosis"]] == ["F41.1", "F32.1"]
    assert shown["insurance"][0]["preAuthRef"] == ["AUTH-9"]
    contained = {each["id"]: each for each in shown["contained"]}
    referred = {reference[1:] for reference in references(shown)}
    assert referred == contained.keys()
    assert contained["patient"]["name"] == [{"family": "Weber", "given": ["Łukasz"]}]
    assert contained["coverage"]["subscriberId"] == "HM-4471-02"


def references(value: object) -> set[str]:
    """Return every reference inside a resource."""
    if isinstance(value, list):
        return {found for part in value for found in references(part)}
    if isinstance(value, dict):
        own = {value["reference"]} if isinstance(value.get("reference"), str) else set()
        return own | {found for part in value.values() for found in references(part)}
    return set()


async def test_a_client_who_pays_for_themselves_is_the_payer_of_the_claim(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", **people.facts)
    claim = resource(await clinic.billing.get(f"/records/{record['id']}/fhir/Claim"))
    [coverage] = [each for each in claim["contained"] if each["resourceType"] == "Coverage"]
    assert (coverage["type"]["coding"][0]["code"], coverage["payor"]) == ("pay", [{"reference": "#patient"}])
    assert Claim.model_validate(json.loads(json.dumps(claim, default=float)))


async def test_each_billed_code_is_a_charge_item_that_names_nobody(clinic: Clinic) -> None:
    people = strangers()
    record = await clinic.bill("90834+90837", **people.facts)
    path = f"/records/{record['id']}/fhir/ChargeItem"
    answer = await clinic.billing.get(path)
    bundle = Bundle.model_validate_json(answer.text)
    items: list[Any] = [entry.resource for entry in bundle.entry or []]
    assert [(item.id, item.code.coding[0].code, item.priceOverride.value) for item in items] == [
        (f"{record['id']}-1", "90834", Decimal("140.00")),
        (f"{record['id']}-2", "90837", Decimal("185.00")),
    ]
    assert {item.subject.identifier.value for item in items} == {f"urn:uuid:{people.client_id}"}
    await clinic.post(record, "void", reason="by mistake")
    again = resource(await clinic.billing.get(path))
    assert {entry["resource"]["status"] for entry in again["entry"]} == {"entered-in-error"}


async def test_a_fee_has_a_charge_item_without_a_system_of_somebody_else(clinic: Clinic) -> None:
    record = await clinic.bill("NOSHOW")
    [entry] = resource(await clinic.billing.get(f"/records/{record['id']}/fhir/ChargeItem"))["entry"]
    assert "system" not in entry["resource"]["code"]["coding"][0]


async def test_the_claims_of_a_time_come_page_by_page_and_what_lacks_facts_says_so(clinic: Clinic) -> None:
    people, unknown = await write_down(clinic), strangers()
    known = [await clinic.bill("90837", **people.facts) for _ in range(3)]
    lacking = await clinic.bill("90837", **unknown.facts)
    await clinic.bill("90834+90837", **people.facts)
    await clinic.post(known[0], "void", reason="by mistake")
    at: str | None = "Claim?from=2026-03-02&to=2026-03-02&limit=3"
    found: list[Json] = []
    pages = 0
    while at is not None:
        answer = await clinic.billing.get(f"/fhir/{at}")
        Bundle.model_validate_json(answer.text)
        page = resource(answer)
        found += page["entry"]
        pages += 1
        at = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
    claims = {entry["resource"]["id"]: entry["resource"] for entry in found if entry["search"]["mode"] == "match"}
    [outcome] = [entry["resource"] for entry in found if entry["search"]["mode"] == "outcome"]
    assert (pages, claims.keys()) == (2, {record["id"] for record in known})
    assert [claims[record["id"]]["status"] for record in known] == ["cancelled", "active", "active"]
    assert lacking["id"] in outcome["issue"][0]["diagnostics"]
    assert f"PUT /clients/{unknown.client_id}/profile." in outcome["issue"][-2]["diagnostics"]
    nothing = resource(await clinic.billing.get("/fhir/Claim?from=2026-01-01&to=2026-01-31"))
    assert "entry" not in nothing
    items = resource(await clinic.billing.get("/fhir/ChargeItem?from=2026-03-02&to=2026-03-02"))
    assert len(items["entry"]) == 6


async def test_an_export_of_a_record_that_is_not_there_says_so(clinic: Clinic) -> None:
    for kind in ("fhir/Claim", "fhir/ChargeItem", "cms1500.json"):
        assert (await clinic.billing.get(f"/records/{ClientId(new_id())}/{kind}")).status_code == 404
