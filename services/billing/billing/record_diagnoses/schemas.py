"""Bodies and views of diagnoses of records."""

from typing import Annotated, Any, Final

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from contracts.types import Day, RecordId
from pydantic import ConfigDict, Field, field_validator

from billing.claims.schemas import REFUSED_ID
from billing.parties.schemas import MOST_DIAGNOSES, Diagnosis
from billing.records.schemas import RECORD_ID

MOST_COMPLETED: Final = 500
"""Records that take the client's diagnoses at once, the oldest first."""

FAILED_EXAMPLE: Final[dict[str, Any]] = {
    "record_id": REFUSED_ID,
    "service_date": "2016-09-12",
    "message": "F32.A is valid from 2021-10-01 on, and is not on 2016-09-12.",
    "fix": "Valid on that day in the category F32: F32.0, F32.1, F32.2, F32.3, F32.8, F32.9.",
}


class RecordDiagnoses(Body):
    """What a session treated."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"diagnoses": ["F41.1", "F33.1"]}]})

    diagnoses: Annotated[tuple[Diagnosis, ...], Field(min_length=1, max_length=MOST_DIAGNOSES)]
    """ICD-10-CM, the primary one first."""

    @field_validator("diagnoses")
    @classmethod
    def _each_once(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(codes)) < len(codes):
            raise broken("repeated-diagnosis", "Name each diagnosis once.")
        return codes


class NotCompletedView(View):
    """A record that stays without a diagnosis, because the client's were not valid on its date of service."""

    record_id: RecordId
    service_date: Day
    message: str
    fix: str


class DiagnosesUsed(View):
    """Which records took the client's diagnoses."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"diagnoses": ["F41.1"], "record_ids": [RECORD_ID], "not_completed": [FAILED_EXAMPLE]}]}
    )

    diagnoses: list[str]
    record_ids: list[RecordId]
    not_completed: list[NotCompletedView]
