"""Nobody passes the gate without a good token of the issuer, and nobody does what their roles or scopes do not have."""

import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from chassis.access import keys as keys_module
from chassis.access.callers import Caller, Grant, read_grants
from chassis.access.table import OPEN, Table
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import RSAKey
from testing import Serve
from testing.issuer import Issuer, new_key, serving
from toy import Settings, build, service

LIGHT, READ, OTHER = "lamps.light", "lamps.read", "other"
TABLE = Table(
    routes={"add_lamp": LIGHT, "rename_lamp": LIGHT, "list_lamps": READ, "patience": READ, "vandal": OTHER, "crash": OTHER},
    roles={"keeper": frozenset({LIGHT, READ}), "guest": frozenset({READ})},
    scopes={"lamps:read": frozenset({READ})},
)
SITE = uuid4()


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with serving(Issuer()) as issuer:
        yield issuer


@pytest.fixture
async def toy(settings: Settings, issuer: Issuer, serve: Serve) -> AsyncClient:
    toy = service(settings.model_copy(update={"issuer": issuer.url}), access=TABLE)
    return await serve(toy.app())


async def test_a_good_token_passes_with_what_its_roles_have_and_no_further(toy: AsyncClient, issuer: Issuer) -> None:
    assert (await toy.get("/lamps", headers=issuer.bearer("guest"))).status_code == 200
    assert (await toy.post("/lamps", json={"name": "hall"}, headers=issuer.bearer(f"keeper:{SITE}"))).status_code == 201
    refused = await toy.post("/lamps", json={"name": "hall"}, headers=issuer.bearer("guest", "unheard-of"))
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/not-allowed"
    assert refused.json()["roles"] == ["keeper"]
    assert "Ana Ruiz" in refused.json()["detail"]


async def test_what_states_only_that_the_service_is_there_needs_no_token(toy: AsyncClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/docs/assets/swagger-ui.css"):
        assert (await toy.get(path)).status_code == 200, path


async def test_without_a_token_the_answer_states_how_to_send_one(toy: AsyncClient) -> None:
    answer = await toy.get("/lamps")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["type"] == "/problems/not-signed-in"


HOUR_S = 3600


def _swapped(issuer: Issuer) -> str:
    guest, keeper = issuer.token("guest").split("."), issuer.token("keeper").split(".")
    return ".".join([guest[0], keeper[1], guest[2]])


def _by_public_key(issuer: Issuer) -> str:
    return issuer.token("keeper", key=issuer.keys[0].as_pem(private=False), alg="HS256")


def _with_own_key(issuer: Issuer) -> str:
    own = new_key("own")
    return issuer.token("keeper", key=own, header={"jwk": own.as_dict(private=False)})


def _deep() -> str:
    return urlsafe_b64encode(f'{{"alg":"ES256","typ":"at+jwt","x":{"[" * 2000 + "]" * 2000}}}'.encode()).decode().rstrip("=")


BAD: dict[str, Callable[[Issuer], str]] = {
    "no JWT": lambda _: "nonsense",
    "too long": lambda issuer: issuer.token("keeper", name="n" * 9000),
    "cut": lambda issuer: issuer.token("keeper")[:-4],
    "with the payload of another": _swapped,
    "expired": lambda issuer: issuer.token("keeper", exp=int(time.time()) - HOUR_S),
    "without an end": lambda issuer: issuer.token("keeper", exp=None),
    "not valid yet": lambda issuer: issuer.token("keeper", nbf=int(time.time()) + HOUR_S),
    "of another issuer": lambda issuer: issuer.token("keeper", iss="https://elsewhere.example"),
    "signed by nobody known": lambda issuer: issuer.token("keeper", key=new_key("first")),
    "for another audience": lambda issuer: issuer.token("keeper", aud="somebody-else"),
    "without an audience": lambda issuer: issuer.token("keeper", aud=None),
    "without a subject": lambda issuer: issuer.token("keeper", sub=None),
    "an ID token": lambda issuer: issuer.token("keeper", header={"typ": "JWT"}),
    "without a type": lambda issuer: issuer.token("keeper", header={"typ": None}),
    "not signed": lambda issuer: issuer.token("keeper", key=b"", alg="none"),
    "signed with the public key as a secret": _by_public_key,
    "by an RSA key of the same id": lambda issuer: issuer.token("keeper", key=RSAKey.generate_key(2048, {"kid": "first"}), alg="RS256"),
    "with its key in its header": _with_own_key,
    "with lists inside each other": lambda issuer: ".".join([_deep(), *issuer.token("keeper").split(".")[1:]]),
    "with extensions that are no list": lambda issuer: issuer.token("keeper", header={"crit": 1}),
    "with an extension that must be understood": lambda issuer: issuer.token("keeper", header={"crit": ["place"], "place": 1}),
}


async def test_a_token_that_is_not_good_is_refused(toy: AsyncClient, issuer: Issuer) -> None:
    answers = {fault: await toy.get("/lamps", headers={"Authorization": f"Bearer {make(issuer)}"}) for fault, make in BAD.items()}
    assert {fault: answer.status_code for fault, answer in answers.items()} == dict.fromkeys(BAD, 401)
    assert {answer.headers["WWW-Authenticate"] for answer in answers.values()} == {'Bearer error="invalid_token"'}
    assert {answer.json()["type"] for answer in answers.values()} == {"/problems/invalid-token"}


async def test_other_or_several_credentials_are_refused(toy: AsyncClient, issuer: Issuer) -> None:
    good = issuer.bearer("keeper")["Authorization"]
    for sent in ([("Authorization", "Basic YTpi")], [("Authorization", good), ("Authorization", good)]):
        assert (await toy.get("/lamps", headers=sent)).status_code == 401


async def test_a_token_that_passed_is_refused_once_it_has_expired(
    toy: AsyncClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bearer = issuer.bearer("keeper")
    assert (await toy.get("/lamps", headers=bearer)).status_code == 200
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + HOUR_S)
    assert (await toy.get("/lamps", headers=bearer)).status_code == 401


async def test_a_new_key_is_looked_for_when_a_token_names_it_and_not_for_every_unknown_one(
    toy: AsyncClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await toy.get("/lamps", headers=issuer.bearer("keeper"))).status_code == 200
    monkeypatch.setattr(keys_module, "AGAIN_S", 0.0)
    issuer.rotate("second")
    assert (await toy.get("/lamps", headers=issuer.bearer("keeper"))).status_code == 200
    looks = issuer.looks
    monkeypatch.setattr(keys_module, "AGAIN_S", 60.0)
    for position in range(20):
        unknown = issuer.token("keeper", key=new_key(f"unknown {position}"))
        assert (await toy.get("/lamps", headers={"Authorization": f"Bearer {unknown}"})).status_code == 401
    assert issuer.looks == looks


async def test_while_the_issuer_was_never_reached_the_answer_says_so(settings: Settings, serve: Serve) -> None:
    away = service(settings.model_copy(update={"issuer": "http://127.0.0.1:1"}), access=TABLE)
    answer = await (await serve(away.app())).get("/lamps", headers=Issuer().bearer("keeper"))
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/issuer-away"


async def test_a_machine_has_what_its_scopes_have_and_a_person_no_more_than_their_roles(toy: AsyncClient, issuer: Issuer) -> None:
    machine = {"sub": "loader", "client_id": "loader"}
    assert (await toy.get("/lamps", headers=issuer.bearer(scope="lamps:read", **machine))).status_code == 200
    assert (await toy.get("/lamps", headers=issuer.bearer("keeper", scope="openid", **machine))).status_code == 403
    assert (await toy.post("/lamps", json={"name": "hall"}, headers=issuer.bearer(scope="lamps:read", **machine))).status_code == 403
    narrowed = issuer.bearer("keeper", scope="openid lamps:read")
    assert (await toy.get("/lamps", headers=narrowed)).status_code == 200
    assert (await toy.post("/lamps", json={"name": "hall"}, headers=narrowed)).status_code == 403


def test_a_service_with_a_route_that_its_table_does_not_have_is_not_served(settings: Settings) -> None:
    lacking = Table(routes={name: action for name, action in TABLE.routes.items() if name != "crash"}, roles=TABLE.roles)
    with pytest.raises(ValueError, match="no row for crash"):
        service(settings.model_copy(update={"issuer": "http://127.0.0.1:1"}), access=lacking).app()


async def test_where_no_issuer_is_set_everybody_may_do_everything(settings: Settings, serve: Serve) -> None:
    assert (await (await serve(build(settings))).get("/lamps")).status_code == 200


async def test_roles_are_read_where_the_issuer_puts_them(settings: Settings, issuer: Issuer, serve: Serve) -> None:
    elsewhere = settings.model_copy(update={"issuer": issuer.url, "roles_claim": "realm_access.roles", "issuer_types_tokens_jwt": True})
    toy = await serve(service(elsewhere, access=TABLE).app())
    bearer = issuer.bearer(realm_access={"roles": ["guest"]}, header={"typ": "JWT"})
    assert (await toy.get("/lamps", headers=bearer)).status_code == 200
    assert (await toy.get("/lamps", headers=issuer.bearer("keeper", header={"typ": "JWT"}))).status_code == 403


def test_places_are_those_of_the_roles_that_have_the_action() -> None:
    one, other = uuid4(), uuid4()
    caller = Caller("ana", "Ana", (Grant("keeper", one), Grant("guest", other)))
    assert TABLE.places(caller, LIGHT) == {one}
    assert TABLE.places(caller, READ) == {one, other}
    assert TABLE.places(Caller("ana", "Ana", (Grant("guest"), Grant("keeper", one))), READ) is None
    assert TABLE.places(caller, OTHER) == frozenset()


@given(st.lists(st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text()))))
def test_whatever_stands_among_roles_grants_no_more_than_it_names(written: list[object]) -> None:
    for grant in read_grants(written):
        assert grant.role in {each.partition(":")[0] for each in written if isinstance(each, str)}
        assert grant.of is None or str(grant.of)


def test_only_what_everybody_may_do_is_open() -> None:
    assert TABLE.action("healthz") is OPEN
    assert TABLE.action("operations") != OPEN
