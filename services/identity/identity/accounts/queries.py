"""Reads accounts."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

from chassis.data.database import ReadSession
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from chassis.rows.search import foldable, occur
from contracts.types import SiteId
from sqlalchemy import Select, and_, func, or_, select

from identity.access.rules import Caller
from identity.accounts.schemas import AccountView, RoleGrant
from identity.accounts.tables import AccountRow, OneTimeLinkRow, RoleGrantRow
from identity.provider.encryption import digest
from identity.provider.ids import AccountId

BY_NAME: Final = Keyset(AccountRow.user_name)


async def is_empty(db: ReadSession) -> bool:
    """Whether there is no account at all."""
    return not await db.scalar(select(func.count()).select_from(select(AccountRow.id).limit(1).subquery()))


async def find(db: ReadSession, account_id: AccountId) -> AccountView | None:
    """Return an account that is not disabled, or None."""
    row = await db.find(AccountRow, account_id)
    return await view(db, row) if row is not None and not row.is_disabled else None


async def read(db: ReadSession, account_id: AccountId) -> AccountView:
    """Return an account; raises NotFound when there is none."""
    return await view(db, require(await db.find(AccountRow, account_id), "account", account_id))


async def list_accounts(
    db: ReadSession, caller: Caller, site_id: SiteId | None, words: str | None, *, limit: int, cursor: str | None
) -> Page[AccountView]:
    """Return a page of the accounts that a caller administers, by user name: a site manager's have a role at those sites, or are new."""
    wanted = select(AccountRow)
    if site_id is not None:
        wanted = wanted.where(AccountRow.id.in_(_at_sites([site_id])))
    if not caller.is_admin and caller.sites is not None:
        has_none = and_(AccountRow.id.not_in(select(RoleGrantRow.account_id)), AccountRow.created_by == caller.subject)
        wanted = wanted.where(or_(AccountRow.id.in_(_at_sites(caller.sites)), has_none))
    if words:
        wanted = wanted.where(occur(words, foldable(AccountRow.user_name, AccountRow.full_name, AccountRow.email)))
    found = await db.scalars(BY_NAME.after(wanted, cursor, limit))
    roles = await _roles_of(db, [row.id for row in found])
    return BY_NAME.page([_view(row, roles[row.id]) for row in found], limit)


async def find_link(db: ReadSession, token: str, now: datetime) -> AccountView | bool:
    """Return whose password a one-time link sets, True for one that makes the first administrator, False for one that is not valid."""
    link = await db.find(OneTimeLinkRow, digest(token))
    if link is None or link.used_at is not None or link.expires_at <= now:
        return False
    if link.account_id is None:
        return True
    return await find(db, link.account_id) or False


async def find_by_name(db: ReadSession, name: str) -> AccountView | None:
    """Return the account of this user name or e-mail address, also one that is disabled, or None."""
    plain = name.strip().lower()
    column = AccountRow.email if "@" in plain else AccountRow.user_name
    found = await db.scalars(select(AccountRow).where(column == plain))
    return await view(db, found[0]) if found else None


async def view(db: ReadSession, row: AccountRow) -> AccountView:
    """Return what is answered about an account."""
    return _view(row, (await _roles_of(db, [row.id]))[row.id])


def _view(row: AccountRow, roles: list[RoleGrant]) -> AccountView:
    return AccountView(
        id=row.id,
        user_name=row.user_name,
        email=row.email,
        full_name=row.full_name,
        roles=roles,
        is_disabled=row.is_disabled,
        must_change_password=row.must_change_password,
        has_password=row.password_hash is not None,
        created_by=row.created_by,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _roles_of(db: ReadSession, accounts: Collection[AccountId]) -> dict[AccountId, list[RoleGrant]]:
    found = await db.scalars(select(RoleGrantRow).where(RoleGrantRow.account_id.in_(accounts)).order_by(RoleGrantRow.id))
    roles: defaultdict[AccountId, list[RoleGrant]] = defaultdict(list)
    for row in found:
        roles[row.account_id].append(RoleGrant(role=row.role, site_id=row.site_id, therapist_id=row.therapist_id))
    return roles


def _at_sites(sites: Collection[SiteId]) -> Select[AccountId]:
    return select(RoleGrantRow.account_id).where(RoleGrantRow.site_id.in_(sites))
