"""Why a request does not become a session, as texts: every reason with the part it is about and what would work instead."""

from typing import Final

from contracts.rooms import Obstacle

from scheduling.lifecycle.reasons import Reason

ABOUT: Final = {
    "unknown-therapist": "therapist",
    "therapist-busy": "therapist",
    "therapist-elsewhere": "therapist",
    "inactive-therapist": "inactive",
    "outside-working-hours": "therapist",
    "lunch-break": "therapist",
    "time-off": "therapist",
    "travel-time": "therapist",
    "unknown-client": "client",
    "client-busy": "client",
    "unknown-other-client": "client",
    "client-twice": "client",
    "too-few-clients": "client",
    "unknown-service": "policy",
    "not-bookable": "policy",
    "no-rate": "policy",
    "inactive-service": "inactive",
    "inactive-site": "inactive",
    "unknown-site": "room",
    "unknown-room": "room",
    "room-elsewhere": "room",
    "in-the-past": "past",
    "too-far-back": "past",
    "too-far-ahead": "policy",
    "outside-opening-hours": "hours",
    "impossible-step": "state",
    "date-booked": "state",
}
"""Which part each of scheduling's own reasons is about; what is not named here is a policy."""

RULES: Final = {
    "outside-booking-window": "booking window",
    "short-notice": "notice",
    "buffer-time": "buffer between sessions",
    "travel-time": "travel time between sites",
    "therapist-daily-maximum": "daily maximum of the therapist",
    "client-daily-maximum": "daily maximum of the client",
    "outside-working-hours": "working hours of the therapist",
    "lunch-break": "break of the therapist",
    "time-off": "time off of the therapist",
}
"""How the rules are called that staff may override."""

ROOMS: Final[dict[Obstacle, tuple[str, str, str]]] = {
    Obstacle.BOOKED: ("room", "The room is booked at that time.", "Take another room or time; the alternatives are free."),
    Obstacle.HELD: ("room", "The room is held for somebody else just now.", "Take an alternative, or try again in a few minutes."),
    Obstacle.BLOCKED: ("block", "The room is blocked at that time.", "Take another room, or a time outside the block."),
    Obstacle.CLOSED: ("hours", "The site is closed at that time.", "Choose a time within its opening hours."),
    Obstacle.TOO_SMALL: ("capacity", "The room has too few seats.", "Ask for fewer seats, or take a larger room."),
    Obstacle.LACKS_EQUIPMENT: ("equipment", "The room lacks equipment that is needed.", "Ask for less, or take a room that has it."),
    Obstacle.INACTIVE: (
        "inactive",
        "The room is out of use, or its site is closed.",
        "Take another room; at a closed site, open the site again or book at another one.",
    ),
    Obstacle.UNKNOWN_SITE: ("room", "The site is unknown.", "Choose a site of the network."),
    Obstacle.UNKNOWN_ROOM: ("room", "The site has no such room.", "Choose a room of this site."),
    Obstacle.TOO_LATE: ("past", "It is too late to hold a room for that time.", "Choose a later time."),
    Obstacle.TOO_LONG: ("policy", "No room is held for that long.", "Choose a shorter service."),
    Obstacle.GROUP_REFUSED: ("room", "Another session of the series has no room.", "Book with best effort, or accept what is offered."),
}
UNKNOWN: Final = ("room", "The room cannot be held at that time.", "Take another room or time.")
"""Of an obstacle that a newer rooms has a word for."""
TAKEN: Final = frozenset({Obstacle.BOOKED, Obstacle.HELD})
"""Another session has the room."""
ELSEWHERE_FIX: Final = "Take another room or time."
UNDO_FIX: Final = "Move or cancel the session that has the room, then undo; or book the client at another time."
DECLINE_FIX: Final = "Decline the offer on the waitlist without offering the slot to the next, then undo."
ROOMS_AWAY: Final = "rooms-away"
AWAY: Final = ("room", "Rooms does not answer now, so the room was not checked.", "Book all the same: the booking waits for its room.")


def about(reason: Reason) -> str:
    """Name the part that a reason is about: therapist, client, room, hours, block, capacity, equipment, inactive, past, state or policy."""
    return ABOUT.get(reason.code, "policy")


def rule(reason: Reason) -> str:
    """Name the rule that staff overrode."""
    return RULES.get(reason.code, reason.code)


def fix(message: str) -> str:
    """Return what would work, which is a message's last sentence."""
    return message.rstrip(".").rpartition(". ")[2] + "."


def separate_fix(message: str) -> str | None:
    """Return what would work; None where the message is one sentence."""
    return None if without_fix(message) == message else fix(message)


def without_fix(message: str) -> str:
    """Return what stands in the way, which is a message without its last sentence; all of it where it is one sentence."""
    before, _, _ = message.rstrip(".").rpartition(". ")
    return f"{before}." if before else message


def as_text(obstacle: Obstacle) -> tuple[str, str, str]:
    """Return the part that an obstacle is about, what stands in the way, and what would work."""
    return ROOMS.get(obstacle, UNKNOWN)


def slug(obstacle: Obstacle) -> str:
    """Write an obstacle as problems are written."""
    return f"room-{obstacle.value.replace('_', '-')}" if obstacle in TAKEN else obstacle.value.replace("_", "-")
