"""Administrators manage everything, site managers the front desk, therapists and billers of their own sites, and nobody else anything."""

import asyncio
import subprocess
import sys
from http import HTTPStatus
from typing import Any, Final

import pytest
from people import ADMIN, ISSUER, KEYS, OTHER, Browser, Clinic, Person, form_of, refused

SITE: Final = "01890a5d-ac96-774b-bcce-b302099a8060"
ELSEWHERE: Final = "01890a5d-ac96-774b-bcce-b302099a8062"
THERAPIST: Final = "01890a5d-ac96-774b-bcce-b302099a8061"
MANAGER: Final = Person("mia.long", "eleven brave kettles sing", "Mia Long")
NOBODY: Final = "01890000-0000-7000-8000-000000000000"
COMMAND_S: Final = 60


def account(user_name: str, *roles: dict[str, str]) -> dict[str, Any]:
    """Return an account to add."""
    return {"user_name": user_name, "full_name": user_name.title(), "roles": list(roles)}


@pytest.fixture
async def manager(clinic: Clinic, admin: Browser) -> Browser:
    """Sign in the manager of one site."""
    await clinic.add(admin, MANAGER, {"role": "site_manager", "site_id": SITE})
    browser = await clinic.browser()
    await browser.sign_in(MANAGER)
    return browser


async def test_a_site_manager_gives_the_roles_of_the_own_site_and_no_others(admin: Browser, manager: Browser) -> None:
    bearer = await manager.bearer()
    own = [
        {"role": "front_desk", "site_id": SITE},
        {"role": "therapist", "site_id": SITE, "therapist_id": THERAPIST},
        {"role": "biller", "site_id": SITE},
    ]
    added = await manager.http.post("accounts", json=account("anna", *own), headers=bearer)
    assert added.status_code == HTTPStatus.CREATED
    assert added.headers["location"] == f"/identity/accounts/{added.json()['id']}"
    for role in (
        {"role": "front_desk"},
        {"role": "front_desk", "site_id": ELSEWHERE},
        {"role": "therapist", "therapist_id": THERAPIST},
        {"role": "site_manager", "site_id": SITE},
        {"role": "admin"},
        {"role": "admin", "site_id": SITE},
        {"role": "auditor", "site_id": SITE},
        {"role": "rate_admin"},
    ):
        for answer in (
            await manager.http.post("accounts", json=account("bob", role), headers=bearer),
            await manager.http.patch(f"accounts/{added.json()['id']}", json={"roles": [role]}, headers=bearer),
        ):
            assert answer.status_code == HTTPStatus.FORBIDDEN, role
    strangers = await admin.http.post(
        "accounts", json=account("carl", {"role": "front_desk", "site_id": ELSEWHERE}), headers=await admin.bearer()
    )
    for path in ("", "/link", "/unlock", "/factors/reset", "/sign-ins"):
        for who in (strangers.json()["id"], await account_id(admin, ADMIN), await account_id(admin, MANAGER)):
            method = "GET" if path in {"", "/sign-ins"} else "POST"
            answer = await manager.http.request(method, f"accounts/{who}{path}", headers=bearer)
            assert answer.status_code == HTTPStatus.FORBIDDEN, path
    without = (await admin.http.post("accounts", json=account("dora"), headers=await admin.bearer())).json()
    refusal = await manager.http.post(f"accounts/{without['id']}/link", headers=bearer)
    assert refusal.status_code == HTTPStatus.FORBIDDEN, "an administrator may be about to give it any role"
    new = (await manager.http.post("accounts", json=account("emil"), headers=bearer)).json()
    assert (await manager.http.post(f"accounts/{new['id']}/link", headers=bearer)).status_code == HTTPStatus.OK
    listed = (await manager.http.get("accounts", headers=bearer)).json()["items"]
    assert [each["user_name"] for each in listed] == ["anna", "emil", MANAGER.user_name]
    for path in ("clients", "keys", "security-events"):
        assert (await manager.http.get(path, headers=bearer)).status_code == HTTPStatus.FORBIDDEN
    wanted = {"kind": "administration-refused"}
    written = (await admin.http.get("security-events", params=wanted, headers=await admin.bearer())).json()["items"]
    assert written[0]["detail"] == {"method": "GET", "path": "/security-events"}
    assert {each["actor"] for each in written} == {await account_id(admin, MANAGER)}


async def account_id(admin: Browser, person: Person) -> str:
    """Return the id of somebody's account."""
    found = await admin.http.get("accounts", params={"q": person.user_name}, headers=await admin.bearer())
    return found.json()["items"][0]["id"]


async def test_without_a_token_or_with_another_role_nothing_of_it_is_answered(clinic: Clinic, admin: Browser) -> None:
    await clinic.add(admin, OTHER, {"role": "front_desk"}, {"role": "operator"}, {"role": "auditor"}, {"role": "biller"})
    browser = await clinic.browser()
    await browser.sign_in(OTHER)
    bearer = await browser.bearer()
    described: dict[str, dict[str, Any]] = (await admin.open("openapi.json")).json()["paths"]
    own = {path: item for path, item in described.items() if path.startswith(("/accounts", "/clients", "/keys", "/security-events"))}
    assert len(own) > 10
    for path, item in own.items():
        address = path.lstrip("/").replace("{kid}", "x").replace("{client_id}", "holdfast-web").replace("{account_id}", NOBODY)
        for method in item:
            for headers, expected in ((None, HTTPStatus.UNAUTHORIZED), (bearer, HTTPStatus.FORBIDDEN)):
                answer = await admin.http.request(method, address.replace("{sign_in_id}", NOBODY), headers=headers, json={})
                assert (method, path, answer.status_code) == (method, path, expected)


async def test_a_machine_with_the_scope_administers_and_one_without_does_not(admin: Browser) -> None:
    bearer = await admin.bearer()
    for name, scopes, expected in (("ops", ["identity:admin"], HTTPStatus.OK), ("reports", ["billing:read"], HTTPStatus.FORBIDDEN)):
        body = {"id": name, "client_name": name, "scopes": scopes}
        (await admin.http.post("clients", json=body, headers=bearer)).raise_for_status()
        secret = (await admin.http.post(f"clients/{name}/secret", headers=bearer)).json()["client_secret"]
        token = (await admin.http.post("token", data={"grant_type": "client_credentials"}, auth=(name, secret))).json()["access_token"]
        assert (await admin.http.get("accounts", headers={"Authorization": f"Bearer {token}"})).status_code == expected


async def test_an_account_is_added_once_changed_by_version_and_never_the_last_administrators_is_disabled(admin: Browser) -> None:
    bearer = await admin.bearer()
    keyed = {**bearer, "Idempotency-Key": "k"}
    first, second = [await admin.http.post("accounts", json=account("Anna"), headers=keyed) for _ in range(2)]
    assert (first.status_code, first.json()) == (HTTPStatus.CREATED, second.json())
    assert first.headers["cache-control"] == "no-store"
    assert first.json()["user_name"] == "anna"
    taken = await admin.http.post("accounts", json=account("ANNA"), headers=bearer)
    assert (taken.status_code, taken.json()["type"]) == (HTTPStatus.CONFLICT, "/problems/name-taken")
    path = f"accounts/{first.json()['id']}"
    changed = await admin.http.patch(path, json={"full_name": "Anna Berg"}, headers={**bearer, "If-Match": '"1"'})
    assert (changed.status_code, changed.json()["version"]) == (HTTPStatus.OK, 2)
    stale = await admin.http.patch(path, json={"full_name": "Ann"}, headers={**bearer, "If-Match": '"1"'})
    assert stale.status_code == HTTPStatus.PRECONDITION_FAILED
    me = await account_id(admin, ADMIN)
    taking: list[dict[str, Any]] = [{"is_disabled": True}, {"roles": []}, {"roles": [{"role": "admin", "site_id": SITE}]}]
    for changes in taking:
        refusal = await admin.http.patch(f"accounts/{me}", json=changes, headers=bearer)
        assert (refusal.status_code, refusal.json()["type"]) == (HTTPStatus.CONFLICT, "/problems/last-administrator")
    incomplete = await admin.http.patch(path, json={"roles": [{"role": "therapist"}]}, headers=bearer)
    assert incomplete.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_of_two_administrators_who_take_the_role_from_each_other_at_once_one_stays(clinic: Clinic, admin: Browser) -> None:
    other = await clinic.add(admin, OTHER, {"role": "admin"})
    me, bearer = await account_id(admin, ADMIN), await admin.bearer()
    answers = await asyncio.gather(
        *(admin.http.patch(f"accounts/{who}", json={"roles": []}, headers=bearer) for who in (me, other["id"])),
    )
    assert sorted(answer.status_code for answer in answers) == [HTTPStatus.OK, HTTPStatus.CONFLICT]


async def test_a_one_time_link_sets_a_password_once_ends_every_sign_in_and_expires(clinic: Clinic, admin: Browser) -> None:
    person = await clinic.add(admin, OTHER)
    signed_in = await clinic.browser()
    await signed_in.sign_in(OTHER)
    path, bearer = f"accounts/{person['id']}/link", await admin.bearer()
    first = (await admin.http.post(path, headers=bearer)).json()["url"]
    made = await admin.http.post(path, headers=bearer)
    second = made.json()["url"]
    assert made.headers["cache-control"] == "no-store"
    browser = await clinic.browser()
    assert (await browser.open(first)).status_code == HTTPStatus.NOT_FOUND, "the next link takes its place"
    page = await browser.open(second)
    assert "Set a password for ben.stone" in page.text
    assert (await browser.open(second)).status_code == HTTPStatus.OK, "whoever only looks at it does not use it up"
    better = "five honest lanterns drift"
    weak = await browser.send(page, password="short", again="short")  # noqa: S106 (refused)
    assert refused(weak).startswith("Use at least 12 characters")
    done = await browser.send(page, password=better, again=better)
    assert done.headers["location"] == f"{ISSUER}/sign-in?done=password"
    assert (await browser.send(page, password=better, again=better)).status_code == HTTPStatus.NOT_FOUND
    assert (await signed_in.open("account")).status_code == HTTPStatus.SEE_OTHER
    assert (await browser.sign_in(OTHER)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (await browser.sign_in(Person(OTHER.user_name, better, ""))).status_code == HTTPStatus.SEE_OTHER
    late = (await admin.http.post(path, headers=bearer)).json()["url"]
    await clinic.value("UPDATE one_time_link SET expires_at = now() - interval '1 second'")
    assert (await browser.open(late)).status_code == HTTPStatus.NOT_FOUND
    stored = await clinic.value("SELECT string_agg(digest, ' ') FROM one_time_link")
    assert second.rpartition("=")[2] not in stored


async def test_the_first_link_makes_one_administrator_and_none_is_made_when_there_are_accounts(clinic: Clinic) -> None:
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = {f"HOLDFAST_{name.upper()}": str(value) for name, value in clinic.stated.items()}
        program = [sys.executable, "-m", "identity.main", *arguments]
        return subprocess.run(program, env=env, capture_output=True, text=True, check=False, timeout=COMMAND_S)  # noqa: S603

    refusal = await asyncio.to_thread(command)
    assert (refusal.returncode, refusal.stdout) == (3, "")
    assert "There are accounts already" in refusal.stderr
    printed = await asyncio.to_thread(command, ADMIN.user_name)
    assert printed.stdout.startswith(f"{ISSUER}/link?token=")
    assert "Set a password for ruth.adler" in (await (await clinic.browser()).open(printed.stdout.strip())).text
    unknown = await asyncio.to_thread(command, "nobody")
    assert (unknown.returncode, unknown.stderr.strip()) == (3, "There is no account nobody.")
    await clinic.value("DELETE FROM one_time_link")
    await clinic.value("DELETE FROM role_grant")
    await clinic.value("DELETE FROM account")
    link = await clinic.first_link()
    browsers = [await clinic.browser() for _ in range(4)]
    pages = [await browser.open(link) for browser in browsers]
    people = [Person(f"admin{number}", ADMIN.password, "Somebody") for number in range(4)]
    sent = (
        browser.send(page, user_name=person.user_name, full_name=person.full_name, password=person.password, again=person.password)
        for browser, page, person in zip(browsers, pages, people, strict=True)
    )
    answers = await asyncio.gather(*sent)
    assert min(answer.status_code for answer in answers) == HTTPStatus.SEE_OTHER
    assert await clinic.value("SELECT count(*) FROM account") == 1


async def test_somebody_sees_and_ends_where_they_are_signed_in(clinic: Clinic, admin: Browser) -> None:
    elsewhere = await clinic.browser("198.51.100.9")
    await elsewhere.sign_in(ADMIN)
    page = await admin.open("account")
    assert "198.51.100.9" in page.text
    path = await clinic.value("SELECT id FROM sign_in WHERE address = '198.51.100.9'")
    code = {"form_code": form_of(page)[1]["form_code"]}
    ended = await admin.http.post(f"account/sign-ins/{path}/end", data=code, headers={"Origin": "http://localhost"})
    assert ended.status_code == HTTPStatus.SEE_OTHER
    assert (await elsewhere.open("account")).status_code == HTTPStatus.SEE_OTHER
    assert (await admin.open("account")).status_code == HTTPStatus.OK


async def test_what_happened_is_listed_by_account_and_kind(clinic: Clinic, admin: Browser) -> None:
    person = await clinic.add(admin, OTHER, {"role": "biller"})
    bearer = await admin.bearer()
    wanted = {"account_id": person["id"], "kind": "account-added"}
    [event] = (await admin.http.get("security-events", params=wanted, headers=bearer)).json()["items"]
    assert (event["actor"], event["detail"]) == (await account_id(admin, ADMIN), {"roles": ["biller"]})
    page = (await admin.http.get("security-events", params={"limit": 2}, headers=bearer)).json()
    following = (await admin.http.get("security-events", params={"limit": 2, "cursor": page["next_cursor"]}, headers=bearer)).json()
    assert page["items"][1]["id"] > following["items"][0]["id"]


@pytest.mark.parametrize("keys", ["short", f"{KEYS},short", ""])
def test_the_service_does_not_start_without_a_good_encryption_key(keys: str) -> None:
    stated = {"HOLDFAST_DATABASE_URL": "postgresql+asyncpg://nowhere/none", "HOLDFAST_BROKER_URL": "amqp://nowhere"}
    env = {**stated, "HOLDFAST_ENCRYPTION_KEYS": keys, "HOLDFAST_PROVIDER_URL": "http://clinic.example/identity"}
    program = [sys.executable, "-m", "identity.main"]
    done = subprocess.run(program, env=env, capture_output=True, text=True, check=False, timeout=COMMAND_S)  # noqa: S603
    assert done.returncode != 0
    assert "HOLDFAST_PROVIDER_URL: must begin with https://" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_service_does_not_start_where_another_issuer_is_the_one_whose_tokens_are_taken() -> None:
    stated = {"HOLDFAST_DATABASE_URL": "postgresql+asyncpg://nowhere/none", "HOLDFAST_BROKER_URL": "amqp://nowhere"}
    env = {**stated, "HOLDFAST_ENCRYPTION_KEYS": KEYS, "HOLDFAST_ISSUER": "https://login.example"}
    program = [sys.executable, "-m", "identity.main"]
    done = subprocess.run(program, env=env, capture_output=True, text=True, check=False, timeout=COMMAND_S)  # noqa: S603
    assert done.returncode != 0
    assert "HOLDFAST_ISSUER names another issuer" in done.stderr
