"""A record as the boxes of the paper claim form, 1 to 33, in parts that a print layer can place; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from billing.document_facts import formatting
from billing.document_facts.facts import ClaimContext, Insurance, Line, money_of
from billing.document_facts.people import Address, Parties, Person
from billing.documents.superbill import POINTERS, pointers
from billing.pricing.amounts import ZERO
from billing.pricing.terms import Mode

LINES_PER_FORM: Final = 6
ACCOUNT_LENGTH: Final = 14
"""Characters that box 26 has room for."""
ICD_10: Final = "0"
ON_FILE: Final = "SOF"
"""The signature is on file."""
ORIGINAL: Final = "1"
KINDS: Final = {"MB": "medicare", "MC": "medicaid", "CH": "tricare", "VA": "champva", "CI": "group", "BL": "group", "HM": "group"}
"""Box 1, by what kind of payer it is."""

Value = str | bool | dict[str, Any] | list[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the form, by its number, as our own texts."""

    number: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Form:
    """One sheet; a claim of its own with a total of its own."""

    boxes: tuple[Box, ...]


def forms(context: ClaimContext, plan: Insurance, parties: Parties) -> tuple[Form, ...]:
    """Fill as many forms as the claimable lines need; what the client paid goes to the first ones, at most their charge."""
    lines = context.claimable
    sheets = [lines[start : start + LINES_PER_FORM] for start in range(0, len(lines), LINES_PER_FORM)]
    left = max(money_of(context.movements).paid_by_client, ZERO)
    filled: list[Form] = []
    for sheet in sheets:
        charge = sum((line.charge for line in sheet), ZERO)
        paid = min(left, charge)
        left -= paid
        filled.append(
            Form((*_insured(plan, parties), *_visit(context, plan, parties), *_billed(context, plan, parties, sheet, charge, paid)))
        )
    return tuple(filled)


def _insured(plan: Insurance, parties: Parties) -> Sequence[Box]:
    client, holder = parties.client, plan.subscriber or parties.client
    return (
        Box("1", "kind of coverage", KINDS.get(plan.claim_filing_code, "other")),
        Box("1a", "number of the insured", formatting.plain(plan.member_id)),
        Box("2", "name of the patient", _name(client)),
        Box("3", "birth date and sex of the patient", {**_date(client.birth_date), "sex": client.gender}),
        Box("4", "name of the insured", _name(holder)),
        Box("5", "address of the patient", _address(client.address)),
        Box("6", "the patient's relationship to the insured", plan.relationship),
        Box("7", "address of the insured", _address(holder.address)),
        Box("8", "reserved", None),
        Box("9", "name of another insured", None),
        Box("9a", "number of the other plan", None),
        Box("9b", "reserved", None),
        Box("9c", "reserved", None),
        Box("9d", "name of the other plan", None),
        Box("10a", "caused by employment", value=False),
        Box("10b", "caused by a car accident", value=False),
        Box("10c", "caused by another accident", value=False),
        Box("10d", "claim codes", None),
        Box("11", "group of the insured", formatting.plain(plan.group_number) if plan.group_number else None),
        Box("11a", "birth date and sex of the insured", {**_date(holder.birth_date), "sex": holder.gender}),
        Box("11b", "another claim number", None),
        Box("11c", "name of the plan", formatting.plain(plan.plan_name)),
        Box("11d", "is there another plan", value=False),
        Box("12", "signature of the patient", ON_FILE if client.signature_on_file else None),
        Box("13", "signature of the insured", ON_FILE if client.signature_on_file else None),
    )


def _visit(context: ClaimContext, plan: Insurance, parties: Parties) -> Sequence[Box]:
    last_claim = context.last_claim
    again = last_claim is not None and last_claim.frequency != ORIGINAL
    codes = {pointer: code.replace(".", "") for pointer, code in zip(POINTERS, parties.diagnoses, strict=False)}
    return (
        Box("14", "date of the present illness", None),
        Box("15", "another date", None),
        Box("16", "dates unable to work", None),
        Box("17", "who referred the patient", None),
        Box("17a", "other number of who referred", None),
        Box("17b", "NPI of who referred", None),
        Box("18", "dates in hospital", None),
        Box("19", "further information", None),
        Box("20", "outside laboratory", value=False),
        Box("21", "diagnoses", {"icd_indicator": ICD_10, **codes}),
        Box(
            "22",
            "resubmission",
            {"code": last_claim.frequency, "original_reference": last_claim.payer_reference} if last_claim and again else None,
        ),
        Box("23", "authorization number", formatting.plain(plan.authorization_number) if plan.authorization_number else None),
    )


def _billed(
    context: ClaimContext, plan: Insurance, parties: Parties, sheet: Sequence[Line], charge: Decimal, paid: Decimal
) -> Sequence[Box]:
    organization, facility = parties.organization, parties.facility
    return (
        Box("24", "services", [_line(context, parties, line) for line in sheet]),
        Box("25", "tax number of who bills", {"number": organization.tax_id, "kind": "EIN"}),
        Box(
            "26",
            "account of the patient",
            context.last_claim.control_number if context.last_claim else context.record_id.hex[-ACCOUNT_LENGTH:].upper(),
        ),
        Box("27", "accept assignment", plan.mode is Mode.IN_NETWORK),
        Box("28", "total charge", _money(charge)),
        Box("29", "amount paid by the patient", _money(paid)),
        Box("30", "reserved", None),
        Box(
            "31",
            "signature of who rendered the services",
            {"name": formatting.provider_name(parties.provider, context.therapist_credential), **_date(context.billing_date)},
        ),
        Box("32", "where the services took place", {"name": formatting.plain(facility.facility_name), **_address(facility.address)}),
        Box("32a", "NPI of that place", facility.npi),
        Box("32b", "other number of that place", None),
        Box(
            "33",
            "who bills",
            {
                "name": formatting.plain(organization.organization_name),
                **_address(organization.address),
                "phone_area": organization.phone[:3],
                "phone_number": organization.phone[3:],
            },
        ),
        Box("33a", "NPI of who bills", organization.npi),
        Box("33b", "other number of who bills", f"ZZ{organization.taxonomy_code}"),
    )


def _line(context: ClaimContext, parties: Parties, line: Line) -> dict[str, Any]:
    return {
        "24A": {"from": _date(context.service_date), "to": _date(context.service_date)},
        "24B": context.place_of_service,
        "24C": None,
        "24D": {"code": line.code, "modifiers": list(context.modifiers)},
        "24E": pointers(parties.diagnoses),
        "24F": _money(line.charge),
        "24G": str(line.units),
        "24H": None,
        "24I": None,
        "24J": parties.provider.npi,
    }


def _name(person: Person) -> dict[str, str]:
    return {"last": formatting.plain(person.last_name), "first": formatting.plain(person.first_name)}


def _address(at: Address) -> dict[str, str]:
    street = ", ".join(formatting.plain(line) for line in (at.line1, at.line2) if line)
    return {"street": street, "city": formatting.plain(at.city), "state": at.state, "zip": at.postal_code}


def _date(day: date) -> Mapping[str, str]:
    return {"month": f"{day:%m}", "day": f"{day:%d}", "year": f"{day.year:04}"}


def _money(amount: Decimal) -> dict[str, str]:
    dollars, _, cents = f"{amount:.2f}".partition(".")
    return {"dollars": dollars, "cents": cents}
