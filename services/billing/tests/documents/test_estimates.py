"""A client who pays for themselves gets a good faith estimate of what visits will cost, by the figures of the preview, and it is kept."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from back_office import Clinic
from billing.documents import good_faith
from billing.documents.good_faith import Planned
from billing.pricing.amounts import Line, quote
from contracts.types import new_id
from hypothesis import given
from hypothesis import strategies as st
from written_down import People, read, strangers, write_down

Json = dict[str, Any]


def soon(days: int = 7) -> date:
    return datetime.now(ZoneInfo("America/New_York")).date() + timedelta(days=days)


def wanted(people: People, *services: Json) -> Json:
    return {"client_id": str(people.client_id), "therapist_id": str(people.therapist_id), "services": list(services)}


async def test_an_estimate_adds_up_what_the_preview_says_of_every_visit(clinic: Clinic) -> None:
    people = await write_down(clinic)
    scale = {"percent": "30", "reason": "sliding scale", "effective_from": str(soon(20)), "effective_to": str(soon(40))}
    assert (await clinic.billing.post(f"/clients/{people.client_id}/discounts", json=scale)).is_success
    weekly = {"service_code": "90837", "recurrence": {"first_date": str(soon()), "count": 6}}
    body = wanted(people, {"service_code": "90791", "dates": [str(soon(1))]}, weekly) | {"site_id": str(people.site_id)}
    made = await clinic.billing.post("/good-faith-estimates", json=body)
    assert made.status_code == 201, made.text
    shown = made.json()
    days = [("90791", soon(1)), *(("90837", soon(7 + 7 * week)) for week in range(6))]
    previews = [await clinic.preview(code, date=str(day), client_id=str(people.client_id)) for code, day in days]
    for name, same in (("total_amount", "total_amount"), ("patient_amount", "patient_amount"), ("discount", "other_adjustment")):
        assert Decimal(shown[name]) == sum(Decimal(each[same]) for each in previews)
    assert [(item["service_code"], len(item["dates"]), item["patient_amount"]) for item in shown["items"]] == [
        ("90791", 1, previews[0]["patient_amount"]),
        ("90837", 3, "185.00"),
        ("90837", 3, "129.50"),
    ]


async def test_its_paper_says_what_the_law_wants_said(clinic: Clinic) -> None:
    people = await write_down(clinic)
    body = wanted(people, {"service_code": "90837", "recurrence": {"first_date": str(soon()), "count": 12, "every_days": 14}})
    made = (await clinic.billing.post("/good-faith-estimates", json=body)).json()
    [page] = read(await clinic.billing.get(f"/good-faith-estimates/{made['id']}.pdf"))
    who = ("Jonas Weber", "05/17/1988", "Ruth Adler", "1245319599", "12-3456789", "F41.1, F32.1", made["number"])
    what = ("12 visits, every two weeks", "$185.00", "$2,220.00", "You are expected to pay $2,220.00")
    rights = ("not a contract", "$400.00 or more", "dispute", "120 days", "www.cms.gov/nosurprises", "estimated separately")
    assert [words for words in (*who, *what, *rights) if words not in page] == []


async def test_an_estimate_stays_what_was_given_to_the_client(clinic: Clinic) -> None:
    people = await write_down(clinic)
    body = wanted(people, {"service_code": "90837", "dates": [str(soon())]})
    made, again = [await clinic.billing.post("/good-faith-estimates", json=body, headers={"Idempotency-Key": "e-1"}) for _ in range(2)]
    assert made.json() == again.json()
    path = f"/good-faith-estimates/{made.json()['id']}"
    document = await clinic.billing.get(f"{path}.pdf")
    await write_down(clinic, people, last_name="Weber-Lind", diagnoses=[])
    assert (await clinic.billing.get(path)).json() == made.json()
    assert (await clinic.billing.get(f"{path}.pdf")).content == document.content
    other = await clinic.billing.post("/good-faith-estimates", json=body, headers={"X-Forwarded-User": "ines"})
    assert (other.json()["created_by"], other.json()["number"] > made.json()["number"]) == ("ines", True)
    listed = (await clinic.billing.get("/good-faith-estimates", params={"client_id": str(people.client_id)})).json()["items"]
    assert [each["id"] for each in listed] == [other.json()["id"], made.json()["id"]]


async def test_a_diagnosis_need_not_be_known_yet(clinic: Clinic) -> None:
    people = await write_down(clinic, diagnoses=[])
    made = await clinic.billing.post("/good-faith-estimates", json=wanted(people, {"service_code": "90791", "dates": [str(soon())]}))
    [page] = read(await clinic.billing.get(f"/good-faith-estimates/{made.json()['id']}.pdf"))
    assert "Not known yet" in page


async def test_an_estimate_that_cannot_be_made_says_every_reason_at_once(clinic: Clinic) -> None:
    people = strangers()
    body = wanted(
        people,
        {"service_code": "90999", "dates": [str(soon())]},
        {"service_code": "90837", "dates": [str(soon(-1)), str(soon())]},
        {"service_code": "90837", "recurrence": {"first_date": str(soon()), "count": 60}},
        {"service_code": "90834", "recurrence": {"first_date": str(soon()), "count": 60, "every_days": 1}},
    )
    answer = await clinic.billing.post("/good-faith-estimates", json=body | {"site_id": str(people.site_id)})
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("organization", "not-written-down"),
        ("facility", "not-written-down"),
        ("provider", "not-written-down"),
        ("client", "not-written-down"),
        ("services", "too-many-visits"),
        ("services.0", "service-unknown"),
        ("services.1", "in-the-past"),
        ("services.2", "too-far-ahead"),
    ]
    unclear = await clinic.billing.post("/good-faith-estimates", json=wanted(people, {"service_code": "90837"}))
    assert unclear.status_code == 422
    assert (await clinic.billing.get(f"/good-faith-estimates/{new_id()}.pdf")).status_code == 404


cents = st.integers(0, 50_000).map(lambda amount: Decimal(amount) / 100)
visits = st.lists(st.tuples(st.integers(0, 90), st.sampled_from(["90791", "90834", "90837"]), cents, cents, st.integers(1, 3)), max_size=30)


@given(visits)
def test_no_visit_and_no_cent_is_lost_when_visits_are_put_together(planned: list[tuple[int, str, Decimal, Decimal, int]]) -> None:
    quotes = [quote([Line(code=code, rate=rate, units=units)], discount=off) for _, code, rate, off, units in planned]
    made = [Planned(day=soon(day), service_code=code, quote=priced) for (day, code, _, _, _), priced in zip(planned, quotes, strict=True)]
    items = good_faith.items_of(made, {})
    assert sum(item.total for item in items) == sum(priced.charge for priced in quotes)
    assert sum(item.patient_amount * len(item.dates) for item in items) == sum(priced.patient for priced in quotes)
    assert Counter((item.service_code, day) for item in items for day in item.dates) == Counter(
        (each.service_code, each.day) for each in made
    )
