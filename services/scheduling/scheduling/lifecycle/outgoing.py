"""Which messages are sent for steps of sessions, holds in plural, and which of them carried each step; pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from contracts.message import Message
from contracts.rooms import ConfirmHolds, HoldRelease, HoldRequest, ReleaseHolds, RequestHolds
from contracts.scheduling import FreedSlot, OfferSlots
from contracts.types import ClientId, SessionId

from scheduling.lifecycle.state import GONE, Session
from scheduling.lifecycle.steps import ConfirmHold, Step

HOLDS_IN_A_MESSAGE: Final = 500

T = TypeVar("T")


Change = tuple[Session, Session]
"""A session before and after."""


@dataclass(frozen=True, slots=True)
class TakenSteps:
    """Steps that were taken and written in one transaction."""

    steps: Sequence[Step]
    changes: Sequence[Change] = ()
    """What became of sessions that there were before, by all their steps."""
    kept_free: Collection[SessionId] = ()
    """Sessions whose time is offered to nobody who waits."""


def messages_of(taken: TakenSteps, kinds: Collection[type[Message]], now: datetime) -> list[Message]:
    """Return what is sent for steps: commands to rooms, facts in the order of the steps, and what is free again.

    ``kinds`` are the messages that the use case states it sends; AssertionError where another one follows from the steps.
    """
    commands = [command for step in taken.steps for command in step.commands]
    requests = [command for command in commands if isinstance(command, HoldRequest)]
    confirmed = [command.hold_id for command in commands if isinstance(command, ConfirmHold)]
    releases = [command for command in commands if isinstance(command, HoldRelease)]
    found: list[Message] = [
        *(RequestHolds(requests=some) for some in in_parts(requests)),
        *(ConfirmHolds(hold_ids=some) for some in in_parts(confirmed)),
        *(ReleaseHolds(holds=some) for some in in_parts(releases)),
        *(fact for step in taken.steps for fact in step.facts),
        *_offers([change for change in taken.changes if change[0].id not in taken.kept_free], now),
    ]
    if others := {type(message).__name__ for message in found} - {kind.__name__ for kind in kinds}:
        text = f"the use case does not state that it sends {', '.join(sorted(others))}"
        raise AssertionError(text)
    return found


Noted = tuple[SessionId, str, str, UUID | None, tuple[ClientId, ...]]
"""Of which session, what happened, in detail, the message that carried it, and who joins or leaves."""


def timeline(steps: Sequence[Step], sent: Sequence[tuple[Message, UUID]]) -> list[Noted]:
    """Return what is noted of the steps, each with the message that carried it, of those ``sent``."""
    facts = {id(message): event_id for message, event_id in sent}
    holds = {hold_id: event_id for message, event_id in sent for hold_id in _holds(message)}
    return [(step.session.id, step.event, step.detail, _carrier(step, facts, holds), step.clients) for step in steps if step.event]


def in_parts(items: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """Yield the items in parts that fit into a message each."""
    for start in range(0, len(items), HOLDS_IN_A_MESSAGE):
        yield tuple(items[start : start + HOLDS_IN_A_MESSAGE])


def _holds(message: Message) -> Sequence[UUID]:
    match message:
        case RequestHolds():
            return [request.hold_id for request in message.requests]
        case ConfirmHolds():
            return message.hold_ids
        case ReleaseHolds():
            return [release.hold_id for release in message.holds]
        case _:
            return ()


def _carrier(step: Step, facts: Mapping[int, UUID], holds: Mapping[UUID, UUID]) -> UUID | None:
    """Return the message of a step's first fact, or of its first command where nothing is published."""
    if step.facts:
        return facts[id(step.facts[0])]
    return holds[step.commands[0].hold_id] if step.commands else None


def _offers(changes: Sequence[Change], now: datetime) -> list[OfferSlots]:
    """Return the message that offers to those who wait what is free again, if there is any."""
    slots = [slot for before, after in changes if (slot := _freed_slot(before, after)) and slot.starts_at > now]
    return [OfferSlots(slots=tuple(slots))] if slots else []


def _freed_slot(before: Session, after: Session) -> FreedSlot | None:
    """Return the room and time that a session had and has no more, or that rooms did not give to who waited for it."""
    moved = (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at)
    given_back = before.stands and (after.status in GONE or moved)
    if not given_back and not (before.offer_until is not None and after.status in GONE):
        return None
    return FreedSlot(
        site_id=before.site_id,
        therapist_id=before.therapist_id,
        room_id=before.room_id,
        starts_at=before.starts_at,
        ends_at=before.ends_at,
    )
