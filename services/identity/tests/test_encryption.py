"""Secrets are readable with the keys of the settings, and follow when another key takes the first one's place."""

import pytest
from chassis.data.database import Database
from contracts.types import new_id
from identity.factors.tables import TotpRow
from identity.factors.use_cases import encrypt_anew
from identity.keys.tables import SigningKeyRow
from identity.keys.use_cases import keep_fresh
from identity.provider.encryption import EncryptionKeys, UnreadableSecretError
from identity.provider.ids import AccountId
from identity.settings import Settings
from people import KEYS, settings
from sqlalchemy import select
from testing import MakeDatabase

OTHERS = "another random text that is long enough"


def test_what_one_key_has_encrypted_is_read_beside_a_newer_one_and_not_without_it() -> None:
    encrypted = EncryptionKeys([KEYS]).encrypt("a secret")
    assert "a secret" not in encrypted
    assert EncryptionKeys([OTHERS, KEYS]).decrypt(encrypted) == "a secret"
    with pytest.raises(UnreadableSecretError):
        EncryptionKeys([OTHERS]).decrypt(encrypted)
    with pytest.raises(UnreadableSecretError):
        EncryptionKeys([KEYS]).decrypt(f"{encrypted[:-2]}xx")
    with pytest.raises(UnreadableSecretError):
        EncryptionKeys([KEYS]).decrypt("no secret")


async def test_the_jobs_encrypt_anew_what_an_older_key_has_encrypted(make_database: MakeDatabase) -> None:
    url = await make_database("identity")
    before, after = (Settings(**settings(url, "amqp://nowhere", encryption_keys=keys)) for keys in (KEYS, f"{OTHERS},{KEYS}"))
    database, account = Database(before), AccountId(new_id())
    async with database.transaction() as tx:
        assert await keep_fresh(tx, before.provider()) == 1
        secret = before.encryption().encrypt("JBSWY3DP")
        tx.add(TotpRow(account_id=account, secret=secret, last_step=0, confirmed_at=None, created_at=tx.now))
    async with database.transaction() as tx:
        assert (await keep_fresh(tx, after.provider()), await encrypt_anew(tx, after.provider())) == (1, 1)
    async with database.transaction() as tx:
        assert (await keep_fresh(tx, after.provider()), await encrypt_anew(tx, after.provider())) == (0, 0)
        [key] = await tx.scalars(select(SigningKeyRow))
        [totp] = await tx.scalars(select(TotpRow))
        only = EncryptionKeys([OTHERS])
        assert only.decrypt(totp.secret) == "JBSWY3DP"
        assert '"d"' in only.decrypt(key.private_key)
    await database.close()
