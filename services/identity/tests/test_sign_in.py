"""People sign in, and nobody else."""

import asyncio
import statistics
import time
from http import HTTPStatus
from typing import Final

import pytest
from identity.pages.api import NOT_OURS
from people import ADMIN, AUTOMATIC, CALLBACK, ISSUER, OTHER, Browser, Clinic, Person, answered, form_of, refused

WRONG: Final = "The name or the password is not right."
MISTYPED: Final = "not the password"
LOCKED: Final = "There were too many attempts. Wait a quarter of an hour, or ask an administrator."
NOBODY: Final = Person("nobody", "correct horse battery staple", "Nobody")


async def test_somebody_opens_the_first_link_sets_a_password_signs_in_and_sees_their_account(clinic: Clinic, browser: Browser) -> None:
    led = await browser.open("account")
    assert (led.status_code, led.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{ISSUER}/sign-in")
    done = await browser.sign_in(ADMIN)
    assert (done.status_code, done.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{ISSUER}/account")
    page = await browser.open("account")
    assert page.status_code == HTTPStatus.OK
    assert "Ruth Adler, signed in as ruth.adler" in page.text
    assert "admin at every site" in page.text
    assert (await clinic.value("SELECT password_hash FROM account")).startswith("$argon2id$")


async def test_no_page_has_a_script_or_a_style_in_it_and_none_is_kept_or_framed(browser: Browser) -> None:
    await browser.sign_in(ADMIN)
    for address in ("sign-in", "sign-in/code", "sign-in/password", "account", "link?token=x", "authorize"):
        page = await browser.open(address)
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["cache-control"] == "no-store"
        assert "<style" not in page.text
        assert " style=" not in page.text
        assert "onclick" not in page.text
        assert page.text.count("<script") == page.text.count('<script src="/identity/assets/passkeys.js" defer></script>')


async def test_a_name_with_markup_is_shown_as_text(browser: Browser) -> None:
    page = await browser.send(await browser.open("sign-in"), name='"><script>alert(1)</script>', password=MISTYPED)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


async def test_the_answer_is_the_same_for_an_unknown_name_a_wrong_password_and_a_disabled_account(
    clinic: Clinic, admin: Browser, browser: Browser
) -> None:
    account = await clinic.add(admin, OTHER)
    bearer = await admin.bearer()
    (await admin.http.patch(f"accounts/{account['id']}", json={"is_disabled": True}, headers=bearer)).raise_for_status()
    answers = [await browser.sign_in(each) for each in (NOBODY, Person(ADMIN.user_name, MISTYPED, ""), OTHER)]
    assert [(answer.status_code, refused(answer)) for answer in answers] == [(HTTPStatus.UNPROCESSABLE_ENTITY, WRONG)] * 3
    texts = {answer.text.replace(person.user_name, "") for answer, person in zip(answers, (NOBODY, ADMIN, OTHER), strict=True)}
    assert len(texts) == 1
    assert not [cookie for cookie in browser.http.cookies.jar if cookie.name == "holdfast_session"]


async def test_the_answer_takes_as_long_for_an_unknown_name_as_for_a_wrong_password(clinic: Clinic) -> None:
    took: dict[str, list[float]] = {"nobody": [], ADMIN.user_name: []}
    for number in range(4):
        for name, times in took.items():
            browser = await clinic.browser(f"198.51.100.{number}")
            page = await browser.open("sign-in")
            began = time.process_time()
            await browser.send(page, name=name, password=MISTYPED)
            times.append(time.process_time() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.5 < known / unknown < 2


async def test_an_account_is_locked_after_eight_failures_whether_there_is_one_or_not_and_an_administrator_unlocks_it(
    clinic: Clinic, admin: Browser
) -> None:
    account = await clinic.add(admin, OTHER)
    for person in (OTHER, NOBODY):
        answers = [
            await (await clinic.browser(f"198.51.100.{number}")).sign_in(Person(person.user_name, MISTYPED, "")) for number in range(9)
        ]
        assert [answer.status_code for answer in answers] == [HTTPStatus.UNPROCESSABLE_ENTITY] * 7 + [HTTPStatus.TOO_MANY_REQUESTS] * 2
        assert refused(answers[-1]) == LOCKED
    right = await (await clinic.browser("198.51.100.99")).sign_in(OTHER)
    assert right.status_code == HTTPStatus.TOO_MANY_REQUESTS, "also with the right password"
    assert right.headers["retry-after"] == "900"
    (await admin.http.post(f"accounts/{account['id']}/unlock", headers=await admin.bearer())).raise_for_status()
    assert (await (await clinic.browser("198.51.100.99")).sign_in(OTHER)).status_code == HTTPStatus.SEE_OTHER


async def test_of_many_attempts_at_once_no_more_than_the_limit_are_tried(clinic: Clinic) -> None:
    browsers = [await clinic.browser(f"198.51.100.{number}") for number in range(16)]
    answers = await asyncio.gather(*(each.sign_in(Person(ADMIN.user_name, MISTYPED, "")) for each in browsers))
    assert sorted(answer.status_code for answer in answers) == [HTTPStatus.UNPROCESSABLE_ENTITY] * 7 + [HTTPStatus.TOO_MANY_REQUESTS] * 9


async def test_an_address_that_tries_many_accounts_is_refused_and_another_one_is_not(clinic: Clinic, browser: Browser) -> None:
    assert (await browser.sign_in(NOBODY)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    await clinic.value("UPDATE attempt SET failures = 58 WHERE scope = 'address'")
    answers = [await browser.sign_in(Person(f"somebody{number}", MISTYPED, "")) for number in range(2)]
    assert [answer.status_code for answer in answers] == [HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS]
    assert (await browser.sign_in(ADMIN)).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert (await (await clinic.browser("198.51.100.1")).sign_in(ADMIN)).status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {**AUTOMATIC, "Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
async def test_a_form_that_another_site_sends_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    page = await browser.open("sign-in")
    answer = await browser.send(page, headers, name=ADMIN.user_name, password=ADMIN.password)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "set-cookie" not in answer.headers


async def test_a_form_without_the_code_of_its_browser_is_refused(clinic: Clinic, browser: Browser) -> None:
    others = await (await clinic.browser()).open("sign-in")
    own = await browser.open("sign-in")
    of_others = form_of(others)[1]["form_code"]
    for code in ("", "0" * 64, of_others):
        answer = await browser.send(own, name=ADMIN.user_name, password=ADMIN.password, form_code=code)
        assert answer.status_code == HTTPStatus.FORBIDDEN
    browser.http.cookies.clear()
    answer = await browser.send(own, name=ADMIN.user_name, password=ADMIN.password)
    assert answer.status_code == HTTPStatus.FORBIDDEN, "the cookie is missing"


async def test_somebody_who_came_by_another_address_is_shown_where_to_begin_anew(browser: Browser) -> None:
    page = await browser.open("sign-in")
    headers = {"Origin": "http://127.0.0.1", "Accept": "text/html,*/*"}
    answer = await browser.send(page, headers, name=ADMIN.user_name, password=ADMIN.password)
    assert (answer.status_code, refused(answer)) == (HTTPStatus.FORBIDDEN, NOT_OURS)
    assert f'<a href="{ISSUER}/account">Begin anew</a>' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_every_form_of_the_account_needs_the_code_of_its_browser(browser: Browser) -> None:
    await browser.sign_in(ADMIN)
    for path in ("password", "sign-out", "sign-ins/end-others", "totp", "totp/confirm", "totp/remove"):
        assert (await browser.http.post(f"account/{path}", data={}, headers=AUTOMATIC)).status_code == HTTPStatus.FORBIDDEN, path
    for path in ("account/passkeys", "account/passkeys/options", "sign-in/passkey", "sign-in/passkey/options"):
        assert (await browser.http.post(path, json={}, headers=AUTOMATIC)).status_code == HTTPStatus.FORBIDDEN, path
    assert (await browser.open("account")).status_code == HTTPStatus.OK


async def test_a_sign_in_never_takes_the_cookie_that_a_browser_came_with(browser: Browser) -> None:
    browser.http.cookies.set("holdfast_session", "planted", domain="localhost.local", path="/identity")
    await browser.sign_in(ADMIN)
    values = [cookie.value for cookie in browser.http.cookies.jar if cookie.name == "holdfast_session"]
    assert len(values) == 1
    assert values != ["planted"]


async def test_a_second_sign_in_with_a_browser_ends_the_first_and_its_cookie_does_nothing_any_more(
    clinic: Clinic, browser: Browser
) -> None:
    await browser.sign_in(ADMIN)
    old = browser.http.cookies["holdfast_session"]
    await browser.sign_in(ADMIN)
    assert await clinic.value("SELECT count(*) FROM sign_in WHERE ended_at IS NULL") == 1
    thief = await clinic.browser()
    thief.http.cookies.set("holdfast_session", old, domain="localhost.local", path="/identity")
    assert (await thief.open("account")).status_code == HTTPStatus.SEE_OTHER


async def test_after_sign_in_nobody_is_led_to_another_site(browser: Browser) -> None:
    for asked in ("https://evil.example", "//evil.example", "\\\\evil.example", "x@evil.example", "/../../evil"):
        page = await browser.http.get("sign-in", params={"request": asked})
        led = await browser.send(page, name=ADMIN.user_name, password=ADMIN.password)
        assert led.headers["location"].startswith(f"{ISSUER}/authorize?")
        shown = await browser.open(led.headers["location"])
        assert shown.status_code == HTTPStatus.BAD_REQUEST, "authorize judges it again"


async def test_who_comes_from_an_application_returns_to_it_after_sign_in(browser: Browser) -> None:
    asked = await browser.open(browser.authorization(prompt="login"))
    page = await browser.open(asked.headers["location"])
    assert "form-action 'self' http://localhost" in page.headers["content-security-policy"]
    led = await browser.send(page, name=ADMIN.user_name, password=ADMIN.password)
    assert set(answered(await browser.open(led.headers["location"]))) == {"code", "state", "iss"}


async def test_two_people_at_once_each_get_their_own_account(clinic: Clinic, admin: Browser) -> None:
    await clinic.add(admin, OTHER)
    browsers = [await clinic.browser() for _ in range(8)]
    people = [ADMIN, OTHER] * 4

    async def see(browser: Browser, person: Person) -> bool:
        await browser.sign_in(person)
        return f"signed in as {person.user_name}<" in (await browser.open("account")).text

    assert all(await asyncio.gather(*map(see, browsers, people)))


async def test_a_new_password_ends_every_other_sign_in_and_needs_the_present_one(clinic: Clinic, browser: Browser) -> None:
    elsewhere = await clinic.browser()
    for each in (browser, elsewhere):
        await each.sign_in(ADMIN)
    page, better = await browser.open("account"), "nine gentle mountains whisper"

    async def change(**fields: str) -> str:
        action, known = form_of(page)
        known |= {"present": ADMIN.password, "password": better, "again": better, **fields}
        answer = await browser.http.post(action.rpartition("/account")[0] + "/account/password", data=known, headers=AUTOMATIC)
        return refused(answer) if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY else answer.headers["location"]

    assert await change(present="wrong") == "Your present password is not right."
    assert await change(again="another") == "The two passwords are not the same."
    common = "password1234"
    assert (await change(password=common, again=common)).startswith("This is one of the passwords that are tried first")
    assert await change(password=ADMIN.password, again=ADMIN.password) == "This is your present password. Choose another one."
    own = "ruth and the river"
    assert await change(password=own, again=own) == "Use nothing of your name or your e-mail address."
    assert await change() == f"{ISSUER}/account?done=password"
    assert (await browser.open("account")).status_code == HTTPStatus.OK
    assert (await elsewhere.open("account")).status_code == HTTPStatus.SEE_OTHER
    assert (await elsewhere.sign_in(ADMIN)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_what_happens_is_written_with_it_and_nobody_changes_what_is_written(clinic: Clinic, browser: Browser) -> None:
    await browser.sign_in(Person(ADMIN.user_name, MISTYPED, ""))
    await browser.sign_in(ADMIN)
    kinds = await clinic.kinds()
    assert kinds[-4:] == ["first-administrator", "password-set", "sign-in-refused", "signed-in"]
    for statement in ("DELETE FROM security_event", "UPDATE security_event SET kind = 'x'", "TRUNCATE security_event"):
        with pytest.raises(Exception, match="append-only"):
            await clinic.value(statement)
    written = await clinic.value("SELECT string_agg(detail::text || actor, ' ') FROM security_event")
    assert not [secret for secret in (ADMIN.password, MISTYPED, CALLBACK) if secret in written]
