"""AMQP properties that cannot be decoded, such as a timestamp after the year 9999: a message is taken with those before them.

pamqp decodes them while it reads the connection, where an error ends the connection, and the broker delivers the message again first:
its service would handle nothing until the delivery limit. Nothing of a Holdfast message is a property that this loses, but its headers,
and a message without them is a dead letter.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import structlog
from pamqp import encode
from pamqp.base import BasicProperties

DECODE: Final = BasicProperties.unmarshal
UNREADABLE: Final = "x-unreadable"
"""The only header of a message whose headers could not be decoded, with the name of the error."""

BROKERS_OWN: Final = "x-"
"""How the names of headers begin that the broker writes."""
HEADER_BYTES: Final = 64_000
"""Of a message: the broker ends the connection for headers that do not fit into a frame of twice that."""

log = structlog.get_logger()


def sendable(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return those headers that can be sent again, without the broker's own: what was decoded cannot always be encoded, or is too long."""
    kept: dict[str, Any] = {}
    left = HEADER_BYTES
    for name, value in headers.items():
        with suppress(Exception):
            size = len(encode.short_string(name)) + len(encode.encode_table_value(value))
            if size <= left and not name.startswith(BROKERS_OWN):
                kept[name] = value
                left -= size
    return kept


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
