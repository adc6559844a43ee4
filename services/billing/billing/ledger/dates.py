"""The two days of a posting: when the money was received, and when it is deposited.

Both may be given for anything that is posted by hand. A day that is absent is the day of the posting in the network's time zone, which is
also what counts for postings that are older than these days.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Protocol

from chassis.errors import DomainError, FieldError, Invalid
from chassis.named_times import NamedTime

MOST_DAYS_PREPAID: Final = 365
"""As long before the date of service money for it may be received."""
MOST_DAYS_TO_DEPOSIT: Final = 31
"""As far ahead a deposit may lie."""
FORMER: Final = "Leave it out for today, or correct the year."


class Dated(Protocol):
    """A posting that may have its days."""

    @property
    def received_date(self) -> date | None:
        """The day when the money was received; None for today."""

    @property
    def deposit_date(self) -> date | None:
        """The day of the deposit; None for today."""


def refused_days(body: Dated, service_date: date, today: date) -> DomainError | None:
    """Return the refusal, which names all that is wrong with the days of a posting; None where they may be."""
    wrong = list(objections(body, service_date, today))
    return Invalid(wrong[0].code, " ".join(each.message for each in wrong), wrong) if wrong else None


def objections(body: Dated, service_date: date, today: date) -> Iterator[FieldError]:
    """Return what is wrong with the days of a posting to a record with this date of service."""
    received, deposited = body.received_date or today, body.deposit_date or today
    if received > today:
        message = f"The received date {received} is later than today, {today}."
        yield _error("received_date", "received-later-than-today", message, "Enter today or an earlier day.", received, today)
    if body.received_date and (service_date - received).days > MOST_DAYS_PREPAID:
        message = f"The received date {received} is more than {MOST_DAYS_PREPAID} days before the date of service, {service_date}."
        yield _error("received_date", "received-too-early", message, FORMER, received, service_date)
    if deposited < received:
        message = f"The deposit date {deposited} is before the received date, {received}."
        yield _error("deposit_date", "deposit-before-received", message, f"Enter {received} or a later day.", deposited, received)
    if (deposited - today).days > MOST_DAYS_TO_DEPOSIT:
        last = today + timedelta(days=MOST_DAYS_TO_DEPOSIT)
        message = f"The deposit date {deposited} is more than {MOST_DAYS_TO_DEPOSIT} days from today, {today}."
        yield _error("deposit_date", "deposit-too-late", message, f"Enter {last} or an earlier day.", deposited, today, last)


def _error(field: str, code: str, message: str, fix: str, *named: date) -> FieldError:
    """Return the error; ``named`` are the days of the message and then of the fix."""
    return FieldError(field=field, code=code, message=message, fix=fix, times=[NamedTime.of_day(day) for day in named])
