"""What is different while a part of the platform is away, in words for whoever books."""

from collections.abc import Collection

from chassis.edge import View
from contracts.scheduling import SessionStatus

from scheduling.session import Session


class Degraded(View):
    """A part that is away, and what that means for this answer."""

    part: str
    """broker | rooms | catalog | billing"""
    effect: str


def degraded(session: Session, away: Collection[str]) -> tuple[Degraded, ...]:
    """Say what is different about a session while these parts are away."""
    waits = "waiting for a room: the booking is kept, and rooms is asked as soon as "
    effects: dict[str, str] = {}
    if session.pending is not None:
        effects = {"broker": f"{waits}the message broker is back", "rooms": f"{waits}rooms is back"}
    elif session.waits_for_rooms:
        effects = {"broker": "the room is held; rooms confirms it when the message broker is back", "rooms": "the room is held"}
    if session.status in {SessionStatus.REQUESTED, SessionStatus.OFFERED, SessionStatus.BOOKED}:
        effects["catalog"] = "service, duration and rate come from scheduling's own copy"
    if session.status is SessionStatus.COMPLETED:
        effects["billing"] = "the billing record is made as soon as billing is back"
        effects["broker"] = "the billing record is made as soon as the message broker is back"
    return tuple(Degraded(part=part, effect=effect) for part, effect in effects.items() if part in away)
