"""What rooms does when others ask for holds: load, decide, record, and say what became of them."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from chassis.database import ReadSession, Transaction
from contracts.rooms import (
    Alternative,
    AnnounceRooms,
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
from contracts.types import HoldId
from pydantic_core import to_json

from rooms import domain, store
from rooms.board import Window, load_places, load_taken
from rooms.domain import Grant, HoldStatus, Refusal, Wish
from rooms.search import find_alternatives

OFFERED: Final = 12
"""Alternatives in an answer; more than anybody is shown, because the asker knows which of them suit its people."""
ROUNDS: Final = 3
"""How often a request is decided anew when somebody else was faster."""
ANSWERS_IN_A_MESSAGE: Final = 500
REPORTED_KEPT: Final = timedelta(days=400)
"""Refused requests and no-shows are shown beside the use of rooms, a year back."""
ENDED_KEPT: Final = timedelta(days=90)
"""Longer than any message about a hold can be under way: until then its id answers a repetition."""
FORGET_AT_ONCE: Final = 2_000
WORDS: Final = frozenset(reason.value for reason in RefusalReason)
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
    """Hold a room for each request, or say why not and what would do instead; a repeated request gets its first answer."""
    asked = {request.hold_id: request for request in requests}
    answers = await _present_answers(asked, tx)
    waiting = [request for key, request in asked.items() if key not in answers]
    if waiting:
        answers |= await _decide(waiting, tx, hold_time)
    _tell(answers, tx)


async def confirm_holds(ids: Collection[HoldId], tx: Transaction) -> None:
    """Keep these holds for good; an expired one too, when nobody has taken its time since."""
    await store.confirm(tx, ids)
    expired = [hold for hold, _ in await store.find_holds(tx, ids) if hold.status is HoldStatus.EXPIRED]
    lost = await _revive(expired, tx)
    answers = await _present_answers(ids, tx)
    answers |= {key: answers[key].model_copy(update={"reason": reason}) for key, reason in lost.items()}
    unknown = {
        key: HoldAnswer(hold_id=key, session_id=None, outcome=Outcome.EXPIRED, reason=RefusalReason.TOO_LATE)
        for key in ids
        if key not in answers
    }
    _tell(answers | unknown, tx)


async def release_holds(releases: Sequence[HoldRelease], tx: Transaction) -> None:
    """Give these rooms back, whatever became of their holds before."""
    await store.release(tx, releases)
    answers = await _present_answers([released.hold_id for released in releases], tx)
    _tell({key: HoldAnswer(hold_id=key, session_id=answer.session_id, outcome=Outcome.RELEASED) for key, answer in answers.items()}, tx)


async def ask_for_confirmations(unanswered: Collection[HoldId], tx: Transaction, again_after: timedelta) -> None:
    """Repeat grants that were not confirmed in time; their rooms stay held until scheduling confirms or releases them."""
    await store.postpone(tx, unanswered, tx.now + again_after)
    _tell(await _present_answers(unanswered, tx), tx)


async def expire_holds(abandoned: Collection[HoldId], tx: Transaction) -> None:
    """End holds that were never answered for and whose stay is over for so long that no session can be booked there any more."""
    await store.expire(tx, abandoned)
    _tell(await _present_answers(abandoned, tx), tx)


async def forget_holds(tx: Transaction) -> int:
    """Forget holds that take no room and that nothing asks for any more; return how many."""
    return await store.forget_ended(tx, tx.now - REPORTED_KEPT, tx.now - ENDED_KEPT, FORGET_AT_ONCE)


async def check_holds(inquiry: CheckHolds, db: ReadSession, now: datetime) -> HoldsChecked:
    """Return what would become of each request of an inquiry, judged for itself; nothing is held."""
    wishes = {request.hold_id: Wish.of(request) for request in inquiry.requests}
    places = await load_places(db, {wish.site_id for wish in wishes.values()})
    board = await load_taken(db, places, [Window.of(wish) for wish in wishes.values()])
    decisions: list[domain.Decision] = []
    for number, request in enumerate(inquiry.requests, start=1):
        decisions.append(domain.judge(request, board, now))
        if number % JUDGED_AT_ONCE == 0:
            await asyncio.sleep(0)
    refused = [decision.request.hold_id for decision in decisions if isinstance(decision, Refusal) and _can_be_helped(decision)]
    most = min(inquiry.alternatives, OFFERED)
    helped = {key: wishes[key] for key in refused[:HELPED_AT_MOST]} if most > 0 else {}
    found = await find_alternatives(db, places, helped, now, most)
    return HoldsChecked(inquiry_id=inquiry.inquiry_id, findings=tuple(_finding(decision, found) for decision in decisions))


async def announce_rooms(_: Sequence[AnnounceRooms], tx: Transaction) -> None:
    """Say every site and every room again."""
    for message in await store.every_place(tx):
        tx.send(message)


async def _decide(waiting: list[HoldRequest], tx: Transaction, hold_time: timedelta) -> dict[HoldId, HoldAnswer]:
    sites = {request.site_id for request in waiting}
    await store.lock_sites(tx, sites)
    places = await load_places(tx, sites)
    answers: dict[HoldId, HoldAnswer] = {}
    refusals: list[Refusal] = []
    for _ in range(ROUNDS):
        board = await load_taken(tx, places, [Window.of(Wish.of(request)) for request in waiting])
        decisions = domain.answer(waiting, board, tx.now)
        refusals += [decision for decision in decisions if isinstance(decision, Refusal)]
        grants = [decision for decision in decisions if isinstance(decision, Grant)]
        made = await store.add_grants(tx, grants, tx.now + hold_time)
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
    await store.undo_grants(tx, undone)
    return undone


async def _refuse(refusals: Sequence[Refusal], places: domain.Board, tx: Transaction) -> dict[HoldId, HoldAnswer]:
    wishes = {refusal.request.hold_id: Wish.of(refusal.request) for refusal in refusals if _can_be_helped(refusal)}
    found = await find_alternatives(tx, places, wishes, tx.now, OFFERED)
    refused = [
        (
            refusal.request,
            HoldAnswer(
                hold_id=refusal.request.hold_id,
                session_id=refusal.request.session_id,
                outcome=Outcome.REFUSED,
                reason=_word(refusal.reasons),
                reasons=refusal.reasons,
                alternatives=tuple(found.get(refusal.request.hold_id, ())),
            ),
        )
        for refusal in refusals
    ]
    new = await store.add_refusals(tx, refused)
    known = await _present_answers(wishes.keys() - new, tx)
    return {request.hold_id: answer for request, answer in refused} | known


async def _revive(expired: Sequence[store.Hold], tx: Transaction) -> dict[HoldId, RefusalReason]:
    """Keep what is still free of these; return why the others are not."""
    wishes = {hold.id: store.wish_of(hold) for hold in expired}
    sites = {wish.site_id for wish in wishes.values()}
    await store.lock_sites(tx, sites)
    board = await load_taken(tx, await load_places(tx, sites), [Window.of(wish) for wish in wishes.values()])
    lost: dict[HoldId, RefusalReason] = {}
    for key, wish in sorted(wishes.items()):
        obstacles = domain.obstacles_now(wish, board)
        if obstacles or not await store.revive(tx, key):
            lost[key] = _word(obstacles) or RefusalReason.BOOKED
    return lost


async def _present_answers(ids: Collection[HoldId], tx: Transaction) -> dict[HoldId, HoldAnswer]:
    return {hold.id: _present_answer(hold, room_number) for hold, room_number in await store.find_holds(tx, ids)} if ids else {}


def _present_answer(hold: store.Hold, room_number: str | None) -> HoldAnswer:
    if hold.status is HoldStatus.REFUSED:
        return HoldAnswer(
            hold_id=hold.id,
            session_id=hold.session_id,
            outcome=Outcome.REFUSED,
            reason=RefusalReason(hold.reason) if hold.reason else None,
            reasons=tuple(Obstacle(reason) for reason in hold.reasons),
            alternatives=store.ALTERNATIVES.validate_json(to_json(hold.alternatives)),
        )
    return HoldAnswer(
        hold_id=hold.id,
        session_id=hold.session_id,
        outcome=OUTCOMES[hold.status],
        room_id=hold.room_id,
        room_number=room_number,
        expires_at=hold.expires_at if hold.status is HoldStatus.HELD else None,
    )


def _finding(decision: domain.Decision, found: Mapping[HoldId, Sequence[Alternative]]) -> HoldFinding:
    key = decision.request.hold_id
    if isinstance(decision, Grant):
        return HoldFinding(hold_id=key, room_id=decision.room.id, room_number=decision.room.number)
    return HoldFinding(hold_id=key, reasons=decision.reasons, alternatives=tuple(found.get(key, ())))


def _word(obstacles: Sequence[Obstacle]) -> RefusalReason | None:
    """Return the first of these that is a refusal reason."""
    return next((RefusalReason(obstacle) for obstacle in obstacles if obstacle in WORDS), None)


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


def _tell(answers: dict[HoldId, HoldAnswer], tx: Transaction) -> None:
    told = tuple(answers.values())
    for begin in range(0, len(told), ANSWERS_IN_A_MESSAGE):
        tx.send(HoldsAnswered(answers=told[begin : begin + ANSWERS_IN_A_MESSAGE]))
