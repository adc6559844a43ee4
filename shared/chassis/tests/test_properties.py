"""What a message was read with is not always what it can be sent with again."""

from chassis.amqp.properties import sendable, tolerate_unreadable_properties
from pamqp.commands import Basic


def test_headers_that_cannot_be_sent_again_are_left_out() -> None:
    odd = {"beyond a float": 1e300, "no text": b"\xff", "too long": "h" * 100_000}
    nested = {"table": {"a": 1}, "array": [1]}
    routing = {"CC": ["lamps"], "BCC": "lamps"}
    assert sendable({**odd, **nested, **routing, "x-death": "junk", "text": "hall", "number": 7}) == {"text": "hall", "number": 7}


def test_headers_that_together_fit_into_no_frame_are_left_out_after_the_first_of_them() -> None:
    headers = {f"header {number}": "h" * 10_000 for number in range(20)}
    assert list(sendable(headers)) == [f"header {number}" for number in range(6)]


def test_a_message_whose_delivery_mode_is_unknown_is_taken_as_one_without() -> None:
    tolerate_unreadable_properties()
    sent = Basic.Properties(message_id="hall")
    sent.delivery_mode = 7
    taken = Basic.Properties()
    taken.unmarshal(*flags_and_data(sent))
    assert (taken.message_id, taken.delivery_mode) == ("hall", None)


def flags_and_data(properties: Basic.Properties) -> tuple[int, bytes]:
    """Encode properties as they stand in a frame."""
    encoded = properties.marshal()
    return int.from_bytes(encoded[:2], "big"), encoded[2:]
