"""What the peers are requested and answer."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel


class NewBooking(BaseModel):
    """A booking of one room for a time."""

    id: UUID
    title: str
    room_id: int
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    therapist_id: UUID


class Booking(BaseModel):
    """Where a booking stands."""

    id: UUID
    status: Literal["requested", "booked", "rejected"]


class HoldRequested(BaseModel):
    """A room is to be held."""

    message_id: UUID
    booking_id: UUID
    room_id: int
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class HoldAnswered(BaseModel):
    """Whether the room is held; also what is announced of the booking then."""

    message_id: UUID
    booking_id: UUID
    is_held: bool
