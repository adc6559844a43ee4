"""Writes services/scheduling/docs/booking-saga.md: the saga function, tabulated over every state and every event.

python services/scheduling/docs/booking_saga.py           writes the page
python services/scheduling/docs/booking_saga.py --check   fails when the page is not what the function does
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from uuid import UUID

from contracts.rooms import Alternative, AlternativeKind, HoldRelease, HoldRequest, RefusalReason
from contracts.scheduling import SessionStatus
from contracts.types import AlternativeId, ClientId, HoldId, RoomId, ServiceId, SessionId, SiteId, TherapistId
from scheduling.lifecycle import steps
from scheduling.lifecycle.state import Session
from scheduling.lifecycle.steps import Event, Step
from scheduling.sessions import saga

PAGE: Final = Path(__file__).with_name("booking-saga.md")


def _id(number: int) -> UUID:
    return UUID(int=number)


CURRENT, PENDING, STALE, NEXT = (HoldId(_id(number)) for number in range(1, 5))
HOLDS: Final = {CURRENT: "current", PENDING: "pending", STALE: "stale", NEXT: "new"}
START: Final = datetime(2026, 3, 2, 14, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
LATER: Final = steps.Move(START + HOUR, START + 2 * HOUR, None, Decimal("195.00"))
BEFORE, AFTER, LONG_AFTER = START - 48 * HOUR, START + 2 * HOUR, START + 3 * HOUR

REQUESTED: Final = Session(
    id=SessionId(_id(10)),
    client_id=ClientId(_id(11)),
    therapist_id=TherapistId(_id(12)),
    service_id=ServiceId(_id(13)),
    service_code="90837",
    service_name="Individual psychotherapy",
    site_id=SiteId(_id(14)),
    starts_at=START,
    ends_at=START + HOUR,
    calculated_rate=Decimal("185.00"),
    insurance_applicable=False,
    pending=steps.attempt(PENDING, steps.Move(START, START + HOUR, None, Decimal("185.00")), BEFORE),
    created_at=BEFORE,
    updated_at=BEFORE,
)
OFFER: Final = Alternative(
    id=AlternativeId(_id(20)),
    kind=AlternativeKind.SAME_ROOM_OTHER_TIME,
    room_id=RoomId(_id(21)),
    room_number="201",
    room_name="Oak",
    site_id=REQUESTED.site_id,
    starts_at=START + HOUR,
    ends_at=START + 2 * HOUR,
    shift_minutes=60,
    score=80,
    reasons=("same room",),
)
OTHER: Final = ClientId(_id(15))
JOINED: Final = steps.Move(START, START + HOUR, OFFER.room_id, Decimal("185.00"), (REQUESTED.client_id, OTHER))
IDLE: Final = replace(REQUESTED, pending=None)
BOOKED: Final = replace(IDLE, status=SessionStatus.BOOKED, room_id=OFFER.room_id, room_number="201", hold_id=CURRENT)

STATES: Final = {
    "requested": REQUESTED,
    "offered": replace(IDLE, status=SessionStatus.OFFERED, alternatives=(OFFER,)),
    "booked, not confirmed": BOOKED,
    "booked": replace(BOOKED, confirmed=True),
    "booked, move pending": replace(BOOKED, confirmed=True, pending=steps.attempt(PENDING, LATER, BEFORE)),
    "booked, a group": replace(BOOKED, confirmed=True, other_client_ids=(OTHER,)),
    "requested for who waited": replace(REQUESTED, offer_until=AFTER),
    "held for who waited": replace(BOOKED, status=SessionStatus.OFFERED, confirmed=True, offer_until=AFTER),
    "rejected": replace(IDLE, status=SessionStatus.REJECTED),
    "cancelled": replace(BOOKED, status=SessionStatus.CANCELLED),
    "cancelled, may be undone": replace(BOOKED, status=SessionStatus.CANCELLED, undo_until=LONG_AFTER),
    "cancelled, undo pending": replace(
        BOOKED, status=SessionStatus.CANCELLED, undo_until=LONG_AFTER, pending=steps.attempt(PENDING, steps.as_it_was(BOOKED), BEFORE)
    ),
    "completed": replace(BOOKED, status=SessionStatus.COMPLETED, confirmed=True),
    "completed, may be undone": replace(BOOKED, status=SessionStatus.COMPLETED, confirmed=True, undo_until=LONG_AFTER),
    "no_show": replace(BOOKED, status=SessionStatus.NO_SHOW, confirmed=True),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One event of the saga."""

    label: str
    event: Event
    now: datetime = BEFORE


def _answers(hold: HoldId) -> list[Row]:
    which = HOLDS[hold]
    return [
        Row(f"hold granted ({which})", steps.Granted(hold, OFFER.room_id, "201")),
        Row(f"hold confirmed ({which})", steps.Confirmed(hold)),
        Row(f"hold refused, alternatives ({which})", steps.Refused(hold, RefusalReason.BOOKED, (OFFER,))),
        Row(f"hold refused, none ({which})", steps.Refused(hold, RefusalReason.BOOKED)),
        Row(f"hold expired ({which})", steps.Expired(hold, gone=False)),
        Row(f"hold expired, its room is gone ({which})", steps.Expired(hold, gone=True)),
        Row(f"hold released ({which})", steps.Released(hold)),
    ]


EVENTS: Final = [
    *(row for hold in (PENDING, CURRENT, STALE) for row in _answers(hold)),
    Row("no answer for a while", steps.NoAnswer()),
    Row("deadline passes", steps.DeadlinePassed(), AFTER),
    Row("alternative accepted or move requested", LATER),
    Row("the pending move is withdrawn", steps.Withdraw(PENDING)),
    Row("another client joins", JOINED),
    Row("a client leaves", steps.Leave(REQUESTED.client_id)),
    Row("who waited takes it", steps.AcceptOffer()),
    Row("who waited declines, or the offer ends", steps.Decline("the offer was declined")),
    Row("cancel", steps.Cancel("ill", late=False)),
    Row("complete, before it starts", steps.Complete(START, START + HOUR, date(2026, 3, 2))),
    Row("complete", steps.Complete(START, START + HOUR, date(2026, 3, 2)), AFTER),
    Row("client did not come", steps.NoShow(), AFTER),
    Row("undo", steps.Undo(), AFTER),
    Row("undo, too late", steps.Undo(), LONG_AFTER + HOUR),
]


def cell(session: Session, row: Row) -> str:
    """Return what follows in one state from one event."""
    step = saga.advance(session, row.event, row.now, NEXT)
    if step.refusal is not None:
        return "409"
    if step == Step(replace(session, updated_at=step.session.updated_at)):
        return "·"
    return "; ".join([_state(session, step.session), *_commands(step), *(f"**{type(fact).__name__}**" for fact in step.facts)]).strip("; ")


def _state(before: Session, after: Session) -> str:
    name = after.status.value
    if after.status is SessionStatus.BOOKED:
        name += "" if after.confirmed else ", not confirmed"
        name += ", move pending" if after.pending else ""
    if after.status is SessionStatus.OFFERED and after.stands:
        name = "held for who waited" + ("" if after.confirmed else ", not confirmed")
    name += ", undo pending" if after.undoing else ""
    changed = (before.status, before.confirmed, before.pending) != (after.status, after.confirmed, after.pending)
    return f"→ {name}" if changed else ""


def _commands(step: Step) -> Sequence[str]:
    label = []
    for command in step.commands:
        match command:
            case HoldRequest(hold_id=hold):
                label.append(f"RequestHold({HOLDS[hold]})")
            case steps.ConfirmHold(hold_id=hold):
                label.append(f"ConfirmHold({HOLDS[hold]})")
            case HoldRelease(hold_id=hold, reason=reason):
                label.append(f"ReleaseHold({HOLDS[hold]}, {reason.value})")
    return label


def page() -> str:
    """Write the page."""
    head = "| received | " + " | ".join(STATES) + " |"
    rule = "|---" * (len(STATES) + 1) + "|"
    rows = [f"| {row.label} | " + " | ".join(cell(session, row) for session in STATES.values()) + " |" for row in EVENTS]
    return "\n".join(
        [
            "# The booking saga",
            "",
            "Generated by `booking_saga.py` from `scheduling.sessions.saga.advance`: one column for each state of a session, one row",
            "for all that can be received. `→` is the next state, commands go to rooms, **bold** facts to everybody. `·` is no change:",
            "the message is late, repeated or about another attempt. `409` is a step that a person cannot take in that state.",
            "*pending* is the attempt that waits for rooms' answer, *current* the hold that the session stands on, *stale* any other.",
            "",
            head,
            rule,
            *rows,
            "",
        ]
    )


def main() -> int:
    """Write or check the page."""
    if "--check" in sys.argv[1:]:
        if PAGE.read_text(encoding="utf-8") == page():
            return 0
        sys.stderr.write("services/scheduling/docs/booking-saga.md is stale: run python services/scheduling/docs/booking_saga.py\n")
        return 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
