"""Adds, uses and removes second factors."""

import base64
import json
import secrets
from datetime import timedelta
from typing import Final

from chassis.data.database import Transaction
from chassis.errors import NotFound
from contracts.types import new_id
from sqlalchemy import delete, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from identity.accounts.schemas import AccountView
from identity.events.use_cases import Origin, record
from identity.factors import codes
from identity.factors.schemas import FactorOutcome, PasskeyOptions, ProvenAccount, TotpSetup
from identity.factors.tables import ChallengeRow, PasskeyRow, RecoveryCodeRow, TotpRow
from identity.provider.ids import AccountId, FactorId
from identity.provider.issuer import Issuer

CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
CHALLENGE_BYTES: Final = 32
RECOVERY_BYTES: Final = 10
LONGEST_NAME: Final = 100
MOST_PASSKEYS: Final = 20
FORGET_LIMIT: Final = 5_000
ENCRYPTED_AT_ONCE: Final = 200
WRONG_CODE: Final = "This is not the present code. Type the one that the authenticator shows now."
NO_PASSKEY: Final = "The passkey was not taken. Try again."
UNREADABLE: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What reading something raises that is no passkey's answer."""


async def begin_totp(tx: Transaction, issuer: Issuer, account: AccountView) -> TotpSetup:
    """Draw a secret for an authenticator; nothing is asked for until a first code of it was taken."""
    secret = codes.new_secret()
    await tx.execute(delete(TotpRow).where(TotpRow.account_id == account.id, TotpRow.confirmed_at.is_(None)))
    if await tx.lock(TotpRow, account.id) is None:
        encrypted = issuer.encryption.encrypt(secret)
        tx.add(TotpRow(account_id=account.id, secret=encrypted, last_step=0, confirmed_at=None, created_at=tx.now))
    return TotpSetup(secret=secret, image=codes.image_of(secret, account.user_name))


async def confirm_totp(tx: Transaction, issuer: Issuer, account_id: AccountId, code: str, origin: Origin) -> FactorOutcome:
    """Take the first code of an authenticator: from then on one is asked for; return the codes that recover, which are shown this once."""
    row = await tx.lock(TotpRow, account_id)
    if row is None or row.confirmed_at is not None:
        return FactorOutcome(refused="Begin again: there is no authenticator that waits for its first code.")
    step = codes.matching_step(issuer.encryption.decrypt(row.secret), code, tx.now, row.last_step)
    if step is None:
        return FactorOutcome(refused=WRONG_CODE)
    row.last_step, row.confirmed_at = step, tx.now
    record(tx, "totp-added", origin, account_id)
    return FactorOutcome(recovery_codes=tuple(await _new_recovery_codes(tx, account_id)))


async def remove_totp(tx: Transaction, account_id: AccountId, origin: Origin) -> FactorOutcome:
    """Remove an authenticator and the codes that recover."""
    removed = await tx.execute(delete(TotpRow).where(TotpRow.account_id == account_id))
    await tx.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.account_id == account_id))
    if removed:
        record(tx, "totp-removed", origin, account_id)
    return FactorOutcome()


async def take_code(tx: Transaction, issuer: Issuer, account_id: AccountId, code: str, origin: Origin) -> bool:
    """Whether a code is the authenticator's, or one that recovers; no code is taken twice."""
    row = await tx.lock(TotpRow, account_id)
    if row is None or row.confirmed_at is None:
        return False
    step = codes.matching_step(issuer.encryption.decrypt(row.secret), code, tx.now, row.last_step)
    if step is not None:
        row.last_step = step
        return True
    recovery = await tx.lock(RecoveryCodeRow, codes.recovery_digest(account_id, code))
    if recovery is None or recovery.account_id != account_id or recovery.used_at is not None:
        return False
    recovery.used_at = tx.now
    record(tx, "recovery-code-used", origin, account_id)
    return True


async def begin_passkey(tx: Transaction, issuer: Issuer, account: AccountView, browser: str) -> PasskeyOptions:
    """Return what a browser needs to make a passkey for an account."""
    known = await _passkeys_of(tx, account.id)
    options = generate_registration_options(
        rp_id=issuer.host,
        rp_name=codes.ISSUER_NAME,
        user_id=account.id.bytes,
        user_name=account.user_name,
        user_display_name=account.full_name,
        challenge=await _new_challenge(tx, browser, account.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id)) for each in known],
    )
    return PasskeyOptions(written=options_to_json(options))


async def add_passkey(
    tx: Transaction, issuer: Issuer, account_id: AccountId, browser: str, credential: object, name: str, origin: Origin
) -> FactorOutcome:
    """Keep a passkey that a browser has made for an account."""
    challenge = await _take_challenge(tx, browser, account_id)
    if challenge is None or len(await _passkeys_of(tx, account_id)) >= MOST_PASSKEYS:
        return FactorOutcome(refused=NO_PASSKEY)
    try:
        verified = verify_registration_response(
            credential=json.dumps(credential),
            expected_challenge=challenge,
            expected_rp_id=issuer.host,
            expected_origin=issuer.origin,
            require_user_verification=True,
        )
    except UNREADABLE:
        return FactorOutcome(refused=NO_PASSKEY)
    credential_id = bytes_to_base64url(verified.credential_id)
    if await tx.scalars(select(PasskeyRow).where(PasskeyRow.credential_id == credential_id)):
        return FactorOutcome(refused="This passkey is known already.")
    row = PasskeyRow(
        id=FactorId(new_id()),
        account_id=account_id,
        passkey_name=name.strip()[:LONGEST_NAME] or "Passkey",
        credential_id=credential_id,
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        created_at=tx.now,
        used_at=None,
    )
    tx.add(row)
    record(tx, "passkey-added", origin, account_id, passkey_id=str(row.id))
    return FactorOutcome()


async def begin_passkey_sign_in(tx: Transaction, issuer: Issuer, browser: str) -> PasskeyOptions:
    """Return what a browser needs to use any passkey that it has for this provider."""
    options = generate_authentication_options(
        rp_id=issuer.host,
        challenge=await _new_challenge(tx, browser, None),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return PasskeyOptions(written=options_to_json(options))


async def prove_passkey(tx: Transaction, issuer: Issuer, browser: str, credential: object) -> ProvenAccount:
    """Return whose passkey has signed this browser's challenge; nobody where none has, or one that was copied."""
    challenge = await _take_challenge(tx, browser, None)
    credential_id = credential.get("id") if isinstance(credential, dict) else None
    known = select(PasskeyRow).where(PasskeyRow.credential_id == str(credential_id)).with_for_update()
    found = await tx.scalars(known)
    if challenge is None or not found:
        return ProvenAccount(account_id=None)
    try:
        verified = verify_authentication_response(
            credential=json.dumps(credential),
            expected_challenge=challenge,
            expected_rp_id=issuer.host,
            expected_origin=issuer.origin,
            credential_public_key=base64url_to_bytes(found[0].public_key),
            credential_current_sign_count=found[0].sign_count,
            require_user_verification=True,
        )
    except UNREADABLE:
        return ProvenAccount(account_id=None)
    found[0].sign_count, found[0].used_at = verified.new_sign_count, tx.now
    return ProvenAccount(account_id=found[0].account_id)


async def remove_passkey(tx: Transaction, account_id: AccountId, passkey_id: FactorId, origin: Origin) -> FactorOutcome:
    """Remove a passkey of an account; NotFound where it has none with this id."""
    if not await tx.execute(delete(PasskeyRow).where(PasskeyRow.account_id == account_id, PasskeyRow.id == passkey_id)):
        raise NotFound.of("passkey", passkey_id)
    record(tx, "passkey-removed", origin, account_id, passkey_id=str(passkey_id))
    return FactorOutcome()


async def reset(tx: Transaction, account: AccountView, origin: Origin) -> AccountView:
    """Remove every second factor of an account, whose owner has lost them."""
    await tx.execute(delete(PasskeyRow).where(PasskeyRow.account_id == account.id))
    await remove_totp(tx, account.id, origin)
    record(tx, "factors-reset", origin, account.id)
    return account


async def encrypt_anew(tx: Transaction, issuer: Issuer) -> int:
    """Encrypt by the first key what an older one has encrypted; return how many secrets that were."""
    older = select(TotpRow).where(~TotpRow.secret.startswith(issuer.encryption.header)).limit(ENCRYPTED_AT_ONCE)
    rows = await tx.scalars(older.with_for_update(skip_locked=True))
    for row in rows:
        row.secret = issuer.encryption.encrypt(issuer.encryption.decrypt(row.secret))
    return len(rows)


async def forget(tx: Transaction) -> int:
    """Remove challenges that have expired; return how many."""
    old = select(ChallengeRow.browser).where(ChallengeRow.expires_at < tx.now).limit(FORGET_LIMIT)
    return await tx.execute(delete(ChallengeRow).where(ChallengeRow.browser.in_(old)))


async def _new_recovery_codes(tx: Transaction, account_id: AccountId) -> list[str]:
    await tx.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.account_id == account_id))
    drawn = [codes.recovery_code(base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()) for _ in range(codes.RECOVERY_CODES)]
    for code in drawn:
        tx.add(RecoveryCodeRow(digest=codes.recovery_digest(account_id, code), account_id=account_id, used_at=None))
    return drawn


async def _passkeys_of(tx: Transaction, account_id: AccountId) -> list[PasskeyRow]:
    return list(await tx.scalars(select(PasskeyRow).where(PasskeyRow.account_id == account_id)))


async def _new_challenge(tx: Transaction, browser: str, account_id: AccountId | None) -> bytes:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    await tx.execute(delete(ChallengeRow).where(ChallengeRow.browser == browser))
    written = bytes_to_base64url(challenge)
    tx.add(ChallengeRow(browser=browser, challenge=written, account_id=account_id, expires_at=tx.now + CHALLENGE_LIFETIME))
    return challenge


async def _take_challenge(tx: Transaction, browser: str, account_id: AccountId | None) -> bytes | None:
    """Return the challenge of a browser, which is not valid any more, where it was drawn for this account."""
    row = await tx.lock(ChallengeRow, browser)
    if row is None:
        return None
    await tx.execute(delete(ChallengeRow).where(ChallengeRow.browser == browser))
    return base64url_to_bytes(row.challenge) if row.account_id == account_id and row.expires_at > tx.now else None
