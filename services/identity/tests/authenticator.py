"""An authenticator in software (WebAuthn Level 2, sections 6.5.1, 6.1 and 7): it makes one passkey and signs with it."""

import base64
import hashlib
import json
import struct
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

PRESENT: Final = 0x01
VERIFIED: Final = 0x04
ATTESTED: Final = 0x40
AAGUID: Final = bytes(16)


def written(value: bytes) -> str:
    """Write bytes in base64url."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


class Authenticator:
    """Holds one key for one origin; it counts how often it has signed."""

    def __init__(self, origin: str) -> None:
        """Draw a key."""
        self._origin = origin
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = hashlib.sha256(str(self._key.private_numbers().private_value).encode()).digest()
        self._count = 1
        self._user = ""

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make the passkey that a site has asked for."""
        numbers = self._key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        public = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        self._user = options["user"]["id"]
        attested = AAGUID + struct.pack(">H", len(self._id)) + self._id + public
        data = self._data(options["rp"]["id"], PRESENT | VERIFIED | ATTESTED) + attested
        response = {
            "clientDataJSON": self._client_data("webauthn.create", options["challenge"], self._origin),
            "attestationObject": written(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return {"id": written(self._id), "rawId": written(self._id), "type": "public-key", "response": response}

    def get(
        self, options: dict[str, Any], *, origin: str = "", is_verified: bool = True, counts: bool = True, is_signed: bool = True
    ) -> dict[str, Any]:
        """Sign a challenge; in other ways than a right authenticator does, where that is stated."""
        self._count += 1 if counts else 0
        data = self._data(options["rpId"], PRESENT | (VERIFIED if is_verified else 0))
        client_data = self._client_data("webauthn.get", options["challenge"], origin or self._origin)
        plain = base64.urlsafe_b64decode(client_data + "=" * (-len(client_data) % 4))
        signed = data + hashlib.sha256(plain if is_signed else b"").digest()
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": written(data),
            "signature": written(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": self._user,
        }
        return {"id": written(self._id), "rawId": written(self._id), "type": "public-key", "response": response}

    def _data(self, site: str, flags: int) -> bytes:
        return hashlib.sha256(site.encode()).digest() + struct.pack(">BI", flags, self._count)

    @staticmethod
    def _client_data(kind: str, challenge: str, origin: str) -> str:
        return written(json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode())
