"""What the tests of identity share: browsers, people, the web front as a client, and ways to look at tokens."""

import base64
import hashlib
import re
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from html import unescape
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import asyncpg
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from identity.clients.use_cases import WEB_FRONT
from identity.main import link
from identity.settings import Settings
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.types import ASGIApp, Receive, Scope, Send

ORIGIN: Final = "http://localhost"
PREFIX: Final = "/identity"
ISSUER: Final = f"{ORIGIN}{PREFIX}"
CALLBACK: Final = f"{ORIGIN}/signed-in"
LOGGED_OUT: Final = f"{ORIGIN}/"
KEYS: Final = "a random text of the tests that is long enough"
ADDRESS: Final = "192.0.2.7"
AUTOMATIC: Final = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
"""What a browser states of a form that our own page sends."""


@dataclass(frozen=True)
class Person:
    """Somebody with a name and a password."""

    user_name: str
    password: str
    full_name: str


ADMIN: Final = Person("ruth.adler", "correct horse battery staple", "Ruth Adler")
OTHER: Final = Person("ben.stone", "seven quiet rivers meander", "Ben Stone")


def settings(database_url: str, broker_url: str, **others: object) -> dict[str, Any]:
    """Return the settings of the service in a test."""
    stated = {"provider_url": ISSUER, "encryption_keys": KEYS, "web_redirect_uris": CALLBACK, "web_logout_uris": LOGGED_OUT}
    return {"database_url": database_url, "broker_url": broker_url, **stated, **others}


def behind_front(app: ASGIApp) -> ASGIApp:
    """Serve an app under the prefix that the front takes off."""

    async def fronted(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(PREFIX)
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    return fronted


@dataclass
class Clinic:
    """The service, and what is behind it."""

    app: FastAPI
    stated: dict[str, Any]
    _stack: AsyncExitStack

    async def browser(self, address: str = ADDRESS) -> "Browser":
        """Open a browser without cookies, at an address."""
        transport = ASGITransport(behind_front(self.app), client=(address, 50_000))
        return Browser(self, await self._stack.enter_async_context(AsyncClient(transport=transport, base_url=ISSUER)))

    def replica(self, app: FastAPI) -> "Clinic":
        """Return the same clinic as another process of the service serves it."""
        return Clinic(app, self.stated, self._stack)

    async def is_prepared(self) -> bool:
        """Whether the first key and the client of the web front are there."""
        return await self.value("SELECT EXISTS (SELECT FROM client) AND EXISTS (SELECT FROM signing_key)")

    async def set_up_first_administrator(self) -> None:
        """Use the link of the first administrator."""
        browser = await self.browser()
        await browser.use_link(await self.first_link(), ADMIN, is_first=True)

    async def first_link(self, user_name: str | None = None) -> str:
        """Return a link as the command prints it."""
        return await link(Settings(**self.stated), user_name)

    async def value(self, sql: str, *arguments: object) -> Any:  # noqa: ANN401 (whatever was selected)
        """Return the first value of a statement."""
        connection = await asyncpg.connect(str(self.stated["database_url"]).replace("+asyncpg", ""))
        try:
            return await connection.fetchval(sql, *arguments)
        finally:
            await connection.close()

    async def kinds(self) -> list[str]:
        """Return the kinds of everything that happened, in order."""
        return await self.value("SELECT array_agg(kind ORDER BY id) FROM security_event")

    async def add(self, admin: "Browser", person: Person, *roles: dict[str, str]) -> dict[str, Any]:
        """Add a person with a password and these roles."""
        bearer = {"Authorization": f"Bearer {await admin.access_token()}"}
        body = {"user_name": person.user_name, "full_name": person.full_name, "roles": list(roles)}
        account = (await admin.http.post("accounts", json=body, headers=bearer)).raise_for_status().json()
        made = (await admin.http.post(f"accounts/{account['id']}/link", headers=bearer)).raise_for_status().json()
        await (await self.browser()).use_link(made["url"], person)
        return account


@dataclass
class Browser:
    """A browser: it keeps cookies, follows no redirect by itself, and sends the forms of pages."""

    clinic: Clinic
    http: AsyncClient
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    async def open(self, address: str) -> Response:
        """Open an address."""
        return await self.http.get(address)

    async def send(self, page: Response, headers: dict[str, str] | None = None, **fields: str) -> Response:
        """Fill in the first form of a page and send it."""
        action, known = form_of(page)
        return await self.http.post(action, data={**known, **fields}, headers=AUTOMATIC if headers is None else headers)

    async def sign_in(self, person: Person) -> Response:
        """Sign in with name and password; the answer leads on."""
        return await self.send(await self.open("sign-in"), name=person.user_name, password=person.password)

    async def use_link(self, address: str, person: Person, *, is_first: bool = False) -> Response:
        """Open a one-time link and set a password."""
        about: dict[str, Any] = {"user_name": person.user_name, "full_name": person.full_name} if is_first else {}
        answer = await self.send(await self.open(address), password=person.password, again=person.password, **about)
        assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
        return answer

    def authorization(self, **stated: str | None) -> str:
        """Return the address by which the web front requests a code."""
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": WEB_FRONT,
            "redirect_uri": CALLBACK,
            "scope": "openid profile",
            "state": "s-1",
            "nonce": "n-1",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            **stated,
        }
        return f"authorize?{urlencode({name: value for name, value in fields.items() if value is not None})}"

    async def code(self, **stated: str) -> str:
        """Return a code for whoever is signed in."""
        return answered(await self.open(self.authorization(**stated)))["code"]

    async def exchange(self, code: str, headers: dict[str, str] | None = None, **stated: str) -> Response:
        """Exchange a code as the web front does."""
        fields = {"grant_type": "authorization_code", "client_id": WEB_FRONT, "redirect_uri": CALLBACK, "code_verifier": self.verifier}
        return await self.http.post("token", data={**fields, "code": code, **stated}, headers=headers)

    async def refresh(self, **stated: str) -> Response:
        """Exchange the refresh token in the cookie, as the web front does."""
        fields = {"grant_type": "refresh_token", "client_id": WEB_FRONT, **stated}
        return await self.http.post("token", data=fields, headers=AUTOMATIC)

    async def access_token(self) -> str:
        """Return an access token of whoever is signed in."""
        return (await self.exchange(await self.code())).raise_for_status().json()["access_token"]

    async def bearer(self) -> dict[str, str]:
        """Return the header of requests by whoever is signed in."""
        return {"Authorization": f"Bearer {await self.access_token()}"}

    async def claims(self, token: str, **expected: str) -> dict[str, Any]:
        """Return the claims of a token, verified as a service does it: by the published keys."""
        keys = KeySet.import_key_set((await self.open("jwks.json")).json())
        read = jwt.decode(token, keys, algorithms=["ES256"])
        assert {name: read.header[name] for name in expected} == expected
        return read.claims


def form_of(page: Response) -> tuple[str, dict[str, str]]:
    """Return where the first form of a page leads, and the fields that it has already."""
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)[:1]
    text = page.text.partition("<form")[2].partition("</form>")[0]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
    return ORIGIN + action, {name: unescape(value) for name, value in fields}


def challenge_of(verifier: str) -> str:
    """Return the challenge of a verifier (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def answered(answer: Response) -> dict[str, str]:
    """Return what the address states by which a client is answered."""
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == CALLBACK, answer.headers["location"]
    return {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}


def refused(page: Response) -> str:
    """Return what a page refuses."""
    [text] = re.findall(r'<p class="refused" role="alert">([^<]*)</p>', page.text)
    return unescape(text)
