"""What ends by itself is started again, patiently."""

import time
from dataclasses import dataclass, field
from threading import Barrier

import pytest
from local.keeper import FIRST_DELAY, LONGEST_DELAY, STEADY_SECONDS, Kept, keep
from servers.processes import ServerError

PATIENCE_S = 30


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
class Slow(Fragile):
    """A service that has started only when all others that were to be started have begun to."""

    others: Barrier = field(kw_only=True)

    def start(self) -> None:
        self.others.wait(PATIENCE_S)
        super().start()


class Broken(Fragile):
    """A service that cannot be started."""

    def start(self) -> None:
        self.starts += 1
        message = "could not be started"
        raise ServerError(message)


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
    keep([Kept("rooms", rooms, started=clock.now)])
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
    keep([Kept("billing", Fragile(alive=False), started=clock.now)])
    stated = capsys.readouterr().out
    assert "billing" in stated
    assert "ended by itself" in stated


def test_services_that_ended_together_are_started_together(clock: Clock) -> None:
    started = Barrier(3)
    kept = [Kept(name, Slow(alive=False, others=started)) for name in ("catalog", "rooms", "billing")]
    keep(kept)
    clock.now += LONGEST_DELAY
    keep(kept)
    assert [each.thing.running() for each in kept] == [True] * 3


def test_a_service_that_cannot_be_started_is_named_and_keeps_no_other_from_its_start(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    rooms, broken = Fragile(alive=False), Broken(alive=False)
    kept = [Kept("billing", broken), Kept("rooms", rooms)]
    keep(kept)
    clock.now += LONGEST_DELAY
    keep(kept)
    assert (rooms.running(), broken.running()) == (True, False)
    assert "billing" in capsys.readouterr().out.splitlines()[-1]
    keep(kept)
    clock.now += LONGEST_DELAY
    keep(kept)
    assert (rooms.starts, broken.starts) == (1, 2)


def _pause_after_death(kept: Kept, thing: Fragile, clock: Clock) -> float:
    thing.stop()
    keep([kept])
    assert kept.due is not None
    pause = kept.due - clock.now
    clock.now = kept.due
    keep([kept])
    assert thing.running()
    return pause
