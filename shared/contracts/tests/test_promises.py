"""A published version never loses, renames or retypes a field, and the documents say what the code says."""

import json
from copy import deepcopy
from typing import Any

import pytest
from contracts.compatibility import broken_promises
from contracts.documents import DOCS, asyncapi, main, stale
from contracts.message import Message
from contracts.published import messages, schema
from contracts.rooms import HoldsAnswered
from contracts.scheduling import SessionBooked


def test_the_documents_are_up_to_date() -> None:
    assert stale() == []
    assert main(["--check"]) is None


@pytest.mark.parametrize("message", messages(), ids=lambda message: message.type)
def test_no_published_promise_is_broken(message: type[Message]) -> None:
    published = json.loads((DOCS / "schemas" / f"{message.type}.json").read_text())
    assert broken_promises(published, schema(message)) == []


@pytest.fixture
def booked() -> dict[str, Any]:
    return schema(SessionBooked)


def test_an_optional_field_may_be_added(booked: dict[str, Any]) -> None:
    later = deepcopy(booked)
    later["properties"]["floor"] = {"type": "integer", "default": 0}
    later["properties"]["status"]["description"] = "New words."
    assert broken_promises(booked, later) == []


def test_a_required_field_may_not_be_added(booked: dict[str, Any]) -> None:
    later = deepcopy(booked)
    later["properties"]["floor"] = {"type": "integer"}
    later["required"].append("floor")
    assert broken_promises(booked, later) == ["data.floor is new and not optional"]


def test_a_field_may_not_go_nor_be_renamed(booked: dict[str, Any]) -> None:
    later = deepcopy(booked)
    later["properties"]["room"] = later["properties"].pop("room_id")
    later["required"].remove("room_id")
    assert broken_promises(booked, later) == ["data.room_id is gone"]


def test_a_field_may_not_change_its_type(booked: dict[str, Any]) -> None:
    later = deepcopy(booked)
    later["properties"]["starts_at"] = {"type": "integer"}
    later["properties"]["service_code"]["maxLength"] = 40
    later["properties"]["room_id"]["anyOf"].pop()
    later["$defs"]["SessionStatus"]["enum"].append("doubtful")
    assert broken_promises(booked, later) == [
        "data.room_id changed its type",
        "data.service_code changed its type",
        "data.starts_at changed its type",
        "data.status changed its type",
    ]


def test_promises_reach_into_lists() -> None:
    answered = schema(HoldsAnswered)
    later = deepcopy(answered)
    del later["$defs"]["Alternative"]["properties"]["score"]
    assert broken_promises(answered, later) == ["data.answers[].alternatives[].score is gone"]


def test_the_asyncapi_document_names_every_message_once() -> None:
    document = asyncapi()
    assert {channel["address"] for channel in document["channels"].values()} == {message.type for message in messages()}
    for operation in document["operations"].values():
        [reference] = operation["messages"]
        channel = document["channels"][reference["$ref"].split("/")[2]]
        assert operation["channel"]["$ref"] in reference["$ref"]
        assert reference["$ref"].rpartition("/")[2] in channel["messages"]
    for said in document["components"]["messages"].values():
        assert (DOCS / said["payload"]["$ref"]).exists()
