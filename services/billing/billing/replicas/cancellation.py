"""When a cancellation is late, as scheduling stated it last, and what that means as text."""

from decimal import Decimal
from typing import Final

HOUR: Final = 60


def as_text(window: int | None, late: Decimal | None, missed: Decimal | None) -> str:
    """Return what a client owes who does not come."""
    within = "within the clinic's cancellation window" if window is None else f"less than {_spoken(window)} before the start"
    charged = [f"Cancelled {within}: {late:.2f}."] if late else []
    charged += [f"Missed: {missed:.2f}."] if missed else []
    return " ".join([*charged, "Never claimed from insurance."] if charged else ["A late cancellation or a missed session costs nothing."])


def _spoken(minutes: int) -> str:
    return f"{minutes // HOUR} hours" if minutes % HOUR == 0 else f"{minutes} minutes"
