"""The demonstration network: who works where, what there is, who comes. Every name is made up."""

import csv
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Final

SHEET: Final = Path(__file__).with_name("services.csv")

MON, TUE, WED, THU, FRI, SAT = range(6)
WEEK: Final = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True, slots=True)
class Room:
    """A room of a site."""

    number: str
    name: str
    capacity: int
    equipment: tuple[str, ...]
    turnover_minutes: int = 10


@dataclass(frozen=True, slots=True)
class Site:
    """A clinic."""

    name: str
    time_zone: str
    opening_hours: dict[str, list[list[str]]]
    address: str
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class Therapist:
    """Somebody who works at one site, on the same weekdays each week."""

    full_name: str
    npi: str
    credential: str
    site: Site
    practice: str
    weekdays: tuple[int, ...]
    begins: time


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who comes."""

    full_name: str
    email: str
    phone: str
    therapist: Therapist


HARBOR: Final = Site(
    "Harbor Street",
    "America/New_York",
    {**{day: [["08:00", "20:00"]] for day in WEEK}, "sat": [["09:00", "14:00"]]},
    "12 Harbor Street, Exampleton",
    (
        Room("101", "Willow", 2, ("telephone",)),
        Room("102", "Birch", 2, ("telephone", "video")),
        Room("103", "Maple", 3, ("video", "whiteboard")),
        Room("201", "Cedar", 5, ("telephone", "video")),
        Room("202", "Alder", 6, ("whiteboard",)),
        Room("203", "Great Oak", 12, ("video", "whiteboard"), 15),
    ),
)
DESERT: Final = Site(
    "Desert Bloom",
    "America/Phoenix",
    {day: [["07:30", "19:00"]] for day in WEEK},
    "400 Ocotillo Avenue, Sampleville",
    (
        Room("1", "Agave", 2, ("telephone",)),
        Room("2", "Yucca", 2, ("video",)),
        Room("3", "Mesquite", 5, ("video", "whiteboard")),
        Room("4", "Saguaro", 10, ("telephone", "video", "whiteboard"), 15),
        Room("5", "Ocotillo", 4, ("telephone",)),
    ),
)
LINDEN: Final = Site(
    "Lindenhof",
    "Europe/Berlin",
    {**{day: [["08:00", "12:30"], ["13:00", "19:30"]] for day in WEEK[:4]}, "fri": [["08:00", "16:00"]]},
    "Musterweg 7, Beispielstadt",
    (
        Room("E1", "Linde", 2, ("telephone", "video")),
        Room("E2", "Ahorn", 3, ("video",)),
        Room("E3", "Kastanie", 5, ("whiteboard",)),
        Room("E4", "Saal", 14, ("video", "whiteboard"), 15),
    ),
)
SITES: Final = (HARBOR, DESERT, LINDEN)

PRACTICES: Final[dict[str, dict[str, int]]] = {
    "talks": {"90837": 9, "90834": 7, "90832": 3, "90834+90837": 2},
    "families": {"90847": 6, "90846": 2, "90837": 3, "90834": 3},
    "groups": {"90853": 3, "90834": 5, "90837": 4},
    "tests": {"96130": 3, "96132": 3, "96136": 3, "90834": 4},
    "medicates": {"99213": 6, "99214": 5, "90792": 2},
}
"""What each practice offers, with weights."""
PLACES: Final = {"90847": 4, "90846": 3, "90853": 8, "90849": 8}
"""Places that these services need."""
FOR_TWO: Final = frozenset({"90847"})
"""Booked for a client and their partner."""
FIRST_VISITS: Final = {"talks": "90791", "families": "90791", "groups": "INTRO15"}
"""What some clients begin with."""


def npi(first_nine: str) -> str:
    """Add the check digit: Luhn over the digits with the prefix 80840."""
    digits = [int(digit) for digit in f"80840{first_nine}"]
    doubled = [digit * 2 for digit in digits[::-2]]
    total = sum(digit // 10 + digit % 10 for digit in doubled) + sum(digits[-2::-2])
    return f"{first_nine}{-total % 10}"


def _therapists() -> tuple[Therapist, ...]:
    morning, later = time(9), time(11, 15)
    cast = (
        ("Nora Mockford", "PhD", HARBOR, "talks", (MON, TUE, WED, THU), morning),
        ("Theo Samplewood", "LCSW", HARBOR, "talks", (TUE, WED, THU, FRI, SAT), morning),
        ("Ruth Testerman", "LMFT", HARBOR, "families", (MON, WED, THU, FRI), later),
        ("Omar Fictional", "MD", HARBOR, "medicates", (MON, TUE, THU), morning),
        ("Ines Makebelieve", "PsyD", HARBOR, "groups", (MON, TUE, WED, FRI), later),
        ("Delia Placeholder", "PhD", DESERT, "talks", (MON, TUE, WED, FRI), morning),
        ("Hugo Example", "LCSW", DESERT, "talks", (MON, TUE, THU, FRI), later),
        ("Mina Pretend", "LMFT", DESERT, "families", (TUE, WED, THU), morning),
        ("Abel Storybrook", "PMHNP", DESERT, "medicates", (MON, WED, THU, FRI), morning),
        ("Greta Mustermann", "PsyD", LINDEN, "talks", (MON, TUE, WED, THU), morning),
        ("Emil Beispiel", "PhD", LINDEN, "tests", (MON, TUE, WED, FRI), morning),
        ("Lotte Fabel", "LMFT", LINDEN, "groups", (TUE, WED, THU), time(13)),
    )
    return tuple(
        Therapist(name, npi(str(100_000_900 + number)), credential, site, practice, weekdays, begins)
        for number, (name, credential, site, practice, weekdays, begins) in enumerate(cast, start=1)
    )


FIRST_NAMES: Final = (
    "Ada", "Bruno", "Clara", "Dario", "Elena", "Felix", "Gilda", "Henrik", "Iris", "Jonas",
    "Kaya", "Leon", "Mara", "Nils", "Olga", "Pablo", "Quinn", "Rosa", "Silas", "Tilda",
)  # fmt: skip
LAST_NAMES: Final = ("Inkwell", "Papermoon", "Quillfeather", "Tintagel")


def _clients() -> tuple[Client, ...]:
    found = []
    for number in range(len(FIRST_NAMES) * len(LAST_NAMES)):
        first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number // len(FIRST_NAMES)]
        email = f"{first}.{last}@example.com".lower()
        found.append(Client(f"{first} {last}", email, f"+1 212 555 01{number:02}", THERAPISTS[number % len(THERAPISTS)]))
    return tuple(found)


THERAPISTS: Final = _therapists()
CLIENTS: Final = _clients()


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price that begins on the first day of a month to come."""

    service_code: str
    amount: Decimal
    months_ahead: int

    def begins(self, first_day: date) -> date:
        """Return when, for a network that opened on this day."""
        months = first_day.month - 1 + self.months_ahead
        return date(first_day.year + months // 12, months % 12 + 1, 1)


PRICE_CHANGES: Final = (
    PriceChange("90834", Decimal("146.00"), 1),
    PriceChange("90837", Decimal("195.00"), 1),
    PriceChange("90837", Decimal("199.00"), 7),
    PriceChange("90847", Decimal("172.00"), 2),
)


def services() -> dict[str, dict[str, str]]:
    """Return the lines of the demo catalog by code."""
    with SHEET.open(encoding="utf-8", newline="") as sheet:
        return {line["service_code"]: line for line in csv.DictReader(sheet)}
