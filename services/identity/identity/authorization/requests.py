"""What clients request, judged by plain values: OAuth 2.0 with PKCE (RFC 6749, 7636, 9207), OpenID Connect Core 1.0."""

import base64
import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote_plus, urlencode

CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
METHOD: Final = "S256"
OPENID: Final = "openid"
OFFLINE: Final = "offline_access"
PEOPLES_SCOPES: Final = (OPENID, "profile", "email", OFFLINE)
"""What clients may request of people; what somebody may do follows from their roles, not from scopes."""
LONGEST_STATE: Final = 2_000
LONGEST_NONCE: Final = 500
PROMPTS: Final = {"none", "login", "consent", "select_account"}


class RefusedError(Exception):
    """A request that is refused as its protocol names it (RFC 6749, sections 4.1.2.1 and 5.2)."""

    def __init__(self, error: str, description: str) -> None:
        """Name the error by its code."""
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request for a code that is complete and allowed."""

    client_id: str
    redirect_uri: str
    code_challenge: str
    scope: str
    state: str | None
    nonce: str | None
    prompt: frozenset[str]
    max_age: timedelta | None

    def is_satisfied_by(self, signed_in_at: datetime, now: datetime) -> bool:
        """Whether a sign-in of this moment does for the client, or the person has to prove anew who they are."""
        is_recent = self.max_age is None or signed_in_at + self.max_age >= now
        return is_recent and "login" not in self.prompt


def read(fields: Mapping[str, str], redirect_uri: str) -> AuthorizationRequest:
    """Read a request for a code by a client whose redirect URI is one of its own; RefusedError names the first thing that is wrong."""
    if "request" in fields or "request_uri" in fields:
        error = "request_not_supported" if "request" in fields else "request_uri_not_supported"
        raise RefusedError(error, "Send the parameters themselves.")
    if fields.get("response_type") != "code":
        raise RefusedError("unsupported_response_type", "response_type is code.")
    if fields.get("response_mode", "query") != "query":
        raise RefusedError("invalid_request", "response_mode is query.")
    challenge = fields.get("code_challenge", "")
    if fields.get("code_challenge_method") != METHOD or not CHALLENGE.fullmatch(challenge):
        raise RefusedError("invalid_request", "Send code_challenge with code_challenge_method=S256 (RFC 7636).")
    prompt = frozenset(fields.get("prompt", "").split())
    if prompt - PROMPTS or ("none" in prompt and len(prompt) > 1):
        raise RefusedError("invalid_request", "prompt is none, or login.")
    if len(fields.get("state", "")) > LONGEST_STATE or len(fields.get("nonce", "")) > LONGEST_NONCE:
        raise RefusedError("invalid_request", "state or nonce is too long.")
    return AuthorizationRequest(
        client_id=fields["client_id"],
        redirect_uri=redirect_uri,
        code_challenge=challenge,
        scope=granted_scope(fields.get("scope", ""), PEOPLES_SCOPES),
        state=fields.get("state"),
        nonce=fields.get("nonce"),
        prompt=prompt,
        max_age=_max_age(fields.get("max_age")),
    )


def without_prompt(fields: Mapping[str, str]) -> str:
    """Return a request as a query, without what asks for a sign-in: the person signs in for it now."""
    return urlencode({name: value for name, value in fields.items() if name not in {"prompt", "max_age"}})


def answer(redirect_uri: str, issuer: str, state: str | None, **fields: str) -> str:
    """Return the address by which a client gets its answer, with the issuer (RFC 9207)."""
    separator = "&" if "?" in redirect_uri else "?"
    stated = {**fields, **({"state": state} if state is not None else {}), "iss": issuer}
    return f"{redirect_uri}{separator}{urlencode(stated)}"


def granted_scope(requested: str, allowed: Collection[str]) -> str:
    """Return the scopes that are requested, each once; RefusedError where one is not allowed."""
    scopes = list(dict.fromkeys(requested.split()))
    if unknown := [scope for scope in scopes if scope not in allowed]:
        raise RefusedError("invalid_scope", f"Not allowed here: {' '.join(unknown)[:200]}")
    return " ".join(scopes)


def is_verifier_of(verifier: str, challenge: str) -> bool:
    """Whether this is the secret from which a challenge was made (RFC 7636, section 4.6)."""
    if not VERIFIER.fullmatch(verifier):
        return False
    computed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(computed, challenge)


def basic_credentials(header: str) -> tuple[str, str] | None:
    """Return the id and the secret of the header Authorization: Basic, percent-encoded in it (RFC 6749, section 2.3.1); None for others."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError as error:
        raise RefusedError("invalid_client", "The header Authorization cannot be read.") from error
    if not colon or "\0" in client_id:
        raise RefusedError("invalid_client", "The header Authorization cannot be read.")
    return unquote_plus(client_id), unquote_plus(secret)


def _max_age(stated: str | None) -> timedelta | None:
    if stated is None:
        return None
    if not re.fullmatch(r"[0-9]{1,8}", stated):
        raise RefusedError("invalid_request", "max_age is a number of seconds.")
    return timedelta(seconds=int(stated))
