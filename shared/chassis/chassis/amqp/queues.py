"""The arguments of a service's queues at the broker, which cannot be changed once a queue is there."""

from typing import Any, Final

DELIVERY_LIMIT: Final = 100
"""High on purpose: a crash loop must not make dead letters of healthy messages beside the faulty one."""
NO_DELIVERY_LIMIT: Final = 1_000_000_000
"""Where a message may not be dropped: without a limit, RabbitMQ 4 drops it after twenty deliveries."""
QUEUE_LENGTH: Final = 1_000_000
LOG_BYTES: Final = 5_000_000_000
DEAD_LETTERING_SINCE: Final = 4
"""The first RabbitMQ whose dead-lettering a message cannot stop (decision 50)."""

LOG_ARGUMENTS: Final = {"x-queue-type": "stream", "x-max-length-bytes": LOG_BYTES}
PARKED_ARGUMENTS: Final = {"x-queue-type": "quorum", "x-delivery-limit": NO_DELIVERY_LIMIT}


def inbox_arguments(exchange: str, parked: str, *, dead_lettering: bool) -> dict[str, Any]:
    """Return the arguments of an inbox, from which the broker parks by itself what expires or is never finished, or nothing."""
    arguments: dict[str, Any] = {"x-queue-type": "quorum", "x-overflow": "reject-publish", "x-max-length": QUEUE_LENGTH}
    if not dead_lettering:
        return arguments | {"x-delivery-limit": NO_DELIVERY_LIMIT}
    return arguments | {
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-routing-key": parked,
        "x-dead-letter-strategy": "at-least-once",
        "x-delivery-limit": DELIVERY_LIMIT,
    }


def is_dead_lettering_safe(version: str) -> bool:
    """Whether a broker of this version may dead-letter by itself."""
    return int(version.partition(".")[0]) >= DEAD_LETTERING_SINCE
