"""The next free slots for a service, and what else would do, also with somebody else: nothing is held, rooms is asked once."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chassis.database import Database
from chassis.edge import View
from chassis.problems import not_found, refused
from chassis.questions import Questions
from contracts.hours import readings
from contracts.rooms import Alternative, AlternativeKind, HoldFinding, HoldRequest, Obstacle, shift_in_words
from contracts.types import (
    LONGEST_SESSION,
    AlternativeId,
    ClientId,
    HoldId,
    Instant,
    Money,
    RoomId,
    ServiceId,
    SessionId,
    SiteId,
    TherapistId,
    new_id,
)
from pydantic import ConfigDict

from scheduling import domain, inquiries, openings, replicas, store
from scheduling.diary import Plan
from scheduling.domain import Board, Room, Service, Site, Wish
from scheduling.free_starts import find_free_starts
from scheduling.replicas import Named
from scheduling.saga import SHORTEST_DEADLINE

LONGEST_SEARCH: Final = timedelta(days=62)
JUDGED_AT_ONCE: Final = 20
"""Plans in one step of the event loop."""
LOADED_AT_ONCE: Final = 100
"""Plans whose people's times are read by one statement, where all plans are judged."""
ASKED: Final = (8, 32, inquiries.REQUESTS_AT_MOST)
"""Starts that rooms is asked about: the earliest few, then more while there are not enough rooms, and then no more."""
NEVER: Final = {Obstacle.TOO_SMALL, Obstacle.LACKS_EQUIPMENT, Obstacle.INACTIVE, Obstacle.UNKNOWN_ROOM, Obstacle.UNKNOWN_SITE}
"""What rooms says first only where no room of the site will do at any time: the nearest room's gravest reason comes first."""
A_DAY: Final = timedelta(days=1)
"""A daily maximum counts the last day whole."""
REACH: Final = 16
"""Quarters of an hour before and after a wished time."""
DAYS: Final = 14
THERAPIST: Final = "therapist_id"
ROOM: Final = "room_id"

PERFECT: Final = 100.0
STEP_POINTS: Final = 3.0
"""Lost by each quarter of an hour, as rooms counts it; a day later loses as much as a step behind the last quarter."""
OTHER_THERAPIST_POINTS: Final = 12.5
"""Somebody else at the wished time is as good as the wished therapist an hour away, or nearly."""
OTHER_ROOM_POINTS: Final = 1.5


Free = tuple[datetime, list[TherapistId]]
"""A start, and therapists who are free then."""


class Slot(View):
    """A time at which a service could be had; one POST /sessions books it."""

    starts_at: Instant
    ends_at: Instant
    local_start: str
    """What the clock at the site shows."""
    therapist_id: TherapistId
    therapist_name: str
    room_id: RoomId | None
    """The room that would be held now; None when rooms does not answer."""
    room_number: str | None
    calculated_rate: Money


class FirstAvailable(View):
    """The next free slots, the earliest first; nothing is held."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "starts_at": "2026-03-02T14:00:00Z",
                            "ends_at": "2026-03-02T15:00:00Z",
                            "local_start": "2026-03-02T09:00:00",
                            "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                            "therapist_name": "Ruth Adler",
                            "room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22",
                            "room_number": "201",
                            "calculated_rate": "185.00",
                        }
                    ],
                    "rooms_checked": True,
                    "searched_until": "2026-03-16T14:00:00Z",
                }
            ]
        }
    )

    items: list[Slot]
    rooms_checked: bool
    """False when rooms does not answer: the people are free, the rooms are not known."""
    searched_until: Instant
    """Nothing is known of what comes after."""


class OpenAlternative(Alternative):
    """What would do instead: POST /sessions with its start, room and therapist takes it, and holds it first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c15",
                    "kind": "same_time_other_room",
                    "room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22",
                    "room_number": "201",
                    "room_name": "Oak",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "starts_at": "2026-03-02T14:00:00Z",
                    "ends_at": "2026-03-02T15:00:00Z",
                    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c16",
                    "therapist_name": "Zora Neale",
                    "shift_minutes": 0,
                    "score": 87.5,
                    "reasons": ["same time", "another therapist: Zora Neale"],
                    "reason_codes": ["same_time", "other_therapist"],
                }
            ]
        }
    )

    therapist_name: str | None = None
    """Of another therapist."""


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

    def wish(self, starts_at: datetime) -> Wish:
        """Say what rooms must know of it."""
        nobody = new_id()
        first, *others = self.client_ids or (ClientId(nobody),)
        return Wish(
            client_id=first,
            other_client_ids=tuple(others),
            therapist_id=self.therapist_id or TherapistId(nobody),
            service_id=self.service_id,
            site_id=self.site_id,
            starts_at=starts_at,
            capacity=self.capacity,
            equipment=self.equipment,
        )


async def first_available(search: Search, limit: int, database: Database, questions: Questions) -> FirstAvailable:
    """Find the earliest starts at which the people could be booked, and a room for each."""
    since, until = search.since, search.until
    if not since < until or until - since > LONGEST_SEARCH:
        raise refused("impossible-range", f"to must lie after from, at most {LONGEST_SEARCH.days} days. Search in parts.", field="to")
    now = datetime.now(UTC)
    async with database.reading() as db:
        names, times = await replicas.load_working_times(db, search.site_id, search.therapist_id, since, until + LONGEST_SESSION)
        board = await replicas.load_board(db, _named(search, ()))
        service = _known(search, names, board)
        plan = _plan(search, TherapistId(new_id()), service.duration)
        around = [(client, since - A_DAY, until + A_DAY) for client in plan.client_ids]
        busy = await store.load_diary(db, around)
    wanted = openings.Search(service, board.sites[search.site_id], board.policies, times, since, until, now)
    found = find_free_starts(wanted, busy, plan, database, max(ASKED), limit) if _is_offered(service) else _nothing()
    slots: list[Slot] = []
    searched, answered = until, True
    async with aclosing(found):
        for count in ASKED:
            some = await _take(found, count)
            if not some:
                break
            rooms = await _rooms_at(search.wish(since), [(start, None) for start, _ in some], service.duration, now, questions)
            answered = rooms is not None
            if rooms and any(finding.reasons and finding.reasons[0] in NEVER for finding in rooms.values()):
                searched = until
                break
            searched = some[-1][0] if len(some) == count else until
            free = [
                replace(plan, therapist_id=therapist, starts_at=start, ends_at=start + service.duration)
                for start, therapists in some
                if rooms is None or rooms[start, None].room_id
                for therapist in therapists
            ]
            fit = [each async for each in bookable(free, limit - len(slots), board, database, now)]
            slots += [_slot(each, names, board, rooms[each.starts_at, None] if rooms else None) for each in fit]
            if not answered or len(slots) >= limit:
                break
    return FirstAvailable(items=slots, rooms_checked=answered, searched_until=searched)


async def alternatives(
    wish: Wish, limit: int, database: Database, questions: Questions, *, others: bool, board: Board | None = None
) -> list[OpenAlternative] | None:
    """Rank every start near the wish at which everybody is free and a room is: the wished therapist's first, then others'.

    What no other time solves leaves nothing to offer; where it is about the therapist alone, only others are offered.

    A quarter of an hour earlier or later counts alike. Another therapist at the wished time comes after the wished one within
    an hour and before everything further away. None when rooms does not answer.
    """
    now = datetime.now(UTC)
    if board is None:
        async with database.reading() as db:
            board = await replicas.load_board(db, Named.by([wish]))
    service, site = board.services.get(wish.service_id), board.sites.get(wish.site_id)
    if service is None or site is None or wish.therapist_id not in board.therapists:
        what = "service" if service is None else "site" if site is None else "therapist"
        raise refused(f"unknown-{what}", f"There is no such {what}.", field=f"{what}_id")
    lasting = lasting_fields(wish, board)
    if lasting - {THERAPIST}:
        return []
    starts = _near(wish.starts_at, site)
    own = wish.plan(SessionId(new_id()), wish.starts_at + service.duration)
    names = await _others_free(own, board, database, now, limit) if others else {}
    plans = [] if lasting else openings.near(own, list(starts))
    plans += [replace(own, therapist_id=other) for other in names if other != wish.therapist_id]
    free = [plan async for plan in bookable(plans, len(plans), board, database, now)]
    rooms = {wish.room_id, None}
    places = [(start, room) for start in dict.fromkeys(plan.starts_at for plan in free) for room in rooms]
    found = await _rooms_at(wish, places, service.duration, now, questions)
    if found is None:
        return None
    async with database.reading() as db:
        known = await replicas.load_rooms(db, {finding.room_id for finding in found.values() if finding.room_id})
    offers = {
        (plan.starts_at, place.id, plan.therapist_id): _alternative(plan, wish, starts[plan.starts_at], place, names)
        for plan in free
        for room in rooms
        if (finding := found.get((plan.starts_at, room))) and finding.room_id and (place := known.get(finding.room_id))
        if (plan.starts_at, plan.therapist_id) != (wish.starts_at, wish.therapist_id) or wish.room_id not in {None, place.id}
    }
    return sorted(offers.values(), key=lambda offer: (-offer.score, offer.starts_at, offer.room_number))[:limit]


def lasting_fields(wish: Wish, board: Board) -> set[str]:
    """Name the fields of a wish that no other time and no other room makes bookable."""
    return {reason.field for reason in domain.at_any_time(wish, board)} - {ROOM}


async def _others_free(own: Plan, board: Board, database: Database, now: datetime, most: int) -> dict[TherapistId, str]:
    """Return the names of therapists who are free at the time of a plan."""
    service, end = board.services[own.service_id], own.starts_at + openings.MOMENT
    async with database.reading() as db:
        names, times = await replicas.load_working_times(db, own.site_id, None, own.starts_at, own.ends_at)
        busy = await store.load_diary(db, [(client, own.starts_at - A_DAY, own.ends_at + A_DAY) for client in own.client_ids])
    wanted = openings.Search(service, board.sites[own.site_id], board.policies, times, own.starts_at, end, now, origin=own.starts_at)
    async with aclosing(find_free_starts(wanted, busy, own, database, 1, most + 1)) as found:
        free = await _take(found, 1)
    return {therapist: names[therapist] for _, therapists in free for therapist in therapists}


async def _take(found: AsyncIterator[Free], count: int) -> list[Free]:
    """Return the next ones, at most ``count``."""
    taken: list[Free] = []
    while len(taken) < count and (start := await anext(found, None)) is not None:
        taken.append(start)
    return taken


async def _nothing() -> AsyncGenerator[Free]:
    for nothing in ():
        yield nothing


async def bookable(plans: Sequence[Plan], most: int, board: Board, database: Database, now: datetime) -> AsyncIterator[Plan]:
    """Yield the plans against which nothing speaks, at most so many; a few are judged in one step of the event loop."""
    count, at_once = 0, JUDGED_AT_ONCE if most < len(plans) else LOADED_AT_ONCE
    for begin in range(0, len(plans), at_once):
        some = plans[begin : begin + at_once]
        async with database.reading() as db:
            unknown = {plan.therapist_id for plan in some} - board.therapists.keys()
            therapists = {**board.therapists, **await replicas.load_therapists(db, unknown)}
            diary = await store.load_diary(db, [times for plan in some for times in board.concerning(plan)])
        known = replace(board, therapists=therapists)
        for number, plan in enumerate(some):
            has_rate = domain.rate_on(board.services[plan.service_id], board.sites[plan.site_id], plan.starts_at) is not None
            if count < most and has_rate and not domain.conditions(plan, known, diary, now):
                count += 1
                yield plan
            if number % JUDGED_AT_ONCE == JUDGED_AT_ONCE - 1:
                await asyncio.sleep(0)
        if count == most:
            return


def _named(search: Search, therapists: Iterable[TherapistId]) -> Named:
    return Named(services=[search.service_id], sites=[search.site_id], therapists=therapists, clients=search.client_ids)


def _known(search: Search, therapists: Collection[TherapistId], board: Board) -> Service:
    """Return the service that is looked for, or say what there is not."""
    service = board.services.get(search.service_id)
    if search.site_id not in board.sites:
        raise not_found("site", search.site_id)
    if search.therapist_id and not therapists:
        raise not_found("therapist", search.therapist_id)
    for client_id in search.client_ids:
        if client_id not in board.clients:
            raise not_found("client", client_id)
    if service is None:
        raise not_found("service", search.service_id)
    return service


def _plan(search: Search, therapist_id: TherapistId, duration: timedelta) -> Plan:
    return Plan(
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


async def _rooms_at(
    wish: Wish,
    places: Sequence[tuple[datetime, RoomId | None]],
    duration: timedelta,
    now: datetime,
    questions: Questions,
) -> dict[tuple[datetime, RoomId | None], HoldFinding] | None:
    """Ask rooms about starts, each in a named room or in any; None when it does not answer."""
    requests = {
        place: HoldRequest(
            hold_id=HoldId(new_id()),
            session_id=SessionId(new_id()),
            site_id=wish.site_id,
            starts_at=place[0],
            ends_at=place[0] + duration,
            room_id=place[1],
            capacity=wish.places,
            equipment=wish.equipment,
            not_after=max(place[0], now + SHORTEST_DEADLINE),
        )
        for place in places
    }
    found = await inquiries.ask(questions, list(requests.values()))
    return None if found is None else {place: found[request.hold_id] for place, request in requests.items() if request.hold_id in found}


def _slot(plan: Plan, names: dict[TherapistId, str], board: Board, finding: HoldFinding | None) -> Slot:
    site = board.sites[plan.site_id]
    rate = domain.rate_on(board.services[plan.service_id], site, plan.starts_at)
    if rate is None:
        raise AssertionError
    return Slot(
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        local_start=plan.starts_at.astimezone(site.zone).replace(tzinfo=None).isoformat(),
        therapist_id=plan.therapist_id,
        therapist_name=names[plan.therapist_id],
        room_id=finding.room_id if finding else None,
        room_number=finding.room_number if finding else None,
        calculated_rate=rate,
    )


def _near(wished: datetime, site: Site) -> dict[datetime, int]:
    """Return the starts to try, and how many steps each is away: quarters of an hour, then the same wall time on the next days."""
    starts = {wished + steps * openings.STEP: abs(steps) for steps in range(-REACH, REACH + 1)}
    wall = wished.astimezone(site.zone).replace(tzinfo=None)
    for days in range(1, DAYS + 1):
        moments = readings(wall + timedelta(days=days), site.zone)
        if len(moments) == 1:
            starts.setdefault(moments[0], REACH + days)
    return starts


def _alternative(plan: Plan, wish: Wish, steps: int, room: Room, names: Mapping[TherapistId, str]) -> OpenAlternative:
    shift = (plan.starts_at - wish.starts_at) // timedelta(minutes=1)
    same_room = wish.room_id in {None, room.id}
    other = plan.therapist_id if plan.therapist_id != wish.therapist_id else None
    kind = AlternativeKind.SAME_ROOM_OTHER_TIME if same_room else AlternativeKind.OTHER_ROOM_OTHER_TIME
    said = [_said(shift, steps)]
    said += [("same_room", "same room")] if wish.room_id is not None and same_room else []
    said += [("other_therapist", f"another therapist: {names[other]}")] if other else []
    lost = steps * STEP_POINTS + (0 if same_room else OTHER_ROOM_POINTS) + (OTHER_THERAPIST_POINTS if other else 0)
    facts: dict[str, Any] = {
        "room_id": room.id,
        "room_number": room.room_number,
        "room_name": room.room_name,
        "site_id": wish.site_id,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
    }
    return OpenAlternative(
        id=AlternativeId(new_id()),
        kind=kind if shift else AlternativeKind.SAME_TIME_OTHER_ROOM,
        therapist_id=other,
        therapist_name=names[other] if other else None,
        shift_minutes=shift,
        score=max(PERFECT - lost, 0.0),
        reasons=tuple(words for _, words in said),
        reason_codes=tuple(code for code, _ in said),
        **facts,
    )


def _said(shift: int, steps: int) -> tuple[str, str]:
    if not shift:
        return "same_time", "same time"
    if steps > REACH:
        return f"later_day:{steps - REACH}", f"{steps - REACH} days later, same time" if steps > REACH + 1 else "next day, same time"
    way = "later" if shift > 0 else "earlier"
    return f"{way}:{abs(shift)}", shift_in_words(shift)
