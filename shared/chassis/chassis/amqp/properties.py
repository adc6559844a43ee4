"""AMQP properties of messages that anybody may have written: how they are read, and which of them are sent again.

pamqp decodes them while it reads the connection, where an error (a timestamp after the year 9999) ends the connection, and the broker
delivers the message again first: its service would handle nothing until the delivery limit. So a message is taken with those before the
one that cannot be decoded. Nothing of a Holdfast message is a property that this loses, but its headers, and a message without them is a
dead letter.
"""

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog
from aio_pika import DeliveryMode, Message
from contracts.envelope import PREFIX, UnreadableError
from pamqp import decode, encode
from pamqp.base import BasicProperties

if TYPE_CHECKING:
    from aio_pika.abc import AbstractMessage

DECODE: Final = BasicProperties.unmarshal
UNREADABLE: Final = "x-unreadable"
"""The only header of a message whose headers could not be decoded, with the name of the error; in a history, why it could not be read."""

BROKERS_OWN: Final = "x-"
"""How the names of headers begin that the broker writes."""
DEATHS: Final = f"{BROKERS_OWN}death"
"""The history of a dead letter, the last time first."""
FURTHER_KEYS: Final = ("CC", "BCC")
"""Headers with further keys that the broker routes a message by: those who wrote them may not publish everywhere that we may."""
ATTEMPTS: Final = "holdfast_attempts"
"""The header that counts how often a message was put back; the broker's own count does not survive that."""
COUNT: Final = re.compile(r"[0-9]{1,9}")
"""What can be a count in a header."""
NESTED: Final = (dict, list)
MODES: Final = (None, *DeliveryMode)
"""What aio-pika takes; RabbitMQ 4 passes on any other."""
NAME_BYTES: Final = 128
"""Of a header's name: pamqp cuts off what is more."""
HEADER_BYTES: Final = 64_000
"""Of a message: the broker ends the connection for headers that do not fit into a frame of twice that."""

log = structlog.get_logger()


def anew(message: "AbstractMessage", **more: Any) -> Message:
    """Return a persistent message with the same content that can be sent, and with these further headers.

    One without a message id has its digest for one: aiormq would give it another UUID each time.
    """
    return Message(
        message.body,
        headers={**sendable(message.headers), **more},
        message_id=message.message_id or _named(message),
        type=message.type,
        content_type=message.content_type,
        correlation_id=message.correlation_id,
        timestamp=None if _encoded(message.timestamp) is None else message.timestamp,
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def dead_letter(message: "AbstractMessage", queue: str, reason: str, unreadable: str | None = None) -> Message:
    """Return a message of this queue as a dead letter, with its history as the broker would write it, and why it cannot be read."""
    history = [{"queue": queue, "reason": reason, "time": datetime.now(UTC), UNREADABLE: unreadable}]
    return anew(message, **{ATTEMPTS: str(times_put_back(message)), DEATHS: history})


def times_put_back(message: "AbstractMessage") -> int:
    """Return how often a message was put back into its inbox; 0 where that is no count."""
    stated = str(message.headers.get(ATTEMPTS))
    return int(stated) if COUNT.fullmatch(stated) else 0


def identity(message: "AbstractMessage") -> str:
    """Return a message's event id, or a name by its digest where it has none that can be read; the same however often it was sent again."""
    return str(event_id(message) or _named(message))


def event_id(message: "AbstractMessage") -> UUID | None:
    """Return a message's event id, or None where it has none that can be read."""
    try:
        return UUID(str(sendable(message.headers).get(f"{PREFIX}id") or message.message_id))
    except ValueError:
        return None


def digest(message: "AbstractMessage") -> str:
    """Return a digest of the headers and the body that are sent of a message, the same however often it was sent again."""
    return hashlib.sha256(encode.field_table(sendable(message.headers)) + message.body).hexdigest()


def _named(message: "AbstractMessage") -> str:
    return f"sha256-{digest(message)[:32]}"


def deliveries_before(headers: Mapping[str, object]) -> int:
    """Return how often a message was delivered before, as the broker counts; UnreadableError when the header is no number."""
    count = str(headers.get("x-delivery-count") or 0)
    if not COUNT.fullmatch(count):
        message = "the header x-delivery-count is not a number"
        raise UnreadableError(message)
    return int(count)


def sendable(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return those headers that can be sent again and are then the same, whatever their order is.

    Without tables and arrays, those that the broker acts on, those that cannot be encoded, and the count of attempts. A table may be
    nested just so deep that it can be encoded here and not where it is sent. The broker sorts the headers of what it delivers again.
    """
    kept: dict[str, Any] = {}
    left = HEADER_BYTES
    for name, value in sorted(headers.items()):
        if name.startswith(BROKERS_OWN) or name in (*FURTHER_KEYS, ATTEMPTS) or isinstance(value, NESTED):
            continue
        encoded, bytes_of_name = _encoded(value), len(name.encode())
        if encoded is not None and bytes_of_name <= NAME_BYTES and (size := bytes_of_name + len(encoded)) <= left:
            kept[name] = value
            left -= size
    return kept


def _encoded(value: Any) -> bytes | None:  # noqa: ANN401 (as pamqp's own)
    """Return a value as it stands in a frame; None where it cannot be there, or is read as another one, as a time after 2106 is."""
    with suppress(Exception):
        encoded = encode.encode_table_value(value)
        if encode.encode_table_value(decode.embedded_value(encoded)[1]) == encoded:
            return encoded
    return None


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
    if getattr(self, "delivery_mode", None) not in MODES:
        setattr(self, "delivery_mode", None)  # noqa: B010 (as above)
