"""Identity as people reach it: a process behind the front, with the command that prints the first link, and a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Client, Response
from local import services as processes
from local.install import chromium
from local.keeper import stop_together
from playwright.async_api import Browser, Page, async_playwright
from servers import ports
from servers.processes import Server
from servers.rights import IDENTITY
from testing import RunService
from testing.private_servers import private_postgres, private_rabbitmq

START_S: Final = 240.0
LOOK_S: Final = 0.1
REQUEST_S: Final = 40.0
PASSWORD: Final = "correct horse battery staple"  # noqa: S105
VERIFIER: Final = "a-verifier-of-the-tests-that-is-long-enough-to-be-one"
CHALLENGE: Final = "4mJ3LOB1JyflD7kQJoC78glBEGd4fBt1TMp8aqSNHFk"
FORGED: Final = {"X-Forwarded-For": "203.0.113.66", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
NAME: Final = "ruth.adler"
FLAGS: Final = ("--no-sandbox", "--disable-gpu")
AUTHENTICATOR: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def started(server: Server, address: str) -> Iterator[None]:
    """Run a process until the block ends, from when it reports that it is ready."""
    server.start()
    try:
        server.wait(lambda: not processes.unready(address), seconds=START_S, every=LOOK_S)
        yield
    finally:
        stop_together([server])


@pytest.fixture(scope="module")
def provider_front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run identity alone behind a front, on servers of its own, with its first administrator; return the front's address."""
    home: Path = tmp_path_factory.mktemp("provider")
    port = ports.free()
    front = f"http://localhost:{port}"  # browsers make passkeys for it
    with private_postgres(home / "postgres") as postgres, private_rabbitmq(home / "rabbitmq") as broker:
        databases = processes.create_databases(postgres, home, [IDENTITY])
        processes.migrate(databases, home)
        [service] = processes.equip(databases, broker, {}, home, front)
        with (
            started(service.server(home), f"{service.url}/readyz"),
            started(processes.front(port, [service], home), f"http://{ports.HOST}:{port}/healthz"),
        ):
            with Client(timeout=REQUEST_S) as client:
                use_first_link(client, front, processes.first_link(service))
            assert not processes.first_link(service)
            yield front


@pytest.fixture
def browser(provider_front: str) -> Iterator[Client]:
    """Open a browser that states a forged address of its own, as anybody can."""
    with Client(base_url=provider_front, timeout=REQUEST_S, headers=FORGED) as client:
        yield client


@pytest.fixture
def bearer(browser: Client, provider_front: str) -> dict[str, str]:
    """Sign the administrator in; return the header of their requests."""
    send(browser, browser.get("/identity/sign-in"), name=NAME, password=PASSWORD)
    return bearer_of(browser, provider_front)


def send(browser: Client, page: Response, **fields: str) -> Response:
    """Fill in the form of a page and send it."""
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)[:1]
    form = page.text.partition("<form")[2].partition("</form>")[0]
    known = {name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)}
    return browser.post(
        str(page.url.join(action)), data={**known, **fields}, headers={"Origin": "{0.scheme}://{0.netloc}".format(urlsplit(str(page.url)))}
    )


def test_somebody_signs_in_behind_the_front_and_gets_a_token(provider_front: str, browser: Client) -> None:
    signed_in = send(browser, browser.get("/identity/sign-in"), name=NAME, password=PASSWORD)
    shown = browser.get(signed_in.headers["location"])
    assert "Ruth Adler, signed in as ruth.adler" in shown.text
    assert "from 127.0.0.1" in shown.text, "the address is the one that the front sees"
    assert "evil.example" not in shown.text
    assert browser.get("/identity/assets/style.css").headers["content-type"].startswith("text/css")
    bearer = bearer_of(browser, provider_front)
    assert browser.get("/api/identity/accounts", headers=bearer).json()["items"][0]["user_name"] == "ruth.adler"
    again = browser.post("/identity/token", data={"grant_type": "refresh_token", "client_id": "holdfast-web"})
    assert again.status_code == HTTPStatus.OK, "the cookie came back to the one path that it is for"
    a_machine_gets_a_token(browser, bearer)


def bearer_of(browser: Client, front: str) -> dict[str, str]:
    """Return the header of requests by whoever is signed in, by the flow that the web front goes through."""
    client = {"client_id": "holdfast-web", "redirect_uri": f"{front}/signed-in"}
    challenge = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    led = browser.get("/identity/authorize", params={**client, **challenge, "response_type": "code", "scope": "openid"})
    answer = urlsplit(led.headers["location"])
    led_to = f"{answer.scheme}://{answer.netloc}{answer.path}"
    assert led_to == f"{front}/signed-in", "the front leaves the client's own address as it is"
    proof = {"code": parse_qs(answer.query)["code"][0], "code_verifier": VERIFIER}
    token = browser.post("/identity/token", data={**client, **proof, "grant_type": "authorization_code"})
    assert token.status_code == HTTPStatus.OK, token.text
    return {"Authorization": f"Bearer {token.json()['access_token']}"}


def use_first_link(browser: Client, front: str, link: str) -> None:
    """Open the link that was printed, and set a password by it."""
    assert link.startswith(f"{front}/identity/link?token=")
    page = browser.get(link)
    assert [len(page.headers.get_list(name)) for name in ("referrer-policy", "x-content-type-options")] == [1, 1]
    done = send(browser, page, user_name=NAME, full_name="Ruth Adler", password=PASSWORD, again=PASSWORD)
    assert (done.status_code, done.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{front}/identity/sign-in?done=password")


def a_machine_gets_a_token(browser: Client, bearer: dict[str, str]) -> None:
    """Add a machine client, and let it get a token at both addresses of the provider."""
    body: dict[str, Any] = {"id": "nightly", "client_name": "Nightly", "scopes": ["billing:read"]}
    made = browser.post("/api/identity/clients", json=body, headers=bearer)
    assert made.headers["location"] == "/identity/clients/nightly"
    secret = browser.post("/api/identity/clients/nightly/secret", headers=bearer).json()["client_secret"]
    for path in ("/api/identity/token", "/identity/token"):
        token = browser.post(path, data={"grant_type": "client_credentials"}, auth=("nightly", secret))
        assert token.json()["scope"] == "billing:read"


def test_the_provider_describes_itself_under_the_address_of_the_front(provider_front: str, browser: Client) -> None:
    described = browser.get("/identity/.well-known/openid-configuration").json()
    assert described["issuer"] == f"{provider_front}/identity"
    assert browser.get(described["jwks_uri"]).json()["keys"][0]["alg"] == "ES256"
    assert browser.get("/api/identity/openapi.json").json()["info"]["title"] == "Holdfast identity"


async def test_another_service_takes_its_tokens_and_admits_by_their_roles(
    provider_front: str, bearer: dict[str, str], run_service: RunService
) -> None:
    catalog = await run_service("catalog", issuer=f"{provider_front}/identity")
    assert (await catalog.get("/services")).status_code == HTTPStatus.UNAUTHORIZED
    assert (await catalog.get("/services", headers=bearer)).status_code == HTTPStatus.OK
    refusal = await catalog.post("/services", json={}, headers=bearer)
    assert refusal.status_code == HTTPStatus.FORBIDDEN, "an administrator does not change rates"
    assert "Ruth Adler may not do this" in refusal.json()["detail"]


async def test_somebody_signs_in_without_javascript_and_then_with_a_passkey(provider_front: str, tmp_path: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS), downloads_path=tmp_path)
        await signs_in_by_password(browser, provider_front)
        complaints = await signs_in_by_passkey(browser, provider_front)
        await browser.close()
    assert complaints == []


async def signs_in_by_password(browser: Browser, front: str) -> None:
    """Sign in and out in a browser that runs no script."""
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{front}/identity/sign-in")
    await fill_in(page)
    assert page.url == f"{front}/identity/account"
    assert "Ruth Adler, signed in as ruth.adler" in await page.inner_text("main")
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.goto(f"{front}/identity/account")
    assert page.url == f"{front}/identity/sign-in"
    await context.close()


async def signs_in_by_passkey(browser: Browser, front: str) -> list[str]:
    """Add a passkey, sign out, and sign in with it; return what the browser complained about."""
    context = await browser.new_context()
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    tools = await context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    await tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    await page.goto(f"{front}/identity/sign-in")
    await fill_in(page)
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_text("It is added.").wait_for()
    assert "Passkey of this browser" in await page.inner_text("main")
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.get_by_role("button", name="Use a passkey").click()
    await page.get_by_role("heading", name="Your account").wait_for()
    await context.close()
    return complaints


async def fill_in(page: Page) -> None:
    """Fill in the page that asks for a name and a password."""
    await page.get_by_label("User name or e-mail address").fill(NAME)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
