"""What is wrong with a value is stated in a plain sentence, whatever pydantic calls it."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import pytest
from chassis.bodies.findings import invalid
from chassis.errors import FieldError
from chassis.text import Line
from contracts.forms import TextForm
from contracts.types import Code, Money
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

JARGON: Final = ("Input should", "String should", "valid ", "List should", "Tuple should", "Decimal input", "Value error", "pattern", "^")


class Colour(StrEnum):
    WARM = "warm"
    COLD = "cold"


class Lamp(BaseModel):
    """Something with fields."""

    watts: int


def refusal(kind: Any, value: object) -> FieldError:  # noqa: ANN401 (whatever pydantic takes)
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(kind).validate_python(value)
    [error] = invalid([{**found, "loc": ("body", "field")} for found in raised.value.errors()]).errors
    return error


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (str, 1),
        (Annotated[str, Field(min_length=1)], ""),
        (Annotated[str, Field(min_length=3)], "ab"),
        (Annotated[str, Field(max_length=3)], "abcd"),
        (Annotated[str, Field(pattern="^[a-z]$")], "A"),
        (Annotated[int, Field(strict=True)], "5"),
        (int, "many"),
        (int, 5.5),
        (int, "9" * 5000),
        (bool, "perhaps"),
        (Annotated[bool, Field(strict=True)], 1),
        (Annotated[int, Field(ge=1)], 0),
        (Annotated[int, Field(gt=1)], 1),
        (Annotated[int, Field(le=1)], 2),
        (Annotated[int, Field(lt=1)], 1),
        (Decimal, "a lot"),
        (Annotated[Decimal, Field(max_digits=3)], "1234"),
        (Annotated[Decimal, Field(decimal_places=2)], "1.234"),
        (Money, 5),
        (Money, "NaN"),
        (Colour, "loud"),
        (Literal["a", "b"], "c"),
        (date, "12/1"),
        (date, "2026-03-02T09:00:00"),
        (datetime, "soon"),
        (AwareDatetime, "2026-03-02T09:00:00"),
        (time, "noon"),
        (UUID, "x"),
        (UUID, 7),
        (list[int], 7),
        (tuple[int, ...], 7),
        (Annotated[list[int], Field(min_length=1)], []),
        (Annotated[list[int], Field(max_length=1)], [1, 2]),
        (dict[str, int], 7),
        (Lamp, 7),
        (Lamp, {}),
    ],
)
def test_a_wrong_value_is_refused_in_a_plain_sentence(kind: object, value: object) -> None:
    error = refusal(kind, value)
    assert error.message.endswith(".")
    assert error.message[0].isupper()
    assert not [word for word in JARGON if word in error.message], error.message


def test_a_text_with_a_nul_character_is_refused_with_what_would_do() -> None:
    assert refusal(Line, "A\0B").message == "The text holds a NUL character, which cannot be stored. Leave it out."


def test_a_text_of_another_form_is_refused_in_its_own_sentence() -> None:
    state = Annotated[str, TextForm("^[A-Z]{2}$", "A state is written with two capital letters, such as NY.")]
    error = refusal(state, "New York")
    assert (error.code, error.message) == ("string_pattern_mismatch", "A state is written with two capital letters, such as NY.")
    assert TypeAdapter(state).validate_python("NY") == "NY"
    for mode in ("validation", "serialization"):
        assert TypeAdapter(state).json_schema(mode=mode) == {"type": "string", "pattern": "^[A-Z]{2}$"}


def test_what_stands_before_the_form_is_said_with_its_own_code() -> None:
    assert refusal(Code, "9" * 21).code == "string_too_long"
    assert refusal(Code, "nine").message.startswith("A code has capital letters and digits")
