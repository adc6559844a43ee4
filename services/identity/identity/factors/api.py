"""The HTTP edge by which an administrator removes the second factors of somebody who has lost them."""

from chassis.data.database import Transaction
from chassis.http.conventions import Once
from chassis.http.problems import documented
from fastapi import APIRouter

from identity.access.api import REFUSALS, Acting, Manager, Refusing
from identity.accounts import use_cases as accounts_use_cases
from identity.accounts.schemas import AccountView
from identity.factors import use_cases
from identity.provider.ids import AccountId

router = APIRouter(prefix="/accounts/{account_id}/factors", tags=["accounts"])


@router.post("/reset", operation_id="reset_factors", summary="Remove all second factors", responses=documented(*REFUSALS, 404))
async def reset_factors(account_id: AccountId, caller: Manager, acting: Acting, refusing: Refusing, once: Once) -> AccountView:
    """Remove the authenticator, the recovery codes and the passkeys of an account; its password stays."""

    async def work(tx: Transaction) -> AccountView:
        account = await accounts_use_cases.check_managed(tx, account_id, caller)
        return await use_cases.reset(tx, account, acting)

    try:
        return await once(work, AccountView)
    except accounts_use_cases.NotManagedError:
        raise await refusing.forbidden() from None
