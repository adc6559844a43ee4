"""Makes codes and exchanges them for tokens; what was used twice revokes what came of it."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from chassis.data.database import Transaction
from contracts.types import new_id
from sqlalchemy import delete, select, update

from identity.accounts import queries as accounts_queries
from identity.accounts.schemas import AccountView
from identity.authorization import claims, requests
from identity.authorization.requests import AuthorizationRequest, RefusedError
from identity.authorization.schemas import CodeAnswer, Done, TokenAnswer
from identity.authorization.tables import AuthorizationCodeRow, RefreshTokenRow, TokenFamilyRow
from identity.clients.schemas import ClientView
from identity.events.use_cases import Origin, record
from identity.keys import signing
from identity.keys import use_cases as keys_use_cases
from identity.provider.encryption import digest
from identity.provider.ids import AccountId, FamilyId, SignInId
from identity.provider.issuer import Issuer
from identity.sessions import queries as sessions_queries
from identity.sessions import use_cases as sessions_use_cases
from identity.sessions.schemas import SignInView

CODE_LIFETIME: Final = timedelta(minutes=1)
"""The longest that is recommended is ten (RFC 6749, section 4.1.2)."""
TABS_WITHIN: Final = timedelta(seconds=10)
"""Two tabs of a browser have one cookie: the second of them gets an access token within this time, and no other refresh token."""
KEPT: Final = timedelta(days=1)
FORGET_LIMIT: Final = 5_000
INVALID_GRANT: Final = "invalid_grant"
NOT_VALID: Final = "It is not valid, has expired, or was used before."


async def make_code(tx: Transaction, request: AuthorizationRequest, account: AccountView, sign_in: SignInView) -> CodeAnswer:
    """Make a code for a client, in the name of somebody who is signed in."""
    code = secrets.token_urlsafe(32)
    tx.add(
        AuthorizationCodeRow(
            digest=digest(code),
            family_id=FamilyId(new_id()),
            client_id=request.client_id,
            account_id=account.id,
            sign_in_id=sign_in.id,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
            scope=request.scope,
            nonce=request.nonce,
            expires_at=tx.now + CODE_LIFETIME,
            used_at=None,
        )
    )
    await sessions_use_cases.use(tx, sign_in.id)
    return CodeAnswer(code=code)


async def exchange_code(tx: Transaction, issuer: Issuer, client: ClientView, fields: Mapping[str, str], origin: Origin) -> TokenAnswer:
    """Exchange a code for tokens; a code is used up by whatever is tried with it, and a second use revokes the tokens of the first."""
    row = await tx.lock(AuthorizationCodeRow, digest(fields.get("code", "")))
    if row is None or row.client_id != client.id:
        return _refused(INVALID_GRANT, NOT_VALID)
    if row.used_at is not None:
        await _revoke(tx, row.family_id, row.account_id, "code-reused", client.id, origin)
        return _refused(INVALID_GRANT, NOT_VALID)
    row.used_at = tx.now
    is_right = row.redirect_uri == fields.get("redirect_uri") and requests.is_verifier_of(
        fields.get("code_verifier", ""), row.code_challenge
    )
    if not is_right or row.expires_at <= tx.now:
        record(tx, "code-refused", origin, row.account_id, client_id=client.id)
        return _refused(INVALID_GRANT, NOT_VALID)
    person = await _person(tx, row.account_id, row.sign_in_id)
    if person is None:
        return _refused(INVALID_GRANT, NOT_VALID)
    family = TokenFamilyRow(
        id=row.family_id,
        client_id=client.id,
        account_id=row.account_id,
        sign_in_id=row.sign_in_id,
        scope=row.scope,
        began_at=tx.now,
        revoked_at=None,
    )
    tx.add(family)
    record(tx, "tokens-issued", origin, row.account_id, client_id=client.id, sign_in_id=str(row.sign_in_id))
    refresh = _refresh_token(tx, family.id, person[1].expires_at) if _gets_refresh_tokens(client, row.scope) else None
    return await _tokens(tx, issuer, client, family.scope, person, refresh, nonce=row.nonce)


async def refresh(tx: Transaction, issuer: Issuer, client: ClientView, token: str, scope: str | None, origin: Origin) -> TokenAnswer:
    """Exchange a refresh token for the next one and an access token; one that was exchanged before revokes its family."""
    row = await tx.lock(RefreshTokenRow, digest(token))
    family = await tx.lock(TokenFamilyRow, row.family_id) if row else None
    if row is None or family is None:
        return _refused(INVALID_GRANT, NOT_VALID)
    if family.client_id != client.id or family.revoked_at is not None or row.expires_at <= tx.now:
        record(tx, "refresh-refused", origin, family.account_id, client_id=client.id)
        return _refused(INVALID_GRANT, NOT_VALID)
    is_second_tab = client.has_refresh_cookie and row.used_at is not None and row.used_at + TABS_WITHIN > tx.now
    if row.used_at is not None and not is_second_tab:
        await _revoke(tx, family.id, family.account_id, "refresh-token-reused", client.id, origin)
        return _refused(INVALID_GRANT, NOT_VALID)
    person = await _person(tx, family.account_id, family.sign_in_id)
    if person is None:
        return _refused(INVALID_GRANT, NOT_VALID)
    try:
        granted = family.scope if scope is None else requests.granted_scope(scope, family.scope.split())
    except RefusedError as refused:
        return _refused(refused.error, refused.description)
    following = None
    if not is_second_tab:
        row.used_at = tx.now
        following = _refresh_token(tx, family.id, person[1].expires_at)
    await sessions_use_cases.use(tx, family.sign_in_id)
    return await _tokens(tx, issuer, client, granted, person, following)


async def grant_machine(tx: Transaction, issuer: Issuer, client: ClientView, scope: str | None, origin: Origin) -> TokenAnswer:
    """Give a machine an access token with the scopes that it requests, or with all that are its own."""
    if client.is_public or not client.has_secret:
        return _refused("unauthorized_client", "Only a client with a secret gets tokens for itself.")
    try:
        granted = " ".join(client.scopes) if scope is None else requests.granted_scope(scope, client.scopes)
    except RefusedError as refused:
        return _refused(refused.error, refused.description)
    record(tx, "tokens-issued", origin, None, client_id=client.id, scope=granted)
    stated = claims.machines_access(issuer, client, granted, new_id(), tx.now)
    token = await keys_use_cases.sign(tx, issuer, stated, signing.ACCESS_TOKEN)
    return TokenAnswer(access_token=token, expires_in=_seconds(issuer), scope=granted)


async def revoke(tx: Transaction, client: ClientView, token: str, sign_in_id: SignInId | None, origin: Origin) -> Done:
    """Revoke the family of a refresh token, or of an access token of this sign-in, where it is the client's own (RFC 7009)."""
    row = await tx.lock(RefreshTokenRow, digest(token))
    families = select(TokenFamilyRow).where(TokenFamilyRow.client_id == client.id, TokenFamilyRow.revoked_at.is_(None)).with_for_update()
    if row is not None:
        families = families.where(TokenFamilyRow.id == row.family_id)
    elif sign_in_id is not None:
        families = families.where(TokenFamilyRow.sign_in_id == sign_in_id)
    else:
        return Done()
    for family in await tx.scalars(families):
        await _revoke(tx, family.id, family.account_id, "tokens-revoked", client.id, origin)
    return Done()


async def refuse_client(tx: Transaction, client_id: str, origin: Origin) -> Done:
    """Write that a client did not prove who it is."""
    record(tx, "client-refused", origin, None, client_id=client_id[:100])
    return Done()


async def forget(tx: Transaction) -> int:
    """Remove codes and refresh tokens that have expired, and families without one; return how many rows that were."""
    before = tx.now - KEPT
    codes = select(AuthorizationCodeRow.digest).where(AuthorizationCodeRow.expires_at < before).limit(FORGET_LIMIT)
    removed = await tx.execute(delete(AuthorizationCodeRow).where(AuthorizationCodeRow.digest.in_(codes)))
    tokens = select(RefreshTokenRow.digest).where(RefreshTokenRow.expires_at < before).limit(FORGET_LIMIT)
    removed += await tx.execute(delete(RefreshTokenRow).where(RefreshTokenRow.digest.in_(tokens)))
    has_tokens = select(RefreshTokenRow.family_id).where(RefreshTokenRow.family_id == TokenFamilyRow.id).exists()
    empty = select(TokenFamilyRow.id).where(TokenFamilyRow.began_at < before, ~has_tokens).limit(FORGET_LIMIT)
    return removed + await tx.execute(delete(TokenFamilyRow).where(TokenFamilyRow.id.in_(empty)))


async def _person(tx: Transaction, account_id: AccountId, sign_in_id: SignInId) -> tuple[AccountView, SignInView] | None:
    """Return somebody whose sign-in goes on and whose account is not disabled."""
    account = await accounts_queries.find(tx, account_id)
    sign_in = await sessions_queries.find_by_id(tx, sign_in_id, tx.now)
    return (account, sign_in) if account and sign_in else None


async def _tokens(
    tx: Transaction,
    issuer: Issuer,
    client: ClientView,
    scope: str,
    person: tuple[AccountView, SignInView],
    refresh_token: str | None,
    *,
    nonce: str | None = None,
) -> TokenAnswer:
    account, sign_in = person
    stated = claims.persons_access(issuer, account, sign_in, client.id, scope, new_id(), tx.now)
    access_token = await keys_use_cases.sign(tx, issuer, stated, signing.ACCESS_TOKEN)
    id_token = None
    if requests.OPENID in scope.split():
        about = claims.id_token(issuer, account, sign_in, client.id, scope, nonce, access_token, tx.now)
        id_token = await keys_use_cases.sign(tx, issuer, about, signing.ID_TOKEN)
    return TokenAnswer(
        access_token=access_token,
        expires_in=_seconds(issuer),
        scope=scope,
        id_token=id_token,
        refresh_token=refresh_token,
        is_in_cookie=client.has_refresh_cookie,
    )


def _refresh_token(tx: Transaction, family_id: FamilyId, expires_at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    tx.add(RefreshTokenRow(digest=digest(token), family_id=family_id, expires_at=expires_at, used_at=None))
    return token


async def _revoke(tx: Transaction, family_id: FamilyId, account_id: AccountId, kind: str, client_id: str, origin: Origin) -> None:
    await tx.execute(update(TokenFamilyRow).where(TokenFamilyRow.id == family_id).values(revoked_at=tx.now))
    record(tx, kind, origin, account_id, client_id=client_id, family_id=str(family_id))


def _gets_refresh_tokens(client: ClientView, scope: str) -> bool:
    return client.has_refresh_cookie or requests.OFFLINE in scope.split()


def _seconds(issuer: Issuer) -> int:
    return int(issuer.access_token_lifetime.total_seconds())


def _refused(error: str, description: str) -> TokenAnswer:
    return TokenAnswer(error=error, error_description=description)
