"""A client that nobody here wrote signs people in: Authlib, as an OpenID Connect relying party that knows the discovery document alone."""

from http import HTTPStatus
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from httpx import ASGITransport
from joserfc import jwt
from joserfc.jwk import KeySet
from people import ISSUER, ORIGIN, Browser, Clinic, behind_front

with catch_warnings():
    simplefilter("ignore")  # it recommends another httpx
    from authlib.integrations.httpx_client import AsyncOAuth2Client

CALLBACK: Final = "https://reports.example/callback"
VERIFIER: Final = "a-verifier-of-the-tests-that-is-long-enough-to-be-one"


async def test_authlib_signs_somebody_in_refreshes_revokes_and_gets_a_token_for_itself(clinic: Clinic, admin: Browser) -> None:
    bearer = await admin.bearer()
    body = {"id": "reports", "client_name": "Reports", "redirect_uris": [CALLBACK], "scopes": ["billing:read"]}
    (await admin.http.post("clients", json=body, headers=bearer)).raise_for_status()
    secret = (await admin.http.post("clients/reports/secret", headers=bearer)).json()["client_secret"]
    described = (await admin.open(".well-known/openid-configuration")).json()
    assert described["issuer"] == ISSUER
    endpoints = {name: described[name] for name in ("token_endpoint", "revocation_endpoint")}
    client: Any = AsyncOAuth2Client(
        "reports",
        secret,
        scope="openid profile offline_access",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        transport=ASGITransport(behind_front(clinic.app)),
        base_url=ORIGIN,
        **endpoints,
    )
    address, state = client.create_authorization_url(described["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-2")
    led = (await admin.open(address)).headers["location"]
    assert led.startswith(f"{CALLBACK}?code=")
    token = await client.fetch_token(described["token_endpoint"], authorization_response=led, state=state, code_verifier=VERIFIER)
    keys = KeySet.import_key_set((await client.get(described["jwks_uri"])).json())
    about = jwt.decode(token["id_token"], keys, algorithms=described["id_token_signing_alg_values_supported"]).claims
    jwt.JWTClaimsRegistry(iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": "reports"}).validate(about)
    assert (about["nonce"], about["name"]) == ("n-2", "Ruth Adler")
    seen = (await client.get(described["userinfo_endpoint"])).raise_for_status().json()
    assert (seen["sub"], seen["roles"]) == (about["sub"], ["admin"])
    refreshed = await client.refresh_token(described["token_endpoint"], refresh_token=token["refresh_token"])
    assert refreshed["refresh_token"] != token["refresh_token"]
    revoked = await client.revoke_token(described["revocation_endpoint"], refreshed["refresh_token"], token_type_hint="refresh_token")  # noqa: S106
    assert revoked.status_code == HTTPStatus.OK
    assert (await client.get(described["userinfo_endpoint"])).status_code == HTTPStatus.UNAUTHORIZED
    own = await client.fetch_token(described["token_endpoint"], grant_type="client_credentials", scope="billing:read")
    assert (own["scope"], own["token_type"]) == ("billing:read", "Bearer")
    await client.aclose()
