"""Outbox rows that the broker did not take: looked at, tried again at once, or thrown away."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, select, update

from chassis.data.database import ReadSession, Transaction
from chassis.data.tables import outbox


async def rows(db: ReadSession, limit: int, ids: Collection[UUID] | None) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the oldest of those with these event ids, or of all of them."""
    return await db.rows(select(outbox).where(_unroutable(ids)).order_by(outbox.c.id).limit(limit))


async def retry(tx: Transaction, ids: Collection[UUID] | None) -> Sequence[UUID]:
    """Have the relay try those with these event ids, or all of them, at once; return whose they were."""
    tried = await tx.rows(update(outbox).where(_unroutable(ids)).values(parked_until=None, parked_times=0).returning(outbox.c.event_id))
    return [row.event_id for row in tried]


async def discard(tx: Transaction, ids: Collection[UUID]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Throw those with these event ids away; return the id and the type of each."""
    return await tx.rows(delete(outbox).where(_unroutable(ids)).returning(outbox.c.event_id, outbox.c.type))


def _unroutable(ids: Collection[UUID] | None) -> ColumnElement[bool]:
    unroutable = outbox.c.parked_until.is_not(None)
    return unroutable if ids is None else unroutable & outbox.c.event_id.in_(ids)
