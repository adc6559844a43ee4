"""The catalog's rules, decided from plain values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from catalog import domain, sheet
from hypothesis import given
from hypothesis import strategies as st


class Price(NamedTuple):
    """A rate, as far as the rules look at it."""

    amount: Decimal
    effective_from: date


def prices(*days: date) -> list[Price]:
    return [Price(Decimal(number), day) for number, day in enumerate(sorted(days), start=1)]


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(st.sets(DAYS, min_size=1, max_size=6), DAYS)
def test_a_day_has_the_rate_that_began_last(starts: set[date], day: date) -> None:
    rates = prices(*starts)
    if day >= rates[0].effective_from:
        assert domain.in_force(rates, day).effective_from == max(start for start in starts if start <= day)


@given(st.sets(DAYS, min_size=1, max_size=6), DAYS)
def test_a_rate_may_follow_only_after_the_last_one(starts: set[date], day: date) -> None:
    assert (domain.in_the_way(prices(*starts), day) is None) == (day > max(starts))


def test_what_is_in_the_way_of_a_rate_is_named_with_what_would_work() -> None:
    first, scheduled = prices(date(2026, 1, 1), date(2026, 12, 9))
    assert "withdraw that one first" in domain.overlap(scheduled, date(2026, 11, 28)).message
    assert "begins on 2026-01-02 or later." in domain.overlap(first, date(2026, 1, 1)).message
    assert "withdraw" not in domain.overlap(first, date(2026, 1, 1)).message
    assert domain.overlap(first, date(2026, 1, 1)).days == (date(2026, 1, 1), date(2026, 1, 2))


def test_the_networks_day_begins_at_its_own_midnight() -> None:
    moment = datetime(2026, 3, 2, 4, 59, tzinfo=UTC)
    new_york = ZoneInfo("America/New_York")
    assert domain.day_of(moment, new_york) == date(2026, 3, 1)
    assert domain.day_of(moment + timedelta(minutes=1), new_york) == date(2026, 3, 2)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20).map(lambda text: f"{text}x".strip())
SERVICE = {
    **dict.fromkeys(sheet.COLUMNS),
    "service_code": "A1",
    "service_type": "psychotherapy",
    "standard_duration": 60,
    "base_rate": Decimal("1.00"),
    "effective_from": date(2026, 1, 1),
    "kind": "base",
    "is_active": True,
    "description": "",
}


@given(CELLS)
def test_whatever_a_cell_holds_comes_back(name: str) -> None:
    rows, errors = sheet.read(sheet.write([SERVICE | {"service_name": name}]))
    assert not errors
    assert [row.service.service_name for row in rows] == [name]


@given(CELLS)
def test_no_written_cell_begins_like_a_formula(name: str) -> None:
    line = sheet.write([SERVICE | {"service_name": name}]).splitlines()[1]
    assert line.removeprefix("A1,").removeprefix('"')[0] not in "=+-@"
