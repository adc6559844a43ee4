"""Adds and changes clients and their secrets."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from chassis.data.database import Transaction
from chassis.errors import Conflict, FieldError, Invalid
from chassis.rows.changes import apply_changes, check_version, require
from pydantic import MISSING
from sqlalchemy import text

from identity.clients import queries, redirects
from identity.clients.schemas import ClientChanges, ClientSecret, ClientView, NewClient
from identity.clients.tables import ClientRow
from identity.events.use_cases import Origin, record
from identity.provider.encryption import digest

WEB_FRONT: Final = "holdfast-web"
"""The client of the web front, which is there without anybody adding it."""
ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtext('holdfast.client'))")


async def add(tx: Transaction, body: NewClient, origin: Origin) -> ClientView:
    """Add a client, which has no secret yet; Conflict where its id is taken, Invalid where it states an address that is not safe."""
    _refuse_wrong(redirect_uris=body.redirect_uris, logout_uris=body.logout_uris)
    await tx.execute(ONE_AT_A_TIME)
    if await tx.find(ClientRow, body.id) is not None:
        raise Conflict("client-id-taken", f"There is a client {body.id} already.", field="id")
    row = _row(tx, body.id, body.client_name, is_public=body.is_public)
    row.redirect_uris, row.logout_uris, row.scopes = list(body.redirect_uris), list(body.logout_uris), list(body.scopes)
    tx.add(row)
    record(tx, "client-added", origin, client_id=row.id, scopes=row.scopes)
    return queries.view(row)


async def change(tx: Transaction, client_id: str, changes: ClientChanges, expected: int | None, origin: Origin) -> ClientView:
    """Change a client; NotFound without it, Stale on an older version, Invalid where it states an address that is not safe."""
    row = require(await tx.lock(ClientRow, client_id), "client", client_id)
    check_version(row.version, expected)
    wanted = {name: _stored(value) for name, value in changes if value is not MISSING}
    _refuse_wrong(redirect_uris=wanted.get("redirect_uris", ()), logout_uris=wanted.get("logout_uris", ()))
    if apply_changes(row, wanted, tx.now):
        record(tx, "client-changed", origin, client_id=client_id, fields=sorted(wanted), scopes=row.scopes, is_active=row.is_active)
    return queries.view(row)


async def renew_secret(tx: Transaction, client_id: str, origin: Origin) -> ClientSecret:
    """Give a client another secret, which takes the place of the one before; NotFound without it, Conflict where it can keep none."""
    row = require(await tx.lock(ClientRow, client_id), "client", client_id)
    if row.is_public:
        raise Conflict("public-client", f"The client {client_id} is public: it can keep no secret, and proves itself by PKCE.")
    secret = secrets.token_urlsafe(32)
    apply_changes(row, {"secret_digest": digest(secret)}, tx.now)
    record(tx, "client-secret-made", origin, client_id=client_id)
    return ClientSecret(client_id=client_id, client_secret=secret)


async def keep_web_front(tx: Transaction, redirect_uris: Sequence[str], logout_uris: Sequence[str]) -> int:
    """Keep the client of the web front as the settings state it; return how many clients that changed."""
    await tx.execute(ONE_AT_A_TIME)
    row = await tx.lock(ClientRow, WEB_FRONT)
    if row is None:
        row = _row(tx, WEB_FRONT, "Holdfast", is_public=True)
        row.has_refresh_cookie = True
        row.redirect_uris, row.logout_uris = list(redirect_uris), list(logout_uris)
        tx.add(row)
        return 1
    return int(apply_changes(row, {"redirect_uris": list(redirect_uris), "logout_uris": list(logout_uris)}, tx.now))


def _row(tx: Transaction, client_id: str, name: str, *, is_public: bool) -> ClientRow:
    return ClientRow(
        id=client_id,
        client_name=name,
        secret_digest=None,
        is_public=is_public,
        redirect_uris=[],
        logout_uris=[],
        scopes=[],
        has_refresh_cookie=False,
        is_active=True,
        version=1,
        created_at=tx.now,
        updated_at=tx.now,
    )


def _stored(value: Any) -> Any:  # noqa: ANN401 (the values of a body)
    return list(value) if isinstance(value, tuple) else value


def _refuse_wrong(**addresses: Sequence[str]) -> None:
    errors = [
        FieldError(field=name, code="address-not-safe", message=f"{address} is not https:// with a host, nor http:// on this machine.")
        for name, stated in addresses.items()
        for address in redirects.wrong_addresses(stated)
    ]
    if errors:
        raise Invalid("address-not-safe", " ".join(error.message for error in errors), errors)
