"""Bodies of corrections."""

from typing import Annotated

from chassis.bodies.models import Body, View
from contracts.scheduling import ClientLocation, Modality
from contracts.types import Amount, Code, Flag, RecordId, Whole
from pydantic import ConfigDict, Field

from billing.ledger.postings import Payer
from billing.payers.schemas import Fee, Reason
from billing.quotes.schemas import MOST_ADD_ONS, FlagView, NewAddOn
from billing.records.schemas import RECORD_ID, Paid, Posted


class NewReversal(Posted):
    """Why a posting is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the check was returned unpaid"}]})

    reason: Reason


class Correction(Body):
    """What was wrong with a record; what is absent stays as it was."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"service_code": "90834", "minutes": 45}]})

    service_code: Code | None = None
    rate_per_unit: Fee | None = None
    """By default what was promised, or for another service its rate in force on the date of service."""
    minutes: Annotated[Whole, Field(ge=0, le=600)] | None = None
    insurance_applicable: Flag | None = None
    modality: Modality | None = None
    """How therapist and client met."""
    client_location: ClientLocation | None = None
    """Where the client was, of a session by video or audio."""
    telehealth: Flag | None = None
    """Where no modality is given: true means by video, unless it was by audio before, and false in person."""
    add_ons: Annotated[tuple[NewAddOn, ...], Field(max_length=MOST_ADD_ONS)] | None = None
    """All add-ons."""


class NewReplacement(Correction):
    """What was wrong with a record, and why; what is absent stays as it was."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "the therapist corrected the code", "service_code": "90834", "minutes": 45}]}
    )

    reason: Reason


class ReplacementPreview(View):
    """What the record in the place of another would charge, and who would owe it; payments of the other one go along."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_code": "90834",
                    "rate_per_unit": "140.00",
                    "total_amount": "140.00",
                    "contractual_adjustment": "0.00",
                    "other_adjustment": "0.00",
                    "patient_amount": "140.00",
                    "insurance_amount": "0.00",
                    "flags": [],
                }
            ]
        }
    )

    service_code: Code
    rate_per_unit: Amount
    total_amount: Amount
    contractual_adjustment: Amount
    other_adjustment: Amount
    patient_amount: Amount
    insurance_amount: Amount
    flags: list[FlagView]
    """What staff should know of it, also what is not kept of what people gave off and of the insurer's answer."""


class NewCredit(Posted):
    """Credit of one record that is to settle another."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "40.00", "to_record_id": RECORD_ID, "payer": "client"}]})

    amount: Paid
    """At most what settles nothing, and at most what the other record is owed for."""
    to_record_id: RecordId
    """A record of the same client."""
    payer: Payer = Payer.CLIENT
    """Whose money it is."""
