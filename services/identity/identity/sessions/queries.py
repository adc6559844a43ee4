"""Reads who is signed in."""

from datetime import datetime
from typing import Final

from chassis.data.database import ReadSession
from chassis.rows.paging import Keyset, Page
from sqlalchemy import ColumnElement, select

from identity.provider.encryption import digest
from identity.provider.ids import AccountId, SignInId
from identity.sessions.schemas import SignInView
from identity.sessions.tables import SignInRow

NEWEST_FIRST: Final = Keyset(SignInRow.id, descending=True, of="sign-ins")


async def find(db: ReadSession, secret: str | None, now: datetime) -> SignInView | None:
    """Return the sign-in of a browser with this cookie, if it is not over."""
    if not secret:
        return None
    found = await db.scalars(select(SignInRow).where(SignInRow.digest == digest(secret), *_live(now)))
    return SignInView.model_validate(found[0]) if found else None


async def find_by_id(db: ReadSession, sign_in_id: SignInId, now: datetime) -> SignInView | None:
    """Return a sign-in that is not over."""
    found = await db.scalars(select(SignInRow).where(SignInRow.id == sign_in_id, *_live(now)))
    return SignInView.model_validate(found[0]) if found else None


async def list_sign_ins(db: ReadSession, account_id: AccountId, now: datetime, *, limit: int, cursor: str | None) -> Page[SignInView]:
    """Return a page of the sign-ins of an account that are not over, the newest first."""
    wanted = select(SignInRow).where(SignInRow.account_id == account_id, *_live(now))
    found = await db.scalars(NEWEST_FIRST.after(wanted, cursor, limit))
    return NEWEST_FIRST.page([SignInView.model_validate(row) for row in found], limit)


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (SignInRow.ended_at.is_(None), SignInRow.expires_at > now)
