"""Views of what was changed."""

from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from chassis.bodies.models import View
from contracts.types import ClientId, Code, Day, Instant
from pydantic import ConfigDict

EXAMPLE: Final[dict[str, Any]] = {
    "id": "01890a5d-ac96-7eee-a166-28394a5b6c7d",
    "at": "2026-03-02T20:10:00Z",
    "by": "ines.ortiz",
    "what": "fee",
    "key": "01890a5d-ac96-7a99-9d33-e4f506172839",
    "subject": {"kind": "payer", "name": "Harbor Mutual", "client_id": None, "service_code": None, "service_date": None},
    "action": "added",
    "before": None,
    "after": {"service_code": "90837", "amount": "152.00", "effective_from": "2026-01-01"},
}


class SubjectKind(StrEnum):
    """What a change is about."""

    PAYER = "payer"
    CLIENT = "client"
    RECORD = "record"
    REMITTANCE = "remittance"
    ORGANIZATION = "organization"
    FACILITY = "facility"
    PROVIDER = "provider"
    ACKNOWLEDGEMENT = "acknowledgement"
    DIAGNOSIS_CODES = "diagnosis_codes"


class SubjectView(View):
    """What a change is about: ``key`` is its id."""

    kind: SubjectKind
    name: str | None
    """Of a payer, and of who made the payment of a remittance; None for others and for what is not there any more."""
    client_id: ClientId | None
    """The client, and whose record it is."""
    service_code: Code | None
    """Of a record."""
    service_date: Day | None
    """Of a record."""


class ChangeView(View):
    """One change: what was there before, and what after."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID
    at: Instant
    by: str
    what: str
    key: UUID
    """What was changed; of a fee, its payer, of a coverage or discount, its client, of a posting, its record or remittance."""
    subject: SubjectView
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
