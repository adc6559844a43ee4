"""Signs people in and out: what is tried is counted, and what happened is written, in the same transaction."""

import secrets
from datetime import timedelta
from typing import Final

from chassis.data.database import Transaction
from sqlalchemy import delete, select

from identity.accounts import queries as accounts_queries
from identity.accounts import use_cases as accounts_use_cases
from identity.accounts.schemas import AccountView
from identity.attempts import use_cases as attempts_use_cases
from identity.attempts.limits import Scope
from identity.events.use_cases import Origin, record
from identity.factors import queries as factors_queries
from identity.factors import use_cases as factors_use_cases
from identity.provider.encryption import digest
from identity.provider.issuer import Issuer
from identity.sessions import queries as sessions_queries
from identity.sessions import use_cases as sessions_use_cases
from identity.sign_in import steps
from identity.sign_in.steps import Outcome, Step
from identity.sign_in.tables import PendingSignInRow

PENDING_LIFETIME: Final = timedelta(minutes=10)
FORGET_LIMIT: Final = 5_000
WRONG: Final = "The name or the password is not right."
"""Whatever was wrong: nobody learns which accounts there are."""
WRONG_CODE: Final = "The code is not right, or was used before."
WRONG_PASSKEY: Final = "The passkey was not accepted."
TOO_LATE: Final = "This took too long. Begin again."
LOCKED: Final = "There were too many attempts. Wait a quarter of an hour, or ask an administrator."


async def sign_in(tx: Transaction, issuer: Issuer, name: str, password: str, previous: str | None, origin: Origin) -> Outcome:
    """Try a name and a password; ``previous`` is the cookie of the browser's sign-in before, which ends where this one succeeds."""
    account = await accounts_queries.find_by_name(tx, name)
    keys = _keys(str(account.id) if account else name.strip().lower(), origin)
    if await attempts_use_cases.is_locked(tx, keys):
        record(tx, "sign-in-refused", origin, account.id if account else None, reason="locked")
        return Outcome(step=Step.LOCKED, refused=LOCKED)
    if not await accounts_use_cases.prove(tx, account, password) or account is None:
        return await _refuse(tx, keys, account, WRONG, "password", origin)
    return await _go_on(tx, issuer, account, [steps.PASSWORD], previous, origin)


async def prove_code(tx: Transaction, issuer: Issuer, pending: str | None, code: str, previous: str | None, origin: Origin) -> Outcome:
    """Try a code as the second factor."""
    row, account = await _pending(tx, pending)
    if row is None or account is None:
        return Outcome(step=Step.REFUSED, refused=TOO_LATE)
    keys = _keys(str(account.id), origin)
    if await attempts_use_cases.is_locked(tx, keys):
        record(tx, "sign-in-refused", origin, account.id, reason="locked")
        return Outcome(step=Step.LOCKED, refused=LOCKED)
    if not await factors_use_cases.take_code(tx, issuer, account.id, code, origin):
        refused = await _refuse(tx, keys, account, WRONG_CODE, "code", origin)
        return refused if refused.step is Step.LOCKED else Outcome(step=Step.SECOND_FACTOR, refused=refused.refused)
    await _end_pending(tx, row.digest)
    return await _go_on(tx, issuer, account, [*row.amr, steps.CODE, steps.TWO_FACTORS], previous, origin)


async def prove_passkey(
    tx: Transaction, issuer: Issuer, browser: str, credential: object, pending: str | None, previous: str | None, origin: Origin
) -> Outcome:
    """Try a passkey, whose authenticator has verified the person: it proves two factors by itself."""
    keys = [(Scope.ADDRESS, origin.address)]
    if await attempts_use_cases.is_locked(tx, keys):
        record(tx, "sign-in-refused", origin, None, reason="locked")
        return Outcome(step=Step.LOCKED, refused=LOCKED)
    proven = await factors_use_cases.prove_passkey(tx, issuer, browser, credential)
    account = await accounts_queries.find(tx, proven.account_id) if proven.account_id else None
    row, expected = await _pending(tx, pending)
    if account is None or (expected is not None and expected.id != account.id):
        return await _refuse(tx, keys, account, WRONG_PASSKEY, "passkey", origin)
    if row is not None:
        await _end_pending(tx, row.digest)
    return await _go_on(tx, issuer, account, [*(row.amr if row else ()), steps.PASSKEY, steps.TWO_FACTORS], previous, origin)


async def set_password(
    tx: Transaction, issuer: Issuer, pending: str | None, password: str, previous: str | None, origin: Origin
) -> Outcome:
    """Set the password that has to be another one, and sign in."""
    row, account = await _pending(tx, pending)
    if row is None or account is None or not await _is_due(tx, account, row.amr):
        return Outcome(step=Step.REFUSED, refused=TOO_LATE)
    done = await accounts_use_cases.change_password(tx, account.id, password, origin)
    if done.account is None:
        return Outcome(step=Step.NEW_PASSWORD, refused=done.refused)
    await _end_pending(tx, row.digest)
    await sessions_use_cases.end_all(tx, account.id, origin)
    return await _go_on(tx, issuer, done.account, row.amr, previous, origin)


async def forget(tx: Transaction) -> int:
    """Remove sign-ins that were not completed in time; return how many."""
    old = select(PendingSignInRow.digest).where(PendingSignInRow.expires_at < tx.now).limit(FORGET_LIMIT)
    return await tx.execute(delete(PendingSignInRow).where(PendingSignInRow.digest.in_(old)))


async def _go_on(tx: Transaction, issuer: Issuer, account: AccountView, amr: list[str], previous: str | None, origin: Origin) -> Outcome:
    step = await _next(tx, account, amr)
    if step is not Step.SIGNED_IN:
        secret = secrets.token_urlsafe(32)
        tx.add(PendingSignInRow(digest=digest(secret), account_id=account.id, amr=amr, expires_at=tx.now + PENDING_LIFETIME))
        return Outcome(step=step, secret=secret)
    await attempts_use_cases.clear(tx, str(account.id))
    if (before := await sessions_queries.find(tx, previous, tx.now)) is not None:
        await sessions_use_cases.end(tx, before.id, before.account_id, origin)
    return Outcome(step=step, secret=sessions_use_cases.begin(tx, issuer, account.id, amr, origin))


async def _next(tx: Transaction, account: AccountView, amr: list[str]) -> Step:
    factors = await factors_queries.factors_of(tx, account.id)
    return steps.next_step(amr, is_second_needed=factors.is_second_needed, must_change_password=account.must_change_password)


async def _is_due(tx: Transaction, account: AccountView, amr: list[str]) -> bool:
    return await _next(tx, account, amr) is Step.NEW_PASSWORD


async def _refuse(
    tx: Transaction, keys: attempts_use_cases.Keys, account: AccountView | None, refused: str, reason: str, origin: Origin
) -> Outcome:
    is_locked_now = await attempts_use_cases.fail(tx, keys)
    record(tx, "sign-in-refused", Origin(address=origin.address), account.id if account else None, reason=reason, locks=is_locked_now)
    return Outcome(step=Step.LOCKED, refused=LOCKED) if is_locked_now else Outcome(step=Step.REFUSED, refused=refused)


async def _pending(tx: Transaction, secret: str | None) -> tuple[PendingSignInRow | None, AccountView | None]:
    row = await tx.lock(PendingSignInRow, digest(secret)) if secret else None
    if row is None or row.expires_at <= tx.now:
        return None, None
    return row, await accounts_queries.find(tx, row.account_id)


async def _end_pending(tx: Transaction, secret_digest: str) -> None:
    await tx.execute(delete(PendingSignInRow).where(PendingSignInRow.digest == secret_digest))


def _keys(name: str, origin: Origin) -> attempts_use_cases.Keys:
    return [(Scope.ACCOUNT, name), (Scope.ADDRESS, origin.address)]
