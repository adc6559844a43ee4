"""An OpenID Connect issuer for tests: it publishes keys and signs whatever token it is told to."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hmac import digest
from typing import Any, Final

from fastapi import FastAPI
from joserfc.jwk import ECKey, Key, KeySet
from joserfc.jws import JWSRegistry

from testing.running import on_a_socket

AUDIENCE: Final = "holdfast"
SOON_S: Final = 600


class Issuer:
    """Signs tokens with a key that it publishes."""

    def __init__(self) -> None:
        """Make a first key; ``url`` is known once it is served."""
        self.url = ""
        self.keys = [new_key("first")]
        self.looks = 0
        """How often its keys were read."""

    def rotate(self, kid: str, *, keeps: bool = True) -> None:
        """Sign with a new key from now on; publish the older ones too, unless stated otherwise."""
        self.keys = [new_key(kid), *(self.keys if keeps else [])]

    def token(
        self, *roles: str, key: Key | bytes | None = None, alg: str = "ES256", header: dict[str, Any] | None = None, **claims: object
    ) -> str:
        """Return a token with these roles, also one that no library would make; claims and headers that are None are left out."""
        now = int(time.time())
        signing = self.keys[0] if key is None else key
        whole = {"iss": self.url, "aud": AUDIENCE, "sub": "ana", "name": "Ana Ruiz", "client_id": "desk", "iat": now, "exp": now + SOON_S}
        whole |= {"roles": list(roles)} | claims
        head = {"alg": alg, "typ": "at+jwt", "kid": getattr(signing, "kid", None)} | (header or {})
        signed = f"{_encoded(_present(head))}.{_encoded(_present(whole))}"
        if isinstance(signing, bytes):
            signature = digest(signing, signed.encode(), "sha256") if signing else b""
        else:
            signature = JWSRegistry.algorithms[alg].sign(signed.encode(), signing)
        return f"{signed}.{_written(signature)}"

    def bearer(self, *roles: str, **claims: Any) -> dict[str, str]:
        """Return the header of a request by somebody with these roles."""
        return {"Authorization": f"Bearer {self.token(*roles, **claims)}"}


def new_key(kid: str) -> ECKey:
    """Return a key on the curve P-256."""
    return ECKey.generate_key("P-256", {"kid": kid, "alg": "ES256", "use": "sig"})


@asynccontextmanager
async def serving(issuer: Issuer) -> AsyncIterator[Issuer]:
    """Serve an issuer's discovery document and its keys on a port of its own."""
    app = FastAPI(title="issuer")

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, str]:
        return {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"}

    @app.get("/keys")
    async def keys() -> dict[str, Any]:
        issuer.looks += 1
        return dict(KeySet([*issuer.keys]).as_dict(private=False))

    async with on_a_socket(app) as (client, _):
        issuer.url = str(client.base_url).rstrip("/")
        yield issuer


def _encoded(part: dict[str, Any]) -> str:
    return _written(json.dumps(part).encode())


def _written(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


PEOPLE: Final[Sequence[str]] = ("front_desk", "therapist", "biller", "rate_admin", "site_manager", "auditor", "operator", "admin")
"""The roles of people."""
