"""Begins and ends sign-ins."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from chassis.data.database import Transaction
from chassis.errors import NotFound
from contracts.types import new_id
from sqlalchemy import delete, select, update

from identity.events.use_cases import Origin, record
from identity.provider.encryption import digest
from identity.provider.ids import AccountId, SignInId
from identity.provider.issuer import Issuer
from identity.sessions.schemas import SignInView
from identity.sessions.tables import SignInRow

KEPT: Final = timedelta(days=90)
"""How long a sign-in that is over is kept."""
FORGET_LIMIT: Final = 5_000


def begin(tx: Transaction, issuer: Issuer, account_id: AccountId, amr: Sequence[str], origin: Origin) -> str:
    """Sign somebody in with a browser; return the secret of its cookie, which no earlier request of it has carried."""
    secret = secrets.token_urlsafe(32)
    row = SignInRow(
        id=SignInId(new_id()),
        account_id=account_id,
        digest=digest(secret),
        amr=list(amr),
        began_at=tx.now,
        used_at=tx.now,
        expires_at=tx.now + issuer.session_lifetime,
        ended_at=None,
        address=origin.address,
        user_agent=origin.user_agent,
    )
    tx.add(row)
    record(tx, "signed-in", origin, account_id, sign_in_id=str(row.id), amr=list(amr))
    return secret


async def use(tx: Transaction, sign_in_id: SignInId) -> None:
    """Keep when a sign-in was used last."""
    await tx.execute(update(SignInRow).where(SignInRow.id == sign_in_id).values(used_at=tx.now))


async def end(tx: Transaction, sign_in_id: SignInId, account_id: AccountId, origin: Origin) -> SignInView:
    """End a sign-in of an account: its refresh tokens do nothing from then on; NotFound where there is none that goes on."""
    row = await tx.lock(SignInRow, sign_in_id)
    if row is None or row.account_id != account_id or row.ended_at is not None:
        raise NotFound.of("sign-in", sign_in_id)
    row.ended_at = tx.now
    record(tx, "signed-out", origin, account_id, sign_in_id=str(sign_in_id))
    return SignInView.model_validate(row)


async def end_all(tx: Transaction, account_id: AccountId, origin: Origin, *, but: SignInId | None = None) -> int:
    """End every sign-in of an account, but perhaps one; return how many."""
    going_on = select(SignInRow).where(SignInRow.account_id == account_id, SignInRow.ended_at.is_(None), SignInRow.expires_at > tx.now)
    ended = 0
    for row in await tx.scalars(going_on.order_by(SignInRow.id).with_for_update()):
        if row.id != but:
            row.ended_at = tx.now
            record(tx, "signed-out", origin, account_id, sign_in_id=str(row.id))
            ended += 1
    return ended


async def forget(tx: Transaction) -> int:
    """Remove sign-ins that have been over for long; return how many."""
    old = select(SignInRow.id).where(SignInRow.expires_at < tx.now - KEPT).limit(FORGET_LIMIT)
    return await tx.execute(delete(SignInRow).where(SignInRow.id.in_(old)))
