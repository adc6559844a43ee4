"""The small values every contract is made of: typed ids, instants, money, codes.

They read JSON strictly whatever model they stand in: an id is a UUID string, an instant an RFC 3339 string with
its offset, money a string with at most two decimals.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, NewType
from uuid import UUID

import uuid_utils.compat
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, PlainSerializer, Strict, WithJsonSchema

from contracts.forms import TextForm

ServiceId = NewType("ServiceId", UUID)
RateId = NewType("RateId", UUID)
SiteId = NewType("SiteId", UUID)
RoomId = NewType("RoomId", UUID)
BlockId = NewType("BlockId", UUID)
HoldId = NewType("HoldId", UUID)
AlternativeId = NewType("AlternativeId", UUID)
TherapistId = NewType("TherapistId", UUID)
ClientId = NewType("ClientId", UUID)
SessionId = NewType("SessionId", UUID)
SeriesId = NewType("SeriesId", UUID)
RecordId = NewType("RecordId", UUID)
GroupId = NewType("GroupId", UUID)
InquiryId = NewType("InquiryId", UUID)
ReplanId = NewType("ReplanId", UUID)
ComparisonId = NewType("ComparisonId", UUID)
EntryId = NewType("EntryId", UUID)
"""A place on the waitlist."""

LONGEST_SESSION: Final = timedelta(hours=10)
"""No service takes longer, so no room or person is taken longer."""
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""Days of the calendar; the years before and after leave room for time zones and for ranges around a day."""
DAY_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DAY: Final = r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
"""The days of those years as a schema states them; which months have 31 the format ``date`` states."""
DAY_SINCE_2000: Final = DAY.replace("19|20|21", "20|21")
INSTANT: Final = r"^(1999-12-31|2[01][0-9]{2}-[0-9]{2}-[0-9]{2}|2200-01-01)"
"""The years of a moment as a schema states them; the days before and after them are there for offsets."""
NUMBER: Final = re.compile(r"[-+._ 0-9]*(e[-+]?[0-9]+)?", re.IGNORECASE)
"""What pydantic would take for seconds since 1970."""
MONEY: Final = r"^-?\d{1,10}(\.\d{1,2})?$"
"""Every amount as it is written: plain ASCII digits (as ``\\d`` means in JSON Schema), without exponent, spaces or separators."""
AMOUNT: Final = r"^[0-9]{1,10}(\.[0-9]{1,2})?$"
"""The same without a sign."""
MONEY_HINT: Final = "Money is written with two decimals, such as 185.00"
PERCENT: Final = r"^\d{1,3}(\.\d{1,2})?$"
UP_TO_A_HUNDRED: Final = r"^([0-9]{1,2}(\.[0-9]{1,2})?|100(\.00?)?)$"
"""The same with its bound."""
SERVICE_CODE: Final = r"^[A-Z0-9]{1,10}([+-][A-Z0-9]{1,9})*$"


def new_id() -> UUID:
    """Mint a UUIDv7: unique, and sorted by the time it was made."""
    return uuid_utils.compat.uuid7()


def _written_with_offset(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and value.isascii() and not NUMBER.fullmatch(value)):
        return value
    message = "An instant is written as RFC 3339 with its offset, such as 2026-03-02T14:00:00Z"
    raise ValueError(message)


def _in_utc(value: datetime) -> datetime:
    if not EARLIEST <= value <= LATEST:
        message = f"An instant lies between {EARLIEST:%Y} and {LATEST:%Y}"
        raise ValueError(message)
    return value.astimezone(UTC)


def _written_as_date(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and DAY_FORM.fullmatch(value)):
        return value
    message = "A date is written as YYYY-MM-DD"
    raise ValueError(message)


def _within_the_calendar(value: date) -> date:
    if not FIRST_DAY <= value <= LAST_DAY:
        message = f"a date lies between {FIRST_DAY} and {LAST_DAY}"
        raise ValueError(message)
    return value


def _written_as_money(value: object) -> object:
    if isinstance(value, Decimal) or (isinstance(value, str) and re.fullmatch(MONEY, value, re.ASCII)):
        return value
    if not isinstance(value, str):
        message = 'Money is written as a string with two decimals, such as "185.00"'
        raise ValueError(message)  # noqa: TRY004 - a finding of pydantic
    is_too_large = re.fullmatch(r"-?\d{11,}(\.\d*)?", value, re.ASCII)
    message = "An amount has at most ten digits before the point" if is_too_large else MONEY_HINT
    raise ValueError(message)


def _written_as_percent(value: object) -> object:
    if not isinstance(value, str) or re.fullmatch(PERCENT, value, re.ASCII):
        return value
    message = 'A percentage is written as a number from 0 to 100 with at most two decimals, such as "12.5"'
    raise ValueError(message)


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_with_offset),
    AfterValidator(_in_utc),
    Strict(strict=False),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": INSTANT}),
]
"""A moment: read with any offset, kept and answered in UTC."""

Day = Annotated[
    date,
    BeforeValidator(_written_as_date),
    AfterValidator(_within_the_calendar),
    Strict(strict=False),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY}),
]
"""A calendar day in the site's time zone, written YYYY-MM-DD."""

Month = Annotated[str, TextForm(r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", "A month is written as 2026-03.")]
"""A calendar month, written YYYY-MM."""

Week = Annotated[str, TextForm(r"^(19|20|21)[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])$", "A week is written as 2026-W10.")]
"""An ISO 8601 week, written YYYY-Www; not every year has a week 53."""

_AS_MONEY: Final = (BeforeValidator(_written_as_money), PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str))
"""Stands behind the bounds of an amount, which pydantic's core checks there; before them, a Python function would check each."""

Money = Annotated[
    Decimal,
    Field(max_digits=12, decimal_places=2, allow_inf_nan=False),
    Strict(strict=False),
    *_AS_MONEY,
    WithJsonSchema({"type": "string", "pattern": MONEY, "examples": ["185.00"]}),
]
"""An amount in the network's currency, to the cent; negative only where money flows back."""

Amount = Annotated[
    Decimal,
    Field(max_digits=12, decimal_places=2, allow_inf_nan=False, ge=0),
    Strict(strict=False),
    *_AS_MONEY,
    WithJsonSchema({"type": "string", "pattern": AMOUNT, "examples": ["185.00"]}),
]
"""Money that cannot be negative: a rate, a charge, a fee."""

Percent = Annotated[
    Decimal,
    BeforeValidator(_written_as_percent),
    Field(ge=0, le=100, decimal_places=2, allow_inf_nan=False),
    Strict(strict=False),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0, "maximum": 100}, {"type": "string", "pattern": UP_TO_A_HUNDRED}], "examples": ["12.5"]}
    ),
]
"""A share of a hundred, with at most two decimals."""

Code = Annotated[
    str,
    Field(max_length=20),
    TextForm(SERVICE_CODE, "A code has capital letters and digits, parts joined by + or -, such as 90837 or 90834+90837."),
]
"""A service or billing code, such as 90837, 90834+90837 or NOSHOW."""

Whole = Annotated[int, Strict(), Field(ge=-(2**31), lt=2**31)]
"""A whole number that a 32-bit column can hold."""

Flag = Annotated[bool, Strict()]
Version = Annotated[Whole, Field(ge=1)]
Equipment = Annotated[
    str, TextForm(r"^[a-z][a-z0-9_]{0,39}$", "Small letters, digits and _ are possible, such as play_corner; 40 at most.")
]
