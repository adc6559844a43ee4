"""The HTTP bodies and views of good-faith estimates."""

from datetime import date
from typing import Annotated, Any, Final, Self
from uuid import UUID

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from contracts.types import Amount, ClientId, Code, Day, Instant, ServiceId, SiteId, TherapistId, Whole
from pydantic import ConfigDict, Field, model_validator

from billing.documents import good_faith
from billing.quotes.schemas import MOST_UNITS

MOST_SERVICES: Final = 20
MOST_VISITS: Final = 120
MOST_DAYS_BETWEEN: Final = 92
EXAMPLE: Final[dict[str, Any]] = {
    "client_id": "01890a5d-ac96-7b55-93e6-9f0a1b2c3d56",
    "therapist_id": "01890a5d-ac96-7d66-84f7-a01b2c3d4e67",
    "site_id": "01890a5d-ac96-7e77-b508-b12c3d4e5f78",
}


class Recurrence(Body):
    """Visits that repeat."""

    first_date: Day
    count: Annotated[Whole, Field(ge=1, le=MOST_VISITS)]
    every_days: Annotated[Whole, Field(ge=1, le=MOST_DAYS_BETWEEN)] = 7


class WantedService(Body):
    """A service, and on which days: each of them, or how it repeats."""

    service_id: ServiceId | None = None
    service_code: Code | None = None
    """Either the id or the code."""
    dates: Annotated[tuple[Day, ...], Field(min_length=1, max_length=MOST_VISITS)] | None = None
    recurrence: Recurrence | None = None
    """Either the dates or the recurrence."""
    units: Annotated[Whole, Field(ge=1, le=MOST_UNITS)] = 1

    @model_validator(mode="after")
    def _names_one_service_and_its_days(self) -> Self:
        if (self.service_id is None) == (self.service_code is None):
            raise broken("ambiguous-service", "Name the service by either service_id or service_code.", field="service_code")
        if (self.dates is None) == (self.recurrence is None):
            raise broken("ambiguous-days", "State when by either dates or a recurrence.", field="dates")
        return self

    @property
    def days(self) -> list[date]:
        """The days of its visits, the earliest first."""
        if self.recurrence is None:
            return sorted(self.dates or ())
        return good_faith.days_of(self.recurrence.first_date, self.recurrence.count, self.recurrence.every_days)


class NewEstimate(Body):
    """What a client who pays for themselves plans to take."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **EXAMPLE,
                    "services": [
                        {"service_code": "90791", "dates": ["2026-03-02"]},
                        {"service_code": "90837", "recurrence": {"first_date": "2026-03-09", "count": 12, "every_days": 7}},
                    ],
                }
            ]
        }
    )

    client_id: ClientId
    therapist_id: TherapistId
    site_id: SiteId | None = None
    """Where; the organization's address when absent."""
    services: Annotated[tuple[WantedService, ...], Field(min_length=1, max_length=MOST_SERVICES)]


class ItemView(View):
    """One code at one price on one or more days; amounts are for each day, the total for all of them."""

    service_code: Code
    service_name: str
    units: Whole
    rate_per_unit: Amount
    amount: Amount
    discount: Amount
    patient_amount: Amount
    dates: list[Day]
    total: Amount


class EstimateView(View):
    """What was estimated; its document is at the same address with ``.pdf``."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01890a5d-ac96-7edd-a177-28394a5b6c7d",
                    "number": "GFE-000123",
                    "client_id": EXAMPLE["client_id"],
                    "issued_on": "2026-02-20",
                    "valid_until": "2027-02-19",
                    "diagnoses": ["F41.1"],
                    "items": [
                        {
                            "service_code": "90791",
                            "service_name": "Initial assessment",
                            "units": 1,
                            "rate_per_unit": "220.00",
                            "amount": "220.00",
                            "discount": "0.00",
                            "patient_amount": "220.00",
                            "dates": ["2026-03-02"],
                            "total": "220.00",
                        }
                    ],
                    "total_amount": "220.00",
                    "discount": "0.00",
                    "patient_amount": "220.00",
                    "created_at": "2026-02-20T15:00:00Z",
                    "created_by": "ines.ortiz",
                }
            ]
        }
    )

    id: UUID
    number: str
    client_id: ClientId
    issued_on: Day
    valid_until: Day
    diagnoses: list[str]
    items: list[ItemView]
    total_amount: Amount
    """Everything that is expected to be charged."""
    discount: Amount
    patient_amount: Amount
    """What the client is expected to pay."""
    created_at: Instant
    created_by: str
