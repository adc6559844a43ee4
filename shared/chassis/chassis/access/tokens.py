"""Access tokens (RFC 9068) of one issuer, checked: signature by a pinned algorithm, issuer, audience, time."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError

from chassis.access.callers import Caller, read_grants, shown
from chassis.access.keys import FRESH_S, Keys
from chassis.errors import Unauthenticated

if TYPE_CHECKING:
    from chassis.settings import Settings

ALGORITHMS: Final = ("ES256", "ES384", "RS256", "PS256", "EdDSA")
"""Asymmetric ones alone: an issuer's public key is nobody's secret."""
TYPES: Final = ("at+jwt", "application/at+jwt")
SKEW_S: Final = 60
"""By how much the issuer's clock may differ."""
LONGEST: Final = 8_192
"""Characters of a token."""
KEPT: Final = 10_000
"""Tokens that are known to be good."""

REGISTRY: Final = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)


class Tokens:
    """Checks access tokens."""

    def __init__(self, settings: "Settings", keys: Keys) -> None:
        """Take those of the issuer and for the audience that the settings name."""
        self._keys = keys
        self._types = TYPES + (("jwt",) if settings.issuer_types_tokens_jwt else ())
        self._roles_claim = settings.roles_claim.split(".")
        self._claims = jwt.JWTClaimsRegistry(
            leeway=SKEW_S,
            iss={"essential": True, "value": str(settings.issuer)},
            aud={"essential": True, "value": settings.audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    async def caller(self, token: str) -> Caller:
        """Return who a token is of; Unauthenticated for one that is not good, Unavailable while its issuer has not been reached."""
        until, known = self._known.get(token, (0.0, None))
        if known is not None and time.time() < until:
            return known
        claims = await self._checked(token)
        caller = self._read(claims)
        self._known[token] = min(float(claims["exp"]) + SKEW_S, time.time() + FRESH_S), caller
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return caller

    async def _checked(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST:
            raise _unacceptable("long")
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError, RecursionError) as error:
            raise _unacceptable("unreadable") from error
        if str(header.get("typ", "")).lower() not in self._types:
            raise _unacceptable("type")
        if header.get("alg") not in ALGORITHMS:
            raise _unacceptable("algorithm")
        keys = await self._keys.having(header.get("kid"))
        try:
            decoded = jwt.decode(token, keys, registry=REGISTRY)
            self._claims.validate(decoded.claims)
        except (JoseError, ValueError, TypeError, RecursionError) as error:  # joserfc goes through a header that is no list
            raise _unacceptable(getattr(error, "error", "")) from error
        return decoded.claims

    def _read(self, claims: Mapping[str, Any]) -> Caller:
        subject = str(claims["sub"])
        client = claims.get("client_id") or claims.get("azp")
        scope = claims.get("scope", claims.get("scp", ""))
        return Caller(
            subject,
            shown(claims.get("name") or claims.get("preferred_username"), subject),
            read_grants(_under(claims, self._roles_claim)),
            frozenset(scope.split() if isinstance(scope, str) else map(str, scope) if isinstance(scope, list) else ()),
            is_machine=subject == client,
        )


WHY: Final = {
    "long": f"it has more than {LONGEST} characters",
    "unreadable": "it cannot be read",
    "type": "it is no access token (typ at+jwt)",
    "algorithm": f"its algorithm is none of {', '.join(ALGORITHMS)}",
    "expired_token": "it has expired",
    "invalid_token": "it is not valid yet",
    "invalid_claim": "it is of another issuer or for another audience",
    "missing_claim": "it lacks its issuer, audience, subject or end",
}
"""What is wrong with a token; the last four by joserfc's names."""


def _unacceptable(fault: str) -> Unauthenticated:
    why = WHY.get(fault, "its signature is not the issuer's")
    return Unauthenticated("invalid-token", f"The access token is not accepted: {why}. Sign in again, or request a new token.")


def _under(claims: Mapping[str, Any], path: Sequence[str]) -> list[Any]:
    found: Any = claims
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, list) else []
