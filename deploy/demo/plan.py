"""Seven weeks of sessions around the day on which the network was loaded: always the same for the same day.

People keep their weekday and hour. Nobody is in two places at once, and no client comes twice on a day, so that a
session is known by its client and day; what is refused is refused on purpose.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from demo.network import CLIENTS, FIRST_VISITS, PLACES, PRACTICES, THERAPISTS, Client, Site, Therapist, services

SEED: Final = 20_260_302
DAYS_BACK: Final = 28
DAYS_AHEAD: Final = 21
VISITS_A_DAY: Final = 4
GAP: Final = timedelta(minutes=15)
QUARTER: Final = timedelta(minutes=15)
EVERY_OTHER_WEEK: Final = 0.5
ROOM_REQUESTS: Final = 12
WANTED: Final = "90834"
LEFT_OPEN: Final = 4
"""Every so many-th offer of alternatives is left for somebody to look at."""
BUSY: Final = (
    frozenset({"therapist-busy"}),
    frozenset({"client-busy"}),
    frozenset({"therapist-busy", "client-busy"}),
    frozenset({"therapist-busy"}),
)
BY_VIDEO: Final = frozenset({"90834", "90837"})
SHARE_BY_VIDEO: Final = 0.1
SHARE_NEW: Final = 0.3
SHARE_CALLED_OFF: Final = 0.03
MINUTES_LATE: Final = (0, 0, 1, 2, 4)
MINUTES_LONGER: Final = (-6, -2, 0, 0, 1, 3)
SHARES_PAID: Final = {100: 60, 0: 30, 50: 10}
"""Percent of the bill that clients have paid, with weights."""


class Ending(StrEnum):
    """What became of a session."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "no_show"


PAST_ENDINGS: Final = {Ending.COMPLETED: 86, Ending.CANCELLED: 6, Ending.MISSED: 5, None: 3}
"""What became of sessions, with weights; some have no outcome yet."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A session that is meant to be there."""

    client: Client
    therapist: Therapist
    service_code: str
    starts_at: datetime
    minutes: int
    capacity: int | None = None
    equipment: tuple[str, ...] = ()
    ending: Ending | None = None
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    share_paid: int = 0
    """Percent of the bill that the client has paid already."""
    wants_room_of: "Visit | None" = None
    """It requests the room that this other session has."""
    accepts: bool = True
    """Takes the best alternative when it is offered some."""

    @property
    def site(self) -> Site:
        """Where it takes place."""
        return self.therapist.site

    @property
    def ends_at(self) -> datetime:
        """When it is over, as planned."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def key(self) -> tuple[str, date]:
        """What it is known by: the client and the day at the site."""
        return (self.client.email, self.starts_at.date())


@dataclass(frozen=True, slots=True)
class Plan:
    """What the demonstration network is filled with."""

    visits: tuple[Visit, ...]
    """Each finds a room."""
    wanted: tuple[Visit, ...]
    """Each wants a room that is taken, and is offered alternatives."""
    impossible: tuple[tuple[Visit, frozenset[str]], ...]
    """Each wants somebody who is busy, with the codes of the refusal."""


@dataclass(frozen=True, slots=True)
class _Slot:
    client: Client
    therapist: Therapist
    weekday: int
    begins: time
    service_code: str
    every: int
    phase: int


def plan(first_day: date) -> Plan:
    """Plan the weeks around the day on which the network is loaded first."""
    chance = Random(SEED)  # noqa: S311 (a demonstration, not a secret)
    minutes = {code: int(line["standard_duration"]) for code, line in services().items()}
    slots = list(_weekly(chance, minutes))
    visits = [visit for offset in range(-DAYS_BACK, DAYS_AHEAD + 1) for visit in _day(offset, first_day, slots, minutes, chance)]
    visits = _with_first_visits(visits, minutes, chance)
    wanted = tuple(_wanted(visits, first_day, minutes, chance))
    return Plan(tuple(visits), wanted, tuple(_impossible([*visits, *wanted], first_day, chance)))


def _weekly(chance: Random, minutes: dict[str, int]) -> Iterator[_Slot]:
    """Give each therapist's hours to the clients who come to them, evenly."""
    for therapist in THERAPISTS:
        own = [client for client in CLIENTS if client.therapist is therapist]
        load = Counter({client.email: 0 for client in own})
        offers = PRACTICES[therapist.practice]
        for weekday in therapist.weekdays:
            at = datetime.combine(date.min, therapist.begins)
            today = sorted(own, key=lambda client: load[client.email])[: min(VISITS_A_DAY, len(own))]
            for client in today:
                [code] = chance.choices(list(offers), list(offers.values()))
                load[client.email] += 1
                every = 2 if chance.random() < EVERY_OTHER_WEEK else 1
                slot = _Slot(client, therapist, weekday, at.time(), code, every, chance.randrange(2))
                at = _after(at, minutes[code])
                if _is_open(therapist.site, weekday, slot.begins, minutes[code]):
                    yield slot


def _after(at: datetime, minutes: int) -> datetime:
    """Return the next quarter of an hour after a session and a breather."""
    free = at + timedelta(minutes=minutes) + GAP
    return free + (datetime.combine(at, time.min) - free) % QUARTER


def _is_open(site: Site, weekday: int, begins: time, minutes: int) -> bool:
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[weekday]
    first = datetime.combine(date.min, begins)
    last = first + timedelta(minutes=minutes)
    return any(
        opens <= f"{first:%H:%M}" and f"{last:%H:%M}" <= closes and first.date() == last.date()
        for opens, closes in site.opening_hours.get(day, ())
    )


def _day(offset: int, first_day: date, slots: list[_Slot], minutes: dict[str, int], chance: Random) -> Iterator[Visit]:
    day = first_day + timedelta(days=offset)
    for slot in slots:
        if slot.weekday != day.weekday() or (day.toordinal() // 7 + slot.phase) % slot.every:
            continue
        code = slot.service_code
        starts_at = datetime.combine(day, slot.begins, ZoneInfo(slot.therapist.site.time_zone))
        from_afar = code in BY_VIDEO and chance.random() < SHARE_BY_VIDEO
        visit = Visit(slot.client, slot.therapist, code, starts_at, minutes[code], PLACES.get(code), ("video",) if from_afar else ())
        yield _with_ending(visit, offset, chance)


def _with_ending(visit: Visit, offset: int, chance: Random) -> Visit:
    """Decide what became of it: most of the past were completed, a few to come are called off, today is open."""
    late, longer = timedelta(minutes=chance.choice(MINUTES_LATE)), timedelta(minutes=chance.choice(MINUTES_LONGER))
    [paid] = chance.choices(list(SHARES_PAID), list(SHARES_PAID.values()))
    [past] = chance.choices(list(PAST_ENDINGS), list(PAST_ENDINGS.values()))
    called_off = chance.random() < SHARE_CALLED_OFF
    ending = past if offset < 0 else Ending.CANCELLED if offset > 0 and called_off else None
    if ending is not Ending.COMPLETED:
        return replace(visit, ending=ending)
    started = visit.starts_at + late
    return replace(visit, ending=ending, actual_start=started, actual_end=visit.ends_at + late + longer, share_paid=paid)


def _with_first_visits(visits: list[Visit], minutes: dict[str, int], chance: Random) -> list[Visit]:
    """Let some clients begin with what one begins with, where it fits into their time."""
    known: set[str] = set()
    changed = []
    for visit in visits:
        code = FIRST_VISITS.get(visit.therapist.practice)
        begins = visit.client.email not in known and chance.random() < SHARE_NEW
        known.add(visit.client.email)
        if begins and code and minutes[code] == visit.minutes:
            changed.append(replace(visit, service_code=code))
        else:
            changed.append(visit)
    return changed


def _wanted(visits: list[Visit], first_day: date, minutes: dict[str, int], chance: Random) -> Iterator[Visit]:
    """Let colleagues who are off that day request a room that somebody has, each for a client of their own."""
    to_come = [visit for visit in visits if visit.starts_at.date() > first_day and visit.ending is None]
    taken = {(person, visit.starts_at.date()) for visit in visits for person in (visit.therapist.npi, visit.client.email)}
    made = 0
    for other in chance.sample(to_come, len(to_come)):
        day = other.starts_at.date()
        colleagues = [one for one in THERAPISTS if one.site is other.site and (one.npi, day) not in taken]
        clients = [one for one in CLIENTS if one.therapist in colleagues and (one.email, day) not in taken]
        if not clients or other.minutes < minutes[WANTED]:
            continue
        client = clients[made % len(clients)]
        taken |= {(client.therapist.npi, day), (client.email, day)}
        made += 1
        yield Visit(client, client.therapist, WANTED, other.starts_at, minutes[WANTED], wants_room_of=other, accepts=made % LEFT_OPEN != 0)
        if made == ROOM_REQUESTS:
            return


def _impossible(visits: list[Visit], first_day: date, chance: Random) -> Iterator[tuple[Visit, frozenset[str]]]:
    """Request people who are busy at that very time."""
    to_come = [visit for visit in visits if visit.starts_at.date() > first_day and visit.ending is None and not visit.wants_room_of]
    for other, busy in zip(chance.sample(to_come, len(BUSY)), BUSY, strict=True):
        day = other.starts_at.date()
        occupied = {person for visit in visits if visit.starts_at.date() == day for person in (visit.therapist.npi, visit.client.email)}
        client = other.client if "client-busy" in busy else next(one for one in CLIENTS if one.email not in occupied)
        here = [one for one in THERAPISTS if one.site is other.site and one is not other.therapist and one.npi not in occupied]
        therapist = other.therapist if "therapist-busy" in busy else next(iter(here), None)
        if therapist is not None:
            yield replace(other, client=client, therapist=therapist, capacity=None, equipment=()), busy
