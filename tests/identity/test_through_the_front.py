"""Identity as people reach it: a process behind the front, with the command that prints the first link."""

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
from local.keeper import stop_together
from servers import Postgres, RabbitMQ, ports
from servers.processes import Server
from servers.rights import IDENTITY

START_S: Final = 240.0
LOOK_S: Final = 0.1
REQUEST_S: Final = 40.0
PASSWORD: Final = "correct horse battery staple"  # noqa: S105
VERIFIER: Final = "a-verifier-of-the-tests-that-is-long-enough-to-be-one"
CHALLENGE: Final = "4mJ3LOB1JyflD7kQJoC78glBEGd4fBt1TMp8aqSNHFk"
FORGED: Final = {"X-Forwarded-For": "203.0.113.66", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}


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
def place(tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres, rabbitmq_server: RabbitMQ) -> Iterator[tuple[str, str]]:
    """Run identity alone behind a front; return the front's address and the link of the first administrator."""
    home: Path = tmp_path_factory.mktemp("identity")
    port = ports.free()
    front = f"http://{ports.HOST}:{port}"
    databases = processes.create_databases(postgres_server, home, [IDENTITY])
    processes.migrate(databases, home)
    [service] = processes.equip(databases, rabbitmq_server, {}, home, front)
    with (
        started(service.server(home), f"{service.url}/readyz"),
        started(processes.front(port, [service], home), f"{front}/healthz"),
    ):
        yield front, processes.first_link(service)


@pytest.fixture
def browser(place: tuple[str, str]) -> Iterator[Client]:
    """Open a browser that states a forged address of its own, as anybody can."""
    with Client(base_url=place[0], timeout=REQUEST_S, headers=FORGED) as client:
        yield client


def send(browser: Client, page: Response, **fields: str) -> Response:
    """Fill in the form of a page and send it."""
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)[:1]
    form = page.text.partition("<form")[2].partition("</form>")[0]
    known = {name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)}
    return browser.post(action, data={**known, **fields}, headers={"Origin": str(browser.base_url).rstrip("/")})


def test_somebody_opens_the_printed_link_sets_a_password_signs_in_and_gets_a_token(place: tuple[str, str], browser: Client) -> None:
    front, link = place
    assert link.startswith(f"{front}/identity/link?token=")
    page = browser.get(link)
    assert [len(page.headers.get_list(name)) for name in ("referrer-policy", "x-content-type-options")] == [1, 1]
    about = {"user_name": "ruth.adler", "full_name": "Ruth Adler"}
    done = send(browser, page, password=PASSWORD, again=PASSWORD, **about)
    assert (done.status_code, done.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{front}/identity/sign-in?done=password")
    signed_in = send(browser, browser.get(done.headers["location"]), name="ruth.adler", password=PASSWORD)
    shown = browser.get(signed_in.headers["location"])
    assert "Ruth Adler, signed in as ruth.adler" in shown.text
    assert "from 127.0.0.1" in shown.text, "the address is the one that the front sees"
    assert "evil.example" not in shown.text
    assert browser.get("/identity/assets/style.css").headers["content-type"].startswith("text/css")
    code = {"response_type": "code", "client_id": "holdfast-web", "redirect_uri": f"{front}/signed-in", "scope": "openid"}
    led = browser.get("/identity/authorize", params={**code, "code_challenge": CHALLENGE, "code_challenge_method": "S256", "state": "x"})
    answer = urlsplit(led.headers["location"])
    assert f"{answer.scheme}://{answer.netloc}{answer.path}" == f"{front}/signed-in", "the front leaves the client's own address as it is"
    fields = {"grant_type": "authorization_code", "client_id": "holdfast-web", "redirect_uri": f"{front}/signed-in"}
    token = browser.post("/identity/token", data={**fields, "code": parse_qs(answer.query)["code"][0], "code_verifier": VERIFIER})
    assert token.status_code == HTTPStatus.OK, token.text
    bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
    assert browser.get("/api/identity/accounts", headers=bearer).json()["items"][0]["user_name"] == "ruth.adler"
    again = browser.post("/identity/token", data={"grant_type": "refresh_token", "client_id": "holdfast-web"})
    assert again.status_code == HTTPStatus.OK, "the cookie came back to the one path that it is for"
    a_machine_gets_a_token(browser, bearer)


def a_machine_gets_a_token(browser: Client, bearer: dict[str, str]) -> None:
    """Add a machine client, and let it get a token at both addresses of the provider."""
    body: dict[str, Any] = {"id": "nightly", "client_name": "Nightly", "scopes": ["billing:read"]}
    made = browser.post("/api/identity/clients", json=body, headers=bearer)
    assert made.headers["location"] == "/identity/clients/nightly"
    secret = browser.post("/api/identity/clients/nightly/secret", headers=bearer).json()["client_secret"]
    for path in ("/api/identity/token", "/identity/token"):
        token = browser.post(path, data={"grant_type": "client_credentials"}, auth=("nightly", secret))
        assert token.json()["scope"] == "billing:read"


def test_the_provider_describes_itself_under_the_address_of_the_front(place: tuple[str, str], browser: Client) -> None:
    described = browser.get("/identity/.well-known/openid-configuration").json()
    assert described["issuer"] == f"{place[0]}/identity"
    assert browser.get(described["jwks_uri"]).json()["keys"][0]["alg"] == "ES256"
    assert browser.get("/api/identity/openapi.json").json()["info"]["title"] == "Holdfast identity"
