"""Reads which second factors an account has."""

from chassis.data.database import ReadSession
from sqlalchemy import func, select

from identity.factors.schemas import FactorsView, PasskeyView
from identity.factors.tables import PasskeyRow, RecoveryCodeRow, TotpRow
from identity.provider.ids import AccountId


async def factors_of(db: ReadSession, account_id: AccountId) -> FactorsView:
    """Return what an account has beside its password."""
    totp = await db.find(TotpRow, account_id)
    unused = select(func.count()).where(RecoveryCodeRow.account_id == account_id, RecoveryCodeRow.used_at.is_(None))
    passkeys = await db.scalars(select(PasskeyRow).where(PasskeyRow.account_id == account_id).order_by(PasskeyRow.id))
    return FactorsView(
        has_totp=totp is not None and totp.confirmed_at is not None,
        recovery_codes=await db.scalar(unused),
        passkeys=[PasskeyView.model_validate(each) for each in passkeys],
    )
