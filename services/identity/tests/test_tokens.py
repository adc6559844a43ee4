"""Tokens go to the client they are meant for, once, and state who somebody is."""

import asyncio
import base64
import hmac
import json
import time
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import pytest
from httpx import Response
from identity.keys import signing
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from people import ADMIN, AUTOMATIC, CALLBACK, ISSUER, LOGGED_OUT, ORIGIN, OTHER, Browser, Clinic, answered, form_of, refused
from testing import Serve
from testing.running import build

SITE: Final = "01890a5d-ac96-774b-bcce-b302099a8060"
THERAPIST: Final = "01890a5d-ac96-774b-bcce-b302099a8061"
OTHERS_CALLBACK: Final = "https://reports.example/callback"


def error(answer: Response) -> tuple[int, str]:
    """Return the status and the code of a refusal of OAuth."""
    return answer.status_code, answer.json()["error"]


async def client_of(admin: Browser, client_id: str, **stated: object) -> tuple[str, str]:
    """Add a client with a secret; return both as HTTP Basic sends them."""
    bearer = await admin.bearer()
    body = {"id": client_id, "client_name": client_id, **stated}
    (await admin.http.post("clients", json=body, headers=bearer)).raise_for_status()
    made = (await admin.http.post(f"clients/{client_id}/secret", headers=bearer)).raise_for_status()
    assert made.headers["cache-control"] == "no-store"
    return quote_plus(client_id), quote_plus(made.json()["client_secret"])


async def test_an_access_token_states_who_somebody_is_how_they_proved_it_and_their_roles(clinic: Clinic, admin: Browser) -> None:
    roles = [
        {"role": "front_desk", "site_id": SITE},
        {"role": "biller"},
        {"role": "therapist", "therapist_id": THERAPIST, "site_id": SITE},
    ]
    account = await clinic.add(admin, OTHER, *roles)
    browser = await clinic.browser()
    await browser.sign_in(OTHER)
    answer = (await browser.exchange(await browser.code(scope="openid profile email"))).json()
    claims = await browser.claims(answer["access_token"], typ="at+jwt", alg="ES256")
    times = {name: claims.pop(name) for name in ("iat", "nbf", "exp", "auth_time")}
    assert (times["exp"] - times["iat"], times["nbf"]) == (600, times["iat"])
    assert abs(times["auth_time"] - time.time()) < 120
    assert claims.pop("jti") != claims.pop("sid")
    assert claims == {
        "iss": ISSUER,
        "sub": account["id"],
        "aud": "holdfast",
        "client_id": "holdfast-web",
        "scope": "openid profile email",
        "amr": ["pwd"],
        "name": "Ben Stone",
        "roles": ["biller", f"front_desk:{SITE}", f"therapist:{THERAPIST}"],
    }
    about = await browser.claims(answer["id_token"], typ="JWT", alg="ES256")
    assert (about["aud"], about["nonce"], about["sub"], about["name"]) == ("holdfast-web", "n-1", account["id"], "Ben Stone")
    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("Bearer", 600, "openid profile email")
    seen = await browser.http.get("userinfo", headers={"Authorization": f"Bearer {answer['access_token']}"})
    assert seen.json()["preferred_username"] == "ben.stone"


async def test_a_code_is_exchanged_once_and_a_second_use_revokes_what_came_of_it(clinic: Clinic, admin: Browser) -> None:
    code = await admin.code()
    first = await admin.exchange(code)
    assert first.status_code == HTTPStatus.OK
    assert first.headers["cache-control"] == "no-store"
    assert error(await admin.exchange(code)) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    assert error(await admin.refresh()) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    bearer = {"Authorization": f"Bearer {first.json()['access_token']}"}
    assert (await admin.http.get("userinfo", headers=bearer)).status_code == HTTPStatus.UNAUTHORIZED
    assert "code-reused" in await clinic.kinds()


async def test_of_many_who_send_the_same_code_at_once_one_gets_tokens(admin: Browser) -> None:
    code = await admin.code()
    answers = await asyncio.gather(*(admin.exchange(code) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400, 400]


async def test_a_second_process_of_the_service_knows_what_the_first_has_done(clinic: Clinic, admin: Browser, serve: Serve) -> None:
    app = build("identity", **clinic.stated)
    await serve(app)
    other = await clinic.replica(app).browser()
    other.http.cookies.update(admin.http.cookies)
    assert (await other.open("account")).status_code == HTTPStatus.OK
    code = await admin.code()
    other.verifier = admin.verifier
    claims = await admin.claims((await other.exchange(code)).json()["access_token"])
    assert claims["name"] == ADMIN.full_name, "both sign with the same key"
    assert error(await admin.exchange(code)) == (HTTPStatus.BAD_REQUEST, "invalid_grant")


async def test_a_code_is_worth_nothing_without_its_verifier_its_address_or_its_client(clinic: Clinic, admin: Browser) -> None:
    other = await client_of(admin, "reports", redirect_uris=[OTHERS_CALLBACK])
    wrong: list[dict[str, Any]] = [
        {"code_verifier": "x" * 43},
        {"code_verifier": ""},
        {"code_verifier": "short"},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": OTHERS_CALLBACK},
    ]
    for stated in wrong:
        code = await admin.code()
        assert error(await admin.exchange(code, **stated)) == (HTTPStatus.BAD_REQUEST, "invalid_grant"), stated
        assert error(await admin.exchange(code)) == (HTTPStatus.BAD_REQUEST, "invalid_grant"), "it is used up"
    code = await admin.code()
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": admin.verifier}
    assert error(await admin.http.post("token", data=fields, auth=other)) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    late = await admin.code()
    await clinic.value("UPDATE authorization_code SET expires_at = now() - interval '1 second'")
    assert error(await admin.exchange(late)) == (HTTPStatus.BAD_REQUEST, "invalid_grant")


@pytest.mark.parametrize(
    "stated",
    [
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?next=1"},
        {"redirect_uri": f"{ORIGIN}/SIGNED-IN"},
        {"redirect_uri": "https://evil.example"},
        {"redirect_uri": f"{CALLBACK}@evil.example"},
        {"redirect_uri": None},
        {"client_id": "unknown"},
        {"client_id": None},
    ],
)
async def test_an_address_that_is_not_exactly_a_clients_own_is_led_nowhere(admin: Browser, stated: dict[str, str | None]) -> None:
    answer = await admin.open(admin.authorization(**stated))
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "location" not in answer.headers
    assert "led nowhere" in refused(answer)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "x"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
    ],
)
async def test_what_else_is_wrong_with_a_request_is_answered_to_the_client(
    admin: Browser, stated: dict[str, str | None], expected: str
) -> None:
    answer = answered(await admin.open(admin.authorization(**stated)))
    assert (answer["error"], answer["state"], answer["iss"]) == (expected, "s-1", ISSUER)
    assert "code" not in answer


async def test_a_parameter_that_is_sent_twice_is_refused(admin: Browser) -> None:
    address = admin.authorization()
    assert (await admin.open(f"{address}&redirect_uri=https%3A%2F%2Fevil.example")).status_code == HTTPStatus.BAD_REQUEST
    sent = await admin.http.post(
        "token", content="grant_type=x&grant_type=y&client_id=holdfast-web", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert error(sent) == (HTTPStatus.BAD_REQUEST, "invalid_request")


async def test_prompt_and_max_age_decide_whether_somebody_proves_themselves_anew(clinic: Clinic, admin: Browser, browser: Browser) -> None:
    nobody = answered(await browser.open(browser.authorization(prompt="none")))
    assert nobody["error"] == "login_required"
    assert "code" in answered(await admin.open(admin.authorization(prompt="none")))
    await clinic.value("UPDATE sign_in SET began_at = began_at - interval '1 hour'")
    assert "code" in answered(await admin.open(admin.authorization(max_age="7200")))
    for stated in ({"max_age": "60"}, {"prompt": "login"}):
        led = await admin.open(admin.authorization(**stated))
        assert led.headers["location"].startswith(f"{ISSUER}/sign-in?request=")


async def test_the_refresh_token_of_the_web_front_is_a_cookie_for_one_path_that_no_script_reads(admin: Browser) -> None:
    answer = await admin.exchange(await admin.code())
    assert "refresh_token" not in answer.json()
    [cookie] = [each for each in answer.headers.get_list("set-cookie") if each.startswith("holdfast_refresh=")]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/identity/token"} <= parts
    assert (await admin.refresh()).status_code == HTTPStatus.OK
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        fields = {"grant_type": "refresh_token", "client_id": "holdfast-web"}
        assert error(await admin.http.post("token", data=fields, headers=headers)) == (HTTPStatus.BAD_REQUEST, "invalid_request")


async def test_a_refresh_token_that_was_used_before_revokes_all_that_follow_it(clinic: Clinic, admin: Browser) -> None:
    await admin.exchange(await admin.code())
    stolen = admin.http.cookies["holdfast_refresh"]
    assert (await admin.refresh()).status_code == HTTPStatus.OK
    assert admin.http.cookies["holdfast_refresh"] != stolen
    await clinic.value("UPDATE refresh_token SET used_at = used_at - interval '1 minute' WHERE used_at IS NOT NULL")
    thief = await clinic.browser()
    thief.http.cookies.set("holdfast_refresh", stolen, domain="localhost.local", path="/identity/token")
    assert error(await thief.refresh()) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    assert error(await admin.refresh()) == (HTTPStatus.BAD_REQUEST, "invalid_grant"), "the rightful browser too"
    assert "refresh-token-reused" in await clinic.kinds()


async def test_two_tabs_that_refresh_at_once_both_go_on_and_one_refresh_token_follows(clinic: Clinic, admin: Browser) -> None:
    await admin.exchange(await admin.code())
    answers = await asyncio.gather(*(admin.refresh() for _ in range(4)))
    assert [answer.status_code for answer in answers] == [HTTPStatus.OK] * 4
    assert await clinic.value("SELECT count(*) FROM refresh_token WHERE used_at IS NULL") == 1
    assert (await admin.refresh()).status_code == HTTPStatus.OK


async def test_a_client_with_a_secret_gets_refresh_tokens_of_which_the_reuse_is_never_forgiven(clinic: Clinic, admin: Browser) -> None:
    credentials = await client_of(admin, "reports", redirect_uris=[CALLBACK])
    code = await admin.code(client_id="reports", scope="openid offline_access")
    fields = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": admin.verifier, "code": code}
    first = (await admin.http.post("token", data=fields, auth=credentials)).raise_for_status().json()["refresh_token"]
    again = {"grant_type": "refresh_token", "refresh_token": first}
    second = (await admin.http.post("token", data=again, auth=credentials)).raise_for_status().json()["refresh_token"]
    others = await (await clinic.browser()).http.post("token", data={**again, "client_id": "holdfast-web"})
    assert error(others) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    assert error(await admin.http.post("token", data=again, auth=credentials)) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    again["refresh_token"] = second
    assert error(await admin.http.post("token", data=again, auth=credentials)) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    assert (await clinic.kinds()).count("refresh-token-reused") == 1


async def test_no_refresh_goes_on_after_the_sign_in_has_ended_or_the_account_is_disabled(clinic: Clinic, admin: Browser) -> None:
    account = await clinic.add(admin, OTHER)
    bearer = await admin.bearer()
    for is_disabled in (False, True):
        browser = await clinic.browser()
        await browser.sign_in(OTHER)
        await browser.exchange(await browser.code())
        if is_disabled:
            (await admin.http.patch(f"accounts/{account['id']}", json={"is_disabled": True}, headers=bearer)).raise_for_status()
        else:
            [sign_in] = (await admin.http.get(f"accounts/{account['id']}/sign-ins", headers=bearer)).json()["items"]
            (await admin.http.delete(f"accounts/{account['id']}/sign-ins/{sign_in['id']}", headers=bearer)).raise_for_status()
        assert error(await browser.refresh()) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
        assert (await browser.open("account")).headers["location"] == f"{ISSUER}/sign-in"


async def test_a_machine_gets_a_token_with_its_scopes_and_no_other(clinic: Clinic, admin: Browser) -> None:
    credentials = await client_of(admin, "nightly", scopes=["billing:read", "catalog:read"])
    ask = {"grant_type": "client_credentials"}
    answer = (await admin.http.post("token", data=ask, auth=credentials)).raise_for_status().json()
    assert "refresh_token" not in answer
    claims = await admin.claims(answer["access_token"], typ="at+jwt")
    assert (claims["sub"], claims["client_id"], claims["scope"], claims["roles"]) == ("nightly", "nightly", "billing:read catalog:read", [])
    less = (await admin.http.post("token", data={**ask, "scope": "billing:read"}, auth=credentials)).json()
    assert less["scope"] == "billing:read"
    more = await admin.http.post("token", data={**ask, "scope": "identity:admin"}, auth=credentials)
    assert error(more) == (HTTPStatus.BAD_REQUEST, "invalid_scope")
    for wrong in (("nightly", "wrong"), ("nobody", credentials[1]), ("nightly", "")):
        refusal = await admin.http.post("token", data=ask, auth=wrong)
        assert error(refusal) == (HTTPStatus.UNAUTHORIZED, "invalid_client")
        assert refusal.headers["www-authenticate"].startswith("Basic")
    in_form = {**ask, "client_id": "nightly", "client_secret": credentials[1]}
    assert error(await admin.http.post("token", data=in_form)) == (HTTPStatus.UNAUTHORIZED, "invalid_client")
    public = {**ask, "client_id": "holdfast-web"}
    assert error(await admin.http.post("token", data=public)) == (HTTPStatus.BAD_REQUEST, "unauthorized_client")
    assert await clinic.value("SELECT secret_digest !~ $1 FROM client WHERE id = 'nightly'", credentials[1])


async def test_an_address_that_tries_many_secrets_is_refused_for_a_while(clinic: Clinic, admin: Browser) -> None:
    credentials = await client_of(admin, "nightly", scopes=["billing:read"])
    ask = {"grant_type": "client_credentials"}
    assert error(await admin.http.post("token", data=ask, auth=("nightly", "wrong"))) == (HTTPStatus.UNAUTHORIZED, "invalid_client")
    await clinic.value("UPDATE attempt SET failures = 59")
    assert error(await admin.http.post("token", data=ask, auth=("nightly", "wrong"))) == (HTTPStatus.UNAUTHORIZED, "invalid_client")
    late = await admin.http.post("token", data=ask, auth=credentials)
    assert error(late) == (HTTPStatus.TOO_MANY_REQUESTS, "temporarily_unavailable")
    elsewhere = await clinic.browser("198.51.100.1")
    assert (await elsewhere.http.post("token", data=ask, auth=credentials)).status_code == HTTPStatus.OK


async def test_a_client_that_is_not_active_gets_no_token(admin: Browser) -> None:
    credentials = await client_of(admin, "nightly", scopes=["billing:read"])
    (await admin.http.patch("clients/nightly", json={"is_active": False}, headers=await admin.bearer())).raise_for_status()
    refusal = await admin.http.post("token", data={"grant_type": "client_credentials"}, auth=credentials)
    assert error(refusal) == (HTTPStatus.UNAUTHORIZED, "invalid_client")


async def test_a_token_is_revoked_by_its_client_and_by_no_other(admin: Browser) -> None:
    other = await client_of(admin, "reports")
    token = (await admin.exchange(await admin.code())).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await admin.http.post("revoke", data={"token": token}, auth=other)).status_code == HTTPStatus.OK
    assert (await admin.http.get("userinfo", headers=bearer)).status_code == HTTPStatus.OK
    active = (await admin.http.post("introspect", data={"token": token}, auth=other)).json()
    assert (active["active"], active["client_id"]) == (True, "holdfast-web")
    assert (await admin.http.post("revoke", data={"token": token, "client_id": "holdfast-web"})).status_code == HTTPStatus.OK
    assert (await admin.http.get("userinfo", headers=bearer)).status_code == HTTPStatus.UNAUTHORIZED
    assert (await admin.http.post("introspect", data={"token": token}, auth=other)).json() == {"active": False}
    assert error(await admin.refresh()) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    assert (await admin.http.post("introspect", data={"token": token, "client_id": "holdfast-web"})).status_code == HTTPStatus.UNAUTHORIZED


def written(part: dict[str, Any]) -> str:
    """Write a part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def forged(claims: dict[str, Any], public: dict[str, Any]) -> dict[str, str]:
    """Return tokens with these claims that nobody may take."""
    own = ECKey.generate_key("P-256")
    header = {"typ": "at+jwt", "kid": public["kid"]}
    body = written(claims)
    confused = f"{written({**header, 'alg': 'HS256'})}.{body}"
    mac = hmac.digest(ECKey.import_key(public).as_pem(private=False), confused.encode(), "sha256")
    return {
        "alg none": f"{written({**header, 'alg': 'none'})}.{body}.",
        "HS256 with the public key": f"{confused}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}",
        "another key": jwt.encode({**header, "alg": "ES256"}, claims, own),
        "another key in the header": jwt.encode({**header, "alg": "ES256", "jwk": own.as_dict(private=False)}, claims, own),
        "not a token": "x.y.z",
        "nothing": ".",
    }


async def test_a_token_that_is_forged_expired_or_of_another_kind_opens_nothing(clinic: Clinic, admin: Browser) -> None:
    answer = (await admin.exchange(await admin.code())).json()
    good = answer["access_token"]
    claims = await admin.claims(good)
    [public] = (await admin.open("jwks.json")).json()["keys"]
    settings = clinic.app.state.issuer
    private = json.loads(settings.encryption.decrypt(await clinic.value("SELECT private_key FROM signing_key")))
    past = int(time.time()) - 3_600
    made = {
        "expired": signing.sign({**claims, "exp": past}, private, "at+jwt"),
        "not yet valid": signing.sign({**claims, "nbf": int(time.time()) + 3_600}, private, "at+jwt"),
        "another issuer": signing.sign({**claims, "iss": "https://evil.example"}, private, "at+jwt"),
        "another audience": signing.sign({**claims, "aud": "other"}, private, "at+jwt"),
        "another kind": signing.sign(claims, private, "JWT"),
        "an ID token": answer["id_token"],
        "changed": good[:-4] + ("AAAA" if not good.endswith("AAAA") else "BBBB"),
    }
    assert (await admin.http.get("keys", headers={"Authorization": f"Bearer {good}"})).status_code == HTTPStatus.OK
    for name, token in (forged(claims, public) | made).items():
        refusal = await admin.http.get("keys", headers={"Authorization": f"Bearer {token}"})
        assert (name, refusal.status_code) == (name, HTTPStatus.UNAUTHORIZED)
        assert refusal.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert (await admin.http.get("keys")).headers["www-authenticate"] == "Bearer"


async def test_tokens_of_the_key_before_are_taken_after_a_rotation_until_it_is_withdrawn(clinic: Clinic, admin: Browser) -> None:
    before = await admin.access_token()
    bearer = {"Authorization": f"Bearer {before}"}
    first = (await admin.http.get("keys", headers=bearer)).json()["items"][0]["kid"]
    ahead = (await admin.http.post("keys/rotate", json={}, headers=bearer)).raise_for_status().json()
    known = KeySet.import_key_set((await admin.open("jwks.json")).json())
    assert [key.kid for key in known.keys].count(ahead["kid"]) == 1, "it is published before it signs"
    assert jwt.decode(await admin.access_token(), known).header["kid"] == first
    await clinic.value("UPDATE signing_key SET signs_from = now() WHERE kid = $1", ahead["kid"])
    after = await admin.access_token()
    assert jwt.decode(after, known, algorithms=["ES256"]).header["kid"] == ahead["kid"], (
        "those who read the keys before need not read them anew"
    )
    assert (await admin.claims(before))["sub"] == (await admin.claims(after))["sub"]
    (await admin.http.post(f"keys/{first}/withdraw", headers=bearer)).raise_for_status()
    assert (await admin.http.get("keys", headers=bearer)).status_code == HTTPStatus.UNAUTHORIZED
    assert (await admin.http.get("keys", headers={"Authorization": f"Bearer {after}"})).status_code == HTTPStatus.OK
    private = await clinic.value("SELECT string_agg(private_key, ' ') FROM signing_key")
    assert '"d"' not in private
    assert [key for key in (await admin.open("jwks.json")).json()["keys"] if "d" in key] == []


async def test_a_client_that_names_the_sign_in_ends_it_at_once_and_others_have_it_confirmed(clinic: Clinic, admin: Browser) -> None:
    hint = (await admin.exchange(await admin.code())).json()["id_token"]
    asked = {"post_logout_redirect_uri": LOGGED_OUT, "state": "bye", "client_id": "holdfast-web"}
    page = await admin.open(f"end-session?{urlencode(asked)}")
    assert page.status_code == HTTPStatus.OK
    assert (await admin.open("account")).status_code == HTTPStatus.OK, "nothing is ended before it is confirmed"
    led = await admin.send(page)
    assert led.headers["location"] == f"{LOGGED_OUT}?state=bye"
    assert (await admin.open("account")).status_code == HTTPStatus.SEE_OTHER
    again = await clinic.browser()
    await again.sign_in(ADMIN)
    hint = (await again.exchange(await again.code())).json()["id_token"]
    led = await again.open(f"end-session?{urlencode({**asked, 'id_token_hint': hint})}")
    assert led.headers["location"] == f"{LOGGED_OUT}?state=bye"
    assert error(await again.refresh()) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    for address in ("https://evil.example", f"{LOGGED_OUT}x"):
        shown = await again.open(f"end-session?{urlencode({**asked, 'post_logout_redirect_uri': address, 'id_token_hint': hint})}")
        assert (shown.status_code, "location" in shown.headers) == (HTTPStatus.OK, False)


async def test_another_site_cannot_confirm_that_somebody_signs_out(admin: Browser) -> None:
    page = await admin.open("end-session")
    _, fields = form_of(page)
    forged_form = await admin.http.post("end-session", data={**fields, "form_code": "0" * 64}, headers=AUTOMATIC)
    assert forged_form.status_code == HTTPStatus.FORBIDDEN
    assert (await admin.http.post("end-session", data={})).status_code == HTTPStatus.OK
    assert (await admin.open("account")).status_code == HTTPStatus.OK
