"""What a message was read with is not always what it can be sent with again."""

from chassis.properties import sendable


def test_headers_that_cannot_be_sent_again_are_left_out() -> None:
    odd = {"beyond a float": 1e300, "no text": b"\xff", "too long": "h" * 100_000}
    assert sendable({**odd, "text": "hall", "number": 7}) == {"text": "hall", "number": 7}
