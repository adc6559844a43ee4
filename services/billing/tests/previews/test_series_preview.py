"""Visits of a series are priced one after the other: each uses up what those before it leave of the client's plan."""

from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest
from back_office import MONDAY, Clinic, Json
from contracts.types import ClientId, new_id
from coverages.test_coverage import cover, payer
from httpx import Response


def weekly(count: int, first: date = MONDAY) -> list[str]:
    return [str(first + timedelta(weeks=week)) for week in range(count)]


async def request(clinic: Clinic, dates: list[str], *clients: ClientId, **wanted: Any) -> Response:
    body = {"service_code": "90837", "client_ids": [str(client) for client in clients], "dates": dates, "insurance_applicable": True}
    return await clinic.billing.post("/series/preview", json=body | wanted)


async def series(clinic: Clinic, dates: list[str], *clients: ClientId, **wanted: Any) -> list[Json]:
    """Price a series, and return the price of each client's, whose sums are those of its visits."""
    answer = await request(clinic, dates, *clients, **wanted)
    assert answer.status_code == HTTPStatus.OK, answer.text
    items = answer.json()["items"]
    for item in items:
        for name, amount in item.items():
            if name.endswith(("_amount", "_adjustment")):
                assert Decimal(amount) == sum(Decimal(visit[name]) for visit in item["visits"]), name
    return items


async def insured(clinic: Clinic, **plan: Any) -> ClientId:
    client = ClientId(new_id())
    await cover(clinic, client, await payer(clinic, c90837="150.00"), **plan)
    return client


def owed(priced: Json) -> list[str]:
    return [visit["patient_amount"] for visit in priced["visits"]]


async def test_each_visit_uses_up_what_those_before_it_leave_of_the_deductible_and_bills_come_out_alike(clinic: Clinic) -> None:
    client = await insured(clinic, deductible_remaining="200.00", coinsurance_percent="20")
    dates = weekly(4)
    [priced] = await series(clinic, dates, client)
    assert (priced["client_id"], owed(priced)) == (str(client), ["150.00", "70.00", "30.00", "30.00"])
    assert (priced["total_amount"], priced["deductible_amount"], priced["patient_amount"]) == ("740.00", "200.00", "280.00")
    records = [await clinic.bill("90837", client_id=client, insurance_applicable=True, day=date.fromisoformat(day)) for day in dates]
    same = ("total_amount", "patient_amount", "insurance_amount", "deductible_amount", "coinsurance_amount", "contractual_adjustment")
    same += ("service_date", "rate_per_unit", "insurance_covered", "flags")
    assert [{name: visit[name] for name in same} for visit in priced["visits"]] == [
        {name: record[name] for name in same} for record in records
    ]
    [rest] = await series(clinic, weekly(2, MONDAY + timedelta(weeks=4)), client)
    assert owed(rest) == ["30.00", "30.00"], "what was billed since is used up"


async def test_the_maximum_and_the_authorised_visits_are_used_up_too(clinic: Clinic) -> None:
    client = await insured(clinic, copay="40.00", out_of_pocket_remaining="100.00", visits_authorized=2)
    [priced] = await series(clinic, weekly(4), client)
    assert owed(priced) == ["40.00", "40.00", "20.00", "0.00"]
    flagged = [[flag["code"] for flag in visit["flags"]] for visit in priced["visits"]]
    assert flagged == [[], [], ["AUTHORIZATION_REQUIRED"], ["AUTHORIZATION_REQUIRED"]]


async def test_a_visit_of_the_next_benefit_year_begins_anew(clinic: Clinic) -> None:
    client = await insured(clinic, deductible_remaining="150.00")
    [priced] = await series(clinic, ["2026-12-21", "2026-12-28", "2027-01-04", "2027-01-11"], client)
    assert owed(priced) == ["150.00", "0.00", "150.00", "0.00"]


async def test_dates_are_priced_in_the_order_of_time_however_they_are_named(clinic: Clinic) -> None:
    client = await insured(clinic, deductible_remaining="150.00")
    [priced] = await series(clinic, weekly(3)[::-1], client)
    assert [visit["service_date"] for visit in priced["visits"]] == weekly(3)
    assert owed(priced) == ["150.00", "0.00", "0.00"]


async def test_each_client_of_a_group_is_priced_by_their_own_plan(clinic: Clinic) -> None:
    with_deductible, with_copay = await insured(clinic, deductible_remaining="150.00"), await insured(clinic, copay="25.00")
    uninsured = ClientId(new_id())
    found = await series(clinic, weekly(2), with_deductible, with_copay, uninsured, with_copay)
    assert [(priced["client_id"], owed(priced)) for priced in found] == [
        (str(with_deductible), ["150.00", "0.00"]),
        (str(with_copay), ["25.00", "25.00"]),
        (str(uninsured), ["185.00", "185.00"]),
    ]


async def test_a_series_of_nobody_is_priced_by_the_rates_of_its_days(clinic: Clinic) -> None:
    [priced] = await series(clinic, weekly(2), insurance_applicable=False)
    assert (priced["client_id"], owed(priced)) == (None, ["185.00", "185.00"])


async def test_a_series_of_one_date_is_priced_like_one_visit_and_changes_nothing(clinic: Clinic) -> None:
    client = await insured(clinic, deductible_remaining="100.00", coinsurance_percent="10")
    for _ in range(2):
        [priced] = await series(clinic, weekly(1), client, add_ons=[{"service_code": "90785"}])
        one = await clinic.preview("90837", client_id=str(client), insurance_applicable=True, add_ons=[{"service_code": "90785"}])
        [visit] = priced["visits"]
        assert visit == {name: one[name] for name in visit}
    assert await clinic.records(client_id=str(client)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"dates": []},
        {"dates": weekly(201)},
        {"dates": ["2026-02-30"]},
        {"client_ids": [str(new_id()) for _ in range(14)]},
        {"service_code": None},
    ],
    ids=["no date", "too many dates", "no such date", "too many clients", "no service"],
)
async def test_what_cannot_be_a_series_is_refused(clinic: Clinic, wrong: Json) -> None:
    usual = {"service_code": "90837", "client_ids": [str(new_id())], "dates": weekly(1)}
    assert (await clinic.billing.post("/series/preview", json=usual)).status_code == HTTPStatus.OK
    assert (await clinic.billing.post("/series/preview", json=usual | wrong)).status_code in {400, 422}


async def test_a_service_that_is_named_twice_or_not_at_all_is_ambiguous(clinic: Clinic) -> None:
    refused = await clinic.billing.post("/preview", json={})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/ambiguous-service")
    assert refused.json()["errors"] == [
        {"field": "service_code", "code": "ambiguous-service", "message": "Name the service by either service_id or service_code."}
    ]


async def test_a_date_without_a_rate_is_named(clinic: Clinic) -> None:
    answer = await request(clinic, [str(MONDAY), "2020-01-06"], ClientId(new_id()))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/no-rate-on-date")
    assert "2020-01-06" in answer.json()["detail"]
