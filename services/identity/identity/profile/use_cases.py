"""What people change of their own account, for which they prove anew that it is theirs."""

from typing import Final

from chassis.data.database import Transaction

from identity.accounts import use_cases as accounts_use_cases
from identity.accounts.schemas import AccountView
from identity.accounts.use_cases import PasswordSet
from identity.attempts import use_cases as attempts_use_cases
from identity.attempts.limits import Scope
from identity.events.use_cases import Origin, record
from identity.factors import use_cases as factors_use_cases
from identity.factors.schemas import FactorOutcome
from identity.provider.ids import SignInId
from identity.sessions import use_cases as sessions_use_cases

WRONG: Final = "Your present password is not right."
LOCKED: Final = "There were too many attempts. Wait a quarter of an hour."


async def change_password(
    tx: Transaction, account: AccountView, sign_in_id: SignInId, present: str, password: str, origin: Origin
) -> PasswordSet:
    """Set another password, for which the present one is needed; every other browser is signed out."""
    if refused := await _why_unproven(tx, account, present, origin):
        return PasswordSet(refused=refused)
    done = await accounts_use_cases.change_password(tx, account.id, password, origin)
    if done.account is not None:
        await sessions_use_cases.end_all(tx, account.id, origin, but=sign_in_id)
    return done


async def remove_totp(tx: Transaction, account: AccountView, present: str, origin: Origin) -> FactorOutcome:
    """Turn off an authenticator, for which the present password is needed."""
    if refused := await _why_unproven(tx, account, present, origin):
        return FactorOutcome(refused=refused)
    return await factors_use_cases.remove_totp(tx, account.id, origin)


async def _why_unproven(tx: Transaction, account: AccountView, password: str, origin: Origin) -> str:
    keys: attempts_use_cases.Keys = [(Scope.ACCOUNT, str(account.id)), (Scope.ADDRESS, origin.address)]
    if await attempts_use_cases.is_locked(tx, keys):
        return LOCKED
    if await accounts_use_cases.prove(tx, account, password):
        return ""
    await attempts_use_cases.fail(tx, keys)
    record(tx, "password-refused", origin, account.id)
    return WRONG
