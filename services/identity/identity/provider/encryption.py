"""How secrets are kept: those that are read again are encrypted, those that are only compared are digests.

Whoever has the database alone can neither sign a token nor compute a code of an authenticator.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHMS: Final = ("dir", "A256GCM")
SHORTEST: Final = 24
"""Characters of a text from which a key is derived."""
KEY_ID_LENGTH: Final = 8


class UnreadableSecretError(Exception):
    """What is stored was encrypted by a key that is not among those of the settings."""


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    value: bytes


class EncryptionKeys:
    """The keys that secrets are encrypted by: the first encrypts, each decrypts what it has encrypted."""

    def __init__(self, texts: list[str]) -> None:
        """Derive a key of each text; ValueError where there is none or one is short."""
        if not texts or any(len(text) < SHORTEST for text in texts):
            message = f"each key is a random text of at least {SHORTEST} characters"
            raise ValueError(message)
        self._keys = {key.id: key for key in map(_derived, texts)}
        self._first = next(iter(self._keys.values()))

    def encrypt(self, text: str) -> str:
        """Return the text as JWE (RFC 7516, compact), by the first key."""
        header = {"alg": ALGORITHMS[0], "enc": ALGORITHMS[1], "kid": self._first.id}
        return jwe.encrypt_compact(header, text, OctKey.import_key(self._first.value))

    def decrypt(self, encrypted: str) -> str:
        """Return the text that was encrypted; UnreadableSecretError without the key that it was encrypted by."""
        try:
            key = self._keys[_key_id(encrypted)]
            found = jwe.decrypt_compact(encrypted, OctKey.import_key(key.value), algorithms=ALGORITHMS).plaintext
        except (JoseError, KeyError, ValueError) as error:
            message = "a secret was encrypted by a key that is not in HOLDFAST_ENCRYPTION_KEYS"
            raise UnreadableSecretError(message) from error
        return (found or b"").decode()

    @property
    def header(self) -> str:
        """What everything begins with that the first key has encrypted."""
        return self.encrypt("").partition(".")[0]

    def mac(self, purpose: str, text: str) -> str:
        """Return a code that nobody computes who has no key."""
        return hmac.digest(self._first.value, f"{purpose}\0{text}".encode(), "sha256").hex()


def digest(secret: str) -> str:
    """Return what is stored of a random secret of 256 bits: it cannot be guessed, so it needs no salt and no work."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _key_id(encrypted: str) -> str:
    """Return the id of the key that something was encrypted by, as its header states it."""
    header = encrypted.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])


def _derived(text: str) -> _Key:
    value = hmac.digest(b"holdfast identity", text.encode(), "sha256")
    return _Key(hashlib.sha256(value).hexdigest()[:KEY_ID_LENGTH], value)
