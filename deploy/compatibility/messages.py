"""Whether messages still are what the last release described: each release can read what the other writes.

What the last release wrote is read by this one, of every message: it may wait in a queue, or be written by a process that is not replaced
yet. What this release writes is read by the last one as well, where the owner writes it (facts and answers). Commands and questions are
read by their owner alone, which is replaced before anybody sends more than it took.

jsoncompat checks the one that is written against the one that is read. It knows no formats and patterns, so a text with one of them is
compared as a value of its own.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

import jsoncompat
from contracts.message import COMMANDS, QUESTIONS, Message
from contracts.published import messages, schema

Json = dict[str, Any]
Role = Literal["serializer", "deserializer"]

REASONS: Final[dict[Role, str]] = {
    "serializer": "is not written as before: the last release cannot read it. Keep it as it was, or publish a new version beside.",
    "deserializer": (
        "does not take what the last release writes: a message that waits, or is published again, would be a dead letter. "
        "Give what is new a default and take all that was taken, or publish a new version beside."
    ),
}
"""What is broken where the schemas of two releases do not fit, and what to do instead."""

FORMED: Final = ("format", "pattern", "minLength", "maxLength")
"""What makes a text one of its own kind."""


def described() -> Json:
    """Describe every message as a release keeps it: its schema, who writes it, and until when it is published."""
    return {message.type: _described(message) for message in messages()}


def _described(message: type[Message]) -> Json:
    ends = message.deprecation
    return {
        "written_by": "anybody" if message.exchange in {COMMANDS, QUESTIONS} else "its owner",
        "published_until": str(ends.until) if ends else None,
        "schema": schema(message),
    }


def breaks(released: Mapping[str, Json], present: Mapping[str, Json], today: date) -> list[str]:
    """Name every message that readers or writers of the released description cannot use any more, and in it the fields."""
    found: list[str] = []
    for type_, before in released.items():
        after, until = present.get(type_), before["published_until"]
        if after is None:
            if until is None or date.fromisoformat(until) >= today:
                found.append(f"{type_} is gone, and it was not deprecated until a day that is over")
        elif before["written_by"] != after["written_by"]:
            found.append(f"{type_} is written by {after['written_by']} and was by {before['written_by']}")
        else:
            roles: Sequence[Role] = ("deserializer",) if before["written_by"] == "anybody" else ("serializer", "deserializer")
            broken = {field: role for role in reversed(roles) for field in _broken(before["schema"], after["schema"], role)}
            found += [f"{type_}: {field} {REASONS[role]}" for field, role in broken.items()]
    return found


def _broken(before: Json, after: Json, role: Role) -> list[str]:
    if _fits(before, after, role):
        return []
    names = {**before.get("properties", {}), **after.get("properties", {})}
    return [name for name in names if not _fits(_only(before, name), _only(after, name), role)] or ["its data"]


def _fits(before: Json, after: Json, role: Role) -> bool:
    closed = role == "deserializer"
    return jsoncompat.check_compat(json.dumps(_plain(before, closed=closed)), json.dumps(_plain(after, closed=closed)), role)


def _only(described: Json, name: str) -> Json:
    fields = {key: field for key, field in described.get("properties", {}).items() if key == name}
    return described | {"properties": fields, "required": [key for key in described.get("required", ()) if key == name]}


def _plain(part: Any, *, closed: bool) -> Any:  # noqa: ANN401 (any JSON)
    """Return a schema as jsoncompat reads it; ``closed`` where no other fields are written than those that it names."""
    if isinstance(part, list):
        return [_plain(each, closed=closed) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "string" and "enum" not in part and any(key in part for key in FORMED):
        return {"const": json.dumps({key: part[key] for key in FORMED if key in part})}
    plain = {key: _plain(value, closed=closed) for key, value in _without_ids(part)}
    return {"additionalProperties": False, **plain} if closed and "properties" in part and part.get("type") == "object" else plain


def _without_ids(part: Json) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in part.items() if key not in {"$id", "$schema"} or not isinstance(value, str))
