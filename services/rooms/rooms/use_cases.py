"""What rooms does when others ask for holds: load, decide, record, and say what became of them."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from chassis.database import Transaction
from contracts.rooms import AnnounceRooms, HoldAnswer, HoldRelease, HoldRequest, HoldsAnswered, Outcome, RefusalReason
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
WITHOUT_ALTERNATIVE: Final = (RefusalReason.UNKNOWN_SITE, RefusalReason.TOO_LATE)

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


async def expire_holds(tx: Transaction, most: int) -> int:
    """End holds that nobody confirmed in time, and say so."""
    expired = await store.expire(tx, most)
    _tell(await _present_answers(expired, tx), tx)
    return len(expired)


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
        answers |= {grant.request.hold_id: _granted(grant, tx, hold_time) for grant in grants if grant.request.hold_id in made}
        lost = [grant.request for grant in grants if grant.request.hold_id not in made]
        if not lost:
            break
        answers |= await _present_answers([request.hold_id for request in lost], tx)
        waiting = [request for request in lost if request.hold_id not in answers]
    else:
        refusals += [Refusal(request, RefusalReason.HELD) for request in waiting]
    return answers | await _refuse(refusals, places, tx)


async def _refuse(refusals: Sequence[Refusal], places: domain.Board, tx: Transaction) -> dict[HoldId, HoldAnswer]:
    wishes = {refusal.request.hold_id: Wish.of(refusal.request) for refusal in refusals if refusal.reason not in WITHOUT_ALTERNATIVE}
    found = await find_alternatives(tx, places, wishes, tx.now, OFFERED)
    refused = [
        (
            refusal.request,
            HoldAnswer(
                hold_id=refusal.request.hold_id,
                session_id=refusal.request.session_id,
                outcome=Outcome.REFUSED,
                reason=refusal.reason,
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
        obstacle = domain.obstacle(wish, board)
        if obstacle is not None or not await store.revive(tx, key):
            lost[key] = obstacle or RefusalReason.BOOKED
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
