"""The next free slots for a service, and what else would do, also with somebody else: nothing is held, with one query to rooms."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from chassis.data.database import Database
from chassis.errors import Invalid
from chassis.requests.questions import Questions
from chassis.rows.changes import require
from contracts.rooms import AlternativeKind, HoldFinding, HoldRequest, Obstacle
from contracts.types import LONGEST_SESSION, AlternativeId, ClientId, HoldId, RoomId, ServiceId, SessionId, SiteId, TherapistId, new_id

from scheduling.availability.schemas import FirstAvailable, OpenAlternative, Slot
from scheduling.availability.starts import REACH, described, near_starts, score
from scheduling.decisions import booking
from scheduling.decisions import queries as decisions_queries
from scheduling.decisions.requests import BookingRequest, Named, ReferenceData
from scheduling.free_times import openings
from scheduling.free_times.queries import find_free_starts
from scheduling.inquiries import queries as inquiries_queries
from scheduling.lifecycle.busy_times import Interval
from scheduling.lifecycle.steps import SHORTEST_DEADLINE
from scheduling.people import queries as people_queries
from scheduling.replicas import queries as replicas_queries
from scheduling.replicas.reference import Room, Service
from scheduling.sessions import queries as sessions_queries

LONGEST_SEARCH: Final = timedelta(days=62)

JUDGED_AT_ONCE: Final = 20
"""Plans in one step of the event loop."""

LOADED_AT_ONCE: Final = 2 * REACH + 1
"""Intervals whose people's times are read by one statement, where all of them may be judged: those around a time without later days."""

REQUESTED_AT_ONCE: Final = (8, 32, inquiries_queries.REQUESTS_AT_MOST)
"""Starts that rooms is queried about: the first few, then more while there are not enough rooms, and then no more."""

NEVER: Final = {Obstacle.TOO_SMALL, Obstacle.LACKS_EQUIPMENT, Obstacle.INACTIVE, Obstacle.UNKNOWN_ROOM, Obstacle.UNKNOWN_SITE}
"""Reported first only where no room of the site will do at any time: the nearest room's gravest reason comes first."""

A_DAY: Final = timedelta(days=1)
"""A daily maximum counts the last day whole."""

THERAPIST: Final = "therapist_id"
ROOM: Final = "room_id"

Free = tuple[datetime, list[TherapistId]]
"""A start, and therapists who are free then."""

Place = tuple[datetime, RoomId | None]
"""A start in a named room, or in any."""

T = TypeVar("T")


class NamedRoom(NamedTuple):
    """A room that is free."""

    id: RoomId
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for, from when until when."""

    service_id: ServiceId
    site_id: SiteId
    since: datetime
    until: datetime
    therapist_id: TherapistId | None = None
    client_ids: tuple[ClientId, ...] = ()
    capacity: int | None = None
    equipment: tuple[str, ...] = ()

    def booking_request(self, starts_at: datetime) -> BookingRequest:
        """Return the request to rooms for it."""
        nobody = new_id()
        first, *others = self.client_ids or (ClientId(nobody),)
        return BookingRequest(
            client_id=first,
            other_client_ids=tuple(others),
            therapist_id=self.therapist_id or TherapistId(nobody),
            service_id=self.service_id,
            site_id=self.site_id,
            starts_at=starts_at,
            capacity=self.capacity,
            equipment=self.equipment,
        )


async def first_available(search: Search, limit: int, database: Database, questions: Questions, now: datetime) -> FirstAvailable:
    """Find the earliest starts for these people, and a room for each; NotFound for who or what is unknown, Invalid for the range."""
    since, until = search.since, search.until
    if not since < until or until - since > LONGEST_SEARCH:
        raise Invalid("impossible-range", f"to must lie after from, at most {LONGEST_SEARCH.days} days. Search in parts.", field="to")
    async with database.reading() as db:
        names, times = await people_queries.load_working_times(db, search.site_id, search.therapist_id, since, until + LONGEST_SESSION)
        data = await decisions_queries.load_reference_data(db, _named(search, ()))
        service = _known(search, names, data)
        interval = _interval(search, TherapistId(new_id()), service.duration)
        around = [(client, since - A_DAY, until + A_DAY) for client in interval.client_ids]
        busy = await sessions_queries.load_busy(db, around)
    wanted = openings.Search(service, data.sites[search.site_id], data.policies, times, since, until, now)
    found = find_free_starts(wanted, busy, interval, database, max(REQUESTED_AT_ONCE), limit) if _is_offered(service) else _nothing()
    slots: list[Slot] = []
    searched, answered = until, True
    async with aclosing(found):
        for count in REQUESTED_AT_ONCE:
            some = await _take(found, count)
            if not some:
                break
            requests = _hold_requests(search.booking_request(since), [(start, None) for start, _ in some], service.duration, now)
            found_rooms = await inquiries_queries.query_rooms(questions, list(requests.values()))
            answered = found_rooms is not None
            rooms = None if found_rooms is None else {start: found_rooms[request.hold_id] for (start, _), request in requests.items()}
            if rooms and any(finding.reasons and finding.reasons[0] in NEVER for finding in rooms.values()):
                searched = until
                break
            searched = some[-1][0] if len(some) == count else until
            free = [
                replace(interval, therapist_id=therapist, starts_at=start, ends_at=start + service.duration)
                for start, therapists in some
                if rooms is None or rooms[start].room_id
                for therapist in therapists
            ]
            fit = [each async for each in bookable(free, limit - len(slots), data, database, now)]
            slots += [_slot(each, names, data, rooms[each.starts_at] if rooms else None) for each in fit]
            if not answered or len(slots) >= limit:
                break
    return FirstAvailable(items=slots, rooms_checked=answered, searched_until=searched)


async def alternatives(
    wanted: BookingRequest,
    limit: int,
    database: Database,
    questions: Questions,
    now: datetime,
    *,
    others: bool,
    data: ReferenceData | None = None,
    moved: SessionId | None = None,
) -> list[OpenAlternative] | None:
    """Rank the starts near the request at which people and a room are free, the requested therapist's first; Invalid where there is none.

    What no other time solves leaves nothing to offer; where it is about the therapist alone, only others are offered.

    A quarter of an hour earlier or later counts alike. Another therapist at the requested time comes after the requested one within
    an hour and before everything further away. None when rooms does not answer. A session that is ``moved`` is not in its own way.
    """
    return (await find_with_alternatives((), wanted, limit, database, questions, now, others=others, data=data, moved=moved))[1]


async def find_with_alternatives(
    requests: Sequence[HoldRequest],
    wanted: BookingRequest,
    limit: int,
    database: Database,
    questions: Questions,
    now: datetime,
    *,
    others: bool,
    data: ReferenceData | None = None,
    moved: SessionId | None = None,
    most: int = 0,
) -> tuple[inquiries_queries.Findings | None, list[OpenAlternative] | None]:
    """Return what would become of these requests, and what ``alternatives`` returns: rooms is queried about both at once.

    With a request that would be refused, rooms returns at most so many rooms and times near it. Invalid as for ``alternatives``.
    """
    if data is None:
        async with database.reading() as db:
            data = await decisions_queries.load_reference_data(db, Named.by([wanted]))
    service, site = data.services.get(wanted.service_id), data.sites.get(wanted.site_id)
    if service is None or site is None or wanted.therapist_id not in data.therapists:
        what = "service" if service is None else "site" if site is None else "therapist"
        raise Invalid(f"unknown-{what}", f"There is no such {what}.", field=f"{what}_id")
    lasting = lasting_fields(wanted, data)
    if lasting - {THERAPIST}:
        return await inquiries_queries.query_rooms(questions, requests, most), []
    starts = near_starts(wanted.starts_at, site, now, backdated=wanted.backdated)
    own = wanted.interval(moved or SessionId(new_id()), wanted.starts_at + service.duration)
    names = await _others_free(own, data, database, min(now, own.starts_at) if wanted.backdated else now, limit) if others else {}
    intervals = [] if lasting else openings.near(own, list(starts))
    intervals += [replace(own, therapist_id=other) for other in names if other != wanted.therapist_id]

    def best(interval: Interval) -> float:
        return score(starts[interval.starts_at], is_other_therapist=interval.therapist_id != wanted.therapist_id)

    intervals.sort(key=best, reverse=True)
    offers: dict[tuple[datetime, RoomId, TherapistId], OpenAlternative] = {}
    findings: inquiries_queries.Findings = {}
    async with aclosing(bookable(intervals, len(intervals), data, database, now, backdated=wanted.backdated)) as free:
        for count in REQUESTED_AT_ONCE:
            some = await _take(free, count)
            places = [(start, room) for start in dict.fromkeys(interval.starts_at for interval in some) for room in {wanted.room_id, None}]
            hold_requests = _hold_requests(wanted, places, service.duration, now, own.session_id)
            both = [*(requests if not findings else ()), *hold_requests.values()]
            found = await inquiries_queries.query_rooms(questions, both, most, alternatives_for=[request.hold_id for request in requests])
            if found is None:
                return findings or None, None
            findings |= found
            rooms = await _rooms_at(hold_requests, found, database)
            offers |= {
                (each.starts_at, room.id, each.therapist_id): _alternative(each, wanted, starts[each.starts_at], room, names)
                for each in some
                for room in rooms.get(each.starts_at, ())
                if (each.starts_at, each.therapist_id) != (wanted.starts_at, wanted.therapist_id) or wanted.room_id not in {None, room.id}
            }
            if len(some) < count or sum(offer.score > best(some[-1]) for offer in offers.values()) >= limit:
                break
    return findings, sorted(offers.values(), key=lambda offer: (-offer.score, offer.starts_at, offer.room_number))[:limit]


async def _rooms_at(
    hold_requests: Mapping[Place, HoldRequest], found: inquiries_queries.Findings, database: Database
) -> dict[datetime, list[NamedRoom]]:
    """Return the rooms that are free at each start; a name that rooms does not state is looked up in the replica."""
    free = [(start, found[request.hold_id]) for (start, _), request in hold_requests.items() if request.hold_id in found]
    known: Mapping[RoomId, Room] = {}
    if unnamed := {finding.room_id for _, finding in free if finding.room_id and finding.room_name is None}:
        async with database.reading() as db:
            known = await replicas_queries.load_rooms(db, unnamed)
    rooms: defaultdict[datetime, list[NamedRoom]] = defaultdict(list)
    for start, finding in free:
        if finding.room_id is None:
            continue
        if finding.room_name is not None:
            rooms[start].append(NamedRoom(finding.room_id, finding.room_number or "", finding.room_name))
        elif room := known.get(finding.room_id):
            rooms[start].append(NamedRoom(room.id, room.room_number, room.room_name))
    return rooms


def lasting_fields(wanted: BookingRequest, data: ReferenceData) -> set[str]:
    """Name the fields of a request that no other time and no other room makes bookable."""
    return {reason.field for reason in booking.at_any_time(wanted, data)} - {ROOM}


async def _others_free(own: Interval, data: ReferenceData, database: Database, now: datetime, most: int) -> dict[TherapistId, str]:
    """Return the names of therapists who are free at the time of an interval."""
    service, end = data.services[own.service_id], own.starts_at + openings.MOMENT
    async with database.reading() as db:
        names, times = await people_queries.load_working_times(db, own.site_id, None, own.starts_at, own.ends_at)
        busy = await sessions_queries.load_busy(db, [(client, own.starts_at - A_DAY, own.ends_at + A_DAY) for client in own.client_ids])
    wanted = openings.Search(service, data.sites[own.site_id], data.policies, times, own.starts_at, end, now, origin=own.starts_at)
    async with aclosing(find_free_starts(wanted, busy, own, database, 1, most + 1)) as found:
        free = await _take(found, 1)
    return {therapist: names[therapist] for _, therapists in free for therapist in therapists}


async def _take(found: AsyncIterator[T], count: int) -> list[T]:
    """Return the next ones, at most ``count``."""
    taken: list[T] = []
    while len(taken) < count and (start := await anext(found, None)) is not None:
        taken.append(start)
    return taken


async def _nothing() -> AsyncGenerator[Free]:
    for nothing in ():
        yield nothing


async def bookable(
    intervals: Sequence[Interval], most: int, data: ReferenceData, database: Database, now: datetime, *, backdated: bool = False
) -> AsyncGenerator[Interval]:
    """Yield the intervals against which nothing speaks, at most so many; a few are judged in one step of the event loop."""
    count, at_once = 0, JUDGED_AT_ONCE if most < len(intervals) else LOADED_AT_ONCE
    for begin in range(0, len(intervals), at_once):
        some = intervals[begin : begin + at_once]
        async with database.reading() as db:
            unknown = {interval.therapist_id for interval in some} - data.therapists.keys()
            therapists = {**data.therapists, **await people_queries.load_therapists(db, unknown)}
            busy_times = await sessions_queries.load_busy(db, [times for interval in some for times in data.concerning(interval)])
        known = replace(data, therapists=therapists)
        for number, interval in enumerate(some):
            has_rate = booking.rate_on(data.services[interval.service_id], data.sites[interval.site_id], interval.starts_at) is not None
            if count < most and has_rate and booking.is_bookable(interval, known, busy_times, now, backdated=backdated):
                count += 1
                yield interval
            if number % JUDGED_AT_ONCE == JUDGED_AT_ONCE - 1:
                await asyncio.sleep(0)
        if count == most:
            return


def _named(search: Search, therapists: Iterable[TherapistId]) -> Named:
    return Named(services=[search.service_id], sites=[search.site_id], therapists=therapists, clients=search.client_ids)


def _known(search: Search, therapists: Collection[TherapistId], data: ReferenceData) -> Service:
    """Return the service that is looked for, or raise what does not exist."""
    require(data.sites.get(search.site_id), "site", search.site_id)
    if search.therapist_id:
        require(therapists or None, "therapist", search.therapist_id)
    for client_id in search.client_ids:
        require(data.clients.get(client_id), "client", client_id)
    return require(data.services.get(search.service_id), "service", search.service_id)


def _interval(search: Search, therapist_id: TherapistId, duration: timedelta) -> Interval:
    return Interval(
        session_id=SessionId(new_id()),
        service_id=search.service_id,
        site_id=search.site_id,
        therapist_id=therapist_id,
        client_ids=search.client_ids,
        starts_at=search.since,
        ends_at=search.since + duration,
    )


def _is_offered(service: Service) -> bool:
    return service.is_active and timedelta() < service.duration <= LONGEST_SESSION


def _hold_requests(
    wanted: BookingRequest, places: Sequence[Place], duration: timedelta, now: datetime, session_id: SessionId | None = None
) -> dict[Place, HoldRequest]:
    """Return what rooms is queried about starts, each in a named room or in any."""
    return {
        place: HoldRequest(
            hold_id=HoldId(new_id()),
            session_id=session_id or SessionId(new_id()),
            site_id=wanted.site_id,
            starts_at=place[0],
            ends_at=place[0] + duration,
            room_id=place[1],
            capacity=wanted.places,
            equipment=wanted.equipment,
            not_after=max(place[0], now + SHORTEST_DEADLINE),
        )
        for place in places
    }


def _slot(interval: Interval, names: dict[TherapistId, str], data: ReferenceData, finding: HoldFinding | None) -> Slot:
    site = data.sites[interval.site_id]
    rate = booking.rate_on(data.services[interval.service_id], site, interval.starts_at)
    if rate is None:
        raise AssertionError
    return Slot(
        starts_at=interval.starts_at,
        ends_at=interval.ends_at,
        local_start=interval.starts_at.astimezone(site.zone).replace(tzinfo=None).isoformat(),
        therapist_id=interval.therapist_id,
        therapist_name=names[interval.therapist_id],
        room_id=finding.room_id if finding else None,
        room_number=finding.room_number if finding else None,
        calculated_rate=rate,
    )


def _alternative(
    interval: Interval, wanted: BookingRequest, steps: int, room: NamedRoom, names: Mapping[TherapistId, str]
) -> OpenAlternative:
    shift = (interval.starts_at - wanted.starts_at) // timedelta(minutes=1)
    same_room = wanted.room_id in {None, room.id}
    other = interval.therapist_id if interval.therapist_id != wanted.therapist_id else None
    kind = AlternativeKind.SAME_ROOM_OTHER_TIME if same_room else AlternativeKind.OTHER_ROOM_OTHER_TIME
    stated = [described(shift, steps)]
    stated += [("same_room", "same room")] if wanted.room_id is not None and same_room else []
    stated += [("other_therapist", f"another therapist: {names[other]}")] if other else []
    facts: dict[str, Any] = {
        "room_id": room.id,
        "room_number": room.number,
        "room_name": room.name,
        "site_id": wanted.site_id,
        "starts_at": interval.starts_at,
        "ends_at": interval.ends_at,
    }
    return OpenAlternative(
        id=AlternativeId(new_id()),
        kind=kind if shift else AlternativeKind.SAME_TIME_OTHER_ROOM,
        therapist_id=other,
        therapist_name=names[other] if other else None,
        shift_minutes=shift,
        score=score(steps, is_other_room=not same_room, is_other_therapist=other is not None),
        reasons=tuple(text for _, text in stated),
        reason_codes=tuple(code for code, _ in stated),
        **facts,
    )
