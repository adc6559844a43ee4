"""Asks rooms what would become of requests without holding anything: one message there, one back.

The answer is kept in the database for a while, so that the replica that asked finds it whichever replica heard it.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from chassis.database import Database, Transaction
from chassis.waiting import Waiters
from contracts.rooms import CheckHolds, HoldFinding, HoldRequest, HoldsChecked
from contracts.types import HoldId, InquiryId, new_id
from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select, update

from scheduling.store import InquiryRow

PATIENCE_S: Final = 3.0
KEPT: Final = timedelta(minutes=10)
FORGET_AT_ONCE: Final = 1_000
REQUESTS_AT_MOST: Final = 400
FINDINGS: Final = TypeAdapter(tuple[HoldFinding, ...])

Findings = dict[HoldId, HoldFinding]


class Inquirers(Waiters[Findings | None]):
    """Who waits for rooms to say what it found."""


async def ask(
    database: Database, inquirers: Inquirers, requests: Sequence[HoldRequest], alternatives: int = 0, patience_s: float = PATIENCE_S
) -> Findings | None:
    """Return what would become of each request, by its hold id; None when rooms does not answer in time."""
    if not requests:
        return {}
    inquiry_id = InquiryId(new_id())
    async with database.transaction() as tx:
        await tx.execute(insert(InquiryRow).values(id=inquiry_id, asked_at=tx.now))
        tx.send(CheckHolds(inquiry_id=inquiry_id, requests=tuple(requests), alternatives=alternatives))
    return await inquirers.wait(inquiry_id, None, partial(_look, database, inquiry_id), lambda found: found is not None, patience_s)


async def _look(database: Database, inquiry_id: InquiryId) -> Findings | None:
    async with database.reading() as db:
        said = await db.scalar(select(InquiryRow.findings).where(InquiryRow.id == inquiry_id))
    return None if said is None else by_hold(FINDINGS.validate_python(said, strict=False))


def by_hold(findings: Sequence[HoldFinding]) -> Findings:
    """Return findings under the ids of their requests."""
    return {finding.hold_id: finding for finding in findings}


async def hear(messages: Sequence[HoldsChecked], tx: Transaction, inquirers: Inquirers) -> None:
    """Keep what rooms found, and tell whoever asked."""
    for message in messages:
        said: Any = [finding.model_dump(mode="json") for finding in message.findings]
        await tx.execute(update(InquiryRow).where(InquiryRow.id == message.inquiry_id).values(findings=said))
        tx.after_commit.append(partial(inquirers.tell, message.inquiry_id, by_hold(message.findings)))


async def forget(tx: Transaction) -> int:
    """Forget old inquiries; return how many."""
    old = select(InquiryRow.id).where(InquiryRow.asked_at < tx.now - KEPT).limit(FORGET_AT_ONCE)
    return await tx.execute(delete(InquiryRow).where(InquiryRow.id.in_(old)))
