"""Writes what happened, in the transaction in which it happens."""

from dataclasses import dataclass

from chassis.data.database import Transaction
from contracts.types import new_id
from pydantic import BaseModel

from identity.events.tables import SecurityEventRow
from identity.provider.ids import AccountId, SecurityEventId


@dataclass(frozen=True, slots=True)
class Origin:
    """Who makes a request, and from where."""

    address: str = ""
    user_agent: str = ""
    actor: str = ""
    """The id of an account or of a client; nothing where nobody is known yet."""


class Recorded(BaseModel):
    """Something was written of which nothing is reported."""


async def record_refusal(tx: Transaction, origin: Origin, method: str, path: str) -> Recorded:
    """Write that somebody tried to administer what is not theirs."""
    record(tx, "administration-refused", origin, None, method=method, path=path)
    return Recorded()


def record(tx: Transaction, kind: str, origin: Origin, account_id: AccountId | None = None, **detail: object) -> None:
    """Write that something happened; ``detail`` holds no secret, no password and no contact."""
    tx.add(
        SecurityEventRow(
            id=SecurityEventId(new_id()),
            at=tx.now,
            kind=kind,
            account_id=account_id,
            actor=origin.actor or (str(account_id) if account_id else ""),
            address=origin.address,
            detail=detail,
        )
    )
