"""Reads the keys: those that are published, and all for whoever operates the service."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from chassis.data.database import ReadSession
from chassis.rows.paging import Keyset, Page
from sqlalchemy import select

from identity.keys import signing
from identity.keys.schemas import SigningKeyView
from identity.keys.tables import SigningKeyRow
from identity.provider.issuer import Issuer

NEWEST_FIRST: Final = Keyset(SigningKeyRow.signs_from, SigningKeyRow.kid, descending=True, of="signing keys")


async def public_keys(db: ReadSession, now: datetime) -> list[dict[str, Any]]:
    """Return the published keys as JWK."""
    keys = await db.scalars(select(SigningKeyRow))
    return [key.public_key for key in signing.published(keys, now)]


async def access_token_claims(db: ReadSession, issuer: Issuer, token: str, now: datetime) -> dict[str, Any] | None:
    """Return the claims of an access token of this provider, or None for anything else."""
    keys = await public_keys(db, now)
    return signing.verified(token, keys, kind=signing.ACCESS_TOKEN, issuer=issuer.url, audience=issuer.audience, now=now)


async def id_token_claims(db: ReadSession, issuer: Issuer, token: str, now: datetime) -> dict[str, Any] | None:
    """Return the claims of an ID token that this provider has issued to anybody, also of one that has expired."""
    keys = await public_keys(db, now)
    return signing.verified(token, keys, kind=signing.ID_TOKEN, issuer=issuer.url, audience=None, now=now, is_late=True)


async def list_keys(db: ReadSession, now: datetime, *, limit: int, cursor: str | None) -> Page[SigningKeyView]:
    """Return a page of all keys, the newest first."""
    keys = await db.scalars(select(SigningKeyRow))
    found = await db.scalars(NEWEST_FIRST.after(select(SigningKeyRow), cursor, limit))
    return NEWEST_FIRST.page([view(key, keys, now) for key in found], limit)


def view(key: SigningKeyRow, keys: Sequence[SigningKeyRow], now: datetime) -> SigningKeyView:
    """Return what is answered about one of these keys."""
    return SigningKeyView(
        kid=key.kid,
        created_at=key.created_at,
        signs_from=key.signs_from,
        withdrawn_at=key.withdrawn_at,
        is_published=any(each.kid == key.kid for each in signing.published(keys, now)),
    )
