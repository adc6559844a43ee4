"""Records become claims: what speaks against one is found before, what is sent is kept as it was sent, and nobody sends it twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from back_office import Clinic, Json
from claim_examples import complaints, segments
from contracts.scheduling import ClientLocation, Modality
from contracts.types import ClientId, SiteId, TherapistId, new_id
from coverages.test_coverage import cover, payer
from httpx import Response
from insurer import answer, write_835
from ledger_history import ZONE
from parties.test_parties import HARBOR, JONAS, NETWORK, RUTH
from testing.running import build

CHANGED: Final = "billing.payment_status_changed.v1"
LAST_WEEK: Final = datetime.now(UTC).date() - timedelta(days=7)
"""Claims are late some months after the service, so their dates follow the calendar."""
HERE, ADLER, WEBER = SiteId(UUID(int=1)), TherapistId(UUID(int=2)), ClientId(UUID(int=3))


async def open_books(clinic: Clinic, **plan: Any) -> str:
    """Write down who bills, where, who treats, and that Jonas is covered; return his payer."""
    facility = {"facility_name": "Harbor Street", "address": HARBOR, "place_of_service": "11"}
    paths = {"/organization": NETWORK, f"/facilities/{HERE}": facility, f"/providers/{ADLER}": RUTH, f"/clients/{WEBER}/profile": JONAS}
    for path, stated in paths.items():
        assert (await clinic.billing.put(path, json=stated)).status_code == HTTPStatus.OK
    found = await payer(clinic, c90837="150.00", c90834="120.00")
    await cover(clinic, WEBER, found, **plan)
    return found


async def see(clinic: Clinic, code: str = "90837", **other: Any) -> Json:
    """Let Ruth see Jonas last week, and return the record."""
    usual = {"client_id": WEBER, "therapist_id": ADLER, "site_id": HERE, "day": LAST_WEEK, "insurance_applicable": True}
    return await clinic.bill(code, **{**usual, **other})


async def ask(clinic: Clinic, *records: Json, **body: Any) -> Response:
    """Claim records."""
    wanted = {"record_ids": [record["id"] for record in records], **body}
    return await clinic.billing.post("/claims", json=wanted, headers={"X-Forwarded-User": "ines"})


async def claim(clinic: Clinic, *records: Json, **body: Any) -> Json:
    """Claim records that nothing speaks against."""
    answer = await ask(clinic, *records, **body)
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    return answer.json()


async def file_of(clinic: Clinic, batch: Json) -> str:
    """Return a batch's file, which two other readers take."""
    text = (await clinic.billing.get(f"/claims/{batch['id']}/837p")).text
    assert complaints(text) == []
    return text


async def listed(clinic: Clinic, **filters: Any) -> list[Json]:
    """Return claims."""
    return (await clinic.billing.get("/claims", params=filters)).json()["items"]


async def replicate_policy(clinic: Clinic, claimed: Json, *adjustments: str, taken_back: bool = False, **facts: Any) -> Json:
    """Let the payer answer a claim, or take such an answer back, and return what was posted."""
    service = {"code": claimed["lines"][0]["service_code"], "service_day": claimed["service_date"].replace("-", "")}
    stated = answer(claimed["control_number"], *adjustments, charge=claimed["total_amount"], payer_reference="ICN-9", **service, **facts)
    file = write_835([stated.taken_back() if taken_back else stated], trace=new_id().hex, day=stated.service_day)
    posted = await clinic.billing.post("/remittances", content=file, headers={"Content-Type": "application/edi-x12"})
    assert posted.status_code == HTTPStatus.CREATED, posted.text
    return posted.json()["claims"][0]


async def deny(clinic: Clinic, claimed: Json) -> Json:
    """Let the payer deny a claim."""
    return await replicate_policy(clinic, claimed, f"CO-197 {claimed['total_amount']}", status="4")


def refused(answer: Response) -> list[tuple[str, str]]:
    """Return which record was refused for what."""
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/claim-refused")
    return [(error["field"].removeprefix("records."), error["code"]) for error in answer.json()["errors"]]


async def test_a_session_is_claimed_in_a_file_that_nothing_speaks_against(clinic: Clinic) -> None:
    await open_books(clinic, copay="25.00", group_number="G-77")
    record = await see(clinic)
    checked = (await clinic.billing.post("/claims/check", json={"record_ids": [record["id"]]})).json()
    assert checked["items"] == [{"record_id": record["id"], "claimable": True, "frequency": "1", "total_amount": "185.00", "findings": []}]
    assert await listed(clinic) == []
    batch = await claim(clinic, record)
    [made] = batch["claims"]
    assert (batch["created_by"], batch["left_out"]) == ("ines", [])
    assert {name: made[name] for name in ("record_id", "payer_id", "frequency", "total_amount", "status", "findings", "batch_id")} == {
        "record_id": record["id"],
        "payer_id": record["payer_id"],
        "frequency": "1",
        "total_amount": "185.00",
        "status": "submitted",
        "findings": [],
        "batch_id": batch["id"],
    }
    assert made["lines"] == [{"position": 1, "service_code": "90837", "modifiers": [], "units": 1, "amount": "185.00"}]
    [now] = await clinic.records(session_id=record["session_id"])
    assert (now["payment_status"], now["balance"], now["version"]) == ("submitted", record["balance"], 2)
    assert [stated["payment_status"] for stated in await clinic.receives(CHANGED)] == ["submitted"]
    posted = (await clinic.ledger(record))["items"][-1]
    assert (posted["kind"], posted["reference"], posted["entries"]) == ("claim", made["control_number"], [])
    text = await file_of(clinic, batch)
    assert segments(text, "CLM") == [[made["control_number"], "185", "", "", "11:B:1", "Y", "A", "Y", "Y"]]
    assert segments(text, "ISA")[0][12:15] == [f"{batch['control_number']:09d}", "0", "T"]
    assert (await clinic.billing.get(f"/claims/{batch['id']}")).json() == {name: batch[name] for name in batch if name != "left_out"}


async def test_the_file_is_handed_out_as_a_file_and_stays_as_it_was(clinic: Clinic) -> None:
    await open_books(clinic)
    batch = await claim(clinic, await see(clinic))
    before = await clinic.billing.get(f"/claims/{batch['id']}/837p")
    assert before.headers["content-type"].startswith("application/edi-x12")
    assert before.headers["content-disposition"] == f'attachment; filename="claims-{batch["control_number"]:09d}.837p"'
    await clinic.billing.put(f"/clients/{WEBER}/profile", json=JONAS | {"last_name": "Weber-Adler"})
    assert (await clinic.billing.get(f"/claims/{batch['id']}/837p")).text == before.text
    for path in (f"/claims/{uuid4()}", f"/claims/{uuid4()}/837p"):
        assert (await clinic.billing.get(path)).status_code == HTTPStatus.NOT_FOUND


async def test_one_error_keeps_every_record_from_being_claimed_and_all_errors_are_said(clinic: Clinic) -> None:
    await open_books(clinic)
    good, stranger = await see(clinic), await see(clinic, client_id=ClientId(new_id()))
    nothing = {"id": str(uuid4())}
    answer = await ask(clinic, good, stranger, nothing)
    assert refused(answer) == [
        (stranger["id"], "CLIENT_PROFILE_MISSING"),
        (stranger["id"], "COVERAGE_MISSING"),
        (nothing["id"], "RECORD_UNKNOWN"),
    ]
    assert all(error["message"] and error["fix"] and error["severity"] == "error" for error in answer.json()["errors"])
    assert await listed(clinic) == []
    assert [item["kind"] for item in (await clinic.ledger(good))["items"]] == ["charge"]
    assert clinic.published(CHANGED) == []
    checked = await clinic.billing.post("/claims/check", json={"record_ids": [good["id"], stranger["id"], nothing["id"]]})
    assert [item["claimable"] for item in checked.json()["items"]] == [True, False, False]


async def test_what_is_refused_may_be_left_out_but_not_everything(clinic: Clinic) -> None:
    await open_books(clinic)
    good, stranger = await see(clinic), await see(clinic, client_id=ClientId(new_id()))
    batch = await claim(clinic, stranger, good, leave_out_refused=True)
    assert [made["record_id"] for made in batch["claims"]] == [good["id"]]
    [left_out] = batch["left_out"]
    assert left_out["record_id"] == stranger["id"]
    assert [finding["code"] for finding in left_out["findings"]] == ["CLIENT_PROFILE_MISSING", "COVERAGE_MISSING"]
    assert refused(await ask(clinic, stranger, leave_out_refused=True))


async def test_composites_missed_sessions_and_private_services_never_reach_a_claim(clinic: Clinic) -> None:
    await open_books(clinic)
    private = [await see(clinic, code) for code, service in clinic.catalog.items() if service.claimable != "insurance"]
    good = await see(clinic)
    assert {record["service_code"] for record in private} >= {"90834+90837", "NOSHOW", "LATECXL"}
    batch = await claim(clinic, *private, good, leave_out_refused=True)
    assert [made["record_id"] for made in batch["claims"]] == [good["id"]]
    codes = {left["record_id"]: {finding["code"] for finding in left["findings"]} for left in batch["left_out"]}
    assert set(codes) == {record["id"] for record in private}
    assert all("NOTHING_CLAIMABLE" in found for found in codes.values())
    [extended] = [record["id"] for record in private if record["service_code"] == "90834+90837"]
    assert "COMPOSITE_NOT_CLAIMABLE" in codes[extended]
    assert [line[0] for line in segments(await file_of(clinic, batch), "SV1")] == ["HC:90837"]


async def test_two_people_at_once_do_not_claim_a_record_twice(clinic: Clinic) -> None:
    await open_books(clinic)
    first, second = await see(clinic), await see(clinic, "90834")
    orders = [(first, second), (second, first)] * 3
    answers = await asyncio.gather(*(ask(clinic, *records) for records in orders))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422, 422, 422]
    late = [code for answer in answers if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY for _, code in refused(answer)]
    assert set(late) == {"ALREADY_CLAIMED"}
    everything = await listed(clinic)
    assert {(each["client_id"], each["payer_name"]) for each in everything} == {(str(WEBER), "Harbor Mutual")}
    assert len(everything) == 2


async def test_a_repeated_key_claims_once(clinic: Clinic) -> None:
    await open_books(clinic)
    body, headers = {"record_ids": [(await see(clinic))["id"]]}, {"Idempotency-Key": str(new_id())}
    answers = await asyncio.gather(*(clinic.billing.post("/claims", json=body, headers=headers) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {HTTPStatus.CREATED}
    assert len({answer.text for answer in answers}) == 1
    assert len(await listed(clinic)) == 1


async def test_what_the_client_has_paid_stands_on_the_claim(clinic: Clinic) -> None:
    await open_books(clinic, copay="25.00")
    record, other = await see(clinic), await see(clinic, "90834")
    await clinic.pay(record, "25.00")
    assert segments(await file_of(clinic, await claim(clinic, record, other)), "AMT") == [["F5", "25"]]


async def test_a_session_by_video_is_claimed_as_the_payer_wants_it(clinic: Clinic) -> None:
    found = await open_books(clinic)
    body = {"telehealth_place_of_service": "02", "telehealth_modifier": "GT"}
    assert (await clinic.billing.patch(f"/payers/{found}", json=body)).is_success
    batch = await claim(clinic, await see(clinic, telehealth=True), await see(clinic, "90834"))
    text = await file_of(clinic, batch)
    assert [(clm[4], sv1[0]) for clm, sv1 in zip(segments(text, "CLM"), segments(text, "SV1"), strict=True)] == [
        ("02:B:1", "HC:90837:GT"),
        ("11:B:1", "HC:90834"),
    ]


@pytest.mark.parametrize(
    ("modality", "location", "rule", "place", "service"),
    [
        ("in_person", None, "10", "11", "HC:90837"),
        ("video", "home", "10", "10", "HC:90837:95"),
        ("video", "other", "10", "02", "HC:90837:95"),
        ("audio", "home", "10", "10", "HC:90837:93"),
        ("audio", "other", "10", "02", "HC:90837:93"),
        ("audio", "home", "02", "02", "HC:90837:93"),
    ],
)
async def test_a_session_is_claimed_by_how_it_took_place_and_where_the_client_was(
    clinic: Clinic, modality: str, location: str | None, rule: str, place: str, service: str
) -> None:
    found = await open_books(clinic)
    assert (await clinic.billing.patch(f"/payers/{found}", json={"telehealth_place_of_service": rule})).is_success
    met = {"modality": Modality(modality), "client_location": ClientLocation(location) if location else None}
    record = await see(clinic, telehealth=modality != "in_person", **met)
    assert (record["modality"], record["client_location"], record["telehealth"]) == (modality, location, modality != "in_person")
    text = await file_of(clinic, await claim(clinic, record))
    assert ([clm[4] for clm in segments(text, "CLM")], [sv1[0] for sv1 in segments(text, "SV1")]) == ([f"{place}:B:1"], [service])
    form = (await clinic.billing.get(f"/records/{record['id']}/cms1500.json")).json()
    [box] = [box for sheet in form["forms"] for box in sheet["boxes"] if box["number"] == "24"]
    assert (box["value"][0]["24B"], box["value"][0]["24D"]["modifiers"]) == (place, service.split(":")[2:])


async def test_a_telephone_session_recorded_as_video_is_corrected_by_a_replacement(clinic: Clinic) -> None:
    await open_books(clinic)
    wrong = await see(clinic, telehealth=True)
    assert (wrong["modality"], wrong["client_location"]) == ("video", None)
    refused = await clinic.billing.post(
        f"/records/{wrong['id']}/replace", json={"reason": "wrong", "modality": "in_person", "client_location": "home"}
    )
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/location-in-person")
    right = await clinic.post(wrong, "replace", reason="by telephone", modality="audio", client_location="other")
    assert (right["modality"], right["client_location"], right["telehealth"]) == ("audio", "other", True)
    kept = await clinic.post(right, "replace", reason="the minutes", minutes=55, telehealth=True)
    assert (kept["modality"], kept["client_location"]) == ("audio", "other")
    text = await file_of(clinic, await claim(clinic, kept))
    assert ([clm[4] for clm in segments(text, "CLM")], [sv1[0] for sv1 in segments(text, "SV1")]) == (["02:B:1"], ["HC:90837:93"])


async def test_a_child_on_a_parents_plan_is_claimed_below_the_parent(clinic: Clinic) -> None:
    await open_books(clinic)
    maya = ClientId(new_id())
    parent = {name: JONAS[name] for name in ("last_name", "first_name", "birth_date", "gender", "address")}
    profile = JONAS | {"first_name": "Maya", "birth_date": "2015-09-01", "gender": "F"}
    await clinic.billing.put(f"/clients/{maya}/profile", json=profile)
    own = await see(clinic)
    await cover(clinic, maya, own["payer_id"], relationship="child", subscriber=parent)
    text = await file_of(clinic, await claim(clinic, own, await see(clinic, client_id=maya)))
    assert [level[2] for level in segments(text, "HL")] == ["20", "22", "22", "23"]
    assert [name[:4] for name in segments(text, "NM1") if name[0] in {"IL", "QC"}] == [
        ["IL", "1", "WEBER", "JONAS"],
        ["IL", "1", "WEBER", "JONAS"],
        ["QC", "1", "WEBER", "MAYA"],
    ]


async def test_a_warning_is_kept_with_the_claim_that_was_sent_all_the_same(clinic: Clinic) -> None:
    await open_books(clinic)
    batch = await claim(clinic, await see(clinic, minutes=45))
    [found] = (await clinic.billing.get(f"/claims/{batch['id']}")).json()["claims"][0]["findings"]
    assert (found["code"], found["severity"]) == ("MINUTES_CODE_MISMATCH", "warning")
    assert "90834" in found["suggestion"]


async def test_the_answer_to_a_claim_settles_its_record_to_the_cent(clinic: Clinic) -> None:
    found = await open_books(clinic, copay="25.00")
    record = await see(clinic)
    [claimed] = (await claim(clinic, record))["claims"]
    posted = await replicate_policy(clinic, claimed, "CO-45 35.00", "PR-3 25.00")
    assert (posted["outcome"], posted["paid"], posted["record_id"]) == ("paid", "125.00", record["id"])
    await clinic.pay(record, "25.00")
    settled = (await clinic.billing.get(f"/records/{record['id']}")).json()
    assert (settled["payment_status"], settled["balance"], settled["unapplied_credit"]) == ("paid", "0.00", "0.00")
    assert [each["id"] for each in await listed(clinic, status="paid", payer_id=found)] == [claimed["id"]]
    assert refused(await ask(clinic, record)) == [(record["id"], "ALREADY_CLAIMED"), (record["id"], "RECORD_SETTLED")]


async def test_what_the_payer_has_answered_is_replaced_under_the_payers_number(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    assert refused(await ask(clinic, record, frequency="7")) == [(record["id"], "NEVER_CLAIMED")]
    [first] = (await claim(clinic, record))["claims"]
    assert refused(await ask(clinic, record, frequency="7")) == [(record["id"], "PAYER_REFERENCE_MISSING")]
    await deny(clinic, first)
    assert refused(await ask(clinic, record)) == [(record["id"], "RECORD_DENIED")]
    batch = await claim(clinic, record, frequency="7")
    assert (await clinic.records(session_id=record["session_id"]))[0]["payment_status"] == "submitted"
    [second] = batch["claims"]
    assert (second["frequency"], second["replaces_id"], second["payer_reference"]) == ("7", first["id"], "ICN-9")
    assert [each["status"] for each in await listed(clinic, record_id=record["id"])] == ["submitted", "replaced"]
    text = await file_of(clinic, batch)
    assert segments(text, "CLM")[0][4] == "11:B:7"
    assert ["F8", "ICN-9"] in segments(text, "REF")
    assert refused(await ask(clinic, record, frequency="7")) == [(record["id"], "PAYER_REFERENCE_MISSING")]


async def test_a_claim_is_taken_back_as_it_was_sent_and_the_record_may_be_claimed_anew(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    [first] = (await claim(clinic, record))["claims"]
    await clinic.billing.put(f"/clients/{WEBER}/profile", json=JONAS | {"last_name": "Weber-Adler", "diagnoses": []})
    assert refused(await ask(clinic, record, frequency="8")) == [(record["id"], "PAYER_REFERENCE_MISSING")]
    batch = await claim(clinic, record, frequency="8", payer_references={record["id"]: "ICN-9"})
    text = await file_of(clinic, batch)
    assert segments(text, "CLM")[0][4] == "11:B:8"
    assert [name[2] for name in segments(text, "NM1") if name[0] == "IL"] == ["WEBER"]
    assert batch["claims"][0]["replaces_id"] == first["id"]
    assert [item["kind"] for item in (await clinic.ledger(record))["items"]] == ["charge", "claim"]
    await clinic.billing.put(f"/clients/{WEBER}/profile", json=JONAS)
    [again] = (await claim(clinic, record))["claims"]
    assert (again["frequency"], again["replaces_id"]) == ("1", None)


async def test_a_claim_that_takes_another_back_is_done_when_the_payer_reverses_that_one(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    [first] = (await claim(clinic, record))["claims"]
    await replicate_policy(clinic, first, "CO-45 33.00")
    [taking_back] = (await claim(clinic, record, frequency="8"))["claims"]
    await replicate_policy(clinic, first, "CO-45 33.00", taken_back=True)
    stated = {each["id"]: each["status"] for each in await listed(clinic, record_id=record["id"])}
    assert stated == {first["id"]: "replaced", taking_back["id"]: "reversed"}


async def test_a_voided_record_is_not_claimed_but_its_claim_can_be_taken_back(clinic: Clinic) -> None:
    await open_books(clinic)
    record, other = await see(clinic), await see(clinic, "90834")
    await claim(clinic, record)
    for each in (record, other):
        await clinic.post(each, "void", reason="by mistake")
    assert refused(await ask(clinic, other)) == [(other["id"], "RECORD_VOIDED")]
    batch = await claim(clinic, record, frequency="8", payer_references={record["id"]: "ICN-9"})
    assert segments(await file_of(clinic, batch), "CLM")[0][4] == "11:B:8"
    assert [item["kind"] for item in (await clinic.ledger(record))["items"]] == ["charge", "claim", "void"]


async def test_who_withdraws_a_claim_that_was_withdrawn_already_learns_when_and_by_which_number(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    await claim(clinic, record)
    await clinic.post(record, "void", reason="by mistake")
    withdrawals = [ask(clinic, record, frequency="8", payer_references={record["id"]: "ICN-9"}) for _ in range(2)]
    won, lost = sorted(await asyncio.gather(*withdrawals), key=lambda answer: answer.status_code)
    [withdrawal] = won.json()["claims"]
    day = datetime.fromisoformat(withdrawal["created_at"]).astimezone(ZONE).date()
    for late in (lost, await ask(clinic, record, frequency="8")):
        assert refused(late) == [(record["id"], "ALREADY_WITHDRAWN")]
        [error] = late.json()["errors"]
        assert error["message"] == f"The claim was withdrawn already, on {day} as {withdrawal['control_number']}."
        assert error["fix"].startswith("Nothing more is to be done")
    assert refused(await ask(clinic, record, frequency="7")) == [(record["id"], "RECORD_VOIDED"), (record["id"], "NOTHING_TO_REPLACE")]


async def test_a_record_that_took_the_place_of_a_claimed_one_replaces_its_claim(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    [first] = (await claim(clinic, record))["claims"]
    better = await clinic.post(record, "replace", reason="wrong code", minutes=58)
    assert refused(await ask(clinic, better)) == [(better["id"], "PAYER_REFERENCE_MISSING")]
    await deny(clinic, first)
    [second] = (await claim(clinic, better))["claims"]
    assert (second["frequency"], second["replaces_id"], second["payer_reference"]) == ("7", first["id"], "ICN-9")
    assert (await clinic.billing.get(f"/records/{better['id']}")).json()["payment_status"] == "submitted"
    assert refused(await ask(clinic, record, frequency="8")) == [(record["id"], "CLAIM_REPLACED")]


async def test_claims_are_found_by_what_became_of_them_payer_record_and_day_page_by_page(clinic: Clinic) -> None:
    found = await open_books(clinic)
    records = [await see(clinic, day=LAST_WEEK - timedelta(days=day)) for day in range(3)]
    made = (await claim(clinic, *records))["claims"]
    [other] = (await claim(clinic, await see(clinic, "90834")))["claims"]
    await deny(clinic, other)
    everything = [each["id"] for each in [other, *reversed(made)]]
    assert [each["id"] for each in await listed(clinic)] == everything
    assert [each["id"] for each in await listed(clinic, status="denied")] == [other["id"]]
    assert [each["id"] for each in await listed(clinic, record_id=records[0]["id"])] == [made[0]["id"]]
    assert len(await listed(clinic, payer_id=found)) == 4
    assert await listed(clinic, payer_id=str(uuid4())) == []
    sent = datetime.fromisoformat(made[0]["created_at"]).astimezone(ZONE).date()
    assert len(await listed(clinic, **{"from": sent, "to": sent + timedelta(days=1)})) == 4
    assert await listed(clinic, to=sent - timedelta(days=1)) == []
    first = (await clinic.billing.get("/claims", params={"limit": 3})).json()
    rest = (await clinic.billing.get("/claims", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == everything
    assert rest["next_cursor"] is None


async def test_a_request_that_no_file_could_hold_is_refused(clinic: Clinic) -> None:
    none: list[str] = []
    too_many = [str(new_id()) for _ in range(101)]
    for wrong in ({"record_ids": none}, {"record_ids": too_many}, {"record_ids": ["x"]}, {"record_ids": [str(new_id())], "frequency": "6"}):
        assert (await clinic.billing.post("/claims", json=wrong)).status_code in {400, 422}, wrong
    record = await see(clinic)
    assert "ORGANIZATION_MISSING" in [code for _, code in refused(await ask(clinic, record, record))]


def test_only_a_clinic_that_says_so_sends_claims_that_are_paid() -> None:
    for usage in ("T", "P"):
        app = build("billing", database_url="postgresql+asyncpg://nowhere/none", broker_url="amqp://nowhere", claim_usage=usage)
        assert app.state.claim_settings.usage == usage


async def test_a_claim_is_found_by_its_number_its_client_or_the_day_of_its_service(clinic: Clinic) -> None:
    await open_books(clinic)
    days = [LAST_WEEK - timedelta(days=back) for back in (0, 1)]
    one, other = [await see(clinic, day=day) for day in days]
    made = (await claim(clinic, one, other))["claims"]
    [wanted] = [each for each in made if each["record_id"] == one["id"]]
    await deny(clinic, wanted)
    number = wanted["control_number"]
    for written in (number, number.lower(), number.removeprefix("HF"), str(int(number.removeprefix("HF")))):
        assert [each["id"] for each in await listed(clinic, control_number=written)] == [wanted["id"]], written
    assert await listed(clinic, control_number="OLD-17") == await listed(clinic, control_number="HF") == []
    assert len(await listed(clinic, client_id=[str(WEBER), str(uuid4())])) == 2
    assert await listed(clinic, client_id=str(uuid4())) == await listed(clinic, service_date="2020-01-01") == []
    assert [each["id"] for each in await listed(clinic, service_date=str(days[0]))] == [wanted["id"]]
    assert [each["record_id"] for each in await listed(clinic, open=True)] == [other["id"]]
    assert [each["record_id"] for each in await listed(clinic, open=False, service_date=str(days[0]))] == [one["id"]]


async def test_what_waits_to_be_claimed_is_found_oldest_first_with_its_sums(clinic: Clinic) -> None:
    await open_books(clinic)
    days = [LAST_WEEK - timedelta(days=back) for back in (0, 1, 2, 3)]
    newest, half_paid, claimed, taken_back = [await see(clinic, day=day) for day in days]
    await see(clinic, day=LAST_WEEK - timedelta(days=9), insurance_applicable=False)
    await clinic.pay(half_paid, "20.00")
    await claim(clinic, claimed, taken_back)
    [sent] = await listed(clinic, record_id=taken_back["id"])
    await claim(clinic, taken_back, frequency="8", payer_references={taken_back["id"]: "ICN-1"})

    first = (await clinic.billing.get("/claims/unclaimed", params={"limit": 2})).json()
    rest = (await clinic.billing.get("/claims/unclaimed", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    elsewhere = await clinic.billing.get("/credits", params={"cursor": first["next_cursor"]})
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (400, "/problems/invalid-cursor"), "credits are another list"
    assert [record["id"] for record in first["items"] + rest["items"]] == [taken_back["id"], half_paid["id"], newest["id"]]
    assert {(page["count"], page["total_amount"]) for page in (first, rest)} == {(3, "555.00")}
    assert rest["next_cursor"] is None
    payer = sent["payer_id"]
    for which, count in (({"payer_id": payer}, 3), ({"client_id": newest["client_id"]}, 3), ({"payer_id": payer, "late": False}, 3)):
        found = (await clinic.billing.get("/claims/unclaimed", params=which)).json()
        assert (len(found["items"]), found["count"], found["total_amount"]) == (count, count, "555.00"), which
    for which in ({"payer_id": str(uuid4())}, {"client_id": str(uuid4())}, {"client_id": newest["client_id"], "payer_id": str(uuid4())}):
        found = (await clinic.billing.get("/claims/unclaimed", params=which)).json()
        assert (found["items"], found["count"], found["total_amount"]) == ([], 0, "0.00"), which
    same_charge = await listed(clinic, status="submitted", total_amount=sent["total_amount"])
    assert {found["record_id"] for found in same_charge} == {claimed["id"], taken_back["id"]}
    assert await listed(clinic, status="submitted", total_amount="1.00") == []
