"""A comparison and its differences."""

from chassis.bodies.models import Body, View
from contracts.types import ClientId, ComparisonId, Flag, HoldId, Instant, RecordId, SessionId
from pydantic import ConfigDict


class NewReconciliation(Body):
    """A comparison to begin."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"repair": True}]})

    repair: Flag = True
    """Mend what can be mended by saying it again; false only lists."""


class Difference(View):
    """One difference, and what was sent to mend it."""

    kind: str
    """missing | unconfirmed | elsewhere | orphan of holds; record_missing | record_surplus of records."""
    session_id: SessionId
    hold_id: HoldId | None
    client_id: ClientId | None
    record_id: RecordId | None
    repair: str | None
    """None when it was only looked at, or when a person must decide."""


class Reconciliation(View):
    """One comparison of everything that is booked and completed with what its owners keep."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c51",
                    "repair": True,
                    "started_at": "2026-03-02T14:00:00Z",
                    "holds_page": 3,
                    "records_page": 2,
                    "holds_compared_at": "2026-03-02T14:00:01Z",
                    "records_compared_at": "2026-03-02T14:00:01Z",
                    "is_waiting": False,
                    "is_complete": True,
                    "differences": [
                        {
                            "kind": "orphan",
                            "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                            "hold_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22",
                            "client_id": None,
                            "record_id": None,
                            "repair": "hold released",
                        }
                    ],
                }
            ]
        }
    )

    id: ComparisonId
    repair: bool
    started_at: Instant
    holds_page: int
    """How many pages were sent to rooms, one a second at most; it grows while the comparison moves."""
    records_page: int
    """How many pages were sent to billing."""
    holds_compared_at: Instant | None
    """None while rooms still compares."""
    records_compared_at: Instant | None
    """None while billing still compares."""
    is_waiting: bool
    """Whether it begins only when the one under way is complete; whoever requests a comparison until then is given this one."""
    is_complete: bool
    differences: list[Difference]
    """The first 500."""
