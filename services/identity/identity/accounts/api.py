"""The HTTP edge of accounts, for administrators and the managers of sites."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated

from chassis.data.database import Transaction
from chassis.http.conventions import Cursor, IfMatch, Limit, Once, Reading, UnitOfWork
from chassis.http.problems import documented
from chassis.rows.paging import Page
from chassis.text import PRINTABLE
from contracts.types import SiteId
from fastapi import APIRouter, Query, Response

from identity.access.api import REFUSALS, Acting, Manager, Refusing
from identity.access.rules import may_manage
from identity.accounts import queries, use_cases
from identity.accounts.schemas import AccountChanges, AccountView, NewAccount, OneTimeLink
from identity.pages.api import Provider, Work
from identity.provider.ids import AccountId

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.get("", operation_id="list_accounts", summary="List accounts by user name", responses=documented(*REFUSALS))
async def list_accounts(
    caller: Manager,
    db: Reading,
    site_id: Annotated[SiteId | None, Query(description="Only accounts with a role at this site.")] = None,
    q: Annotated[
        str | None, Query(max_length=100, pattern=PRINTABLE, description="Every word must occur in a name or the address.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AccountView]:
    """Return a page of the accounts that the caller administers."""
    return await queries.list_accounts(db, caller, site_id, q, limit=limit, cursor=cursor)


@router.post("", operation_id="add_account", summary="Add an account", status_code=HTTPStatus.CREATED, responses=documented(*REFUSALS, 409))
async def add_account(
    body: NewAccount, caller: Manager, acting: Acting, refusing: Refusing, issuer: Provider, once: Once, response: Response
) -> AccountView:
    """Add an account, for which a one-time link is made afterwards."""
    account = await _allowed(once, refusing, lambda tx: use_cases.add(tx, body, caller, acting))
    response.headers["Location"] = f"{issuer.path}/accounts/{account.id}"
    return account


@router.get("/{account_id}", operation_id="find_account", summary="Find an account", responses=documented(*REFUSALS, 404))
async def find_account(account_id: AccountId, caller: Manager, refusing: Refusing, db: Reading) -> AccountView:
    """Return an account that the caller administers."""
    account = await queries.read(db, account_id)
    if not may_manage(caller, [each.grant() for each in account.roles], account.created_by):
        raise await refusing.forbidden()
    return account


@router.patch("/{account_id}", operation_id="change_account", summary="Change an account", responses=documented(*REFUSALS, 404, 409, 412))
async def change_account(
    account_id: AccountId, body: AccountChanges, if_match: IfMatch, caller: Manager, acting: Acting, refusing: Refusing, once: Once
) -> AccountView:
    """Change what is named; accounts are disabled, never deleted."""
    return await _allowed(once, refusing, lambda tx: use_cases.change(tx, account_id, body, if_match, caller, acting))


@router.post("/{account_id}/link", operation_id="make_link", summary="Make a one-time link", responses=documented(*REFUSALS, 404, 409))
async def make_link(
    account_id: AccountId, caller: Manager, acting: Acting, refusing: Refusing, issuer: Provider, work: Work, response: Response
) -> OneTimeLink:
    """Return a link by which the person sets a password, once; it is shown this once."""
    response.headers["Cache-Control"] = "no-store"
    try:
        return await work(lambda tx: use_cases.make_link(tx, issuer, account_id, caller, acting), OneTimeLink)
    except use_cases.NotManagedError:
        raise await refusing.forbidden() from None


@router.post(
    "/{account_id}/unlock", operation_id="unlock_account", summary="Let an account try again", responses=documented(*REFUSALS, 404)
)
async def unlock_account(account_id: AccountId, caller: Manager, acting: Acting, refusing: Refusing, once: Once) -> AccountView:
    """Forget the failures by which an account is locked."""
    return await _allowed(once, refusing, lambda tx: use_cases.unlock(tx, account_id, caller, acting))


async def _allowed(once: UnitOfWork, refusing: Refusing, work: Callable[[Transaction], Awaitable[AccountView]]) -> AccountView:
    """Do the work, or refuse it where the account or a role is not the caller's."""
    try:
        return await once(work, AccountView)
    except use_cases.NotManagedError:
        raise await refusing.forbidden() from None
