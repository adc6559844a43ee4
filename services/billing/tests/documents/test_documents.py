"""A client gets superbills and receipts with the amounts of the ledger, whoever they are and whatever they are called."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from back_office import Clinic, complete
from billing.document_facts.formatting import Document, plain
from billing.documents.use_cases import PdfRenderer
from billing.settings import PaperSize
from contracts.scheduling import AddOn, ClientLocation, Modality
from contracts.types import ClientId, new_id
from pypdf import PdfReader
from written_down import insure, read, strangers, write_down

INJECTION: Final = '#panic("x") $x$ *b* \\ " #set page(fill: red) {{ }}'


async def test_a_superbill_says_who_did_what_for_whom_and_who_paid_what(clinic: Clinic) -> None:
    people = await write_down(clinic)
    await insure(clinic, people)
    record = await clinic.bill("90837", insurance_applicable=True, therapist_credential="PsyD", **people.facts)
    await clinic.pay(record, "25.00")
    await clinic.pay(record, "100.00", "insurer")
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/superbill.pdf"))
    who = ("Harbor Therapy Network", "12-3456789", "Jonas Weber", "05/17/1988", "Ruth Adler, PsyD", "1245319599", "PSY-2210")
    what = ("Harbor Street (11)", "A F41.1", "B F32.1", "HM-4471-02", "G-100", "03/02/2026 90837", "AB 1 $185.00 $185.00")
    money = ("Harbor Mutual −$33.00", "Paid by Harbor Mutual −$100.00", "Paid by client −$25.00", "Owed by client $0.00")
    assert [words for words in (*who, *what, *money, "Expected from Harbor Mutual $27.00", "Page 1 of 1") if words not in page] == []


async def test_a_session_by_video_took_place_where_its_payer_says(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", telehealth=True, **people.facts)
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/superbill.pdf"))
    assert "By video (10)" in page
    assert "90837 95" in page


async def test_a_superbill_names_a_telephone_session_and_where_the_client_was(clinic: Clinic) -> None:
    people = await write_down(clinic)
    met = {"modality": Modality.AUDIO, "client_location": ClientLocation.OTHER}
    record = await clinic.bill("90837", telehealth=True, **met, **people.facts)
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/superbill.pdf"))
    assert "By telephone (02)" in page
    assert "90837 93" in page


async def test_a_composite_is_one_private_service_on_a_superbill_that_is_not_for_an_insurer(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90834+90837", **people.facts)
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/superbill.pdf"))
    assert [line["amount"] for line in record["lines"]] == ["140.00", "185.00"]
    assert [words for words in ("90834+90837", "$325.00", "Charge $325.00", "insurers do not pay it") if words not in page] == []
    assert [words for words in ("$140.00", "$185.00", "Hand this paper to your insurer", "for claiming") if words in page] == []


async def test_what_is_done_beside_a_composite_may_still_be_handed_to_an_insurer(clinic: Clinic) -> None:
    people = await write_down(clinic)
    service = clinic.catalog["90785"]
    add_ons = AddOn(service_id=service.id, service_code="90785", units=1, rate_per_unit=service.base_rate)
    record = await clinic.bill("90834+90837", add_ons=(add_ons,), **people.facts)
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/superbill.pdf"))
    assert [words for words in ("$325.00 $325.00", "03/02/2026 90785", "Hand this paper to your insurer") if words not in page] == []


async def test_the_others_of_a_group_do_not_stand_on_a_superbill(clinic: Clinic) -> None:
    people, other = await write_down(clinic), await write_down(clinic, last_name="Okafor", first_name="Ada")
    both = (people.client_id, other.client_id)
    session = complete(clinic.catalog["90837"], **people.facts | {"client_ids": both})
    await clinic.say(session)
    records = {record["client_id"]: record for record in await clinic.count(2, session_id=session.session_id)}
    [page] = read(await clinic.billing.get(f"/records/{records[str(people.client_id)]['id']}/superbill.pdf"))
    assert ("Jonas Weber" in page, "Okafor" in page) == (True, False)


async def test_a_paper_that_lacks_facts_names_all_of_them_and_where_to_write_them(clinic: Clinic) -> None:
    people = strangers()
    record = await clinic.bill("90837", **people.facts)
    for document in ("superbill.pdf", "fhir/Claim"):
        answer = await clinic.billing.get(f"/records/{record['id']}/{document}")
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/paper-incomplete")
        reported = {error["field"]: error["fix"] for error in answer.json()["errors"]}
        assert reported == {
            "organization": "PUT /organization",
            "facility": f"PUT /facilities/{people.site_id}",
            "provider": f"PUT /providers/{people.therapist_id}",
            "client": f"PUT /clients/{people.client_id}/profile",
            "diagnoses": f"PUT /records/{record['id']}/diagnoses",
        }
    await write_down(clinic, people, diagnoses=[])
    answer = await clinic.billing.get(f"/records/{record['id']}/superbill.pdf")
    assert [error["field"] for error in answer.json()["errors"]] == ["diagnoses"]
    statement = await clinic.billing.get(f"/clients/{ClientId(new_id())}/statement.pdf")
    assert [error["field"] for error in statement.json()["errors"]] == ["client"]


async def test_nobody_can_claim_by_the_superbill_of_a_record_that_was_taken_back(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", **people.facts)
    await clinic.post(record, "void", reason="completed by mistake")
    answer = await clinic.billing.get(f"/records/{record['id']}/superbill.pdf")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/record-voided")
    assert "No record replaces it" in answer.json()["detail"]


async def test_there_is_no_superbill_of_a_record_that_is_not_there(clinic: Clinic) -> None:
    assert (await clinic.billing.get(f"/records/{new_id()}/superbill.pdf")).status_code == HTTPStatus.NOT_FOUND


async def test_a_receipt_says_what_came_in_and_what_is_left(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", **people.facts)
    await clinic.pay(record, "25.00")
    await clinic.pay(record, "200.00")
    payments = [each["id"] for each in (await clinic.ledger(record))["items"] if each["kind"] == "payment"]
    first, second = [read(await clinic.billing.get(f"/records/{record['id']}/receipts/{key}.pdf"))[0] for key in payments]
    assert "$25.00 from Jonas Weber by card, reference T-1009" in first
    assert "After this payment, $160.00 of this service was left" in first
    assert "$40.00 of it settled nothing and stands to your credit. After this payment, $0.00" in second
    charge = (await clinic.ledger(record))["items"][0]["id"]
    assert (await clinic.billing.get(f"/records/{record['id']}/receipts/{charge}.pdf")).status_code == HTTPStatus.NOT_FOUND
    await clinic.post(record, f"ledger/{payments[0]}/reversal", reason="the check was returned unpaid", received_date="2026-03-09")
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/receipts/{payments[0]}.pdf"))
    assert "This payment was reversed on March 9, 2026 and does not count any more." in page
    assert "After this payment" not in page


async def test_a_refund_has_a_paper_that_says_who_got_what(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", **people.facts)
    await clinic.pay(record, "200.00")
    await clinic.post(record, "refunds", amount="15.00", method="check", reference="2210", reason="paid twice")
    refund = (await clinic.ledger(record))["items"][-1]
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/receipts/{refund['id']}.pdf"))
    assert "$15.00 to Jonas Weber by check, reference 2210" in page
    assert "After this refund, $0.00 of this service was left for you to pay." in page
    assert [words for words in ("settled nothing", "After this payment") if words in page] == []
    await clinic.post(record, f"ledger/{refund['id']}/reversal", reason="the check was never cashed")
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/receipts/{refund['id']}.pdf"))
    assert "This refund was reversed on" in page


async def test_a_superbill_of_what_the_clinic_claims_is_not_for_claiming_by_the_client(clinic: Clinic) -> None:
    people = await write_down(clinic)
    await insure(clinic, people)
    record = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/superbill.pdf"))
    assert "The clinic claims these services from Harbor Mutual" in page
    assert [words for words in ("Hand this paper to your insurer", "prepared for claiming") if words in page] == []


async def test_the_same_facts_make_the_same_file(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", **people.facts)
    first, again = [await clinic.billing.get(f"/records/{record['id']}/superbill.pdf") for _ in range(2)]
    assert first.content == again.content
    assert first.headers["cache-control"] == "no-store"
    await clinic.pay(record, "25.00")
    assert (await clinic.billing.get(f"/records/{record['id']}/superbill.pdf")).content != first.content


@pytest.mark.parametrize("name", ["Łukasz Ωμέγα", "张伟", "محمد", "Zo\u0308e 👩‍👧", INJECTION, "\u202eegnar\u200b"], ids=ascii)
async def test_a_name_is_printed_as_a_name_whatever_it_is(clinic: Clinic, name: str) -> None:
    people = await write_down(clinic, first_name=name[:35], last_name=name)
    record = await clinic.bill("90837", **people.facts)
    [page] = read(await clinic.billing.get(f"/records/{record['id']}/superbill.pdf"))
    if name.isascii():
        assert " ".join(name.split()) in page
    if "\u202e" in name:
        assert "egnar egnar" in page


def test_invisible_characters_do_not_reach_a_paper() -> None:
    assert plain("\u202eA\u0000\u2028B\u200b\u0301") == "AB\u0301"
    assert plain("\u200b") == "–"


def document(title: str = "Superbill") -> Document:
    organization = {"name": "Harbor", "address": ["12 Harbor Street"], "phone": "", "npi": "", "tax_id": "", "contact": "Office"}
    client = {"name": "Jonas Weber", "address": [], "born": "05/17/1988"}
    facts: dict[str, object] = {
        "number": "1", "day": "today", "organization": organization, "client": client, "account": "A", "amount": "$1.00", "payer": "Jonas",
        "method": "", "reference": "", "lines": [], "service_day": "today", "credit": "", "has_credit": False, "left": "$0.00",
        "is_refund": False, "reversed": "",
    }  # fmt: skip
    return Document("receipt", title, datetime(2026, 3, 2, tzinfo=UTC), facts)


@pytest.mark.parametrize(("size", "points"), [(PaperSize.US_LETTER, (612, 792)), (PaperSize.A4, (595, 842))])
async def test_papers_are_printed_on_the_paper_that_the_clinic_uses(size: PaperSize, points: tuple[int, int]) -> None:
    [page] = PdfReader(BytesIO(await PdfRenderer(size, None).render(document()))).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == points


async def test_a_folder_of_fonts_may_be_added(tmp_path: Path) -> None:
    assert await PdfRenderer(PaperSize.A4, tmp_path).render(document())


async def test_a_file_says_when_its_facts_were_made_and_not_when_it_was_printed() -> None:
    stated = PdfReader(BytesIO(await PdfRenderer(PaperSize.A4, None).render(document("Receipt 1")))).metadata
    assert stated is not None
    assert (stated.title, stated.creation_date) == ("Receipt 1", datetime(2026, 3, 2, tzinfo=UTC))


PAID: Final = ("Payment by Harbor Mutual", "90837 on 03/02/2026; electronic remittance EFT-5512", "–", "−$127.00", "–", "$58.00")
CHARGED: Final = ("Individual psychotherapy, 60 minutes", "90837 on 03/02/2026", "$185.00", "–", "−$33.00", "$152.00")
LARGE: Final = ("Individual psychotherapy, 60 minutes", "90837 on 03/02/2026", "$12,345.00", "–", "−$12,345.00", "−$12,345.00")


async def pages_of(rows: Sequence[Sequence[str]]) -> list[str]:
    """Print a statement with these movements and return the text of each page."""
    facts = {
        "organization": {"name": "Harbor", "address": ["12 Harbor Street"], "phone": "1", "npi": "2", "tax_id": "3", "contact": "Office"},
        "client": {"name": "Jonas Weber", "address": ["12 Harbor Street", "Portland, ME 04101"]},
        **dict.fromkeys(("account", "since", "until", "as_of"), "March 31, 2026"),
        "summary": [["Charges", "$740.00"]] * 6,
        "split": [["Your share", "$25.00"]] * 3,
        "ages": [["0 to 30 days", "$25.00"]] * 5,
        "rows": rows,
        "due": "$25.00",
        "is_due": True,
        "credit": "",
    }
    statement = Document("statement", "Statement", datetime(2026, 3, 31, tzinfo=UTC), facts)
    printed = await PdfRenderer(PaperSize.US_LETTER, None).render(statement)
    return [page.extract_text() for page in PdfReader(BytesIO(printed)).pages]


@pytest.mark.parametrize(("movements", "pages"), [(12, 1), (15, 2), (18, 2)])
async def test_a_statement_of_twelve_lines_is_one_page_and_a_second_page_is_not_nearly_empty(movements: int, pages: int) -> None:
    rows = [[f"03/{day:02}/2026", *(PAID if day % 3 == 0 else CHARGED)] for day in range(1, movements + 1)]
    found = await pages_of(rows)
    assert len(found) == pages
    if pages > 1:
        assert sum(row[0] in found[-1] for row in rows) >= 6
        assert "Balance" in found[-1]


async def test_the_payment_slip_is_on_the_first_page_and_the_movements_go_on_on_the_next_ones() -> None:
    rows = [[f"03/{day:02}/2026", *CHARGED] for day in range(1, 32)]
    first, second = await pages_of(rows)
    assert "AMOUNT ENCLOSED" in first
    assert "AMOUNT ENCLOSED" not in second
    assert [sum(row[0] in page for row in rows) >= least for page, least in ((first, 14), (second, 6))] == [True, True]
    assert [page.count("Adjustments") for page in (first, second)] == [1, 1]


async def test_a_large_amount_that_is_taken_off_is_written_in_one_line() -> None:
    [page] = await pages_of([["03/01/2026", *LARGE]])
    assert [line for line in page.splitlines() if line.endswith("−")] == []
    assert page.count("−$12,345.00") == 2
