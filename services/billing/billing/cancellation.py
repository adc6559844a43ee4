"""When a cancellation is late, as scheduling stated it last, and what that means in words."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from chassis.database import ReadSession, Transaction
from contracts.scheduling import CancellationPolicyStated
from contracts.types import ServiceId
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from billing.replicas import PolicyReplica

ONLY: Final = 1
HOUR: Final = 60


async def hear(messages: Sequence[CancellationPolicyStated], tx: Transaction) -> None:
    """Keep what was stated last."""
    latest = max(messages, key=lambda message: message.stated_at)
    said = [window.model_dump(mode="json") for window in latest.windows]
    statement = insert(PolicyReplica).values(id=ONLY, windows=said, stated_at=latest.stated_at)
    incoming = statement.excluded
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"windows": incoming.windows, "stated_at": incoming.stated_at},
            where=incoming.stated_at > PolicyReplica.stated_at,
        )
    )


async def window_of(db: ReadSession, service_id: ServiceId) -> int | None:
    """Return how many minutes before its start a cancellation of this service is late; None while nobody has said it."""
    windows = await db.scalar(select(PolicyReplica.windows)) or []
    minutes = {window["service_id"]: window["minutes"] for window in windows}
    return minutes.get(str(service_id), minutes.get(None))


def in_words(window: int | None, late: Decimal | None, missed: Decimal | None) -> str:
    """Say what a client owes who does not come."""
    within = "within the clinic's cancellation window" if window is None else f"less than {_spoken(window)} before the start"
    charged = [f"Cancelled {within}: {late:.2f}."] if late else []
    charged += [f"Missed: {missed:.2f}."] if missed else []
    return " ".join([*charged, "Never claimed from insurance."] if charged else ["Nothing is charged."])


def _spoken(minutes: int) -> str:
    return f"{minutes // HOUR} hours" if minutes % HOUR == 0 else f"{minutes} minutes"
