"""Why something cannot be done: every reason at once, as data and in words."""

from dataclasses import dataclass

from contracts.named_times import NamedTime
from contracts.types import SessionId


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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Every reason why something cannot be done."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Override:
    """Staff knows better than the clinic's rules, and says why."""

    reason: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """Rules that staff overrode for a session."""

    session_id: SessionId
    override: Override
    reasons: tuple[Reason, ...]
