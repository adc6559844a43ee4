"""Makes, replaces and withdraws signing keys, and signs with the present one."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from chassis.data.database import Transaction
from chassis.errors import Conflict
from chassis.rows.changes import require
from sqlalchemy import select, text

from identity.events.use_cases import Origin, record
from identity.keys import queries, signing
from identity.keys.schemas import SigningKeyView
from identity.keys.tables import SigningKeyRow
from identity.provider.issuer import Issuer

ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtext('holdfast.signing_key'))")
BY_ITSELF: Final = Origin(actor="identity")


async def sign(tx: Transaction, issuer: Issuer, claims: Mapping[str, Any], kind: str) -> str:
    """Return the token of these claims, signed with the present key; the first key is made when it is needed."""
    keys = await _keys(tx)
    if (key := signing.signing(keys, tx.now)) is None:
        await tx.execute(ONE_AT_A_TIME)
        others = signing.in_order(await _keys(tx))  # one that was made at this moment may begin a moment later
        key = others[0] if others else _make(tx, issuer, timedelta(0), BY_ITSELF)
    return signing.sign(claims, json.loads(issuer.encryption.decrypt(key.private_key)), kind)


async def keep_fresh(tx: Transaction, issuer: Issuer) -> int:
    """Make another key when one is due, and encrypt anew what an older encryption key has encrypted; return how many keys that were."""
    await tx.execute(ONE_AT_A_TIME)
    keys = await _keys(tx)
    changed = 0
    if signing.is_due(keys, tx.now, issuer.key_lifetime):
        _make(tx, issuer, issuer.key_lead if keys else timedelta(0), BY_ITSELF)
        changed += 1
    for key in signing.in_order(keys):
        if not key.private_key.startswith(issuer.encryption.header):
            key.private_key = issuer.encryption.encrypt(issuer.encryption.decrypt(key.private_key))
            changed += 1
    return changed


async def rotate(tx: Transaction, issuer: Issuer, origin: Origin, *, at_once: bool) -> SigningKeyView:
    """Make another key, which signs at once or after the lead; the present one stays published until its last tokens have expired."""
    await tx.execute(ONE_AT_A_TIME)
    key = _make(tx, issuer, timedelta(0) if at_once else issuer.key_lead, origin)
    return queries.view(key, [*await _keys(tx), key], tx.now)


async def withdraw(tx: Transaction, issuer: Issuer, kid: str, origin: Origin) -> SigningKeyView:
    """Take a key out of use, whose tokens are refused from then on; where it was the one that signs, another one is made.

    NotFound without that key, Conflict where it is withdrawn already.
    """
    await tx.execute(ONE_AT_A_TIME)
    key = require(await tx.lock(SigningKeyRow, kid), "signing key", kid)
    if key.withdrawn_at is not None:
        raise Conflict("key-withdrawn", f"The key {kid} is withdrawn already.")
    key.withdrawn_at = tx.now
    await tx.flush()
    record(tx, "key-withdrawn", origin, kid=kid)
    keys = await _keys(tx)
    if signing.signing(keys, tx.now) is None:
        _make(tx, issuer, timedelta(0), origin)
    return queries.view(key, keys, tx.now)


def _make(tx: Transaction, issuer: Issuer, lead: timedelta, origin: Origin) -> SigningKeyRow:
    private_key, public_key = signing.new_key()
    key = SigningKeyRow(
        kid=public_key["kid"],
        public_key=public_key,
        private_key=issuer.encryption.encrypt(json.dumps(private_key)),
        created_at=tx.now,
        signs_from=tx.now + lead,
        withdrawn_at=None,
    )
    tx.add(key)
    record(tx, "key-made", origin, kid=key.kid, signs_from=key.signs_from.isoformat())
    return key


async def _keys(tx: Transaction) -> Sequence[SigningKeyRow]:
    return await tx.scalars(select(SigningKeyRow))
