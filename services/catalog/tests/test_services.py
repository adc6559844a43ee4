"""Services are added, found and changed."""

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from price_list import INDIVIDUAL, Add, in_days


def codes(problem: dict[str, Any]) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in problem["errors"]}


async def test_a_service_that_was_added_is_found_by_id_and_by_code(catalog: AsyncClient, add: Add) -> None:
    service = await add(service_code="90834+90837-X", kind="base")
    assert service["version"] == 1
    assert service["base_rate"] == "185.00"
    assert service["claimable"] == "insurance"
    assert service["components"] == []
    assert (await catalog.get(f"/services/{service['id']}")).json() == service
    assert (await catalog.get("/services/by-code/90834%2B90837-X")).json() == service


async def test_a_new_service_says_where_it_is(catalog: AsyncClient) -> None:
    answer = await catalog.post("/services", json=INDIVIDUAL)
    assert answer.headers["location"] == f"/services/{answer.json()['id']}"


async def test_the_same_code_is_refused_however_close_the_two_requests(catalog: AsyncClient) -> None:
    answers = await asyncio.gather(*(catalog.post("/services", json=INDIVIDUAL) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"/problems/code-taken"}


async def test_the_same_idempotency_key_adds_a_service_once(catalog: AsyncClient) -> None:
    first, second = [await catalog.post("/services", json=INDIVIDUAL, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]


async def test_every_broken_rule_is_named_at_once(catalog: AsyncClient) -> None:
    answer = await catalog.post(
        "/services",
        json={
            **INDIVIDUAL,
            "standard_duration": 0,
            "kind": "composite",
            "components": ["NOPE"],
            "claimable": "insurance",
            "min_minutes": 50,
            "max_minutes": 40,
            "requires_primary": ["90837"],
            "excludes_same_day": ["90837"],
            "effective_from": in_days(2),
        },
    )
    assert answer.status_code == 422
    assert codes(answer.json()) == {
        ("standard_duration", "duration-required"),
        ("components", "too-few-components"),
        ("components", "unknown-code"),
        ("claimable", "never-on-a-claim"),
        ("max_minutes", "minutes-reversed"),
        ("requires_primary", "not-an-add-on"),
        ("requires_primary", "refers-to-itself"),
        ("excludes_same_day", "excludes-itself"),
        ("effective_from", "no-rate-today"),
    }


async def test_a_malformed_service_is_refused_field_by_field(catalog: AsyncClient) -> None:
    wrong = {"service_code": "90 837", "service_name": "  ", "base_rate": "-1.00", "standard_duration": -5, "description": "\x00"}
    answer = await catalog.post("/services", json={**INDIVIDUAL, **wrong})
    assert answer.status_code == 422
    assert {field for field, _ in codes(answer.json())} == set(wrong)


async def test_a_composite_stands_on_components_that_exist(catalog: AsyncClient, add: Add) -> None:
    await add(service_code="90834", base_rate="140.00")
    await add()
    extended = await add(
        service_code="90834+90837", kind="composite", components=["90834", "90837"], base_rate="325.00", standard_duration=105
    )
    assert extended["claimable"] == "self_pay_only"
    answer = await catalog.patch(f"/services/{extended['id']}", json={"components": ["90834"]})
    assert codes(answer.json()) == {("components", "too-few-components")}


async def test_only_fees_and_add_ons_take_no_time(add: Add) -> None:
    fee = await add(service_code="NOSHOW", kind="fee", standard_duration=0, base_rate="75.00")
    assert fee["claimable"] == "never"
    await add(service_code="90785", kind="add_on", standard_duration=0)


async def test_services_are_listed_by_code_and_in_pages(catalog: AsyncClient, add: Add) -> None:
    for code, kind in (("B2", "assessment"), ("A1", "psychotherapy"), ("C3", "assessment")):
        await add(service_code=code, service_name=f"Service 100%_{code}", service_type=kind)
    first = (await catalog.get("/services", params={"limit": 2})).json()
    rest = (await catalog.get("/services", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [service["service_code"] for service in first["items"] + rest["items"]] == ["A1", "B2", "C3"]
    assert rest["next_cursor"] is None


async def test_services_are_filtered_by_type_activity_and_words(catalog: AsyncClient, add: Add) -> None:
    await add(service_code="A1", service_name="Long talk 100%", service_type="consultation")
    hidden = await add(service_code="B2", service_name="Short talk 100")
    await catalog.patch(f"/services/{hidden['id']}", json={"is_active": False})

    async def found(**filters: str) -> list[str]:
        return [service["service_code"] for service in (await catalog.get("/services", params=filters)).json()["items"]]

    assert await found(q="TALK") == ["A1", "B2"]
    assert await found(q="talk, 100 long") == ["A1"]
    assert await found(q="b2") == ["B2"]
    assert await found(q="100%") == ["A1"]
    assert await found(is_active="false") == ["B2"]
    assert await found(is_active="true", service_type="consultation") == ["A1"]
    assert await found(service_type="assessment") == []
    await add(service_code="C3+D4", service_name="Individual psychotherapy, 45 minutes")
    assert await found(q="individual psychotherapy 45") == ["C3+D4"]
    assert await found(q="c3+d4 minutes") == ["C3+D4"]


async def test_the_service_with_the_searched_code_comes_before_those_that_contain_it(catalog: AsyncClient, add: Add) -> None:
    for code in ("90834+90837", "90837", "90839"):
        await add(service_code=code, service_name="Psychotherapy in place of 90837")
    listed: list[str] = []
    cursor: str | None = None
    while not listed or cursor:
        query = {"q": "90837", "limit": "1"} | ({"cursor": cursor} if cursor else {})
        piece = (await catalog.get("/services", params=query)).raise_for_status().json()
        listed += [service["service_code"] for service in piece["items"]]
        cursor = piece["next_cursor"]
    assert listed == ["90837", "90834+90837", "90839"]
    every = (await catalog.get("/services")).raise_for_status().json()["items"]
    assert [service["service_code"] for service in every] == ["90834+90837", "90837", "90839"]


async def test_services_are_filtered_by_kind_bookability_ids_and_codes(catalog: AsyncClient, add: Add) -> None:
    session = await add(service_code="A1")
    await add(service_code="B2", kind="fee", standard_duration=0)
    extra = await add(service_code="C3", kind="add_on", standard_duration=0, requires_primary=["A1"])

    async def found(**filters: str | list[str]) -> list[str]:
        return [service["service_code"] for service in (await catalog.get("/services", params=filters)).json()["items"]]

    assert await found(bookable="true") == ["A1"]
    assert await found(bookable="false") == ["B2", "C3"]
    assert await found(kind=["base", "add_on"]) == ["A1", "C3"]
    assert await found(ids=[session["id"], extra["id"], str(UUID(int=0))]) == ["A1", "C3"]
    assert await found(code=["B2", "NONE"]) == ["B2"]
    assert (await catalog.get("/services", params={"code": ["A1"] * 101})).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_a_change_touches_what_it_names_and_counts_the_version(catalog: AsyncClient, add: Add) -> None:
    service = await add(min_minutes=53)
    changes = {"service_name": "Individual, 55 minutes", "standard_duration": 55, "min_minutes": None}
    changed = (await catalog.patch(f"/services/{service['id']}", json=changes)).json()
    assert changed == service | changes | {"version": 2, "updated_at": changed["updated_at"]}


async def test_a_change_that_changes_nothing_is_no_new_version(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    answer = await catalog.patch(f"/services/{service['id']}", json={"service_name": service["service_name"], "base_rate": "185.00"})
    assert answer.json() == service


async def test_of_two_people_who_change_the_same_version_the_second_reads_again(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    url, seen = f"/services/{service['id']}", {"If-Match": '"1"'}
    first = await catalog.patch(url, json={"service_name": "First"}, headers=seen)
    second = await catalog.patch(url, json={"service_name": "Second"}, headers=seen)
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["version"] == 2


async def test_a_price_is_not_overwritten_and_the_answer_says_what_works(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    answer = await catalog.patch(f"/services/{service['id']}", json={"base_rate": "195.00", "kind": "fee"})
    assert answer.status_code == 422
    assert codes(answer.json()) == {("base_rate", "rate-is-scheduled"), ("claimable", "never-on-a-claim")}
    assert "POST /services/{id}/rates" in answer.json()["detail"]


async def test_nothing_that_must_be_there_is_set_to_null(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    answer = await catalog.patch(f"/services/{service['id']}", json={"service_name": None, "is_active": None})
    assert answer.status_code in {400, 422}
    assert {field for field, _ in codes(answer.json())} == {"service_name", "is_active"}


async def test_a_service_that_nobody_added_is_not_found(catalog: AsyncClient) -> None:
    nobody = "/services/01890000-0000-7000-8000-000000000000"
    for answer in (
        await catalog.get(nobody),
        await catalog.patch(nobody, json={}),
        await catalog.get(f"{nobody}/rates"),
        await catalog.get("/services/by-code/NOPE"),
    ):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
