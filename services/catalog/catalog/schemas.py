"""What the catalog takes and answers over HTTP."""

from datetime import date
from typing import Annotated, Final

from chassis.bodies.models import Body, View
from chassis.errors import FieldError
from contracts.catalog import BilledPer, Claimable, Kind, ServiceType
from contracts.types import DAY_SINCE_2000, Amount, Code, Day, Flag, Instant, RateId, ServiceId, Version, Whole
from pydantic import MISSING, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from catalog.domain import Clients, Codes, Description, Line, Minutes, Note

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)

RateDay = Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY), WithJsonSchema({"type": "string", "format": "date", "pattern": DAY_SINCE_2000})]

EXAMPLE: Final[JsonDict] = {
    "service_code": "90837",
    "service_name": "Individual Psychotherapy, 60 minutes",
    "service_type": "psychotherapy",
    "standard_duration": 60,
    "base_rate": "185.00",
    "billing_category": "individual",
    "min_minutes": 53,
    "max_units_per_day": 1,
}
SERVICE_EXAMPLE: Final[JsonDict] = {
    **EXAMPLE,
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "description": "",
    "is_active": True,
    "kind": "base",
    "components": [],
    "max_minutes": None,
    "claimable": "insurance",
    "requires_primary": [],
    "excludes_same_day": [],
    "billed_per": "client",
    "min_clients": 1,
    "version": 3,
    "created_at": "2026-01-01T09:00:00Z",
    "updated_at": "2026-02-12T16:20:00Z",
}
RATE_EXAMPLE: Final[JsonDict] = {
    "id": "01890a5d-ac96-7d1f-9e0a-5c2d1b7a4f10",
    "amount": "185.00",
    "effective_from": "2026-01-01",
    "effective_to": "2026-12-31",
    "created_at": "2025-11-20T14:00:00Z",
    "created_by": "ruth.adler",
}
SHEET_CHECK_EXAMPLE: Final[JsonDict] = {
    "added": 0,
    "changed": 1,
    "unchanged": 31,
    "lines": [
        {
            "line": 7,
            "service_code": "90837",
            "service_name": "Individual Psychotherapy, 60 minutes",
            "is_new": False,
            "changes": [
                {"field": "base_rate", "before": "185.00", "after": "195.00"},
                {"field": "effective_from", "before": "2026-01-01", "after": "2027-01-01"},
            ],
        }
    ],
}


class NewService(Description, Body):
    """A service to add, with its first rate."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    base_rate: Amount
    effective_from: RateDay | None = None
    """Since when it costs that much, at the latest today; 1 January of last year when absent."""


class ServiceChanges(Body):
    """What to change of a service; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"service_name": "Individual Psychotherapy, 55 minutes", "standard_duration": 55}]}
    )

    service_name: Line | MISSING = MISSING
    service_type: ServiceType | MISSING = MISSING
    standard_duration: Minutes | MISSING = MISSING
    """Sessions that are booked already keep the duration they were booked with."""
    base_rate: Amount | MISSING = MISSING
    """Only the present one: a new price is scheduled with POST /services/{id}/rates."""
    billing_category: Note | MISSING = MISSING
    description: Note | MISSING = MISSING
    is_active: Flag | MISSING = MISSING
    kind: Kind | MISSING = MISSING
    components: Codes | MISSING = MISSING
    min_minutes: Minutes | MISSING | None = MISSING
    max_minutes: Minutes | MISSING | None = MISSING
    claimable: Claimable | MISSING = MISSING
    requires_primary: Codes | MISSING = MISSING
    excludes_same_day: Codes | MISSING = MISSING
    max_units_per_day: Annotated[Whole, Field(ge=1, le=100)] | MISSING | None = MISSING
    billed_per: BilledPer | MISSING = MISSING
    """Sessions that are completed afterwards follow it; records that are made stay."""
    min_clients: Clients | MISSING = MISSING
    """Sessions that are booked already stay."""


class NewRate(Body):
    """A price from a day on, until the next one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "195.00", "effective_from": "2027-01-01"}]})

    amount: Amount
    effective_from: RateDay
    """Today or later; the rate before it ends the day before."""


class RateView(View):
    """A price and the days on which it is in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [RATE_EXAMPLE]})

    id: RateId
    amount: Amount
    effective_from: Day
    effective_to: Day | None
    """The last day in force; null as long as no other rate follows."""
    created_at: Instant
    created_by: str


class ServiceView(Description, View):
    """A service of the catalog."""

    model_config = ConfigDict(json_schema_extra={"examples": [SERVICE_EXAMPLE]})

    claimable: Claimable
    id: ServiceId
    base_rate: Amount
    """The rate in force today."""
    version: Version
    created_at: Instant
    updated_at: Instant


class Imported(View):
    """What an import did."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"added": 12, "changed": 3, "unchanged": 40}]})

    added: Whole
    changed: Whole
    unchanged: Whole


class SheetChange(View):
    """A value that an import would change, before and after, as a sheet writes it."""

    field: str
    before: str
    after: str


class SheetLine(View):
    """What one line of a sheet would do."""

    line: Whole
    service_code: Code
    service_name: str
    is_new: Flag
    changes: list[SheetChange]
    """Of a service that is there already."""


class SheetCheck(Imported):
    """What an import would do; lines that change nothing are only counted."""

    model_config = ConfigDict(json_schema_extra={"examples": [SHEET_CHECK_EXAMPLE]})

    lines: list[SheetLine]


class LineError(FieldError):
    """One thing that is wrong with one line of a sheet."""

    line: int = Field(examples=[7])
