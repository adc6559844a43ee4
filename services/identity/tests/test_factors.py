"""A second factor is asked for where there is one, and none is taken twice."""

import json
import re
import time
from http import HTTPStatus
from typing import Any, Final

import pyotp
import pytest
from authenticator import Authenticator
from httpx import Response
from people import ADMIN, AUTOMATIC, ISSUER, ORIGIN, OTHER, Browser, Clinic, form_of, refused

STEP_S: Final = 30


async def send_to(browser: Browser, path: str, **fields: str) -> Response:
    """Send a form of the account with the code of this browser."""
    _, known = form_of(await browser.open("account"))
    return await browser.http.post(f"account/{path}", data={"form_code": known["form_code"], **fields}, headers=AUTOMATIC)


async def turn_on(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an authenticator; return it, and the codes that recover."""
    shown = await send_to(browser, "totp")
    totp = pyotp.TOTP(re.findall(r"<code>([A-Z2-7]{32})</code>", shown.text)[0])
    assert "data:image/svg+xml" in shown.text
    wrong = await send_to(browser, "totp/confirm", code="000000")
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    done = await send_to(browser, "totp/confirm", code=totp.at(time.time() - STEP_S))
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", done.text)
    assert len(codes) == 10
    return totp, codes


async def ask(clinic: Clinic) -> tuple[Browser, Response]:
    """Sign in with the password; return the browser and the page that asks for a second factor."""
    browser = await clinic.browser()
    led = await browser.sign_in(ADMIN)
    assert led.headers["location"].startswith(f"{ISSUER}/sign-in/code")
    assert (await browser.open("account")).status_code == HTTPStatus.SEE_OTHER, "nobody is signed in yet"
    return browser, await browser.open(led.headers["location"])


async def test_a_code_of_the_authenticator_is_asked_for_and_taken_once(clinic: Clinic, admin: Browser) -> None:
    totp, _ = await turn_on(admin)
    code = totp.at(time.time() + STEP_S)  # no code of an earlier step is taken after it
    browser, page = await ask(clinic)
    done = await browser.send(page, code=f"{code[:3]} {code[3:]}")
    assert done.headers["location"] == f"{ISSUER}/account"
    claims = await browser.claims(await browser.access_token())
    assert claims["amr"] == ["pwd", "otp", "mfa"]
    other, page = await ask(clinic)
    again = await other.send(page, code=code)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused(again) == "The code is not right, or was used before."
    earlier = await other.send(page, code=totp.at(time.time()))
    assert earlier.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_a_recovery_code_takes_the_place_of_an_authenticator_once(clinic: Clinic, admin: Browser) -> None:
    _, codes = await turn_on(admin)
    browser, page = await ask(clinic)
    assert (await browser.send(page, code=codes[0].upper())).status_code == HTTPStatus.SEE_OTHER
    other, page = await ask(clinic)
    assert (await other.send(page, code=codes[0])).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "9 recovery codes are not used" in (await browser.open("account")).text
    stored = await clinic.value("SELECT string_agg(digest, ' ') FROM recovery_code")
    assert not [code for code in codes if code in stored or code.replace("-", "") in stored]


async def test_wrong_codes_lock_the_account_and_a_right_password_does_not_begin_the_count_anew(clinic: Clinic, admin: Browser) -> None:
    totp, _ = await turn_on(admin)
    statuses: list[int] = []
    for _ in range(4):
        browser, page = await ask(clinic)
        statuses += [(await browser.send(page, code="000000")).status_code for _ in range(2)]
    assert statuses == [HTTPStatus.UNPROCESSABLE_ENTITY] * 7 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert (await browser.send(page, code=totp.at(time.time() + STEP_S))).status_code == HTTPStatus.TOO_MANY_REQUESTS


async def test_a_code_without_the_password_before_it_signs_nobody_in(clinic: Clinic, admin: Browser) -> None:
    totp, _ = await turn_on(admin)
    browser = await clinic.browser()
    page = await browser.open("sign-in/code")
    answer = await browser.send(page, code=totp.at(time.time() + STEP_S))
    assert refused(answer) == "This took too long. Begin again."
    asked, page = await ask(clinic)
    await clinic.value("UPDATE pending_sign_in SET expires_at = now() - interval '1 second'")
    assert refused(await asked.send(page, code=totp.at(time.time() + STEP_S))) == "This took too long. Begin again."


async def test_the_secret_is_stored_encrypted_and_turned_off_by_the_password_or_an_administrator(clinic: Clinic, admin: Browser) -> None:
    totp, _ = await turn_on(admin)
    assert totp.secret not in await clinic.value("SELECT secret FROM totp")
    assert refused(await send_to(admin, "totp/remove", totp_password=OTHER.password)) == "Your present password is not right."
    assert (await send_to(admin, "totp/remove", totp_password=ADMIN.password)).status_code == HTTPStatus.SEE_OTHER
    await turn_on(admin)
    account = await clinic.value("SELECT id FROM account")
    (await admin.http.post(f"accounts/{account}/factors/reset", headers=await admin.bearer())).raise_for_status()
    browser = await clinic.browser()
    assert (await browser.sign_in(ADMIN)).headers["location"] == f"{ISSUER}/account"


async def test_second_factors_are_changed_soon_after_a_sign_in_alone(clinic: Clinic, admin: Browser) -> None:
    await clinic.value("UPDATE sign_in SET began_at = began_at - interval '16 minutes'")
    passkey = "00000000-0000-7000-8000-000000000000"
    for path in ("totp", "totp/confirm", f"passkeys/{passkey}/remove"):
        assert (await send_to(admin, path)).json()["type"] == "/problems/sign-in-too-old", path
    page = await admin.open("account")
    for path in ("account/passkeys/options", "account/passkeys"):
        assert (await post(admin, page, path)).status_code == HTTPStatus.FORBIDDEN
    await admin.sign_in(ADMIN)
    assert (await send_to(admin, "totp")).status_code == HTTPStatus.OK


async def test_a_password_that_has_to_be_another_one_is_set_before_anybody_is_signed_in(clinic: Clinic, admin: Browser) -> None:
    account = await clinic.add(admin, OTHER)
    changes = {"must_change_password": True}
    (await admin.http.patch(f"accounts/{account['id']}", json=changes, headers=await admin.bearer())).raise_for_status()
    browser = await clinic.browser()
    led = await browser.sign_in(OTHER)
    assert led.headers["location"].startswith(f"{ISSUER}/sign-in/password")
    assert (await browser.open("account")).status_code == HTTPStatus.SEE_OTHER
    page, better = await browser.open(led.headers["location"]), "four patient owls listen"
    assert (await browser.send(page, password=OTHER.password, again=OTHER.password)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (await browser.send(page, password=better, again=better)).headers["location"] == f"{ISSUER}/account"
    assert (await browser.open("account")).status_code == HTTPStatus.OK
    assert (await clinic.value("SELECT count(*) FROM pending_sign_in")) == 0


async def post(browser: Browser, page: Response, path: str, **sent: Any) -> Response:
    """Send JSON as the script of a page does."""
    return await browser.http.post(path, json={"form_code": form_of(page)[1]["form_code"], **sent}, headers=AUTOMATIC)


async def add_passkey(browser: Browser) -> Authenticator:
    """Add a passkey to the account that the browser is signed in to."""
    page = await browser.open("account")
    options = (await post(browser, page, "account/passkeys/options")).raise_for_status().json()
    authenticator = Authenticator(ORIGIN)
    credential = authenticator.create(options)
    added = await post(browser, page, "account/passkeys", credential=credential, name="Telephone")
    assert added.json() == {"continue_at": f"{ISSUER}/account?done=added"}, added.text
    again = await post(browser, page, "account/passkeys", credential=credential)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, "the challenge is used up"
    return authenticator


async def test_a_passkey_signs_in_without_a_password_and_its_answer_is_taken_once(clinic: Clinic, admin: Browser) -> None:
    authenticator = await add_passkey(admin)
    assert "Telephone" in (await admin.open("account")).text
    browser = await clinic.browser()
    page = await browser.open("sign-in")
    options = (await post(browser, page, "sign-in/passkey/options")).json()
    credential = authenticator.get(options)
    assert (await post(browser, page, "sign-in/passkey", credential=credential)).json() == {"continue_at": f"{ISSUER}/account"}
    claims = await browser.claims(await browser.access_token())
    assert claims["amr"] == ["pop", "mfa"]
    other = await clinic.browser()
    page = await other.open("sign-in")
    for stolen in (credential, None, {"x": 1}, {"id": credential["id"]}, "x"):
        answer = await post(other, page, "sign-in/passkey", credential=stolen)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_a_passkey_is_a_second_factor_after_the_password_of_the_same_account_only(clinic: Clinic, admin: Browser) -> None:
    await clinic.add(admin, OTHER)
    other = await clinic.browser()
    await other.sign_in(OTHER)
    others, own = await add_passkey(other), await add_passkey(admin)
    browser, page = await ask(clinic)
    options = (await post(browser, page, "sign-in/passkey/options")).json()
    assert (await post(browser, page, "sign-in/passkey", credential=others.get(options))).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    options = (await post(browser, page, "sign-in/passkey/options")).json()
    assert (await post(browser, page, "sign-in/passkey", credential=own.get(options))).status_code == HTTPStatus.OK
    assert (await browser.claims(await browser.access_token()))["amr"] == ["pwd", "pop", "mfa"]


@pytest.mark.parametrize("stated", [{"origin": "https://evil.example"}, {"is_verified": False}, {"counts": False}, {"is_signed": False}])
async def test_a_passkey_of_another_site_unverified_copied_or_forged_is_refused(
    clinic: Clinic, admin: Browser, stated: dict[str, Any]
) -> None:
    authenticator = await add_passkey(admin)
    browser = await clinic.browser()
    page = await browser.open("sign-in")
    options = (await post(browser, page, "sign-in/passkey/options")).json()
    answer = await post(browser, page, "sign-in/passkey", credential=authenticator.get(options, **stated))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert json.loads(answer.text)["type"] == "/problems/passkey-refused"
