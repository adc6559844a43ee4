"""What a message was read with is not always what it can be sent with again."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from aio_pika import Message
from chassis.amqp.properties import ATTEMPTS, anew, dead_letter, identity, sendable, tolerate_unreadable_properties
from contracts.envelope import PREFIX
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pamqp.commands import Basic

EVENT_ID: Final = "0190a000-0000-7000-8000-000000000001"
TIMES: Final = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))
NAMES: Final = st.sampled_from([f"{PREFIX}id", f"{PREFIX}type", ATTEMPTS, "x-death", "x-delivery-count", "CC"]) | st.text(max_size=9)
FLAT: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.decimals(places=2, min_value=-9, max_value=10**8),
    st.text(max_size=9),
    st.binary(max_size=9),
    st.binary(max_size=9).map(bytearray),
    TIMES,
    st.sampled_from([EVENT_ID, "1", "9" * 9, Decimal("1E-255")]),
    st.integers(30_000, 70_000).map("h".__mul__),
)
VALUES: Final = st.recursive(FLAT, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2))


def test_headers_that_cannot_be_sent_again_are_left_out() -> None:
    odd = {"beyond a float": 1e300, "no text": b"\xff", "too long": "h" * 100_000}
    nested = {"table": {"a": 1}, "array": [1]}
    routing = {"CC": ["lamps"], "BCC": "lamps"}
    assert sendable({**odd, **nested, **routing, "x-death": "junk", "text": "hall", "number": 7}) == {"text": "hall", "number": 7}


def test_headers_that_together_fit_into_no_frame_are_left_out_after_the_first_of_them() -> None:
    headers = {f"header {number}": "h" * 10_000 for number in range(10, 30)}
    assert list(sendable(headers)) == [f"header {number}" for number in range(10, 16)]


def test_a_message_whose_delivery_mode_is_unknown_is_taken_as_one_without() -> None:
    tolerate_unreadable_properties()
    sent = Basic.Properties(message_id="hall")
    sent.delivery_mode = 7
    taken = Basic.Properties()
    taken.unmarshal(*flags_and_data(sent))
    assert (taken.message_id, taken.delivery_mode) == ("hall", None)


@settings(max_examples=300)
@given(stated=st.dictionaries(NAMES, VALUES, max_size=6), message_id=st.sampled_from([None, "", "hall", EVENT_ID]), at=st.none() | TIMES)
@example(stated={}, message_id=None, at=None)
@example(stated={"double": 0.1}, message_id=None, at=None)
@example(stated={f"{PREFIX}id": {"a": 1}}, message_id=EVENT_ID, at=None)
@example(stated={f"{PREFIX}id": EVENT_ID, "CC": "h" * 50_000, "a": "h" * 50_000, "b": "h" * 50_000}, message_id=None, at=None)
@example(stated={"time": datetime(2200, 1, 1, tzinfo=UTC)}, message_id=None, at=datetime(2200, 1, 1, tzinfo=UTC))
@example(stated={ATTEMPTS: None, **{f"header {number}": "h" * 8_000 for number in range(9)}}, message_id=None, at=None)
@example(stated={"n" * 128: 1, "n" * 129: 2}, message_id=None, at=None)
def test_a_message_has_the_same_id_before_and_after_it_is_parked_and_put_back(
    stated: dict[str, Any], message_id: str | None, at: datetime | None
) -> None:
    received = Message(b"{", headers=stated, message_id=message_id, timestamp=at)
    parked = sent(dead_letter(received, "toy.inbox", "rejected"))
    put_back = sent(anew(parked, **{ATTEMPTS: "1"}))
    backwards = Message(b"{", headers=dict(reversed(stated.items())), message_id=message_id, timestamp=at)
    assert {identity(each) for each in (parked, put_back, backwards)} == {identity(received)}


def test_messages_without_an_id_have_the_same_one_only_where_their_headers_and_their_contents_are_the_same() -> None:
    others = [
        *(Message(body) for body in (b"{", b"[")),
        *(Message(b"{", headers={"lamp": lamp}) for lamp in ("hall", "stairs", 7)),
    ]
    assert len({identity(each) for each in others}) == len(others)


def sent(message: Message) -> Message:
    """Return a message as whoever consumes it has it: aiormq sends none without a message id."""
    properties = Basic.Properties()
    properties.unmarshal(*flags_and_data(message.properties))
    message_id = properties.message_id or uuid4().hex
    return Message(message.body, headers=properties.headers, message_id=message_id, timestamp=properties.timestamp)


def flags_and_data(properties: Basic.Properties) -> tuple[int, bytes]:
    """Encode properties as they stand in a frame."""
    encoded = properties.marshal()
    return int.from_bytes(encoded[:2], "big"), encoded[2:]
