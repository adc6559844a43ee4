"""Bad input is refused with everything that is wrong about it at once, and with the right status."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest
from chassis.bodies import findings
from chassis.data.database import Database
from chassis.database_errors import unstorable
from chassis.errors import Conflict
from chassis.http import problems
from chassis.http.limits import LARGEST_BODY, LARGEST_JSON
from chassis.rows.paging import write_cursor
from contracts.types import new_id
from httpx import AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from testing import Serve
from toy import Settings, build

IMPOSSIBLE_TIMES: Final = ["1999-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "soon", 1767225600, "1767225600"]
IMPOSSIBLE_PAGES: Final = ["limit=0", "limit=501", "limit=many", "cursor=!!", "cursor=bm8", "cursor=WzFd", f"cursor={'x' * 501}"]


@pytest.fixture
async def client(settings: Settings, serve: Serve) -> AsyncClient:
    return await serve(build(settings), ready=False)


def problem(answer: Response, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    reported = answer.json()
    assert reported["status"] == status
    assert reported["type"] == f"/problems/{slug}"
    assert reported["title"]
    assert reported["detail"]
    return reported


def codes(reported: dict[str, Any]) -> dict[str, str]:
    return {error["field"]: error["code"] for error in reported["errors"]}


async def test_everything_that_is_wrong_is_said_at_once(client: AsyncClient) -> None:
    body = {"name": "", "watts": "5", "dim": 1, "since": "2026-03-02T14:00:00", "colour": "warm"}
    reported = problem(await client.post("/lamps", json=body), 400, "invalid-request")
    assert codes(reported) == {
        "name": "string_too_short",
        "watts": "int_type",
        "dim": "bool_type",
        "since": "timezone_aware",
        "colour": "extra_forbidden",
    }
    assert all(error["message"] for error in reported["errors"])


async def test_a_rule_that_refuses_answers_422(client: AsyncClient) -> None:
    reported = problem(await client.post("/lamps", json={"name": "hall", "since": "2026-03-02T14:00:00"}), 422, "invalid-request")
    assert codes(reported) == {"since": "timezone_aware"}
    reported = problem(await client.post("/lamps", json={"name": "dark"}), 422, "lamp-dark")
    assert codes(reported) == {"name": "lamp-dark"}


@pytest.mark.parametrize("since", IMPOSSIBLE_TIMES)
async def test_impossible_times_are_refused(client: AsyncClient, since: object) -> None:
    answer = await client.post("/lamps", json={"name": "hall", "since": since})
    assert answer.status_code in {400, 422}, answer.text
    assert set(codes(answer.json())) == {"since"}


@pytest.mark.parametrize("body", [b"{", b'{"name": "hall"', b"", b"[]", b"7", b"null", b'"hall"', b"\xff\xfe", b'{"name": "\\ud800"}'])
async def test_broken_json_is_a_400_or_422(client: AsyncClient, body: bytes) -> None:
    answer = await client.post("/lamps", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text
    reported = problem(answer, answer.status_code, "invalid-request")
    assert all(not error["field"].isdigit() for error in reported["errors"])


async def test_a_body_of_another_type_is_refused(client: AsyncClient) -> None:
    answer = await client.post("/lamps", content=b"name=hall", headers={"content-type": "application/x-www-form-urlencoded"})
    refused = problem(answer, 400, "invalid-request")
    assert "came with Content-Type application/x-www-form-urlencoded. Send JSON, with Content-Type: application/json." in refused["detail"]
    untyped = problem(await client.post("/lamps", content=b'{"name": "hall"}'), 400, "invalid-request")
    assert "came without a Content-Type" in untyped["detail"]


async def test_json_that_is_nested_without_end_is_refused_in_words(client: AsyncClient) -> None:
    answer = await client.post("/lamps", content=b"[" * 200_000, headers={"content-type": "application/json"})
    assert "inside each other" in problem(answer, 400, "bad-request")["detail"]


@pytest.mark.parametrize("watts", [2**31, 10**30, -(10**30), 5.5, True, "5", None])
async def test_numbers_that_are_no_whole_numbers_of_this_size_are_refused(client: AsyncClient, watts: object) -> None:
    answer = await client.post("/lamps", json={"name": "hall", "watts": watts})
    assert answer.status_code in {400, 422}, answer.text


async def test_characters_that_cannot_be_stored_are_refused(client: AsyncClient) -> None:
    problem(await client.post("/lamps", json={"name": "ha\0ll"}), 400, "unstorable-value")
    problem(await client.get("/lamps", params={"name": "ha\0ll"}), 400, "unstorable-value")


@pytest.mark.parametrize(
    ("kind", "value"), [("integer", 2**31), ("bigint", 2**63), ("timestamptz", datetime.min.replace(tzinfo=timezone(timedelta(hours=14))))]
)
async def test_a_value_beyond_its_type_is_told_from_a_failure(database: Database, kind: str, value: object) -> None:
    async with database.reading() as db:
        with pytest.raises(DBAPIError) as refused:
            await db.scalar(text(f"SELECT CAST(:value AS {kind})"), {"value": value})
    assert unstorable(refused.value)


async def test_a_reference_to_what_is_not_there_is_refused_for_good(client: AsyncClient, database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("CREATE TABLE shade (name text PRIMARY KEY)"))
        await tx.execute(text("ALTER TABLE lamp ADD FOREIGN KEY (name) REFERENCES shade"))
    answer = await client.post("/lamps", json={"name": "hall"})
    assert "refused again" in problem(answer, 409, "broken-reference")["detail"]
    assert "retry-after" not in answer.headers


async def test_a_reference_to_what_went_at_that_moment_is_tried_again(client: AsyncClient, database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("CREATE SEQUENCE attempts"))
        await tx.execute(
            text("""
            CREATE FUNCTION fail_twice() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF nextval('attempts') < 3 THEN RAISE foreign_key_violation; END IF; RETURN NEW; END $$
        """)
        )
        await tx.execute(text("CREATE TRIGGER fail_twice BEFORE INSERT ON lamp FOR EACH ROW EXECUTE FUNCTION fail_twice()"))
    answer = await client.post("/lamps", json={"name": "hall"})
    assert answer.status_code == 201, answer.text


async def test_huge_bodies_are_refused_whether_they_say_their_size_or_not(client: AsyncClient) -> None:
    huge = b'{"name": "' + b"x" * LARGEST_JSON + b'"}'
    problem(await client.post("/lamps", content=huge, headers={"content-type": "application/json"}), 413, "body-too-large")
    problem(await client.post("/lamps", content=huge, headers={"content-type": "text/csv"}), 400, "invalid-request")
    problem(await client.post("/lamps", content=b"x" * (LARGEST_BODY + 1), headers={"content-type": "text/csv"}), 413, "body-too-large")

    async def unannounced() -> AsyncIterator[bytes]:
        for start in range(0, len(huge), 65536):
            yield huge[start : start + 65536]

    problem(await client.post("/lamps", content=unannounced(), headers={"content-type": "application/json"}), 413, "body-too-large")


@pytest.mark.parametrize("query", IMPOSSIBLE_PAGES)
async def test_pages_have_limits(client: AsyncClient, query: str) -> None:
    answer = await client.get(f"/lamps?{query}")
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_pages_follow_each_other(client: AsyncClient) -> None:
    for position in range(7):
        await client.post("/lamps", json={"name": f"lamp {position}"})
    seen: list[str] = []
    cursor = None
    while True:
        page = (await client.get("/lamps", params={"limit": 3, **({"cursor": cursor} if cursor else {})})).json()
        seen += [lamp["name"] for lamp in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"lamp {position}" for position in range(7)]


async def test_a_cursor_of_another_list_is_refused(client: AsyncClient) -> None:
    refused = problem(await client.get("/lamps", params={"cursor": write_cursor("other lamps", new_id())}), 400, "invalid-cursor")
    assert "Send the next_cursor of the page before" in refused["detail"]


async def test_what_does_not_exist_is_a_problem_too(client: AsyncClient) -> None:
    assert "/docs" in problem(await client.get("/nowhere"), 404, "not-found")["detail"]
    answer = await client.delete("/lamps")
    assert problem(answer, 405, "method-not-allowed")["detail"].endswith("What is possible: GET, POST.")
    assert answer.headers["allow"] == "GET, POST"
    problem(await client.patch("/lamps/not-an-id", json={"name": "hall"}), 400, "invalid-request")


async def test_a_bug_is_told_without_its_insides(client: AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    reported = problem(await client.get("/crash"), 500, "internal-error")
    assert "ZeroDivision" not in str(reported)
    assert "ZeroDivisionError" in capsys.readouterr().out


async def test_the_log_never_quotes_values(client: AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    await client.post("/lamps", json={"name": "Ada Lovelace\0"})
    await client.post("/lamps", json={"name": "Ada Lovelace", "watts": "Ada Lovelace"})
    await client.get("/lamps", params={"name": "Ada Lovelace\0"})
    assert "Lovelace" not in capsys.readouterr().out


async def test_an_answer_lists_a_hundred_problems_and_counts_the_others(client: AsyncClient) -> None:
    body = {f"field {number} {'x' * 400}": 1 for number in range(500)}
    answer = await client.post("/lamps", json={"name": "hall", **body})
    reported = problem(answer, 400, "invalid-request")
    assert len(reported["errors"]) == 100
    assert reported["errors_omitted"] == 400
    assert len(answer.content) < len(answer.request.content) / 3


class RoomClosed(Conflict):
    """A conflict that a service has a name for."""


def test_a_kind_of_a_domain_error_is_answered_with_the_status_of_that() -> None:
    assert problems.response(RoomClosed("room-closed", "It is closed.")).status_code == 409


@pytest.mark.parametrize("name", ["type", "title", "status", "detail", "errors", "instance"])
def test_a_member_that_every_problem_has_is_no_member_of_one_error(name: str) -> None:
    members: dict[str, Any] = {name: 410}
    with pytest.raises(TypeError, match=f"room-gone: {name} is a member that every problem has"):
        Conflict("room-gone", "It is closed.", **members)


def test_no_more_problems_are_put_into_words_than_an_answer_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    worded: list[object] = []

    def sentence_of(finding: object) -> str:
        worded.append(finding)
        return "This is wrong."

    monkeypatch.setattr(findings, "sentence_of", sentence_of)
    wrong = [{"loc": ("body", f"field {number}"), "type": "string_too_long", "msg": "", "input": ""} for number in range(5_000)]
    found = findings.invalid([*wrong, {"loc": ("body", "last"), "type": "extra_forbidden", "msg": "", "input": ""}])
    assert len(worded) == len(found.errors) == 100
    assert found.members == {"errors_omitted": 4_901}
    assert problems.status_of(found) == 400, "the last one, which is not listed, is not of the shape at all"
