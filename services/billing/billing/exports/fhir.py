"""Records as FHIR R4 resources: charge items, claims that carry whoever stands on them, and bundles; pure."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from contracts.billing import PaymentStatus
from contracts.types import Code

from billing.document_facts import formatting
from billing.document_facts.facts import ClaimContext, Line
from billing.document_facts.people import Lack, Parties
from billing.documents.superbill import MOST_POINTERS
from billing.exports.fhir_parties import HL7, ICD_10, PLACES, TAXONOMY, Resource, by_id, concept, contained, local
from billing.pricing.amounts import ZERO

MEDIA_TYPE: Final = "application/fhir+json"
CURRENCY: Final = "USD"
CPT: Final = "http://www.ama-assn.org/go/cpt"
HCPCS: Final = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
SYSTEMS: Final = ((CPT, re.compile(r"\d{4}[0-9A-Z]")), (HCPCS, re.compile(r"[A-V]\d{4}")))
"""Whose codes look how; a code of the clinic's own belongs to nobody's system."""
MARK: Final = "\0"
"""Stands before and after an amount while JSON is written; no text of a database has it."""
BEGINS_A_NUMBER, ENDS_A_NUMBER = '"\\u0000', '\\u0000"'


def write(value: object) -> str:
    """Write JSON in which money is a number exactly to the cent."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_marked)
    return written.replace(BEGINS_A_NUMBER, "").replace(ENDS_A_NUMBER, "")


def _marked(amount: object) -> str:
    """Write an amount as text between marks, which the encoder of the standard library takes for text."""
    if not isinstance(amount, Decimal):
        message = f"{type(amount).__name__} is no value of a resource"
        raise TypeError(message)
    return f"{MARK}{amount:.2f}{MARK}"


def charge_items(context: ClaimContext) -> list[Resource]:
    """Show each billed code of a record as a charge item; nobody is named, only referred to by id."""
    return [_charge_item(context, line) for line in context.lines]


def claim(context: ClaimContext, parties: Parties) -> Resource:
    """Show a record's claimable lines as a claim that contains whoever stands on it; the total is that of its items."""
    plan = context.insurance
    lines = context.claimable
    resource: Resource = {
        "resourceType": "Claim",
        "id": str(context.record_id),
        "contained": list(contained(context, parties)),
        "identifier": [by_id(context.record_id)],
        "status": "cancelled" if context.status is PaymentStatus.VOIDED else "active",
        "type": concept(f"{HL7}/claim-type", "professional"),
        "use": "claim",
        "patient": local("patient"),
        "billablePeriod": {"start": context.service_date.isoformat(), "end": context.service_date.isoformat()},
        "created": context.billing_date.isoformat(),
        "provider": local("organization"),
        "priority": concept(f"{HL7}/processpriority", "normal"),
        "payee": {"type": concept(f"{HL7}/payeetype", "provider"), "party": local("organization")},
        "facility": local("facility"),
        "careTeam": [
            {
                "sequence": 1,
                "provider": local("practitioner"),
                "responsible": True,
                "role": concept(f"{HL7}/claimcareteamrole", "primary"),
                "qualification": concept(TAXONOMY, parties.provider.taxonomy_code),
            }
        ],
        "diagnosis": [_diagnosis(place, code) for place, code in enumerate(parties.diagnoses, 1)],
        "insurance": [{"sequence": 1, "focal": True, "coverage": local("coverage")}],
        "item": [_item(context, parties, place, line) for place, line in enumerate(lines, 1)],
        "total": _money(sum((line.charge for line in lines), ZERO)),
    }
    if context.last_claim is not None:
        resource["identifier"].append({"type": {"text": "claim control number"}, "value": context.last_claim.control_number})
    if context.replaces_id is not None:
        before = {"claim": {"type": "Claim", "identifier": by_id(context.replaces_id)}}
        resource["related"] = [{**before, "relationship": concept(f"{HL7}/ex-relatedclaimrelationship", "prior")}]
    if plan is not None:
        resource["insurer"] = local("insurer")
        if plan.authorization_number:
            resource["insurance"][0]["preAuthRef"] = [formatting.plain(plan.authorization_number)]
    return resource


def bundle(found: Iterable[Resource], here: str, following: str | None = None) -> Resource:
    """Put resources together as one page of a search; what could not be shown is an outcome among them."""
    entries = [_entry(resource) for resource in found]
    links = [{"relation": "self", "url": here}, *([{"relation": "next", "url": following}] if following else [])]
    return {"resourceType": "Bundle", "type": "searchset", "link": links, **({"entry": entries} if entries else {})}


def outcome(context: ClaimContext, missing: Sequence[Lack]) -> Resource:
    """Return why a record is not shown as a claim, and where to write what is missing."""
    return {
        "resourceType": "OperationOutcome",
        "id": f"{context.record_id}-incomplete",
        "issue": [
            {
                "severity": "warning",
                "code": "required",
                "diagnostics": f"Record {context.record_id}: {lack.message} {lack.fix}.",
            }
            for lack in missing
        ],
    }


def code_of(code: Code, name: str) -> Resource:
    """Name a code, with its system where it is somebody's, under the clinic's own short name."""
    system = next((uri for uri, looks in SYSTEMS if looks.fullmatch(code)), None)
    display = formatting.plain(name)
    return {"coding": [{**({"system": system} if system else {}), "code": code, "display": display}], "text": display}


def _charge_item(context: ClaimContext, line: Line) -> Resource:
    return {
        "resourceType": "ChargeItem",
        "id": f"{context.record_id}-{line.position}",
        "identifier": [by_id(context.record_id)],
        "status": "entered-in-error" if context.status is PaymentStatus.VOIDED else "billed",
        "code": code_of(line.code, line.name),
        "subject": {"type": "Patient", "identifier": by_id(context.client_id)},
        "context": {"type": "Encounter", "identifier": by_id(context.session_id)},
        "occurrenceDateTime": context.service_date.isoformat(),
        "performer": [{"actor": {"type": "Practitioner", "identifier": by_id(context.therapist_id)}}],
        "quantity": {"value": line.units},
        "priceOverride": _money(line.charge),
        "enteredDate": _instant(context.movements[0].at),
    }


def _item(context: ClaimContext, parties: Parties, place: int, line: Line) -> Resource:
    pointed = range(1, min(len(parties.diagnoses), MOST_POINTERS) + 1)
    modifiers = [{"coding": [{"code": modifier}]} for modifier in context.modifiers]
    return {
        "sequence": place,
        "careTeamSequence": [1],
        "diagnosisSequence": list(pointed),
        "productOrService": code_of(line.code, line.name),
        **({"modifier": modifiers} if modifiers else {}),
        "servicedDate": context.service_date.isoformat(),
        "locationCodeableConcept": concept(PLACES, context.place_of_service or parties.facility.place_of_service),
        "quantity": {"value": line.units},
        "unitPrice": _money(line.rate),
        "net": _money(line.charge),
    }


def _diagnosis(place: int, code: str) -> Resource:
    principal = {"type": [concept(f"{HL7}/ex-diagnosistype", "principal")]} if place == 1 else {}
    return {"sequence": place, "diagnosisCodeableConcept": concept(ICD_10, code), **principal}


def _entry(resource: Resource) -> Resource:
    if resource["resourceType"] == "OperationOutcome":
        return {"resource": resource, "search": {"mode": "outcome"}}
    return {"fullUrl": f"{resource['resourceType']}/{resource['id']}", "resource": resource, "search": {"mode": "match"}}


def _money(amount: Decimal) -> Resource:
    return {"value": amount, "currency": CURRENCY}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
