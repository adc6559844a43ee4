"""Which messages are sent for steps of sessions, holds in plural, and which of them carried each step; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar
from uuid import UUID

from contracts.message import Message
from contracts.rooms import ConfirmHolds, HoldRelease, HoldRequest, ReleaseHolds, RequestHolds
from contracts.scheduling import SessionFact
from contracts.types import ClientId, SessionId

from scheduling.lifecycle.steps import ConfirmHold, Step

HOLDS_IN_A_MESSAGE: Final = 500

T = TypeVar("T")


def hold_requests(steps: Sequence[Step]) -> list[RequestHolds]:
    """Return the messages that request rooms."""
    wanted = [command for step in steps for command in step.commands if isinstance(command, HoldRequest)]
    return [RequestHolds(requests=some) for some in in_parts(wanted)]


def hold_confirmations(steps: Sequence[Step]) -> list[ConfirmHolds]:
    """Return the messages that confirm holds."""
    wanted = [command.hold_id for step in steps for command in step.commands if isinstance(command, ConfirmHold)]
    return [ConfirmHolds(hold_ids=some) for some in in_parts(wanted)]


def hold_releases(steps: Sequence[Step]) -> list[ReleaseHolds]:
    """Return the messages that release holds."""
    wanted = [command for step in steps for command in step.commands if isinstance(command, HoldRelease)]
    return [ReleaseHolds(holds=some) for some in in_parts(wanted)]


def facts_of(steps: Sequence[Step]) -> list[SessionFact]:
    """Return what is published of sessions, in the order of the steps."""
    return [fact for step in steps for fact in step.facts]


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
