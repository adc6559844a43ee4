"""Writes what others read about the messages: docs/schemas/*.json, docs/asyncapi.json and docs/messages.md.

``python -m contracts.documents`` writes them and refuses to break a published version; ``--check`` only compares.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

from contracts.compatibility import broken_promises
from contracts.envelope import PREFIX
from contracts.message import COMMANDS, EVENTS, QUESTIONS, REPLIES, Message
from contracts.published import Json, messages, owner, sample, schema
from contracts.types import SERVICE_CODE

DOCS: Final = Path(__file__).parents[3] / "docs"
EXCHANGES: Final = {EVENTS: "topic", COMMANDS: "direct", QUESTIONS: "direct", REPLIES: "default"}
RECEIVED: Final = {COMMANDS, QUESTIONS}
"""What a service takes from others."""

SPOKEN: Final = {
    SERVICE_CODE: "code",
    r"^-?\d{1,10}(\.\d{1,2})?$": "money",
    r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$": "HH:MM",
    r"^[a-z][a-z0-9_]{0,39}$": "word",
}
"""What people call the texts with a pattern; the schemas have the patterns."""

INTRODUCTION: Final = """\
# Messages

Written by `python -m contracts.documents`; change the contracts, not this page.

Facts go to the topic exchange `holdfast.events`, commands to the direct exchange `holdfast.commands`; the routing key
is the type. Questions go to the direct exchange `holdfast.questions`; they are not persistent, expire, and are answered to
their `reply_to` with their `correlation_id`, or not at all. A message is a CloudEvent 1.0 in AMQP binary mode: its
attributes are headers named `cloudEvents_*`, its body is the JSON data. `message_id` is the event id. Deliveries may repeat
and overtake each other: remember the ids you have acted on, and compare `cloudEvents_sequence`, the version of what the
message is about. Readers ignore fields they do not know. A version never loses, renames or retypes a field; a break is a new
version beside the old one.

To listen, bind a queue of your own, named `<your system>.<anything>`, to `holdfast.events`. The stream queue
`holdfast.events.log` keeps every fact for replay. No message carries a name of a person, a contact, a diagnosis or free
text about anybody. JSON Schemas: [schemas/](schemas/). AsyncAPI 3: [asyncapi.json](asyncapi.json).
"""


def documents() -> dict[Path, str]:
    """Return every document by its path below docs/."""
    schemas = {Path("schemas") / f"{message.type}.json": _json(schema(message)) for message in messages()}
    return {**schemas, Path("asyncapi.json"): _json(asyncapi()), Path("messages.md"): page()}


def asyncapi() -> Json:
    """Describe all messages as AsyncAPI 3."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Holdfast messages",
            "version": "1",
            "description": "What Holdfast's services say to each other, and to anybody who listens.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {message.__name__: _channel(message) for message in messages()},
        "operations": {_operation_name(message): _operation(message) for message in messages()},
        "components": {"messages": {message.__name__: _message(message) for message in messages()}},
    }


def page() -> str:
    """Write the page for people."""
    rows = [f"| [`{m.type}`](#{m.type.replace('.', '')}) | {_direction(m)} | {_first_line(m)} |" for m in messages()]
    overview = ["| type | who tells whom | what it says |", "|---|---|---|", *rows, ""]
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
            f"{_direction(message)}, {_exchange(message)}.\n",
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
    spoken = SPOKEN.get(field.get("pattern", ""), field["type"])
    return field.get("format", spoken)


def _first_line(message: type[Message]) -> str:
    return (message.__doc__ or "").strip().partition("\n")[0]


def _direction(message: type[Message]) -> str:
    if message.exchange in RECEIVED:
        return f"anybody asks {owner(message)}"
    return f"{owner(message)} answers whoever asked" if message.exchange == REPLIES else f"{owner(message)} tells everybody"


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


def _message(message: type[Message]) -> Json:
    golden = sample(message)
    return {
        "name": message.type,
        "title": message.__name__,
        "summary": _first_line(message),
        "contentType": "application/json",
        "headers": _headers(),
        "payload": {"$ref": f"schemas/{message.type}.json"},
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


def _promises_that_would_break() -> list[str]:
    found: list[str] = []
    for message in messages():
        path = DOCS / "schemas" / f"{message.type}.json"
        if path.exists():
            found += [f"{message.type}: {promise}" for promise in broken_promises(json.loads(path.read_text()), schema(message))]
    return found


def stale() -> list[str]:
    """Name every document that is missing, out of date, or about a message that is no more."""
    wanted = documents()
    old = [str(path) for path, text in wanted.items() if not (DOCS / path).exists() or (DOCS / path).read_text() != text]
    orphans = [f"schemas/{path.name}" for path in (DOCS / "schemas").glob("*.json") if Path("schemas") / path.name not in wanted]
    return sorted(old + orphans)


def main(arguments: list[str]) -> str | None:
    """Write or check; return what is wrong."""
    if promises := _promises_that_would_break():
        return "\n".join(["A published version may not change like this; add a new version beside it:", *promises])
    if "--check" in arguments:
        found = stale()
        return "\n".join(["Run python -m contracts.documents; these are out of date:", *found]) if found else None
    for path, text in documents().items():
        (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / path).write_text(text)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
