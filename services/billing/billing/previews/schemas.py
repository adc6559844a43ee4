"""Bodies and views of a preview."""

from typing import Annotated, Final, Self

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from contracts.types import Amount, ClientId, Code, Day, Flag, ServiceId, Whole
from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from billing.quotes.schemas import MOST_ADD_ONS, MOST_MINUTES, MOST_UNITS, PRICE_EXAMPLE, FlagView, NewAddOn, Price

MOST_DATES: Final = 200
"""As many as a series has at most."""

MOST_CLIENTS: Final = 13
"""Whose prices are returned at once."""

PREVIEW_EXAMPLE: Final[JsonDict] = {
    **PRICE_EXAMPLE,
    "assumptions": [
        {
            "name": "rate",
            "value": "185.00",
            "effective_from": "2026-01-01",
            "effective_to": None,
            "detail": "per unit, as of version 3 of the service",
        }
    ],
    "cancellation": {
        "late_cancellation_fee": "75.00",
        "no_show_fee": "75.00",
        "late_within_minutes": 1440,
        "detail": "Cancelled less than 24 hours before the start: 75.00. Missed: 75.00. Never claimed from insurance.",
    },
    "valid_until": None,
    "fitting_service": None,
}


class PricedService(Body):
    """What is to be priced, whenever it takes place."""

    service_id: ServiceId | None = None
    service_code: Code | None = None
    """Either the id or the code."""
    insurance_applicable: Flag = False
    therapist_credential: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] | None = None
    """Some contracts pay by it."""
    units: Annotated[Whole, Field(ge=1, le=MOST_UNITS)] = 1
    add_ons: Annotated[tuple[NewAddOn, ...], Field(max_length=MOST_ADD_ONS)] = ()
    """The add-ons; one copay a visit."""

    @model_validator(mode="after")
    def _names_one_service(self) -> Self:
        if (self.service_id is None) == (self.service_code is None):
            raise broken("ambiguous-service", "Name the service by either service_id or service_code.", field="service_code")
        return self


class PreviewRequest(PricedService):
    """What is to be priced."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_code": "90837",
                    "date": "2026-03-02",
                    "insurance_applicable": False,
                    "add_ons": [{"service_code": "90785", "units": 1}],
                }
            ]
        }
    )

    client_id: ClientId | None = None
    """Whose other services on that day are looked at for the flags."""
    date: Day | None = None
    """The date of service; today when absent."""
    minutes: Annotated[Whole, Field(ge=0, le=MOST_MINUTES)] | None = None
    """The documented minutes, of a session that is about to be completed: whether they fit the code is then among the flags."""


class SeriesPreviewRequest(PricedService):
    """Visits on several days that are to be priced one after the other."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_code": "90837",
                    "client_ids": ["01890a5d-ac96-7b55-93e6-9f0a1b2c3d56"],
                    "dates": ["2026-03-02", "2026-03-09"],
                    "insurance_applicable": True,
                }
            ]
        }
    )

    client_ids: Annotated[tuple[ClientId, ...], Field(max_length=MOST_CLIENTS)] = ()
    """Each of them comes to every visit, and is priced by their own coverage; without any, the price is nobody's."""
    dates: Annotated[tuple[Day, ...], Field(min_length=1, max_length=MOST_DATES)]
    """The dates of service, in any order."""


class Assumption(View):
    """One thing that the preview takes for granted."""

    name: str = Field(examples=["rate"])
    value: str = Field(examples=["185.00"])
    effective_from: Day | None = None
    effective_to: Day | None = None
    detail: str = Field(examples=["the rate in force on the date of service"])


class CancellationView(View):
    """What the client owes who does not come."""

    late_within_minutes: Whole | None
    """A cancellation this close to the start is late; None while scheduling has not published it."""
    late_cancellation_fee: Amount | None
    """None where the catalog has no such fee."""
    no_show_fee: Amount | None
    detail: str


class FittingView(View):
    """The service of the same family that documented minutes fit."""

    service_id: ServiceId
    service_code: Code
    service_name: str
    rate_per_unit: Amount
    """On the date of service."""


class PreviewView(Price):
    """What the record of such a visit will state."""

    model_config = ConfigDict(json_schema_extra={"examples": [PREVIEW_EXAMPLE]})

    assumptions: list[Assumption]
    cancellation: CancellationView
    valid_until: Day | None
    """The last date of service for which the same rate, coverage and discount count; open when None."""
    fitting_service: FittingView | None
    """Where the minutes fit another active service than the one priced; what that would cost is another preview."""


class VisitShares(View):
    """Who owes what: total = contractual adjustment + other adjustment + patient + insurance."""

    total_amount: Amount
    contractual_adjustment: Amount
    other_adjustment: Amount
    insurance_amount: Amount
    copay_amount: Amount
    deductible_amount: Amount
    coinsurance_amount: Amount
    patient_amount: Amount


class VisitPrice(VisitShares):
    """The price of one visit of several."""

    service_date: Day
    rate_per_unit: Amount
    insurance_covered: Flag
    flags: list[FlagView]


class ClientSeriesPrice(VisitShares):
    """What the visits of one client cost together, and each of them."""

    client_id: ClientId | None
    """None where no client was named."""
    visits: list[VisitPrice]
    """In the order of time: each uses up what those before it leave of the client's plan."""


SHARES_EXAMPLE: Final[JsonDict] = {
    "total_amount": "185.00",
    "contractual_adjustment": "33.00",
    "other_adjustment": "0.00",
    "insurance_amount": "52.00",
    "copay_amount": "0.00",
    "deductible_amount": "100.00",
    "coinsurance_amount": "0.00",
    "patient_amount": "100.00",
}


class SeriesPreviewView(View):
    """What visits on several days will cost."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "client_id": "01890a5d-ac96-7b55-93e6-9f0a1b2c3d56",
                            **SHARES_EXAMPLE,
                            "visits": [
                                {
                                    **SHARES_EXAMPLE,
                                    "service_date": "2026-03-02",
                                    "rate_per_unit": "185.00",
                                    "insurance_covered": True,
                                    "flags": [],
                                }
                            ],
                        }
                    ]
                }
            ]
        }
    )

    items: list[ClientSeriesPrice]
    """In the order in which the clients were named."""
