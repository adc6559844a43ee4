"""Why something cannot be done: every reason at once, as data and as text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from chassis.named_people import NamedPerson
from chassis.named_times import NamedTime
from contracts.types import ClientId, SessionId

THE_CLIENT: Final = "The client"
"""How messages call whichever client they are about."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why something cannot be done, with what would work."""

    code: str
    field: str
    message: str
    clashes: tuple[SessionId, ...] = ()
    """The sessions that are in the way."""
    times: tuple[NamedTime, ...] = ()
    """The days and times that the message names."""
    client_id: ClientId | None = None
    """Which of several clients the message is about."""
    client_name: str | None = None
    """Their name, where it was looked up."""

    @property
    def people(self) -> tuple[NamedPerson, ...]:
        """Return whom the message is about, where that is known."""
        if self.client_id is None or self.client_name is None:
            return ()
        return (NamedPerson(THE_CLIENT, self.client_id, self.client_name),)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Every reason why something cannot be done."""

    reasons: tuple[Reason, ...]

    @property
    def client_ids(self) -> frozenset[ClientId]:
        """Return the clients whom its reasons are about."""
        return frozenset(reason.client_id for reason in self.reasons if reason.client_id is not None)

    def with_names(self, names: Mapping[ClientId, str]) -> "Refusal":
        """Return it with the names of the clients whom its reasons are about."""
        return Refusal(tuple(replace(each, client_name=names.get(each.client_id)) if each.client_id else each for each in self.reasons))


@dataclass(frozen=True, slots=True)
class Override:
    """Staff override the clinic's rules, with a reason."""

    reason: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """Rules that staff overrode for a session."""

    session_id: SessionId
    override: Override
    reasons: tuple[Reason, ...]
