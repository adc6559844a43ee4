"""Whoever compares waits as long as the comparison moves, and learns where it goes on when it does not."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from demo import reconcile
from demo.front import Front

COMPARISON = "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c51"
AT = "2026-03-02T14:00:00Z"
STARTED: dict[str, Any] = {"holds_page": 1, "records_page": 1, "holds_compared_at": None, "records_compared_at": None, "differences": []}


class Clock:
    """A clock that goes on by a minute whenever somebody looks."""

    minutes = 0

    def monotonic(self) -> float:
        """Return the seconds."""
        self.minutes += 1
        return self.minutes * 60.0


def front(states: Iterator[dict[str, Any]]) -> Front:
    """Answer each request with the next state."""

    def answer(_: httpx.Request) -> httpx.Response:
        state = {"id": COMPARISON, **STARTED, **next(states)}
        complete = bool(state["holds_compared_at"] and state["records_compared_at"])
        return httpx.Response(200, json={**state, "is_waiting": not state["holds_page"], "is_complete": complete})

    return Front(httpx.AsyncClient(base_url="http://test", transport=httpx.MockTransport(answer)))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "time", Clock())
    monkeypatch.setattr(reconcile, "LOOK_EVERY_S", 0.0)


async def test_a_long_comparison_is_waited_for_as_long_as_it_moves() -> None:
    pages = [{"holds_page": 1, "records_page": page} for page in range(1, 60)]
    end = {"records_page": 60, "holds_compared_at": AT, "records_compared_at": AT}
    found = await reconcile.reconcile(front(iter([*pages, end])), repair=False)
    assert found["is_complete"]


async def test_a_comparison_that_waits_for_another_one_is_waited_for() -> None:
    waiting = [{"holds_page": 0, "records_page": 0}] * 60
    end = {"holds_compared_at": AT, "records_compared_at": AT}
    found = await reconcile.reconcile(front(iter([*waiting, end])), repair=False)
    assert found["is_complete"]


async def test_of_a_comparison_that_stands_still_it_is_said_where_it_goes_on() -> None:
    def states() -> Iterator[dict[str, Any]]:
        while True:
            yield {"holds_compared_at": AT}

    with pytest.raises(reconcile.UnansweredError, match=f"^billing did not answer .* /api/scheduling/reconciliations/{COMPARISON} "):
        await reconcile.reconcile(front(states()), repair=False)
