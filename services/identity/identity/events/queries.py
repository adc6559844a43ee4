"""Reads what happened, the newest first."""

from typing import Final

from chassis.data.database import ReadSession
from chassis.rows.paging import Keyset, Page
from sqlalchemy import select

from identity.events.schemas import SecurityEventView
from identity.events.tables import SecurityEventRow
from identity.provider.ids import AccountId

NEWEST_FIRST: Final = Keyset(SecurityEventRow.id, descending=True, of="security events")


async def list_events(
    db: ReadSession, account_id: AccountId | None, kind: str | None, *, limit: int, cursor: str | None
) -> Page[SecurityEventView]:
    """Return a page of the events about an account, of a kind, or all."""
    wanted = select(SecurityEventRow)
    if account_id is not None:
        wanted = wanted.where(SecurityEventRow.account_id == account_id)
    if kind is not None:
        wanted = wanted.where(SecurityEventRow.kind == kind)
    found = await db.scalars(NEWEST_FIRST.after(wanted, cursor, limit))
    return NEWEST_FIRST.page([SecurityEventView.model_validate(row) for row in found], limit)
