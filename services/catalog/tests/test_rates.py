"""Rates follow each other without a gap, and what a past day cost never changes."""

import asyncio
from datetime import date
from typing import Any

from httpx import AsyncClient
from price_list import Add, in_days, today


async def rates(catalog: AsyncClient, service: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    answer = await catalog.get(f"/services/{service['id']}/rates")
    return [(rate["amount"], rate["effective_from"], rate["effective_to"]) for rate in answer.json()["items"]]


async def test_the_first_rate_covers_sessions_that_are_recorded_in_arrears(catalog: AsyncClient, add: Add) -> None:
    assert await rates(catalog, await add()) == [("185.00", f"{today().year - 1}-01-01", None)]


async def test_the_first_rate_may_say_since_when_it_is_in_force(catalog: AsyncClient, add: Add) -> None:
    service = await add(effective_from="2020-03-01")
    assert await rates(catalog, service) == [("185.00", "2020-03-01", None)]
    assert (await catalog.get(f"/services/{service['id']}/rates/on/2020-02-29")).status_code == 404


async def test_a_scheduled_rate_ends_the_one_before_and_leaves_today_alone(catalog: AsyncClient, add: Add) -> None:
    service = await add(effective_from="2020-01-01")
    answer = await catalog.post(f"/services/{service['id']}/rates", json={"amount": "195.00", "effective_from": in_days(10)})
    assert answer.status_code == 201, answer.text
    assert answer.json()["effective_to"] is None
    assert await rates(catalog, service) == [("185.00", "2020-01-01", in_days(9)), ("195.00", in_days(10), None)]
    seen = (await catalog.get(f"/services/{service['id']}")).json()
    assert (seen["base_rate"], seen["version"]) == ("185.00", 2)


async def test_the_rate_on_a_day_is_the_one_in_force_then(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    url = f"/services/{service['id']}/rates"
    await catalog.post(url, json={"amount": "195.00", "effective_from": in_days(10)})
    on = {day: (await catalog.get(f"{url}/on/{in_days(day)}")).json()["amount"] for day in (0, 9, 10, 400)}
    assert on == {0: "185.00", 9: "185.00", 10: "195.00", 400: "195.00"}


async def test_a_rate_from_today_is_the_base_rate_at_once(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    await catalog.post(f"/services/{service['id']}/rates", json={"amount": "195.00", "effective_from": in_days(0)})
    assert (await catalog.get(f"/services/{service['id']}")).json()["base_rate"] == "195.00"


async def test_yesterday_keeps_its_price(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    answer = await catalog.post(f"/services/{service['id']}/rates", json={"amount": "1.00", "effective_from": in_days(-1)})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/rate-in-the-past"


async def test_a_rate_before_one_that_is_scheduled_is_refused_and_named(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    url = f"/services/{service['id']}/rates"
    later = (await catalog.post(url, json={"amount": "195.00", "effective_from": in_days(10)})).json()
    for day in (5, 10):
        answer = await catalog.post(url, json={"amount": "190.00", "effective_from": in_days(day)})
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/rate-overlaps"
        assert answer.json()["rate"] == later
        assert in_days(11) in answer.json()["detail"]
        assert [named["day"] for named in answer.json()["errors"][0]["times"]] == [in_days(10), in_days(11)]


async def test_of_two_rates_at_the_same_moment_one_wins(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    url = f"/services/{service['id']}/rates"
    requests = [{"amount": f"{190 + n}.00", "effective_from": in_days(10)} for n in range(6)]
    answers = await asyncio.gather(*(catalog.post(url, json=request) for request in requests))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert len(await rates(catalog, service)) == 2


async def test_a_rate_remembers_who_set_it(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    url = f"/services/{service['id']}/rates"
    body = {"amount": "195.00", "effective_from": in_days(1)}
    assert (await catalog.post(url, json=body, headers={"X-Forwarded-User": "ines"})).json()["created_by"] == "ines"
    assert (await catalog.get(url)).json()["items"][0]["created_by"] == "unknown"


async def test_impossible_rates_are_refused(catalog: AsyncClient, add: Add) -> None:
    url = f"/services/{(await add())['id']}/rates"
    for body in (
        {"amount": 195, "effective_from": in_days(1)},
        {"amount": "-1.00", "effective_from": in_days(1)},
        {"amount": "1.005", "effective_from": in_days(1)},
        {"amount": "NaN", "effective_from": in_days(1)},
        {"amount": "1.00", "effective_from": "9999-12-31"},
        {"amount": "1.00", "effective_from": "2027-02-30"},
        {"amount": "1.00"},
    ):
        answer = await catalog.post(url, json=body)
        assert answer.status_code in {400, 422}, body
        assert answer.json()["errors"]


async def test_rates_come_in_pages(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    url = f"/services/{service['id']}/rates"
    for day in range(4):
        await catalog.post(url, json={"amount": f"{200 + day}.00", "effective_from": in_days(day + 1)})
    seen: list[date] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await catalog.get(url, params={"limit": 2, **cursor})).json()
        seen += [date.fromisoformat(rate["effective_from"]) for rate in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == 5
    assert seen == sorted(seen)


async def test_a_scheduled_rate_is_withdrawn_and_the_one_before_goes_on(catalog: AsyncClient, add: Add) -> None:
    service = await add(effective_from="2020-01-01")
    url = f"/services/{service['id']}/rates"
    middle = (await catalog.post(url, json={"amount": "195.00", "effective_from": in_days(10)})).json()
    last = (await catalog.post(url, json={"amount": "205.00", "effective_from": in_days(20)})).json()
    assert (await catalog.delete(f"{url}/{middle['id']}")).status_code == 204
    assert await rates(catalog, service) == [("185.00", "2020-01-01", in_days(19)), ("205.00", in_days(20), None)]
    assert (await catalog.delete(f"{url}/{last['id']}")).status_code == 204
    assert await rates(catalog, service) == [("185.00", "2020-01-01", None)]
    assert (await catalog.get(f"/services/{service['id']}")).json()["version"] == 5
    assert (await catalog.delete(f"{url}/{last['id']}")).status_code == 404


async def test_a_rate_in_force_is_not_withdrawn(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    url = f"/services/{service['id']}/rates"
    [first] = (await catalog.get(url)).json()["items"]
    from_today = (await catalog.post(url, json={"amount": "195.00", "effective_from": in_days(0)})).json()
    for rate in (first, from_today):
        answer = await catalog.delete(f"{url}/{rate['id']}")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/rate-in-force")
    assert len(await rates(catalog, service)) == 2
