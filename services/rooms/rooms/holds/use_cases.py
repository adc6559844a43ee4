"""Requests, confirmations and releases of holds: load, decide, record, and send what became of them."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from chassis.data.database import ReadSession, Transaction
from chassis.hours import Timetable
from contracts.rooms import (
    Alternative,
    CheckHolds,
    HoldAnswer,
    HoldFinding,
    HoldRelease,
    HoldRequest,
    HoldsAnswered,
    HoldsChecked,
    Obstacle,
    Outcome,
    RefusalReason,
)
from contracts.types import HoldId, RoomId
from pydantic_core import to_json

from rooms.holds import rules, tables
from rooms.holds.queries import booked, find_alternatives
from rooms.holds.rules import Grant, HoldStatus, Refusal, RoomNeed, Window
from rooms.holds.schemas import Booked
from rooms.places.facts import Places, has_enough
from rooms.places.queries import load_places
from rooms.places.schemas import RoomView
from rooms.places.use_cases import lock_sites

OFFERED: Final = 12
"""Alternatives in an answer; more than anybody is shown, because scheduling decides which of them suit its people."""

ROUNDS: Final = 3
"""How often a request is decided anew when somebody else was faster."""

ANSWERS_IN_A_MESSAGE: Final = 500

REPORTED_KEPT: Final = timedelta(days=400)
"""Refused requests and no-shows are shown beside the use of rooms, a year back."""

ENDED_KEPT: Final = timedelta(days=90)
"""Longer than any message about a hold can be under way: until then its id answers a repetition."""

FORGET_AT_ONCE: Final = 2_000

REFUSAL_REASONS: Final = frozenset(reason.value for reason in RefusalReason)

JUDGED_AT_ONCE: Final = 20
"""Requests of one inquiry in one step of the event loop."""

HELPED_AT_MOST: Final = 60
"""Refused requests of one inquiry for which alternatives are looked for, the first ones."""

WITHOUT_ALTERNATIVE: Final = frozenset({Obstacle.UNKNOWN_SITE, Obstacle.TOO_LATE, Obstacle.GROUP_REFUSED})

OUTCOMES: Final = {
    HoldStatus.HELD: Outcome.GRANTED,
    HoldStatus.CONFIRMED: Outcome.CONFIRMED,
    HoldStatus.REFUSED: Outcome.REFUSED,
    HoldStatus.EXPIRED: Outcome.EXPIRED,
    HoldStatus.RELEASED: Outcome.RELEASED,
}


async def answer_hold_requests(requests: Sequence[HoldRequest], tx: Transaction, hold_time: timedelta) -> None:
    """Hold a room for each request, or refuse with the reason and alternatives; a repeated request gets its first answer."""
    requested = {request.hold_id: request for request in requests}
    answers = await _present_answers(requested, tx)
    waiting = [request for key, request in requested.items() if key not in answers]
    if waiting:
        answers |= await _decide(waiting, tx, hold_time)
    for some in _in_parts(answers):
        tx.send(HoldsAnswered(answers=some))


async def confirm_holds(ids: Collection[HoldId], tx: Transaction) -> None:
    """Keep these holds for good; an expired one too, when nobody has taken its time since."""
    await tables.confirm(tx, ids)
    found = await tables.find_holds(tx, ids)
    expired = [hold for hold in found if hold.status is HoldStatus.EXPIRED]
    lost = await _revive(expired, tx) if expired else {}
    answers = await _present_answers(ids, tx) if expired else {hold.id: _present_answer(hold) for hold in found}
    answers |= {key: answers[key].model_copy(update={"reason": reason}) for key, reason in lost.items()}
    unknown = {
        key: HoldAnswer(hold_id=key, session_id=None, outcome=Outcome.EXPIRED, reason=RefusalReason.TOO_LATE)
        for key in ids
        if key not in answers
    }
    for some in _in_parts(answers | unknown):
        tx.send(HoldsAnswered(answers=some))


async def release_holds(releases: Sequence[HoldRelease], tx: Transaction) -> None:
    """Give these rooms back, whatever became of their holds before."""
    await tables.release(tx, releases)
    answers = await _present_answers([released.hold_id for released in releases], tx)
    released = {key: HoldAnswer(hold_id=key, session_id=answer.session_id, outcome=Outcome.RELEASED) for key, answer in answers.items()}
    for some in _in_parts(released):
        tx.send(HoldsAnswered(answers=some))


async def request_confirmations(unanswered: Collection[HoldId], tx: Transaction, again_after: timedelta) -> None:
    """Repeat grants that were not confirmed in time; their rooms stay held until scheduling confirms or releases them."""
    await tables.postpone(tx, unanswered, tx.now + again_after)
    for some in _in_parts(await _present_answers(unanswered, tx)):
        tx.send(HoldsAnswered(answers=some))


async def expire_holds(abandoned: Collection[HoldId], tx: Transaction) -> None:
    """End holds that were never answered for and whose stay is over for so long that no session can be booked there any more."""
    await tables.expire(tx, abandoned)
    for some in _in_parts(await _present_answers(abandoned, tx)):
        tx.send(HoldsAnswered(answers=some))


async def mark_outside_hours(rooms: Collection[RoomId], hours: Timetable, tx: Transaction) -> list[Booked]:
    """Mark every session to come in these rooms that lies outside the hours; return those that did not before."""
    newly: list[Booked] = []
    for hold in await tables.taken_in(tx, rooms, tx.now):
        if hold.starts_at is None or hold.ends_at is None or hold.starts_at <= tx.now:
            continue
        outside = not hours.is_open(hold.starts_at, hold.ends_at)
        newly += [booked(hold)] if outside and not hold.outside_hours else []
        hold.outside_hours = outside
    return newly


async def mark_unsuitable_room(room: RoomView, tx: Transaction) -> list[Booked]:
    """Mark every session to come in a room that lacks places or equipment for it; return those that it did not lack before."""
    newly: list[Booked] = []
    for hold in await tables.taken_in(tx, [room.id], tx.now):
        if hold.starts_at is None or hold.starts_at <= tx.now:
            continue
        lacks = not has_enough(room.capacity, room.equipment, hold.capacity or 1, hold.equipment)
        newly += [booked(hold)] if lacks and not hold.unsuitable_room else []
        hold.unsuitable_room = lacks
    return newly


async def forget_holds(tx: Transaction) -> int:
    """Forget holds that take no room and that nothing refers to any more; return how many."""
    return await tables.forget_ended(tx, tx.now - REPORTED_KEPT, tx.now - ENDED_KEPT, FORGET_AT_ONCE)


async def check_holds(inquiry: CheckHolds, db: ReadSession, now: datetime) -> HoldsChecked:
    """Return what would become of each request of an inquiry, judged for itself; nothing is held."""
    needs = {request.hold_id: RoomNeed.of(request) for request in inquiry.requests}
    places = await load_places(db, {need.site_id for need in needs.values()})
    occupancy = await tables.load_taken(db, places, [Window.of(need) for need in needs.values()])
    decisions: list[rules.Decision] = []
    for number, request in enumerate(inquiry.requests, start=1):
        decisions.append(rules.judge(request, occupancy, now))
        if number % JUDGED_AT_ONCE == 0:
            await asyncio.sleep(0)
    refused = [decision.request.hold_id for decision in decisions if isinstance(decision, Refusal) and _can_be_helped(decision)]
    if inquiry.alternatives_for is not None:
        refused = [hold for hold in refused if hold in inquiry.alternatives_for]
    most = min(inquiry.alternatives, OFFERED)
    helped = {key: needs[key] for key in refused[:HELPED_AT_MOST]} if most > 0 else {}
    found = await find_alternatives(db, places, helped, now, most)
    return HoldsChecked(inquiry_id=inquiry.inquiry_id, findings=tuple(_finding(decision, found) for decision in decisions))


async def _decide(waiting: list[HoldRequest], tx: Transaction, hold_time: timedelta) -> dict[HoldId, HoldAnswer]:
    sites = {request.site_id for request in waiting}
    await lock_sites(tx, sites)
    places = await load_places(tx, sites)
    answers: dict[HoldId, HoldAnswer] = {}
    refusals: list[Refusal] = []
    for _ in range(ROUNDS):
        occupancy = await tables.load_taken(tx, places, [Window.of(RoomNeed.of(request)) for request in waiting])
        decisions = rules.answer(waiting, occupancy, tx.now)
        refusals += [decision for decision in decisions if isinstance(decision, Refusal)]
        grants = [decision for decision in decisions if isinstance(decision, Grant)]
        made = await tables.add_grants(tx, grants, tx.now + hold_time)
        made -= await _undo_broken_groups(grants, made, tx)
        answers |= {grant.request.hold_id: _granted(grant, tx, hold_time) for grant in grants if grant.request.hold_id in made}
        lost = [grant.request for grant in grants if grant.request.hold_id not in made]
        if not lost:
            break
        answers |= await _present_answers([request.hold_id for request in lost], tx)
        waiting = [request for request in lost if request.hold_id not in answers]
    else:
        refusals += [Refusal(request, (Obstacle.HELD,)) for request in waiting]
    return answers | await _refuse(refusals, places, tx)


async def _undo_broken_groups(grants: Sequence[Grant], made: Collection[HoldId], tx: Transaction) -> set[HoldId]:
    """Take back the holds of groups of which somebody else was faster to take a part; return which."""
    broken = {grant.request.group_id for grant in grants if grant.request.hold_id not in made} - {None}
    undone = {grant.request.hold_id for grant in grants if grant.request.group_id in broken and grant.request.hold_id in made}
    await tables.undo_grants(tx, undone)
    return undone


async def _refuse(refusals: Sequence[Refusal], places: Places, tx: Transaction) -> dict[HoldId, HoldAnswer]:
    needs = {refusal.request.hold_id: RoomNeed.of(refusal.request) for refusal in refusals if _can_be_helped(refusal)}
    found = await find_alternatives(tx, places, needs, tx.now, OFFERED)
    refused = [
        (
            refusal.request,
            HoldAnswer(
                hold_id=refusal.request.hold_id,
                session_id=refusal.request.session_id,
                outcome=Outcome.REFUSED,
                reason=_refusal_reason(refusal.reasons),
                reasons=refusal.reasons,
                alternatives=tuple(found.get(refusal.request.hold_id, ())),
            ),
        )
        for refusal in refusals
    ]
    new = await tables.add_refusals(tx, refused)
    known = await _present_answers(needs.keys() - new, tx)
    return {request.hold_id: answer for request, answer in refused} | known


async def _revive(expired: Sequence[tables.Hold], tx: Transaction) -> dict[HoldId, RefusalReason]:
    """Keep what is still free of these; return why the others are not."""
    needs = {hold.id: tables.need_of(hold) for hold in expired}
    sites = {need.site_id for need in needs.values()}
    await lock_sites(tx, sites)
    occupancy = await tables.load_taken(tx, await load_places(tx, sites), [Window.of(need) for need in needs.values()])
    lost: dict[HoldId, RefusalReason] = {}
    for key, need in sorted(needs.items()):
        obstacles = rules.obstacles_now(need, occupancy)
        if obstacles or not await tables.revive(tx, key):
            lost[key] = _refusal_reason(obstacles) or RefusalReason.BOOKED
    return lost


async def _present_answers(ids: Collection[HoldId], tx: Transaction) -> dict[HoldId, HoldAnswer]:
    return {hold.id: _present_answer(hold) for hold in await tables.find_holds(tx, ids)} if ids else {}


def _present_answer(hold: tables.Hold) -> HoldAnswer:
    if hold.status is HoldStatus.REFUSED:
        return HoldAnswer(
            hold_id=hold.id,
            session_id=hold.session_id,
            outcome=Outcome.REFUSED,
            reason=RefusalReason(hold.reason) if hold.reason else None,
            reasons=tuple(Obstacle(reason) for reason in hold.reasons),
            alternatives=tables.ALTERNATIVES.validate_json(to_json(hold.alternatives)),
        )
    return HoldAnswer(
        hold_id=hold.id,
        session_id=hold.session_id,
        outcome=OUTCOMES[hold.status],
        room_id=hold.room_id,
        room_number=hold.room_number,
        expires_at=hold.expires_at if hold.status is HoldStatus.HELD else None,
    )


def _finding(decision: rules.Decision, found: Mapping[HoldId, Sequence[Alternative]]) -> HoldFinding:
    key = decision.request.hold_id
    if isinstance(decision, Grant):
        return HoldFinding(hold_id=key, room_id=decision.room.id, room_number=decision.room.number, room_name=decision.room.name)
    return HoldFinding(hold_id=key, reasons=decision.reasons, alternatives=tuple(found.get(key, ())))


def _refusal_reason(obstacles: Sequence[Obstacle]) -> RefusalReason | None:
    """Return the first of these that is a refusal reason."""
    return next((RefusalReason(obstacle) for obstacle in obstacles if obstacle in REFUSAL_REASONS), None)


def _can_be_helped(refusal: Refusal) -> bool:
    return WITHOUT_ALTERNATIVE.isdisjoint(refusal.reasons)


def _granted(grant: Grant, tx: Transaction, hold_time: timedelta) -> HoldAnswer:
    return HoldAnswer(
        hold_id=grant.request.hold_id,
        session_id=grant.request.session_id,
        outcome=Outcome.GRANTED,
        room_id=grant.room.id,
        room_number=grant.room.number,
        expires_at=tx.now + hold_time,
    )


def _in_parts(answers: Mapping[HoldId, HoldAnswer]) -> Iterator[tuple[HoldAnswer, ...]]:
    """Yield the answers in parts that fit into a message each."""
    every = tuple(answers.values())
    for begin in range(0, len(every), ANSWERS_IN_A_MESSAGE):
        yield every[begin : begin + ANSWERS_IN_A_MESSAGE]
