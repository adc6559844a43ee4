"""What tokens state about people and machines."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from identity.accounts.schemas import AccountView
from identity.clients.schemas import ClientView
from identity.provider.issuer import Issuer
from identity.provider.roles import claims_of
from identity.sessions.schemas import SignInView


def persons_access(
    issuer: Issuer, account: AccountView, sign_in: SignInView, client_id: str, scope: str, token_id: UUID, now: datetime
) -> dict[str, Any]:
    """Return the claims of somebody's access token (RFC 9068): who they are, how they proved it, and their roles."""
    return {
        **_of_every_token(issuer, str(account.id), client_id, scope, token_id, now),
        "sid": str(sign_in.id),
        "auth_time": int(sign_in.began_at.timestamp()),
        "amr": sign_in.amr,
        "name": account.full_name,
        "roles": claims_of(each.grant() for each in account.roles),
    }


def machines_access(issuer: Issuer, client: ClientView, scope: str, token_id: UUID, now: datetime) -> dict[str, Any]:
    """Return the claims of a machine's access token: it has scopes and no roles."""
    return _of_every_token(issuer, client.id, client.id, scope, token_id, now) | {"roles": []}


def id_token(
    issuer: Issuer,
    account: AccountView,
    sign_in: SignInView,
    client_id: str,
    scope: str,
    nonce: str | None,
    access_token: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the claims of an ID token (OpenID Connect Core 1.0, section 2)."""
    claims = {
        "iss": issuer.url,
        "sub": str(account.id),
        "aud": client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + issuer.access_token_lifetime).timestamp()),
        "auth_time": int(sign_in.began_at.timestamp()),
        "amr": sign_in.amr,
        "sid": str(sign_in.id),
        "at_hash": _half_hash(access_token),
        **about(account, scope.split()),
    }
    return claims | ({"nonce": nonce} if nonce is not None else {})


def about(account: AccountView, scopes: Iterable[str]) -> dict[str, Any]:
    """Return what these scopes disclose of a person (section 5.4)."""
    scopes = set(scopes)
    claims: dict[str, Any] = {}
    if "profile" in scopes:
        claims |= {"name": account.full_name, "preferred_username": account.user_name}
    if "email" in scopes and account.email:
        claims |= {"email": account.email, "email_verified": False}
    return claims


def discovery(issuer: Issuer, scopes: Iterable[str]) -> dict[str, Any]:
    """Describe the provider (OpenID Connect Discovery 1.0, section 3; RFC 8414)."""
    return {
        "issuer": issuer.url,
        "authorization_endpoint": f"{issuer.url}/authorize",
        "token_endpoint": f"{issuer.url}/token",
        "userinfo_endpoint": f"{issuer.url}/userinfo",
        "jwks_uri": f"{issuer.url}/jwks.json",
        "revocation_endpoint": f"{issuer.url}/revoke",
        "introspection_endpoint": f"{issuer.url}/introspect",
        "end_session_endpoint": f"{issuer.url}/end-session",
        "scopes_supported": list(scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            *("iss", "sub", "aud", "exp", "iat", "auth_time", "amr", "sid", "nonce", "at_hash", "name", "preferred_username", "email"),
            *("email_verified", "roles"),
        ],
        "prompt_values_supported": ["none", "login"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def _of_every_token(issuer: Issuer, subject: str, client_id: str, scope: str, token_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "iss": issuer.url,
        "sub": subject,
        "aud": issuer.audience,
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + issuer.access_token_lifetime).timestamp()),
        "jti": str(token_id),
        "client_id": client_id,
        "scope": scope,
    }


def _half_hash(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).decode().rstrip("=")
