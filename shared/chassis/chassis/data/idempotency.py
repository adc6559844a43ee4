"""Remembered answers: the same Idempotency-Key and the same body get the same answer, and the work is done once.

Only successes are remembered; a refusal changed nothing, so the same key may try again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Row, delete, select, text, tuple_

from chassis.data.database import Transaction
from chassis.data.tables import idempotency
from chassis.driver.connections import json_of
from chassis.errors import DomainError, Invalid

REMEMBERED_FOR: Final = timedelta(days=7)
FORGET_LIMIT: Final = 5_000


TAKE: Final = text("""
    INSERT INTO idempotency (scope, key, fingerprint)
    SELECT * FROM unnest(CAST(:scopes AS text[]), CAST(:keys AS text[]), CAST(:fingerprints AS bytea[]))
    ON CONFLICT DO NOTHING RETURNING scope, key
""")

REMEMBER: Final = text("""
    UPDATE idempotency SET answer = CAST(given.answer AS jsonb)
    FROM unnest(CAST(:scopes AS text[]), CAST(:keys AS text[]), CAST(:answers AS text[])) AS given (scope, key, answer)
    WHERE idempotency.scope = given.scope AND idempotency.key = given.key
""")


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's key, where it was used, and a digest of the request."""

    scope: str
    key: str
    fingerprint: bytes

    @property
    def name(self) -> tuple[str, str]:
        """What must be unique."""
        return (self.scope, self.key)


class Keyed(Protocol):
    """An item of a batch, with the key of the request that it came with."""

    @property
    def key(self) -> Key | None:
        """The key, or None when the caller gave none."""
        ...


Item = TypeVar("Item", bound=Keyed)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Claims:
    """What was known about keys: those in neither field belong to this transaction."""

    answers: Mapping[Key, Any]
    """Keys that were used before with the same body, and the answers they were given."""
    reused: frozenset[Key]
    """Keys that were used with another body, before or in this batch."""

    def refusal(self, key: Key) -> DomainError | None:
        """Return the 422 for a key that was used with another body, or None."""
        if key not in self.reused:
            return None
        return Invalid("idempotency-key-reused", f"The Idempotency-Key {key.key!r} was used before with another body. Use a new key.")


async def claim(tx: Transaction, keys: Sequence[Key]) -> Claims:
    """Take the keys for this transaction, and return what is known about those that it does not get.

    Waits for a concurrent transaction that holds the same key. Equal keys are one; of two keys that differ in the body only,
    the first is taken and the other is reused.
    """
    first: dict[tuple[str, str], Key] = {}
    for key in keys:
        first.setdefault(key.name, key)
    reused = {key for key in keys if first[key.name] != key}
    if not first:
        return Claims({}, frozenset())
    wanted = [first[name] for name in sorted(first)]
    columns = {"scopes": [k.scope for k in wanted], "keys": [k.key for k in wanted], "fingerprints": [k.fingerprint for k in wanted]}
    taken = {(row.scope, row.key) for row in await tx.rows(TAKE, columns)}
    known: dict[tuple[str, str], Row[*tuple[Any, ...]]] = {}
    if others := [name for name in first if name not in taken]:
        rows = await tx.rows(select(idempotency).where(tuple_(idempotency.c.scope, idempotency.c.key).in_(others)))
        known = {(row.scope, row.key): row for row in rows}
    repeated = {key: known[key.name] for key in keys if key.name in known}
    answers = {key: row.answer for key, row in repeated.items() if row.fingerprint == key.fingerprint}
    return Claims(answers, frozenset(reused - answers.keys() | repeated.keys() - answers.keys()))


async def once(
    tx: Transaction,
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]],
    *,
    kept: Callable[[Answer], Any],
    repeat: Callable[[Item, Any], Answer],
) -> list[Answer | DomainError]:
    """Do the work of each key once and return an answer for each item, in order; the answers of items without a key are their own.

    ``work`` gets the items that are to be done. ``kept`` returns what is remembered of an answer as JSON, or None for a refusal, which
    frees the key; ``repeat`` makes the answer of an item from what was remembered. An item whose key was used with another body gets a
    DomainError, and only that item.
    """
    claims = await claim(tx, [item.key for item in items if item.key is not None])
    mine: dict[Key, Item] = {}
    to_do: list[Item] = []
    for item in items:
        if item.key is not None and (item.key in claims.answers or item.key in claims.reused or item.key in mine):
            continue
        to_do.append(item)
        if item.key is not None:
            mine[item.key] = item
    done = await work(to_do)
    keyed = {item.key: answer for item, answer in zip(to_do, done, strict=True) if item.key is not None}
    remembered = {key: memory for key, answer in keyed.items() if (memory := kept(answer)) is not None}
    await release(tx, [key for key in keyed if key not in remembered])
    remember(tx, remembered)
    own = iter(done)
    answers: list[Answer | DomainError] = []
    for item in items:
        key = item.key
        if key is None or mine.get(key) is item:
            answers.append(next(own))
        elif refusal := claims.refusal(key):
            answers.append(refusal)
        elif key in claims.answers:
            answers.append(repeat(item, claims.answers[key]))
        else:
            answers.append(repeat(item, remembered[key]) if key in remembered else keyed[key])
    return answers


def remember(tx: Transaction, answers: Mapping[Key, Any]) -> None:
    """Keep the answers of claimed keys."""
    if answers:
        scopes, keys = [key.scope for key in answers], [key.key for key in answers]
        tx.write(REMEMBER, {"scopes": scopes, "keys": keys, "answers": [json_of(answer) for answer in answers.values()]})


async def release(tx: Transaction, keys: Sequence[Key]) -> None:
    """Give claimed keys back: their request was refused."""
    if keys:
        await tx.execute(delete(idempotency).where(tuple_(idempotency.c.scope, idempotency.c.key).in_([key.name for key in keys])))


async def forget(tx: Transaction) -> int:
    """Delete answers that are too old to be requested again; return how many."""
    old = (
        select(idempotency.c.scope, idempotency.c.key)
        .where(idempotency.c.remembered_at < tx.now - REMEMBERED_FOR)
        .limit(FORGET_LIMIT)
        .with_for_update(skip_locked=True)
    )
    return await tx.execute(delete(idempotency).where(tuple_(idempotency.c.scope, idempotency.c.key).in_(old)))
