"""Sessions whose room goes out of use: each asks for the room that rooms found it, and keeps its own until then."""

from collections.abc import Sequence
from datetime import timedelta

from chassis.database import Transaction
from contracts.scheduling import MoveSessions, SessionStatus
from contracts.types import HoldId, new_id

from scheduling import saga, store, use_cases
from scheduling.saga import Move


async def move_sessions(messages: Sequence[MoveSessions], tx: Transaction, ask_again_after: timedelta) -> None:
    """Ask for the new rooms, all in one message; who has moved or is moving already is left alone."""
    moves = {move.session_id: move for message in messages for move in message.moves}
    before = await store.lock_sessions(tx, moves)
    steps = []
    for session in before.values():
        move = moves[session.id]
        if session.status is SessionStatus.BOOKED and session.hold_id == move.hold_id and session.pending is None:
            wish = Move(session.starts_at, session.ends_at, move.room_id, session.calculated_rate, is_chosen=False)
            steps.append(saga.advance(session, wish, tx.now, HoldId(new_id())))
    await use_cases.record(tx, [(before[step.session.id], step.session) for step in steps], steps, ask_again_after)
