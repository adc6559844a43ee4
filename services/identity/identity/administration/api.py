"""The HTTP edge of administration."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from chassis.data.database import Transaction
from chassis.http.conventions import Cursor, Limit, Once, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from fastapi import APIRouter, Path, Query

from identity.access.api import REFUSALS, Acting, Administrator, Manager, Refusing
from identity.access.rules import may_manage
from identity.accounts import queries as accounts_queries
from identity.accounts import use_cases as accounts_use_cases
from identity.events import queries as events_queries
from identity.events.schemas import SecurityEventView
from identity.keys import queries as keys_queries
from identity.keys import use_cases as keys_use_cases
from identity.keys.schemas import Rotation, SigningKeyView
from identity.pages.api import Provider
from identity.provider.ids import AccountId, SignInId
from identity.sessions import queries as sessions_queries
from identity.sessions import use_cases as sessions_use_cases
from identity.sessions.schemas import SignInView

sign_ins = APIRouter(prefix="/accounts/{account_id}/sign-ins", tags=["accounts"])
keys = APIRouter(prefix="/keys", tags=["keys"])
events = APIRouter(prefix="/security-events", tags=["security events"])

Kid = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


@sign_ins.get("", operation_id="list_sign_ins", summary="List where an account is signed in", responses=documented(*REFUSALS, 404))
async def list_sign_ins(
    account_id: AccountId, caller: Manager, refusing: Refusing, db: Reading, limit: Limit = 50, cursor: Cursor = None
) -> Page[SignInView]:
    """Return a page of the browsers that somebody is signed in with, the newest first."""
    account = await accounts_queries.read(db, account_id)
    if not may_manage(caller, [each.grant() for each in account.roles], account.created_by):
        raise await refusing.forbidden()
    return await sessions_queries.list_sign_ins(db, account_id, datetime.now(UTC), limit=limit, cursor=cursor)


@sign_ins.delete(
    "/{sign_in_id}", operation_id="end_sign_in", summary="End a sign-in", status_code=HTTPStatus.NO_CONTENT,
    responses=documented(*REFUSALS, 404),
)  # fmt: skip
async def end_sign_in(account_id: AccountId, sign_in_id: SignInId, caller: Manager, acting: Acting, refusing: Refusing, once: Once) -> None:
    """End a sign-in: its refresh tokens do nothing from then on, and its access tokens expire within minutes."""

    async def work(tx: Transaction) -> SignInView:
        await accounts_use_cases.check_managed(tx, account_id, caller)
        return await sessions_use_cases.end(tx, sign_in_id, account_id, acting)

    try:
        await once(work, SignInView)
    except accounts_use_cases.NotManagedError:
        raise await refusing.forbidden() from None


@keys.get("", operation_id="list_keys", summary="List signing keys, the newest first", responses=documented(*REFUSALS))
async def list_keys(_: Administrator, db: Reading, limit: Limit = 50, cursor: Cursor = None) -> Page[SigningKeyView]:
    """Return a page of the keys that sign tokens, or did."""
    return await keys_queries.list_keys(db, datetime.now(UTC), limit=limit, cursor=cursor)


@keys.post("/rotate", operation_id="rotate_keys", summary="Make another signing key", responses=documented(*REFUSALS))
async def rotate_keys(body: Rotation, _: Administrator, acting: Acting, issuer: Provider, once: Once) -> SigningKeyView:
    """Make another key, which signs after the services have read it, or at once."""
    return await once(lambda tx: keys_use_cases.rotate(tx, issuer, acting, at_once=body.at_once), SigningKeyView)


@keys.post("/{kid}/withdraw", operation_id="withdraw_key", summary="Withdraw a signing key", responses=documented(*REFUSALS, 404, 409))
async def withdraw_key(kid: Kid, _: Administrator, acting: Acting, issuer: Provider, once: Once) -> SigningKeyView:
    """Take a key out of use that somebody else may have: what it signed is refused as soon as services read the keys anew."""
    return await once(lambda tx: keys_use_cases.withdraw(tx, issuer, kid, acting), SigningKeyView)


@events.get("", operation_id="list_security_events", summary="List what happened, the newest first", responses=documented(*REFUSALS))
async def list_security_events(
    _: Administrator,
    db: Reading,
    account_id: Annotated[AccountId | None, Query(description="Only what is about this account.")] = None,
    kind: Annotated[str | None, Query(max_length=40, pattern=r"^[a-z-]+$", description="Only this kind, such as `signed-in`.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SecurityEventView]:
    """Return a page of sign-ins, refusals and changes."""
    return await events_queries.list_events(db, account_id, kind, limit=limit, cursor=cursor)
