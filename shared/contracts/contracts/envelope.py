"""How a message travels: CloudEvents 1.0 in AMQP binary mode.

The attributes are message headers named ``cloudEvents_*``; the body is the JSON ``data``. Extensions: correlationid
(the session it belongs to), causationid (the message that led to it), sequence (the aggregate's version),
traceparent (W3C).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

PREFIX: Final = "cloudEvents_"
CONTENT_TYPE: Final = "application/json"


class UnreadableError(ValueError):
    """A message that is not a CloudEvent of ours: a human must look."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """All that a message carries in addition to its data."""

    id: UUID
    type: str
    source: str
    time: datetime
    subject: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    sequence: int | None = None
    traceparent: str | None = None

    def headers(self) -> dict[str, str]:
        """Write the envelope as AMQP headers; absent attributes are left out."""
        attributes = {
            "specversion": "1.0",
            "id": str(self.id),
            "type": self.type,
            "source": self.source,
            "time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": CONTENT_TYPE,
            "subject": self.subject,
            "correlationid": self.correlationid,
            "causationid": self.causationid,
            "sequence": None if self.sequence is None else str(self.sequence),
            "traceparent": self.traceparent,
        }
        return {PREFIX + name: value for name, value in attributes.items() if value is not None}


def read(headers: Mapping[str, object]) -> Envelope:
    """Read an envelope from AMQP headers, or raise UnreadableError with what is wrong."""
    known = {name.removeprefix(PREFIX): str(value) for name, value in headers.items() if name.startswith(PREFIX)}
    if known.get("specversion", "1.0") != "1.0":
        message = f"CloudEvents {known['specversion']} is not spoken here, only 1.0"
        raise UnreadableError(message)
    try:
        return Envelope(
            id=UUID(known["id"]),
            type=known["type"],
            source=known["source"],
            time=datetime.fromisoformat(known["time"]).astimezone(UTC),  # a time that UTC cannot express is refused here
            subject=known.get("subject"),
            correlationid=known.get("correlationid"),
            causationid=known.get("causationid"),
            sequence=int(known["sequence"]) if "sequence" in known else None,
            traceparent=known.get("traceparent"),
        )
    except KeyError as missing:
        message = f"the header {PREFIX}{missing.args[0]} is missing"
        raise UnreadableError(message) from missing
    except (ValueError, OverflowError) as wrong:
        message = f"a CloudEvents header cannot be read: {wrong}"
        raise UnreadableError(message) from wrong
