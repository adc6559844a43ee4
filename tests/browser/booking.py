"""The booking page as the front desk uses it, and a clinic whose people no other test could mean."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from httpx import AsyncClient
from playwright.async_api import Locator, expect
from support.clinic import BY_DAY, NEW_YORK, TODAY, Clinic, code

from browser.desk import Desk

TOMORROW_WEEK: Final = (TODAY + timedelta(days=8)).isoformat()
"""The day on which a clinic books unless stated otherwise, as ``Clinic.wanted`` has it."""


async def clinic_by_day(http: AsyncClient, *, rooms: int = 2, minutes: int = 60) -> Clinic:
    """Open a clinic from eight to eight, with a therapist and a client of names that are theirs alone."""
    clinic = await Clinic.open(http, rooms=rooms, hours=BY_DAY, minutes=minutes)
    clinic.therapist = await clinic.new_therapist(f"Ruth {code()}")
    clinic.client = await clinic.new_client(f"Jonas {code()}")
    return clinic


@dataclass(slots=True)
class BookingPage:
    """The form, and what stands beside it."""

    desk: Desk

    @classmethod
    async def of(cls, desk: Desk, **query: str) -> "BookingPage":
        """Go there; the address may state day, time and room already."""
        await desk.go("/book", **query)
        return cls(desk)

    @property
    def check(self) -> Locator:
        """Whether everybody is free."""
        return self.desk.page.get_by_role("region", name="Availability")

    @property
    def price(self) -> Locator:
        """Price."""
        return self.desk.page.get_by_role("region", name="Price")

    @property
    def book(self) -> Locator:
        """The button that sends it."""
        return self.desk.page.get_by_role("form", name="Booking").get_by_role("button", name="Book ")

    def field(self, name: str) -> Locator:
        """Find a field by its label."""
        return self.desk.page.get_by_label(name, exact=False).and_(self.desk.page.locator("input")).first

    def found(self, words: str) -> Locator:
        """Find what is offered for these words, other than to add somebody."""
        return self.desk.page.get_by_role("option", name=words).filter(has_not_text=re.compile("^Add “"))

    async def choose(self, name: str, words: str) -> None:
        """Type part of a name and take what is found."""
        await self.field(name).fill(words)
        await self.found(words).click()

    async def say_who_and_what(self) -> None:
        """Choose the clinic's own client, therapist and service."""
        clinic = self.desk.clinic
        await self.choose("Client", clinic.client["full_name"])
        await self.choose("Therapist", clinic.therapist["full_name"])
        await self.choose("Service", clinic.service["service_code"])

    async def is_booked_in(self, room: str) -> None:
        """Wait until the page reports it."""
        await expect(self.desk.page.get_by_role("heading", name=f"Booked in room {room}")).to_be_visible()


def next_clock_change(*, forward: bool) -> date:
    """Return the next Sunday, more than a week away, on which New York's clocks are set that way."""
    day = TODAY + timedelta(days=8)
    while _hours_gained(day) != (1 if forward else -1):
        day += timedelta(days=1)
    return day


def _hours_gained(day: date) -> int:
    def offset(of: date) -> float:
        moment = datetime(of.year, of.month, of.day, tzinfo=NEW_YORK).utcoffset()
        return moment.total_seconds() / 3600 if moment else 0

    return round(offset(day + timedelta(days=1)) - offset(day))
