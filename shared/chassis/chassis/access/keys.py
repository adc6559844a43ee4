"""The public keys of an issuer: found by its discovery document, kept, and looked for again when a token names one that is not known."""

import asyncio
import time
from typing import Any, Final

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis.errors import Unavailable
from chassis.telemetry.logs import describe

WITHIN_S: Final = 5.0
"""How long the issuer may take."""
LARGEST: Final = 256 * 1024
"""Bytes of one of its documents."""
FRESH_S: Final = 600.0
"""Keys are looked for again after so long, so that one that was withdrawn is not taken any more."""
USABLE_S: Final = 24 * 3600.0
"""So long they are used while the issuer is away."""
AGAIN_S: Final = 10.0
"""An unknown key, or an issuer that is away, is looked for at most so often."""
DISCOVERY: Final = "/.well-known/openid-configuration"

log = structlog.get_logger()


class IssuerError(Exception):
    """The issuer answered something that is no set of keys of it."""


class Keys:
    """The keys of one issuer."""

    def __init__(self, issuer: str, keys_url: str | None = None) -> None:
        """Look for nothing yet; with ``keys_url`` the discovery document is not read."""
        self._issuer = issuer
        self._keys_url = keys_url
        self._keys: KeySet | None = None
        self._at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def having(self, kid: object) -> KeySet:
        """Return the keys, looked for again where none is of this id; Unavailable while the issuer has not been reached."""
        if not self._is_fresh(kid):
            async with self._lock:
                if not self._is_fresh(kid) and time.monotonic() - self._tried_at >= AGAIN_S:
                    await self._look()
        if self._keys is None or time.monotonic() - self._at > USABLE_S:
            detail = "Who you are cannot be checked: the issuer of the tokens does not answer. Nothing was changed; try again shortly."
            raise Unavailable("issuer-away", detail)
        return self._keys

    def _is_fresh(self, kid: object) -> bool:
        if self._keys is None or time.monotonic() - self._at > FRESH_S:
            return False
        return kid is None or any(key.kid == kid for key in self._keys.keys)

    async def _look(self) -> None:
        self._tried_at = time.monotonic()
        try:
            async with asyncio.timeout(WITHIN_S), httpx.AsyncClient(timeout=WITHIN_S, trust_env=False) as client:
                self._keys = KeySet.import_key_set(await _document(client, self._keys_url or await self._discovered(client)))
        except (httpx.HTTPError, TimeoutError, IssuerError, JoseError, ValueError, TypeError, KeyError) as error:
            log.warning("the issuer's keys cannot be read", error=describe(error))
        else:
            self._at = time.monotonic()

    async def _discovered(self, client: httpx.AsyncClient) -> str:
        about = await _document(client, self._issuer.rstrip("/") + DISCOVERY)
        if about.get("issuer") != self._issuer:
            message = f"the discovery document is of the issuer {about.get('issuer')}"
            raise IssuerError(message)
        return str(about["jwks_uri"])


async def _document(client: httpx.AsyncClient, url: str) -> Any:  # noqa: ANN401 (JSON)
    async with client.stream("GET", url, headers={"Accept": "application/json"}) as response:
        if response.status_code != httpx.codes.OK:
            message = f"{url} answered {response.status_code}"
            raise IssuerError(message)
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > LARGEST:
                message = f"{url} answered more than {LARGEST} bytes"
                raise IssuerError(message)
    document = httpx.Response(httpx.codes.OK, content=body).json()
    if not isinstance(document, dict):
        message = f"{url} answered no object"
        raise IssuerError(message)
    return document
