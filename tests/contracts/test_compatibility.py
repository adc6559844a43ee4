"""What a release described is still true: messages by jsoncompat, HTTP interfaces by a table of rules; each rule is shown here."""

import json
import subprocess
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from compatibility import check, messages, openapi, released
from compatibility.openapi import RULES
from compatibility.patterns import FORMERLY, as_before
from contracts.message import Message
from contracts.rooms import HoldsAnswered, HoldsChecked, RequestHolds, RoomChanged
from contracts.scheduling import SessionBooked
from contracts.types import AMOUNT, DAY, MONEY
from servers.rights import SERVICES
from support.repository import ROOT

Json = dict[str, Any]
TODAY = date(2026, 11, 28)
UNREADABLE = "is not written as before: the last release cannot read it. Keep it as it was, or publish a new version beside."
UNREAD = (
    "does not take what the last release writes: a message that waits, or is published again, would be a dead letter. "
    "Give what is new a default and take all that was taken, or publish a new version beside."
)


@pytest.mark.parametrize("part", released.PARTS)
def test_nothing_that_was_released_is_broken(part: str) -> None:
    assert released.broken(part, datetime.now(UTC).date()) == []


@pytest.mark.parametrize("pattern", FORMERLY)
def test_a_pattern_that_states_what_was_refused_before_is_described_somewhere(pattern: str) -> None:
    assert any(json.dumps(pattern) in json.dumps(released.present(part)) for part in SERVICES)


def test_what_was_refused_before_may_be_stated_later_and_nothing_else() -> None:
    def described(**schema: str) -> Json:
        body = {"required": True, "content": {"application/json": {"schema": {"type": "string", **schema}}}}
        return {"paths": {"/days": {"put": {"requestBody": body, "responses": {}}}}}

    before, bounded, other = described(format="date"), described(format="date", pattern=DAY), described(format="date", pattern="^2026-")
    assert openapi.breaks(as_before(before), as_before(bounded)) == []
    assert openapi.breaks(as_before(bounded), as_before(bounded)) == []
    assert [each.rule for each in openapi.breaks(as_before(before), as_before(other))] == ["request-narrowed"]
    amounts = described(pattern=MONEY), described(pattern=AMOUNT)
    assert openapi.breaks(as_before(amounts[0]), as_before(amounts[1])) == []


def test_what_is_released_is_kept_in_place_of_what_was(tmp_path: Path) -> None:
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "0.0.1.json").write_text("{}")
    released.write(tmp_path)
    assert sorted(path.parent.name for path in tmp_path.glob("*/*.json")) == sorted(released.PARTS)
    assert released.last("rooms", tmp_path) == (released.version("rooms"), released.present("rooms"))


def test_the_check_of_a_service_finds_what_its_own_messages_and_interface_break(tmp_path: Path) -> None:
    released.write(tmp_path)
    for part, name in (("contracts", "rooms.room_closed.v1"), ("rooms", "paths")):
        [path] = (tmp_path / part).glob("*.json")
        described = json.loads(path.read_text())
        gone = {"/gone": described["paths"]["/rooms"]} if name == "paths" else next(iter(described.values()))
        path.write_text(json.dumps({**described, name: gone | described.get(name, {})}))
    assert [each.partition(" ")[0] for each in check.broken("rooms", TODAY, tmp_path)] == [
        "rooms.room_closed.v1",
        "operation-removed",
        "operation-removed",
    ]
    assert check.broken("billing", TODAY, tmp_path) == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_lint_of_a_service_compares_it_with_what_is_released(service: str) -> None:
    steps = subprocess.run(["make", "-n", "-C", ROOT / "services" / service, "lint"], capture_output=True, text=True, check=True)  # noqa: S603, S607
    assert f"-m compatibility.check {service}\n" in steps.stdout


@pytest.mark.parametrize(
    ("before", "now", "may"),
    [
        ("0.1.0", "0.1.9", False),
        ("0.1.9", "0.2.0", True),
        ("0.9.0", "1.0.0", True),
        ("1.4.0", "1.5.0", False),
        ("1.4.0", "2.0.0", True),
        ("1.4.0", "1.3.0", False),
    ],
)
def test_a_version_says_whether_clients_have_to_look(before: str, now: str, may: bool) -> None:  # noqa: FBT001 (a case of the table)
    assert released.may_break(before, now) is may


def changed(message: type[Message], **fields: Json | None) -> list[str]:
    """Return what breaks when these fields of a message are what is given; None takes a field away."""
    before = {message.type: messages.described()[message.type]}
    after = deepcopy(before)
    schema = after[message.type]["schema"]
    for name, field in fields.items():
        schema["properties"].pop(name, None)
        schema["required"] = [each for each in schema["required"] if each != name]
        if field is not None:
            schema["properties"][name] = {key: value for key, value in field.items() if key != "is_required"}
            schema["required"] += [name] if field.get("is_required", True) else []
    return messages.breaks(before, after, TODAY)


@pytest.mark.parametrize("name", ["room_id", "therapist_credential"])
def test_a_field_of_a_fact_may_not_go(name: str) -> None:
    assert changed(SessionBooked, **{name: None}) == [f"{SessionBooked.type}: {name} {UNREADABLE}"]


@pytest.mark.parametrize(
    "field",
    [
        {"type": "integer"},
        {"type": "string"},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "date-time", "is_required": False},
        {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
    ],
)
def test_a_field_of_a_fact_may_not_be_another_value_nor_be_missing(field: Json) -> None:
    assert changed(SessionBooked, starts_at=field) == [f"{SessionBooked.type}: starts_at {UNREADABLE}"]


@pytest.mark.parametrize("form", [{"maxLength": 40}, {"pattern": "^.*$"}])
def test_a_code_of_a_fact_may_not_have_another_form(form: Json) -> None:
    code = messages.described()[SessionBooked.type]["schema"]["properties"]["service_code"]
    assert changed(SessionBooked, service_code=code | form) == [f"{SessionBooked.type}: service_code {UNREADABLE}"]


@pytest.mark.parametrize("message", [RoomChanged, HoldsChecked])
def test_a_fact_and_an_answer_may_not_have_another_required_field(message: type[Message]) -> None:
    assert changed(message, floors={"type": "integer"}) == [f"{message.type}: floors {UNREAD}"]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("position", {"type": "integer", "minimum": 0, "exclusiveMaximum": 2147483648}),
        ("capacity", {"type": "integer", "minimum": -2147483648, "exclusiveMaximum": 100}),
        ("equipment", {"type": "array", "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}, "maxItems": 5}),
        ("is_active", {"type": "boolean", "const": True}),
    ],
)
def test_a_field_of_a_fact_takes_all_that_was_written_before(name: str, field: Json) -> None:
    assert changed(RoomChanged, **{name: field | {"is_required": name != "position"}}) == [f"{RoomChanged.type}: {name} {UNREAD}"]


def test_an_optional_field_of_a_fact_may_not_become_required() -> None:
    position = messages.described()[RoomChanged.type]["schema"]["properties"]["position"]
    assert changed(RoomChanged, position=position) == [f"{RoomChanged.type}: position {UNREAD}"]


def test_an_enumeration_of_a_fact_may_not_have_fewer_words() -> None:
    before = messages.described()
    after = deepcopy(before)
    after[HoldsAnswered.type]["schema"]["$defs"]["Outcome"]["enum"].pop()
    assert messages.breaks(before, after, TODAY) == [f"{HoldsAnswered.type}: answers {UNREAD}"]


def test_an_enumeration_of_a_fact_may_not_have_more_words() -> None:
    before = messages.described()
    after = deepcopy(before)
    after[HoldsAnswered.type]["schema"]["$defs"]["Outcome"]["enum"].append("postponed")
    assert messages.breaks(before, after, TODAY) == [f"{HoldsAnswered.type}: answers {UNREADABLE}"]


@pytest.mark.parametrize("message", [SessionBooked, RequestHolds])
def test_an_optional_field_may_come(message: type[Message]) -> None:
    before = messages.described()
    after = deepcopy(before)
    after[message.type]["schema"]["properties"]["floor"] = {"type": "integer", "default": 0}
    after[message.type]["schema"]["description"] = "In other words."
    assert messages.breaks(before, after, TODAY) == []


def test_a_command_may_not_need_more_nor_take_less() -> None:
    before = messages.described()
    needs, takes = deepcopy(before), deepcopy(before)
    needs[RequestHolds.type]["schema"]["$defs"]["HoldRequest"]["required"].append("capacity")
    del takes[RequestHolds.type]["schema"]["$defs"]["HoldRequest"]["properties"]["equipment"]
    assert messages.breaks(before, needs, TODAY) == [f"{RequestHolds.type}: requests {UNREAD}"]
    assert messages.breaks(before, takes, TODAY) == [f"{RequestHolds.type}: requests {UNREAD}"]


def test_a_message_goes_only_after_the_day_until_which_it_is_published() -> None:
    before: dict[str, Json] = {"a.b.v1": {"written_by": "its owner", "published_until": "2026-11-27", "schema": {"type": "object"}}}
    assert messages.breaks(before, {}, TODAY) == []
    assert len(messages.breaks(before, {}, date(2026, 11, 27))) == 1
    before["a.b.v1"]["published_until"] = None
    assert len(messages.breaks(before, {}, TODAY)) == 1


def test_a_fact_may_not_become_a_command() -> None:
    before = messages.described()
    after = deepcopy(before)
    after[SessionBooked.type]["written_by"] = "anybody"
    assert len(messages.breaks(before, after, TODAY)) == 1


TEXT: Json = {"type": "string"}
WORDS: Json = {"type": "string", "enum": ["a", "b"]}
FEWER: Json = {"type": "string", "enum": ["a"]}
NUMBER: Json = {"type": "number"}
WHOLE: Json = {"type": "integer"}
NOTHING: Json = {"type": "null"}
ROOM: Json = {"$ref": "#/components/schemas/Room"}


def thing(*optional: str, **fields: Json) -> Json:
    """Describe an object; what is not optional is required."""
    return {"type": "object", "properties": fields, "required": [name for name in fields if name not in optional]}


def described(
    *parameters: Json, sent: Json | None = None, sent_is_required: bool = True, received: Json | None = None, **parts: Any
) -> Json:
    """Describe an interface of one operation."""
    answer = {"description": "", "headers": parts.get("headers", {})}
    if received is not None:
        answer["content"] = {parts.get("answered_as", "application/json"): {"schema": received}}
    operation: Json = {"parameters": list(parameters), "responses": {parts.get("status", "200"): answer}}
    operation |= {key: parts[key] for key in ("operationId", "security") if key in parts}
    if sent is not None:
        operation["requestBody"] = {"required": sent_is_required, "content": {parts.get("sent_as", "application/json"): {"schema": sent}}}
    schemas = {
        "Room": parts.get("room", thing(number=TEXT)),
        "Tree": thing(tree={"$ref": "#/components/schemas/Tree"}, leaf=parts.get("leaf", TEXT)),
    }
    whole = {"security": parts["security_of_all"]} if "security_of_all" in parts else {}
    return whole | {"paths": {parts.get("path", "/rooms"): {parts.get("method", "get"): operation}}, "components": {"schemas": schemas}}


def parameter(*, required: bool = False, schema: Json = TEXT) -> Json:
    """Describe a parameter."""
    return {"in": "query", "name": "q", "required": required, "schema": schema}


def both(*schemas: Json) -> Json:
    """Describe what fits each of these schemas."""
    return {"allOf": list(schemas)}


def needs(trigger: str, *names: str) -> Json:
    """Describe that who sends one field sends others with it."""
    return {"dependentRequired": {trigger: list(names)}}


TOKEN: Json = {"token": []}
TOKEN_TO_WRITE: Json = {"token": ["write"]}
LINKED: Json = both(thing(number=TEXT), {"properties": {"next": ROOM}})
PAIR: Json = thing("a", "b", a=TEXT, b=TEXT)

BREAKS: list[tuple[str, Json, Json]] = [
    ("operation-removed", described(), described(path="/places")),
    ("operation-removed", described(), described(method="post")),
    ("parameter-removed", described(parameter()), described()),
    ("parameter-required", described(parameter()), described(parameter(required=True))),
    ("parameter-required", described(), described(parameter(required=True))),
    ("request-narrowed", described(parameter(schema=WORDS)), described(parameter(schema=FEWER))),
    ("request-narrowed", described(parameter(schema=TEXT)), described(parameter(schema=TEXT | {"format": "uuid"}))),
    ("body-removed", described(sent=TEXT), described()),
    ("body-removed", described(sent=TEXT), described(sent=TEXT, sent_as="text/csv")),
    ("body-required", described(), described(sent=TEXT)),
    ("body-required", described(sent=TEXT, sent_is_required=False), described(sent=TEXT)),
    ("status-removed", described(status="404"), described(status="410")),
    ("answer-removed", described(received=TEXT), described()),
    ("answer-removed", described(received=TEXT), described(received=TEXT, answered_as="text/csv")),
    ("header-removed", described(headers={"ETag": {}}), described()),
    ("request-field-removed", described(sent=thing(a=TEXT)), described(sent=thing())),
    ("request-field-required", described(sent=thing("a", a=TEXT)), described(sent=thing(a=TEXT))),
    ("request-field-required", described(sent=thing()), described(sent=thing(a=TEXT))),
    ("request-narrowed", described(sent=thing(a=TEXT)), described(sent=thing(a=WHOLE))),
    ("request-narrowed", described(sent=thing(a=NUMBER)), described(sent=thing(a=WHOLE))),
    ("request-narrowed", described(sent={"anyOf": [TEXT, NOTHING]}), described(sent=TEXT)),
    ("request-narrowed", described(sent=TEXT), described(sent=TEXT | {"maxLength": 5})),
    ("request-narrowed", described(sent=WHOLE | {"minimum": 0}), described(sent=WHOLE | {"minimum": 1})),
    ("response-field-removed", described(received=thing(a=TEXT)), described(received=thing())),
    ("response-field-removed", described(received=thing("a", a=TEXT)), described(received=thing())),
    ("response-field-removed", described(received=ROOM), described(received=ROOM, room=thing(name=TEXT))),
    ("response-field-removed", described(received=thing(a={"type": "array", "items": ROOM})),
     described(received=thing(a={"type": "array", "items": ROOM}), room=thing())),
    ("response-field-removed", described(received={"anyOf": [ROOM, NOTHING]}),
     described(received={"anyOf": [ROOM, NOTHING]}, room=thing())),
    ("response-field-optional", described(received=thing(a=TEXT)), described(received=thing("a", a=TEXT))),
    ("response-widened", described(received=thing(a=WHOLE)), described(received=thing(a=TEXT))),
    ("response-widened", described(received=thing(a=WHOLE)), described(received=thing(a=NUMBER))),
    ("response-widened", described(received=FEWER), described(received=WORDS)),
    ("response-widened", described(received=TEXT), described(received={"anyOf": [TEXT, NOTHING]})),
    ("response-widened", described(received=TEXT | {"format": "uuid"}), described(received=TEXT)),
    ("response-widened", described(received={"type": "array", "items": TEXT}), described(received={"type": "array"})),
    ("response-widened", described(received={"$ref": "#/components/schemas/Tree"}),
     described(received={"$ref": "#/components/schemas/Tree"}, leaf=WHOLE)),
    ("operation-renamed", described(operationId="list_rooms"), described(operationId="get_rooms")),
    ("credential-required", described(), described(security=[TOKEN])),
    ("credential-required", described(), described(security_of_all=[TOKEN])),
    ("credential-required", described(security=[], security_of_all=[TOKEN]), described(security_of_all=[TOKEN])),
    ("credential-required", described(security=[{}, TOKEN]), described(security=[TOKEN])),
    ("credential-required", described(security=[TOKEN]), described(security=[TOKEN_TO_WRITE])),
    ("credential-required", described(security=[TOKEN]), described(security=[{**TOKEN, "key": []}])),
    ("default-changed", described(parameter(schema=WHOLE | {"default": 50})), described(parameter(schema=WHOLE | {"default": 20}))),
    ("default-changed", described(parameter(schema=WHOLE)), described(parameter(schema=WHOLE | {"default": 20}))),
    ("default-changed", described(sent=thing("a", a=FEWER | {"default": "a"})), described(sent=thing("a", a=FEWER))),
    ("default-changed", described(sent=thing("a", a={"type": "boolean", "default": True})),
     described(sent=thing("a", a={"type": "boolean", "default": False}))),
    ("request-field-required", described(sent=PAIR), described(sent=PAIR | needs("a", "b"))),
    ("response-field-optional", described(received=PAIR | needs("a", "b")), described(received=PAIR)),
    ("request-field-required", described(sent=both(ROOM, thing("a", a=TEXT))), described(sent=both(ROOM, thing(a=TEXT)))),
    ("request-narrowed", described(sent=both(ROOM)), described(sent=both(ROOM), room=thing(number=WHOLE))),
    ("request-narrowed", described(sent=TEXT), described(sent=both(TEXT, {"maxLength": 5}))),
    ("request-narrowed", described(sent=both(TEXT, {"maxLength": 9})), described(sent=both(TEXT, {"maxLength": 9}, {"maxLength": 5}))),
    ("response-field-removed", described(received=both(ROOM, thing(a=TEXT))), described(received=both(ROOM, thing()))),
    ("response-field-removed", described(received=ROOM, room=LINKED),
     described(received=ROOM, room=both(thing(), {"properties": {"next": ROOM}}))),
    ("response-widened", described(received=both({"anyOf": [TEXT, WHOLE]}, {"type": "string"})), described(received=WHOLE)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "before", "after"), BREAKS, ids=[f"{number}-{rule}" for number, (rule, _, _) in enumerate(BREAKS)])
def test_a_rule_finds_what_breaks_it(rule: str, before: Json, after: Json) -> None:
    assert rule in {each.rule for each in openapi.breaks(before, after)}
    assert openapi.breaks(before, before) == openapi.breaks(after, after) == []


def test_every_rule_is_shown() -> None:
    assert {rule for rule, _, _ in BREAKS} == RULES.keys()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (described(), described(parameter())),
        (described(parameter(required=True)), described(parameter())),
        (described(parameter(schema=FEWER)), described(parameter(schema=WORDS))),
        (described(sent=TEXT), described(sent=TEXT, sent_is_required=False)),
        (described(sent=thing(a=TEXT)), described(sent=thing("b", a=TEXT, b=TEXT))),
        (described(sent=thing(a=WHOLE)), described(sent=thing(a=NUMBER))),
        (described(sent=TEXT), described(sent={"anyOf": [TEXT, NOTHING]})),
        (described(sent=TEXT | {"maxLength": 5}), described(sent=TEXT)),
        (described(received=thing(a=TEXT)), described(received=thing(a=TEXT, b=TEXT))),
        (described(received=thing("a", a=TEXT)), described(received=thing(a=TEXT))),
        (described(received=WORDS), described(received=FEWER)),
        (described(received={"anyOf": [TEXT, NOTHING]}), described(received=TEXT)),
        (described(received=TEXT), described(received=TEXT | {"format": "uuid"})),
        (described(received=ROOM, room=thing(a=TEXT)), described(received=ROOM, room=thing(a=TEXT, b=TEXT))),
        (described(security=[TOKEN]), described(security=[TOKEN, {}])),
        (described(security=[TOKEN_TO_WRITE]), described(security=[TOKEN])),
        (described(security_of_all=[TOKEN]), described()),
        (described(parameter(required=True, schema=WHOLE)), described(parameter(schema=WHOLE | {"default": 20}))),
        (described(parameter(schema=WHOLE)), described(parameter(schema=WHOLE | {"default": None}))),
        (described(received=thing(a=WHOLE | {"default": 1})), described(received=thing(a=WHOLE | {"default": 2}))),
        (described(sent=PAIR | needs("a", "b")), described(sent=PAIR)),
        (described(sent=thing("a", a=TEXT, b=TEXT)), described(sent=thing("a", a=TEXT, b=TEXT) | needs("a", "b"))),
        (described(received=PAIR), described(received=PAIR | needs("a", "b"))),
        (described(received=both(ROOM, thing(a=TEXT))), described(received=thing(number=TEXT, a=TEXT))),
        (described(sent=thing(number=TEXT, a=TEXT)), described(sent=both(ROOM, thing(a=TEXT)))),
        (described(sent=ROOM, room=LINKED), described(sent=ROOM, room=LINKED)),
    ],
)
def test_what_breaks_no_client_is_let_pass(before: Json, after: Json) -> None:
    assert openapi.breaks(before, after) == []


def test_a_break_names_the_rule_the_operation_and_the_field() -> None:
    before, after = (described(received=thing(rooms={"type": "array", "items": ROOM}), room=room) for room in (thing(a=TEXT), thing()))
    assert [str(each) for each in openapi.breaks(before, after)] == [
        "response-field-removed at GET /rooms → 200.rooms[].a: a field of an answer is gone"
    ]
