"""Writes what others read about the messages: docs/schemas/*.json, docs/messages.md, and asyncapi.json here and in each service's folder.

``python docs/message_documents.py`` writes them; ``--check`` only compares.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

from contracts.envelope import PREFIX
from contracts.message import COMMANDS, EVENTS, QUESTIONS, REPLIES, Message
from contracts.published import Json, messages, owner, sample, schema
from contracts.types import AMOUNT, SERVICE_CODE

ROOT: Final = Path(__file__).parents[1]
SCHEMAS: Final = Path("docs", "schemas")
OWNERS: Final = tuple(dict.fromkeys(owner(message) for message in messages()))
EXCHANGES: Final = {EVENTS: "topic", COMMANDS: "direct", QUESTIONS: "direct", REPLIES: "default"}
RECEIVED: Final = {COMMANDS, QUESTIONS}
"""What a service takes from others."""

NAMED_PATTERNS: Final = {
    SERVICE_CODE: "code",
    r"^-?\d{1,10}(\.\d{1,2})?$": "money",
    AMOUNT: "money",
    r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$": "HH:MM",
    r"^[a-z][a-z0-9_]{0,39}$": "word",
}
"""What people call the texts with a pattern; the schemas have the patterns."""

INTRODUCTION: Final = """\
# Messages

Written by `python docs/message_documents.py`; change the contracts, not this page.

Facts go to the topic exchange `holdfast.events`, commands to the direct exchange `holdfast.commands`; the routing key
is the type. Questions go to the direct exchange `holdfast.questions`; they are not persistent, expire, and are answered to
their `reply_to` with their `correlation_id`, or not at all. A message is a CloudEvent 1.0 in AMQP binary mode: its
attributes are headers named `cloudEvents_*`, its body is the JSON data. `message_id` is the event id. Deliveries may repeat
and overtake each other: remember the ids you have acted on, and compare `cloudEvents_sequence`, the version of what the
message is about. Readers ignore fields they do not know, and read a word of an enumeration that they do not know as itself. A
version never loses, renames or retypes a field; a break is a new version beside the old one, and both are published at least
until the day that the old one names here.

To listen, bind a queue of your own, named `<your system>.<anything>`, to `holdfast.events`. The stream queue
`holdfast.events.log` keeps every fact for replay. No message carries a name of a person, a contact, a diagnosis or free
text about anybody. JSON Schemas: [schemas/](schemas/). AsyncAPI 3: [asyncapi.json](asyncapi.json).
"""


def documents() -> dict[Path, str]:
    """Return every document by its path in the repository."""
    schemas = {SCHEMAS / f"{message.type}.json": _json(schema(message)) for message in messages()}
    of_services = {Path("services", name, "asyncapi.json"): _json(asyncapi(name)) for name in OWNERS}
    return {**schemas, **of_services, Path("docs", "asyncapi.json"): _json(asyncapi()), Path("docs", "messages.md"): page()}


def asyncapi(service: str | None = None) -> Json:
    """Describe all messages as AsyncAPI 3, or those that one service owns."""
    described = [message for message in messages() if service in {None, owner(message)}]
    schemas = "schemas" if service is None else f"../../{SCHEMAS}"
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": f"Holdfast messages of {service}" if service else "Holdfast messages",
            "version": "1",
            "description": f"What {service} publishes and accepts."
            if service
            else "The messages that Holdfast's services exchange and publish.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {message.__name__: _channel(message) for message in described},
        "operations": {_operation_name(message): _operation(message) for message in described},
        "components": {"messages": {message.__name__: _message(message, schemas) for message in described}},
    }


def page() -> str:
    """Write the page for people."""
    rows = [f"| [`{m.type}`](#{m.type.replace('.', '')}) | {_direction(m)} | {_first_line(m)}{_notice(m)} |" for m in messages()]
    overview = ["| type | direction | content |", "|---|---|---|", *rows, ""]
    return "\n".join([INTRODUCTION, *overview, *(_section(message) for message in messages())])


def _section(message: type[Message]) -> str:
    described = schema(message)
    definitions = described.get("$defs", {})
    parts = [_fields(name, definitions[name], definitions) for name in definitions if "properties" in definitions[name]]
    shown = json.dumps(sample(message), indent=2, ensure_ascii=False)
    return "\n".join(
        [
            f"## {message.type}\n",
            f"{_first_line(message)}\n",
            f"{_direction(message)}, {_exchange(message)}.{_notice(message)}\n",
            _fields("data", described, definitions),
            *parts,
            f"<details><summary>Sample</summary>\n\n```json\n{shown}\n```\n\n</details>\n",
        ]
    )


def _fields(title: str, described: Json, definitions: Json) -> str:
    properties, required = described.get("properties", {}), described.get("required", ())
    if not properties:
        return "No data: the body is `{}`.\n"
    rows = [
        f"| `{name}`{'' if name in required else ' (optional)'} | {_type(field, definitions)} | {_meaning(field)} |"
        for name, field in properties.items()
    ]
    return "\n".join([f"| {title} | type | |", "|---|---|---|", *rows, ""])


def _meaning(field: Json) -> str:
    return " ".join(field.get("description", "").split())


def _type(field: Json, definitions: Json) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return " ".join(f"`{value}`" for value in definitions[name]["enum"]) if "enum" in definitions[name] else name
    if "anyOf" in field:
        return " or ".join(_type(choice, definitions) for choice in field["anyOf"])
    if field["type"] == "array":
        parts = field.get("prefixItems")
        return f"[{', '.join(_type(part, definitions) for part in parts)}]" if parts else f"list of {_type(field['items'], definitions)}"
    if field["type"] == "object":
        values = field.get("additionalProperties") or next(iter(field["patternProperties"].values()))
        return f"object of {_type(values, definitions)}"
    named = NAMED_PATTERNS.get(field.get("pattern", ""), field["type"])
    return field.get("format", named)


def _first_line(message: type[Message]) -> str:
    return (message.__doc__ or "").strip().partition("\n")[0]


def _notice(message: type[Message]) -> str:
    ends = message.deprecation
    return f" Deprecated since {ends.since}: read `{ends.replacement}` instead; published until {ends.until}." if ends else ""


def _direction(message: type[Message]) -> str:
    if message.exchange in RECEIVED:
        return f"anybody → {owner(message)}"
    return f"{owner(message)} → the caller" if message.exchange == REPLIES else f"{owner(message)} → everybody"


def _exchange(message: type[Message]) -> str:
    return f"exchange `{message.exchange}`" if message.exchange else "to the queue that the question names in `reply_to`"


def _operation_name(message: type[Message]) -> str:
    return f"{owner(message)}{'Obeys' if message.exchange in RECEIVED else 'Says'}{message.__name__}"


def _channel(message: type[Message]) -> Json:
    exchange = {"name": message.exchange, "type": EXCHANGES[message.exchange], "durable": True, "autoDelete": False}
    return {
        "address": message.type,
        "messages": {message.__name__: {"$ref": f"#/components/messages/{message.__name__}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _operation(message: type[Message]) -> Json:
    return {
        "action": "receive" if message.exchange in RECEIVED else "send",
        "channel": {"$ref": f"#/channels/{message.__name__}"},
        "messages": [{"$ref": f"#/channels/{message.__name__}/messages/{message.__name__}"}],
        "summary": _first_line(message),
    }


def _message(message: type[Message], schemas: str) -> Json:
    golden = sample(message)
    return {
        "name": message.type,
        "title": message.__name__,
        "summary": _first_line(message) + _notice(message),
        "contentType": "application/json",
        "headers": _headers(),
        "payload": {"$ref": f"{schemas}/{message.type}.json"},
        "bindings": {"amqp": {"messageType": message.type, "bindingVersion": "0.3.0"}},
        "examples": [{"name": "golden", "headers": golden["headers"], "payload": golden["data"]}],
    }


def _headers() -> Json:
    always = ("specversion", "id", "type", "source", "time", "datacontenttype")
    sometimes = ("subject", "correlationid", "causationid", "sequence", "traceparent")
    return {
        "type": "object",
        "properties": {PREFIX + name: {"type": "string"} for name in (*always, *sometimes)},
        "required": [PREFIX + name for name in always],
    }


def _json(document: Any) -> str:  # noqa: ANN401 (whatever JSON holds)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def stale() -> list[str]:
    """Name every document that is missing, out of date, or about a message that is no more."""
    wanted = documents()
    old = [str(path) for path, text in wanted.items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
    orphans = [str(SCHEMAS / path.name) for path in (ROOT / SCHEMAS).glob("*.json") if SCHEMAS / path.name not in wanted]
    return sorted(old + orphans)


def main(arguments: list[str]) -> str | None:
    """Write or check; return what is wrong."""
    if "--check" in arguments:
        found = stale()
        return "\n".join(["Run python docs/message_documents.py; these are out of date:", *found]) if found else None
    for path, text in documents().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
