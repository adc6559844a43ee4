"""What a clearing house sends back: claims are accepted or rejected with their reasons, and a rejected one is sent again as the first."""

import asyncio
from http import HTTPStatus
from uuid import uuid4

import pytest
from back_office import Clinic, Json
from billing.claims import acknowledgement
from billing.claims.acknowledgement import Reason, Verdict
from billing.payment_advice import x12_835
from claim_examples import segments, structure
from claims.test_claims import ask, claim, deny, file_of, listed, open_books, refused, replicate_policy, see
from clearing_house import Said, rejected, write_277ca, write_999, write_ta1
from contracts.types import new_id
from httpx import Response
from hypothesis import given, settings
from hypothesis import strategies as st
from insurer import as_expected, write_835
from repricing.test_coverage_corrections import correct, only_coverage

MISSING: tuple[str, ...] = ("IK3*NM1*9*2010*8", "IK4*9:1*67*1")


async def send(clinic: Clinic, text: str) -> Response:
    headers = {"Content-Type": "application/edi-x12", "X-Forwarded-User": "ines"}
    return await clinic.billing.post("/claims/acknowledgements", content=text, headers=headers)


async def receive(clinic: Clinic, text: str) -> list[Json]:
    """Send such a file and return its answer to each claim."""
    sent = await send(clinic, text)
    assert sent.status_code == HTTPStatus.CREATED, sent.text
    found = (await clinic.billing.get(f"/claims/acknowledgements/{sent.json()['id']}")).json()
    assert found == sent.json()
    return found["claims"]


async def status_of(clinic: Clinic, record: Json) -> tuple[str, str]:
    """Return the statuses of a record and of its latest claim."""
    [latest, *_] = await listed(clinic, record_id=record["id"])
    return (await clinic.billing.get(f"/records/{record['id']}")).json()["payment_status"], latest["status"]


async def test_a_claim_that_the_clearing_house_rejected_is_sent_again_as_the_first(clinic: Clinic) -> None:
    await open_books(clinic)
    good, bad = await see(clinic), await see(clinic, "90834")
    batch = await claim(clinic, good, bad)
    first, second = (made["control_number"] for made in batch["claims"])
    text = write_277ca(batch["control_number"], Said(first, payer_reference="ICN-7"), rejected(second))
    assert [(each["named"], each["outcome"]) for each in await receive(clinic, text)] == [(first, "accepted"), (second, "rejected")]
    assert await status_of(clinic, good) == ("submitted", "accepted")
    assert await status_of(clinic, bad) == ("pending", "rejected")
    [reported] = (await listed(clinic, status="rejected"))[0]["rejections"]
    assert reported == {
        "code": "A7:164:IL",
        "meaning": "sent back, something is invalid: member id: subscriber",
        "text": "MEMBER ID NOT ON FILE",
    }
    assert refused(await ask(clinic, bad, frequency="7")) == [(bad["id"], "NEVER_CLAIMED")]
    again = await claim(clinic, bad)
    [made] = again["claims"]
    assert (made["frequency"], made["replaces_id"], made["control_number"] != second) == ("1", None, True)
    assert segments(await file_of(clinic, again), "CLM")[0][4] == "11:B:1"
    assert await status_of(clinic, bad) == ("submitted", "submitted")
    posted = await replicate_policy(clinic, made, "CO-45 20.00")
    assert (posted["outcome"], await status_of(clinic, bad)) == ("paid", ("paid", "paid"))
    late = write_277ca(batch["control_number"] + 1, rejected(made["control_number"]))
    assert [each["outcome"] for each in await receive(clinic, late)] == ["noted"]
    assert await status_of(clinic, bad) == ("paid", "paid")


async def test_after_a_rejection_a_corrected_coverage_gives_no_advice_and_the_next_claim_is_the_first(
    clinic: Clinic,
) -> None:
    await open_books(clinic)
    record = await see(clinic)
    batch = await claim(clinic, record)
    await receive(clinic, write_277ca(batch["control_number"], rejected(batch["claims"][0]["control_number"])))
    corrected = await correct(clinic, await only_coverage(clinic), member_id="HM-9")
    assert (corrected["claimed"], corrected["following"]) == ([], [{"record_id": record["id"], "replaced_by": None}])
    again = await claim(clinic, record)
    assert again["claims"][0]["frequency"] == "1"
    assert "*MI*HM-9~" in await file_of(clinic, again)


async def test_an_accepted_claim_is_replaced_under_the_number_that_the_payer_gave_it(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    batch = await claim(clinic, record)
    [made] = batch["claims"]
    await receive(clinic, write_277ca(batch["control_number"], Said(made["control_number"], payer_reference="ICN-7")))
    assert refused(await ask(clinic, record)) == [(record["id"], "ALREADY_CLAIMED")]
    replacing = await claim(clinic, record, frequency="7")
    assert ["F8", "ICN-7"] in segments(await file_of(clinic, replacing), "REF")
    number = replacing["claims"][0]["control_number"]
    await receive(clinic, write_277ca(replacing["control_number"], rejected(number)))
    assert [each["status"] for each in await listed(clinic, record_id=record["id"])] == ["rejected", "accepted"]
    [again] = (await claim(clinic, record, frequency="7"))["claims"]
    assert (again["replaces_id"], again["payer_reference"]) == (made["id"], "ICN-7")


async def test_a_rejected_replacement_leaves_the_denial_before_it(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    [made] = (await claim(clinic, record))["claims"]
    await deny(clinic, made)
    replacing = await claim(clinic, record, frequency="7")
    assert (await status_of(clinic, record))[0] == "submitted"
    await receive(clinic, write_277ca(replacing["control_number"], rejected(replacing["claims"][0]["control_number"])))
    assert (await status_of(clinic, record))[0] == "denied"
    assert [each["status"] for each in await listed(clinic, record_id=record["id"])] == ["rejected", "denied"]
    [form] = (await clinic.billing.get(f"/records/{record['id']}/cms1500.json")).json()["forms"]
    boxes = {box["number"]: box["value"] for box in form["boxes"]}
    assert (boxes["22"], boxes["26"]) == (None, made["control_number"]), "a claim that was sent back is on no paper"


@pytest.mark.parametrize("verdicts", ["rejected accepted", "accepted rejected", "rejected rejected"])
async def test_a_claim_that_a_file_names_twice_is_sent_back_once(clinic: Clinic, verdicts: str) -> None:
    await open_books(clinic)
    record = await see(clinic)
    await claim(clinic, record)
    replacing = await claim(clinic, record, frequency="7", payer_references={record["id"]: "ICN-7"})
    [made] = replacing["claims"]
    stated = {"rejected": rejected(made["control_number"]), "accepted": Said(made["control_number"], payer_reference="ICN-8")}
    text = write_277ca(replacing["control_number"], *(stated[verdict] for verdict in verdicts.split()))
    [reported] = await receive(clinic, text)
    assert (reported["outcome"], [reason["code"] for reason in reported["reasons"]]) == ("rejected", ["A7:164:IL"])
    assert [item["kind"] for item in (await clinic.ledger(record))["items"]] == ["charge", "claim", "claim", "rejection"]
    assert [each["status"] for each in await listed(clinic, record_id=record["id"])] == ["rejected", "submitted"]
    assert (await clinic.billing.get(f"/records/{record['id']}")).json()["payment_status"] == "submitted"


async def test_a_file_that_sends_back_a_claim_and_its_replacement_is_noted_for_both(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    [first] = (await claim(clinic, record))["claims"]
    replacing = await claim(clinic, record, frequency="7", payer_references={record["id"]: "ICN-7"})
    [second] = replacing["claims"]
    numbers = [first["control_number"], second["control_number"]]
    reported = await receive(clinic, write_277ca(replacing["control_number"], *(rejected(number) for number in numbers)))
    assert [each["outcome"] for each in reported] == ["rejected", "rejected"]
    items = (await clinic.ledger(record))["items"]
    assert sorted(item["reference"] for item in items if item["kind"] == "rejection") == sorted(numbers)
    assert await status_of(clinic, record) == ("pending", "rejected")
    stated = {each["control_number"]: (each["status"], each["claimed_anew"]) for each in await listed(clinic, record_id=record["id"])}
    assert stated == dict.fromkeys(numbers, ("rejected", False))
    again = await claim(clinic, record, sent_again=[first["id"]])
    for number in numbers:
        assert [each["claimed_anew"] for each in await listed(clinic, status="rejected") if each["control_number"] == number] == [True]
    for frequency, stale in (("1", first), ("7", second)):
        refused = await ask(clinic, record, frequency=frequency, sent_again=[stale["id"]])
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/claimed-anew")
    refused = await ask(clinic, record, frequency="7", sent_again=[again["claims"][0]["id"]])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-rejected")
    refused = await ask(clinic, record, sent_again=[str(new_id())])
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")


async def test_a_file_that_could_not_be_read_sends_back_all_of_its_claims(clinic: Clinic) -> None:
    await open_books(clinic)
    one, other, third = await see(clinic), await see(clinic, "90834"), await see(clinic, "90832")
    batch = await claim(clinic, one, other)
    number = batch["claims"][0]["control_number"]
    text = write_999(batch["control_number"], accepted=False, errors=["IK3*CLM*30*2300*8", f"CTX*CLM01:{number}", "IK4*5:3*1331*7*Z"])
    found = {each["named"]: each for each in await receive(clinic, text)}
    assert [each["outcome"] for each in found.values()] == ["rejected", "rejected"]
    assert [each["code"] for each in found[number]["reasons"]] == ["IK3-8", "IK4-7"]
    assert (await status_of(clinic, one), await status_of(clinic, other)) == (("pending", "rejected"), ("pending", "rejected"))
    whole = await claim(clinic, third)
    assert [each["outcome"] for each in await receive(clinic, write_999(whole["control_number"]))] == ["noted"]
    assert await status_of(clinic, third) == ("submitted", "submitted")
    [reported] = await receive(clinic, write_277ca(whole["control_number"], whole="A3:481:41"))
    assert (reported["outcome"], reported["reasons"][0]["meaning"]) == (
        "rejected",
        "sent back as not processable: form of the claim: submitter",
    )
    assert len((await claim(clinic, one, other, third))["claims"]) == 3


async def test_the_same_file_changes_nothing_the_second_time_and_five_at_once_count_once(clinic: Clinic) -> None:
    await open_books(clinic)
    record = await see(clinic)
    batch = await claim(clinic, record)
    text = write_277ca(batch["control_number"], rejected(batch["claims"][0]["control_number"]))
    sent = await asyncio.gather(*(send(clinic, text) for _ in range(5)))
    assert sorted(each.status_code for each in sent) == [200, 200, 200, 200, 201]
    assert len({each.json()["id"] for each in sent}) == 1
    assert [item["kind"] for item in (await clinic.ledger(record))["items"]] == ["charge", "claim", "rejection"]
    assert (await clinic.billing.get(f"/claims/acknowledgements/{sent[0].json()['id']}/file")).text == text
    for path in ("", "/file"):
        assert (await clinic.billing.get(f"/claims/acknowledgements/{uuid4()}{path}")).status_code == HTTPStatus.NOT_FOUND


async def test_a_claim_that_nobody_sent_is_named_and_what_is_no_such_file_is_refused(clinic: Clinic) -> None:
    found = await receive(clinic, write_277ca(4711, Said("HF999")))
    assert [(each["named"], each["outcome"], each["claim_id"]) for each in found] == [("HF999", "unknown", None)]
    assert [(each["named"], each["outcome"]) for each in await receive(clinic, write_999(4711))] == [("file 4711", "unknown")]
    for text, code in ((write_835([as_expected("1")]), "not-an-acknowledgement"), ("Dear Harbor Street", "not-x12")):
        sent = await send(clinic, text)
        assert (sent.status_code, [error["code"] for error in sent.json()["errors"]]) == (422, [code])


@pytest.mark.parametrize(
    "text",
    [
        write_ta1(107, inside=write_999(107)),
        write_999(107),
        write_999(107, accepted=False, errors=MISSING),
        write_277ca(107, Said("HF1", payer_reference="ICN-7"), rejected("HF2")),
    ],
    ids=["envelope", "read", "not read", "claims"],
)
def test_files_are_such_as_another_reader_takes(text: str) -> None:
    assert structure(text) == []
    assert acknowledgement.read(text).findings == ()


async def test_an_envelope_that_the_clearing_house_cannot_read_sends_every_claim_of_the_file_back(clinic: Clinic) -> None:
    await open_books(clinic)
    one, other = await see(clinic), await see(clinic, "90834")
    batch = await claim(clinic, one, other)
    taken = write_ta1(batch["control_number"])
    assert {each["outcome"] for each in await receive(clinic, taken)} == {"noted"}
    assert [item["kind"] for item in (await clinic.billing.get("/remittances")).json()["items"]] == []
    assert [await status_of(clinic, each) for each in (one, other)] == [("submitted", "submitted")] * 2
    sent = (await send(clinic, write_ta1(batch["control_number"], status="R", note="025"))).json()
    assert (sent["kind"], [each["outcome"] for each in sent["claims"]]) == ("TA1", ["rejected", "rejected"])
    assert [await status_of(clinic, each) for each in (one, other)] == [("pending", "rejected")] * 2
    [reported] = (await listed(clinic, status="rejected"))[0]["rejections"]
    assert reported == {"code": "TA1-025", "meaning": "the same number as an earlier file", "text": None}


def test_an_envelope_may_be_acknowledged_alone_or_beside_what_is_said_of_its_claims() -> None:
    alone = acknowledgement.read(write_ta1(107, status="R", note="006"))
    assert (alone.kind, alone.verdicts) == (
        "TA1",
        (Verdict("000000107", None, is_accepted=False, reasons=(Reason("TA1-006"),)),),
    )
    beside = acknowledgement.read(write_ta1(107, inside=write_277ca(107, Said("HF1"))))
    assert (beside.kind, [each.control_number for each in beside.verdicts]) == ("277CA", [None, "HF1"])
    assert alone.digest != acknowledgement.read(write_ta1(107)).digest


def test_an_acknowledgement_of_an_envelope_is_no_remittance_but_may_stand_before_one() -> None:
    [alone] = x12_835.read_payments(write_ta1(107))
    assert (alone.remittance, [finding.code for finding in alone.findings]) == (None, ["broken-envelope"])
    [beside] = x12_835.read_payments(write_ta1(107, inside=write_835([as_expected("1")])))
    assert beside.remittance is not None
    assert [claim.control_number for claim in beside.remittance.claims] == ["1"]


def test_files_are_read_claim_by_claim() -> None:
    found = acknowledgement.read(write_277ca(107, Said("HF1", payer_reference="ICN-7"), rejected("HF2", "A8:500:85", ""))).verdicts
    assert found == (
        Verdict("107", "HF1", is_accepted=True, payer_reference="ICN-7"),
        Verdict("107", "HF2", is_accepted=False, reasons=(Reason("A8:500:85"),)),
    )


BROKEN = {
    "cut off": (write_999(107)[:-30], "truncated"),
    "an envelope without its result": (write_ta1(107, status="Q"), "unknown-status"),
    "an envelope with a wrong count": (write_ta1(107).replace("IEA*0", "IEA*1"), "wrong-count"),
    "no claim number": (write_277ca(107, Said("HF1")).replace("TRN*2*HF1", "TRN*2*"), "missing-element"),
    "no status": (write_277ca(107, Said("HF1")).replace("WQ*185~\nDTP", "XX*185~\nDTP"), "unknown-status"),
    "a file without its result": (write_999(107).replace("AK9*A", "AKX*A"), "missing-segment"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_cannot_be_trusted_is_found_out(case: str) -> None:
    text, code = BROKEN[case]
    file = acknowledgement.read(text)
    assert file.kind is None
    assert code in {finding.code for finding in file.findings}


LONG = write_277ca(107, Said("HF1", payer_reference="ICN-7"), rejected("HF2"))


@settings(max_examples=50)
@given(st.integers(106, len(LONG) - 1), st.sampled_from("*~:0Z\n"))
def test_a_changed_character_never_makes_the_reader_fail(place: int, instead: str) -> None:
    file = acknowledgement.read(LONG[:place] + instead + LONG[place + 1 :])
    assert (file.kind is None) is bool(file.findings)
