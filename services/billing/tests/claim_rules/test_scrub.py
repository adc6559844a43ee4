"""What an insurer would send back is found before it is sent: each rule by an example that breaks only it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import pytest
from billing.claim_rules.facts import ClaimFacts, Facts, Finding, FormerClaim, Frequency, Withdrawal
from billing.claim_rules.scrub import FLAGS, RULES, refuses, scrub
from billing.pricing.flags import FlagCode, Severity
from claim_examples import (
    ADDED,
    FAMILY,
    HERE,
    HOUR,
    JONAS,
    MAYA,
    MONDAY,
    MUTUAL,
    NETWORK,
    PIER,
    RUTH,
    SILVER,
    claim,
    complaints,
    facts,
    write,
)
from contracts.billing import PaymentStatus
from contracts.types import RecordId

EXAMPLES: Final = json.loads((Path(__file__).parents[1] / "data" / "billing_examples.json").read_text())
SENT: Final = FormerClaim(id=UUID(int=31), record_id=RecordId(UUID(int=21)), control_number="HF000000003", payer_id=MUTUAL.id)
TAKEN_BACK: Final = Withdrawal(control_number="HF000000004", withdrawn_on=MONDAY)
AGAIN: Final[Mapping[str, Any]] = {"frequency": Frequency.REPLACEMENT, "former": SENT, "payer_reference": "2026030211"}
BOXED: Final = NETWORK.address.model_copy(update={"line1": "P.O. Box 12"})
NOWHERE: Final = JONAS.address.model_copy(update={"state": "XX"})
SHORT: Final = NETWORK.address.model_copy(update={"postal_code": "04101"})


Said = TypeVar("Said", bound=Facts)


def but(stated: Said, **other: Any) -> Said:
    """Change a fact."""
    return stated.model_copy(update=other)


BROKEN: Final[Mapping[str, Mapping[str, Any]]] = {
    "ORGANIZATION_MISSING": {"organization": None},
    "FACILITY_MISSING": {"facility": None, "place_of_service": None},
    "PROVIDER_MISSING": {"provider": None},
    "CLIENT_PROFILE_MISSING": {"client": None},
    "NPI_INVALID": {"provider": but(RUTH, npi="1245319590")},
    "TAXONOMY_INVALID": {"provider": but(RUTH, taxonomy_code="psychology")},
    "TAX_ID_INVALID": {"organization": but(NETWORK, tax_id="12-3456789")},
    "POSTAL_CODE_SHORT": {"organization": but(NETWORK, address=SHORT), "facility": but(HERE, address=SHORT)},
    "BILLING_POST_OFFICE_BOX": {"organization": but(NETWORK, address=BOXED), "facility": but(HERE, address=BOXED)},
    "ADDRESS_INVALID": {"client": but(JONAS, address=NOWHERE)},
    "NAME_UNSENDABLE": {"client": but(JONAS, last_name="王")},
    "IDENTIFIER_UNSENDABLE": {"plan": but(SILVER, member_id="HM*4471")},
    "SIGNATURE_MISSING": {"client": but(JONAS, signature_on_file=False)},
    "BIRTH_DATE_INVALID": {"client": but(JONAS, birth_date=MONDAY + timedelta(days=1))},
    "DIAGNOSIS_MISSING": {"client": but(JONAS, diagnoses=())},
    "DIAGNOSIS_INVALID": {"client": but(JONAS, diagnoses=("anxiety",))},
    "DIAGNOSIS_NOT_VALID": {"invalid_diagnoses": ("F32.8 was valid until 2016-09-30, and is not on 2026-03-02.",)},
    "TOO_MANY_DIAGNOSES": {"client": but(JONAS, diagnoses=("F41.1",) * 13)},
    "SELF_PAY": {"insurance_applicable": False},
    "COVERAGE_MISSING": {"plan": None, "payer": None},
    "COVERAGE_NOT_IN_FORCE": {"plan": but(SILVER, effective_to=MONDAY - timedelta(days=1))},
    "PAYER_CORRECTED": {"plan": but(SILVER, payer_id=UUID(int=77))},
    "OUT_OF_NETWORK": {"plan": but(SILVER, mode="out_of_network")},
    "SUBSCRIBER_MISSING": {"client": MAYA, "plan": but(FAMILY, subscriber=None)},
    "AUTHORIZATION_NUMBER_MISSING": {"plan": but(SILVER, visits_authorized=12)},
    "FILING_CODE_UNKNOWN": {"payer": but(MUTUAL, claim_filing_code="QQ")},
    "PAYER_INACTIVE": {"payer": but(MUTUAL, is_active=False)},
    "MISSED_SESSION": {"kind": "no_show"},
    "NOTHING_CLAIMABLE": {"lines": (), "left_out": ("NOSHOW",)},
    "LINES_LEFT_OUT": {"left_out": ("LATECXL",)},
    "CODE_NOT_CLAIMABLE": {"lines": (but(HOUR, service_code="90834+90837"),)},
    "MODIFIER_INVALID": {"lines": (but(HOUR, modifiers=("GTX",)),)},
    "UNITS_INVALID": {"lines": (but(HOUR, units=0),)},
    "CHARGE_ZERO": {"lines": (HOUR, but(ADDED, amount=Decimal("0.00"))), "total_amount": Decimal("185.00")},
    "TOTAL_MISMATCH": {"total_amount": Decimal("185.01")},
    "TOO_MANY_LINES": {"lines": (HOUR,) * 51, "total_amount": HOUR.amount * 51},
    "PLACE_OF_SERVICE_UNKNOWN": {"place_of_service": "98"},
    "TELEHEALTH_PLACE_OF_SERVICE": {"telehealth": True, "lines": (but(HOUR, modifiers=("95",)),)},
    "TELEHEALTH_MODIFIER_MISSING": {"telehealth": True, "telehealth_modifier": "93", "place_of_service": "10"},
    "SERVICE_DATE_IN_FUTURE": {"requested_on": MONDAY - timedelta(days=1)},
    "TIMELY_FILING": {"requested_on": MONDAY + timedelta(days=366)},
    "TIMELY_FILING_NEAR": {"requested_on": MONDAY + timedelta(days=91)},
    "RECORD_VOIDED": {"payment_status": PaymentStatus.VOIDED},
    "RECORD_DENIED": {"payment_status": PaymentStatus.DENIED},
    "RECORD_SETTLED": {"payment_status": PaymentStatus.PAID},
    "ALREADY_CLAIMED": {"former": SENT},
    "NEVER_CLAIMED": {"frequency": Frequency.VOID},
    "ALREADY_WITHDRAWN": {"frequency": Frequency.VOID, "withdrawal": TAKEN_BACK},
    "NOTHING_TO_REPLACE": {"frequency": Frequency.REPLACEMENT, "withdrawal": TAKEN_BACK},
    "CLAIM_REPLACED": {**AGAIN, "former": but(SENT, is_replaced=True)},
    "PAYER_REFERENCE_MISSING": {**AGAIN, "payer_reference": None},
    "PAYER_CHANGED": {**AGAIN, "former": but(SENT, payer_id=UUID(int=9))},
}


def codes(stated: ClaimFacts) -> list[str]:
    """Return the codes of what is found against a claim."""
    return [finding.code for finding in scrub(stated)]


def flagged(code: str) -> ClaimFacts:
    """Report that a record was flagged."""
    return facts(flags=(Finding(code=code, severity=Severity.INFO, message="It is so.", suggestion="Do this."),))


def test_nothing_speaks_against_a_claim_that_is_in_order() -> None:
    assert codes(facts()) == []
    assert codes(facts(**AGAIN)) == []
    assert codes(facts(client=MAYA, plan=FAMILY)) == []
    assert complaints(write(claim())) == []


def test_every_rule_has_an_example() -> None:
    assert [rule.code for rule in RULES if rule.code not in BROKEN] == []
    assert len({rule.code for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("code", BROKEN)
def test_what_is_wrong_is_found_and_nothing_else_is_said(code: str) -> None:
    [found] = scrub(facts(**BROKEN[code]))
    assert found.code == code
    assert "{}" not in found.message
    assert found.suggestion


def test_nothing_speaks_against_the_claim_of_a_deductible_that_the_client_has_paid() -> None:
    assert codes(facts(payment_status=PaymentStatus.PAID, is_all_the_clients=True)) == []
    assert codes(facts(payment_status=PaymentStatus.WRITTEN_OFF, is_all_the_clients=True)) == ["RECORD_SETTLED"]


@pytest.mark.parametrize("code", FLAGS)
def test_what_a_record_was_flagged_with_counts_as_much_as_it_matters_to_an_insurer(code: FlagCode) -> None:
    [found] = scrub(flagged(code))
    assert (found.code, found.severity, found.message) == (code, FLAGS[code], "It is so.")
    assert refuses((found,)) is (FLAGS[code] is Severity.ERROR)


@pytest.mark.parametrize(
    "code", [FlagCode.OUT_OF_NETWORK, FlagCode.NOT_CLAIMABLE, FlagCode.ESTIMATE_NO_CONTRACT_RATE, FlagCode.NO_COVERAGE]
)
def test_what_only_the_clinic_cares_about_is_not_said_twice(code: FlagCode) -> None:
    assert scrub(flagged(code)) == ()


def test_everything_is_said_at_once_and_errors_come_first() -> None:
    found = scrub(facts(payer=but(MUTUAL, is_active=False), client=but(JONAS, diagnoses=()), provider=None, total_amount=Decimal("1.00")))
    assert {one.code for one in found} == {"PAYER_INACTIVE", "DIAGNOSIS_MISSING", "PROVIDER_MISSING", "TOTAL_MISMATCH"}
    assert [one.severity for one in found] == [Severity.ERROR] * 3 + [Severity.WARNING]
    [total] = [one for one in found if one.code == "TOTAL_MISMATCH"]
    assert total.message == "The claim comes to 1.00, but its lines come to 185.00."


def test_a_void_repeats_what_was_claimed_whatever_has_become_of_it_since() -> None:
    gone = {"payment_status": PaymentStatus.VOIDED, "requested_on": MONDAY + timedelta(days=800), "client": but(JONAS, diagnoses=())}
    assert codes(facts(**{**AGAIN, "frequency": Frequency.VOID}, **gone)) == []
    assert codes(facts(**{**AGAIN, "frequency": Frequency.VOID, "payer_reference": None}, **gone)) == ["PAYER_REFERENCE_MISSING"]


def test_only_where_the_organization_is_not_the_service_took_place_elsewhere() -> None:
    away = but(HERE, address=but(PIER, postal_code="04401"))
    assert codes(facts(facility=away)) == ["POSTAL_CODE_SHORT"]
    assert codes(facts(facility=away, telehealth=True, place_of_service="02", lines=(but(HOUR, modifiers=("95",)),))) == []


@pytest.mark.parametrize(("filing_code", "days", "stated"), [
    ("CI", 90, []), ("CI", 91, ["TIMELY_FILING_NEAR"]), ("CI", 365, ["TIMELY_FILING_NEAR"]), ("CI", 366, ["TIMELY_FILING"]),
    ("MB", 270, []), ("MB", 271, ["TIMELY_FILING_NEAR"]), ("MC", 366, ["TIMELY_FILING"]),
])  # fmt: skip
def test_each_kind_of_payer_has_its_filing_limit(filing_code: str, days: int, stated: list[str]) -> None:
    payer = but(MUTUAL, claim_filing_code=filing_code)
    assert codes(facts(payer=payer, requested_on=MONDAY + timedelta(days=days))) == stated
    assert codes(facts(payer=payer, requested_on=MONDAY + timedelta(days=days), **AGAIN)) == []


@pytest.mark.parametrize(
    "code", sorted({example["service_code"] for example in EXAMPLES if not example.get("service_code", "1").isdigit()})
)
def test_composites_fees_and_the_clinics_own_codes_look_like_no_code_of_an_insurer(code: str) -> None:
    assert codes(facts(lines=(but(HOUR, service_code=code),))) == ["CODE_NOT_CLAIMABLE"]


def test_dates_that_touch_are_in_force() -> None:
    assert codes(facts(plan=but(SILVER, effective_from=MONDAY, effective_to=MONDAY), requested_on=MONDAY)) == []
    assert codes(facts(client=but(JONAS, birth_date=MONDAY))) == []
