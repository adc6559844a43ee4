"""Every message that is published, its golden sample and the JSON Schema of its data."""

import json
from importlib.resources import files
from typing import Any, Final

from contracts import billing, catalog, rooms, scheduling
from contracts.message import MESSAGES, Message

OWNERS: Final = (catalog, rooms, scheduling, billing)
"""The contract modules, each named after the service that owns its messages."""
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Json = dict[str, Any]


def messages() -> list[type[Message]]:
    """Return every message, owner by owner, in the order in which it is written down."""
    names = [owner.__name__ for owner in OWNERS]
    return sorted(
        (message for message in MESSAGES.values() if message.__module__ in names), key=lambda message: names.index(message.__module__)
    )


def owner(message: type[Message]) -> str:
    """Return the service that owns the message: it publishes its facts and handles its commands."""
    return message.__module__.rpartition(".")[2]


def sample(message: type[Message]) -> Json:
    """Return the golden sample as it travels: ``headers`` and ``data``."""
    return json.loads((files("contracts") / "samples" / f"{message.type}.json").read_text())


def schema(message: type[Message]) -> Json:
    """Describe the data of a message as it is written."""
    described = message.model_json_schema(mode="serialization")
    notice = {"deprecated": True} if message.deprecation else {}
    return {"$schema": DIALECT, "$id": f"urn:holdfast:{message.type}", **notice, **described}
