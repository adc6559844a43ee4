"""What ends by itself is started again, patiently."""

import time
from dataclasses import dataclass

import pytest
from local.keeper import FIRST_DELAY, LONGEST_DELAY, STEADY_SECONDS, Kept


@dataclass
class Fragile:
    """A service that may die and counts how often it was started."""

    alive: bool = True
    starts: int = 0

    def start(self) -> None:
        self.starts += 1
        self.alive = True

    def stop(self) -> None:
        self.alive = False

    def running(self) -> bool:
        return self.alive


@dataclass
class Clock:
    """A clock that a test moves by hand."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Replace the clock that the keeper looks at."""
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


def test_a_service_that_lives_is_left_alone(clock: Clock) -> None:
    rooms = Fragile()
    Kept("rooms", rooms, started=clock.now).look()
    assert rooms.starts == 0


def test_a_service_that_dies_again_and_again_is_started_later_each_time(clock: Clock) -> None:
    rooms = Fragile()
    kept = Kept("rooms", rooms, started=clock.now)
    pauses = [_pause_after_death(kept, rooms, clock) for _ in range(8)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_DELAY
    assert rooms.starts == len(pauses)


def test_a_service_that_ran_steadily_is_started_again_soon(clock: Clock) -> None:
    rooms = Fragile()
    kept = Kept("rooms", rooms, started=clock.now, delay=LONGEST_DELAY)
    clock.now += STEADY_SECONDS + 1
    assert _pause_after_death(kept, rooms, clock) == FIRST_DELAY


def test_it_is_said_which_service_ended(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    Kept("billing", Fragile(alive=False), started=clock.now).look()
    said = capsys.readouterr().out
    assert "billing" in said
    assert "ended by itself" in said


def _pause_after_death(kept: Kept, thing: Fragile, clock: Clock) -> float:
    thing.stop()
    kept.look()
    assert kept.due is not None
    pause = kept.due - clock.now
    clock.now = kept.due
    kept.look()
    assert thing.running()
    return pause
