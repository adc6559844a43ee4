"""Moves of series, as they are sent and shown."""

from typing import Annotated
from uuid import UUID

from chassis.bodies.models import Body, View
from chassis.errors import FieldError
from contracts.rooms import Alternative
from contracts.scheduling import SessionStatus
from contracts.types import Instant, Money, RoomId, SeriesId, SessionId
from pydantic import ConfigDict, Field, StringConstraints

from scheduling.checks.schemas import Obstruction
from scheduling.moves.dates import Choice, DateOutcome, Foreseen
from scheduling.replicas.schemas import Start
from scheduling.series.recurrence import MOST, Scope
from scheduling.series.schemas import PreviewedRoom, SeriesChange
from scheduling.sessions.schemas import Cancellation, SlotOffer

SESSION_ID = "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21"


class DateChoice(Body):
    """What becomes of one date, instead of moving by as much as the others."""

    session_id: SessionId
    choice: Choice
    starts_at: Instant | None = None
    """When it takes place instead, of an alternative."""
    room_id: RoomId | None = None
    """Only this room will do, of an alternative."""


class SeriesTarget(Start):
    """Where one session of a series moves; the others move by as much on the wall clock."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"session_id": SESSION_ID, "scope": "following", "starts_at": "2026-03-09T10:00:00-04:00"}]}
    )

    session_id: SessionId
    scope: Scope = Scope.THIS
    room_id: RoomId | None = None
    """Only this room will do."""


class SeriesMove(SeriesTarget):
    """A move of sessions of a series, and what becomes of dates that would not move."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session_id": SESSION_ID,
                    "scope": "following",
                    "starts_at": "2026-03-09T10:00:00-04:00",
                    "basis": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "choices": [{"session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c23", "choice": "leave"}],
                }
            ]
        }
    )

    basis: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    """That of the preview which was confirmed: 412 where one of the sessions was changed since. Without it nothing is compared."""
    choices: Annotated[tuple[DateChoice, ...], Field(max_length=MOST)] = ()
    """Dates that do not move by as much as the others; a date that is not named moves where it can and stays where it cannot."""
    cancellation: Cancellation | None = None
    """Why the dates are cancelled whose choice that is; cause and waiver count for each of them."""


class PreviewedMove(View):
    """What would become of one date."""

    session_id: SessionId
    outcome: Foreseen
    starts_at: Instant
    ends_at: Instant
    room: PreviewedRoom | None
    """The room that it has."""
    new_starts_at: Instant
    new_ends_at: Instant
    new_room: PreviewedRoom | None
    """The room that it would get now; None where it gets none or that is not known."""
    problems: list[Obstruction]
    """Every reason why it would stay."""
    alternatives: list[Alternative]
    """What else would do for a date that would stay, the best first."""
    calculated_rate: Money
    """The rate that it has."""
    new_rate: Money | None
    """The rate of its new day; None where it would not move."""
    late_if_cancelled: bool
    """Whether its cancellation by the client would be late now."""


class MovePreview(View):
    """What would become of every date of a move; nothing was changed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c41",
                    "basis": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "moving": 1,
                    "staying": 0,
                    "dates": [
                        {
                            "session_id": SESSION_ID,
                            "outcome": "moves",
                            "starts_at": "2026-03-08T14:00:00Z",
                            "ends_at": "2026-03-08T15:00:00Z",
                            "room": {"room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22", "room_number": "201"},
                            "new_starts_at": "2026-03-09T14:00:00Z",
                            "new_ends_at": "2026-03-09T15:00:00Z",
                            "new_room": {"room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22", "room_number": "201"},
                            "problems": [],
                            "alternatives": [],
                            "calculated_rate": "185.00",
                            "new_rate": "185.00",
                            "late_if_cancelled": False,
                        }
                    ],
                }
            ]
        }
    )

    id: SeriesId
    basis: str
    """Sent with the move, it makes sure that the sessions are still those of this preview."""
    moving: int
    """Dates that would move, or whose room could not be checked."""
    staying: int
    """Dates that would stay although they were to move."""
    dates: list[PreviewedMove]


class MovedDateView(View):
    """What became of one date of a move."""

    session_id: SessionId
    choice: Choice
    outcome: DateOutcome
    status: SessionStatus
    """Of the session now."""
    starts_at: Instant
    """Before the move."""
    ends_at: Instant
    room_number: str | None
    new_starts_at: Instant | None
    """Where it was to move; None where it was left or cancelled."""
    new_ends_at: Instant | None
    new_room_number: str | None
    """The room that it got; None while it has none at its new time."""
    problems: list[FieldError]
    """Every reason why it stays where it was, or was not taken back."""
    alternatives: list[Alternative]
    """What rooms offers for a date that stays: each can be accepted at its session."""
    slot_offer: SlotOffer | None = None
    """Who is offered, from the waitlist, the place to which it could not be taken back."""


class MoveView(View):
    """A move of sessions of a series, date by date."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c71",
                    "series_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c41",
                    "session_id": SESSION_ID,
                    "scope": "following",
                    "created_at": "2026-02-20T09:30:00Z",
                    "undo_until": "2026-02-20T09:45:00Z",
                    "undone_at": None,
                    "dates": [
                        {
                            "session_id": SESSION_ID,
                            "choice": "move",
                            "outcome": "moved",
                            "status": "booked",
                            "starts_at": "2026-03-08T14:00:00Z",
                            "ends_at": "2026-03-08T15:00:00Z",
                            "room_number": "201",
                            "new_starts_at": "2026-03-09T14:00:00Z",
                            "new_ends_at": "2026-03-09T15:00:00Z",
                            "new_room_number": "201",
                            "problems": [],
                            "alternatives": [],
                            "slot_offer": None,
                        }
                    ],
                }
            ]
        }
    )

    id: UUID
    series_id: SeriesId
    session_id: SessionId
    """The session whose new time was given."""
    scope: Scope
    created_at: Instant
    undo_until: Instant | None
    """Until when it can be undone; None when nothing of it can."""
    undone_at: Instant | None
    """When it was undone last."""
    dates: list[MovedDateView]


class SeriesMoved(SeriesChange):
    """What became of every session that a move was about."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c41", "items": [], "move": None}]})

    move: MoveView | None
    """The move, date by date; None where no session is left that could move."""
