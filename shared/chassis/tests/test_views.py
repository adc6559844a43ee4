"""A view of values that are known to be right is the same as one that checks them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from chassis.bodies.models import View
from contracts.types import Amount, Instant


class Bill(View):
    number: int
    amount: Amount
    at: Instant
    reason: str | None = None


KNOWN = {"number": 7, "amount": Decimal("12.50"), "at": datetime(2026, 3, 2, 14, tzinfo=UTC), "reason": None}


def test_a_view_of_known_values_is_the_one_that_checks_them() -> None:
    made, checked = Bill.of({"unknown here": 1, **KNOWN}), Bill.model_validate(KNOWN)
    assert made == checked
    assert made.model_dump_json() == checked.model_dump_json()


def test_a_view_of_known_values_needs_every_field() -> None:
    with pytest.raises(KeyError, match="reason"):
        Bill.of({"number": 7, "amount": KNOWN["amount"], "at": KNOWN["at"]})
