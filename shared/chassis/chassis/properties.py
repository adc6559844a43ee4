"""AMQP properties that cannot be decoded, such as a timestamp after the year 9999: a message is taken with those before them.

pamqp decodes them while it reads the connection, where an error ends the connection, and the broker delivers the message again first:
its service would handle nothing until the delivery limit. Nothing of a Holdfast message is a property that this loses, but its headers,
and a message without them is a dead letter.
"""

from typing import Final

import structlog
from pamqp.base import BasicProperties

DECODE: Final = BasicProperties.unmarshal
UNREADABLE: Final = "x-unreadable"
"""The only header of a message whose headers could not be decoded, with the name of the error."""

log = structlog.get_logger()


def tolerate_unreadable_properties() -> None:
    """Let pamqp decode properties like this from now on, in the whole process; more than once has no further effect."""
    BasicProperties.unmarshal = _unmarshal  # pyrefly: ignore[method-assign] (there is no other way in)


def _unmarshal(self: BasicProperties, flags: int, data: bytes) -> None:
    try:
        DECODE(self, flags, data)
    except Exception as error:  # noqa: BLE001 (whoever publishes decides what it is)
        reason = type(error).__name__
        log.warning("properties of a message cannot be read", reason=reason)
        if not getattr(self, "headers", None):
            setattr(self, "headers", {UNREADABLE: reason})  # noqa: B010 (the class of the properties has it, its base has not)
