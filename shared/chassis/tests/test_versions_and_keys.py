"""A change decided on an old version is refused; a request repeated with its key is done once."""

import asyncio
from uuid import uuid4

import pytest
from chassis.data.database import Database
from httpx import AsyncClient
from testing import Serve
from toy import Settings, build
from watching import names, outbox_size


@pytest.fixture
async def client(settings: Settings, serve: Serve) -> AsyncClient:
    return await serve(build(settings), ready=False)


@pytest.mark.parametrize("if_match", ['"1"', 'W/"1"', "1", "*", None])
async def test_a_change_of_the_present_version_is_made(client: AsyncClient, if_match: str | None) -> None:
    lamp = (await client.post("/lamps", json={"name": "hall"})).json()
    headers = {} if if_match is None else {"If-Match": if_match}
    answer = await client.patch(f"/lamps/{lamp['id']}", json={"name": "stairs"}, headers=headers)
    assert answer.json() == {"id": lamp["id"], "name": "stairs", "version": 2, "shade": None}


async def test_a_change_of_an_old_version_is_refused(client: AsyncClient, database: Database) -> None:
    lamp = (await client.post("/lamps", json={"name": "hall"})).json()
    await client.patch(f"/lamps/{lamp['id']}", json={"name": "stairs"}, headers={"If-Match": '"1"'})
    answer = await client.patch(f"/lamps/{lamp['id']}", json={"name": "cellar"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 412
    assert answer.json()["type"] == "/problems/stale-version"
    assert answer.json()["version"] == 2
    assert await names(database) == ["stairs"]


async def test_an_unreadable_version_is_said_together_with_the_rest(client: AsyncClient) -> None:
    answer = await client.patch(f"/lamps/{uuid4()}", json={"name": ""}, headers={"If-Match": "latest"})
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"name", "if-match"}


async def test_the_same_key_and_body_get_the_same_answer(client: AsyncClient, database: Database) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = await client.post("/lamps", json={"name": "hall"}, headers=headers)
    again = await client.post("/lamps", json={"name": "hall"}, headers=headers)
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (201, first.json())
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert await names(database) == ["hall"]


async def test_the_same_key_at_the_same_time_does_the_work_once(client: AsyncClient, database: Database) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    answers = await asyncio.gather(*(client.post("/lamps", json={"name": "hall"}, headers=headers) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await names(database) == ["hall"]


async def test_the_same_key_with_another_body_is_refused(client: AsyncClient, database: Database) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    await client.post("/lamps", json={"name": "hall"}, headers=headers)
    answer = await client.post("/lamps", json={"name": "stairs"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/idempotency-key-reused"
    assert await names(database) == ["hall"]


async def test_the_same_key_elsewhere_is_another_key(client: AsyncClient) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    lamp = (await client.post("/lamps", json={"name": "hall"}, headers=headers)).json()
    answer = await client.patch(f"/lamps/{lamp['id']}", json={"name": "hall"}, headers=headers)
    assert answer.json()["version"] == 2


async def test_a_refusal_is_not_remembered(client: AsyncClient, database: Database) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    assert (await client.post("/lamps", json={"name": "dark"}, headers=headers)).status_code == 422
    assert (await client.post("/lamps", json={"name": "hall"}, headers=headers)).status_code == 201
    assert await names(database) == ["hall"]


async def test_patience_is_what_the_caller_prefers_but_at_most_30_seconds(client: AsyncClient) -> None:
    readable = {"wait=10": 10, "respond-async, Wait = 7;x=1": 7, 'wait="5"': 5, "wait=3600": 30, "wait=0": 0}
    for prefer, seconds in readable.items():
        answer = await client.get("/patience", headers={"Prefer": prefer})
        assert (answer.json(), answer.headers["Preference-Applied"]) == (seconds, f"wait={seconds}"), prefer
    for ignored in ("wait=soon", "wait=-1", "wait=1.5", "wait", "no-wait=5", "return=minimal", ""):
        answer = await client.get("/patience", headers={"Prefer": ignored})
        assert (answer.json(), "Preference-Applied" in answer.headers) == (0, False), ignored
    assert (await client.get("/patience")).json() == 0


async def test_a_reader_cannot_write(client: AsyncClient, database: Database) -> None:
    await client.post("/lamps", json={"name": "hall"})
    assert (await client.get("/vandal")).status_code == 500
    assert await names(database) == ["hall"]
    assert await outbox_size(database) >= 0
