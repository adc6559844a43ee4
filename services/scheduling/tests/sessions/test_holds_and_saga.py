"""The saga beside a model of rooms' holds: whatever comes late, twice or reordered, what was announced keeps its room."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import booking_saga
from contracts.rooms import HoldRelease, HoldRequest, RefusalReason
from contracts.scheduling import SessionBooked, SessionStatus
from contracts.types import HoldId, SessionId, new_id
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from scheduling.decisions import booking
from scheduling.lifecycle import steps
from scheduling.lifecycle.state import Session
from scheduling.lifecycle.steps import Command, ConfirmHold, Event, Step
from scheduling.sessions import saga
from testing.properties import examples

ROOM: Final = booking_saga.OFFER.room_id
RIVAL: Final = SessionId(new_id())
MOST_IN_FLIGHT: Final = 12


@dataclass
class Rooms:
    """What rooms does with the holds of its only room, as services/rooms/tests/holds/test_holds.py shows of the service."""

    holds: dict[HoldId, str] = field(default_factory=dict)
    owner: dict[HoldId, SessionId] = field(default_factory=dict)
    blocked: bool = False

    def others(self, session_id: SessionId) -> bool:
        """Whether another session has the room."""
        return any(self.holds[hold] in {"held", "confirmed"} and owner != session_id for hold, owner in self.owner.items())

    def hear(self, command: Command) -> Event:
        """Act on a command once more or for the first time, and answer."""
        hold = command.hold_id
        match command:
            case HoldRequest() if hold not in self.holds:
                free = not (self.blocked or self.others(command.session_id))
                self.holds[hold], self.owner[hold] = "held" if free else "refused", command.session_id
            case ConfirmHold() if self.holds.get(hold) == "held":
                self.holds[hold] = "confirmed"
            case HoldRelease() if self.holds.get(hold) != "refused":
                self.holds[hold] = "released"
            case _:
                pass
        return self.answer(hold)

    def answer(self, hold: HoldId) -> Event:
        """Return what a hold is."""
        match self.holds.get(hold):
            case "held":
                return steps.Granted(hold, ROOM, "201")
            case "confirmed":
                return steps.Confirmed(hold)
            case "refused":
                return steps.Refused(hold, RefusalReason.BOOKED)
            case "released":
                return steps.Released(hold)
            case _:
                return steps.Expired(hold, gone=True)


class BookingUnderDelay(RuleBasedStateMachine):
    """One session, one room, a rival for it, and messages that take as long as they like."""

    def __init__(self) -> None:
        """Ask for the room."""
        super().__init__()
        self.rooms = Rooms()
        self.session: Session = booking_saga.REQUESTED
        self.to_rooms: list[Command] = list(booking.begin(self.session).commands)
        self.to_scheduling: list[Event] = []
        self.announced = False

    def take(self, step: Step) -> None:
        """Go on as a step states."""
        self.announced = self.announced or any(isinstance(fact, SessionBooked) for fact in step.facts)
        self.session = step.session
        self.to_rooms += step.commands
        assert step.event != "room lost"

    def ask(self, requested: steps.RequestedStep) -> None:
        """Let a person request a step."""
        self.take(saga.advance(self.session, requested, booking_saga.AFTER, HoldId(new_id())))

    @precondition(lambda self: self.to_rooms)
    @rule(data=st.data(), twice=st.booleans())
    def rooms_hears(self, data: st.DataObject, *, twice: bool) -> None:
        """Deliver any command, perhaps not for the last time."""
        command = data.draw(st.sampled_from(self.to_rooms))
        if not twice:
            self.to_rooms.remove(command)
        self.to_scheduling.append(self.rooms.hear(command))

    @precondition(lambda self: self.to_scheduling)
    @rule(data=st.data(), twice=st.booleans())
    def scheduling_hears(self, data: st.DataObject, *, twice: bool) -> None:
        """Deliver any answer, perhaps not for the last time."""
        answer = data.draw(st.sampled_from(self.to_scheduling))
        if not twice:
            self.to_scheduling.remove(answer)
        self.take(saga.advance(self.session, answer, booking_saga.BEFORE, HoldId(new_id())))

    @precondition(lambda self: len(self.to_scheduling) < MOST_IN_FLIGHT)
    @rule()
    def the_time_of_holds_ends(self) -> None:
        """Rooms requests whatever is not confirmed again."""
        self.to_scheduling += [self.rooms.answer(hold) for hold, status in self.rooms.holds.items() if status == "held"]

    @precondition(lambda self: len(self.to_rooms) < MOST_IN_FLIGHT)
    @rule()
    def scheduling_asks_again(self) -> None:
        """Repeat what is unanswered."""
        self.take(saga.advance(self.session, steps.NoAnswer(), booking_saga.BEFORE, HoldId(new_id())))

    @rule()
    def somebody_else_wants_the_room(self) -> None:
        """Book it for a rival where it is free."""
        self.rooms.hear(HoldRequest.model_validate({**_request(self.session), "hold_id": new_id(), "session_id": RIVAL}))

    @rule()
    def the_rival_gives_up(self) -> None:
        """Free the room of the rival again."""
        for hold, owner in self.rooms.owner.items():
            if owner == RIVAL:
                self.rooms.holds[hold] = "released"

    @rule(blocked=st.booleans())
    def the_room_is_blocked(self, *, blocked: bool) -> None:
        """Block it where nobody has it, or unblock it."""
        taken = any(status in {"held", "confirmed"} for status in self.rooms.holds.values())
        self.rooms.blocked = blocked and not taken

    @rule(minutes=st.sampled_from([0, 30]))
    def moved(self, minutes: int) -> None:
        """Move it by a little, in its own room."""
        later = timedelta(minutes=minutes)
        self.ask(replace(booking_saga.LATER, starts_at=booking_saga.START + later, ends_at=booking_saga.START + booking_saga.HOUR + later))

    @rule()
    def cancelled(self) -> None:
        """Call it off."""
        self.ask(steps.Cancel("ill", late=False, undo_until=booking_saga.LONG_AFTER))

    @rule()
    def missed(self) -> None:
        """Mark it as a no-show."""
        self.ask(steps.NoShow(undo_until=booking_saga.LONG_AFTER))

    @rule()
    def undone(self) -> None:
        """Undo its no-show or cancellation."""
        self.ask(steps.Undo())

    @invariant()
    def what_is_booked_has_its_room(self) -> None:
        """Keep everybody else out of the room of a booked session."""
        if self.session.status is SessionStatus.BOOKED and self.session.hold_id is not None:
            assert self.rooms.holds[self.session.hold_id] in {"held", "confirmed"}
            assert not self.rooms.others(self.session.id)

    def teardown(self) -> None:
        """Deliver everything: no room stays held for nobody."""
        for _ in range(100):
            if not (self.to_rooms or self.to_scheduling):
                break
            if self.to_rooms:
                self.to_scheduling.append(self.rooms.hear(self.to_rooms.pop(0)))
            if self.to_scheduling:
                self.take(saga.advance(self.session, self.to_scheduling.pop(0), booking_saga.BEFORE, HoldId(new_id())))
        kept = {hold for hold, owner in self.rooms.owner.items() if owner != RIVAL and self.rooms.holds[hold] in {"held", "confirmed"}}
        stands = self.session.status is SessionStatus.BOOKED
        assert kept == ({self.session.hold_id} if stands else set())
        assert self.announced or not stands


def _request(session: Session) -> dict[str, object]:
    return {
        "site_id": session.site_id, "starts_at": session.starts_at, "ends_at": session.ends_at, "room_id": ROOM,
        "not_after": session.starts_at,
    }  # fmt: skip


BookingUnderDelay.TestCase.settings = settings(max_examples=examples(100), stateful_step_count=30, deadline=None)
TestBookingUnderDelay = BookingUnderDelay.TestCase
