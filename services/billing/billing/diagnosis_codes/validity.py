"""Whether a diagnosis is valid on a day by the list of diagnosis codes, and what would be; decided from plain values.

Source: ICD-10-CM, a new edition of which takes effect on 1 October and some years on 1 April (CMS and NCHS).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Final

CATEGORY_CHARACTERS: Final = 3
"""A code begins with its category: F41 of F41.1."""
MOST_SUGGESTED: Final = 6


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which a code is valid, both days included; without an end while it is."""

    valid_from: date
    valid_until: date | None = None

    def has(self, day: date) -> bool:
        """Whether the code is valid on a day."""
        return self.valid_from <= day <= (self.valid_until or day)


Listed = Mapping[str, Sequence[Period]]
"""The periods of each code of the list."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A diagnosis that the list does not have on a day, why, and what would work."""

    code: str
    message: str
    fix: str

    @property
    def sentence(self) -> str:
        """The reason and what would work, in one line."""
        return f"{self.message} {self.fix}"


def category_of(code: str) -> str:
    """Return the category that a code belongs to."""
    return code[:CATEGORY_CHARACTERS]


def is_valid(code: str, day: date, listed: Listed) -> bool:
    """Whether the list has the code on a day."""
    return any(period.has(day) for period in listed.get(code, ()))


def unusable(code: str, day: date, listed: Listed) -> Unusable:
    """Return why the list does not have a code on a day; ``listed`` has the code's whole category."""
    periods = sorted(listed.get(code, ()), key=lambda period: period.valid_from)
    return Unusable(code, _reason(code, day, periods), _fix(code, day, listed))


def _reason(code: str, day: date, periods: Sequence[Period]) -> str:
    if not periods:
        return f"{code} is not in the list of diagnosis codes."
    ended = [period.valid_until for period in periods if period.valid_until is not None and period.valid_until < day]
    if ended:
        return f"{code} was valid until {max(ended)}, and is not on {day}."
    return f"{code} is valid from {periods[0].valid_from} on, and is not on {day}."


def _fix(code: str, day: date, listed: Listed) -> str:
    found = nearest(code, (other for other in listed if category_of(other) == category_of(code) and is_valid(other, day, listed)))
    if not found:
        return f"The list has no code of the category {category_of(code)} on that day. Search it by words of the diagnosis."
    return f"Valid on that day in the category {category_of(code)}: {', '.join(found)}."


def nearest(code: str, others: Iterable[str]) -> list[str]:
    """Return the codes that begin most like a code, in their own order."""
    ranked = sorted(others, key=lambda other: (-_shared(code, other), other))
    return sorted(ranked[:MOST_SUGGESTED])


def _shared(code: str, other: str) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(code, other, strict=False))))
