"""Values of X12 elements, pure: an amount, a quantity or a day, or what is wrong with it, noted while reading goes on."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from contracts.types import FIRST_DAY, LAST_DAY

from billing.x12.interchange import MOST_SHOWN, Finding, Segment

MOST_MONEY: Final = Decimal(1_000_000_000)
CENT: Final = Decimal("0.01")
NOTHING: Final = Decimal("0.00")
NUMBER: Final = re.compile(r"-?(\d{1,15}(\.\d{0,6})?|\.\d{1,6})", re.ASCII)
DAY: Final = re.compile(r"\d{8}", re.ASCII)


@dataclass(slots=True)
class Elements:
    """Reads elements, and keeps everything that was found wrong."""

    findings: list[Finding] = field(default_factory=list[Finding])

    def money(self, segment: Segment, place: int) -> Decimal:
        """Return the amount in an element, in dollars and cents; zero, with a finding, where it is none or above 10⁹ (X12 type R)."""
        amount = self.number(segment, place)
        if amount != amount.quantize(CENT) or abs(amount) > MOST_MONEY:
            message = f"{segment.name}{place:02} is {segment[place][:MOST_SHOWN]!r}: amounts have cents and are at most {MOST_MONEY}."
            self.find("not-an-amount", segment, message)
            return NOTHING
        return amount.quantize(CENT)

    def number(self, segment: Segment, place: int) -> Decimal:
        """Return the number in an element, with at most six decimals; zero, with a finding, where there is none (X12 type R)."""
        if NUMBER.fullmatch(segment[place]):
            return Decimal(segment[place])
        self.find("not-an-amount", segment, f"{segment.name}{place:02} is {segment[place][:MOST_SHOWN]!r}, which is no amount.")
        return NOTHING

    def day(self, segment: Segment, place: int) -> date | None:
        """Return the day in an element (X12 format D8, CCYYMMDD); None where it is empty or, with a finding, is none."""
        value = segment[place]
        if not value:
            return None
        with suppress(ValueError):
            if DAY.fullmatch(value):
                day = date(int(value[:4]), int(value[4:6]), int(value[6:]))
                if FIRST_DAY <= day <= LAST_DAY:
                    return day
        self.find(
            "not-a-date",
            segment,
            f"{segment.name}{place:02} is {value[:MOST_SHOWN]!r}; a date is written as CCYYMMDD, from {FIRST_DAY.year} to {LAST_DAY.year}.",
        )
        return None

    def find(self, code: str, segment: Segment, message: str, fix: str = "Ask the payer for a corrected file.") -> None:
        """Add a finding about a segment; ``code`` is for programs, ``fix`` what would work."""
        self.findings.append(Finding(code, segment.place, message, fix))
