"""Whatever is sent, the answer is a problem with what is wrong: everything at once, each with a code."""

from typing import Final
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from support.clinic import BY_DAY, Clinic, Json, at, succeeded
from testing import until

CREATING: Final = (
    "/api/catalog/services", "/api/rooms/sites", "/api/rooms/rooms", "/api/scheduling/therapists", "/api/scheduling/clients",
    "/api/scheduling/sessions", "/api/billing/preview",
)  # fmt: skip
LISTS: Final = (
    "/api/catalog/services", "/api/rooms/sites", "/api/rooms/rooms", "/api/rooms/holds", "/api/scheduling/therapists",
    "/api/scheduling/clients", "/api/scheduling/sessions", "/api/billing/records",
)  # fmt: skip
TEXTS: Final = {"/api/rooms/sites": "site_name", "/api/scheduling/clients": "full_name", "/api/scheduling/therapists": "full_name"}


@pytest.mark.parametrize("path", CREATING)
async def test_what_is_not_json_is_malformed(http: AsyncClient, path: str) -> None:
    for broken in (b"{", b"", b"\xff\xfe", b"[" * 2_000, b'{"a": NaN', b'"words"', b"null", b"[]"):
        answer = await http.post(path, content=broken, headers={"Content-Type": "application/json"})
        is_a_problem(answer, 400)


@pytest.mark.parametrize("path", CREATING)
async def test_a_field_that_nobody_knows_is_named(http: AsyncClient, path: str) -> None:
    problem = is_a_problem(await http.post(path, json={"surprise": 1}), 400)
    assert "surprise" in {error["field"] for error in problem["errors"]}
    assert len(problem["errors"]) > 1 or path.endswith("preview"), "what is missing is named too"


@pytest.mark.parametrize("path", LISTS)
async def test_a_page_is_neither_huge_nor_negative(http: AsyncClient, path: str) -> None:
    for limit in ("0", "-1", "501", "99999999999999999999999", "many", "1.5"):
        is_a_problem(await http.get(path, params={"limit": limit}), 400, 422)
    for cursor in ("nonsense", "W10", "x" * 501, "bnVsbA"):
        is_a_problem(await http.get(path, params={"cursor": cursor}), 400, 422)


@pytest.mark.parametrize("path", LISTS)
async def test_what_does_not_exist_is_not_found(http: AsyncClient, path: str) -> None:
    is_a_problem(await http.get(f"{path}/{uuid4()}"), 404)
    is_a_problem(await http.get(f"{path}/not-an-id"), 400, 422)


@pytest.mark.parametrize("path", TEXTS)
async def test_text_has_a_length_and_no_nul(http: AsyncClient, path: str) -> None:
    body = {"site_name": "Harbor", "time_zone": "UTC", "opening_hours": BY_DAY} if "sites" in path else {"full_name": "Jonas"}
    for text in ("", "   ", "x" * 5_000, "a\x00b", 7, None, ["Jonas"], {"a": 1}):
        is_a_problem(await http.post(path, json=body | {TEXTS[path]: text}), 400, 422)


async def test_impossible_times_are_refused(clinic: Clinic) -> None:
    for moment in (
        "2027-03-02T10:00:00",
        "2027-02-30T10:00:00Z",
        "tomorrow",
        1_800_000_000,
        "9999-12-31T23:59:59Z",
        "1800000000",
        "",
        None,
    ):
        is_a_problem(await clinic.ask(starts_at=moment), 400, 422)
    for passed in (at(-1), at(-31), at(731)):
        problem = is_a_problem(await clinic.ask(starts_at=passed), 422)
        assert problem["errors"]


async def test_every_reason_is_told_at_once(clinic: Clinic) -> None:
    nobody: Json = {name: str(uuid4()) for name in ("client_id", "therapist_id", "service_id")}
    problem = is_a_problem(await clinic.ask(**nobody, starts_at=at(-3)), 422)
    assert {error["code"] for error in problem["errors"]} >= {"unknown-client", "unknown-therapist", "unknown-service", "in-the-past"}

    body = {"service_id": "x", "site_id": 7, "starts_at": "soon", "surprise": True}
    problem = is_a_problem(await clinic.http.post("/api/scheduling/sessions", json=body), 400)
    assert {error["field"] for error in problem["errors"]} >= {*body, "client_id", "therapist_id"}


async def test_a_service_that_is_no_longer_offered_cannot_be_booked(clinic: Clinic) -> None:
    await clinic.booked()
    succeeded(await clinic.http.patch(f"/api/catalog/services/{clinic.service['id']}", json={"is_active": False}))
    hours = iter(range(24 * 30))

    async def reported() -> bool:
        hour = next(hours)
        answer = await clinic.ask(starts_at=at(9 + hour // 24, hour % 24))
        return answer.status_code == 422 and answer.json()["type"] == "/problems/inactive-service"

    await until(reported)


async def test_a_session_does_not_begin_outside_opening_hours(http: AsyncClient) -> None:
    clinic = await Clinic.open(http, hours={"mon": [["08:00", "12:00"]]})
    problem = is_a_problem(await clinic.ask(starts_at=at(8, 22)), 422)
    assert problem["type"] == "/problems/outside-opening-hours"


async def test_a_method_or_path_that_nobody_serves_is_a_problem_too(http: AsyncClient) -> None:
    for service in ("catalog", "rooms", "scheduling", "billing"):
        is_a_problem(await http.get(f"/api/{service}/nonsense"), 404)
        is_a_problem(await http.delete(f"/api/{service}/healthz"), 405)


async def test_a_method_that_no_service_knows_is_refused_with_those_that_exist(http: AsyncClient) -> None:
    assert "GET, POST, PUT, PATCH and DELETE" in is_a_problem(await http.request("FOO", "/api/rooms/sites"), 501)["detail"]


async def test_a_body_has_a_limit(http: AsyncClient) -> None:
    is_a_problem(await http.post("/api/scheduling/clients", json={"full_name": "x" * 3_000_000}), 413)


def is_a_problem(answer: Response, *statuses: int) -> Json:
    """Check that an answer is a problem document of one of these statuses, and return it."""
    assert answer.status_code in statuses, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("/problems/")
    assert all(
        {"field", "code", "message"} <= error.keys() <= {"field", "code", "message", "fix", "times"} for error in problem.get("errors", [])
    )
    return problem
