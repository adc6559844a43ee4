"""Bodies and views of checking and submitting claims."""

from typing import Annotated, Any, Final
from uuid import UUID

from chassis.bodies.models import View
from chassis.errors import FieldError
from contracts.types import Amount, Flag, RecordId
from pydantic import ConfigDict, Field

from billing.claim_rules.facts import Frequency
from billing.claims.schemas import BATCH_EXAMPLE, MOST_RECORDS, REFUSED_ID, WARNING_EXAMPLE, ClaimBatchView, Claimed, FindingView
from billing.pricing.flags import Severity
from billing.records.schemas import RECORD_ID

ERROR_EXAMPLE: Final[dict[str, Any]] = {
    "code": "DIAGNOSIS_MISSING",
    "severity": "error",
    "message": "The record has no diagnosis.",
    "suggestion": "PUT /records/{record_id}/diagnoses with what the session treated; no insurer pays without one.",
}

LEFT_OUT_EXAMPLE: Final[dict[str, Any]] = {"record_id": REFUSED_ID, "findings": [ERROR_EXAMPLE]}


class ClaimCheck(Claimed):
    """Records that somebody thinks of claiming."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"record_ids": [RECORD_ID]}]})


class NewClaims(Claimed):
    """Records to be claimed, in one file."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"record_ids": [RECORD_ID, REFUSED_ID], "leave_out_refused": True}]})

    leave_out_refused: Flag = False
    """Claims those that nothing speaks against and states which were left out, instead of claiming none."""
    sent_again: Annotated[tuple[UUID, ...], Field(max_length=MOST_RECORDS)] = ()
    """The rejected claims of which this is meant as the repetition: refused where one of them is not rejected or was claimed anew since."""


class CheckedView(View):
    """What a claim for a record would be, and what speaks against it."""

    record_id: RecordId
    claimable: bool
    """Nothing but warnings speaks against it."""
    frequency: Frequency
    total_amount: Amount | None
    """What would be claimed; None where there is no such record."""
    findings: list[FindingView]


class ClaimCheckView(View):
    """What speaks against claims for these records."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "record_id": REFUSED_ID,
                            "claimable": False,
                            "frequency": "1",
                            "total_amount": "185.00",
                            "findings": [ERROR_EXAMPLE, WARNING_EXAMPLE],
                        }
                    ]
                }
            ]
        }
    )

    items: list[CheckedView]
    """In the order in which they were requested."""


class LeftOutView(View):
    """A record that was not claimed, and why."""

    record_id: RecordId
    findings: list[FindingView]


class NewClaimBatchView(ClaimBatchView):
    """Claims that went into a new file, and what was left out of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**BATCH_EXAMPLE, "left_out": [LEFT_OUT_EXAMPLE]}]})

    left_out: list[LeftOutView]


class FindingError(FieldError):
    """Something that speaks against a claim, where claims were refused."""

    severity: Severity
