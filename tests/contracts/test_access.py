"""Every route of every service admits exactly those whom the service's table of access names."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from importlib import import_module
from typing import Final

import pytest
from access_page import main
from chassis.access.table import OF_EVERY_SERVICE, OPEN, Table
from httpx import AsyncClient
from servers.rights import SERVICES
from support.repository import description
from testing import RunService
from testing.issuer import PEOPLE, Issuer, serving

METHODS: Final = {"get", "post", "put", "patch", "delete"}
EMPTY: Final[dict[str, str]] = {}
MACHINE: Final = {"sub": "loader", "client_id": "loader"}
ANY_ID: Final = "01890a5d-ac96-774b-bcce-b302099a8057"
ANSWERS_WITHIN_S: Final = 1.0
"""A stream that has not ended by then was begun."""

every_service = pytest.mark.parametrize("service", SERVICES)


def table(service: str) -> Table:
    return import_module(f"{service}.access").TABLE


def routes(service: str) -> Iterator[tuple[str, str, str]]:
    for path, item in description(service)["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield operation["operationId"], method, re.sub(r"\{\w+\}", ANY_ID, path)


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with serving(Issuer()) as issuer:
        yield issuer


async def admitted(client: AsyncClient, method: str, path: str, headers: dict[str, str]) -> HTTPStatus | None:
    """Return why a request was not admitted; None where it was, whatever became of it."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S if path == "/events" else None):
            answer = await client.request(method, path, headers=headers, json=None if method == "get" else EMPTY)
    except TimeoutError:
        return None
    return HTTPStatus(answer.status_code) if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} else None


@every_service
async def test_each_route_admits_those_whom_the_table_names_and_nobody_else(service: str, run_service: RunService, issuer: Issuer) -> None:
    client, access = await run_service(service, issuer=issuer.url), table(service)
    wrong = []
    for operation_id, method, path in routes(service):
        action = access.action(operation_id)
        callers = [
            ("nobody", EMPTY, None),
            ("somebody without a role", issuer.bearer(), frozenset()),
            *((role, issuer.bearer(role), access.roles[role]) for role in PEOPLE),
            *((scope, issuer.bearer(scope=scope, **MACHINE), actions) for scope, actions in access.scopes.items()),
        ]
        for name, headers, actions in callers:
            expected = None if action is OPEN or (actions and action in actions) else HTTPStatus.FORBIDDEN
            expected = HTTPStatus.UNAUTHORIZED if actions is None and action is not OPEN else expected
            if (found := await admitted(client, method, path, headers)) is not expected:
                wrong.append(f"{name}: {method.upper()} {path} ({action}) answers {found}, expected {expected}")
    assert wrong == []


@every_service
def test_the_table_has_a_row_for_each_route_and_none_beside(service: str) -> None:
    described = {operation_id for operation_id, _, _ in routes(service)}
    assert table(service).unlisted(described) == []
    assert table(service).routes.keys() - described == set()


@every_service
def test_every_role_is_in_the_table_and_every_action_is_somebody_s(service: str) -> None:
    access = table(service)
    assert set(access.roles) == set(PEOPLE)
    granted = frozenset[str]().union(*access.roles.values())
    assert {*access.routes.values(), *OF_EVERY_SERVICE.values()} - {OPEN} == granted
    assert granted >= frozenset[str]().union(*access.scopes.values())


def test_the_page_about_access_states_the_tables() -> None:
    assert main(["--check"]) is None


def test_rates_and_postings_need_different_people() -> None:
    for actions in table("billing").roles.values():
        assert not {"change fees", "post to records"} <= actions
    for role, actions in table("catalog").roles.items():
        assert not ("change services and rates" in actions and "post to records" in table("billing").roles[role])


NO_BUSINESS_OF_THE_DESK: Final = {"read records", "post to records", "read claims", "submit claims", "read reports", "read changes"}


def test_the_front_desk_sees_no_money_beyond_quotes_balances_and_what_it_takes() -> None:
    assert not table("billing").roles["front_desk"] & NO_BUSINESS_OF_THE_DESK


def test_an_auditor_changes_nothing() -> None:
    for service in SERVICES:
        writes = {table(service).action(name) for name, method, _ in routes(service) if method != "get"} - READING
        assert not writes & table(service).roles["auditor"], service


READING: Final = {"read quotes", "look for times", "read records"}
"""Actions of which some are POST because of what they take, and change nothing."""
