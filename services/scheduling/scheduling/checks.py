"""Says everything that stands between a wish and a session, before anybody books: ours and rooms' at once, nothing written."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from chassis.database import Database
from chassis.questions import Questions
from contracts.rooms import Alternative, HoldFinding, HoldRequest, Obstacle
from contracts.types import HoldId, SessionId, new_id

from scheduling import availability, domain, inquiries, replicas, store
from scheduling.domain import OFFERED_AT_MOST, Board, Service, Wish
from scheduling.reasons import Reason, Refusal
from scheduling.replicas import Named
from scheduling.saga import SHORTEST_DEADLINE

LOOKED_AT: Final = 12
"""Alternatives asked for, because some do not suit the people."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known about a wish."""

    service: Service | None
    ends_at: datetime | None
    rate: Decimal | None
    """The rate in force on the day, at the site."""
    reasons: tuple[Reason, ...]
    """Scheduling's own."""
    finding: HoldFinding | None
    """What rooms says; None when it does not answer, or could not be asked."""
    obstacles: tuple[Obstacle, ...]
    """Rooms' reasons that scheduling has not given already."""
    alternatives: tuple[Alternative, ...]
    """Those at which the people are free."""
    could_be_asked: bool
    """Whether enough is known to ask rooms."""


async def check(wish: Wish, database: Database, questions: Questions) -> Checked:
    """Return every reason why a wish would not become a session now."""
    now = datetime.now(UTC)
    async with database.reading() as db:
        board = await replicas.load_board(db, Named.by([wish]))
        plan = wish.plan(SessionId(new_id()), board.ends(wish))
        diary = await store.load_diary(db, list(board.concerning(plan)))
    outcome = domain.book(wish, plan.session_id, HoldId(new_id()), board, diary, now)
    request = _request(wish, board, now)
    reasons = outcome.reasons if isinstance(outcome, Refusal) else ()
    # Other starts are looked for while rooms looks at this one: each is a question to it.
    found, other_starts = await asyncio.gather(
        inquiries.ask(questions, [request] if request else [], LOOKED_AT),
        _other_starts(wish, board, database, questions) if request and reasons else _nothing(),
    )
    finding = (found or {}).get(request.hold_id) if request else None
    service = board.services.get(wish.service_id)
    return Checked(
        service=service,
        ends_at=wish.starts_at + service.duration if service else None,
        rate=domain.rate_on(service, board.sites.get(wish.site_id), wish.starts_at),
        reasons=reasons,
        finding=finding,
        obstacles=tuple(_further(finding, reasons)) if finding else (),
        alternatives=await _instead(wish, finding, board, database, other_starts) if finding else (),
        could_be_asked=request is not None,
    )


def _request(wish: Wish, board: Board, now: datetime) -> HoldRequest | None:
    service = board.services.get(wish.service_id)
    if service is None or wish.site_id not in board.sites:
        return None
    return HoldRequest(
        hold_id=HoldId(new_id()),
        session_id=SessionId(new_id()),
        site_id=wish.site_id,
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + service.duration,
        room_id=wish.room_id,
        capacity=wish.places,
        equipment=wish.equipment,
        not_after=max(wish.starts_at, now + SHORTEST_DEADLINE),
    )


def _further(finding: HoldFinding, reasons: tuple[Reason, ...]) -> list[Obstacle]:
    """Leave out what scheduling has said in more detail."""
    said = {reason.code for reason in reasons}
    same = {
        Obstacle.CLOSED: {"outside-opening-hours", "not-bookable"},
        Obstacle.UNKNOWN_ROOM: {"unknown-room", "room-elsewhere"},
        Obstacle.INACTIVE: {"inactive-site"},
    }
    return [obstacle for obstacle in finding.reasons if not same.get(obstacle, set()) & said]


async def _nothing() -> tuple[Alternative, ...]:
    return ()


async def _other_starts(wish: Wish, board: Board, database: Database, questions: Questions) -> tuple[Alternative, ...]:
    """Return when the people and a room are free, where the people are in the way of a wish.

    A therapist who cannot be booked at the site at any time has no alternative there: others who are free are offered.
    """
    if wish.therapist_id not in board.therapists:
        return ()
    lasting = availability.lasting_fields(wish, board)
    found = await availability.alternatives(wish, OFFERED_AT_MOST, database, questions, others=bool(lasting), board=board)
    return tuple(found or ())


async def _instead(
    wish: Wish, finding: HoldFinding, board: Board, database: Database, other_starts: tuple[Alternative, ...]
) -> tuple[Alternative, ...]:
    """Return what rooms has instead and suits the people; where only the people are in the way, when they and a room are free."""
    if wish.therapist_id not in board.therapists:
        return ()
    if finding.room_id is not None or availability.lasting_fields(wish, board):
        return other_starts
    nobody, now = SessionId(new_id()), datetime.now(UTC)
    plans = [replace(wish, starts_at=offer.starts_at).plan(nobody, offer.ends_at) for offer in finding.alternatives]
    free = {plan.starts_at async for plan in availability.bookable(plans, len(plans), board, database, now)}
    return tuple(offer for offer in finding.alternatives if offer.starts_at in free)[:OFFERED_AT_MOST]
