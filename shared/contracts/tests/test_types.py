"""The small values read strictly, whatever they stand in."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from contracts.envelope import Envelope, UnreadableError, read
from contracts.types import Amount, Code, Day, Flag, Instant, Money, Whole, new_id
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError


class Everything(BaseModel):
    instant: Instant = datetime(2026, 3, 2, 14, tzinfo=UTC)
    day: Day = date(2026, 3, 2)
    money: Money = Decimal(0)
    amount: Amount = Decimal(0)
    code: Code = "90837"
    whole: Whole = 0
    flag: Flag = False


@given(st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30), timezones=st.timezones()))
def test_an_instant_with_any_offset_is_kept_in_utc(moment: datetime) -> None:
    read_back = Everything.model_validate({"instant": moment.isoformat()}).instant
    assert read_back == moment.astimezone(UTC)
    assert read_back.tzinfo is UTC


@given(st.decimals(min_value=0, max_value=9_999_999_999, places=2))
def test_money_travels_as_a_string_with_two_decimals(amount: Decimal) -> None:
    stated = Everything(amount=amount).model_dump(mode="json")["amount"]
    assert stated == f"{amount:.2f}"
    assert Everything.model_validate({"amount": stated}).amount == amount


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("185,00", "Money is written with two decimals, such as 185.00"),
        (185, "Money is written as a string with two decimals"),
        ("99999999999", "An amount has at most ten digits before the point"),
    ],
)
def test_what_is_wrong_with_an_amount_is_named(amount: str | int, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Everything.model_validate({"money": amount})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("instant", "2026-03-02T14:00:00"),
        ("instant", "2026-03-02"),
        ("instant", 1767225600),
        ("instant", "1767225600"),
        ("instant", "1999-12-31T23:59:59Z"),
        ("instant", "2200-01-02T00:00:00Z"),
        ("instant", None),
        ("day", "2026-02-30"),
        ("day", "2026-03-02T14:00:00Z"),
        ("day", 20260302),
        ("day", "20260302"),
        ("money", 185),
        ("money", 185.0),
        ("money", "185.001"),
        ("money", "NaN"),
        ("money", "Infinity"),
        ("money", "1e3000"),
        ("money", "12345678901.00"),
        ("amount", "-0.01"),
        ("code", "90837 "),
        ("code", "abc"),
        ("code", "90834+"),
        ("code", "A" * 21),
        ("whole", "5"),
        ("whole", 5.0),
        ("whole", True),
        ("whole", 2**31),
        ("flag", 1),
        ("flag", "true"),
    ],
)
def test_what_is_not_written_as_agreed_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        Everything.model_validate({field: value})
    assert [error["loc"] for error in refusal.value.errors()] == [(field,)]


def test_ids_are_sorted_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(1_000)]
    assert ids == sorted(ids)
    assert {made.version for made in ids} == {7}


def test_an_envelope_is_read_as_it_was_written() -> None:
    whole = Envelope(
        new_id(), "toy.said.v1", "/test", datetime(2026, 3, 2, tzinfo=UTC), "subject", str(new_id()), str(new_id()), 7, "00-trace"
    )
    assert read(whole.headers()) == whole
    sparse = Envelope(new_id(), "toy.said.v1", "/test", datetime(2026, 3, 2, tzinfo=UTC))
    assert read(sparse.headers()) == sparse


@pytest.mark.parametrize(
    ("header", "value"), [("specversion", "0.3"), ("id", "seven"), ("id", None), ("type", None), ("time", "soon"), ("sequence", "first")]
)
def test_an_envelope_that_cannot_be_read_says_why(header: str, value: str | None) -> None:
    headers = Envelope(new_id(), "toy.said.v1", "/test", datetime(2026, 3, 2, tzinfo=UTC), sequence=1).headers()
    changed = {name: text for name, text in {**headers, f"cloudEvents_{header}": value}.items() if text is not None}
    with pytest.raises(UnreadableError, match=r"cloudEvents|CloudEvents"):
        read(changed)
