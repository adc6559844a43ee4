"""The worked examples that a biller would check, to the cent, and what holds for every price."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from billing.pricing import visit as pricing_visit
from billing.pricing.amounts import Band, Component, Further, Line, Plan, Quote, band, check_minutes, quote, split
from billing.pricing.flags import FlagCode, Severity
from contracts.catalog import Claimable, EffectiveRate, Kind
from hypothesis import given, settings
from hypothesis import strategies as st

EXAMPLES: Final[list[dict[str, Any]]] = json.loads((Path(__file__).parents[1] / "data" / "billing_examples.json").read_text())
PRICED: Final = [example for example in EXAMPLES if "expect" in example and "rates" not in example]
RATED: Final = [example for example in EXAMPLES if "rates" in example]
[MINUTES] = [example["minutes"] for example in EXAMPLES if "minutes" in example]

EXTENDED: Final = (Component("90834", Decimal("140.00")), Component("90837", Decimal("185.00")))
PSYCHOTHERAPY: Final = (Band("90832", 16, 37), Band("90834", 38, 52), Band("90837", 53))
RULES: Final[dict[str, dict[str, Any]]] = {
    "90834+90837": {"kind": Kind.COMPOSITE, "claimable": Claimable.SELF_PAY_ONLY, "components": EXTENDED},
    "90785": {"kind": Kind.ADD_ON, "requires_primary": ("90834", "90837")},
    "NOSHOW": {"kind": Kind.FEE, "claimable": Claimable.NEVER},
}
AS_WRITTEN: Final = {"total": "charge"}


def line(code: str = "90837", rate: str = "185.00", fee: str | None = None, **rules: Any) -> Line:
    contract_fee = None if fee is None else Decimal(fee)
    return Line(code=code, rate=Decimal(rate), contract_fee=contract_fee, **{**RULES.get(code, {}), **rules})


def price(example: dict[str, Any]) -> Quote:
    visit = example.get("lines", [example])
    lines = [line(one["service_code"], one["rate"], one.get("contract_fee"), units=one.get("units", 1)) for one in visit]
    terms: dict[str, Any] = {name: Decimal(amount) for name, amount in example.get("plan", {}).items()}
    plan = Plan(**terms) if terms else None
    return quote(lines, insured=example["insurance"], plan=plan)


@pytest.mark.parametrize("example", PRICED, ids=lambda example: example["id"])
def test_the_worked_examples_come_out_to_the_cent(example: dict[str, Any]) -> None:
    priced = price(example)
    for name, expected in example["expect"].items():
        match name:
            case "flag":
                assert expected in {flag.code for flag in priced.flags}
            case "lines":
                assert [str(one.charge) for one in priced.lines] == expected
            case "claimable":
                assert [one.claimable for one in priced.lines] == [expected]
            case _:
                assert str(getattr(priced, AS_WRITTEN.get(name, name))) == expected, name


@pytest.mark.parametrize("example", RATED, ids=lambda example: example["id"])
def test_the_rate_in_force_on_the_date_of_service_counts(example: dict[str, Any]) -> None:
    rates = [EffectiveRate.model_validate(rate) for rate in example["rates"]]
    rate = pricing_visit.rate_on(rates, date.fromisoformat(example["on"]))
    assert rate is not None
    assert str(quote([line(example["service_code"], str(rate.amount))]).charge) == example["expect"]["total"]
    assert pricing_visit.rate_on(rates, date(2027, 1, 1)) == rates[-1]
    assert pricing_visit.rate_on(rates, date(2025, 12, 31)) is None


@pytest.mark.parametrize(("minutes", "code"), MINUTES)
def test_documented_minutes_decide_the_code(minutes: int, code: str | None) -> None:
    found = band(minutes, PSYCHOTHERAPY)
    assert (found.code if found else None) == code


def test_minutes_that_several_codes_may_stand_for_choose_none_of_them() -> None:
    testing = [Band("96130", 31), Band("96136", 16), Band("96138", 16)]
    assert band(20, testing) is None
    flag = check_minutes("96130", 20, testing)
    assert flag is not None
    assert flag.suggestion == "Check the times; 20 minutes are 96136 or 96138."


@pytest.mark.parametrize(
    ("booked", "units", "minutes", "suggested"),
    [
        ("96130", 3, 100, "100 minutes are 96130 with 1 x 96131."),
        ("96130", 3, 90, "90 minutes are 96130 alone."),
        ("90839", 3, 134, "134 minutes are 90839 with 2 x 90840."),
        ("90839", 1, 105, "105 minutes are 90839 with 2 x 90840."),
        ("90839", 1, 74, "74 minutes are 90839 alone."),
        ("90839", 1, 20, "no code of this kind covers them."),
    ],
)
def test_further_units_that_do_not_fit_the_minutes_name_those_that_do(booked: str, units: int, minutes: int, suggested: str) -> None:
    bands = [Band("90839", 30, 74), Band("96130", 31)]
    further = {"90839": Further("90840", units, 30, least=1), "96130": Further("96131", units, 60, least=31)}[booked]
    flag = check_minutes(booked, minutes, bands if booked == "96130" else bands[:1], 60, further)
    assert flag is not None
    assert flag.suggestion == f"Check the times; {suggested}"


def test_a_longer_session_than_its_code_is_flagged_with_the_right_code_and_never_changed() -> None:
    flag = check_minutes("90834", 55, PSYCHOTHERAPY)
    assert flag is not None
    assert (flag.code, "90837" in flag.suggestion) == (FlagCode.MINUTES_CODE_MISMATCH, True)
    assert check_minutes("90834", 45, PSYCHOTHERAPY) is None


def test_a_session_too_short_for_any_code_is_flagged() -> None:
    flag = check_minutes("90832", 15, PSYCHOTHERAPY)
    assert flag is not None
    assert "no code" in flag.suggestion


def test_a_code_without_bands_may_take_any_time() -> None:
    assert check_minutes("90791", 5, PSYCHOTHERAPY) is None


@pytest.mark.parametrize(("whose_is_known", "flag"), [(True, FlagCode.NO_COVERAGE), (False, FlagCode.ESTIMATE_NO_CONTRACT_RATE)])
def test_an_insured_client_without_a_plan_on_file_owes_everything(*, whose_is_known: bool, flag: FlagCode) -> None:
    priced = quote([line()], insured=True, whose_is_known=whose_is_known)
    assert (priced.patient, priced.insurer, priced.covered) == (Decimal("185.00"), Decimal(0), False)
    assert [each.code for each in priced.flags] == [flag]


def test_an_extended_session_with_insurance_suggests_the_long_code() -> None:
    priced = quote([line("90834+90837", "325.00")], insured=True, plan=Plan(copay=Decimal(25)))
    [flag] = priced.flags
    assert (flag.severity, priced.patient, priced.insurer) == (Severity.ERROR, Decimal("325.00"), Decimal(0))
    assert "90837" in flag.suggestion


def test_the_price_of_an_extended_session_is_split_by_largest_remainder() -> None:
    assert [str(one.charge) for one in quote([line("90834+90837", "333.33")]).lines] == ["143.59", "189.74"]


def test_the_out_of_pocket_maximum_takes_from_coinsurance_then_copay_then_deductible() -> None:
    def owed(cap: str) -> tuple[str, str, str]:
        plan = Plan(
            copay=Decimal(20), coinsurance_percent=Decimal(10), deductible_remaining=Decimal(30), out_of_pocket_remaining=Decimal(cap)
        )
        priced = quote([line(fee="150.00")], insured=True, plan=plan)
        return str(priced.deductible), str(priced.copay), str(priced.coinsurance)

    assert owed("100.00") == ("30.00", "20.00", "10.00")
    assert owed("55.00") == ("30.00", "20.00", "5.00")
    assert owed("40.00") == ("30.00", "10.00", "0.00")
    assert owed("12.00") == ("12.00", "0.00", "0.00")


def test_a_plan_may_free_a_visit_with_a_copay_from_the_deductible() -> None:
    plan = Plan(copay=Decimal(25), deductible_remaining=Decimal(900), copay_after_deductible=False)
    priced = quote([line(fee="152.00")], insured=True, plan=plan)
    assert (priced.patient, priced.deductible) == (Decimal("25.00"), Decimal(0))


def test_a_discount_on_a_composite_is_split_over_its_lines_in_proportion() -> None:
    composite = line("90834+90837", "325.00")
    priced = quote([composite], discount=Decimal("100.00"))
    assert [one.other_adjustment for one in priced.lines] == [Decimal("43.08"), Decimal("56.92")]
    assert [one.patient for one in priced.lines] == [Decimal("96.92"), Decimal("128.08")]
    assert [one.other_adjustment for one in quote([composite], discount=Decimal("0.01")).lines] == [Decimal(0), Decimal("0.01")]


def test_a_discount_lowers_what_a_self_paying_client_owes_and_no_further() -> None:
    assert quote([line()], discount=Decimal(35)).patient == Decimal("150.00")
    assert quote([line()], discount=Decimal(999)).patient == Decimal(0)


def test_an_add_on_needs_its_primary_in_the_visit_or_on_the_same_day() -> None:
    alone, together = line("90785", "20.00"), line("90834", "140.00")
    assert [flag.code for flag in quote([alone]).flags] == [FlagCode.ADD_ON_WITHOUT_PRIMARY]
    assert quote([together, alone]).flags == ()
    assert quote([alone], same_day={"90837": 1}).flags == ()


def test_codes_that_exclude_each_other_are_flagged() -> None:
    add_on = line("90785", "20.00", excludes_same_day=("90839",))
    assert [flag.code for flag in quote([add_on], same_day={"90837": 1, "90839": 1}).flags] == [FlagCode.SAME_DAY_CONFLICT]


def test_a_second_unit_on_a_day_is_flagged_where_one_is_the_most() -> None:
    assert [flag.code for flag in quote([line(units=2, max_units_per_day=1)]).flags] == [FlagCode.UNITS_EXCEED_MAX]
    assert [flag.code for flag in quote([line(max_units_per_day=1)], same_day={"90837": 1}).flags] == [FlagCode.UNITS_EXCEED_MAX]


@pytest.mark.parametrize(
    "plan", [{"copay": Decimal(-1)}, {"coinsurance_percent": Decimal(101)}, {"out_of_pocket_remaining": Decimal("-0.01")}]
)
def test_a_plan_that_no_insurer_sells_is_refused(plan: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="plan"):
        Plan(**plan)


money = st.decimals(0, 2_000, places=2)
plans = st.builds(
    Plan,
    copay=money,
    coinsurance_percent=st.decimals(0, 100, places=2),
    deductible_remaining=money,
    out_of_pocket_remaining=st.none() | money,
    copay_after_deductible=st.booleans(),
)
lines = st.builds(
    Line,
    code=st.sampled_from(["90832", "90834", "90837", "90853", "X1+X2"]),
    rate=money,
    units=st.integers(1, 4),
    contract_fee=st.none() | money,
    kind=st.sampled_from(Kind),
    claimable=st.sampled_from(Claimable),
    components=st.lists(st.builds(Component, st.sampled_from(["X1", "X2", "X3"]), st.none() | money), max_size=3).map(tuple),
)
visits = st.lists(lines, min_size=1, max_size=4)


@settings(deadline=None)
@given(visit=visits, insured=st.booleans(), plan=st.none() | plans, discount=money)
def test_every_price_adds_up_and_nobody_owes_less_than_nothing(
    *, visit: list[Line], insured: bool, plan: Plan | None, discount: Decimal
) -> None:
    priced = quote(visit, insured=insured, plan=plan, discount=discount)
    charge = sum(one.rate * one.units for one in visit)
    for one in (priced, *priced.lines):
        shares = (one.contractual_adjustment, one.other_adjustment, one.patient, one.insurer)
        assert sum(shares) == one.charge
        assert min(*shares, one.deductible, one.copay, one.coinsurance) >= 0
    assert priced.charge == charge
    assert priced.patient <= charge
    assert priced.insurer <= priced.allowed <= charge
    assert all(one.insurer == 0 for one in priced.lines if not one.claimable)


@settings(deadline=None)
@given(visit=visits, insured=st.booleans(), plan=st.none() | plans, which=st.integers(0, 3), more=st.decimals("0.01", 500, places=2))
def test_a_higher_rate_never_makes_the_client_owe_less(
    *, visit: list[Line], insured: bool, plan: Plan | None, which: int, more: Decimal
) -> None:
    dearer = [replace(one, rate=one.rate + more) if index == which % len(visit) else one for index, one in enumerate(visit)]
    before, after = (quote(priced, insured=insured, plan=plan) for priced in (visit, dearer))
    assert after.patient >= before.patient
    assert after.insurer + after.patient >= before.insurer + before.patient
    assert after.charge > before.charge


@settings(deadline=None)
@given(visit=visits, insured=st.booleans(), plan=st.none() | plans)
def test_the_same_visit_always_has_the_same_price(*, visit: list[Line], insured: bool, plan: Plan | None) -> None:
    assert quote(visit, insured=insured, plan=plan) == quote(visit, insured=insured, plan=plan)


@settings(deadline=None)
@given(money, st.lists(money, min_size=1, max_size=5))
def test_a_split_loses_no_cent_and_is_off_by_less_than_one(total: Decimal, weights: list[Decimal]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        assert all(abs(part - total * weight / whole) < Decimal("0.01") for part, weight in zip(parts, weights, strict=True))
