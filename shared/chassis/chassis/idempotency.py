"""Remembered answers: the same Idempotency-Key and the same body get the same answer, and the work is done once.

Only successes are remembered; a refusal changed nothing, so the same key may try again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, select, text, tuple_, update

from chassis.database import Transaction
from chassis.problems import refused
from chassis.tables import idempotency

REMEMBERED_FOR: Final = timedelta(days=7)
FORGET_LIMIT: Final = 5_000


TAKE: Final = text("""
    INSERT INTO idempotency (scope, key, fingerprint)
    SELECT * FROM unnest(CAST(:scopes AS text[]), CAST(:keys AS text[]), CAST(:fingerprints AS bytea[]))
    ON CONFLICT DO NOTHING RETURNING scope, key
""")


class RepeatedKeyError(ValueError):
    """Two requests of one batch carry the same key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's key, where it was used, and a digest of what was asked."""

    scope: str
    key: str
    fingerprint: bytes

    @property
    def name(self) -> tuple[str, str]:
        """What must be unique."""
        return (self.scope, self.key)


async def claim(tx: Transaction, keys: Sequence[Key]) -> list[Any]:
    """Take the keys for this transaction; for each: None when it is ours, or the answer it was given before.

    Waits for a concurrent transaction that holds the same key. A key that was used with another body is a 422, and
    the same key twice in one batch a RepeatedKeyError: what they ask for must be done one after the other.
    """
    if not keys:
        return []
    wanted = sorted(keys, key=lambda key: key.name)
    if len({key.name for key in keys}) < len(keys):
        raise RepeatedKeyError
    columns = {"scopes": [k.scope for k in wanted], "keys": [k.key for k in wanted], "fingerprints": [k.fingerprint for k in wanted]}
    taken = {(row.scope, row.key) for row in await tx.rows(TAKE, columns)}
    known: dict[tuple[str, str], Row[*tuple[Any, ...]]] = {}
    if others := [key.name for key in wanted if key.name not in taken]:
        rows = await tx.rows(select(idempotency).where(tuple_(idempotency.c.scope, idempotency.c.key).in_(others)))
        known = {(row.scope, row.key): row for row in rows}
    answers: list[Any] = []
    for key in keys:
        row = known.get(key.name)
        if row is None:
            answers.append(None)
        elif row.fingerprint != key.fingerprint:
            raise refused("idempotency-key-reused", f"The Idempotency-Key {key.key!r} was used before with another body. Use a new key.")
        else:
            answers.append(row.answer)
    return answers


async def remember(tx: Transaction, answers: Mapping[Key, Any]) -> None:
    """Keep the answers of claimed keys."""
    if answers:
        statement = (
            update(idempotency)
            .where(idempotency.c.scope == bindparam("b_scope"), idempotency.c.key == bindparam("b_key"))
            .values(answer=bindparam("b_answer"))
        )
        await tx.execute(statement, [{"b_scope": key.scope, "b_key": key.key, "b_answer": answer} for key, answer in answers.items()])


async def release(tx: Transaction, keys: Sequence[Key]) -> None:
    """Give claimed keys back: what they asked for was refused."""
    if keys:
        await tx.execute(delete(idempotency).where(tuple_(idempotency.c.scope, idempotency.c.key).in_([key.name for key in keys])))


async def forget(tx: Transaction) -> int:
    """Delete answers that are too old to be asked for again; return how many."""
    old = (
        select(idempotency.c.scope, idempotency.c.key)
        .where(idempotency.c.remembered_at < tx.now - REMEMBERED_FOR)
        .limit(FORGET_LIMIT)
        .with_for_update(skip_locked=True)
    )
    return await tx.execute(delete(idempotency).where(tuple_(idempotency.c.scope, idempotency.c.key).in_(old)))
