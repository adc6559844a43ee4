"""An 835 is read to the cent, and a file that cannot be trusted is found out with every reason."""

from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from billing.payment_advice import x12_835
from billing.payment_advice.advice import Adjustment, ProviderAdjustment, Remittance, balance
from billing.payment_advice.codes import explain
from billing.remittances.schemas import X12
from hypothesis import given, settings
from hypothesis import strategies as st
from insurer import NPI, TAX_ID, Answer, answer, as_expected, write_835
from testing.properties import examples
from x12sdk.access import RemittanceAccess
from x12sdk.generate import generate_835
from x12sdk.io import X12ModelReader

GOOD: Final = write_835([as_expected("1041"), answer("1042", "CO-197 185.00", status="4")], withheld=[("WO:1007", Decimal("20.00"))])
money = st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)
adjustments = st.tuples(st.sampled_from(["CO", "PR", "OA", "PI"]), st.sampled_from(["45", "1", "197"]), money)


def read(text: str) -> Remittance:
    file = x12_835.read(text)
    assert file.findings == ()
    assert file.remittance is not None
    return file.remittance


def findings_of(text: str) -> list[str]:
    """Return the codes of all that is wrong with a file, whether it cannot be read or does not add up."""
    file = x12_835.read(text)
    findings = file.findings if file.remittance is None else balance(file.remittance)
    assert all(finding.message and finding.fix and finding.place for finding in findings)
    return sorted({finding.code for finding in findings})


def test_a_file_is_read_claim_by_claim_to_the_cent() -> None:
    found = read(GOOD)
    assert (found.trace_number, found.payer_identifier, found.payer_name) == ("EFT-5512", "1987654321", "HARBOR MUTUAL")
    assert (found.amount, found.method, found.payment_date) == (Decimal("107.00"), "CHK", date(2026, 3, 16))
    assert (found.payee_npi, found.payee_tax_id) == (NPI, TAX_ID)
    assert found.provider_adjustments == (ProviderAdjustment("WO", "1007", Decimal("20.00")),)
    paid, denied = found.claims
    assert (paid.control_number, paid.status, paid.charge, paid.paid) == ("1041", "1", Decimal("185.00"), Decimal("127.00"))
    assert (paid.patient_name, paid.member_id, paid.first_day) == ("JONAS WEBER", "HM447102", date(2026, 3, 2))
    of_the_claim = GOOD.replace("DTM*472*20260302", "QTY*CA*1").replace("SVC*HC", "DTM*232*20260303~SVC*HC", 1).replace("SE*26", "SE*27")
    assert read(of_the_claim).claims[0].first_day == date(2026, 3, 3)
    assert (paid.patient_responsibility, paid.patient, paid.payer_reference) == (Decimal("25.00"), Decimal("25.00"), "HM-99017")
    [line] = paid.lines
    assert (line.service_code, line.service_date, line.control_number) == ("90837", date(2026, 3, 2), "1")
    assert line.adjustments == (Adjustment("CO", "45", Decimal("33.00")), Adjustment("PR", "3", Decimal("25.00")))
    assert [each.code for each in denied.all_adjustments] == ["CO-197"]


TAKEN_BACK: Final = write_835([as_expected("1041").taken_back(), answer("1041", "CO-45 33.00", of_the_claim=True)])


@pytest.mark.parametrize("text", [GOOD, TAKEN_BACK, X12, generate_835(seed=7, claims=3)], ids=["ours", "taken back", "example", "theirs"])
def test_files_are_such_as_another_reader_takes_and_balances(text: str) -> None:
    with X12ModelReader(text) as reader:
        [theirs] = reader.models()
    assert isinstance(theirs, RemittanceAccess)
    found = read(text)
    assert balance(found) == ()
    stated = [(claim.patient_control_number, claim.charge, claim.paid) for claim in theirs.claims()]
    assert stated == [(claim.control_number, claim.charge, claim.paid) for claim in found.claims]


def test_what_an_insurer_remarks_is_kept_with_the_claim_or_the_line() -> None:
    text = GOOD.replace("REF*6R*1~", "REF*6R*1~LQ*HE*N130~LQ*RX*70~", 1).replace("SVC*HC:90837", "MOA***MA01*MA130~SVC*HC:90837", 1)
    first = read(text.replace("SE*26", "SE*29")).claims[0]
    assert (first.remarks, first.lines[0].remarks) == (("MA01", "MA130"), ("N130",))


@pytest.mark.parametrize(("cut", "between"), [("*:~", ""), ("|>\n", ""), ("+:'", "\r\n"), ("*:\r", "\n")], ids=repr)
def test_a_file_is_cut_as_its_first_segment_says(cut: str, between: str) -> None:
    found = read(write_835([as_expected("1041")], cut=cut, between=between))
    assert found == read(write_835([as_expected("1041")]))


def test_the_same_payment_in_another_envelope_is_the_same_content() -> None:
    other = GOOD.replace("000000077", "000000099").replace("\n", "")
    assert x12_835.read(other).digest == x12_835.read(GOOD).digest
    assert x12_835.read(GOOD.replace("EFT-5512", "EFT-5513")).digest != x12_835.read(GOOD).digest


BAD: Final = {
    "nothing at all": ("", ["not-x12"]),
    "a letter": ("Dear Harbor Street, please find enclosed", ["not-x12"]),
    "the first half": (GOOD[: len(GOOD) // 2], ["truncated"]),
    "all but the last segment": (GOOD[: GOOD.index("IEA")], ["truncated"]),
    "all but the trailer of the payment": (GOOD.replace("SE*", "XX*"), ["broken-envelope"]),
    "a segment lost": (GOOD.replace("DTM*405*20260316~\n", ""), ["wrong-count"]),
    "a wrong count": (GOOD.replace("SE*", "SE*1"), ["wrong-count"]),
    "another number at the end": (GOOD.replace("IEA*1*000000077", "IEA*1*000000078"), ["wrong-control-number"]),
    "delimiters that the ISA does not name": (GOOD[:106] + GOOD[106:].replace("*", "|"), ["truncated"]),
    "a terminator that the ISA does not name": (GOOD[:106] + GOOD[106:].replace("~", "!"), ["truncated"]),
    "a claim, not a remittance": (GOOD.replace("ST*835", "ST*837"), ["not-an-835"]),
    "a negative payment": (write_835([answer("1041", "CO-45 185.00")], withheld=[("WO", Decimal("7.77"))]).replace(
        "BPR*I*7.77*D", "BPR*I*-7.77*C"), ["negative-payment"]),
    "letters in an amount": (GOOD.replace("*127.00*", "*12O.00*"), ["not-an-amount"]),
    "a tenth of a cent": (GOOD.replace("*33.00", "*33.001"), ["not-an-amount"]),
    "an endless amount": (GOOD.replace("*33.00", "*9999999999999"), ["not-an-amount"]),
    "no amount": (GOOD.replace("CAS*CO*45*33.00", "CAS*CO*45"), ["not-an-amount"]),
    "a day that never was": (GOOD.replace("DTM*472*20260302", "DTM*472*20260230"), ["not-a-date"]),
    "a group that nobody knows": (GOOD.replace("CAS*CO*45", "CAS*ZZ*45"), ["unknown-group"]),
    "a segment that no 835 has": (GOOD.replace("LX*1", "HL*1"), ["unknown-segment"]),
    "an adjustment before any claim": (GOOD.replace("LX*1", "CAS*CO*45*1"), ["segment-out-of-place"]),
    "no trace number": (GOOD.replace("TRN*1*EFT-5512", "TRN*1*"), ["missing-trace-number"]),
    "no payee": (GOOD.replace("N1*PE", "N1*QQ"), ["missing-segment"]),
    "two mistakes at once": (GOOD.replace("*33.00", "*x").replace("IEA*1", "IEA*2"), ["not-an-amount", "wrong-count"]),
    "a cent too little in all": (GOOD.replace("BPR*I*107.00", "BPR*I*106.99"), ["payment-out-of-balance"]),
    "a cent too much on a line": (GOOD.replace("CAS*CO*45*33.00", "CAS*CO*45*33.01"), ["claim-out-of-balance", "line-out-of-balance"]),
    "a claim that is not its lines": (
        GOOD.replace("CLP*1042*4*185.00*0.00", "CLP*1042*4*185.01*0.01"),
        ["lines-do-not-add-up", "payment-out-of-balance"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_trusted_is_found_out(case: str) -> None:
    text, expected = BAD[case]
    assert findings_of(text) == expected


@settings(max_examples=examples(50))
@given(
    st.lists(
        st.builds(
            Answer,
            control_number=st.integers(1, 10**12).map(str),
            charge=money,
            adjustments=st.lists(adjustments, max_size=5).map(tuple),
            of_the_claim=st.booleans(),
        ),
        max_size=4,
    ),
    st.lists(st.tuples(st.sampled_from(["WO:1", "L6", "FB:X"]), money.map(lambda amount: amount - 500)), max_size=3),
)
def test_whatever_an_insurer_writes_in_balance_is_read_as_it_was_written(
    answers: list[Answer], withheld: list[tuple[str, Decimal]]
) -> None:
    found = read(write_835(answers, withheld=withheld))
    assert balance(found) == ()
    assert [(claim.control_number, claim.charge, claim.paid) for claim in found.claims] == [
        (each.control_number, each.charge, each.paid) for each in answers
    ]
    reported = [tuple((each.group, each.reason, each.amount) for each in claim.all_adjustments) for claim in found.claims]
    assert reported == [each.adjustments for each in answers]
    assert sum(each.amount for each in found.provider_adjustments) == sum(amount for _, amount in withheld)


@settings(max_examples=examples(50))
@given(st.integers(106, len(GOOD) - 1), st.sampled_from("*~:0Z\n"))
def test_a_changed_character_never_makes_the_reader_fail(place: int, instead: str) -> None:
    text = GOOD[:place] + instead + GOOD[place + 1 :]
    file = x12_835.read(text)
    assert (file.remittance is None) is bool(file.findings)


def test_usual_reasons_have_words_and_others_are_shown_as_codes() -> None:
    assert explain("PR-1") == "deductible (owed by the client)"
    assert explain("CO-29") == "claimed too late (borne by the clinic under its contract)"
    assert explain("CO-9999") is None
    assert explain("MA01") == "the decision can be appealed"
