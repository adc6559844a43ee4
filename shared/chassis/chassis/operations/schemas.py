"""What operators read and write, as JSON."""

from enum import StrEnum
from typing import Annotated, Any, Final

from contracts.types import Instant
from pydantic import ConfigDict, Field, StrictInt

from chassis.bodies.models import Body, View
from chassis.rows.paging import MAX_PAGE
from chassis.settings import Role

ID: Final = "01956b3a-813d-7e26-bbb1-cf62184ad1fa"


class Part(View):
    """A part of the service that must answer before it is ready."""

    part: str
    answers: bool
    reason: str | None
    """Why it cannot work."""


class Outbox(View):
    """Messages that the service has to publish."""

    waiting: int
    oldest_seconds: float
    """Age of the oldest; 0 when there is none."""
    parked: int
    """Of those that wait: the broker did not take them when last tried."""


class Queue(View):
    """Messages that the service has to act on."""

    messages: int
    """That wait; those that are delivered and not acknowledged yet do not count."""
    consumers: int
    unacknowledged: int
    """That this process was delivered and has neither acknowledged nor parked."""
    unacknowledged_for_long: int
    """Of them, those for more than 10 seconds: something keeps them from being acted on."""
    oldest_unacknowledged_seconds: float
    """How long ago the oldest of them was delivered; 0 when there is none."""


class Operations(View):
    """How a service is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service": "catalog",
                    "release": "2026.3.1",
                    "role": "all",
                    "started_at": "2026-03-02T06:00:00Z",
                    "uptime_seconds": 16200.4,
                    "is_ready": True,
                    "checks": [{"part": "database", "answers": True, "reason": None}, {"part": "broker", "answers": True, "reason": None}],
                    "outbox": {"waiting": 0, "oldest_seconds": 0.0, "parked": 0},
                    "inbox": {
                        "messages": 0,
                        "consumers": 1,
                        "unacknowledged": 2,
                        "unacknowledged_for_long": 0,
                        "oldest_unacknowledged_seconds": 0.1,
                    },
                    "parked_messages": 1,
                }
            ]
        }
    )

    service: str
    release: str
    """What runs here, as the deployment named it (`HOLDFAST_RELEASE`)."""
    role: Role
    started_at: Instant
    """When this process began."""
    uptime_seconds: float
    is_ready: bool
    checks: list[Part]
    outbox: Outbox | None
    """Null while the database is away."""
    inbox: Queue | None
    """Null while the broker is away."""
    parked_messages: int | None
    """While somebody works on them, the last count. Null while the broker is away, or when none were counted yet."""


class Where(StrEnum):
    """Where a message is parked."""

    INBOX = "inbox"
    """Behind the inbox: the service could not act on it."""
    OUTBOX = "outbox"
    """In the outbox: the broker does not take it."""


class ParkedMessage(View):
    """A message that a human must look at."""

    id: str
    """Its event id; a digest where it has none that can be read."""
    where: Where
    type: str | None
    since: Instant | None
    """When it was parked last; for the outbox, when it was written."""
    reason: str
    """rejected: the service could not act on it. delivery_limit: it was never finished. undeliverable: nobody takes it."""
    explanation: str
    """What is wrong with it, judged now."""
    attempts: int | None = None
    """How often it was parked."""
    size: int
    """Bytes of its body."""
    body: Any = None
    """Its JSON; null where it is none, or is truncated."""
    text: str | None = None
    """Its first 64 KiB, or fewer beside many others, where it is text and not shown as JSON."""
    base64: str | None = None
    """Its first KiB in base64, where it is neither JSON nor text."""
    truncated: bool
    """Whether only its first bytes are shown; asked for by its id, it is shown up to 64 KiB."""


class ParkedMessages(View):
    """The oldest parked messages."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "id": ID,
                            "where": "inbox",
                            "type": "catalog.announce_services.v1",
                            "since": "2026-03-02T10:30:00Z",
                            "reason": "rejected",
                            "explanation": "Its headers are not those of a message: the header cloudEvents_time is missing.",
                            "attempts": 1,
                            "size": 2,
                            "body": {},
                            "truncated": False,
                        }
                    ],
                    "in_queue": 1,
                    "in_outbox": 0,
                }
            ]
        }
    )

    items: list[ParkedMessage]
    in_queue: int
    """How many there are behind the inbox."""
    in_outbox: int
    """How many there are in the outbox."""


Ids = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=MAX_PAGE)]


class Redrive(Body):
    """Which parked messages to act on again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ids": [ID]}, {"ids": None, "limit": 100}]})

    ids: Ids | None = None
    """Ids as the list has them; none means all."""
    limit: Annotated[StrictInt, Field(ge=1, le=MAX_PAGE)] = MAX_PAGE
    """How many at most, the oldest first."""


class Redriven(View):
    """What became of a redrive."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"redriven": 1, "tried_again": 0, "not_found": [], "left": 0}]})

    redriven: int
    """Put back into the inbox."""
    tried_again: int
    """Rows of the outbox that are tried again now."""
    not_found: list[str]
    """Ids that no parked message within reach has."""
    left: int
    """Messages that are still parked behind the inbox."""


class Reason(StrEnum):
    """Why a message is thrown away."""

    OBSOLETE = "obsolete"
    """Its content is no longer true or no longer wanted."""
    DONE_BY_HAND = "done_by_hand"
    DUPLICATE = "duplicate"
    FOREIGN = "foreign"
    """It was never meant for this service."""
    UNREADABLE = "unreadable"


class Discard(Body):
    """Which parked messages to discard, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ids": [ID], "reason": "unreadable"}]})

    ids: Ids
    reason: Reason


class Discarded(View):
    """What became of a discard."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"discarded": 1, "not_found": []}]})

    discarded: int
    not_found: list[str]
    """Ids that no parked message within reach has."""
