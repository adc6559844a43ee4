"""Reads whether anything is tried now."""

from datetime import datetime

from chassis.data.database import ReadSession
from sqlalchemy import select, tuple_

from identity.attempts.limits import Scope
from identity.attempts.tables import AttemptRow
from identity.provider.encryption import digest


async def is_locked(db: ReadSession, keys: list[tuple[Scope, str]], now: datetime) -> bool:
    """Whether nothing is tried for one of these now, without a lock: for what cannot be guessed anyway."""
    wanted = [(scope.value, digest(key)) for scope, key in keys]
    locked = select(AttemptRow.key).where(tuple_(AttemptRow.scope, AttemptRow.key).in_(wanted), AttemptRow.locked_until > now)
    return bool(await db.scalars(locked))
