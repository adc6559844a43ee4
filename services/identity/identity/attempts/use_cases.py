"""Counts failures, in the transaction in which something was tried."""

from datetime import timedelta
from typing import Final

from chassis.data.database import Transaction
from sqlalchemy import delete, select, text

from identity.attempts import limits
from identity.attempts.limits import Count, Scope
from identity.attempts.tables import AttemptRow
from identity.provider.encryption import digest

KEPT: Final = timedelta(days=1)
FORGET_LIMIT: Final = 5_000
BEGIN: Final = text("INSERT INTO attempt (scope, key, failures, since) VALUES (:scope, :key, 0, :now) ON CONFLICT DO NOTHING")
Keys = list[tuple[Scope, str]]
"""For what an attempt counts, each with the name of the account or the address."""


async def is_locked(tx: Transaction, keys: Keys) -> bool:
    """Whether nothing may be tried for one of these now; attempts for the same are made one after the other from here on."""
    found = [await _lock(tx, scope, key) for scope, key in _in_one_order(keys)]
    return any(limits.is_locked(_count(row), tx.now) for row in found)


async def fail(tx: Transaction, keys: Keys) -> bool:
    """Count a failure for each; return whether nothing may be tried for one of them from now on."""
    is_locked_now = False
    for scope, key in _in_one_order(keys):
        row = await _lock(tx, scope, key)
        count = limits.after_failure(scope, _count(row), tx.now)
        row.failures, row.since, row.locked_until = count.failures, count.since, count.locked_until
        is_locked_now = is_locked_now or limits.is_locked(count, tx.now)
    return is_locked_now


async def clear(tx: Transaction, key: str) -> None:
    """Forget the failures of an account: somebody has proved to be it, or an administrator unlocks it."""
    await tx.flush()
    await tx.execute(delete(AttemptRow).where(AttemptRow.scope == Scope.ACCOUNT, AttemptRow.key == digest(key)))


async def forget(tx: Transaction) -> int:
    """Remove counts that mean nothing any more; return how many."""
    old = select(AttemptRow.key).where(AttemptRow.since < tx.now - KEPT).limit(FORGET_LIMIT)
    return await tx.execute(delete(AttemptRow).where(AttemptRow.since < tx.now - KEPT, AttemptRow.key.in_(old)))


def _in_one_order(keys: Keys) -> Keys:
    return sorted(keys)


async def _lock(tx: Transaction, scope: Scope, key: str) -> AttemptRow:
    hidden = digest(key)
    wanted = select(AttemptRow).where(AttemptRow.scope == scope, AttemptRow.key == hidden).with_for_update()
    if not (found := await tx.scalars(wanted)):
        await tx.execute(BEGIN, {"scope": scope.value, "key": hidden, "now": tx.now})
        found = await tx.scalars(wanted)
    return found[0]


def _count(row: AttemptRow) -> Count:
    return Count(row.failures, row.since, row.locked_until)
