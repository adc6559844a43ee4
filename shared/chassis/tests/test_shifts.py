"""How far a time lies from the one that was wanted is written alike by every service."""

import pytest
from chassis.named_times import shift_text


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(15, "15 min later"), (-45, "45 min earlier"), (60, "1 h later"), (240, "4 h later"), (-75, "1 h 15 min earlier")],
)
def test_a_shift_is_written_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert shift_text(minutes) == words
