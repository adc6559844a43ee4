"""What rooms reads of messages is stated, its messages are as their readers state it, and it reads what other versions write."""

import json

import pytest
from contracts.message import Message
from contracts.published import sample
from hypothesis import given, settings
from hypothesis import strategies as st
from testing import message_readers
from testing.later_messages import later_data
from testing.properties import examples

SERVICE = "rooms"
WHOLE, EDGE = message_readers.capability(SERVICE)


def test_what_is_read_of_messages_is_stated() -> None:
    assert message_readers.stated(SERVICE) == message_readers.found(SERVICE)


def test_what_others_read_of_its_messages_is_published() -> None:
    assert message_readers.unmet(SERVICE) == []


@settings(max_examples=examples(12))
@given(st.data())
@pytest.mark.parametrize("message", WHOLE.handlers, ids=lambda message: message.type)
def test_messages_of_other_versions_are_read(message: type[Message], data: st.DataObject) -> None:
    headers = sample(message)["headers"]
    body = json.dumps(data.draw(later_data(message))).encode()
    assert EDGE.refusal(headers, body) is None
