"""Everything that changes accounts."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from chassis.data.database import Transaction
from chassis.errors import Conflict, Invalid
from chassis.files.threads import in_thread
from chassis.rows.changes import apply_changes, check_version, count_version, require
from contracts.types import new_id
from pydantic import MISSING, BaseModel
from sqlalchemy import delete, func, select, text

from identity.access.rules import Caller, may_grant, may_manage
from identity.accounts import passwords, queries
from identity.accounts.schemas import AccountChanges, AccountView, NewAccount, OneTimeLink, RoleGrant
from identity.accounts.tables import AccountRow, OneTimeLinkRow, RoleGrantRow
from identity.attempts import use_cases as attempts_use_cases
from identity.events.use_cases import Origin, record
from identity.provider.encryption import digest
from identity.provider.ids import AccountId, GrantId
from identity.provider.issuer import Issuer
from identity.provider.roles import Grant, Role
from identity.sessions import use_cases as sessions_use_cases

ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtext('holdfast.account'))")
"""Names are compared, and the last administrator is kept, by one transaction after the other."""
FIRST_ADMINISTRATOR: Final = Grant(Role.ADMIN)


class NotManagedError(Exception):
    """The caller does not administer this account, or does not give this role."""


class PasswordSet(BaseModel):
    """What became of a new password: whose it is, or why it is not taken."""

    account: AccountView | None = None
    refused: str = ""


async def add(tx: Transaction, body: NewAccount, caller: Caller, origin: Origin) -> AccountView:
    """Add an account without a password.

    Conflict where its name is taken, Invalid where a role is incomplete; NotManagedError for a role that is not the caller's to give.
    """
    _check_roles(body.roles, caller)
    row = await _add(tx, body.user_name, body.email, body.full_name, origin)
    await _grant(tx, row, body.roles, origin)
    await tx.flush()
    record(tx, "account-added", origin, row.id, roles=_claims(body.roles))
    return await queries.view(tx, row)


async def change(
    tx: Transaction, account_id: AccountId, changes: AccountChanges, expected: int | None, caller: Caller, origin: Origin
) -> AccountView:
    """Change an account; one that is disabled is signed out everywhere.

    NotFound without it, Stale on an older version, Conflict where its address is taken or no administrator would be left, Invalid where a
    role is incomplete; NotManagedError where it is not the caller's.
    """
    await tx.execute(ONE_AT_A_TIME)
    row = await _managed(tx, account_id, caller)
    check_version(row.version, expected)
    wanted: dict[str, Any] = {name: value for name, value in changes if value is not MISSING and name != "roles"}
    if wanted.get("email"):
        await _refuse_taken(tx, None, wanted["email"], account_id)
    changed = apply_changes(row, wanted, tx.now)
    if changes.roles is not MISSING and await _replace_roles(tx, row, changes.roles, caller, origin):
        if not changed:
            count_version(row, tx.now)
        changed = True
    await tx.flush()
    await _keep_an_administrator(tx)
    if changed:
        record(tx, "account-changed", origin, account_id, fields=sorted(wanted), is_disabled=row.is_disabled)
    if row.is_disabled:
        await sessions_use_cases.end_all(tx, account_id, origin)
    return await queries.view(tx, row)


async def make_link(tx: Transaction, issuer: Issuer, account_id: AccountId, caller: Caller, origin: Origin) -> OneTimeLink:
    """Make a one-time link by which somebody sets a password; links that were made before are not valid any more.

    NotFound without the account, Conflict where it is disabled; NotManagedError where it is not the caller's.
    """
    row = await _managed(tx, account_id, caller)
    if row.is_disabled:
        raise Conflict("account-disabled", f"The account {row.user_name} is disabled. Enable it first.")
    return await _make_link(tx, issuer, account_id, origin)


async def make_first_link(tx: Transaction, issuer: Issuer, user_name: str | None, origin: Origin) -> OneTimeLink:
    """Make the one-time link of the first administrator, or of the account with this user name, for whoever operates the service.

    Conflict for the first where there is an account already, NotFound for the second without that account.
    """
    await tx.execute(ONE_AT_A_TIME)
    if user_name is not None:
        account = require(await queries.find_by_name(tx, user_name), "account", user_name)
        return await _make_link(tx, issuer, account.id, origin)
    if not await queries.is_empty(tx):
        raise Conflict("not-the-first", "There are accounts already. Name one, and a link is made by which its password is set anew.")
    return await _make_link(tx, issuer, None, origin)


async def use_link(tx: Transaction, token: str, new: NewAccount | None, password: str, origin: Origin) -> PasswordSet:
    """Set a password by a one-time link, which is used up by it; ``new`` describes the first administrator.

    All sign-ins of the account end. A link that is not valid, or a password that is not taken, is returned; Conflict where a name is taken.
    """
    await tx.execute(ONE_AT_A_TIME)
    link = await tx.lock(OneTimeLinkRow, digest(token))
    if link is None or link.used_at is not None or link.expires_at <= tx.now:
        return PasswordSet(refused="This link is not valid any more.")
    row = None if link.account_id is None else await tx.lock(AccountRow, link.account_id)
    if row is None and (new is None or link.account_id is not None or not await queries.is_empty(tx)):
        return PasswordSet(refused="This link is not valid any more.")
    names = [row.user_name, row.full_name, row.email or ""] if row else [new.user_name, new.full_name, new.email or ""] if new else []
    if refused := passwords.why_refused(password, names):
        return PasswordSet(refused=refused)
    if row is None and new is not None:
        row = await _add(tx, new.user_name, new.email, new.full_name, origin)
        await _grant(tx, row, [RoleGrant(role=FIRST_ADMINISTRATOR.role)], origin)
        record(tx, "first-administrator", origin, row.id)
    if row is None or row.is_disabled:
        return PasswordSet(refused="This link is not valid any more.")
    link.used_at = tx.now
    await _set_password(tx, row, password, origin)
    await sessions_use_cases.end_all(tx, row.id, origin)
    await attempts_use_cases.clear(tx, str(row.id))
    return PasswordSet(account=await queries.view(tx, row))


async def change_password(tx: Transaction, account_id: AccountId, password: str, origin: Origin) -> PasswordSet:
    """Set another password of somebody who has proved to be it; a password that is not taken is returned. NotFound without the account."""
    row = require(await tx.lock(AccountRow, account_id), "account", account_id)
    if refused := passwords.why_refused(password, [row.user_name, row.full_name, row.email or ""]):
        return PasswordSet(refused=refused)
    if await in_thread(passwords.matches, row.password_hash, password):
        return PasswordSet(refused="This is your present password. Choose another one.")
    await _set_password(tx, row, password, origin)
    return PasswordSet(account=await queries.view(tx, row))


async def prove(tx: Transaction, account: AccountView | None, password: str) -> bool:
    """Whether this is the password of an account that is not disabled; for nobody's account the answer takes equally long."""
    row = await tx.find(AccountRow, account.id) if account else None
    is_right = await in_thread(passwords.matches, row.password_hash if row else None, password)
    if is_right and row is not None and row.password_hash and passwords.is_weakly_hashed(row.password_hash):
        row.password_hash = await in_thread(passwords.hashed, password)
    return is_right and row is not None and not row.is_disabled


async def unlock(tx: Transaction, account_id: AccountId, caller: Caller, origin: Origin) -> AccountView:
    """Let an account try again at once after too many failures; NotFound without it, NotManagedError where it is not the caller's."""
    row = await _managed(tx, account_id, caller)
    await attempts_use_cases.clear(tx, str(account_id))
    record(tx, "account-unlocked", origin, account_id)
    return await queries.view(tx, row)


async def check_managed(tx: Transaction, account_id: AccountId, caller: Caller) -> AccountView:
    """Return an account that a caller administers; NotFound without it, NotManagedError where it is not the caller's."""
    return await queries.view(tx, await _managed(tx, account_id, caller))


async def _managed(tx: Transaction, account_id: AccountId, caller: Caller) -> AccountRow:
    row = require(await tx.lock(AccountRow, account_id), "account", account_id)
    roles = (await queries.view(tx, row)).roles
    if not may_manage(caller, [each.grant() for each in roles], row.created_by):
        raise NotManagedError
    return row


async def _add(tx: Transaction, user_name: str, email: str | None, full_name: str, origin: Origin) -> AccountRow:
    await tx.execute(ONE_AT_A_TIME)
    await _refuse_taken(tx, user_name, email, None)
    row = AccountRow(
        id=AccountId(new_id()),
        user_name=user_name,
        email=email,
        full_name=full_name,
        password_hash=None,
        password_set_at=None,
        must_change_password=False,
        is_disabled=False,
        created_by=origin.actor,
        version=1,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.add(row)
    await tx.flush()
    return row


async def _refuse_taken(tx: Transaction, user_name: str | None, email: str | None, own: AccountId | None) -> None:
    for field, name in (("user_name", user_name), ("email", email)):
        if name and (other := await queries.find_by_name(tx, name)) is not None and other.id != own:
            raise Conflict("name-taken", f"Another account has the {field.replace('_', ' ')} {name} already.", field=field)


def _check_roles(roles: Sequence[RoleGrant], caller: Caller) -> None:
    for each in roles:
        if (each.role is Role.THERAPIST) != (each.therapist_id is not None):
            raise Invalid("therapist-id", "The role therapist names its therapist_id, and no other role has one.", field="roles")
    if not all(may_grant(caller, each.grant()) for each in roles):
        raise NotManagedError


async def _grant(tx: Transaction, row: AccountRow, roles: Sequence[RoleGrant], origin: Origin) -> None:
    for each in dict.fromkeys(roles):
        tx.add(
            RoleGrantRow(
                id=GrantId(new_id()),
                account_id=row.id,
                role=each.role,
                site_id=each.site_id,
                therapist_id=each.therapist_id,
                granted_by=origin.actor,
                granted_at=tx.now,
            )
        )


async def _replace_roles(tx: Transaction, row: AccountRow, roles: Sequence[RoleGrant], caller: Caller, origin: Origin) -> bool:
    _check_roles(roles, caller)
    before = (await queries.view(tx, row)).roles
    if set(before) == set(roles):
        return False
    await tx.execute(delete(RoleGrantRow).where(RoleGrantRow.account_id == row.id))
    await _grant(tx, row, roles, origin)
    record(tx, "roles-changed", origin, row.id, before=_claims(before), after=_claims(roles))
    return True


async def _keep_an_administrator(tx: Transaction) -> None:
    admins = (
        select(func.count())
        .select_from(RoleGrantRow)
        .join(AccountRow, AccountRow.id == RoleGrantRow.account_id)
        .where(RoleGrantRow.role == Role.ADMIN, RoleGrantRow.site_id.is_(None), AccountRow.is_disabled.is_(False))
    )
    if not await tx.scalar(admins):
        raise Conflict("last-administrator", "No administrator would be left. Give somebody else the role admin first.")


async def _make_link(tx: Transaction, issuer: Issuer, account_id: AccountId | None, origin: Origin) -> OneTimeLink:
    token = secrets.token_urlsafe(32)
    unused = OneTimeLinkRow.used_at.is_(None)
    of_same = OneTimeLinkRow.account_id == account_id if account_id else OneTimeLinkRow.account_id.is_(None)
    await tx.execute(delete(OneTimeLinkRow).where(of_same, unused))
    expires_at = tx.now + issuer.link_lifetime
    tx.add(OneTimeLinkRow(digest=digest(token), account_id=account_id, created_at=tx.now, expires_at=expires_at, used_at=None))
    record(tx, "link-made", origin, account_id)
    return OneTimeLink(url=f"{issuer.url}/link?token={token}", expires_at=expires_at)


async def _set_password(tx: Transaction, row: AccountRow, password: str, origin: Origin) -> None:
    row.password_hash = await in_thread(passwords.hashed, password)
    row.password_set_at = tx.now
    row.must_change_password = False
    count_version(row, tx.now)
    await tx.flush()
    record(tx, "password-set", origin, row.id)


def _claims(roles: Sequence[RoleGrant]) -> list[str]:
    return [each.grant().claim() for each in roles]
