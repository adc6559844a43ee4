"""What one capability of a service brings to its process: routes, message handlers, jobs, gauges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import APIRouter

from chassis.messaging.inbox import Handlers
from chassis.operations.health import Gauges
from chassis.requests.questions import Answers
from chassis.runtime.jobs import ScheduledItems, ScheduledJob

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from chassis.data.database import ReadSession, Transaction

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """A part of a service that can be read, tested and owned alone."""

    routers: Sequence[APIRouter] = ()
    handlers: Handlers = field(default_factory=dict)
    """The use case of each message; no two capabilities of a service handle the same."""
    answers: Answers = field(default_factory=dict)
    """The answer to each question of another service."""
    jobs: Sequence[ScheduledJob | ScheduledItems[Any]] = ()
    """What happens when time has passed."""
    gauges: Gauges | None = None
    """Sets metrics of its own when Prometheus scrapes."""
    on_start: "Callable[[Transaction], Awaitable[None]] | None" = None
    """Runs in a transaction when a worker starts, to request what a late starter missed."""
    state: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What its routes find in ``request.app.state``."""
    larger_bodies: Mapping[str, int] = field(default_factory=dict[str, int])
    """Paths whose request bodies may have more bytes than others."""


def joined(capabilities: Sequence[Capability]) -> Capability:
    """Return what all of them bring together; ValueError where two would handle or answer the same message."""

    async def measure(db: "ReadSession") -> None:
        for each in capabilities:
            if each.gauges is not None:
                await each.gauges(db)

    async def start(tx: "Transaction") -> None:
        for each in capabilities:
            if each.on_start is not None:
                await each.on_start(tx)

    return Capability(
        routers=[router for each in capabilities for router in each.routers],
        handlers=_merged([each.handlers for each in capabilities]),
        answers=_merged([each.answers for each in capabilities]),
        jobs=[job for each in capabilities for job in each.jobs],
        gauges=measure if any(each.gauges for each in capabilities) else None,
        on_start=start if any(each.on_start for each in capabilities) else None,
        state=_merged([each.state for each in capabilities]),
        larger_bodies=_merged([each.larger_bodies for each in capabilities]),
    )


def _merged(parts: "Sequence[Mapping[Key, Value]]") -> dict[Key, Value]:
    merged: dict[Key, Value] = {}
    for part in parts:
        if twice := merged.keys() & part.keys():
            message = f"two capabilities claim {', '.join(sorted(map(str, twice)))}"
            raise ValueError(message)
        merged |= part
    return merged
