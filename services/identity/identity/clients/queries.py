"""Reads clients."""

import hmac
from typing import Final

from chassis.data.database import ReadSession
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from sqlalchemy import select

from identity.clients.schemas import ClientView
from identity.clients.tables import ClientRow
from identity.provider.encryption import digest

BY_ID: Final = Keyset(ClientRow.id)
NO_SECRET: Final = digest("")


async def find(db: ReadSession, client_id: str) -> ClientView | None:
    """Return an active client, or None."""
    row = await db.find(ClientRow, client_id)
    return view(row) if row is not None and row.is_active else None


async def proven(db: ReadSession, client_id: str, secret: str) -> ClientView | None:
    """Return the active confidential client that this is the secret of, or None; the answer takes equally long."""
    row = await db.find(ClientRow, client_id)
    stored = row.secret_digest if row is not None and row.secret_digest else NO_SECRET
    is_right = hmac.compare_digest(stored, digest(secret)) and secret != ""
    return view(row) if is_right and row is not None and row.is_active and not row.is_public else None


async def read(db: ReadSession, client_id: str) -> ClientView:
    """Return a client; raises NotFound when there is none."""
    return view(require(await db.find(ClientRow, client_id), "client", client_id))


async def list_clients(db: ReadSession, *, limit: int, cursor: str | None) -> Page[ClientView]:
    """Return a page of the clients, by id."""
    found = await db.scalars(BY_ID.after(select(ClientRow), cursor, limit))
    return BY_ID.page([view(row) for row in found], limit)


def view(row: ClientRow) -> ClientView:
    """Return what is answered about a client, without its secret."""
    return ClientView(
        id=row.id,
        client_name=row.client_name,
        is_public=row.is_public,
        redirect_uris=row.redirect_uris,
        logout_uris=row.logout_uris,
        scopes=row.scopes,
        has_refresh_cookie=row.has_refresh_cookie,
        has_secret=row.secret_digest is not None,
        is_active=row.is_active,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
