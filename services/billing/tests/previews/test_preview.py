"""The price before the booking is the price on the record, to the cent, and looking changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Final

from back_office import MONDAY, Clinic, Json, complete, services
from billing.ledger import bill as ledger_bill
from billing.pricing import visit as pricing_visit
from billing.pricing.terms import Policies
from billing.pricing.visit import Book, Item, Visit
from contracts.catalog import EffectiveRate, ServiceChanged
from contracts.types import RecordId, new_id
from hypothesis import given, settings
from hypothesis import strategies as st

SAME: Final = (
    "service_id",
    "service_code",
    "units",
    "rate_per_unit",
    "total_amount",
    "allowed_amount",
    "contractual_adjustment",
    "other_adjustment",
    "insurance_applicable",
    "insurance_covered",
    "insurance_amount",
    "copay_amount",
    "deductible_amount",
    "coinsurance_amount",
    "patient_amount",
    "service_date",
    "lines",
    "flags",
)
NONSENSE: Final[Sequence[Json]] = (
    {},
    {"service_code": "90837", "service_id": "01a20379-1096-7287-a56b-2b26b3511524"},
    {"service_code": "not a code"},
    {"service_code": "90837", "units": 0},
    {"service_code": "90837", "units": 1.5},
    {"service_code": "90837", "units": True},
    {"service_code": "90837", "date": "2026-02-30"},
    {"service_code": "90837", "date": 20260302},
    {"service_code": "90837", "insurance_applicable": "yes"},
    {"service_code": "90837", "rate": "1.00"},
)
CATALOG: Final = services()
money = st.decimals(0, 2_000, places=2)


def priced(stated: Json) -> Json:
    return {name: stated[name] for name in SAME}


async def test_every_service_is_billed_as_it_was_previewed(clinic: Clinic) -> None:
    sessions = [
        complete(service, insurance_applicable=insured, minutes=service.min_minutes or service.standard_duration)
        for service in clinic.catalog.values()
        for insured in (False, True)
    ]
    previews = [
        priced(
            await clinic.preview(session.service_code, insurance_applicable=session.insurance_applicable, client_id=str(session.client_id))
        )
        for session in sessions
    ]
    nobodys = await clinic.preview("90837", insurance_applicable=True)
    assert [flag["code"] for flag in nobodys["flags"]] == ["ESTIMATE_NO_CONTRACT_RATE"]
    await clinic.say(*sessions)
    records = {record["session_id"]: priced(record) for record in await clinic.count(len(sessions))}
    assert [records[str(session.session_id)] for session in sessions] == previews


@settings(deadline=None)
@given(
    code=st.sampled_from(list(CATALOG)),
    rates=st.fixed_dictionaries(dict.fromkeys(CATALOG, money)),
    insured=st.booleans(),
    units=st.integers(1, 9),
)
def test_a_preview_and_a_bill_agree_at_whatever_rates(*, code: str, rates: dict[str, Decimal], insured: bool, units: int) -> None:
    book = Book(tuple(_at(service, rates[service.service_code]) for service in CATALOG.values()))
    service = CATALOG[code]
    visit = Visit(items=(Item(code, service, rates[code]),), day=MONDAY, insured=insured)
    quote = pricing_visit.price(visit, book)
    session = complete(service, rate_per_unit=rates[code], insurance_applicable=insured, minutes=service.min_minutes)
    [bill] = ledger_bill.bill([session], MONDAY, book, Policies(), {}, lambda: RecordId(new_id()))
    assert bill.quote == quote
    several = pricing_visit.price(replace(visit, items=(replace(visit.booked, units=units),)), book)
    assert several.charge == units * quote.charge
    assert several.patient == units * quote.patient


def _at(service: ServiceChanged, rate: Decimal) -> ServiceChanged:
    return service.model_copy(update={"rates": (EffectiveRate(amount=rate, effective_from=MONDAY),)})


async def test_a_preview_says_what_it_takes_for_granted_and_writes_nothing(clinic: Clinic) -> None:
    wanted = {"service_id": str(clinic.catalog["90837"].id), "date": "2026-03-02", "client_id": str(new_id())}
    answers = [(await clinic.billing.post("/preview", json=wanted)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assumed = {one["name"]: one for one in answers[0]["assumptions"]}
    assert (assumed["rate"]["value"], assumed["rate"]["effective_from"], assumed["date_of_service"]["value"]) == (
        "185.00",
        "2026-01-01",
        "2026-03-02",
    )
    assert await clinic.records() == []


async def test_the_rate_in_force_on_the_date_of_service_counts(clinic: Clinic) -> None:
    raised = clinic.catalog["90837"].model_copy(
        update={
            "version": 2,
            "rates": (
                EffectiveRate(amount=Decimal("185.00"), effective_from=date(2026, 1, 1), effective_to=date(2026, 12, 31)),
                EffectiveRate(amount=Decimal("195.00"), effective_from=date(2027, 1, 1)),
            ),
        }
    )
    await clinic.say(raised)
    await clinic.bill()
    totals = [(await clinic.preview("90837", date=day))["total_amount"] for day in ("2026-12-31", "2027-01-01")]
    assert totals == ["185.00", "195.00"]


async def test_an_inactive_service_is_priced_and_flagged(clinic: Clinic) -> None:
    await clinic.say(clinic.catalog["90845"].model_copy(update={"version": 2, "is_active": False}))
    await clinic.bill()
    assert [flag["code"] for flag in (await clinic.preview("90845"))["flags"]] == ["SERVICE_INACTIVE"]


async def test_an_unknown_code_is_answered_with_those_that_may_be_meant(clinic: Clinic) -> None:
    answer = await clinic.billing.post("/preview", json={"service_code": "90873"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (HTTPStatus.NOT_FOUND, "service-unknown")
    assert "90837" in answer.json()["suggestions"]


async def test_a_date_before_the_first_rate_is_refused_with_the_first_one(clinic: Clinic) -> None:
    answer = await clinic.billing.post("/preview", json={"service_code": "90837", "date": "2025-12-31"})
    assert (answer.status_code, answer.json()["first_rate_from"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, "2026-01-01")


async def test_a_preview_that_makes_no_sense_is_refused(clinic: Clinic) -> None:
    for wrong in NONSENSE:
        answer = await clinic.billing.post("/preview", json=wrong)
        assert answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}, wrong
        assert answer.json()["errors"]


async def test_documented_minutes_that_fit_another_code_are_flagged_beforehand_and_name_it(clinic: Clinic) -> None:
    short = await clinic.preview("90837", minutes=40)
    assert [flag["code"] for flag in short["flags"]] == ["MINUTES_CODE_MISMATCH"]
    fitting = short["fitting_service"]
    assert (fitting["service_code"], fitting["rate_per_unit"]) == ("90834", "140.00")
    assert fitting["service_id"] == str(clinic.catalog["90834"].id)
    long = await clinic.preview("90834", minutes=60)
    assert long["fitting_service"]["service_code"] == "90837"
    for minutes, code in ((None, "90837"), (55, "90837"), (5, "90837"), (20, "96130")):
        assert (await clinic.preview(code, minutes=minutes))["fitting_service"] is None
    assert (await clinic.preview(fitting["service_code"], minutes=40))["flags"] == []
