"""Tokens as JWT (RFC 7519), signed with ES256 and nothing else; which key signs, and which are published."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHM: Final = "ES256"
ACCESS_TOKEN: Final = "at+jwt"  # noqa: S105 (RFC 9068, section 2.1)
ID_TOKEN: Final = "JWT"  # noqa: S105
KEPT_AFTERWARDS: Final = timedelta(hours=1)
"""How long a key is published after the last token that it signed; longer than any token is valid."""
CLOCK_SKEW_S: Final = 30


class SigningKey(Protocol):
    """A key pair, and when it signs."""

    @property
    def kid(self) -> str: ...
    @property
    def signs_from(self) -> datetime: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...


Key = TypeVar("Key", bound=SigningKey)


def in_order(keys: Sequence[Key]) -> list[Key]:
    """Return the keys that are not withdrawn, in the order in which they sign."""
    return sorted((key for key in keys if key.withdrawn_at is None), key=lambda key: key.signs_from)


def signing(keys: Sequence[Key], now: datetime) -> Key | None:
    """Return the key that signs now."""
    begun = [key for key in in_order(keys) if key.signs_from <= now]
    return begun[-1] if begun else None


def published(keys: Sequence[Key], now: datetime) -> list[Key]:
    """Return the keys whose tokens are taken now: those that sign, will sign, or signed until a while ago."""
    known = in_order(keys)
    return [key for key, following in zip(known, [*known[1:], None], strict=True) if not _is_past(following, now)]


def is_due(keys: Sequence[Key], now: datetime, lifetime: timedelta) -> bool:
    """Whether another key is to be made: there is none, or the last one has begun and signs for long enough by now."""
    known = in_order(keys)
    return not known or known[-1].signs_from + lifetime <= now


def new_key() -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a key pair; return the private JWK and the public one, whose ``kid`` is its thumbprint (RFC 7638)."""
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    return dict(key.as_dict(private=True)), dict(key.as_dict(private=False))


def sign(claims: Mapping[str, Any], private_key: Mapping[str, Any], kind: str) -> str:
    """Return the token of these claims; ``kind`` is its header ``typ``."""
    key = ECKey.import_key(dict(private_key))
    return jwt.encode({"alg": ALGORITHM, "typ": kind, "kid": key.kid}, dict(claims), key, algorithms=[ALGORITHM])


def verified(
    token: str,
    public_keys: Sequence[Mapping[str, Any]],
    *,
    kind: str,
    issuer: str,
    audience: str | None,
    now: datetime,
    is_late: bool = False,
) -> dict[str, Any] | None:
    """Return the claims of a token of this issuer for this audience, or None for anything else.

    Any audience does where it is None; a token that has expired does where ``is_late``.
    """
    options = {"iss": {"essential": True, "value": issuer}, "sub": {"essential": True}, "exp": {"essential": True}}
    if audience is not None:
        options["aud"] = {"essential": True, "value": audience}
    moment = 0 if is_late else int(now.timestamp())
    try:
        keys = KeySet.import_key_set({"keys": [dict(key) for key in public_keys]})
        found = jwt.decode(token, keys, algorithms=[ALGORITHM])
        if found.header.get("typ") != kind or "kid" not in found.header:
            return None
        if is_late:
            found.claims.pop("nbf", None)
            found.claims.pop("iat", None)
        jwt.JWTClaimsRegistry(now=moment, leeway=CLOCK_SKEW_S, **options).validate(found.claims)  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return found.claims


def _is_past(following: SigningKey | None, now: datetime) -> bool:
    return following is not None and following.signs_from + KEPT_AFTERWARDS <= now
