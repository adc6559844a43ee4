"""The next free slots for a service, and what else would do, also with somebody else: nothing is held, rooms is asked once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any, Final

from chassis.database import Database, ReadSession
from chassis.edge import View
from chassis.problems import not_found, refused
from contracts.hours import readings
from contracts.rooms import Alternative, AlternativeKind, HoldFinding, HoldRequest
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
from sqlalchemy import func, or_, select

from scheduling import domain, inquiries, openings, replicas, store
from scheduling.diary import Plan
from scheduling.domain import Board, Room, Service, Site, Wish
from scheduling.inquiries import Inquirers
from scheduling.replicas import Named
from scheduling.saga import SHORTEST_DEADLINE
from scheduling.store import TherapistRow

LONGEST_SEARCH: Final = timedelta(days=62)
THERAPISTS_AT_MOST: Final = 100
ASKED_FIRST: Final = 40
ASKED_AT_MOST: Final = inquiries.REQUESTS_AT_MOST
"""Starts that rooms is asked about; first the earliest few, then the rest."""
A_DAY: Final = timedelta(days=1)
"""A daily maximum counts the last day whole."""
REACH: Final = 16
"""Quarters of an hour before and after a wished time."""
DAYS: Final = 14

PERFECT: Final = 100.0
STEP_POINTS: Final = 3.0
"""Lost by each quarter of an hour, as rooms counts it; a day later loses as much as a step behind the last quarter."""
OTHER_THERAPIST_POINTS: Final = 12.5
"""Somebody else at the wished time is as good as the wished therapist an hour away, or nearly."""
OTHER_ROOM_POINTS: Final = 1.5


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
    client_id: ClientId | None = None
    capacity: int | None = None
    equipment: tuple[str, ...] = ()

    def wish(self, starts_at: datetime) -> Wish:
        """Say what rooms must know of it."""
        nobody = new_id()
        return Wish(
            client_id=self.client_id or ClientId(nobody),
            therapist_id=self.therapist_id or TherapistId(nobody),
            service_id=self.service_id,
            site_id=self.site_id,
            starts_at=starts_at,
            capacity=self.capacity,
            equipment=self.equipment,
        )


async def first_available(search: Search, limit: int, database: Database, inquirers: Inquirers) -> FirstAvailable:
    """Find the earliest starts at which the people could be booked, and a room for each."""
    since, until = search.since, search.until
    if not since < until or until - since > LONGEST_SEARCH:
        raise refused("impossible-range", f"to must lie after from, at most {LONGEST_SEARCH.days} days. Search in parts.", field="to")
    async with database.transaction() as tx:
        names = await _therapists_at(tx, search.site_id, search.therapist_id)
        board = await replicas.load_board(tx, _named(search, names))
        service = _known(search, names, board)
        plans = [_plan(search, therapist, service.duration) for therapist in names]
        diary = await store.load_diary(tx, [times for plan in plans for times in board.concerning(replace(plan, ends_at=until + A_DAY))])
        now = tx.now
    free = _bookable(openings.free_starts(plans, since, until, board, diary, now), service, board)
    groups = ((start, list(same)) for start, same in groupby(free, key=lambda plan: plan.starts_at))
    slots: list[Slot] = []
    searched, answered = until, True
    for count in (ASKED_FIRST, ASKED_AT_MOST - ASKED_FIRST):
        some = dict(islice(groups, count))
        if not some or len(slots) >= limit:
            break
        found = await _rooms_at(search.wish(since), [(start, None) for start in some], service.duration, now, database, inquirers)
        rooms = {start: finding for (start, _), finding in (found or {}).items() if finding.room_id}
        answered = found is not None
        searched = max(some) if len(some) == count else until
        slots += [
            _slot(plan, names, board, rooms.get(start)) for start, same in some.items() if not answered or start in rooms for plan in same
        ]
        if not answered:
            break
    return FirstAvailable(items=slots[:limit], rooms_checked=answered, searched_until=searched)


async def alternatives(wish: Wish, limit: int, database: Database, inquirers: Inquirers, *, others: bool) -> list[OpenAlternative]:
    """Rank every start near the wish at which everybody is free and a room is: the wished therapist's first, then others'.

    A quarter of an hour earlier or later counts alike. Another therapist at the wished time comes after the wished one within
    an hour and before everything further away.
    """
    async with database.transaction() as tx:
        names = await _therapists_at(tx, wish.site_id, None) if others else {}
        named = Named.by([wish])
        board = await replicas.load_board(tx, replace(named, therapists={wish.therapist_id, *names}))
        service, site = board.services.get(wish.service_id), board.sites.get(wish.site_id)
        if service is None or site is None or wish.therapist_id not in board.therapists:
            what = "service" if service is None else "site" if site is None else "therapist"
            raise refused(f"unknown-{what}", f"There is no such {what}.", field=f"{what}_id")
        starts = _near(wish.starts_at, site)
        own = wish.plan(SessionId(new_id()), wish.starts_at + service.duration)
        plans = openings.near(own, list(starts))
        plans += [replace(own, therapist_id=other) for other in names if other != wish.therapist_id]
        diary = await store.load_diary(tx, [times for plan in plans for times in board.concerning(plan)])
        now = tx.now
    free = [plan for plan in _bookable(plans, service, board) if not domain.conditions(plan, board, diary, now)]
    rooms = {wish.room_id, None}
    places = [(start, room) for start in dict.fromkeys(plan.starts_at for plan in free) for room in rooms]
    found = await _rooms_at(wish, places, service.duration, now, database, inquirers) or {}
    async with database.reading() as db:
        known = await replicas.load_rooms(db, {finding.room_id for finding in found.values() if finding.room_id})
    offers = {
        (plan.starts_at, place.id, plan.therapist_id): _alternative(plan, wish, starts[plan.starts_at], place, site, names)
        for plan in free
        for room in rooms
        if (finding := found.get((plan.starts_at, room))) and finding.room_id and (place := known.get(finding.room_id))
        if (plan.starts_at, plan.therapist_id) != (wish.starts_at, wish.therapist_id) or wish.room_id not in {None, place.id}
    }
    return sorted(offers.values(), key=lambda offer: (-offer.score, offer.starts_at, offer.room_number))[:limit]


async def _therapists_at(db: ReadSession, site_id: SiteId, only: TherapistId | None) -> dict[TherapistId, str]:
    """Return the active therapists of a site by id, or the one who is named, with their names."""
    anywhere = func.cardinality(TherapistRow.site_ids) == 0
    query = select(TherapistRow.id, TherapistRow.full_name).where(
        TherapistRow.is_active, or_(anywhere, TherapistRow.site_ids.contains([site_id]))
    )
    if only is not None:
        query = query.where(TherapistRow.id == only)
    rows = await db.rows(query.order_by(TherapistRow.full_name, TherapistRow.id).limit(THERAPISTS_AT_MOST))
    return {row.id: row.full_name for row in rows}


def _named(search: Search, therapists: Iterable[TherapistId]) -> Named:
    clients = [search.client_id] if search.client_id else []
    return Named(services=[search.service_id], sites=[search.site_id], therapists=therapists, clients=clients)


def _known(search: Search, therapists: Collection[TherapistId], board: Board) -> Service:
    """Return the service that is looked for, or say what there is not."""
    service = board.services.get(search.service_id)
    if search.site_id not in board.sites:
        raise not_found("site", search.site_id)
    if search.therapist_id and not therapists:
        raise not_found("therapist", search.therapist_id)
    if search.client_id and not board.clients:
        raise not_found("client", search.client_id)
    if service is None:
        raise not_found("service", search.service_id)
    return service


def _plan(search: Search, therapist_id: TherapistId, duration: timedelta) -> Plan:
    return Plan(
        session_id=SessionId(new_id()),
        service_id=search.service_id,
        site_id=search.site_id,
        therapist_id=therapist_id,
        client_ids=(search.client_id,) if search.client_id else (),
        starts_at=search.since,
        ends_at=search.since + duration,
    )


def _bookable(plans: Iterable[Plan], service: Service, board: Board) -> Iterator[Plan]:
    """Leave out days without a rate, and everything of a service that cannot be booked."""
    offered = service.is_active and timedelta() < service.duration <= LONGEST_SESSION
    return (plan for plan in plans if offered and domain.rate_on(service, board.sites[plan.site_id], plan.starts_at) is not None)


async def _rooms_at(
    wish: Wish,
    places: Sequence[tuple[datetime, RoomId | None]],
    duration: timedelta,
    now: datetime,
    database: Database,
    inquirers: Inquirers,
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
    found = await inquiries.ask(database, inquirers, list(requests.values()))
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


def _alternative(plan: Plan, wish: Wish, steps: int, room: Room, site: Site, names: Mapping[TherapistId, str]) -> OpenAlternative:
    shift = (plan.starts_at - wish.starts_at) // timedelta(minutes=1)
    same_room = wish.room_id in {None, room.id}
    other = plan.therapist_id if plan.therapist_id != wish.therapist_id else None
    kind = AlternativeKind.SAME_ROOM_OTHER_TIME if same_room else AlternativeKind.OTHER_ROOM_OTHER_TIME
    said = [_said(shift, steps, site, plan.starts_at)]
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


def _said(shift: int, steps: int, site: Site, starts_at: datetime) -> tuple[str, str]:
    if not shift:
        return "same_time", "same time"
    if steps > REACH:
        return f"later_day:{steps - REACH}", f"{steps - REACH} days later, same time" if steps > REACH + 1 else "next day, same time"
    way = "later" if shift > 0 else "earlier"
    return f"{way}:{abs(shift)}", f"{abs(shift)} minutes {way}, at {starts_at.astimezone(site.zone):%H:%M}"
