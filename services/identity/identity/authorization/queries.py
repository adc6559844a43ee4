"""Reads whether tokens are still valid."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.data.database import ReadSession
from sqlalchemy import select

from identity.accounts import queries as accounts_queries
from identity.accounts.schemas import AccountView
from identity.authorization.tables import TokenFamilyRow
from identity.clients import queries as clients_queries
from identity.keys import queries as keys_queries
from identity.provider.ids import AccountId, SignInId
from identity.provider.issuer import Issuer
from identity.sessions import queries as sessions_queries


async def live_claims(db: ReadSession, issuer: Issuer, token: str, now: datetime) -> dict[str, Any] | None:
    """Return the claims of an access token whose client is active and whose sign-in goes on, unless it was revoked; None for any other."""
    claims = await keys_queries.access_token_claims(db, issuer, token, now)
    if claims is None or await clients_queries.find(db, claims["client_id"]) is None:
        return None
    if "sid" not in claims:
        return claims
    sign_in_id = SignInId(UUID(claims["sid"]))
    if await sessions_queries.find_by_id(db, sign_in_id, now) is None:
        return None
    of_client = select(TokenFamilyRow.revoked_at).where(
        TokenFamilyRow.sign_in_id == sign_in_id, TokenFamilyRow.client_id == claims["client_id"]
    )
    revoked = await db.scalars(of_client)
    return None if revoked and all(moment is not None for moment in revoked) else claims


async def person_of(db: ReadSession, claims: Mapping[str, Any]) -> AccountView | None:
    """Return whose access token has these claims; nobody for a machine's."""
    return await accounts_queries.find(db, AccountId(UUID(claims["sub"]))) if "sid" in claims else None
