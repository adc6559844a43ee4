"""The documents state what the code states; a version that ends is published until a day, beside the one that replaces it."""

from datetime import timedelta

import pytest
from contracts.message import MESSAGES, Message
from contracts.published import messages, owner, schema
from message_documents import OWNERS, ROOT, asyncapi, main, page, stale

NOTICE = timedelta(days=180)
"""How long whoever reads a message has to move to its next version."""
DEPRECATED = [message for message in messages() if message.deprecation]


def test_the_documents_are_up_to_date() -> None:
    assert stale() == []
    assert main(["--check"]) is None


def test_the_asyncapi_document_names_every_message_once() -> None:
    document = asyncapi()
    assert {channel["address"] for channel in document["channels"].values()} == {message.type for message in messages()}
    for operation in document["operations"].values():
        [reference] = operation["messages"]
        channel = document["channels"][reference["$ref"].split("/")[2]]
        assert operation["channel"]["$ref"] in reference["$ref"]
        assert reference["$ref"].rpartition("/")[2] in channel["messages"]
    for stated in document["components"]["messages"].values():
        assert (ROOT / "docs" / stated["payload"]["$ref"]).exists()


@pytest.mark.parametrize("service", OWNERS)
def test_the_asyncapi_document_of_a_service_has_the_messages_that_it_owns(service: str) -> None:
    document = asyncapi(service)
    assert {channel["address"] for channel in document["channels"].values()} == {each.type for each in messages() if owner(each) == service}
    for described in document["components"]["messages"].values():
        assert (ROOT / "services" / service / described["payload"]["$ref"]).exists()


@pytest.mark.parametrize("message", DEPRECATED, ids=lambda message: message.type)
def test_a_deprecated_version_names_the_next_one_and_leaves_time_to_move(message: type[Message]) -> None:
    ends = message.deprecation
    assert ends
    assert ends.until - ends.since >= NOTICE
    next_one = MESSAGES[ends.replacement]
    assert next_one.exchange == message.exchange
    assert _version(next_one) == _version(message) + 1
    assert schema(message)["deprecated"]
    assert f"Deprecated since {ends.since}: read `{next_one.type}` instead; published until {ends.until}." in page()


def test_an_older_version_is_deprecated_when_there_is_a_newer_one() -> None:
    older = {f"{_stem(message)}.v{_version(message) - 1}" for message in messages()}
    assert {message.type for message in DEPRECATED} == older & MESSAGES.keys()


def _stem(message: type[Message]) -> str:
    return message.type.rpartition(".v")[0]


def _version(message: type[Message]) -> int:
    return int(message.type.rpartition(".v")[2])
