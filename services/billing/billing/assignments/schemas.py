"""The body of assigning a payment."""

from typing import Annotated

from chassis.bodies.models import Body
from contracts.types import RecordId
from pydantic import ConfigDict, StringConstraints

from billing.records.schemas import RECORD_ID
from billing.remittances.schemas import LONGEST_REASON


class Assign(Body):
    """To which record the money of a claim that was left out belongs, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"record_id": RECORD_ID, "reason": "Part of the payment was taken back."}]})

    record_id: RecordId | None = None
    """The record of the claim, unless stated otherwise."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]
