"""What a message was read with is not always what it can be sent with again."""

from chassis.properties import sendable


def test_headers_that_cannot_be_sent_again_are_left_out() -> None:
    odd = {"beyond a float": 1e300, "no text": b"\xff", "too long": "h" * 100_000}
    assert sendable({**odd, "x-death": "junk", "text": "hall", "number": 7}) == {"text": "hall", "number": 7}


def test_headers_that_together_fit_into_no_frame_are_left_out_after_the_first_of_them() -> None:
    headers = {f"header {number}": "h" * 10_000 for number in range(20)}
    assert list(sendable(headers)) == [f"header {number}" for number in range(6)]
